// Simplification: the same value with less work, instruction by instruction.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Applies identities that hold exactly, for every operand: under strict floats x * 1, x - 0.0 and x
// / 4 = x * 0.25 are such, x + 0.0 and x * 0 are not. Integers wrap, so their identities are those
// of the ring. Whatever faults still faults. What an instruction becomes is most often a copy, for
// `forward_copies` to remove.
void simplify(Program& program);

}  // namespace dunlin::ir
