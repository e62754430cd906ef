#include "frontend/ast.hpp"

#include <array>

namespace dunlin::frontend::ast {

std::string_view text_of(BinaryOp op) {
    static constexpr std::array<std::string_view, 22> kTexts = {
        "or", "and", "==", "!=", "<", "<=", ">", ">=", "|", "^", "&",
        "<<", ">>",  "..", "+",  "-", "*",  "/", "//", "%", "@", "**"};
    static_assert(kTexts.size() == static_cast<std::size_t>(BinaryOp::Power) + 1);
    return kTexts[static_cast<std::size_t>(op)];
}

std::string_view text_of(UnaryOp op) {
    switch (op) {
        case UnaryOp::Not: return "not";
        case UnaryOp::Negate: return "-";
        case UnaryOp::Plus: return "+";
        case UnaryOp::Complement: return "~";
    }
    return "";
}

}  // namespace dunlin::frontend::ast
