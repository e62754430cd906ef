// Live ranges: from where to where each local slot needs its bytes, counted along the program's
// text.
#pragma once

#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// A place in the program: an instruction of a routine, by number; the routine's terminator comes
// after the last.
struct Point {
    RoutineId routine = 0;
    std::size_t index = 0;

    auto operator<=>(const Point&) const = default;
};

// Both ends belong to the range. It covers every point at which the slot is read, written, or holds
// a value that may still be read (so all of a loop around which the value is carried), and whatever
// the text has between them: two slots whose ranges do not meet may share bytes.
struct LiveRange {
    SlotId slot = kNoSlot;
    Point first;
    Point last;
};

// The ranges of the local slots that the program mentions, in the order of the slots.
std::vector<LiveRange> live_ranges(const Program& program);

}  // namespace dunlin::ir
