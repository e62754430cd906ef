// Instructions over large arrays, cut into groups that become one loop each.
//
// The instructions of a group run over the same elements: what one of them computes for an element
// is still in a register when the next one wants it, and arrays that nobody else reads are never
// made. Broadcasts, slices and transposes cost no copy of their own: they are a way of reading an
// array. A reduction over the last axis, or over all of them, may end a group.
//
// A group keeps the meaning of its instructions run one after the other:
//   - what is read otherwise than element for element is not written in the group;
//   - what may fault is looked at before the loop, and only when nothing that the host can see has
//     been written by the group before.
// Scalar instructions between those of a group, which have nothing to do with it, run before it.
#pragma once

#include <functional>
#include <vector>

#include "ir/liveness.hpp"
#include "ir/microcode.hpp"

namespace dunlin::jit {

// A single instruction, or several that are one loop.
struct Segment {
    ir::Shape shape;                        // that the loop runs over; of a group alone
    std::vector<std::size_t> instructions;  // by number in their routine
    std::vector<bool> stored;  // by instruction of a group: its result must be in memory afterwards
    bool is_group = false;
};

struct SegmentRules {
    // Whether an instruction is large enough to be a loop over lanes of elements.
    std::function<bool(const ir::Instruction&)> is_large;
};

// The segments of a routine, in the order in which they run.
std::vector<Segment> cut(const ir::Program& program, ir::RoutineId routine,
                         const SegmentRules& rules, const ir::Liveness& liveness);

// How many axes at the end of the shape a reduction takes together, and whether it takes no others.
bool reduces_trailing_axes(const ir::Program& program, const ir::Instruction& instruction);

}  // namespace dunlin::jit
