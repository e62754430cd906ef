// Walking the tree: calls a visitor for the direct children of a node, so that each analysis names
// only the nodes it cares about.
#pragma once

#include "frontend/ast.hpp"

namespace dunlin::frontend {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// Calls visit(const ast::Expr&) for each direct child expression.
template <typename Visit>
void for_each_child(const ast::Expr& expr, Visit&& visit) {
    auto maybe = [&](const ast::ExprPtr& child) {
        if (child) visit(*child);
    };
    std::visit(Overloaded{
                   [&](const ast::IntegerLiteral&) {},
                   [&](const ast::FloatLiteral&) {},
                   [&](const ast::BoolLiteral&) {},
                   [&](const ast::TextLiteral&) {},
                   [&](const ast::NoneLiteral&) {},
                   [&](const ast::Identifier&) {},
                   [&](const ast::OperatorFunction&) {},
                   [&](const ast::Member& node) { maybe(node.object); },
                   [&](const ast::Unary& node) { maybe(node.operand); },
                   [&](const ast::Binary& node) {
                       maybe(node.left);
                       maybe(node.right);
                   },
                   [&](const ast::Conditional& node) {
                       maybe(node.condition);
                       maybe(node.then);
                       maybe(node.otherwise);
                   },
                   [&](const ast::Call& node) {
                       maybe(node.callee);
                       for (const auto& argument : node.arguments) maybe(argument.value);
                   },
                   [&](const ast::Index& node) {
                       maybe(node.base);
                       for (const auto& subscript : node.subscripts) {
                           maybe(subscript.index);
                           maybe(subscript.start);
                           maybe(subscript.stop);
                           maybe(subscript.step);
                       }
                   },
                   [&](const ast::ArrayLiteral& node) {
                       for (const auto& item : node.items) maybe(item);
                   },
                   [&](const ast::Comprehension& node) {
                       for (const auto& generator : node.generators) maybe(generator.source);
                       maybe(node.body);
                   },
                   [&](const ast::Lambda& node) { maybe(node.body); },
                   [&](const ast::Tuple& node) {
                       for (const auto& item : node.items) maybe(item);
                   },
               },
               expr.node);
}

// Calls visit(const ast::Expr&) for each expression that stands directly in the statement, and
// block(const ast::Block&) for each block in it. Assignment targets count as expressions only for
// their subscripts.
template <typename VisitExpr, typename VisitBlock>
void for_each_part(const ast::Statement& statement, VisitExpr&& visit, VisitBlock&& block) {
    auto maybe = [&](const ast::ExprPtr& expr) {
        if (expr) visit(*expr);
    };
    auto type = [&](const std::optional<ast::TypeName>& name) {
        if (!name) return;
        for (const auto& size : name->sizes) maybe(size);
    };
    std::visit(Overloaded{
                   [&](const ast::Assign& node) {
                       type(node.type);
                       maybe(node.value);
                       for (const auto& target : node.targets) visit(*target);
                   },
                   [&](const ast::If& node) {
                       for (const auto& branch : node.branches) {
                           maybe(branch.condition);
                           block(branch.body);
                       }
                       block(node.otherwise);
                   },
                   [&](const ast::While& node) {
                       maybe(node.condition);
                       block(node.body);
                   },
                   [&](const ast::For& node) {
                       maybe(node.source);
                       block(node.body);
                   },
                   [&](const ast::Break&) {},
                   [&](const ast::Continue&) {},
                   [&](const ast::Return& node) { maybe(node.value); },
                   [&](const ast::Halt&) {},
                   [&](const ast::Assert& node) { maybe(node.condition); },
                   [&](const ast::Fail&) {},
                   [&](const ast::Print& node) {
                       for (const auto& item : node.items) maybe(item);
                   },
                   [&](const ast::Function&) {},
                   [&](const ast::Test&) {},
                   [&](const ast::Import&) {},
                   [&](const ast::Declaration& node) {
                       type(node.type);
                       maybe(node.value);
                   },
                   [&](const ast::ExpressionStatement& node) { maybe(node.value); },
               },
               statement.node);
}

}  // namespace dunlin::frontend
