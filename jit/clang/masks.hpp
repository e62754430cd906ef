// A way round a mistake in LLVM 19.
//
// Clang keeps a mask of sixteen lanes as a number of sixteen bits, and makes a vector of truths of
// it where it chooses between lanes. For avx512, where an "or" of two such numbers becomes a vector
// beside the two themselves, the code generator turns it into an "or" of vectors, that into one of
// numbers again, and so on for ever: https://github.com/llvm/llvm-project/issues/123333
#pragma once

#include <llvm/IR/Module.h>

namespace dunlin::clang_module {

/// Hides from the code generator that such a vector comes from an "or". This costs nothing but the
/// choice of doing it with vectors.
void hide_joined_masks(llvm::Module& module);

}  // namespace dunlin::clang_module
