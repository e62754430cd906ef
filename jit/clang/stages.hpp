// The three stages of a compilation, inside the module: C++ to LLVM's intermediate code, that to
// better code, and that to bytes. Every compilation has its own context, file system, compiler
// instance and target machine. Nothing is shared between threads but what LLVM itself keeps.
#pragma once

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "jit/clang/clang_module.h"

namespace dunlin::clang_module {

inline constexpr const char* kTriple = "x86_64-unknown-linux-gnu";

/// Parses and checks the text; null with a log when it is wrong.
std::unique_ptr<llvm::Module> parse(const DunlinClangRequest& request, llvm::LLVMContext& context,
                                    std::string& log);

void optimise(llvm::Module& module, llvm::TargetMachine& machine);

std::unique_ptr<llvm::TargetMachine> make_target_machine(const DunlinClangRequest& request);

/// Whether the text speaks of vectors; asked before loops over numbers are made into some.
bool has_vectors(const llvm::Module& module);

/// `plain` is for a text without them.
llvm::SmallVector<char, 0> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                    DunlinClangOutput output, bool plain);

}  // namespace dunlin::clang_module
