// UTF-8, one character at a time, and text made safe to show on a terminal.
#pragma once

#include <string>
#include <string_view>

namespace dunlin::ir {

// One character of a text. Where the bytes are not UTF-8 (cut short, overlong, a surrogate, beyond
// U+10FFFF), one byte is taken and `valid` is false.
struct Character {
    char32_t code = 0;
    int bytes = 1;
    bool valid = false;
};
// The character at `offset`, which must lie inside the text.
Character decode_character(std::string_view text, std::size_t offset);

// False for what may move the cursor, change colours or reorder what is shown: control characters,
// direction marks, zero-width characters.
bool is_printable(char32_t code);

// The text with everything that is not UTF-8 or not printable replaced by U+FFFD.
std::string printable(std::string_view text);

}  // namespace dunlin::ir
