#include <algorithm>

#include "frontend/parse_build.hpp"

namespace dunlin::frontend {

namespace {

using antlr4::ParserRuleContext;
using antlr4::Token;
using ir::Code;
using ir::Span;

// The comment lines directly above the line on which `offset` lies, without their `#`; empty when
// something else stands before `offset` on its line.
std::string comment_above(std::string_view text, std::size_t offset) {
    auto line_begin = [&](std::size_t at) { return text.substr(0, at).rfind('\n') + 1; };
    auto first_of = [&](std::size_t at) { return text.find_first_not_of(" \t\r", at); };
    std::size_t line = line_begin(offset);
    if (first_of(line) != offset) return {};
    std::string doc;
    while (line > 0) {
        std::size_t above = line_begin(line - 1);
        std::size_t sign = first_of(above);
        if (text[sign] != '#') break;
        std::string_view comment = text.substr(sign + 1, line - 1 - (sign + 1));
        if (comment.ends_with('\r')) comment.remove_suffix(1);
        if (comment.starts_with(' ')) comment.remove_prefix(1);
        doc.insert(0, std::string(comment) + "\n");
        line = above;
    }
    return doc.substr(0, doc.rfind('\n'));
}

ast::DeclarationKind declaration_kind(std::size_t word) {
    switch (word) {
        case Kind::PARAM: return ast::DeclarationKind::Param;
        case Kind::INPUT: return ast::DeclarationKind::Input;
        case Kind::SHARED: return ast::DeclarationKind::Shared;
        case Kind::STATE: return ast::DeclarationKind::State;
        default: return ast::DeclarationKind::Output;
    }
}

class StatementBuilder {
  public:
    explicit StatementBuilder(SyntaxReport& report) : report_(report), expressions_(report) {}

    ast::Block lines(ParserRuleContext* context);

  private:
    using Node = decltype(ast::Statement::node);

    ast::Block block(ParserRuleContext* context);
    Node node(ParserRuleContext* context);
    Node declaration(ParserRuleContext* context);
    Node function(ParserRuleContext* context);
    ast::Parameter parameter(ParserRuleContext* context);
    void check_rest(const std::vector<ast::Parameter>& parameters);
    Node if_statement(ParserRuleContext* context);
    Node for_statement(ParserRuleContext* context);
    Node return_statement(ParserRuleContext* context);
    Node assert_statement(ParserRuleContext* context);
    Node print_statement(ParserRuleContext* context);
    Node import_statement(ParserRuleContext* context);
    Node assignment(ParserRuleContext* context);
    void check_target(const ast::Expr& target);
    void check_single(const std::vector<ast::ExprPtr>& targets, const Token& sign);
    std::optional<ast::TypeName> optional_type(ParserRuleContext* context);
    ast::ExprPtr optional_expression(ParserRuleContext* context);
    ast::ExprPtr expression_at(ParserRuleContext* context, std::size_t child) {
        return expressions_.expression(rule_child(context, child));
    }

    SyntaxReport& report_;
    ExpressionBuilder expressions_;
};

// The statements of a file or a block; those with an error in them are left out.
ast::Block StatementBuilder::lines(ParserRuleContext* context) {
    ast::Block statements;
    bool header_is_sound = expressions_.sound();
    for (ParserRuleContext* line : all_rules(context)) {
        ParserRuleContext* statement = rule_child(line, 0);
        if (!statement || statement->exception) continue;
        expressions_.set_sound(true);
        ast::Statement built{expressions_.span_of(statement), node(rule_child(statement, 0))};
        if (expressions_.sound())
            statements.push_back(std::make_unique<ast::Statement>(std::move(built)));
    }
    expressions_.set_sound(header_is_sound);
    return statements;
}

ast::Block StatementBuilder::block(ParserRuleContext* context) {
    expressions_.enter_block();
    ast::Block statements = lines(context);
    expressions_.leave_block();
    return statements;
}

StatementBuilder::Node StatementBuilder::node(ParserRuleContext* context) {
    switch (context->getRuleIndex()) {
        case Kind::RuleDeclaration: return declaration(context);
        case Kind::RuleFunction: return function(context);
        case Kind::RuleIfStatement: return if_statement(context);
        case Kind::RuleWhileStatement:
            return ast::While{expression_at(context, 1), block(rule_child(context, 2))};
        case Kind::RuleForStatement: return for_statement(context);
        case Kind::RuleBreakStatement: return ast::Break{};
        case Kind::RuleContinueStatement: return ast::Continue{};
        case Kind::RuleReturnStatement: return return_statement(context);
        case Kind::RuleHaltStatement: return ast::Halt{};
        case Kind::RuleAssertStatement: return assert_statement(context);
        case Kind::RuleFailStatement: return ast::Fail{expressions_.text(*token_child(context, 1))};
        case Kind::RulePrintStatement: return print_statement(context);
        case Kind::RuleTestStatement:
            return ast::Test{expressions_.text(*token_child(context, 1)),
                             block(rule_child(context, 2))};
        case Kind::RuleImportStatement: return import_statement(context);
        default: return assignment(context);
    }
}

std::optional<ast::TypeName> StatementBuilder::optional_type(ParserRuleContext* context) {
    ParserRuleContext* type = find_rule(context, Kind::RuleType);
    if (!type) return std::nullopt;
    return expressions_.type(type);
}

ast::ExprPtr StatementBuilder::optional_expression(ParserRuleContext* context) {
    ParserRuleContext* expression = find_rule(context, Kind::RuleExpr);
    return expression ? expressions_.expression(expression) : nullptr;
}

StatementBuilder::Node StatementBuilder::declaration(ParserRuleContext* context) {
    return ast::Declaration{declaration_kind(token_child(context, 0)->getType()),
                            expressions_.name(*token_child(context, 1)), optional_type(context),
                            optional_expression(context)};
}

StatementBuilder::Node StatementBuilder::function(ParserRuleContext* context) {
    ast::Function function;
    function.name = expressions_.name(*token_child(context, 1));
    for (ParserRuleContext* child : all_rules(context))
        if (child->getRuleIndex() == Kind::RuleParameter)
            function.parameters.push_back(parameter(child));
    check_rest(function.parameters);
    ParserRuleContext* body = find_rule(context, Kind::RuleFunctionBody);
    function.expression = optional_expression(body);
    if (!function.expression) function.body = block(find_rule(body, Kind::RuleBlock));
    function.doc = comment_above(report_.text(), begin_of(*context->start));
    return function;
}

ast::Parameter StatementBuilder::parameter(ParserRuleContext* context) {
    return {expressions_.name(*token_child(context, 0)), optional_type(context),
            optional_expression(context), find_token(context, Kind::REST) != nullptr};
}

void StatementBuilder::check_rest(const std::vector<ast::Parameter>& parameters) {
    for (const ast::Parameter& parameter : parameters) {
        if (!parameter.rest) continue;
        if (&parameter != &parameters.back())
            expressions_.refuse(Code::unexpected_token, parameter.name.span,
                                "the parameter that takes the rest is the last one", {});
        else if (parameter.default_value)
            expressions_.refuse(Code::unexpected_token, parameter.name.span,
                                "the parameter that takes the rest has no default", {});
    }
}

StatementBuilder::Node StatementBuilder::if_statement(ParserRuleContext* context) {
    ast::If statement;
    std::vector<ParserRuleContext*> parts = all_rules(context);  // condition, block, ..., block?
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
        statement.branches.push_back({expressions_.expression(parts[i]), block(parts[i + 1])});
    if (parts.size() % 2 == 1) statement.otherwise = block(parts.back());
    return statement;
}

StatementBuilder::Node StatementBuilder::for_statement(ParserRuleContext* context) {
    return ast::For{expressions_.name(*find_token(context, Kind::NAME)),
                    expressions_.expression(find_rule(context, Kind::RuleCondition)),
                    block(find_rule(context, Kind::RuleBlock))};
}

StatementBuilder::Node StatementBuilder::return_statement(ParserRuleContext* context) {
    ParserRuleContext* values = rule_child(context, 1);
    return ast::Return{values ? expressions_.values(values) : nullptr};
}

StatementBuilder::Node StatementBuilder::assert_statement(ParserRuleContext* context) {
    ast::Assert statement{expression_at(context, 1), std::nullopt};
    if (const Token* message = token_child(context, 3))
        statement.message = expressions_.text(*message);
    return statement;
}

StatementBuilder::Node StatementBuilder::print_statement(ParserRuleContext* context) {
    ast::Print statement;
    for (ParserRuleContext* item : all_rules(context))
        statement.items.push_back(expressions_.expression(item));
    return statement;
}

StatementBuilder::Node StatementBuilder::import_statement(ParserRuleContext* context) {
    const Token& target = *token_child(context, 1);
    if (target.getType() == Kind::NAME) return ast::Import{false, expressions_.name(target)};
    return ast::Import{true, {expressions_.text(target), expressions_.span_of(target)}};
}

// Also an expression that stands by itself.
StatementBuilder::Node StatementBuilder::assignment(ParserRuleContext* context) {
    ParserRuleContext* left = rule_child(context, 0);
    if (context->children.size() == 1) return ast::ExpressionStatement{expressions_.values(left)};
    ast::Assign assign;
    for (ParserRuleContext* target : all_rules(left)) {
        assign.targets.push_back(expressions_.expression(target));
        check_target(*assign.targets.back());
    }
    const Token& sign = *token_child(context, 1);
    if (sign.getType() != Kind::ASSIGN) check_single(assign.targets, sign);
    assign.type = optional_type(context);
    if (sign.getType() == Kind::COMPOUND) {
        std::string_view op = report_.text_of(expressions_.span_of(sign));
        assign.op = binary_op_of(op.substr(0, op.size() - 1));
    }
    assign.value = expressions_.values(rule_child(context, context->children.size() - 1));
    return assign;
}

void StatementBuilder::check_target(const ast::Expr& target) {
    const ast::Expr* base = &target;
    if (const auto* index = std::get_if<ast::Index>(&target.node)) base = index->base.get();
    if (std::holds_alternative<ast::Identifier>(base->node)) return;
    std::string help = "a target is a name, or elements of one: x, a[i], a[1:3, :]";
    if (std::holds_alternative<ast::Call>(base->node))
        help = "a function is written fn f(x) = e";
    else if (std::holds_alternative<ast::Tuple>(base->node))
        help = "write the targets without parentheses: a, b = e";
    else if (std::holds_alternative<ast::Index>(base->node))
        help = "write the indices together: a[i, j]";
    else if (std::holds_alternative<ast::Binary>(base->node))
        help = "to compare, write ==";
    expressions_.refuse(Code::bad_target, target.span, "this cannot be assigned to",
                        std::move(help));
}

void StatementBuilder::check_single(const std::vector<ast::ExprPtr>& targets, const Token& sign) {
    bool typed = sign.getType() == Kind::COLON;
    if (targets.size() > 1)
        expressions_.refuse(Code::bad_target, targets[1]->span,
                            typed ? "a type is said of one name at a time"
                                  : "an assignment with an operator has one target",
                            {});
    else if (typed && !std::holds_alternative<ast::Identifier>(targets[0]->node))
        expressions_.refuse(Code::bad_target, targets[0]->span, "a type is said of a name", {});
}

}  // namespace

ast::Block build_statements(grammar::DunlinParser::FileContext* file, SyntaxReport& report) {
    return StatementBuilder(report).lines(file);
}

}  // namespace dunlin::frontend
