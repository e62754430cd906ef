#include "frontend/parse_text.hpp"

#include <algorithm>
#include <cassert>

#include "DunlinLexer.h"
#include "ir/utf8.hpp"

namespace dunlin::frontend {

namespace {

bool is_ascii(char byte) {
    return static_cast<unsigned char>(byte) < 0x80;
}

// What stands for a code point that is not ASCII, and for those that look like a stand-in.
constexpr char32_t kLetter = 1;
constexpr char32_t kExtender = 2;
constexpr char32_t kOther = 3;
constexpr char32_t kByteOrderMark = 0xFEFF;

// The code points of two rules of the grammar, which are sets.
class CharacterClasses {
  public:
    CharacterClasses() {
        Utf8Stream nothing({});
        grammar::DunlinLexer lexer(&nothing);
        letters_ = set_of_rule(lexer, "LETTER");
        extenders_ = set_of_rule(lexer, "EXTENDER");
    }

    char32_t stand_in(char32_t code) const {
        if (code == kByteOrderMark) return ' ';
        if (contains(letters_, code)) return kLetter;
        return contains(extenders_, code) ? kExtender : kOther;
    }

  private:
    using Intervals = std::vector<antlr4::misc::Interval>;

    static Intervals set_of_rule(const antlr4::Lexer& lexer, std::string_view name) {
        const auto& names = lexer.getRuleNames();
        auto rule = std::find(names.begin(), names.end(), name) - names.begin();
        const antlr4::atn::ATNState* state =
            lexer.getATN().ruleToStartState[static_cast<std::size_t>(rule)];
        while (state->transitions[0]->isEpsilon()) state = state->transitions[0]->target;
        return state->transitions[0]->label().getIntervals();
    }

    static bool contains(const Intervals& intervals, char32_t code) {
        auto at = static_cast<ssize_t>(code);
        auto after = std::upper_bound(
            intervals.begin(), intervals.end(), at,
            [](ssize_t value, const auto& interval) { return value < interval.a; });
        return after != intervals.begin() && at <= std::prev(after)->b;
    }

    Intervals letters_;
    Intervals extenders_;
};

char32_t stand_in(char32_t code) {
    static const CharacterClasses classes;
    return classes.stand_in(code);
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (is_ascii(text[at])) {
            ++at;
            continue;
        }
        ir::Character character = ir::decode_character(text, at);
        if (!character.valid) return at;
        at += static_cast<std::size_t>(character.bytes);
    }
    return std::nullopt;
}

void Utf8Stream::consume() {
    assert(at_ < text_.size());
    if (is_ascii(text_[at_]))
        ++at_;
    else
        at_ += static_cast<std::size_t>(ir::decode_character(text_, at_).bytes);
}

std::size_t Utf8Stream::LA([[maybe_unused]] ssize_t ahead) {
    assert(ahead == 1);
    if (at_ >= text_.size()) return EOF;
    char byte = text_[at_];
    if (!is_ascii(byte)) return stand_in(ir::decode_character(text_, at_).code);
    bool looks_like_stand_in = byte >= char{kLetter} && byte <= char{kOther};
    return looks_like_stand_in ? kOther : static_cast<std::size_t>(byte);
}

std::string Utf8Stream::getText(const antlr4::misc::Interval& interval) {
    if (interval.b < interval.a) return {};  // a token that the layout has added
    return std::string(text_.substr(static_cast<std::size_t>(interval.a),
                                    static_cast<std::size_t>(interval.b - interval.a + 1)));
}

}  // namespace dunlin::frontend
