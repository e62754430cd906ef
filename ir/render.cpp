// The rendered form of a diagnostic: what a person sees on the terminal.
#include <algorithm>

#include "ir/diagnostic.hpp"
#include "ir/utf8.hpp"

namespace dunlin::ir {

namespace {

constexpr std::size_t kWindow = 100;  // characters of a source line that are shown at most
constexpr std::size_t kTab = 4;       // columns that a tab is shown as

// A source line as it is shown, and where the marked words [begin, end) lie in it, in characters.
struct Excerpt {
    std::string text;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// The characters of a line around the marked words, each safe to show, one column each.
struct Cells {
    std::vector<std::string> columns;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool cut_before = false;
    bool cut_after = false;
};

// At most kWindow characters before byte `begin`, so that a huge line costs no more than a short
// one.
std::size_t step_back(std::string_view line, std::size_t begin) {
    std::size_t at = begin;
    for (std::size_t steps = 0; steps < kWindow && at > 0; ++steps) {
        --at;
        for (int i = 0; i < 3 && at > 0 && (static_cast<unsigned char>(line[at]) & 0xC0u) == 0x80u;
             ++i)
            --at;
    }
    return at;
}

Cells cells_of(std::string_view line, std::size_t begin, std::size_t end) {
    Cells cells;
    std::size_t at = step_back(line, begin);
    cells.cut_before = at > 0;
    cells.begin = cells.end = std::string::npos;
    while (at < line.size() && cells.columns.size() < 3 * kWindow) {
        if (at >= begin) cells.begin = std::min(cells.begin, cells.columns.size());
        if (at >= end) cells.end = std::min(cells.end, cells.columns.size());
        auto bytes = static_cast<std::size_t>(decode_character(line, at).bytes);
        if (line[at] == '\t')
            cells.columns.insert(cells.columns.end(), kTab, " ");
        else
            cells.columns.push_back(printable(line.substr(at, bytes)));
        at += bytes;
    }
    cells.cut_after = at < line.size();
    cells.begin = std::min(cells.begin, cells.columns.size());
    cells.end = std::min(cells.end, cells.columns.size());
    return cells;
}

// A window of the cells that shows where the marked words begin.
Excerpt clipped(const Cells& cells) {
    std::size_t count = cells.columns.size();
    std::size_t width = std::min(cells.end - cells.begin, kWindow);
    std::size_t margin = std::max<std::size_t>((kWindow - width) / 2, 10);
    std::size_t left = cells.begin > margin ? cells.begin - margin : 0;
    if (left + kWindow > count) left = count > kWindow ? count - kWindow : 0;
    std::size_t right = std::min(count, left + kWindow);

    Excerpt excerpt;
    bool cut = cells.cut_before || left > 0;
    if (cut) excerpt.text = "…";
    for (std::size_t i = left; i < right; ++i) excerpt.text += cells.columns[i];
    if (cells.cut_after || right < count) excerpt.text += "…";
    excerpt.begin = cells.begin - left + cut;
    excerpt.end = std::min(cells.end, right) - left + cut;
    return excerpt;
}

Excerpt excerpt_of(const SourceMap& sources, Span span, int line_number) {
    std::string_view line = sources.line_text(span.file, line_number);
    auto line_begin = static_cast<std::size_t>(line.data() - sources.text(span.file).data());
    std::size_t begin = std::min<std::size_t>(span.begin - line_begin, line.size());
    std::size_t end = std::clamp<std::size_t>(
        span.end - std::min<std::size_t>(span.end, line_begin), begin, line.size());
    return clipped(cells_of(line, begin, end));
}

bool has_place(Span span, const SourceMap& sources) {
    return span.file < sources.size();
}

Span inside_file(Span span, const SourceMap& sources) {
    auto size = static_cast<std::uint32_t>(sources.text(span.file).size());
    span.begin = std::min(span.begin, size);
    span.end = std::clamp(span.end, span.begin, size);
    return span;
}

// "  --> file:line:column", the source line, and the carets with what stands beside them.
std::string place_block(Span span, const SourceMap& sources, std::string_view label,
                        std::size_t gutter) {
    span = inside_file(span, sources);
    Place place = sources.place(span.file, span.begin);
    std::string number = std::to_string(place.line);
    std::string margin(gutter + 1, ' ');
    Excerpt excerpt = excerpt_of(sources, span, place.line);

    std::string text = margin + "--> " + printable(sources.name(span.file)) + ":" + number + ":" +
                       std::to_string(place.column) + "\n";
    text += margin + " |\n";
    text += " " + std::string(gutter - number.size(), ' ') + number + " |";
    if (!excerpt.text.empty()) text += " " + excerpt.text;
    text += "\n" + margin + " | " + std::string(excerpt.begin, ' ');
    text += std::string(std::max<std::size_t>(excerpt.end - excerpt.begin, 1), '^');
    if (!label.empty()) text += " " + printable(label);
    return text + "\n";
}

std::size_t gutter_width(const Diagnostic& diagnostic, const SourceMap& sources) {
    std::size_t width = 1;
    auto widen = [&](Span span) {
        if (!has_place(span, sources)) return;
        int line = sources.place(span.file, span.begin).line;
        width = std::max(width, std::to_string(line).size());
    };
    widen(diagnostic.span);
    for (const auto& [span, message] : diagnostic.notes) widen(span);
    return width;
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceMap& sources) {
    std::size_t gutter = gutter_width(diagnostic, sources);
    std::string text = is_warning(diagnostic.code) ? "warning[" : "error[";
    text += std::string(code_text(diagnostic.code)) + "]: ";
    text += diagnostic.message.empty() ? std::string(title_of(diagnostic.code))
                                       : printable(diagnostic.message);
    text += "\n";
    if (has_place(diagnostic.span, sources))
        text += place_block(diagnostic.span, sources, diagnostic.label, gutter);
    if (!diagnostic.help.empty())
        text += std::string(gutter + 1, ' ') + " = help: " + printable(diagnostic.help) + "\n";
    for (const auto& [span, message] : diagnostic.notes) {
        text += "note: " + printable(message) + "\n";
        if (has_place(span, sources)) text += place_block(span, sources, {}, gutter);
    }
    return text;
}

}  // namespace dunlin::ir
