// What a loaded program holds, for the files of this folder.
#pragma once

#include <string>
#include <vector>

#include "frontend/compile.hpp"
#include "runtime/dunlin.hpp"
#include "runtime/kernels.hpp"

namespace dunlin {

struct Program::Implementation {
    std::string file;
    std::string text;
    LoadOptions options;
    frontend::CompileOptions compile_options;
    frontend::Compiled compiled;

    // The same facts in the public form.
    std::vector<Diagnostic> diagnostics;
    std::vector<Port> ports;
    std::vector<Param> params;
    std::vector<TestBlock> tests;
    std::vector<Timing> timings;

    // Made when a batch wants them. A loaded program never changes otherwise.
    mutable runtime::Kernels kernels;
};

}  // namespace dunlin

namespace dunlin::runtime {

// The embedded standard library, scanned once in a process.
const frontend::Library& standard_library();

// The place of a statement of the microcode.
SourceRange range_of(const ir::Program& program, ir::StatementId statement);

// What lies where in VM memory, and when (explain --stage memory).
std::string memory_map(const ir::Program& program);

}  // namespace dunlin::runtime
