#include <algorithm>

#include "frontend/checked_walk.hpp"
#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using namespace checked;
using ir::Op;
using ir::SlotId;
using ir::StatementId;

namespace {

// Whether the node's value grows in its slot in several steps, so that only a free target will do.
bool is_built_in_steps(const Node& node) {
    if (const auto* operation = std::get_if<OperationNode>(&node.what))
        return ir::is_in_place(operation->op);
    return std::holds_alternative<ConditionalNode>(node.what) ||
           std::holds_alternative<ShortCircuitNode>(node.what) ||
           std::holds_alternative<ComprehensionNode>(node.what) ||
           std::holds_alternative<LetNode>(node.what) ||
           std::holds_alternative<CallNode>(node.what);
}

}  // namespace

// The slot that holds the node's value: it may be a variable's or a constant's, so it must not be
// written.
SlotId Lowering::value(const Node& node) {
    if (!code_.is_open()) return code_.slot(node.type);
    if (const auto* read = std::get_if<ReadNode>(&node.what)) return slot_of(*read->variable);
    if (const auto* constant = std::get_if<ConstantNode>(&node.what)) {
        auto [entry, is_new] = constants_.try_emplace(constant, ir::kNoSlot);
        if (is_new) entry->second = code_.constant(constant->value);
        return entry->second;
    }
    if (const auto* call = std::get_if<CallNode>(&node.what)) return expand(node, *call, {})[0];
    if (const auto* let = std::get_if<LetNode>(&node.what)) {
        slots_[let->variable] = value(*let->value);
        return value(*let->body);
    }
    if (const auto* choice = std::get_if<ConditionalNode>(&node.what))
        if (auto known = constant_condition(*choice->condition))
            return value(*known ? *choice->then : *choice->otherwise);
    SlotId slot = code_.slot(node.type);
    value_into(node, {slot, true});
    return slot;
}

void Lowering::value_into(const Node& node, Target target) {
    if (!code_.is_open()) return;
    std::visit([&](const auto& what) { into(node, what, target); }, node.what);
}

Target Lowering::target_for(const Variable& variable, const Node& value) {
    SlotId slot = slot_of(variable);
    bool free =
        is_built_in_steps(value) && variable.storage == ir::Storage::Local &&
        !questions_.reads(value, [&](const Variable& read) { return is_bound_to(read, slot); });
    return {slot, free};
}

std::vector<SlotId> Lowering::values(const std::vector<NodePtr>& nodes, std::size_t first) {
    std::vector<SlotId> slots;
    for (std::size_t k = first; k < nodes.size(); ++k) slots.push_back(value(*nodes[k]));
    return slots;
}

void Lowering::into(const Node& node, const ConstantNode&, Target target) {
    code_.copy(value(node), target.slot, statement(node.span));
}

void Lowering::into(const Node& node, const ReadNode&, Target target) {
    code_.copy(value(node), target.slot, statement(node.span));
}

void Lowering::into(const Node& node, const OperationNode& operation, Target target) {
    if (ir::is_in_place(operation.op)) return update_into(node, operation, target);
    std::vector<SlotId> operands = values(operation.operands);
    StatementId place = statement(node.span);
    bool reads_target = std::find(operands.begin(), operands.end(), target.slot) != operands.end();
    bool overlaps = reads_target && ir::info(operation.op).form != ir::Form::Elementwise;
    SlotId result = overlaps ? code_.slot(node.type) : target.slot;
    code_.emit(operation.op, result, std::move(operands), operation.attributes, place);
    code_.copy(result, target.slot, place);
}

// In place where the array to be changed is the target itself; else the array is copied to the
// target first.
void Lowering::update_into(const Node& node, const OperationNode& operation, Target target) {
    const Node& array = *operation.operands[0];
    const auto* read = std::get_if<ReadNode>(&array.what);
    bool in_place = read != nullptr && slot_of(*read->variable) == target.slot;
    StatementId place = statement(node.span);
    if (!in_place && !target.free) return code_.copy(value(node), target.slot, place);
    if (!in_place) value_into(array, target);
    std::vector<SlotId> operands = values(operation.operands, 1);
    for (SlotId& operand : operands) {
        if (operand != target.slot) continue;
        SlotId snapshot = code_.slot(code_.slot_at(operand).type);
        code_.copy(operand, snapshot, place);
        operand = snapshot;
    }
    operands.insert(operands.begin(), target.slot);
    code_.emit(operation.op, target.slot, std::move(operands), operation.attributes, place);
}

// The stream's position is a hidden state: the number of the next block, moved on by as many blocks
// as are drawn from.
void Lowering::into(const Node& node, const RandomNode&, Target target) {
    ir::Type counter{ir::DType::U64, {}};
    if (draws_ == ir::kNoSlot) draws_ = code_.slot(counter, ir::Storage::State, "$draws");
    std::int64_t per_block = 16 / ir::size_of(node.type.dtype);
    std::int64_t count = ir::element_count(node.type.shape);
    std::int64_t blocks = count / per_block + (count % per_block != 0 ? 1 : 0);
    StatementId place = statement(node.span);
    code_.emit(Op::RandomBits, target.slot, {draws_}, {}, place);
    code_.emit(Op::Add, draws_, {draws_, integer(ir::DType::U64, blocks)}, {}, place);
}

void Lowering::into(const Node& node, const ConditionalNode& choice, Target target) {
    if (auto known = constant_condition(*choice.condition))
        return value_into(*known ? *choice.then : *choice.otherwise, target);
    StatementId place = statement(node.span);
    if (!target.free) return code_.copy(value(node), target.slot, place);
    SlotId condition = value(*choice.condition);
    ir::RoutineId then = code_.routine(), otherwise = code_.routine(), join = code_.routine();
    code_.branch(condition, then, otherwise, statement(choice.condition->span));
    code_.open(then);
    value_into(*choice.then, target);
    code_.jump(join, place);
    code_.open(otherwise);
    value_into(*choice.otherwise, target);
    code_.jump(join, place);
    code_.open(join);
}

void Lowering::into(const Node& node, const ShortCircuitNode& choice, Target target) {
    StatementId place = statement(node.span);
    if (auto known = constant_condition(*choice.left)) {
        bool decided = *known != choice.is_and;
        return value_into(decided ? *choice.left : *choice.right, target);
    }
    if (questions_.is_harmless(*choice.right)) {
        SlotId left = value(*choice.left), right = value(*choice.right);
        return code_.emit(choice.is_and ? Op::And : Op::Or, target.slot, {left, right}, {}, place);
    }
    if (!target.free) return code_.copy(value(node), target.slot, place);
    value_into(*choice.left, target);
    ir::RoutineId evaluate = code_.routine(), join = code_.routine();
    code_.branch(target.slot, choice.is_and ? evaluate : join, choice.is_and ? join : evaluate,
                 statement(choice.left->span));
    code_.open(evaluate);
    value_into(*choice.right, target);
    code_.jump(join, place);
    code_.open(join);
}

void Lowering::into(const Node&, const LetNode& let, Target target) {
    slots_[let.variable] = value(*let.value);
    value_into(*let.body, target);
}

void Lowering::into(const Node& node, const CallNode& call, Target target) {
    StatementId place = statement(node.span);
    std::vector<SlotId> wanted;
    if (target.free) {
        wanted.assign(call.instance->results.size(), ir::kNoSlot);
        wanted[0] = target.slot;
    }
    code_.copy(expand(node, call, wanted)[0], target.slot, place);
}

void Lowering::into(const Node& node, const CollectiveNode& collective, Target target) {
    std::vector<SlotId> operands = values(collective.operands);
    StatementId place = statement(node.span);
    bool overlaps = std::find(operands.begin(), operands.end(), target.slot) != operands.end();
    SlotId result = overlaps ? code_.slot(node.type) : target.slot;
    code_.collective(collective.op, result, std::move(operands), place);
    code_.copy(result, target.slot, place);
}

}  // namespace dunlin::frontend
