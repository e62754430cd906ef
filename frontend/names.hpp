// Which names a function (or a file) assigns, and how often: what must be known before its
// statements are checked in order.
#pragma once

#include <map>
#include <string>

#include "frontend/ast.hpp"

namespace dunlin::frontend {

struct NameUse {
    int assignments =
        0;  // a loop variable, a compound or an indexed assignment, or a declaration counts twice
    ir::Span first;  // the first place that assigns it
    // Assigned exactly once: when the value is a load-time constant, so is the name.
    bool single() const { return assignments == 1; }
};

using NameTable = std::map<std::string, NameUse>;

// The names that the statements assign, not looking into nested functions and tests.
NameTable assigned_names(const ast::Block& statements);

}  // namespace dunlin::frontend
