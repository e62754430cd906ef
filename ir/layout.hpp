// Layout: where each local slot lies in VM memory.
#pragma once

#include <vector>

#include "ir/live_ranges.hpp"
#include "ir/microcode.hpp"

namespace dunlin::ir {

// Gives every local slot that is mentioned an offset, aligned to its element, and the program its
// `vm_bytes`, a whole number of words of 4 bytes. Slots that are never alive together share bytes;
// the operands and the result of one instruction never do. States, outputs, inputs, shared values
// and constants take no VM memory.
void lay_out(Program& program);

// A slot that needs some bytes from one point of the program to another, both included.
struct PackedRange {
    SlotId slot = kNoSlot;
    Point first;
    Point last;
    std::int64_t bytes = 0;
    std::int64_t alignment = 1;
    std::int64_t offset = 0;  // out
};

// Finds offsets at which ranges that meet do not overlap, and says how many bytes they take
// together.
std::int64_t pack(std::vector<PackedRange>& ranges);

}  // namespace dunlin::ir
