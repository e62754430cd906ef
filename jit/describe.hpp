// A kernel's structure in words, for `dunlin explain --stage segments`.
#pragma once

#include <string>

#include "jit/kernel_source.hpp"

namespace dunlin::jit {

std::string describe_segments(const ir::Program& program, const KernelOptions& options);

}  // namespace dunlin::jit
