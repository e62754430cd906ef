// C functions that a compiler calls without being asked: to copy memory, and for arithmetic that
// the instruction set lacks. Kernels may call these and no others by themselves.
#pragma once

#include <string_view>

namespace dunlin::jit {

/// The address of one of them, or null.
const void* host_function(std::string_view name);

}  // namespace dunlin::jit
