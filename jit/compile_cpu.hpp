// Kernel text to machine code, in this process. The text is C++20 in one string that includes
// nothing; what comes back is a relocatable ELF object, which machine_code.hpp loads and cache.hpp
// keeps.
//
// Clang and LLVM live in a module, libdunlin_clang.so, opened when the first text is compiled. It
// is looked for in the folder $DUNLIN_MODULES if that is set, and else in the folder of the running
// executable (or of the shared library that this code was linked into), in ../lib/dunlin beside
// that, and in the folder where it was built. A process whose kernels all come from the cache never
// opens it, and a machine without LLVM runs those.
//
// Text is compiled for strict arithmetic: no contraction, no fast-math, no errno, no traps, no
// exceptions. All functions here may be called from several threads at once.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "jit/instruction_set.hpp"

namespace dunlin::jit {

/// Assembly and IntermediateCode (LLVM's, after optimisation) are for people to read.
enum class CompileOutput { Object, Assembly, IntermediateCode };

struct CompileOptions {
    InstructionSet instruction_set = instruction_set_of_this_cpu();
    CompileOutput output = CompileOutput::Object;
    /// What the log calls the text; `#line` in the text overrides it.
    std::string name = "kernel";
};

/// Where the time of one compilation went, in seconds. `opening` is 0 but for the compilation that
/// opened the module.
struct CompileTimes {
    double opening = 0;
    double front_end = 0;
    double optimisation = 0;
    double code_generation = 0;
};

/// The bytes of an ELF object, or text, as CompileOptions::output asked.
struct Compiled {
    std::string bytes;
    CompileTimes times;
};

/// The compiler's own words, errors and warnings, one a line; or why there is no compiler.
struct CompileFailure {
    std::string log;
    bool no_compiler = false;
};

std::variant<Compiled, CompileFailure> compile_cpu(std::string_view text,
                                                   const CompileOptions& options = {});

/// Opens the module now, so that a later compile_cpu finds it open; to be called on a thread that
/// has nothing else to do. The text is empty when the module is open, and else says why it is not.
std::string open_cpu_compiler();

/// Names everything that decides, beside text and CompileOptions, what compile_cpu returns: the
/// version of Clang, and of the way this project calls it. Part of a kernel's cache key; known
/// without opening the module.
std::string_view cpu_compiler_version();

}  // namespace dunlin::jit
