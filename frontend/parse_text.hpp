// The text of a source file, as ANTLR's lexer reads it.
#pragma once

#include <antlr4-runtime.h>

#include <optional>
#include <string_view>

namespace dunlin::frontend {

// The offset of the first byte that is not UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// A stream of code points whose positions are byte offsets: the start and the stop index of a token
// are bytes of the source, so a Span needs no translation, and the text is not copied. The text
// must be UTF-8, and outlive the stream and its tokens.
class Utf8Stream final : public antlr4::CharStream {
  public:
    explicit Utf8Stream(std::string_view text) : text_(text) {}

    void consume() override;
    std::size_t LA(ssize_t ahead) override;  // ahead is 1: a lexer without predicates asks no more
    ssize_t mark() override { return 0; }
    void release(ssize_t) override {}
    std::size_t index() override { return at_; }
    void seek(std::size_t index) override { at_ = index; }
    std::size_t size() override { return text_.size(); }
    std::string getSourceName() const override { return {}; }
    std::string getText(const antlr4::misc::Interval& interval) override;
    std::string toString() const override { return std::string(text_); }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace dunlin::frontend
