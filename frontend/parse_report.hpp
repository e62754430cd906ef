// What is said about the text and the syntax of a file.
//
// One slip gives one message: a second one on the same line is not said, and the parser asks
// `any_within` before it complains of a statement in which something was found before. The lexical
// layer speaks first, then the parser, then the builder of the tree, since that is the order of
// cause and effect.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ir/diagnostic.hpp"

namespace dunlin::frontend {

class SyntaxReport {
  public:
    SyntaxReport(const ir::SourceMap& sources, ir::FileId file)
        : sources_(sources), file_(file), text_(sources.text(file)) {}

    void add(ir::Code code, ir::Span span, std::string message, std::string help = {});
    // The same, with a second place that explains it.
    void add(ir::Code code, ir::Span span, std::string message, std::string help, ir::Span place,
             std::string note);

    bool any_within(ir::Span span) const;
    // Enough was found, or refused: go on no further.
    bool full() const { return attempts_ >= kMostAttempts || found_.size() >= kMostErrors; }

    std::vector<ir::Diagnostic> take();  // in the order of the source

    ir::FileId file() const { return file_; }
    std::string_view text() const { return text_; }
    std::string_view text_of(ir::Span span) const;
    std::string quoted(ir::Span span) const;  // in single quotes, cut where it is long
    ir::Span span(std::size_t begin, std::size_t end) const;
    int line_of(std::size_t offset) const;

  private:
    static constexpr std::size_t kMostErrors = 20;
    static constexpr int kMostAttempts = 60;  // counts what was not said, too

    bool is_new_line(std::size_t offset);

    const ir::SourceMap& sources_;
    ir::FileId file_;
    std::string_view text_;
    std::vector<ir::Diagnostic> found_;
    std::set<std::size_t> lines_;  // where the lines begin that have a message
    int attempts_ = 0;
};

// A character as a message shows it: 'x', or U+0007 where it cannot be shown.
std::string shown_character(std::string_view text, std::size_t offset);

}  // namespace dunlin::frontend
