// From ANTLR's tree to ours. Here stands what the grammar leaves open: which expressions are
// targets, the parameters of lambdas, the names of arguments, comparisons that chain, the values of
// literals, and how deep a tree may be.
#pragma once

#include <antlr4-runtime.h>

#include <utility>
#include <vector>

#include "frontend/ast.hpp"
#include "frontend/parse_tokens.hpp"

namespace dunlin::frontend {

class ExpressionBuilder {
  public:
    explicit ExpressionBuilder(SyntaxReport& report) : report_(report) {}

    // An expression from the context of any rule of the expression part of the grammar.
    ast::ExprPtr expression(antlr4::ParserRuleContext* context);
    // One expression, or a tuple of several, from an exprList or targets.
    ast::ExprPtr values(antlr4::ParserRuleContext* context);
    ast::TypeName type(antlr4::ParserRuleContext* context);

    ast::Name name(const antlr4::Token& token) const;
    std::string text(const antlr4::Token& token);  // of a string literal
    ir::Span span_of(antlr4::ParserRuleContext* context) const;
    ir::Span span_of(const antlr4::Token& token) const;

    // Whether all that was built for a statement is as the tree promises.
    bool sound() const { return sound_; }
    void set_sound(bool sound) { sound_ = sound; }
    // Complains of something with which the statement cannot stand in the tree.
    void refuse(ir::Code code, ir::Span span, std::string message, std::string help);

    void enter_block() { ++blocks_; }
    void leave_block() { --blocks_; }

  private:
    // A tree and its height. Heights are kept while building, so that a tree that would be too deep
    // is never made: a leaf takes its place.
    struct Built {
        ast::ExprPtr expr;
        int height = 1;
    };
    using Parts = std::vector<Built>;

    template <class Node>
    Built made(Node node, ir::Span span, int height_below = 0);
    Built build(antlr4::ParserRuleContext* context);
    Parts build_all(antlr4::ParserRuleContext* context);  // the expressions among its children
    Built leaf(const antlr4::Token& token);
    Built integer(const antlr4::Token& token);
    Built floating(const antlr4::Token& token);
    Built operator_function(const antlr4::Token& token);
    Built chain(antlr4::ParserRuleContext* context);
    Built prefixed(antlr4::ParserRuleContext* context);
    Built with_prefixes(const std::vector<const antlr4::Token*>& prefixes, Built operand);
    Built power(antlr4::ParserRuleContext* context);
    Built binary(Built left, const antlr4::Token& op, Built right);
    Built postfix(antlr4::ParserRuleContext* context);
    Built call(Built callee, antlr4::ParserRuleContext* context);
    ast::Argument argument(antlr4::ParserRuleContext* context, int& height);
    Built index(Built base, antlr4::ParserRuleContext* context);
    ast::Subscript subscript(antlr4::ParserRuleContext* context, int& height);
    Built lambda(antlr4::ParserRuleContext* context);
    std::vector<ast::Name> parameters(antlr4::ParserRuleContext* context);
    Built conditional(antlr4::ParserRuleContext* context);
    Built parenthesised(antlr4::ParserRuleContext* context);
    Built array(antlr4::ParserRuleContext* context);
    Built tuple(Parts parts, ir::Span span);
    Built comparison(antlr4::ParserRuleContext* context);

    SyntaxReport& report_;
    int blocks_ = 0;  // how many blocks are around
    bool too_deep_ = false;
    bool sound_ = true;
};

// The statements of a file that were read without an error.
ast::Block build_statements(grammar::DunlinParser::FileContext* file, SyntaxReport& report);

// The operator that is written so: "+", "and". There must be one.
ast::BinaryOp binary_op_of(std::string_view text);

// Children of a context: null where there is a token, or a rule, instead.
antlr4::ParserRuleContext* rule_child(antlr4::ParserRuleContext* context, std::size_t index);
const antlr4::Token* token_child(antlr4::ParserRuleContext* context, std::size_t index);
// The first child that is a token of this kind, or a rule of this index.
const antlr4::Token* find_token(antlr4::ParserRuleContext* context, std::size_t kind);
antlr4::ParserRuleContext* find_rule(antlr4::ParserRuleContext* context, std::size_t rule);
std::vector<antlr4::ParserRuleContext*> all_rules(antlr4::ParserRuleContext* context);

}  // namespace dunlin::frontend
