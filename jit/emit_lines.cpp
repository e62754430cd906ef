// Scans, sorts and searches along the lines of a large array, with lanes that are lines: 16 of them
// go side by side, each as one VM of 16 would. Reading and writing of the operand and the result
// are then of 16 elements that lie as far apart as the lines do. Index arrays are read in the same
// way, 16 places at a time.
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
    write_pieces(plan.items, length * kElementLanes,
                 [&](const std::string& begin, const std::string& end) {
                     const std::string item = begin_loop(begin, end);
                     Point point;
                     point.axes.resize(plan.lines.size());
                     name_axes(plan.lines, plan.axis, item, plan.vectors, point);
                     const std::string line = fresh("i");
                     const std::string along = std::to_string(plan.lines[plan.axis]);
                     const std::string vector = std::to_string(kElementLanes);
                     out_.line("const S::i64 " + line + " = " + item + " % " +
                               std::to_string(plan.vectors) + " * " + vector + ";");
                     point.axes[plan.axis] = {false, 0, line};
                     lines_at_hand_ = vector;
                     if (plan.lines[plan.axis] % kElementLanes != 0)
                         lines_at_hand_ = name_count(line, along);
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
    const std::string text =
        for_host(slot, Meaning::Lanes, type_text(Meaning::Lanes, dtype) + "(" + value.text + ")");
    if (apart == 1)
        out_.line("V::store_part(" + place + ", " + text + ", " + lines_at_hand_ + ");");
    else
        out_.line("V::store_strided(" + place + ", " + std::to_string(apart * ir::size_of(dtype)) +
                  ", " + text + ", V::first_lanes(" + lines_at_hand_ + "));");
}

// --- Index arrays ---

bool Emitter::has_lanes_of_places(const Instruction& instruction, const Shape& index) const {
    return options_.elements && !unrolled(instruction) && !index.empty() &&
           ir::element_count(index) >= kElementLanes && count_of(instruction.result) > 0 &&
           count_of(instruction.operands[0]) > 1 &&
           places_.home[instruction.operands[0]] != Home::Variables;
}

// The places from `first` on are at hand: all index arrays are read there in lanes.
void Emitter::begin_places(const Instruction& instruction, const Indexed& axes,
                           std::int64_t apart_in_result, const std::string& first) {
    for (std::size_t k = 0; k < axes.arrays; ++k)
        if (count_of(instruction.operands[1 + k]) > 1)
            side_by_side_[instruction.operands[1 + k]] = 1;
    if (apart_in_result > 0) side_by_side_[instruction.result] = apart_in_result;
    lines_at_hand_ = std::to_string(kElementLanes);
    if (axes.places % kElementLanes != 0)
        lines_at_hand_ = name_count(first, std::to_string(axes.places));
}

void Emitter::check_places(const Instruction& instruction, const Indexed& axes) {
    if (!ir::may_fault(program_, instruction)) return;
    for (std::size_t k = 0; k < axes.arrays; ++k) {
        const SlotId slot = instruction.operands[1 + k];
        const std::string bad = fresh("bad");
        const std::string size = "V::i64(S::i64(" + std::to_string(axes.sizes[k]) + "))";
        out_.line("V::mask " + bad + " = V::mask(false);");
        const std::string first = fresh("i");
        out_.line("for (S::i64 " + first + " = 0; " + first + " < " + std::to_string(axes.places) +
                  "; " + first + " += " + std::to_string(kElementLanes) + ") {");
        begin_places(instruction, axes, 0, first);
        const Value index = bind_index(read(slot, {false, 0, first}), type_of(slot).dtype);
        out_.line(bad + " = " + bad + " || V::mask(" + index.text + " < -" + size +
                  ") || V::mask(" + index.text + " >= " + size + ");");
        out_.line("}");
        side_by_side_.clear();
        fault({"V::any(" + bad + ")", Meaning::Scalar}, ir::Fault::IndexOutOfRange,
              instruction.statement, -1);
    }
}

void Emitter::write_gather_of_places(const Instruction& instruction, const Indexed& axes,
                                     const AroundIndices& rest) {
    check_places(instruction, axes);
    const SlotId array = instruction.operands[0];
    const std::int64_t block = ir::element_count(rest.shape);
    // The places are one axis in the result, since they are neighbours there.
    const std::int64_t apart = rest.index.back();
    const std::int64_t vectors = (axes.places + kElementLanes - 1) / kElementLanes;
    write_pieces(
        vectors, block * kElementLanes, [&](const std::string& begin, const std::string& end) {
            const std::string vector = begin_loop(begin, end);
            const std::string first = fresh("i");
            out_.line("const S::i64 " + first + " = " + vector + " * " +
                      std::to_string(kElementLanes) + ";");
            begin_places(instruction, axes, apart, first);
            const Value start = block_start(instruction, axes, {false, 0, first});
            const std::string type = type_text(Meaning::Lanes, type_of(array).dtype);
            walk(rest.shape, {rest.array, rest.other}, false,
                 [&](const Point& point, const std::vector<Strides>& strides) {
                     const At to =
                         point.at(strides[1], {false, 0, first + " * " + std::to_string(apart)});
                     const std::string from =
                         "s" + std::to_string(array) + " + (" + point.at(strides[0]).str() + ")";
                     write(instruction.result, to,
                           {type + "(V::gather_at(" + from + ", " + start.text + "))",
                            Meaning::Lanes});
                 });
            side_by_side_.clear();
            out_.line("}");
        });
}

}  // namespace dunlin::jit
