// Types and shapes: trees of modules in, a checked tree out. After `check` has reported no error,
// lowering cannot fail (but for the size of the program).
#pragma once

#include <vector>

#include "frontend/checked.hpp"
#include "frontend/modules.hpp"

namespace dunlin::frontend {

struct CheckResult {
    checked::Program program;
    std::vector<ParamInfo> params;
};

// `test` is the block to be checked in place of the program's statements, or null.
CheckResult check(ModuleSet& modules, Module& module, const ast::Test* test,
                  const ir::SourceMap& sources, const CompileOptions& options, Reporter& reporter);

}  // namespace dunlin::frontend
