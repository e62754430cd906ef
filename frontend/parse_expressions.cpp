#include <algorithm>
#include <typeinfo>

#include "frontend/parse_build.hpp"
#include "frontend/parse_literals.hpp"

namespace dunlin::frontend {

namespace {

using antlr4::ParserRuleContext;
using antlr4::Token;
using ast::BinaryOp;
using ir::Code;
using ir::Span;

// By kind, since the text of a token may be a slip that was mended.
BinaryOp binary_op(const Token& token, const SyntaxReport& report) {
    switch (token.getType()) {
        case Kind::AND: return BinaryOp::And;
        case Kind::OR: return BinaryOp::Or;
        default: return binary_op_of(report.text_of(report.span(begin_of(token), end_of(token))));
    }
}

ast::UnaryOp unary_op(const Token& token) {
    switch (token.getType()) {
        case Kind::MINUS: return ast::UnaryOp::Negate;
        case Kind::PLUS: return ast::UnaryOp::Plus;
        case Kind::COMPLEMENT: return ast::UnaryOp::Complement;
        default: return ast::UnaryOp::Not;
    }
}

// A tree has leaves of this class and rules: asking so is ten times faster than a dynamic cast.
bool is_token(const antlr4::tree::ParseTree& node) {
    return typeid(node) == typeid(antlr4::tree::TerminalNodeImpl);
}

// Follows rules with one child down to the first that says something.
ParserRuleContext* significant(ParserRuleContext* context) {
    while (context->children.size() == 1) {
        ParserRuleContext* child = rule_child(context, 0);
        if (!child) break;
        context = child;
    }
    return context;
}

// The name that an expression consists of; null when it is anything else.
const Token* sole_name(ParserRuleContext* context) {
    context = significant(context);
    const Token* token = token_child(context, 0);
    bool is_name = context->children.size() == 1 && token && token->getType() == Kind::NAME;
    return is_name ? token : nullptr;
}

template <class Parts>
int tallest(const Parts& parts) {
    int height = 0;
    for (const auto& part : parts) height = std::max(height, part.height);
    return height;
}

template <class Parts>
std::vector<ast::ExprPtr> trees_of(Parts parts) {
    std::vector<ast::ExprPtr> trees;
    trees.reserve(parts.size());
    for (auto& part : parts) trees.push_back(std::move(part.expr));
    return trees;
}

}  // namespace

BinaryOp binary_op_of(std::string_view text) {
    int op = 0;
    while (text_of(static_cast<BinaryOp>(op)) != text) ++op;
    return static_cast<BinaryOp>(op);
}

ParserRuleContext* rule_child(ParserRuleContext* context, std::size_t index) {
    if (index >= context->children.size() || is_token(*context->children[index])) return nullptr;
    return static_cast<ParserRuleContext*>(context->children[index]);
}

const Token* token_child(ParserRuleContext* context, std::size_t index) {
    if (index >= context->children.size() || !is_token(*context->children[index])) return nullptr;
    return static_cast<antlr4::tree::TerminalNode*>(context->children[index])->getSymbol();
}

const Token* find_token(ParserRuleContext* context, std::size_t kind) {
    for (std::size_t i = 0; i < context->children.size(); ++i)
        if (const Token* token = token_child(context, i); token && token->getType() == kind)
            return token;
    return nullptr;
}

ParserRuleContext* find_rule(ParserRuleContext* context, std::size_t rule) {
    for (std::size_t i = 0; i < context->children.size(); ++i)
        if (ParserRuleContext* child = rule_child(context, i);
            child && child->getRuleIndex() == rule)
            return child;
    return nullptr;
}

std::vector<ParserRuleContext*> all_rules(ParserRuleContext* context) {
    std::vector<ParserRuleContext*> rules;
    for (std::size_t i = 0; i < context->children.size(); ++i)
        if (ParserRuleContext* child = rule_child(context, i)) rules.push_back(child);
    return rules;
}

// --- the public face
// ------------------------------------------------------------------------------

Span ExpressionBuilder::span_of(ParserRuleContext* context) const {
    return report_.span(begin_of(*context->start), end_of(*context->stop));
}

Span ExpressionBuilder::span_of(const Token& token) const {
    return report_.span(begin_of(token), end_of(token));
}

ast::Name ExpressionBuilder::name(const Token& token) const {
    return {std::string(report_.text_of(span_of(token))), span_of(token)};
}

std::string ExpressionBuilder::text(const Token& token) {
    return text_value(span_of(token), report_);
}

void ExpressionBuilder::refuse(Code code, Span span, std::string message, std::string help) {
    report_.add(code, span, std::move(message), std::move(help));
    sound_ = false;
}

ast::ExprPtr ExpressionBuilder::expression(ParserRuleContext* context) {
    return build(context).expr;
}

ast::ExprPtr ExpressionBuilder::values(ParserRuleContext* context) {
    Parts parts = build_all(context);
    if (parts.size() == 1) return std::move(parts[0].expr);
    return tuple(std::move(parts), span_of(context)).expr;
}

ast::TypeName ExpressionBuilder::type(ParserRuleContext* context) {
    return {name(*token_child(context, 0)), trees_of(build_all(context)), span_of(context)};
}

// --- nodes
// ------------------------------------------------------------------------------------------

template <class Node>
ExpressionBuilder::Built ExpressionBuilder::made(Node node, Span span, int height_below) {
    if (blocks_ + height_below >= ast::kMaxDepth) {
        if (!too_deep_)
            report_.add(Code::nested_too_deeply, span,
                        "the expression is more than " + std::to_string(ast::kMaxDepth) +
                            " operations deep",
                        "give parts of it names");
        too_deep_ = true;
        sound_ = false;
        return made(ast::IntegerLiteral{}, span);
    }
    return {std::make_unique<ast::Expr>(ast::Expr{span, std::move(node)}), height_below + 1};
}

ExpressionBuilder::Built ExpressionBuilder::build(ParserRuleContext* context) {
    context = significant(context);
    switch (context->getRuleIndex()) {
        case Kind::RuleExpr: return lambda(context);
        case Kind::RuleConditional: return conditional(context);
        case Kind::RuleNegation:
        case Kind::RuleUnary: return prefixed(context);
        case Kind::RulePower: return power(context);
        case Kind::RulePostfix: return postfix(context);
        case Kind::RuleAtom: return leaf(*token_child(context, 0));
        case Kind::RuleParenthesised: return parenthesised(context);
        case Kind::RuleArray: return array(context);
        case Kind::RuleComparison: return comparison(context);
        default: return chain(context);
    }
}

ExpressionBuilder::Parts ExpressionBuilder::build_all(ParserRuleContext* context) {
    Parts parts;
    for (ParserRuleContext* child : all_rules(context)) parts.push_back(build(child));
    return parts;
}

ExpressionBuilder::Built ExpressionBuilder::leaf(const Token& token) {
    Span span = span_of(token);
    switch (token.getType()) {
        case Kind::INTEGER: return integer(token);
        case Kind::FLOAT: return floating(token);
        case Kind::STRING: return made(ast::TextLiteral{text(token)}, span);
        case Kind::TRUE: return made(ast::BoolLiteral{true}, span);
        case Kind::FALSE: return made(ast::BoolLiteral{false}, span);
        case Kind::NONE: return made(ast::NoneLiteral{}, span);
        case Kind::OPERATOR_FUNCTION: return operator_function(token);
        default: return made(ast::Identifier{name(token).text}, span);
    }
}

ExpressionBuilder::Built ExpressionBuilder::integer(const Token& token) {
    Span span = span_of(token);
    auto value = integer_value(report_.text_of(span));
    if (!value)
        report_.add(Code::literal_too_large, span, "the literal is larger than 2^64 - 1",
                    "a float is written with a point or an exponent");
    return made(ast::IntegerLiteral{value.value_or(0)}, span);
}

ExpressionBuilder::Built ExpressionBuilder::floating(const Token& token) {
    Span span = span_of(token);
    auto value = float_value(report_.text_of(span));
    if (!value)
        report_.add(Code::literal_too_large, span, "the literal is larger than any float",
                    "infinity is written inf");
    return made(ast::FloatLiteral{value.value_or(0)}, span);
}

ExpressionBuilder::Built ExpressionBuilder::operator_function(const Token& token) {
    std::string_view text = report_.text_of(span_of(token));
    std::size_t begin = text.find_first_not_of("( \t");
    std::size_t end = text.find_last_not_of(") \t");
    return made(ast::OperatorFunction{binary_op_of(text.substr(begin, end - begin + 1))},
                span_of(token));
}

// --- operators
// --------------------------------------------------------------------------------------

ExpressionBuilder::Built ExpressionBuilder::binary(Built left, const Token& op, Built right) {
    Span span = report_.span(left.expr->span.begin, right.expr->span.end);
    int height = std::max(left.height, right.height);
    return made(ast::Binary{binary_op(op, report_), span_of(op), std::move(left.expr),
                            std::move(right.expr)},
                span, height);
}

// a + b - c: operands and operators take turns; the left ones bind first.
ExpressionBuilder::Built ExpressionBuilder::chain(ParserRuleContext* context) {
    Built left = build(rule_child(context, 0));
    for (std::size_t i = 1; i + 1 < context->children.size(); i += 2)
        left = binary(std::move(left), *token_child(context, i), build(rule_child(context, i + 1)));
    return left;
}

ExpressionBuilder::Built ExpressionBuilder::comparison(ParserRuleContext* context) {
    if (context->children.size() > 3) {
        auto text = [&](std::size_t child) {
            const Token* token = token_child(context, child);
            Span span = token ? span_of(*token) : span_of(rule_child(context, child));
            std::string_view words = report_.text_of(span);
            return words.size() < 30 ? std::string(words) : std::string("...");
        };
        refuse(Code::unexpected_token, span_of(*token_child(context, 3)),
               "comparisons do not chain",
               "write " + text(0) + " " + text(1) + " " + text(2) + " and " + text(2) + " " +
                   text(3) + " " + text(4));
    }
    return chain(context);
}

ExpressionBuilder::Built ExpressionBuilder::with_prefixes(const std::vector<const Token*>& prefixes,
                                                          Built operand) {
    for (auto prefix = prefixes.rbegin(); prefix != prefixes.rend(); ++prefix) {
        const Token& op = **prefix;
        Span span = report_.span(begin_of(op), operand.expr->span.end);
        auto* literal = std::get_if<ast::IntegerLiteral>(&operand.expr->node);
        bool touches = end_of(op) == operand.expr->span.begin;
        if (literal && !literal->negative && touches && op.getType() == Kind::MINUS) {
            literal->negative = true;
            operand.expr->span = span;
            if (literal->value > std::uint64_t{1} << 63)
                report_.add(Code::literal_too_large, span, "the literal is less than -2^63",
                            "a float is written with a point or an exponent");
        } else {
            operand = made(ast::Unary{unary_op(op), std::move(operand.expr)}, span, operand.height);
        }
    }
    return operand;
}

ExpressionBuilder::Built ExpressionBuilder::prefixed(ParserRuleContext* context) {
    std::vector<const Token*> prefixes;
    while (const Token* token = token_child(context, prefixes.size())) prefixes.push_back(token);
    return with_prefixes(prefixes, build(rule_child(context, prefixes.size())));
}

// a ** -b ** c is a ** (-(b ** c)): from the right, each operand takes what follows, then its
// prefixes.
ExpressionBuilder::Built ExpressionBuilder::power(ParserRuleContext* context) {
    std::size_t at = context->children.size() - 1;
    Built right = build(rule_child(context, at));
    while (at > 0) {
        std::vector<const Token*> prefixes;
        while (token_child(context, --at)->getType() != Kind::POWER)
            prefixes.insert(prefixes.begin(), token_child(context, at));
        right = with_prefixes(prefixes, std::move(right));
        const Token& op = *token_child(context, at);
        right = binary(build(rule_child(context, --at)), op, std::move(right));
    }
    return right;
}

// --- calls, subscripts, members
// ---------------------------------------------------------------------

ExpressionBuilder::Built ExpressionBuilder::postfix(ParserRuleContext* context) {
    Built base = build(rule_child(context, 0));
    for (std::size_t i = 1; i < context->children.size(); ++i) {
        ParserRuleContext* child = rule_child(context, i);
        if (child->getRuleIndex() == Kind::RuleCall) {
            base = call(std::move(base), child);
        } else if (child->getRuleIndex() == Kind::RuleSubscripts) {
            base = index(std::move(base), child);
        } else {
            Span span = report_.span(base.expr->span.begin, span_of(child).end);
            base = made(ast::Member{std::move(base.expr), name(*token_child(child, 1))}, span,
                        base.height);
        }
    }
    return base;
}

ExpressionBuilder::Built ExpressionBuilder::call(Built callee, ParserRuleContext* context) {
    Span span = report_.span(callee.expr->span.begin, span_of(context).end);
    ast::Call call{std::move(callee.expr), {}};
    int height = callee.height;
    for (ParserRuleContext* child : all_rules(context)) {
        ast::Argument next = argument(child, height);
        if (!next.name && !call.arguments.empty() && call.arguments.back().name)
            report_.add(Code::unexpected_token, next.value->span,
                        "an argument without a name after one with a name",
                        "arguments with names come last");
        call.arguments.push_back(std::move(next));
    }
    return made(std::move(call), span, height);
}

ast::Argument ExpressionBuilder::argument(ParserRuleContext* context, int& height) {
    ast::Argument argument;
    std::vector<ParserRuleContext*> parts = all_rules(context);
    if (parts.size() == 2) {
        if (const Token* token = sole_name(parts[0]))
            argument.name = name(*token);
        else
            refuse(Code::unexpected_token, span_of(*token_child(context, 1)),
                   "expected the name of an argument before '='", "to compare, write ==");
    }
    Built value = build(parts.back());
    height = std::max(height, value.height);
    argument.value = std::move(value.expr);
    return argument;
}

ExpressionBuilder::Built ExpressionBuilder::index(Built base, ParserRuleContext* context) {
    Span span = report_.span(base.expr->span.begin, span_of(context).end);
    ast::Index index{std::move(base.expr), {}};
    int height = base.height;
    for (ParserRuleContext* child : all_rules(context))
        index.subscripts.push_back(subscript(child, height));
    return made(std::move(index), span, height);
}

ast::Subscript ExpressionBuilder::subscript(ParserRuleContext* context, int& height) {
    ast::Subscript subscript;
    subscript.span = span_of(context);
    subscript.is_slice = find_token(context, Kind::COLON) != nullptr;
    ast::ExprPtr* parts[] = {&subscript.start, &subscript.stop, &subscript.step};
    int part = 0;
    for (std::size_t i = 0; i < context->children.size(); ++i) {
        ParserRuleContext* child = rule_child(context, i);
        if (!child) {
            ++part;
            continue;
        }
        Built built = build(child);
        height = std::max(height, built.height);
        *(subscript.is_slice ? parts[part] : &subscript.index) = std::move(built.expr);
    }
    return subscript;
}

// --- lambdas, choices, brackets
// ---------------------------------------------------------------------

// a => b => e is a => (b => e).
ExpressionBuilder::Built ExpressionBuilder::lambda(ParserRuleContext* context) {
    std::vector<ParserRuleContext*> parts = all_rules(context);
    Built body = build(parts.back());
    for (std::size_t i = parts.size() - 1; i-- > 0;) {
        Span span = report_.span(span_of(parts[i]).begin, body.expr->span.end);
        int height = body.height;
        body = made(ast::Lambda{parameters(parts[i]), std::move(body.expr)}, span, height);
    }
    return body;
}

std::vector<ast::Name> ExpressionBuilder::parameters(ParserRuleContext* context) {
    std::vector<ast::Name> names;
    ParserRuleContext* list = significant(context);
    std::vector<ParserRuleContext*> parts = {context};
    if (list->getRuleIndex() == Kind::RuleParenthesised) parts = all_rules(list);
    for (ParserRuleContext* part : parts) {
        if (const Token* token = sole_name(part))
            names.push_back(name(*token));
        else
            refuse(Code::unexpected_token, span_of(part), "expected a name before '=>'",
                   "a lambda is written x => e, or (a, b) => e");
    }
    return names;
}

ExpressionBuilder::Built ExpressionBuilder::conditional(ParserRuleContext* context) {
    std::vector<ParserRuleContext*> parts = all_rules(context);  // condition, value, ..., value
    auto value = [&](std::size_t i) { return build(find_rule(parts[i], Kind::RuleExpr)); };
    Built otherwise = value(parts.size() - 1);
    for (std::size_t i = parts.size() - 1; i >= 2; i -= 2) {
        Built condition = build(parts[i - 2]);
        Built then = value(i - 1);
        int height = std::max({condition.height, then.height, otherwise.height});
        Span span = report_.span(i == 2 ? span_of(context).begin : condition.expr->span.begin,
                                 span_of(context).end);
        otherwise = made(ast::Conditional{std::move(condition.expr), std::move(then.expr),
                                          std::move(otherwise.expr)},
                         span, height);
    }
    return otherwise;
}

// Parentheses around one expression leave no trace in the tree.
ExpressionBuilder::Built ExpressionBuilder::parenthesised(ParserRuleContext* context) {
    Parts parts = build_all(context);
    if (parts.empty())
        refuse(Code::unexpected_token, span_of(context), "nothing stands in the parentheses",
               "an empty array is written []");
    if (parts.size() == 1 && !find_token(context, Kind::LAST_COMMA)) return std::move(parts[0]);
    return tuple(std::move(parts), span_of(context));
}

ExpressionBuilder::Built ExpressionBuilder::tuple(Parts parts, Span span) {
    int height = tallest(parts);
    return made(ast::Tuple{trees_of(std::move(parts))}, span, height);
}

ExpressionBuilder::Built ExpressionBuilder::array(ParserRuleContext* context) {
    ParserRuleContext* generators = find_rule(context, Kind::RuleGenerators);
    if (!generators) {
        Parts parts = build_all(context);
        int height = tallest(parts);
        return made(ast::ArrayLiteral{trees_of(std::move(parts))}, span_of(context), height);
    }
    Built body = build(rule_child(context, 1));
    int height = body.height;
    ast::Comprehension comprehension{std::move(body.expr), {}};
    for (ParserRuleContext* generator : all_rules(generators)) {
        Built source = build(rule_child(generator, 2));
        height = std::max(height, source.height);
        comprehension.generators.push_back(
            {name(*token_child(generator, 0)), std::move(source.expr)});
    }
    return made(std::move(comprehension), span_of(context), height);
}

}  // namespace dunlin::frontend
