#include "ir/simplify_moves.hpp"

#include <optional>

namespace dunlin::ir {

namespace {

void become_copy(Instruction& instruction, SlotId source) {
    instruction.op = Op::Copy;
    instruction.operands = {source};
    instruction.attributes.clear();
}

bool is_identity(const std::vector<std::int64_t>& permutation) {
    for (std::size_t i = 0; i < permutation.size(); ++i)
        if (permutation[i] != static_cast<std::int64_t>(i)) return false;
    return true;
}

// The value of a constant index, its size added when it is negative; nothing when it is no constant
// or outside.
std::optional<std::int64_t> fixed_index(const Program& program, SlotId id, std::int64_t size) {
    const Slot& slot = program.slots[id];
    if (slot.storage != Storage::Constant) return std::nullopt;
    const Constant& constant = program.constants[slot.constant];
    auto index = constant.at<std::int64_t>();
    if (kind_of(constant.type.dtype) == Kind::Signed && index < 0) index += size;
    if (index < 0 || index >= size) return std::nullopt;
    return index;
}

// The axis with its moving start fixed at a constant; nothing when it may fault.
std::optional<AxisView> fixed_axis(const Program& program, const AxisView& axis, SlotId start,
                                   std::int64_t size) {
    std::optional<std::int64_t> index = fixed_index(program, start, size);
    if (!index) return std::nullopt;
    if (axis.mode == AxisView::MovingIndex) return AxisView{AxisView::Index, *index, 1, 0};
    std::int64_t first = *index + axis.start;
    std::int64_t last = first + (axis.count - 1) * axis.step;
    bool inside = axis.count > 0 && first >= 0 && first < size && last >= 0 && last < size;
    if (!inside) return std::nullopt;
    return AxisView{AxisView::Range, first, axis.step, axis.count};
}

void fix_moving_starts(const Program& program, Instruction& instruction) {
    const Shape& shape = program.type_of(instruction.operands[0]).shape;
    std::vector<SlotId> operands{instruction.operands[0]};
    std::vector<std::int64_t> attributes;
    std::size_t next = 1;
    std::vector<AxisView> axes = axis_views(instruction.attributes);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        AxisView axis = axes[i];
        if (axis.moves()) {
            SlotId start = instruction.operands[next++];
            std::optional<AxisView> fixed = fixed_axis(program, axis, start, shape[i]);
            if (!fixed) operands.push_back(start);
            axis = fixed.value_or(axis);
        }
        append(attributes, axis);
    }
    operands.insert(operands.end(),
                    instruction.operands.begin() + static_cast<std::ptrdiff_t>(next),
                    instruction.operands.end());
    instruction.operands = std::move(operands);
    instruction.attributes = std::move(attributes);
}

bool takes_everything(const Program& program, const Instruction& instruction) {
    const Shape& shape = program.type_of(instruction.operands[0]).shape;
    std::vector<AxisView> axes = axis_views(instruction.attributes);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const AxisView& axis = axes[i];
        bool whole = axis.mode == AxisView::Range && axis.start == 0 && axis.step == 1 &&
                     axis.count == shape[i];
        if (!whole) return false;
    }
    return true;
}

}  // namespace

void simplify_move(const Program& program, Instruction& instruction) {
    SlotId first = instruction.operands[0];
    switch (instruction.op) {
        case Op::Reshape:
            if (program.type_of(first) == program.type_of(instruction.result))
                become_copy(instruction, first);
            break;
        case Op::Transpose:
            if (is_identity(instruction.attributes)) become_copy(instruction, first);
            break;
        case Op::Concat:
            if (instruction.operands.size() == 1) become_copy(instruction, first);
            break;
        case Op::View:
            fix_moving_starts(program, instruction);
            if (takes_everything(program, instruction)) become_copy(instruction, first);
            break;
        case Op::Update:
            fix_moving_starts(program, instruction);
            if (takes_everything(program, instruction))
                become_copy(instruction, instruction.operands.back());
            break;
        default: break;
    }
}

}  // namespace dunlin::ir
