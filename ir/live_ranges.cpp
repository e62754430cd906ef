#include "ir/live_ranges.hpp"

#include <algorithm>
#include <bit>

#include "ir/liveness.hpp"

namespace dunlin::ir {

namespace {

// Calls visit(column) for the columns of a row that no row before has had.
template <typename Visitor>
void for_each_new(const std::uint64_t* row, std::vector<std::uint64_t>& seen, Visitor&& visit) {
    for (std::size_t word = 0; word < seen.size(); ++word) {
        std::uint64_t fresh = row[word] & ~seen[word];
        seen[word] |= row[word];
        for (; fresh != 0; fresh &= fresh - 1)
            visit(word * 64 + static_cast<std::size_t>(std::countr_zero(fresh)));
    }
}

// The ranges by slot, while they grow; those of slots that are not met stay empty.
class Ranges {
  public:
    explicit Ranges(const Program& program) : program_(program), ranges_(program.slots.size()) {}

    void cover(SlotId id, Point point) {
        LiveRange& range = ranges_[id];
        if (range.slot == kNoSlot) range = {id, point, point};
        range.first = std::min(range.first, point);
        range.last = std::max(range.last, point);
    }

    void cover_mentions(RoutineId id) {
        const Routine& routine = program_.routines[id];
        Point point{id, 0};
        for_each_instruction(routine, [&](const Instruction& instruction) {
            for (SlotId operand : instruction.operands) cover(operand, point);
            if (instruction.result != kNoSlot) cover(instruction.result, point);
            ++point.index;
        });
        if (routine.terminator.kind == Terminator::Kind::Branch)
            cover(routine.terminator.condition, end_of(id));
    }

    // What is live where routines begin and end: only the first and the last of these points
    // matter.
    void cover_crossing() {
        Liveness liveness(program_);
        const std::vector<SlotId>& slots = liveness.crossing().slots;
        std::vector<std::uint64_t> begun(liveness.live_in().words()), ended(begun);
        auto count = static_cast<RoutineId>(program_.routines.size());
        for (RoutineId id = 0; id < count; ++id) {
            auto cover_at = [&](Point point) {
                return [&, point](std::size_t column) { cover(slots[column], point); };
            };
            RoutineId last = count - 1 - id;
            for_each_new(liveness.live_in().row(id), begun, cover_at({id, 0}));
            for_each_new(liveness.live_out().row(last), ended, cover_at(end_of(last)));
        }
    }

    std::vector<LiveRange> take() {
        std::erase_if(ranges_, [&](const LiveRange& range) {
            return range.slot == kNoSlot || program_.slots[range.slot].storage != Storage::Local;
        });
        return std::move(ranges_);
    }

  private:
    Point end_of(RoutineId id) const { return {id, program_.routines[id].instructions.size()}; }

    const Program& program_;
    std::vector<LiveRange> ranges_;
};

}  // namespace

std::vector<LiveRange> live_ranges(const Program& program) {
    Ranges ranges(program);
    for (RoutineId id = 0; id < program.routines.size(); ++id) ranges.cover_mentions(id);
    ranges.cover_crossing();
    return ranges.take();
}

}  // namespace dunlin::ir
