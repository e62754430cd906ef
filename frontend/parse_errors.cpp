#include "frontend/parse_errors.hpp"

namespace dunlin::frontend {

namespace {

using antlr4::ParserRuleContext;
using antlr4::Token;

ParserRuleContext* parent_of(ParserRuleContext* context) {
    return static_cast<ParserRuleContext*>(context->parent);
}

// The statement that holds the rule: every rule that can fail lies in one.
ParserRuleContext* statement_of(ParserRuleContext* context) {
    while (context->getRuleIndex() != Kind::RuleStatement) context = parent_of(context);
    return context;
}

bool begins_statement(antlr4::Parser& parser, std::size_t kind) {
    const antlr4::atn::ATN& atn = parser.getATN();
    return atn.nextTokens(atn.ruleToStartState[Kind::RuleStatement]).contains(kind);
}

// An expression that stands by itself: what is left when the words after it are cut off says
// nothing.
bool is_bare_expression(ParserRuleContext* statement) {
    auto* form = static_cast<ParserRuleContext*>(statement->children[0]);
    return form->getRuleIndex() == Kind::RuleAssignment && form->children.size() == 1;
}

}  // namespace

bool expects(antlr4::Parser& parser, std::size_t kind) {
    const antlr4::atn::ATN& atn = parser.getATN();
    return atn.nextTokens(atn.states[parser.getState()]).contains(kind);
}

// Skips to a token of this kind and depth; stays where it is when the statement ends before one.
bool ErrorStrategy::skip_to(antlr4::Parser& parser, std::size_t kind, int depth) {
    antlr4::TokenStream& tokens = *parser.getTokenStream();
    std::size_t start = tokens.index();
    for (;; tokens.consume()) {
        const Token* token = tokens.LT(1);
        bool here = depth_of(token) == depth;
        if (here && token->getType() == kind) return true;
        if (token->getType() == Token::EOF || depth_of(token) < depth ||
            (here && token->getType() == Kind::END))
            break;
    }
    tokens.seek(start);
    return false;
}

// Skips to the '{' of the block that a statement of this depth has, which may be the first word of
// the next line.
bool ErrorStrategy::skip_to_block(antlr4::Parser& parser, int depth) {
    if (skip_to(parser, Kind::LEFT_BRACE, depth)) return true;
    antlr4::TokenStream& tokens = *parser.getTokenStream();
    if (tokens.LA(1) != Kind::END || tokens.LA(2) != Kind::LEFT_BRACE) return false;
    tokens.consume();
    return true;
}

// Says what is wrong where the parser stands, unless the statement, which begins at `begin`, was
// complained of before.
void ErrorStrategy::report(antlr4::Parser& parser, const Token& begin) {
    SyntaxMessage found = describe_error(parser, report_);
    std::size_t end = std::max(end_of(*parser.getCurrentToken()), begin_of(begin) + 1);
    if (!report_.any_within(report_.span(begin_of(begin), end)))
        report_.add(ir::Code::unexpected_token, found.span, std::move(found.message),
                    std::move(found.help));
    if (report_.full()) throw TooManyErrors{};
}

void ErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException&) {
    if (!reported_) report(*parser, *statement_of(parser->getContext())->start);
    reported_ = true;
}

// A missing token. Where the way on is plain, takes it, and returns the token that stands there.
Token* ErrorStrategy::recoverInline(antlr4::Parser* parser) {
    antlr4::TokenStream& tokens = *parser->getTokenStream();
    ParserRuleContext* context = parser->getContext();
    std::size_t rule = context->getRuleIndex();
    if (rule == Kind::RuleLine) {
        report(*parser, *context->start);
        ParserRuleContext* statement = static_cast<ParserRuleContext*>(context->children[0]);
        if (is_bare_expression(statement))
            statement->exception = std::make_exception_ptr(antlr4::InputMismatchException(parser));
        skip_to(*parser, Kind::END, depth_of(context->start));
        Token* end = tokens.LT(1);
        tokens.consume();
        return end;
    }
    reportError(parser, antlr4::InputMismatchException(parser));
    if (rule == Kind::RuleForStatement && expects(*parser, Kind::IN)) {
        Token* found = tokens.LT(1);
        if (found->getType() == Kind::ASSIGN || found->getType() == Kind::COLON) tokens.consume();
        reported_ = false;
        return found;
    }
    bool block = rule == Kind::RuleBlock || rule == Kind::RuleValueBlock;
    if (block && expects(*parser, Kind::LEFT_BRACE) &&
        skip_to_block(*parser, depth_of(parent_of(context)->start))) {
        Token* brace = tokens.LT(1);
        tokens.consume();
        reported_ = false;
        return brace;
    }
    throw antlr4::InputMismatchException(parser);
}

void ErrorStrategy::recover(antlr4::Parser* parser, std::exception_ptr exception) {
    ParserRuleContext* context = parser->getContext();
    bool goes_on = false;
    if (context->getRuleIndex() == Kind::RuleCondition) {
        goes_on = skip_to_block(*parser, depth_of(parent_of(context)->start));
        statement_of(context)->exception = exception;  // its tree has a hole
    } else if (context->getRuleIndex() == Kind::RuleStatement) {
        goes_on = skip_to(*parser, Kind::END, depth_of(context->start));
    }
    if (!goes_on) std::rethrow_exception(exception);
    reported_ = false;
}

void ErrorStrategy::sync(antlr4::Parser* parser) {
    std::size_t rule = parser->getContext()->getRuleIndex();
    if (rule == Kind::RuleFile || rule == Kind::RuleBlock) return sync_statements(*parser);
    if (rule != Kind::RuleFunctionBody) return;
    std::size_t kind = parser->getTokenStream()->LA(1);
    if (kind == Kind::ASSIGN || kind == Kind::LEFT_BRACE) return;
    ParserRuleContext* function = parent_of(parser->getContext());
    report(*parser, *function->start);
    reported_ = !skip_to_block(*parser, depth_of(function->start));
}

// Skips what cannot begin a statement.
void ErrorStrategy::sync_statements(antlr4::Parser& parser) {
    antlr4::TokenStream& tokens = *parser.getTokenStream();
    for (;;) {
        const Token* token = tokens.LT(1);
        std::size_t kind = token->getType();
        if (kind == Token::EOF || kind == Kind::RIGHT_BRACE || begins_statement(parser, kind))
            return;
        report(parser, *token);
        if (!skip_to(parser, Kind::END, depth_of(token))) return;
        tokens.consume();
    }
}

}  // namespace dunlin::frontend
