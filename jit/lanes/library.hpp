// The lane library: the functions of library.def, compiled ahead of time from the prelude's text
// for every instruction set and every meaning of a lane. A kernel calls them by names that do not
// depend on the instruction set ("dunlin_w16_exp_f64"); the loader picks the code.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "jit/instruction_set.hpp"
#include "jit/machine_code.hpp"

namespace dunlin::jit {

/// The functions for kernels that were compiled for `set`, in the order of their names.
std::span<const HostSymbol> lane_library(InstructionSet set);

/// Declarations, for kernel text, of the functions whose names (as "exp") are in `names`, in the
/// namespace of the lanes that are `width` wide. They stand beside the prelude's templates of the
/// same names and are preferred where the types fit; floor_div<V::i32>(x, y), with its type
/// written, is the template, which is the better one for a constant divisor.
std::string library_declarations(int width, const std::set<std::string_view>& names);

}  // namespace dunlin::jit
