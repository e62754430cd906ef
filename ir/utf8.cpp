#include "ir/utf8.hpp"

namespace dunlin::ir {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Lead {
    int bytes;       // of the whole character; 0 when no character begins so
    char32_t bits;   // of the code point in the first byte
    char32_t least;  // the smallest code point that needs so many bytes
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xC0 && byte < 0xE0) return {2, byte & 0x1Fu, 0x80};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0Fu, 0x800};
    if (byte >= 0xF0 && byte < 0xF8) return {4, byte & 0x07u, 0x10000};
    return {0, 0, 0};
}

}  // namespace

Character decode_character(std::string_view text, std::size_t offset) {
    Lead lead = lead_of(static_cast<unsigned char>(text[offset]));
    const Character broken{U'\uFFFD', 1, false};
    if (lead.bytes == 0 || text.size() - offset < static_cast<std::size_t>(lead.bytes))
        return broken;
    char32_t code = lead.bits;
    for (int i = 1; i < lead.bytes; ++i) {
        auto byte = static_cast<unsigned char>(text[offset + static_cast<std::size_t>(i)]);
        if ((byte & 0xC0u) != 0x80u) return broken;
        code = code << 6 | (byte & 0x3Fu);
    }
    bool surrogate = code >= 0xD800 && code < 0xE000;
    if (code < lead.least || surrogate || code > 0x10FFFF) return broken;
    return {code, lead.bytes, true};
}

bool is_printable(char32_t code) {
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;  // C0, delete, C1
    if (code == 0x061C || code == 0xFEFF) return false;  // direction mark, byte order mark
    if (code >= 0x200B && code <= 0x200F) return false;  // zero width, direction marks
    if (code >= 0x2028 && code <= 0x202E) return false;  // line separators, embeddings
    if (code >= 0x2060 && code <= 0x206F) return false;  // invisible operators, isolates
    return !(code >= 0xE0000 && code <= 0xE007F);        // tags
}

std::string printable(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        Character character = decode_character(text, at);
        auto bytes = static_cast<std::size_t>(character.bytes);
        bool safe = character.valid && is_printable(character.code);
        shown += safe ? text.substr(at, bytes) : kReplacement;
        at += bytes;
    }
    return shown;
}

}  // namespace dunlin::ir
