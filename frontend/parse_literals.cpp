#include "frontend/parse_literals.hpp"

#include <charconv>

namespace dunlin::frontend {

namespace {

using ir::Code;

constexpr std::size_t kLongestEscape = 9;  // u{10FFFF}

std::string without_underscores(std::string_view literal) {
    std::string digits;
    for (char c : literal)
        if (c != '_') digits += c;
    return digits;
}

int base_of(std::string_view literal) {
    if (literal.size() < 2 || literal[0] != '0') return 10;
    switch (literal[1]) {
        case 'x':
        case 'X': return 16;
        case 'b':
        case 'B': return 2;
        case 'o':
        case 'O': return 8;
        default: return 10;
    }
}

// Whether a number that has no place among the floats is too small, and not too large: tells by the
// power of ten of its first digit that is not zero.
bool is_tiny(std::string_view digits) {
    std::size_t exponent_sign = digits.find_first_of("eE");
    std::string_view mantissa = digits.substr(0, exponent_sign);
    bool negative = exponent_sign != std::string_view::npos && digits[exponent_sign + 1] == '-';
    long long exponent = 0;
    if (exponent_sign != std::string_view::npos)
        for (char c : digits.substr(exponent_sign + 1))
            if (c >= '0' && c <= '9' && exponent < 1'000'000'000)
                exponent = 10 * exponent + (c - '0');
    std::size_t first = std::min(mantissa.find_first_not_of("0."), mantissa.size());
    std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    long long power = static_cast<long long>(point) - static_cast<long long>(first);
    return power + (negative ? -exponent : exponent) < 0;
}

void append_utf8(std::string& text, std::uint32_t code) {
    auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            byte(0xE0 | code >> 12);
        } else {
            byte(0xF0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3F));
        }
        byte(0x80 | (code >> 6 & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

// The code point of u{...}, whose braces hold `digits`; nothing when there is none.
std::optional<std::uint32_t> code_point(std::string_view digits) {
    std::uint32_t code = 0;
    const char* begin = digits.begin();
    const char* end = begin + digits.size();
    auto [stop, error] = std::from_chars(begin, end, code, 16);
    bool surrogate = code >= 0xD800 && code < 0xE000;
    if (error != std::errc{} || stop != end || code > 0x10FFFF || surrogate) return std::nullopt;
    return code;
}

// The characters between the quotes of a text; without the last quote, the text goes to the end of
// the line.
std::string_view between_quotes(std::string_view literal) {
    bool closed = literal.size() > 1 && literal.back() == literal.front();
    return literal.substr(1, literal.size() - (closed ? 2 : 1));
}

}  // namespace

std::optional<std::uint64_t> integer_value(std::string_view literal) {
    int base = base_of(literal);
    std::string digits = without_underscores(base == 10 ? literal : literal.substr(2));
    std::uint64_t value = 0;
    auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (result.ec != std::errc{}) return std::nullopt;
    return value;
}

std::optional<double> float_value(std::string_view literal) {
    std::string digits = without_underscores(literal);
    double value = 0;
    auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc::result_out_of_range) return value;
    if (is_tiny(digits)) return 0.0;
    return std::nullopt;
}

std::string text_value(ir::Span literal, SyntaxReport& report) {
    std::string_view raw = between_quotes(report.text_of(literal));
    std::size_t offset = literal.begin + 1;
    std::string text;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] != '\\' || at + 1 == raw.size()) {
            text += raw[at];
            continue;
        }
        std::size_t begin = at++;
        std::size_t close = raw.substr(0, at + kLongestEscape).find('}', at);
        if (raw[at] == 'n') {
            text += '\n';
        } else if (raw[at] == 't') {
            text += '\t';
        } else if (raw[at] == '"' || raw[at] == '\\') {
            text += raw[at];
        } else if (raw.substr(at, 2) == "u{" && close != std::string_view::npos &&
                   code_point(raw.substr(at + 2, close - at - 2))) {
            append_utf8(text, *code_point(raw.substr(at + 2, close - at - 2)));
            at = close;
        } else {
            report.add(Code::bad_escape, report.span(offset + begin, offset + at + 1),
                       "a backslash before " + shown_character(report.text(), offset + at),
                       "the escapes are \\n \\t \\\" \\\\ \\u{1F600}");
        }
    }
    return text;
}

}  // namespace dunlin::frontend
