#include <algorithm>

#include "frontend/checked_walk.hpp"
#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using namespace checked;
using ir::Op;
using ir::SlotId;
using ir::StatementId;
using CheckedStatement = checked::Statement;

// The first `count` statements of the block.
void Lowering::lower(const Block& block, std::size_t count, bool last) {
    for (std::size_t k = 0; k < count; ++k) {
        const CheckedStatement& next = *block[k];
        if (!code_.is_open() || stops_growing(next.span)) return;
        std::visit([&](const auto& what) { lower(next, what, last && k + 1 == count); }, next.what);
    }
}

void Lowering::lower(const CheckedStatement&, const Assign& assign, bool) {
    value_into(*assign.value, target_for(*assign.target, *assign.value));
}

// All results are known before the first target is written, unless the call reads none of the
// targets.
void Lowering::lower(const CheckedStatement& at, const AssignResults& assign, bool) {
    const auto& call = std::get<CallNode>(assign.call->what);
    std::vector<SlotId> targets;
    bool free = true;
    for (const Variable* target : assign.targets) {
        targets.push_back(target != nullptr ? slot_of(*target) : ir::kNoSlot);
        free = free && (target == nullptr || target->storage == ir::Storage::Local);
    }
    free = free && !questions_.reads(*assign.call, [&](const Variable& read) {
        return std::any_of(targets.begin(), targets.end(),
                           [&](SlotId target) { return is_bound_to(read, target); });
    });
    std::vector<SlotId> results =
        expand(*assign.call, call, free ? targets : std::vector<SlotId>());
    copy_results(results, targets, statement(at.span));
}

// As if all at once: `a, b = b, a` exchanges.
void Lowering::copy_results(std::vector<SlotId> results, const std::vector<SlotId>& targets,
                            StatementId place) {
    for (std::size_t k = 0; k < targets.size(); ++k) {
        if (targets[k] == ir::kNoSlot) continue;
        auto later = results.begin() + static_cast<std::ptrdiff_t>(k) + 1;
        if (std::find(later, results.end(), targets[k]) != results.end()) {
            SlotId snapshot = code_.slot(code_.slot_at(targets[k]).type);
            code_.copy(targets[k], snapshot, place);
            std::replace(later, results.end(), targets[k], snapshot);
        }
        code_.copy(results[k], targets[k], place);
    }
}

void Lowering::lower(const CheckedStatement& at, const InitialiseState& initialise, bool) {
    StatementId place = statement(at.span);
    SlotId first = code_.slot({ir::DType::Bool, {}});
    code_.emit(Op::FirstTurn, first, {}, {}, place);
    ir::RoutineId assign = code_.routine(), join = code_.routine();
    code_.branch(first, assign, join, place);
    code_.open(assign);
    value_into(*initialise.value, target_for(*initialise.target, *initialise.value));
    code_.jump(join, place);
    code_.open(join);
}

void Lowering::lower(const CheckedStatement&, const Evaluate& evaluate, bool) {
    if (const auto* call = std::get_if<CallNode>(&evaluate.value->what))
        expand(*evaluate.value, *call, {});
    else
        value(*evaluate.value);
}

void Lowering::lower(const CheckedStatement& at, const If& choice, bool last) {
    if (auto known = constant_condition(*choice.condition)) {
        const Block& side = *known ? choice.then : choice.otherwise;
        return lower(side, side.size(), last);
    }
    StatementId place = statement(at.span);
    SlotId condition = value(*choice.condition);
    ir::RoutineId then = code_.routine(), join = code_.routine();
    ir::RoutineId otherwise = choice.otherwise.empty() ? join : code_.routine();
    code_.branch(condition, then, otherwise, statement(choice.condition->span));
    code_.open(then);
    lower(choice.then, choice.then.size(), last);
    code_.jump(join, place);
    if (otherwise != join) {
        code_.open(otherwise);
        lower(choice.otherwise, choice.otherwise.size(), last);
        code_.jump(join, place);
    }
    code_.open(join);
}

void Lowering::lower(const CheckedStatement& at, const Break&, bool) {
    code_.jump(loops_.back().exit, statement(at.span));
}

void Lowering::lower(const CheckedStatement& at, const Continue&, bool) {
    LoopFrame& frame = loops_.back();
    if (frame.head) return code_.jump(*frame.head, frame.statement, true);
    if (!frame.step) frame.step = code_.routine();
    code_.jump(*frame.step, statement(at.span));
}

void Lowering::lower(const CheckedStatement& at, const Return& result, bool last) {
    Expansion& expansion = expansions_.back();
    const auto& results = expansion.instance->results;
    for (std::size_t k = 0; k < result.values.size(); ++k)
        value_into(*result.values[k], {slot_of(*results[k]), true});
    if (last) return;  // the body falls through to its end
    if (!expansions_.back().exit) expansions_.back().exit = code_.routine();
    code_.jump(*expansions_.back().exit, statement(at.span));
}

void Lowering::lower(const CheckedStatement& at, const Halt&, bool) {
    code_.halt(statement(at.span));
}

void Lowering::lower(const CheckedStatement& at, const Require& require, bool) {
    SlotId condition = value(*require.condition);
    std::int64_t text = require.message ? code_.text(*require.message) : -1;
    code_.emit(Op::Require, ir::kNoSlot, {condition},
               {static_cast<std::int64_t>(require.fault), text}, statement(at.span));
}

void Lowering::lower(const CheckedStatement& at, const Print& print, bool) {
    std::vector<SlotId> operands;
    std::vector<std::int64_t> attributes;
    for (const PrintItem& item : print.items) {
        if (item.value) operands.push_back(value(*item.value));
        attributes.push_back(item.value ? -1 : code_.text(item.text));
    }
    code_.emit(Op::Print, ir::kNoSlot, std::move(operands), std::move(attributes),
               statement(at.span));
}

}  // namespace dunlin::frontend
