// Straightening: fewer and longer routines.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Leads jumps past routines that only jump on, makes a branch with one target a jump, drops
// routines that cannot be reached (but never the one with the end), and joins a routine to its only
// predecessor. The routines that are left keep their order. Every back-edge still costs its fuel.
// True when a branch became a jump, so that its condition may have lost its last reader.
bool straighten(Program& program);

}  // namespace dunlin::ir
