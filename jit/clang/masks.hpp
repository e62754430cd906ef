// Masks as vectors of truths, and never as numbers.
//
// Clang keeps a mask of sixteen lanes in memory as a number of sixteen bits, and LLVM's passes go
// on to compute with that number. For avx512 the code generator of LLVM 19 makes vectors of it
// again, then a number, then vectors, and so on for ever, where an "or" of two masks meets the
// masks themselves: https://github.com/llvm/llvm-project/issues/123333
#pragma once

#include <llvm/IR/Module.h>

namespace dunlin::clang_module {

/// Numbers that are masks become vectors: what is computed with them, what is merged where ways
/// meet, and what is loaded. Where one is asked for as a number, it is made into one there.
void make_masks_vectors(llvm::Module& module);

}  // namespace dunlin::clang_module
