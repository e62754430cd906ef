// Text to tree. parse.cpp and its neighbours are the only files that know ANTLR.
//
// The grammar (Dunlin.g4) is written so that every decision needs one token of look-ahead: the
// generated parser then switches on the token and never runs ANTLR's adaptive prediction, which is
// what costs time in a cold process. Before parsing, limits are checked on the text and the tokens
// (kMaxSourceBytes, kMaxTokens, kMaxBrackets), so that no input can exhaust the stack or the
// memory.
#pragma once

#include <vector>

#include "frontend/ast.hpp"
#include "ir/diagnostic.hpp"

namespace dunlin::frontend {

inline constexpr std::size_t kMaxSourceBytes = 4 << 20;
inline constexpr std::size_t kMaxTokens = 1 << 18;
inline constexpr int kMaxBrackets = 100;

struct ParsedFile {
    ast::Block statements;  // what could be made sense of, even when there are diagnostics
    std::vector<ir::Diagnostic> diagnostics;  // in the order of the source, at most about twenty
};

ParsedFile parse(const ir::SourceMap& sources, ir::FileId file);

// The tree as indented text, for `dunlin explain --stage ast`.
std::string print_tree(const ast::Block& statements);

}  // namespace dunlin::frontend
