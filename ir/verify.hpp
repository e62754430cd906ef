// What every well-formed program satisfies. Run on parsed microcode always, and after every pass in debug builds.
#pragma once

#include <string>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Empty when the program is well formed; else one line for each thing that is wrong.
std::vector<std::string> verify(const Program& program);

}  // namespace dunlin::ir
