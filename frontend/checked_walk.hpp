// Walking the checked tree: calls a visitor for the direct parts of a node or a statement, so that
// an analysis names only the nodes that it cares about. The bodies of called instances are not
// parts of a call.
#pragma once

#include "frontend/checked.hpp"

namespace dunlin::frontend::checked {

namespace walk {

template <typename Visit>
void nodes(const std::vector<NodePtr>& parts, Visit& visit) {
    for (const NodePtr& part : parts) visit(*part);
}
template <typename Visit>
void loop(const Loop& loop, Visit& visit) {
    for (const NodePtr* part : {&loop.start, &loop.stop, &loop.array})
        if (*part) visit(**part);
}

template <typename Visit>
void parts(const ConstantNode&, Visit&) {}
template <typename Visit>
void parts(const ReadNode&, Visit&) {}
template <typename Visit>
void parts(const RandomNode&, Visit&) {}
template <typename Visit>
void parts(const OperationNode& node, Visit& visit) {
    nodes(node.operands, visit);
}
template <typename Visit>
void parts(const ConditionalNode& node, Visit& visit) {
    visit(*node.condition);
    visit(*node.then);
    visit(*node.otherwise);
}
template <typename Visit>
void parts(const ShortCircuitNode& node, Visit& visit) {
    visit(*node.left);
    visit(*node.right);
}
template <typename Visit>
void parts(const ComprehensionNode& node, Visit& visit) {
    for (const Loop& turn : node.loops) loop(turn, visit);
    visit(*node.body);
}
template <typename Visit>
void parts(const LetNode& node, Visit& visit) {
    visit(*node.value);
    visit(*node.body);
}
template <typename Visit>
void parts(const CallNode& node, Visit& visit) {
    nodes(node.arguments, visit);
}
template <typename Visit>
void parts(const CollectiveNode& node, Visit& visit) {
    nodes(node.operands, visit);
}

template <typename Visit>
void parts(const Assign& statement, Visit& visit) {
    visit(*statement.value);
}
template <typename Visit>
void parts(const AssignResults& statement, Visit& visit) {
    visit(*statement.call);
}
template <typename Visit>
void parts(const InitialiseState& statement, Visit& visit) {
    visit(*statement.value);
}
template <typename Visit>
void parts(const Evaluate& statement, Visit& visit) {
    visit(*statement.value);
}
template <typename Visit>
void parts(const If& statement, Visit& visit) {
    visit(*statement.condition);
}
template <typename Visit>
void parts(const While& statement, Visit& visit) {
    visit(*statement.condition);
}
template <typename Visit>
void parts(const For& statement, Visit& visit) {
    loop(statement.loop, visit);
}
template <typename Visit>
void parts(const Break&, Visit&) {}
template <typename Visit>
void parts(const Continue&, Visit&) {}
template <typename Visit>
void parts(const Return& statement, Visit& visit) {
    nodes(statement.values, visit);
}
template <typename Visit>
void parts(const Halt&, Visit&) {}
template <typename Visit>
void parts(const Require& statement, Visit& visit) {
    visit(*statement.condition);
}
template <typename Visit>
void parts(const Print& statement, Visit& visit) {
    for (const PrintItem& item : statement.items)
        if (item.value) visit(*item.value);
}

}  // namespace walk

// Calls visit(const Node&) for each direct operand, in the order of evaluation.
template <typename Visit>
void for_each_operand(const Node& node, Visit&& visit) {
    std::visit([&](const auto& what) { walk::parts(what, visit); }, node.what);
}

// Calls visit(const Node&) for each expression that stands directly in the statement.
template <typename Visit>
void for_each_expression(const Statement& statement, Visit&& visit) {
    std::visit([&](const auto& what) { walk::parts(what, visit); }, statement.what);
}

// Calls visit(const Block&) for each block of the statement.
template <typename Visit>
void for_each_block(const Statement& statement, Visit&& visit) {
    if (const auto* branch = std::get_if<If>(&statement.what)) {
        visit(branch->then);
        visit(branch->otherwise);
    } else if (const auto* repeat = std::get_if<While>(&statement.what)) {
        visit(repeat->body);
    } else if (const auto* count = std::get_if<For>(&statement.what)) {
        visit(count->body);
    }
}

// The value of a condition that is a constant.
inline std::optional<bool> constant_condition(const Node& node) {
    const auto* constant = std::get_if<ConstantNode>(&node.what);
    if (constant == nullptr) return std::nullopt;
    return constant->value.at<int>() != 0;
}

}  // namespace dunlin::frontend::checked
