// The words in which a syntax error is put. ANTLR knows the rule and the state; the message comes
// from the rule, the token before and the token found.
#include <algorithm>
#include <array>

#include "frontend/parse_errors.hpp"

namespace dunlin::frontend {

namespace {

using antlr4::ParserRuleContext;
using antlr4::Token;

// A word that begins a statement in other languages.
struct ForeignWord {
    std::string_view word;
    std::string_view help;
};
constexpr std::string_view kFunctionHelp =
    "a function is written fn f(x) = e, or fn f(x) { ... return e }";
constexpr std::string_view kVariableHelp = "a name is made by assigning to it: x = e";
constexpr std::string_view kTypeHelp = "a type stands after the name: x: int = e";
constexpr std::string_view kChoiceHelp = "a choice is written if c { } elif d { } else { }";
constexpr auto kForeignWords = std::to_array<ForeignWord>({
    {"def", kFunctionHelp},
    {"function", kFunctionHelp},
    {"func", kFunctionHelp},
    {"fun", kFunctionHelp},
    {"lambda", "a lambda is written x => e, or (a, b) => e"},
    {"let", kVariableHelp},
    {"var", kVariableHelp},
    {"const", kVariableHelp},
    {"auto", kVariableHelp},
    {"int", kTypeHelp},
    {"float", kTypeHelp},
    {"bool", kTypeHelp},
    {"switch", kChoiceHelp},
    {"match", kChoiceHelp},
    {"elseif", kChoiceHelp},
    {"elsif", kChoiceHelp},
    {"until", "write while not c { }"},
    {"unless", "write if not c { }"},
    {"from", "write import name"},
});

class Describer {
  public:
    Describer(antlr4::Parser& parser, const SyntaxReport& report)
        : parser_(parser),
          report_(report),
          context_(*parser.getContext()),
          rule_(context_.getRuleIndex()),
          found_(*parser.getCurrentToken()),
          before_(parser.getTokenStream()->LT(-1)) {}

    SyntaxMessage describe();

  private:
    bool wants(std::size_t kind) const { return expects(parser_, kind); }
    bool is_before(std::size_t kind) const { return before_ && before_->getType() == kind; }
    bool is_found(std::size_t kind) const { return found_.getType() == kind; }
    bool expects_expression() const { return rule_ == Kind::RuleExpr || rule_ == Kind::RuleAtom; }
    bool found_word() const {
        return found_.getType() >= Kind::PARAM && found_.getType() < Kind::NAME;
    }
    bool found_line_end() const {
        std::size_t begin = begin_of(found_);
        return begin >= report_.text().size() || report_.text()[begin] == '\n';
    }
    std::string quoted(const Token& token) const;
    std::string after() const;
    std::string found_text() const;
    ir::Span found_span() const;

    std::string expected() const;
    std::string expected_in_brackets() const;
    std::string expected_before_block() const;
    std::string help() const;
    std::string help_before_block() const;
    std::string help_at_end() const;
    const ForeignWord* foreign_word() const;

    antlr4::Parser& parser_;
    const SyntaxReport& report_;
    ParserRuleContext& context_;
    std::size_t rule_;
    const Token& found_;
    const Token* before_;
};

SyntaxMessage Describer::describe() {
    if (const ForeignWord* word = foreign_word())
        return {report_.span(begin_of(*before_), end_of(*before_)),
                quoted(*before_) + " is not a word of Dunlin", std::string(word->help)};
    return {found_span(), "expected " + expected() + ", found " + found_text(), help()};
}

std::string Describer::quoted(const Token& token) const {
    return report_.quoted(report_.span(begin_of(token), end_of(token)));
}

std::string Describer::after() const {
    if (!before_ || is_before(Kind::END) || is_before(Kind::LEFT_BRACE)) return {};
    return " after " + quoted(*before_);
}

std::string Describer::found_text() const {
    if (is_found(Kind::END) && begin_of(found_) >= report_.text().size())
        return "the end of the file";
    if (is_found(Kind::END) && found_line_end()) return "the end of the line";
    if (is_found(Kind::STRING)) return "a text";
    if (found_word()) return "the word " + quoted(found_);
    return quoted(found_);
}

// The end of a line is shown right behind its last word, not behind the comment.
ir::Span Describer::found_span() const {
    if (is_found(Kind::END) && found_line_end() && before_)
        return report_.span(end_of(*before_), end_of(*before_) + 1);
    return report_.span(begin_of(found_), end_of(found_));
}

std::string Describer::expected() const {
    switch (rule_) {
        case Kind::RuleFile: return "a statement";
        case Kind::RuleLine: return "the end of the statement";
        case Kind::RuleBlock:
            return context_.children.empty() ? expected_before_block() : "a statement";
        case Kind::RuleValueBlock:
            return wants(Kind::LEFT_BRACE) ? expected_before_block() : "'}' after the value";
        case Kind::RuleFunctionBody: return "'=' or '{' after the parameters";
        case Kind::RuleConditional: return "'else'";
        case Kind::RuleAssignment: return "'=' and a value";
        case Kind::RuleImportStatement: return "a module's name or a path in quotes";
        case Kind::RuleExpr:
        case Kind::RuleAtom: return "an expression" + after();
        case Kind::RuleSubscript: return "an index";
        default: break;
    }
    if (wants(Kind::RIGHT_PAREN) || wants(Kind::RIGHT_BRACKET)) return expected_in_brackets();
    if (wants(Kind::LEFT_PAREN) && rule_ == Kind::RuleFunction)
        return "'(' after the function's name";
    if (wants(Kind::IN)) return "'in'" + after();
    if (rule_ == Kind::RuleType) return "a type" + after();
    if (wants(Kind::STRING)) return "a text in quotes" + after();
    return "a name" + after();
}

std::string Describer::expected_in_brackets() const {
    bool round = wants(Kind::RIGHT_PAREN);
    std::size_t kind = round ? Kind::LEFT_PAREN : Kind::LEFT_BRACKET;
    std::string closer = round ? "')'" : "']'";
    if (is_before(kind)) {
        std::string item = rule_ == Kind::RuleFunction ? "a parameter" : "an expression";
        return item + " or " + closer;
    }
    std::string text = "',' or " + closer;
    for (antlr4::tree::ParseTree* child : context_.children) {
        auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(child);
        if (!leaf || leaf->getSymbol()->getType() != kind) continue;
        int line = report_.line_of(begin_of(*leaf->getSymbol()));
        if (line != report_.line_of(found_span().begin))
            text += " to close " + quoted(*leaf->getSymbol()) + " opened at line " +
                    std::to_string(line);
    }
    return text;
}

std::string Describer::expected_before_block() const {
    if (is_before(Kind::ELSE)) return "'{' after 'else'";
    switch (static_cast<ParserRuleContext*>(context_.parent)->getRuleIndex()) {
        case Kind::RuleIfStatement:
        case Kind::RuleWhileStatement:
        case Kind::RuleConditional: return "'{' after the condition";
        case Kind::RuleTestStatement: return "'{' after the name of the test";
        default: return "'{'" + after();
    }
}

std::string Describer::help() const {
    switch (rule_) {
        case Kind::RuleBlock:
        case Kind::RuleValueBlock:
        case Kind::RuleFunctionBody: return help_before_block();
        case Kind::RuleLine: return help_at_end();
        case Kind::RuleConditional:
            return "an if that gives a value has an else: if c { a } else { b }";
        case Kind::RuleForStatement:
            return is_found(Kind::IN) ? "" : "a loop is written for i in 0..n { }";
        case Kind::RuleSubscripts:
            if (is_found(Kind::COLON))
                return "a slice has three parts at most: start : stop : step";
            break;
        case Kind::RuleFile:
            if (is_found(Kind::ELSE) || is_found(Kind::ELIF)) return "it follows the '}' of an if";
            break;
        default: break;
    }
    bool place_of_name = expects_expression() || wants(Kind::NAME);
    if (place_of_name && found_word() && !is_found(Kind::IF) && !is_found(Kind::NOT))
        return quoted(found_) + " is a word of the language and cannot be a name";
    if (rule_ == Kind::RuleDeclaration)
        return quoted(*before_) + " is a word of the language and cannot be a name";
    if (expects_expression() && is_found(Kind::IF))
        return "an if inside an expression stands in parentheses";
    if (expects_expression() && is_found(Kind::NOT))
        return "a not inside an expression stands in parentheses";
    if (expects_expression() && is_found(Kind::ASSIGN)) return "to compare, write ==";
    return {};
}

std::string Describer::help_before_block() const {
    if (is_before(Kind::ELSE) && is_found(Kind::IF)) return "write elif";
    if (is_found(Kind::ASSIGN)) return "to compare, write ==";
    if (is_found(Kind::COLON) || is_found(Kind::NAME)) return "a block stands in braces: { ... }";
    if (is_found(Kind::END) && found_line_end()) return "the '{' stands on the same line";
    return {};
}

std::string Describer::help_at_end() const {
    if (is_found(Kind::ASSIGN)) return "one assignment a statement; to compare, write ==";
    if (is_found(Kind::IF)) return "a choice is written if c { a } else { b }";
    if (is_found(Kind::LEFT_BRACE)) return "a block follows if, elif, else, while, for, fn or test";
    if (is_found(Kind::RANGE)) return "a range has one start and one end";
    if (is_found(Kind::OPERATOR_FUNCTION)) return "as an argument, write it in its own parentheses";
    return {};
}

const ForeignWord* Describer::foreign_word() const {
    if (!is_before(Kind::NAME) || !(is_found(Kind::NAME) || found_word() || is_found(Kind::STRING)))
        return nullptr;
    std::string_view text = report_.text_of(report_.span(begin_of(*before_), end_of(*before_)));
    auto row = std::find_if(kForeignWords.begin(), kForeignWords.end(),
                            [&](const ForeignWord& word) { return word.word == text; });
    return row == kForeignWords.end() ? nullptr : &*row;
}

}  // namespace

SyntaxMessage describe_error(antlr4::Parser& parser, const SyntaxReport& report) {
    return Describer(parser, report).describe();
}

}  // namespace dunlin::frontend
