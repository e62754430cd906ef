#include <algorithm>
#include <unordered_set>

#include "frontend/checked_walk.hpp"
#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using namespace checked;

namespace {

void for_each_node(const Block& block, const std::function<void(const Node&)>& visit) {
    for (const auto& statement : block) {
        for_each_expression(*statement, visit);
        for_each_block(*statement, [&](const Block& inner) { for_each_node(inner, visit); });
    }
}

std::size_t count_returns(const Block& block) {
    std::size_t count = 0;
    for (const auto& statement : block) {
        count += std::holds_alternative<Return>(statement->what) ? 1 : 0;
        for_each_block(*statement, [&](const Block& inner) { count += count_returns(inner); });
    }
    return count;
}

// The variables that the statement itself assigns, apart from its blocks.
std::vector<const Variable*> assigned_by(const checked::Statement& statement) {
    if (const auto* assign = std::get_if<Assign>(&statement.what)) return {assign->target};
    if (const auto* initialise = std::get_if<InitialiseState>(&statement.what))
        return {initialise->target};
    if (const auto* count = std::get_if<For>(&statement.what)) return {count->loop.variable};
    if (const auto* assign = std::get_if<AssignResults>(&statement.what))
        return {assign->targets.begin(), assign->targets.end()};
    return {};
}

// Asks `may_fault` about an instruction like the one that would be emitted.
bool operation_may_fault(const OperationNode& operation, const ir::Type& type) {
    ir::Program program;
    ir::Instruction instruction{operation.op, 0, {}, operation.attributes, 0};
    program.slots.push_back({type, ir::Storage::Local, {}, 0, -1});
    ir::ConstantPool pool(program);
    for (const NodePtr& operand : operation.operands) {
        if (const auto* constant = std::get_if<ConstantNode>(&operand->what)) {
            instruction.operands.push_back(pool.slot_for(constant->value));
            continue;
        }
        instruction.operands.push_back(static_cast<ir::SlotId>(program.slots.size()));
        program.slots.push_back({operand->type, ir::Storage::Local, {}, 0, -1});
    }
    return ir::may_fault(program, instruction);
}

}  // namespace

bool Questions::reads(const Node& node, const Test& test) {
    if (const auto* read = std::get_if<ReadNode>(&node.what)) return test(*read->variable);
    if (const auto* call = std::get_if<CallNode>(&node.what)) {
        const auto& outer = outer_reads(*call->instance);
        if (std::any_of(outer.begin(), outer.end(), [&](auto* read) { return test(*read); }))
            return true;
    }
    bool found = false;
    for_each_operand(node, [&](const Node& part) { found = found || reads(part, test); });
    return found;
}

const std::vector<const Variable*>& Questions::outer_reads(const Instance& instance) {
    auto known = outer_.find(&instance);
    if (known != outer_.end()) return known->second;
    std::unordered_set<const Variable*> seen;
    for (const auto& own : instance.variables) seen.insert(own.get());
    std::vector<const Variable*> outer;
    auto collect = [&](const Variable& variable) {
        if (seen.insert(&variable).second) outer.push_back(&variable);
        return false;
    };
    for_each_node(instance.body, [&](const Node& node) { reads(node, collect); });
    return outer_.emplace(&instance, std::move(outer)).first->second;
}

bool Questions::assigns(const Block& block, const Test& test) const {
    for (const auto& statement : block) {
        for (const Variable* variable : assigned_by(*statement))
            if (variable != nullptr && test(*variable)) return true;
        bool found = false;
        for_each_block(*statement,
                       [&](const Block& inner) { found = found || assigns(inner, test); });
        if (found) return true;
    }
    return false;
}

bool Questions::is_harmless(const Node& node) const {
    if (const auto* operation = std::get_if<OperationNode>(&node.what)) {
        if (operation_may_fault(*operation, node.type)) return false;
    } else if (!std::holds_alternative<ConstantNode>(node.what) &&
               !std::holds_alternative<ReadNode>(node.what) &&
               !std::holds_alternative<ShortCircuitNode>(node.what) &&
               !std::holds_alternative<LetNode>(node.what)) {
        return false;
    }
    bool harmless = true;
    for_each_operand(node, [&](const Node& part) { harmless = harmless && is_harmless(part); });
    return harmless;
}

bool Questions::returns_at_end(const Instance& instance) {
    auto known = returns_at_end_.find(&instance);
    if (known != returns_at_end_.end()) return known->second;
    bool at_end = !instance.body.empty() &&
                  std::holds_alternative<Return>(instance.body.back()->what) &&
                  count_returns(instance.body) == 1;
    return returns_at_end_[&instance] = at_end;
}

}  // namespace dunlin::frontend
