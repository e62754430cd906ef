// The text that kernels begin with: the lane dialect, from the headers of prelude/, which are
// embedded here. It includes nothing and has no comments.
//
// All that Clang reads costs time, so a kernel gets only what it uses, and what that uses in turn:
// these functions look through the kernel's text for names after `S::` and `V::`. S is
// dunlin::lane, V the meaning that the kernel's lanes have: dunlin::lane16, dunlin::lane32, or
// dunlin::lane again. The prelude ends by declaring the two.
//
// On the CPU, mathematical functions are not in it but in the lane library: see library.hpp.
#pragma once

#include <string>
#include <string_view>

namespace dunlin::jit {

/// For a kernel on the CPU whose lanes are `width` wide: 1, 16 or 32.
std::string cpu_prelude_text(int width, std::string_view kernel);

/// For a kernel on a GPU: one lane is one thread.
std::string cuda_prelude_text(std::string_view kernel);

/// prelude/kernel_abi.h: what a kernel and its host know of each other.
std::string_view kernel_abi_text();

}  // namespace dunlin::jit
