#include "jit/places.hpp"

#include <algorithm>
#include <map>

#include "ir/layout.hpp"
#include "ir/live_ranges.hpp"

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Program;
using ir::SlotId;
using ir::Storage;

constexpr std::int64_t kMostVariables = 16;  // elements of an array kept in variables
constexpr std::int64_t kMostUnrolled = 64;   // elements that one unrolled instruction computes
constexpr std::int64_t kAlwaysUnrolled = 2;  // fewer than make a loop worth its lines
constexpr std::int64_t kAlignment = 128;     // of arrays in memory: a vector of 32 words

std::int64_t count_of(const Program& program, SlotId slot) {
    return ir::element_count(program.type_of(slot).shape);
}

// How many elements an instruction computes, or looks at.
std::int64_t work_of(const Program& program, const Instruction& instruction) {
    std::int64_t work = 1;
    for (SlotId operand : instruction.operands) work = std::max(work, count_of(program, operand));
    if (instruction.result != ir::kNoSlot)
        work = std::max(work, count_of(program, instruction.result));
    if (instruction.op == ir::Op::MatMul)
        work = count_of(program, instruction.result) *
               program.type_of(instruction.operands[0]).shape.back();
    return work;
}

bool has_moving_index(const Instruction& instruction) {
    for (const ir::AxisView& axis : ir::axis_views(instruction.attributes))
        if (axis.moves()) return true;
    return false;
}

// Whether every index is known when the kernel is written.
bool has_fixed_indices(const Instruction& instruction) {
    switch (ir::info(instruction.op).form) {
        case Form::Order:
        case Form::Gather:
        case Form::Scatter: return false;
        case Form::View:
        case Form::Update: return !has_moving_index(instruction);
        default: return true;
    }
}

class Chooser {
  public:
    Chooser(const Program& program, const Flow& flow, bool elements)
        : program_(program), flow_(flow), elements_(elements) {}

    Places run() {
        places_.home.assign(program_.slots.size(), Home::None);
        places_.offset.assign(program_.slots.size(), -1);
        places_.constants.assign(program_.slots.size(), -1);
        choose_first();
        settle();
        return std::move(places_);
    }

  private:
    void choose_first() {
        for (SlotId id = 0; id < program_.slots.size(); ++id) {
            const Storage storage = program_.slots[id].storage;
            const bool small = count_of(program_, id) <= kMostVariables;
            if (storage == Storage::Constant)
                places_.home[id] = Home::Fixed;
            else if (small)
                places_.home[id] = Home::Variables;
            else
                places_.home[id] = in_memory(id);
        }
    }

    Home in_memory(SlotId id) const {
        const bool is_local = program_.slots[id].storage == Storage::Local;
        if (flow_.uniform[id]) return is_local ? Home::Plain : Home::Fixed;
        return elements_ && !is_local ? Home::Host : Home::Tile;
    }

    // An array stays in variables only when all that touch it are written out element by element;
    // that depends on the other arrays that they touch.
    void settle() {
        bool changed = true;
        while (changed) {
            changed = false;
            for (ir::RoutineId routine = 0; routine < program_.routines.size(); ++routine) {
                if (!flow_.reached[routine]) continue;
                ir::for_each_instruction(
                    program_.routines[routine], [&](const Instruction& instruction) {
                        const bool can_unroll = work_of(program_, instruction) <= kMostUnrolled &&
                                                has_fixed_indices(instruction);
                        if (can_unroll) return;
                        auto move_out = [&](SlotId slot) {
                            if (slot == ir::kNoSlot || count_of(program_, slot) <= 1) return;
                            if (places_.home[slot] != Home::Variables) return;
                            places_.home[slot] = in_memory(slot);
                            changed = true;
                        };
                        for (SlotId operand : instruction.operands) move_out(operand);
                        move_out(instruction.result);
                    });
            }
        }
    }

    const Program& program_;
    const Flow& flow_;
    bool elements_;
    Places places_;
};

}  // namespace

Places choose_places(const Program& program, const Flow& flow, bool elements) {
    return Chooser(program, flow, elements).run();
}

namespace {

// By slot, whether a segment leaves it in memory or takes it from there.
std::vector<bool> slots_in_memory(const Program& program, const Segments& cut) {
    std::vector<bool> needed(program.slots.size(), cut.segments.empty());
    for (ir::RoutineId id = 0; id < cut.segments.size(); ++id) {
        const ir::Routine& routine = program.routines[id];
        for (const Segment& segment : cut.segments[id]) {
            std::vector<SlotId> computed;
            for (std::size_t k = 0; k < segment.instructions.size(); ++k) {
                const std::size_t number = segment.instructions[k];
                const Instruction& instruction = routine.instructions[number];
                for (std::size_t n = 0; n < instruction.operands.size(); ++n) {
                    const SlotId operand = cut.readings[id].slot(routine, number, n);
                    if (std::find(computed.begin(), computed.end(), operand) == computed.end())
                        needed[operand] = true;
                }
                if (instruction.result == ir::kNoSlot) continue;
                if (!segment.is_group || segment.stored[k]) needed[instruction.result] = true;
                if (segment.is_group) computed.push_back(instruction.result);
            }
        }
        if (routine.terminator.kind != ir::Terminator::Kind::Collective) continue;
        const Instruction& collective = routine.terminator.collective;
        for (SlotId operand : collective.operands) needed[operand] = true;
        needed[collective.result] = true;
    }
    return needed;
}

// By slot: where it is last read in place of another, when it is. An array is needed until then.
std::map<SlotId, ir::Point> last_readings(const Segments& cut) {
    std::map<SlotId, ir::Point> last;
    for (ir::RoutineId id = 0; id < cut.readings.size(); ++id)
        for (const auto& [place, reading] : cut.readings[id].of_operand) {
            ir::Point& point = last[reading.slot];
            point = std::max(point, ir::Point{id, place.first});
        }
    return last;
}

// What a group touches, it touches from its beginning to its end.
void stretch(ir::LiveRange& range, const Segments& cut) {
    auto group_of = [&](ir::Point point) -> const Segment* {
        if (point.routine >= cut.segments.size()) return nullptr;
        for (const Segment& segment : cut.segments[point.routine])
            if (segment.is_group &&
                std::find(segment.instructions.begin(), segment.instructions.end(), point.index) !=
                    segment.instructions.end())
                return &segment;
        return nullptr;
    };
    if (const Segment* group = group_of(range.first))
        range.first.index = std::min(range.first.index, group->instructions.front());
    if (const Segment* group = group_of(range.last))
        range.last.index = std::max(range.last.index, group->instructions.back());
}

}  // namespace

void place_arrays(const Program& program, const Flow& flow, const Segments& segments, int width,
                  Places& places) {
    const bool may_share = flow.regions.empty();
    const ir::Point end{static_cast<ir::RoutineId>(program.routines.size()), 0};
    const std::vector<bool> needed = slots_in_memory(program, segments);
    const std::map<SlotId, ir::Point> read_last = last_readings(segments);
    std::vector<ir::PackedRange> ranges;
    for (ir::LiveRange range : ir::live_ranges(program)) {
        const Home home = places.home[range.slot];
        if ((home != Home::Tile && home != Home::Plain) || !needed[range.slot]) continue;
        if (may_share) {
            if (const auto read = read_last.find(range.slot); read != read_last.end())
                range.last = std::max(range.last, read->second);
            stretch(range, segments);
        } else {
            range = {range.slot, {}, end};
        }
        const std::int64_t bytes =
            ir::byte_count(program.type_of(range.slot)) * (home == Home::Tile ? width : 1);
        ranges.push_back({range.slot, range.first, range.last, bytes, kAlignment, 0});
    }
    places.memory_bytes = ir::pack(ranges);
    for (const ir::PackedRange& range : ranges) places.offset[range.slot] = range.offset;
    auto take = [](std::int64_t& taken, std::int64_t bytes) {
        const std::int64_t begin = (taken + kAlignment - 1) / kAlignment * kAlignment;
        taken = begin + bytes;
        return begin;
    };
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const std::int64_t bytes = ir::byte_count(program.type_of(id));
        const Storage storage = program.slots[id].storage;
        if (storage == Storage::Constant) {
            if (count_of(program, id) != 1)
                places.constants[id] = take(places.constant_bytes, bytes);
        } else if (storage != Storage::Local && places.home[id] == Home::Tile) {
            places.offset[id] = take(places.memory_bytes, bytes * width);
        }
    }
    places.memory_bytes = (places.memory_bytes + kAlignment - 1) / kAlignment * kAlignment;
}

Segments cut(const Program& program, const Places& places) {
    SegmentRules rules;
    rules.is_large = [&](const Instruction& instruction) {
        return !is_unrolled(program, places, instruction);
    };
    return cut(program, rules, [&](SlotId slot) {
        return places.home[slot] != Home::Variables && places.home[slot] != Home::None;
    });
}

bool is_unrolled(const Program& program, const Places& places, const Instruction& instruction) {
    if (!has_fixed_indices(instruction)) return false;
    if (work_of(program, instruction) <= kAlwaysUnrolled) return true;
    auto in_variables = [&](SlotId slot) {
        return slot != ir::kNoSlot && places.home[slot] == Home::Variables &&
               count_of(program, slot) > 1;
    };
    return in_variables(instruction.result) ||
           std::any_of(instruction.operands.begin(), instruction.operands.end(), in_variables);
}

}  // namespace dunlin::jit
