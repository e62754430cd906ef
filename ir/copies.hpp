// Copies: arrays are values in the language; this pass takes the copies out that nobody can tell
// from the original.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Within each routine: an instruction whose result is only copied on writes to where the copy went,
// and reads of a copy read the original while both stand. Copies that nothing reads any more are
// left for `remove_dead`.
void forward_copies(Program& program);

}  // namespace dunlin::ir
