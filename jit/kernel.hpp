// A kernel that can be called: text made into machine code, from the cache or by the compiler.
//
//   KernelBuild build(emit_kernel(program, options), set);
//   auto kernel = build.from_cache();          // a millisecond
//   if (kernel == nullptr) built = build.compile();  // twenty
//   build.store();                                   // when there is time for it
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "jit/cache.hpp"
#include "jit/compile_cpu.hpp"
#include "jit/instruction_set.hpp"
#include "jit/kernel_source.hpp"
#include "jit/machine_code.hpp"
#include "prelude/kernel_abi.h"

namespace dunlin::jit {

using KernelFunction = void(kernel::Run*, kernel::Task*);

struct Kernel {
    KernelSource source;
    InstructionSet instruction_set = InstructionSet::Baseline;
    MachineCode code;
    KernelFunction* function = nullptr;
    bool cached = false;
    CompileTimes times;  // of a kernel that was compiled
    double loading = 0;  // seconds: the cache, and making the object ready to run
};

// Why there is no kernel; `statement` is where in the program, when that is known.
struct KernelFailure {
    std::string log;
    std::optional<ir::StatementId> statement;
    bool no_compiler = false;
};

using BuiltKernel = std::variant<std::shared_ptr<const Kernel>, KernelFailure>;

// Kernel text on its way to a kernel. For one thread.
class KernelBuild {
  public:
    KernelBuild(KernelSource source, InstructionSet instruction_set);

    // Null when the cache does not have it.
    std::shared_ptr<const Kernel> from_cache();
    // After either of the two has given a kernel, the other cannot be called.
    BuiltKernel compile();
    // Puts what was compiled in the cache.
    void store();

  private:
    KernelSource source_;
    InstructionSet instruction_set_;
    std::string key_;
    std::string objects_;  // compiled, as they are stored
};

// The whole text that is compiled: what host and kernel share, the prelude, the kernel.
std::string whole_text(const KernelSource& source);

// The same as texts for several compilers at once: at most so many, of about the same length.
// Together their objects are the kernel.
std::vector<std::string> texts_in_parts(const KernelSource& source, std::size_t most);

// The cache that the environment described when it was first used.
KernelCache& kernel_cache();

}  // namespace dunlin::jit
