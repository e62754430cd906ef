#include "frontend/parse_report.hpp"

#include <algorithm>
#include <cstdio>

#include "ir/utf8.hpp"

namespace dunlin::frontend {

bool SyntaxReport::is_new_line(std::size_t offset) {
    std::size_t end = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
    return lines_.insert(end == std::string_view::npos ? 0 : end + 1).second;
}

void SyntaxReport::add(ir::Code code, ir::Span span, std::string message, std::string help) {
    if (full()) return;
    ++attempts_;
    if (!is_new_line(span.begin)) return;
    found_.push_back({code, span, std::move(message), {}, std::move(help), {}});
}

void SyntaxReport::add(ir::Code code, ir::Span span, std::string message, std::string help,
                       ir::Span place, std::string note) {
    std::size_t before = found_.size();
    add(code, span, std::move(message), std::move(help));
    if (found_.size() > before) found_.back().notes.push_back({place, std::move(note)});
}

bool SyntaxReport::any_within(ir::Span span) const {
    return std::any_of(found_.begin(), found_.end(), [&](const ir::Diagnostic& found) {
        return span.begin <= found.span.begin && found.span.begin < span.end;
    });
}

std::vector<ir::Diagnostic> SyntaxReport::take() {
    std::sort(found_.begin(), found_.end(),
              [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
    return std::move(found_);
}

std::string_view SyntaxReport::text_of(ir::Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
}

std::string SyntaxReport::quoted(ir::Span span) const {
    constexpr std::size_t kLongest = 40;
    std::string_view text = text_of(span);
    std::string shown(text.substr(0, kLongest));
    if (text.size() > kLongest) {
        while ((static_cast<unsigned char>(text[shown.size()]) & 0xC0u) == 0x80u) shown.pop_back();
        shown += "…";
    }
    return "'" + shown + "'";
}

ir::Span SyntaxReport::span(std::size_t begin, std::size_t end) const {
    return {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

int SyntaxReport::line_of(std::size_t offset) const {
    return sources_.place(file_, static_cast<std::uint32_t>(offset)).line;
}

std::string shown_character(std::string_view text, std::size_t offset) {
    ir::Character character = ir::decode_character(text, offset);
    if (character.valid && ir::is_printable(character.code) && character.code != 0xA0)
        return "'" + std::string(text.substr(offset, static_cast<std::size_t>(character.bytes))) +
               "'";
    char hexadecimal[16];
    std::snprintf(hexadecimal, sizeof hexadecimal, "U+%04X", static_cast<unsigned>(character.code));
    return hexadecimal;
}

}  // namespace dunlin::frontend
