// Name resolution: what can be said about names before any type is known, also in functions that
// are never called. Unknown names with the nearest known one (E0301), functions that call
// themselves (E0303), built-in names that are redefined (W0301), `break`, `continue` and `return`
// out of place (E0309, E0310), statements in the wrong place (E0112).
#pragma once

#include "frontend/modules.hpp"

namespace dunlin::frontend {

void resolve(ModuleSet& modules, const ir::SourceMap& sources, Reporter& reporter);

}  // namespace dunlin::frontend
