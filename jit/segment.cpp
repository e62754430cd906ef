#include "jit/segment.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Op;
using ir::Program;
using ir::Shape;
using ir::SlotId;

constexpr std::int64_t kLeastElements = 8;  // of a loop whose lanes are elements

bool is_reduction(const Instruction& instruction) {
    return ir::info(instruction.op).form == Form::Reduce && instruction.op != Op::ArgMin &&
           instruction.op != Op::ArgMax;
}

// The elements that an instruction's loop runs over, when it can be part of a group.
std::optional<Shape> loop_shape(const Program& program, const Instruction& instruction) {
    switch (ir::info(instruction.op).form) {
        case Form::Elementwise:
        case Form::Iota:
        case Form::Reshape:
        case Form::Transpose:
        case Form::View: return program.type_of(instruction.result).shape;
        case Form::Update: {
            Shape shape;
            for (const ir::AxisView& axis : ir::axis_views(instruction.attributes))
                if (axis.keeps_axis()) shape.push_back(axis.count);
            return shape;
        }
        case Form::Reduce:
            if (is_reduction(instruction) && reduces_trailing_axes(program, instruction))
                return program.type_of(instruction.operands[0]).shape;
            return std::nullopt;
        default: return std::nullopt;
    }
}

// Whether operand k is read at the element that is being computed, and nowhere else.
bool reads_in_place(const Program& program, const Instruction& instruction, std::size_t k,
                    const Shape& shape) {
    const Form form = ir::info(instruction.op).form;
    const bool direct = form == Form::Elementwise || form == Form::Reduce ||
                        (form == Form::Update && k + 1 == instruction.operands.size());
    return direct && program.type_of(instruction.operands[k]).shape == shape;
}

class Cutter {
  public:
    Cutter(const Program& program, ir::RoutineId routine, const SegmentRules& rules)
        : program_(program), routine_(program.routines[routine]), rules_(rules) {}

    std::vector<Segment> run() {
        for (std::size_t k = 0; k < routine_.instructions.size(); ++k) {
            const Instruction& instruction = routine_.instructions[k];
            std::optional<Shape> shape =
                rules_.is_large(instruction) ? loop_shape(program_, instruction) : std::nullopt;
            if (shape && ir::element_count(*shape) < kLeastElements) shape.reset();
            if (!shape) {
                if (!may_run_before(instruction)) close();
                segments_.push_back({{}, {k}, {false}, false});
                continue;
            }
            if (!group_ || group_->shape != *shape || !may_join(instruction, *shape)) close();
            if (!group_) group_ = Segment{*shape, {}, {}, true};
            join(k, instruction, *shape);
        }
        close();
        return std::move(segments_);
    }

  private:
    // A small instruction that has nothing to do with the group at hand, and nothing to show for
    // itself, may come before it.
    bool may_run_before(const Instruction& instruction) const {
        if (!group_) return true;
        if (!ir::is_removable(program_, instruction)) return false;
        // A scalar lives in a variable; memory may be another array's until the group has run.
        if (ir::element_count(program_.type_of(instruction.result).shape) != 1) return false;
        for (SlotId operand : instruction.operands)
            if (written_.count(operand) > 0) return false;
        return read_.count(instruction.result) == 0 && written_.count(instruction.result) == 0 &&
               program_.slots[instruction.result].storage == ir::Storage::Local;
    }

    bool may_join(const Instruction& instruction, const Shape& shape) const {
        if (!fits_reductions(instruction, shape)) return false;
        if (ir::may_fault(program_, instruction) && (shows_ || reads_written(instruction)))
            return false;
        for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
            const SlotId operand = instruction.operands[k];
            if (written_.count(operand) == 0) continue;
            const auto element = elements_.find(operand);
            const bool is_element = element != elements_.end() && element->second;
            // The array that an update changes is not read by it.
            const bool is_target = ir::info(instruction.op).form == Form::Update && k == 0;
            if (is_target || !is_element || !reads_in_place(program_, instruction, k, shape))
                return false;
        }
        if (is_partial(instruction)) {
            if (read_.count(instruction.result) > 0) return false;
        } else if (read_elsewhere_.count(instruction.result) > 0) {
            return false;
        }
        return !(written_.count(instruction.result) > 0 && !elements_.at(instruction.result));
    }

    // All reductions of a group take the same axes. Where these are several, the loop runs over
    // them as over one, so everything else must be read in its order.
    bool fits_reductions(const Instruction& instruction, const Shape& shape) const {
        const bool reduces = is_reduction(instruction);
        if (reduces && reduced_axes_ > 0 && instruction.attributes.size() != reduced_axes_)
            return false;
        const std::size_t axes = reduces ? instruction.attributes.size() : reduced_axes_;
        if (axes <= 1) return true;
        return is_flat_ && is_flat(instruction, shape);
    }
    bool is_flat(const Instruction& instruction, const Shape& shape) const {
        const Form form = ir::info(instruction.op).form;
        if (form == Form::Transpose || form == Form::View || form == Form::Update) return false;
        for (SlotId operand : instruction.operands) {
            const Shape& own = program_.type_of(operand).shape;
            if (ir::element_count(own) != 1 && ir::element_count(own) != ir::element_count(shape))
                return false;
        }
        return true;
    }

    bool reads_written(const Instruction& instruction) const {
        return std::any_of(instruction.operands.begin(), instruction.operands.end(),
                           [&](SlotId operand) { return written_.count(operand) > 0; });
    }

    // Its result is not the element that the loop is at.
    static bool is_partial(const Instruction& instruction) {
        const Form form = ir::info(instruction.op).form;
        return form == Form::Update || form == Form::Reduce;
    }

    void join(std::size_t number, const Instruction& instruction, const Shape& shape) {
        group_->instructions.push_back(number);
        group_->stored.push_back(true);
        const bool is_update = ir::info(instruction.op).form == Form::Update;
        for (std::size_t k = is_update ? 1 : 0; k < instruction.operands.size(); ++k) {
            const SlotId operand = instruction.operands[k];
            if (written_.count(operand) > 0) continue;  // in a register
            read_.insert(operand);
            if (!reads_in_place(program_, instruction, k, shape)) read_elsewhere_.insert(operand);
        }
        written_.insert(instruction.result);
        elements_[instruction.result] = !is_partial(instruction);
        if (program_.slots[instruction.result].storage != ir::Storage::Local) shows_ = true;
        is_flat_ = is_flat_ && is_flat(instruction, shape);
        if (is_reduction(instruction)) reduced_axes_ = instruction.attributes.size();
    }

    void close() {
        if (!group_) return;
        segments_.push_back(std::move(*group_));
        group_.reset();
        read_.clear();
        read_elsewhere_.clear();
        written_.clear();
        elements_.clear();
        shows_ = false;
        is_flat_ = true;
        reduced_axes_ = 0;
    }

    const Program& program_;
    const ir::Routine& routine_;
    const SegmentRules& rules_;
    std::vector<Segment> segments_;
    std::optional<Segment> group_;
    std::set<SlotId> read_;            // from memory, or as a scalar
    std::set<SlotId> read_elsewhere_;  // of these, not only at the element at hand
    std::set<SlotId> written_;
    std::map<SlotId, bool> elements_;  // of what is written: whether it is the element at hand
    bool is_flat_ = true;              // the loop may run over its axes as over one
    std::size_t reduced_axes_ = 0;
    bool shows_ = false;  // the group has written what the host may see
};

// What a group computes stays in registers when nobody reads it later.
void find_stored(const Program& program, ir::RoutineId id, const ir::Liveness& liveness,
                 std::vector<Segment>& segments) {
    const ir::Routine& routine = program.routines[id];
    std::set<SlotId> live;
    const ir::CrossingSlots& crossing = liveness.crossing();
    for (std::size_t column = 0; column < crossing.slots.size(); ++column)
        if (liveness.live_out().has(id, column)) live.insert(crossing.slots[column]);
    if (routine.terminator.kind == ir::Terminator::Kind::Branch)
        live.insert(routine.terminator.condition);
    if (routine.terminator.kind == ir::Terminator::Kind::Collective)
        for (SlotId operand : routine.terminator.collective.operands) live.insert(operand);
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
        std::set<SlotId> done;  // written later in the same group
        for (std::size_t k = segment->instructions.size(); k-- > 0;) {
            const Instruction& instruction = routine.instructions[segment->instructions[k]];
            const SlotId result = instruction.result;
            if (result == ir::kNoSlot) continue;
            const bool whole = !ir::is_in_place(instruction.op);
            const bool is_local = program.slots[result].storage == ir::Storage::Local;
            segment->stored[k] =
                !whole || ((!is_local || live.count(result) > 0) && done.count(result) == 0);
            if (whole) done.insert(result);
        }
        for (SlotId slot : done) live.erase(slot);
        // Operands that the group itself computes are read from registers.
        std::set<SlotId> written;
        for (std::size_t number : segment->instructions) {
            const Instruction& instruction = routine.instructions[number];
            for (SlotId operand : instruction.operands)
                if (written.count(operand) == 0) live.insert(operand);
            if (instruction.result != ir::kNoSlot && !ir::is_in_place(instruction.op))
                written.insert(instruction.result);
        }
    }
}

}  // namespace

bool reduces_trailing_axes(const Program& program, const Instruction& instruction) {
    const std::size_t rank = program.type_of(instruction.operands[0]).rank();
    const std::vector<std::int64_t>& axes = instruction.attributes;
    if (axes.empty()) return false;
    for (std::size_t k = 0; k < axes.size(); ++k)
        if (axes[k] != static_cast<std::int64_t>(rank - axes.size() + k)) return false;
    return true;
}

std::vector<Segment> cut(const Program& program, ir::RoutineId routine, const SegmentRules& rules,
                         const ir::Liveness& liveness) {
    std::vector<Segment> segments = Cutter(program, routine, rules).run();
    find_stored(program, routine, liveness, segments);
    return segments;
}

}  // namespace dunlin::jit
