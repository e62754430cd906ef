#include "jit/readings.hpp"

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Program;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

constexpr std::int64_t kLeastElements = 8;  // of an array that is worth not making

// The strides under which a value of shape `from` is one of shape `to`, element for element, or
// nothing when no fixed distances do it.
std::optional<Strides> reshaped(const Shape& from, const Strides& strides, const Shape& to) {
    Strides result(to.size(), 0);
    std::size_t a = 0;
    std::size_t b = 0;
    while (true) {
        while (a < from.size() && from[a] == 1) ++a;
        while (b < to.size() && to[b] == 1) ++b;
        if (a == from.size() || b == to.size()) break;
        // Axes from[a..a_end) and to[b..b_end) have the same number of elements.
        std::size_t a_end = a + 1;
        std::size_t b_end = b + 1;
        std::int64_t a_count = from[a];
        std::int64_t b_count = to[b];
        while (a_count != b_count) {
            if (a_count < b_count)
                a_count *= from[a_end++];
            else
                b_count *= to[b_end++];
        }
        // Those of the source must be passed as one.
        std::int64_t apart = strides[a_end - 1];
        std::int64_t expected = apart;
        for (std::size_t axis = a_end; axis-- > a;) {
            if (from[axis] == 1) continue;
            if (strides[axis] != expected) return std::nullopt;
            expected *= from[axis];
        }
        for (std::size_t axis = b_end; axis-- > b;) {
            result[axis] = apart;
            apart *= to[axis];
        }
        a = a_end;
        b = b_end;
    }
    return result;
}

class Finder {
  public:
    Finder(const Program& program, const ir::Routine& routine, const ReadingRules& rules)
        : program_(program), routine_(routine), rules_(rules) {}

    Readings run(std::set<SlotId> wanted) {
        readings_.not_made.assign(routine_.instructions.size(), false);
        for (std::size_t k = 0; k < routine_.instructions.size(); ++k) pass(k);
        drop(std::move(wanted));
        return std::move(readings_);
    }

  private:
    void pass(std::size_t number) {
        const Instruction& instruction = routine_.instructions[number];
        for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
            const auto known = known_.find(instruction.operands[k]);
            if (known != known_.end() && fits(instruction, k, known->second) &&
                rules_.reads_anywhere(instruction, k))
                readings_.of_operand[{number, k}] = known->second;
        }
        if (instruction.result == ir::kNoSlot) return;
        std::optional<Reading> reading = reading_of(instruction);
        if (reading && rules_.reads_anywhere(instruction, 0))
            readings_.of_operand[{number, 0}] = *reading;
        forget(instruction.result);
        if (reading && reading->slot != instruction.result) {
            lying_in_.emplace(reading->slot, instruction.result);
            known_[instruction.result] = std::move(*reading);
        }
    }

    // What is written is not read out of its order at the same time; and a reduction takes several
    // axes as one, so they must lie as one.
    bool fits(const Instruction& instruction, std::size_t k, const Reading& reading) const {
        if (rearranges(instruction) || reading.slot == instruction.result) return false;
        const Form form = ir::info(instruction.op).form;
        // A divisor, say, is looked at before the loop, where it stands.
        if (form == Form::Elementwise && k == 1 && ir::may_fault(program_, instruction))
            return false;
        if (form != Form::Reduce || instruction.attributes.size() < 2) return true;
        const Shape& shape = program_.type_of(instruction.operands[k]).shape;
        return reading.strides == ir::row_major_strides(shape);
    }

    // How the instruction's result is read where its operand lies.
    std::optional<Reading> reading_of(const Instruction& instruction) const {
        if (!rearranges(instruction)) return std::nullopt;
        const Shape& result = program_.type_of(instruction.result).shape;
        if (ir::element_count(result) < kLeastElements) return std::nullopt;
        if (program_.slots[instruction.result].storage != ir::Storage::Local) return std::nullopt;
        if (ir::may_fault(program_, instruction)) return std::nullopt;
        const SlotId operand = instruction.operands[0];
        const Shape& shape = program_.type_of(operand).shape;
        Reading reading{operand, ir::row_major_strides(shape), 0};
        if (const auto known = known_.find(operand); known != known_.end())
            reading = known->second;
        else if (!rules_.is_in_memory(operand))
            return std::nullopt;
        const Form form = ir::info(instruction.op).form;
        if (form == Form::View) return part_of(reading, instruction.attributes);
        Strides strides;
        if (form == Form::Reshape) {
            std::optional<Strides> found = reshaped(shape, reading.strides, result);
            if (!found) return std::nullopt;
            strides = std::move(*found);
        } else {
            for (std::int64_t axis : instruction.attributes)
                strides.push_back(reading.strides[static_cast<std::size_t>(axis)]);
        }
        reading.strides = std::move(strides);
        return reading;
    }

    // The slot is written: what was known of its elements, and of those that lie in it, is over.
    void forget(SlotId slot) {
        known_.erase(slot);
        const auto [begin, end] = lying_in_.equal_range(slot);
        for (auto it = begin; it != end; ++it) {
            const auto copy = known_.find(it->second);
            if (copy != known_.end() && copy->second.slot == slot) known_.erase(copy);
        }
        lying_in_.erase(begin, end);
    }

    // From the end to the beginning: an array that is only read elsewhere need not be made.
    // `wanted` are the slots that are read where they stand, later on.
    void drop(std::set<SlotId> wanted) {
        for (std::size_t number = routine_.instructions.size(); number-- > 0;) {
            const Instruction& instruction = routine_.instructions[number];
            const SlotId result = instruction.result;
            if (rearranges(instruction) && wanted.count(result) == 0 &&
                program_.slots[result].storage == ir::Storage::Local &&
                !ir::may_fault(program_, instruction)) {
                readings_.not_made[number] = true;
                continue;
            }
            if (result != ir::kNoSlot && !ir::is_in_place(instruction.op)) wanted.erase(result);
            for (std::size_t k = 0; k < instruction.operands.size(); ++k)
                wanted.insert(readings_.slot(routine_, number, k));
        }
    }

    const Program& program_;
    const ir::Routine& routine_;
    const ReadingRules& rules_;
    std::map<SlotId, Reading> known_;         // of slots that hold a copy of elements elsewhere
    std::multimap<SlotId, SlotId> lying_in_;  // by slot: those whose elements may lie in it
    Readings readings_;
};

}  // namespace

bool rearranges(const Instruction& instruction) {
    const Form form = ir::info(instruction.op).form;
    return form == Form::Reshape || form == Form::Transpose || form == Form::View;
}

std::optional<Reading> part_of(const Reading& whole, const std::vector<std::int64_t>& attributes) {
    Reading part{whole.slot, {}, whole.offset};
    const std::vector<ir::AxisView> views = ir::axis_views(attributes);
    for (std::size_t axis = 0; axis < views.size(); ++axis) {
        if (views[axis].moves()) return std::nullopt;
        part.offset += views[axis].start * whole.strides[axis];
        if (views[axis].keeps_axis())
            part.strides.push_back(views[axis].step * whole.strides[axis]);
    }
    return part;
}

const Reading* Readings::find(std::size_t instruction, std::size_t operand) const {
    const auto found = of_operand.find({instruction, operand});
    return found == of_operand.end() ? nullptr : &found->second;
}

SlotId Readings::slot(const ir::Routine& routine, std::size_t instruction,
                      std::size_t operand) const {
    const Reading* reading = find(instruction, operand);
    return reading != nullptr ? reading->slot : routine.instructions[instruction].operands[operand];
}

Readings find_readings(const Program& program, ir::RoutineId id, const ReadingRules& rules,
                       const ir::Liveness& liveness) {
    const ir::Routine& routine = program.routines[id];
    return Finder(program, routine, rules).run(slots_read_after(program, id, liveness));
}

std::set<SlotId> slots_read_after(const Program& program, ir::RoutineId id,
                                  const ir::Liveness& liveness) {
    const ir::Terminator& terminator = program.routines[id].terminator;
    std::set<SlotId> slots;
    const ir::CrossingSlots& crossing = liveness.crossing();
    for (std::size_t column = 0; column < crossing.slots.size(); ++column)
        if (liveness.live_out().has(id, column)) slots.insert(crossing.slots[column]);
    if (terminator.kind == ir::Terminator::Kind::Branch) slots.insert(terminator.condition);
    if (terminator.kind == ir::Terminator::Kind::Collective)
        slots.insert(terminator.collective.operands.begin(), terminator.collective.operands.end());
    return slots;
}

}  // namespace dunlin::jit
