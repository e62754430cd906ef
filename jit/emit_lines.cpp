// Scans, sorts and searches along the lines of a large array, with lanes that are lines: 16 of them
// go side by side, each as one VM of 16 would. Reading and writing of the operand and the result
// are then of 16 elements that lie as far apart as the lines do.
#include <algorithm>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::Instruction;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

namespace {

constexpr std::int64_t kLeastElements = 256;  // worth lanes

}  // namespace

// `lines` are the axes along which lines lie beside each other; `result` and `operand` their
// strides.
Emitter::LineLanes Emitter::begin_lines(const Instruction& instruction, const Shape& lines,
                                        const Strides& result, const Strides& operand) {
    LineLanes plan;
    plan.lines = lines;
    plan.strides = {result, operand};
    if (!options_.elements || unrolled(instruction) ||
        count_of(instruction.operands[0]) < kLeastElements)
        return plan;
    merge_axes(plan.lines, plan.strides);
    for (std::size_t axis = plan.lines.size(); axis-- > 0;) {
        if (plan.lines[axis] < kElementLanes) continue;
        const bool first = plan.axis >= plan.lines.size();
        if (first || (plan.strides[1][axis] == 1 && plan.strides[1][plan.axis] != 1))
            plan.axis = axis;
    }
    if (plan.axis >= plan.lines.size()) return plan;
    const std::int64_t along = plan.lines[plan.axis];
    plan.vectors = (along + kElementLanes - 1) / kElementLanes;
    plan.items = ir::element_count(plan.lines) / along * plan.vectors;
    side_by_side_[instruction.result] = plan.strides[0][plan.axis];
    side_by_side_[instruction.operands[0]] = plan.strides[1][plan.axis];
    return plan;
}

void Emitter::walk_lines(const LineLanes& plan, std::int64_t length,
                         const std::function<void(const Point&, const std::vector<Strides>&,
                                                  const std::string& item)>& visit) {
    if (side_by_side_.empty()) {
        walk(plan.lines, plan.strides, false,
             [&](const Point& point, const std::vector<Strides>& strides) {
                 visit(point, strides, "0");
             });
        return;
    }
    write_pieces(
        plan.items, length * kElementLanes, [&](const std::string& begin, const std::string& end) {
            const std::string item = begin_loop(begin, end);
            Point point;
            point.axes.resize(plan.lines.size());
            std::int64_t below = plan.vectors;
            for (std::size_t axis = plan.lines.size(); axis-- > 0;) {
                if (axis == plan.axis) continue;
                const std::string name = fresh("i");
                out_.line("const S::i64 " + name + " = " + item + " / " + std::to_string(below) +
                          " % " + std::to_string(plan.lines[axis]) + ";");
                point.axes[axis] = {false, 0, name};
                below *= plan.lines[axis];
            }
            const std::string line = fresh("i");
            const std::string along = std::to_string(plan.lines[plan.axis]);
            const std::string vector = std::to_string(kElementLanes);
            out_.line("const S::i64 " + line + " = " + item + " % " + std::to_string(plan.vectors) +
                      " * " + vector + ";");
            point.axes[plan.axis] = {false, 0, line};
            lines_at_hand_ = vector;
            if (plan.lines[plan.axis] % kElementLanes != 0) {
                lines_at_hand_ = fresh("n");
                out_.line("const S::i64 " + lines_at_hand_ + " = " + along + " - " + line + " < " +
                          vector + " ? " + along + " - " + line + " : " + vector + ";");
            }
            visit(point, plan.strides, item);
            out_.line("}");
        });
    side_by_side_.clear();
}

// One element of each of the lines at hand.
Value Emitter::read_lines(SlotId slot, const At& at) const {
    const std::string place = "s" + std::to_string(slot) + " + (" + at.str() + ")";
    const std::int64_t apart = side_by_side_.at(slot);
    const int size = ir::size_of(type_of(slot).dtype);
    return {"V::load_vms(" + place + ", " + std::to_string(apart * size) + ", int(" +
                lines_at_hand_ + "))",
            Meaning::Lanes};
}

void Emitter::write_lines(SlotId slot, const At& at, const Value& value) {
    const ir::DType dtype = type_of(slot).dtype;
    const std::string place = "s" + std::to_string(slot) + " + (" + at.str() + ")";
    const std::int64_t apart = side_by_side_.at(slot);
    std::string text = type_text(Meaning::Lanes, dtype) + "(" + value.text + ")";
    if (ir::is_float(dtype) && flow_.kept[slot]) text = "V::canonical(" + text + ")";
    if (apart == 1)
        out_.line("V::store_part(" + place + ", " + text + ", " + lines_at_hand_ + ");");
    else
        out_.line("V::store_strided(" + place + ", " + std::to_string(apart * ir::size_of(dtype)) +
                  ", " + text + ", V::first_lanes(" + lines_at_hand_ + "));");
}

}  // namespace dunlin::jit
