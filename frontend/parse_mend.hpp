// Signs and numbers that Dunlin does not have, but other languages do, or that are misspelt: each
// is complained of, and what was probably meant is put in its place, so that the parser does not
// stumble over the same slip again.
#pragma once

#include "frontend/parse_tokens.hpp"

namespace dunlin::frontend {

std::vector<std::unique_ptr<antlr4::Token>> mend_tokens(
    std::vector<std::unique_ptr<antlr4::Token>> tokens, SyntaxReport& report);

inline void set_kind(antlr4::Token& token, std::size_t kind) {
    static_cast<antlr4::CommonToken&>(token).setType(kind);
}

}  // namespace dunlin::frontend
