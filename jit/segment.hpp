// Instructions over large arrays, cut into groups that become one loop each.
//
// The instructions of a group run over the same elements: what one of them computes for an element
// is still in a register when the next one wants it, and arrays that nobody else reads are never
// made. Broadcasts, slices and transposes cost no copy of their own: they are a way of reading an
// array (readings.hpp). Reductions over one axis, or over neighbouring ones, may end a group.
//
// A group keeps the meaning of its instructions run one after the other:
//   - what is read otherwise than element for element is not written in the group;
//   - what may fault is looked at before the loop, and only when nothing that the host can see has
//     been written by the group before.
// A scan along the last axis may end one too, unless there are lines enough to go side by side.
// An update of an array that the group reads at other elements too may end a group: what it writes
// waits in rows of its own until nobody needs the old elements.
//
// Scalar instructions between those of a group, which have nothing to do with it, run before it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "ir/liveness.hpp"
#include "ir/microcode.hpp"
#include "jit/readings.hpp"

namespace dunlin::jit {

// The last instruction of a group writes to elements that others of its rows read: those so many
// rows behind, and so many ahead. A row is an index of the first axis.
struct Delay {
    std::int64_t behind = 0;
    std::int64_t ahead = 0;
    bool is_needed = true;  // not when only the element itself is read
};

// A single instruction, or several that are one loop.
struct Segment {
    ir::Shape shape;                        // that the loop runs over; of a group alone
    std::vector<std::size_t> instructions;  // by number in their routine
    std::vector<bool> stored;  // by instruction of a group: its result must be in memory afterwards
    bool is_group = false;
    // The axes that the reductions of a group take: none, or neighbours.
    std::size_t first_reduced = 0;
    std::size_t reduced_axes = 0;
    std::optional<Delay> delay;
    bool scans = false;  // the last instruction is a scan along the last axis
};

struct SegmentRules {
    // Whether an instruction is large enough to be a loop over lanes of elements.
    std::function<bool(const ir::Instruction&)> is_large;
};

// The cut of a whole program.
struct Segments {
    std::vector<Readings> readings;              // by routine
    std::vector<std::vector<Segment>> segments;  // by routine, in the order in which they run
};
Segments cut(const ir::Program& program, const SegmentRules& rules,
             const std::function<bool(ir::SlotId)>& is_in_memory);

}  // namespace dunlin::jit
