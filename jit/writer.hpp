// Kernel text as it grows: lines, indented by their braces.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace dunlin::jit {

class Writer {
  public:
    void line(std::string_view text) {
        if (text.starts_with('}')) --depth_;
        text_.append(2 * static_cast<std::size_t>(depth_), ' ');
        text_ += text;
        text_ += '\n';
        if (!text.starts_with('#')) ++lines_;
        if (text.ends_with('{')) ++depth_;
    }
    // A label stands at the left.
    void label(std::string_view name) {
        text_ += name;
        text_ += ":;\n";
    }
    const std::string& text() const { return text_; }
    // Since the text was taken last; those of the preprocessor do not count.
    std::size_t lines() const { return lines_; }
    std::string take() {
        lines_ = 0;
        return std::exchange(text_, {});
    }

  private:
    std::string text_;
    std::size_t lines_ = 0;
    int depth_ = 0;
};

}  // namespace dunlin::jit
