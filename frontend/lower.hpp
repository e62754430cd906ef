// Checked tree to microcode. Every call is expanded in place.
#pragma once

#include <vector>

#include "frontend/checked.hpp"

namespace dunlin::frontend {

// Past this many instructions a program is refused (E0313): functions that call functions can grow
// without measure.

struct Lowered {
    ir::Program program;
    std::vector<Port> ports;
    std::vector<ir::Span>
        statement_spans;  // the place of each ir::Statement, for diagnostics of later passes
    std::vector<ir::Diagnostic> diagnostics;  // E0313 only
};

// Past so many instructions a program is refused (E0313): functions that call functions can grow
// without measure.
Lowered lower(const checked::Program& program, const ir::SourceMap& sources,
              std::size_t max_instructions = kMaxInstructions);

}  // namespace dunlin::frontend
