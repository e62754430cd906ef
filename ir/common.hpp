// Common subexpressions: what a routine has computed once is not computed again.
#pragma once

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Within each routine, turns an instruction that repeats an earlier one over the same values into a
// copy of its result, as long as that result still stands. An instruction that may fault counts
// too: had it faulted, the second would never have been reached. Arrays that are made from nothing
// (`iota`) are made again, which costs no more than a copy.
void share_common(Program& program);

}  // namespace dunlin::ir
