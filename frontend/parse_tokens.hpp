// From the lexer's tokens to those of the parser: which line ends close a statement, brackets that
// always match, numbers and signs that are none put right after they have been complained of.
#pragma once

#include <antlr4-runtime.h>

#include <memory>
#include <vector>

#include "DunlinLexer.h"
#include "DunlinParser.h"
#include "frontend/parse_report.hpp"

namespace dunlin::frontend {

using Kind = grammar::DunlinParser;  // Kind::NAME is the type of a token that is a name

// How deep in brackets each token stands; a bracket stands where its statement does. In a list of
// tokens a statement ends at the next END of its own depth.
using Depths = std::vector<std::uint16_t>;

struct TokenList {
    std::vector<std::unique_ptr<antlr4::Token>> tokens;  // ends in EOF; indices are set
    Depths depths;                                       // one for each token
    bool complete = false;  // false when a limit was passed: there is nothing to parse
};

TokenList read_tokens(grammar::DunlinLexer& lexer, SyntaxReport& report);

inline std::size_t begin_of(const antlr4::Token& token) {
    return token.getStartIndex();
}
inline std::size_t end_of(const antlr4::Token& token) {
    return token.getStopIndex() + 1;  // a token that was added may be empty
}

}  // namespace dunlin::frontend
