// Definite assignment: a name must be assigned on every path before it is read.
#pragma once

#include <vector>

#include "frontend/checked.hpp"

namespace dunlin::frontend {

// One E0302 for each variable that is read too early (the first such place), in the order of the
// source. Functions are followed where they are called, so that a function which reads a name of
// the file is safe only after the name has been assigned.
std::vector<ir::Diagnostic> find_unassigned(const checked::Program& program,
                                            const ir::SourceMap& sources);

}  // namespace dunlin::frontend
