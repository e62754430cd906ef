// What happens where the parser meets a token that the grammar does not allow: one message in
// Dunlin's words, and a place to go on from.
//
// ANTLR calls `sync` before each decision, `recoverInline` where a token is missing, and for an
// exception that leaves a rule first `reportError`, then `recover`. Here an exception is passed on
// until it reaches the rule of a statement, which ends at its END; what can be mended before that
// is: an unreadable condition is skipped up to its block, a statement that goes on too long up to
// its END. Nothing needs ANTLR's look-ahead sets but the question whether a token begins a
// statement.
#pragma once

#include "frontend/parse_tokens.hpp"

namespace dunlin::frontend {

class ErrorStrategy final : public antlr4::ANTLRErrorStrategy {
  public:
    ErrorStrategy(SyntaxReport& report, const Depths& depths) : report_(report), depths_(depths) {}

    void reset(antlr4::Parser*) override {}
    antlr4::Token* recoverInline(antlr4::Parser* parser) override;
    void recover(antlr4::Parser* parser, std::exception_ptr exception) override;
    void sync(antlr4::Parser* parser) override;
    bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }
    void reportMatch(antlr4::Parser*) override {}
    void reportError(antlr4::Parser* parser,
                     const antlr4::RecognitionException& exception) override;

  private:
    void sync_statements(antlr4::Parser& parser);
    void report(antlr4::Parser& parser, const antlr4::Token& begin);
    int depth_of(const antlr4::Token* token) const { return depths_[token->getTokenIndex()]; }
    bool skip_to(antlr4::Parser& parser, std::size_t kind, int depth);
    bool skip_to_block(antlr4::Parser& parser, int depth);

    SyntaxReport& report_;
    const Depths& depths_;
    bool reported_ = false;  // the exception that is on its way has been reported
};

// Thrown out of the parser when the report is full.
struct TooManyErrors {};

// What the parser expects where it stands, and what it found, as a message; and how to mend it.
struct SyntaxMessage {
    ir::Span span;
    std::string message;
    std::string help;
};
SyntaxMessage describe_error(antlr4::Parser& parser, const SyntaxReport& report);

// The kinds of token that could stand where the parser stands, in the rule it is in.
bool expects(antlr4::Parser& parser, std::size_t kind);

}  // namespace dunlin::frontend
