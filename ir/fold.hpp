// Constant folding: what is known when the program is loaded is computed then.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Replaces instructions over constants by copies of their values (through `evaluate`, so with the
// interpreter's own meaning), reads of local slots that only ever hold one constant by that
// constant, and branches on constants by jumps. Assumes definite assignment: a slot is written
// before it is read. Instructions that would fault are left to fault.
void fold(Program& program);

}  // namespace dunlin::ir
