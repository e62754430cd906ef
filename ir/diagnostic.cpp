#include "ir/diagnostic.hpp"

#include <algorithm>

#include "ir/utf8.hpp"

namespace dunlin::ir {

namespace {

struct CodeRow {
    std::string_view code;
    std::string_view title;
};

constexpr CodeRow kCodes[] = {
#define DIAGNOSTIC(code, name, text) {code, text},
#include "ir/diagnostics.def"
#undef DIAGNOSTIC
};

const CodeRow& row_of(Code code) {
    return kCodes[static_cast<std::size_t>(code)];
}

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

// The index of the line that holds `offset`, counted from 0.
std::size_t line_index(const std::vector<std::uint32_t>& line_starts, std::uint32_t offset) {
    auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
    return static_cast<std::size_t>(after - line_starts.begin()) - 1;
}

}  // namespace

std::string_view code_text(Code code) {
    return row_of(code).code;
}
std::string_view title_of(Code code) {
    return row_of(code).title;
}
bool is_warning(Code code) {
    return code_text(code).front() == 'W';
}

std::vector<Code> all_codes() {
    std::vector<Code> codes;
    for (std::size_t i = 0; i < std::size(kCodes); ++i) codes.push_back(static_cast<Code>(i));
    return codes;
}

FileId SourceMap::add(std::string name, std::string text, int first_line, bool library) {
    File file{std::move(name), std::move(text), {0}, first_line, library};
    for (std::size_t at = 0; at < file.text.size(); ++at)
        if (file.text[at] == '\n') file.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
    files_.push_back(std::move(file));
    return static_cast<FileId>(files_.size() - 1);
}

Place SourceMap::place(FileId id, std::uint32_t offset) const {
    const File& file = files_[id];
    offset = std::min(offset, static_cast<std::uint32_t>(file.text.size()));
    std::size_t line = line_index(file.line_starts, offset);
    auto begin = file.text.begin() + file.line_starts[line];
    auto characters = std::count_if(begin, file.text.begin() + offset,
                                    [](char byte) { return !is_continuation(byte); });
    return {file.first_line + static_cast<int>(line), static_cast<int>(characters) + 1};
}

std::string_view SourceMap::line_text(FileId id, int line) const {
    const File& file = files_[id];
    auto index = static_cast<std::size_t>(line - file.first_line);
    if (line < file.first_line || index >= file.line_starts.size()) return {};
    std::string_view rest = std::string_view(file.text).substr(file.line_starts[index]);
    rest = rest.substr(0, rest.find('\n'));
    if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
    return rest;
}

std::string_view SourceMap::text_of(Span span) const {
    std::string_view text = files_[span.file].text;
    std::size_t begin = std::min<std::size_t>(span.begin, text.size());
    return text.substr(begin, std::max(span.begin, span.end) - span.begin);
}

}  // namespace dunlin::ir
