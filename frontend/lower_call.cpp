#include <cassert>

#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using namespace checked;
using ir::SlotId;

// The slots of an instance are fresh at every expansion, so that what an earlier one handed back
// stays as it is.
std::vector<SlotId> Lowering::expand(const Node& node, const CallNode& call,
                                     const std::vector<SlotId>& wanted) {
    bind_arguments(call);
    ir::Span outer_place = user_place_;
    if (!sources_.is_library(node.span.file)) user_place_ = node.span;
    expansions_.push_back({call.instance, node.span, std::nullopt});
    ++expansion_count_;
    ++expansion_counts_[call.instance];
    std::vector<SlotId> results;
    if (code_.is_open() && !stops_growing(node.span)) {
        results = body_results(*call.instance, wanted);
    } else {
        for (const Variable* result : call.instance->results)
            results.push_back(code_.slot(result->type));
    }
    expansions_.pop_back();
    user_place_ = outer_place;
    return results;
}

// A parameter that the body does not assign is another name for its argument's slot: nothing can
// change that slot while the body runs. The arguments may expand the same instance, so all of them
// come before the first binding.
void Lowering::bind_arguments(const CallNode& call) {
    const Instance& instance = *call.instance;
    assert(call.arguments.size() == instance.parameters.size());
    std::vector<SlotId> arguments;
    for (std::size_t k = 0; k < call.arguments.size(); ++k) {
        const Variable& parameter = *instance.parameters[k];
        if (!instance.parameter_assigned[k]) {
            arguments.push_back(value(*call.arguments[k]));
            continue;
        }
        arguments.push_back(code_.slot(parameter.type, parameter.storage, parameter.name));
        value_into(*call.arguments[k], {arguments.back(), true});
    }
    for (const auto& variable : instance.variables) slots_.erase(variable.get());
    for (std::size_t k = 0; k < arguments.size(); ++k)
        slots_[instance.parameters[k]] = arguments[k];
}

std::vector<SlotId> Lowering::body_results(const Instance& instance,
                                           const std::vector<SlotId>& wanted) {
    std::vector<SlotId> results;
    auto wanted_slot = [&](std::size_t k) { return wanted.empty() ? ir::kNoSlot : wanted[k]; };
    if (questions_.returns_at_end(instance)) {
        lower(instance.body, instance.body.size() - 1, false);
        const auto& values = std::get<Return>(instance.body.back()->what).values;
        for (std::size_t k = 0; k < values.size(); ++k) {
            bool is_wanted = wanted_slot(k) != ir::kNoSlot;
            if (is_wanted) value_into(*values[k], {wanted_slot(k), true});
            results.push_back(is_wanted ? wanted_slot(k) : value(*values[k]));
        }
        return results;
    }
    for (std::size_t k = 0; k < instance.results.size(); ++k) {
        const Variable& result = *instance.results[k];
        if (wanted_slot(k) != ir::kNoSlot) slots_[&result] = wanted_slot(k);
        results.push_back(slot_of(result));
    }
    lower(instance.body, instance.body.size(), true);
    if (std::optional<ir::RoutineId> exit = expansions_.back().exit) {
        code_.jump(*exit, statement(expansions_.back().call));
        code_.open(*exit);
    }
    return results;
}

}  // namespace dunlin::frontend
