// Numbers and texts, from the characters that stand for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/parse_report.hpp"

namespace dunlin::frontend {

// A literal as the lexer lets it through: 42, 1_000, 0xff, 0b101, 0o17. Nothing when it is beyond
// 2^64 - 1.
std::optional<std::uint64_t> integer_value(std::string_view literal);

// A literal such as 1.5 or 2e-3, rounded to nearest. Nothing when it is beyond the largest float.
std::optional<double> float_value(std::string_view literal);

// The text of a string literal at this place, its escapes replaced; complains of those it does not
// know.
std::string text_value(ir::Span literal, SyntaxReport& report);

}  // namespace dunlin::frontend
