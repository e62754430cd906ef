// Diagnostics: what is said to a person about a program. One struct, data only; a diagnostic is
// rendered once, by the functions below, for the terminal; `runtime/dunlin.hpp` hands the same data
// to hosts and to `--format json`.
//
// Every kind of message is one row of diagnostics.def, with a stable code. A message has a place (a
// Span in one of the files of a SourceMap), says what was found and what was expected, and where
// possible how to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dunlin::ir {

enum class Code : std::uint16_t {
#define DIAGNOSTIC(code, name, text) name,
#include "ir/diagnostics.def"
#undef DIAGNOSTIC
};

std::string_view code_text(Code code);  // "E0203"
std::string_view title_of(Code code);   // "shapes do not broadcast"
bool is_warning(Code code);             // codes that begin with W
std::vector<Code> all_codes();

using FileId = std::uint32_t;

// A piece of source: bytes [begin, end) of a file.
struct Span {
    FileId file = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

// Lines and columns count from 1; a column counts characters (code points), not bytes.
struct Place {
    int line = 0;
    int column = 0;
};

// The files of one program: texts, and the way from bytes to lines. A file's text may be a piece of
// a larger file (one function of the standard library); `first_line` then says where the piece
// begins.
class SourceMap {
  public:
    FileId add(std::string name, std::string text, int first_line = 1, bool library = false);
    std::size_t size() const { return files_.size(); }
    const std::string& name(FileId file) const { return files_[file].name; }
    const std::string& text(FileId file) const { return files_[file].text; }
    bool is_library(FileId file) const { return files_[file].library; }
    Place place(FileId file, std::uint32_t offset) const;
    std::string_view line_text(FileId file, int line) const;  // without the line end
    std::string_view text_of(Span span) const;

  private:
    struct File {
        std::string name;
        std::string text;
        std::vector<std::uint32_t> line_starts;
        int first_line = 1;
        bool library = false;
    };
    std::vector<File> files_;
};

struct Diagnostic {
    Code code{};
    Span span;
    std::string message;  // the title, or the title made particular: "unknown name 'summ'"
    std::string label;    // stands beside the carets: "a is float[64], b is float[32]"
    std::string help;     // stands after "= help:"
    std::vector<std::pair<Span, std::string>> notes;  // other places: "in slope, called here"
};

// The rendered form of mission and language pages: header, place, source line, carets, label, help,
// notes.
std::string render(const Diagnostic& diagnostic, const SourceMap& sources);

// The names in `candidates` nearest to `wanted` in spelling; empty when none is near.
std::string nearest_name(std::string_view wanted, const std::vector<std::string>& candidates);

}  // namespace dunlin::ir
