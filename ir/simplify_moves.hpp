// The part of simplification that looks at moves: reshape, transpose, concat, view, update.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Moving starts that are constant and inside become fixed ones; a move that moves nothing becomes a
// copy.
void simplify_move(const Program& program, Instruction& instruction);

}  // namespace dunlin::ir
