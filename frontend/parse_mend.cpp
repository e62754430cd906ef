#include "frontend/parse_mend.hpp"

#include "ir/utf8.hpp"

namespace dunlin::frontend {

namespace {

using ir::Code;
using Tokens = std::vector<std::unique_ptr<antlr4::Token>>;

bool is_number(std::size_t kind) {
    return kind == Kind::INTEGER || kind == Kind::FLOAT;
}
bool is_word(std::size_t kind) {
    return kind >= Kind::PARAM && kind <= Kind::NAME;
}
bool ends_statement(std::size_t kind) {
    return kind == Kind::NEWLINE || kind == Kind::SEMICOLON || kind == Kind::RIGHT_BRACE ||
           kind == Kind::RIGHT_PAREN || kind == antlr4::Token::EOF;
}

// Characters that are not part of the language, and what to write instead.
std::string_view advice_for_character(char32_t code) {
    switch (code) {
        case '?': return "a choice is written: if c { a } else { b }";
        case '\\': return "a line goes on after an operator or a comma, and inside brackets";
        case '\'':
        case U'\u2018':
        case U'\u2019':
        case U'\u201C':
        case U'\u201D':
        case U'\u201E':
        case U'\u00AB':
        case U'\u00BB': return "texts stand in plain double quotes: \"text\"";
        case U'\u00A0':
        case U'\u2009':
        case U'\u202F':
        case U'\u3000':
        case U'\u200B': return "this is an unusual space: write a plain one";
        case U'\u2212':
        case U'\u2013': return "write a plain minus sign: -";
        case U'\u00D7':
        case U'\u00B7': return "to multiply, write *";
        case U'\u00F7': return "to divide, write /";
        case U'\u2264': return "write <=";
        case U'\u2265': return "write >=";
        case U'\u2260': return "write !=";
        case U'\u2192': return "a lambda is written x => e";
        case U'\u2026': return "write ...";
        default: return {};
    }
}

std::string_view advice_for_number(std::string_view text) {
    std::size_t word = text.find_first_not_of("0123456789_.");
    if (text.back() == '.') return "a digit stands after the point: 1.0";
    if (text.find("__") != std::string_view::npos || text.back() == '_')
        return "single underscores may stand between digits";
    if (word == 1 && text[0] == '0' &&
        std::string_view("xXbBoO").find(text[1]) != std::string_view::npos)
        return "digits of base 16, 2 or 8 follow 0x, 0b or 0o";
    if (word == std::string_view::npos) return "a number has one point at most";
    if (text[word] == 'e' || text[word] == 'E') return "an exponent has digits: 2e-3";
    return "a sign stands between a number and a name: 2 * x";
}

class Mender {
  public:
    Mender(Tokens tokens, SyntaxReport& report) : tokens_(std::move(tokens)), report_(report) {}

    Tokens run() {
        while (at_ < tokens_.size()) {
            mend();
            ++at_;
        }
        return std::move(kept_);
    }

  private:
    std::size_t kind_at(std::size_t index) const {
        return index < tokens_.size() ? tokens_[index]->getType() : antlr4::Token::EOF;
    }
    bool touches_next(std::size_t index) const {
        return index + 1 < tokens_.size() &&
               end_of(*tokens_[index]) == begin_of(*tokens_[index + 1]);
    }
    std::size_t last_kind() const {
        return kept_.empty() ? std::size_t{Kind::NEWLINE} : kept_.back()->getType();
    }
    ir::Span span_of(std::size_t first, std::size_t last) const {
        return report_.span(begin_of(*tokens_[first]), end_of(*tokens_[last]));
    }
    void keep() { kept_.push_back(std::move(tokens_[at_])); }
    void keep_as(std::size_t kind) {
        set_kind(*tokens_[at_], kind);
        keep();
    }

    void mend();
    void foreign(std::size_t kind, std::string help);
    void unknown_character();
    void number();
    void point();
    void sign();

    Tokens tokens_;
    Tokens kept_;
    std::size_t at_ = 0;
    SyntaxReport& report_;
};

void Mender::mend() {
    switch (kind_at(at_)) {
        case Kind::UNKNOWN: return unknown_character();
        case Kind::UNTERMINATED:
            report_.add(Code::unterminated_string, span_of(at_, at_),
                        "the string does not end on its line", "close it with \"");
            return keep_as(Kind::STRING);
        case Kind::SINGLE_QUOTED:
            report_.add(Code::unexpected_token, span_of(at_, at_), "a text in single quotes",
                        "texts stand in double quotes: \"text\"");
            return keep_as(Kind::STRING);
        case Kind::DOUBLE_AND: return foreign(Kind::AND, "write and");
        case Kind::DOUBLE_OR: return foreign(Kind::OR, "write or");
        case Kind::EXCLAMATION: return foreign(Kind::NOT, "write not");
        case Kind::WALRUS: return foreign(Kind::ASSIGN, "to assign, write =");
        case Kind::THIN_ARROW:
            return foreign(Kind::ARROW,
                           "a lambda is written x => e; what a function returns is not declared");
        case Kind::INTEGER:
        case Kind::FLOAT: return number();
        case Kind::DOT: return point();
        case Kind::PLUS:
        case Kind::MINUS: return sign();
        default: return keep();
    }
}

void Mender::foreign(std::size_t kind, std::string help) {
    report_.add(Code::unexpected_token, span_of(at_, at_),
                report_.quoted(span_of(at_, at_)) + " is not an operator", std::move(help));
    keep_as(kind);
}

void Mender::unknown_character() {
    std::size_t begin = begin_of(*tokens_[at_]);
    char32_t code = ir::decode_character(report_.text(), begin).code;
    report_.add(Code::unknown_character, span_of(at_, at_),
                "unknown character " + shown_character(report_.text(), begin),
                std::string(advice_for_character(code)));
}

// A number ends where a letter, a digit or a point follows without a space: 1. 1__0 0x 2e 12abc
void Mender::number() {
    std::size_t first = at_;
    std::size_t last = at_;
    while (touches_next(last) && (is_word(kind_at(last + 1)) || is_number(kind_at(last + 1)) ||
                                  kind_at(last + 1) == Kind::DOT))
        ++last;
    ir::Span span = span_of(first, last);
    std::string_view text = report_.text_of(span);
    if (last > first) {
        report_.add(Code::bad_number, span, report_.quoted(span) + " is not a number",
                    std::string(advice_for_number(text)));
    } else if (kind_at(at_) == Kind::INTEGER && text.size() > 1 && text[0] == '0' &&
               (text[1] == '_' || (text[1] >= '0' && text[1] <= '9'))) {
        report_.add(Code::bad_number, span, report_.quoted(span) + " begins with a zero",
                    "an octal number begins with 0o");
    }
    keep();
    at_ = last;
}

// .5 is no number; x.5 is left to the parser, which expects a name there.
void Mender::point() {
    bool after_value = !kept_.empty() && end_of(*kept_.back()) == begin_of(*tokens_[at_]) &&
                       (is_word(last_kind()) || last_kind() == Kind::RIGHT_PAREN ||
                        last_kind() == Kind::RIGHT_BRACKET);
    if (after_value || !touches_next(at_) || !is_number(kind_at(at_ + 1))) return keep();
    ir::Span span = span_of(at_, at_ + 1);
    report_.add(Code::bad_number, span, report_.quoted(span) + " is not a number",
                "a digit stands before the point: 0.5");
}

// x++ and ++x, which are not even wrong inside an expression: a + +b.
void Mender::sign() {
    bool doubled = kind_at(at_ + 1) == kind_at(at_) && touches_next(at_);
    bool before = ends_statement(last_kind()) || last_kind() == Kind::LEFT_BRACE;
    bool prefix = doubled && before && kind_at(at_ + 2) == Kind::NAME;
    bool postfix = doubled && ends_statement(kind_at(at_ + 2)) &&
                   (last_kind() == Kind::NAME || last_kind() == Kind::RIGHT_BRACKET);
    if (!prefix && !postfix) return keep();
    ir::Span span = span_of(at_, at_ + 1);
    report_.add(Code::unexpected_token, span, report_.quoted(span) + " is not an operator",
                kind_at(at_) == Kind::PLUS ? "write x += 1" : "write x -= 1");
    ++at_;
}

}  // namespace

Tokens mend_tokens(Tokens tokens, SyntaxReport& report) {
    return Mender(std::move(tokens), report).run();
}

}  // namespace dunlin::frontend
