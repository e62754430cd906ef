// What `dunlin explain --stage memory` shows.
#pragma once

#include <string>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// A table of VM memory, by offset: bytes, slot, type, name, and where in the program
// (routine.instruction, and lines of the source) the slot is alive; then what lies with the host,
// and the sums per VM. For a program that has been laid out.
std::string memory_report(const Program& program);

}  // namespace dunlin::ir
