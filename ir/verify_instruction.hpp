// The part of the verifier that looks at one instruction: arity, element types, shapes and
// attributes.
#pragma once

#include <string>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// What is wrong with an instruction, or nothing. The program's slots must be well formed; the
// instruction may hold anything.
std::string instruction_error(const Program& program, const Instruction& instruction);

}  // namespace dunlin::ir
