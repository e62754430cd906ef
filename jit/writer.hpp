// Kernel text as it grows: lines, indented by their braces.
#pragma once

#include <string>
#include <string_view>

namespace dunlin::jit {

class Writer {
  public:
    void line(std::string_view text) {
        if (text.starts_with('}')) --depth_;
        text_.append(static_cast<std::size_t>(2 * depth_), ' ');
        text_ += text;
        text_ += '\n';
        if (text.ends_with('{')) ++depth_;
    }
    // A label stands at the left.
    void label(std::string_view name) {
        text_ += name;
        text_ += ":;\n";
    }
    const std::string& text() const { return text_; }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
    int depth_ = 0;
};

}  // namespace dunlin::jit
