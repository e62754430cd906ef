// A kernel that can be called: text made into machine code, from the cache or by the compiler.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "jit/compile_cpu.hpp"
#include "jit/instruction_set.hpp"
#include "jit/kernel_source.hpp"
#include "jit/machine_code.hpp"
#include "prelude/kernel_abi.h"

namespace dunlin::jit {

using KernelFunction = void(kernel::Run*, kernel::Task*);

struct Kernel {
    KernelSource source;
    MachineCode code;
    KernelFunction* function = nullptr;
    bool cached = false;
    double seconds = 0;  // from the text to the function
    CompileTimes times;
};

// Why there is no kernel; `statement` is where in the program, when that is known.
struct KernelFailure {
    std::string log;
    std::optional<ir::StatementId> statement;
};

// The whole text that is compiled: what host and kernel share, the prelude, the kernel.
std::string whole_text(const KernelSource& source);

std::variant<std::shared_ptr<const Kernel>, KernelFailure> build_kernel(
    KernelSource source, InstructionSet instruction_set);

}  // namespace dunlin::jit
