#include "frontend/parse_tokens.hpp"

#include "frontend/parse.hpp"
#include "frontend/parse_mend.hpp"

namespace dunlin::frontend {

namespace {

using antlr4::CommonToken;
using antlr4::Token;
using ir::Code;
using Tokens = std::vector<std::unique_ptr<Token>>;

// A line that ends in one of these goes on in the next.
bool continues_line(std::size_t kind) {
    switch (kind) {
        case Kind::AND:
        case Kind::OR:
        case Kind::NOT:
        case Kind::COMPOUND:
        case Kind::ARROW:
        case Kind::ASSIGN:
        case Kind::EQUAL:
        case Kind::NOT_EQUAL:
        case Kind::LESS:
        case Kind::LESS_EQUAL:
        case Kind::GREATER:
        case Kind::GREATER_EQUAL:
        case Kind::BIT_OR:
        case Kind::BIT_XOR:
        case Kind::BIT_AND:
        case Kind::SHIFT_LEFT:
        case Kind::SHIFT_RIGHT:
        case Kind::RANGE:
        case Kind::PLUS:
        case Kind::MINUS:
        case Kind::TIMES:
        case Kind::DIVIDE:
        case Kind::FLOOR_DIVIDE:
        case Kind::MODULO:
        case Kind::MATMUL:
        case Kind::COMPLEMENT:
        case Kind::POWER:
        case Kind::COMMA: return true;
        default: return false;
    }
}

std::size_t closer_of(std::size_t opener) {
    switch (opener) {
        case Kind::LEFT_PAREN: return Kind::RIGHT_PAREN;
        case Kind::LEFT_BRACKET: return Kind::RIGHT_BRACKET;
        default: return Kind::RIGHT_BRACE;
    }
}

// Cuts a token list into statements, and makes its brackets match.
class Layout {
  public:
    Layout(Tokens tokens, SyntaxReport& report) : tokens_(std::move(tokens)), report_(report) {}

    TokenList run();

  private:
    struct Opener {
        std::size_t kind;
        ir::Span span;
    };

    void take(std::unique_ptr<Token> token);
    void line_end(std::unique_ptr<Token> token);
    void open(std::unique_ptr<Token> token);
    void close(std::unique_ptr<Token> token);
    void close_at_end(const Token& end);
    void add_closer(const Token& before);
    void end_statement(const Token& before);
    void emit(std::unique_ptr<Token> token);

    bool begins_statement(std::size_t kind) const;
    bool line_ends_count() const {
        return openers_.empty() || openers_.back().kind == Kind::LEFT_BRACE;
    }
    bool statement_is_empty() const {
        return result_.tokens.empty() || last_kind() == Kind::END ||
               last_kind() == Kind::LEFT_BRACE;
    }
    std::size_t last_kind() const { return result_.tokens.back()->getType(); }
    ir::Span span_of(const Token& token) const {
        return report_.span(begin_of(token), end_of(token));
    }
    std::string quoted(ir::Span span) const { return report_.quoted(span); }

    Tokens tokens_;
    SyntaxReport& report_;
    TokenList result_;
    std::vector<Opener> openers_;
    std::unique_ptr<Token> pending_end_;  // dropped when `else` or `elif` follows on the next line
    std::size_t at_ = 0;
    bool first_on_line_ = true;
    bool too_deep_ = false;
};

TokenList Layout::run() {
    for (; at_ < tokens_.size() && !too_deep_; ++at_) {
        std::size_t kind = tokens_[at_]->getType();
        if (kind == Kind::NEWLINE || kind == Kind::SEMICOLON) {
            line_end(std::move(tokens_[at_]));
        } else {
            take(std::move(tokens_[at_]));
            first_on_line_ = false;
        }
    }
    result_.complete = !too_deep_;
    return std::move(result_);
}

void Layout::line_end(std::unique_ptr<Token> token) {
    bool semicolon = token->getType() == Kind::SEMICOLON;
    if (!semicolon) first_on_line_ = true;
    if (pending_end_ || statement_is_empty()) return;
    if (!semicolon && (!line_ends_count() || continues_line(last_kind()))) return;
    pending_end_ = std::move(token);
}

void Layout::take(std::unique_ptr<Token> token) {
    std::size_t kind = token->getType();
    if (pending_end_) {
        bool goes_on =
            pending_end_->getType() == Kind::NEWLINE && (kind == Kind::ELSE || kind == Kind::ELIF);
        std::unique_ptr<Token> end = std::move(pending_end_);
        set_kind(*end, Kind::END);
        if (!goes_on) emit(std::move(end));
    }
    if (first_on_line_ && !line_ends_count() && begins_statement(kind)) {
        report_.add(Code::unbalanced_bracket, openers_.back().span,
                    quoted(openers_.back().span) + " is never closed", {}, span_of(*token),
                    "this statement begins inside it");
        while (!line_ends_count()) add_closer(*token);
        end_statement(*token);
    }
    switch (kind) {
        case Kind::LEFT_PAREN:
        case Kind::LEFT_BRACKET:
        case Kind::LEFT_BRACE: return open(std::move(token));
        case Kind::RIGHT_PAREN:
        case Kind::RIGHT_BRACKET:
        case Kind::RIGHT_BRACE: return close(std::move(token));
        case Token::EOF: close_at_end(*token); return emit(std::move(token));
        default: return emit(std::move(token));
    }
}

// True at a word that begins a statement and cannot be part of an expression.
bool Layout::begins_statement(std::size_t kind) const {
    switch (kind) {
        case Kind::RETURN:
        case Kind::BREAK:
        case Kind::CONTINUE:
        case Kind::HALT:
        case Kind::ASSERT:
        case Kind::FAIL:
        case Kind::PRINT:
        case Kind::TEST:
        case Kind::IMPORT:
        case Kind::WHILE: return true;
        case Kind::FN:
        case Kind::PARAM:
        case Kind::INPUT:
        case Kind::SHARED:
        case Kind::STATE:
        case Kind::OUTPUT:
            return at_ + 1 < tokens_.size() && tokens_[at_ + 1]->getType() == Kind::NAME;
        default: return false;
    }
}

void Layout::open(std::unique_ptr<Token> token) {
    if (openers_.size() == static_cast<std::size_t>(kMaxBrackets)) {
        too_deep_ = true;
        report_.add(Code::nested_too_deeply, span_of(*token),
                    "more than " + std::to_string(kMaxBrackets) + " brackets are open here");
        return;
    }
    Opener opener{token->getType(), span_of(*token)};
    emit(std::move(token));
    openers_.push_back(opener);
}

void Layout::close(std::unique_ptr<Token> token) {
    std::size_t kind = token->getType();
    ir::Span span = span_of(*token);
    auto meant = std::find_if(openers_.rbegin(), openers_.rend(),
                              [&](const Opener& opener) { return closer_of(opener.kind) == kind; });
    // A block is not taken to be closed by another bracket, since too much would be closed with it.
    if (line_ends_count() && meant == openers_.rend()) {
        report_.add(Code::unbalanced_bracket, span, quoted(span) + " closes nothing");
        return;
    }
    Opener innermost = openers_.back();
    if (meant == openers_.rend()) {
        report_.add(Code::unbalanced_bracket, span,
                    quoted(innermost.span) + " is closed by " + quoted(span), {}, innermost.span,
                    quoted(innermost.span) + " stands here");
        kind = closer_of(innermost.kind);
        set_kind(*token, kind);
    } else if (meant != openers_.rbegin()) {
        report_.add(Code::unbalanced_bracket, innermost.span,
                    quoted(innermost.span) + " is never closed", {}, span,
                    quoted(span) + " comes before its end");
    }
    while (closer_of(openers_.back().kind) != kind) add_closer(*token);
    if (kind == Kind::RIGHT_BRACE)
        end_statement(*token);
    else if (last_kind() == Kind::COMMA)
        set_kind(*result_.tokens.back(), Kind::LAST_COMMA);
    openers_.pop_back();
    emit(std::move(token));
}

void Layout::close_at_end(const Token& end) {
    if (!openers_.empty()) {
        ir::Span innermost = openers_.back().span;
        report_.add(Code::unbalanced_bracket, innermost, quoted(innermost) + " is never closed");
    }
    while (!openers_.empty()) add_closer(end);
    end_statement(end);
}

// An empty token that closes the innermost bracket.
void Layout::add_closer(const Token& before) {
    std::size_t kind = closer_of(openers_.back().kind);
    if (kind == Kind::RIGHT_BRACE) end_statement(before);
    openers_.pop_back();
    emit(std::make_unique<CommonToken>(
        std::make_pair(before.getTokenSource(), before.getInputStream()), kind,
        Token::DEFAULT_CHANNEL, begin_of(before), begin_of(before) - 1));
}

// The END before a '}' stands at its place, since that is what is found there.
void Layout::end_statement(const Token& before) {
    if (statement_is_empty()) return;
    emit(std::make_unique<CommonToken>(
        std::make_pair(before.getTokenSource(), before.getInputStream()), Kind::END,
        Token::DEFAULT_CHANNEL, before.getStartIndex(), before.getStopIndex()));
}

void Layout::emit(std::unique_ptr<Token> token) {
    result_.depths.push_back(static_cast<std::uint16_t>(openers_.size()));
    result_.tokens.push_back(std::move(token));
}

// The lexer's tokens; empty when there are too many.
Tokens read_all(grammar::DunlinLexer& lexer, SyntaxReport& report) {
    Tokens tokens;
    do {
        tokens.push_back(lexer.nextToken());
        if (tokens.size() > kMaxTokens) {
            report.add(
                Code::source_too_large,
                report.span(begin_of(*tokens.back()), end_of(*tokens.back())),
                "the source has more than " + std::to_string(kMaxTokens) + " words and signs");
            return {};
        }
    } while (tokens.back()->getType() != Token::EOF);
    return tokens;
}

}  // namespace

TokenList read_tokens(grammar::DunlinLexer& lexer, SyntaxReport& report) {
    Tokens tokens = read_all(lexer, report);
    if (tokens.empty()) return {};
    return Layout(mend_tokens(std::move(tokens), report), report).run();
}

}  // namespace dunlin::frontend
