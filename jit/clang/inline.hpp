// Inlining from the leaves up, by size alone. LLVM's inliner weighs each call anew, and looks at
// how often its surroundings run, which takes longer than to copy the few instructions that most
// functions of the prelude are.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>

namespace dunlin::clang_module {

/// Brings calls of small functions, and of those called once, into their callers, which are then
/// simplified: with `kernels` where they can be called from outside, else with `callees`. Functions
/// that nothing calls any more are removed.
void inline_and_simplify(llvm::Module& module, llvm::FunctionAnalysisManager& analyses,
                         llvm::FunctionPassManager callees, llvm::FunctionPassManager kernels);

}  // namespace dunlin::clang_module
