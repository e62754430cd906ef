// What every well-formed program satisfies. Run on parsed microcode always, and after every pass in
// debug builds.
//
// Beyond what microcode.hpp says of each operation: constants stand in the order of their slots,
// one each; slots that the host binds have names, unique within their storage; sizes and the
// extents of views are bounded by kMaxBytes, so that later sums and products of them cannot
// overflow. Once a slot has an offset the program counts as laid out: then every local slot in use
// has one, aligned and inside `vm_bytes`, and no operand shares bytes with its instruction's
// result. That a slot is written before it is read is the front end's promise, and not checked.
#pragma once

#include <string>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Empty when the program is well formed; else one line for each thing that is wrong.
std::vector<std::string> verify(const Program& program);

}  // namespace dunlin::ir
