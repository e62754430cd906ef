// Instances: the body of a function checked for one combination of arguments, once.

#include <algorithm>

#include "frontend/checker.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;

namespace {

// Functions that call functions that are handed to them can go round without naming each other.
constexpr std::size_t kMaxCallDepth = 64;
// Larger constants are handed over while running.
constexpr std::int64_t kMaxConstantArgument = 64;

std::string identity_of(const FunctionValue& function) {
    auto pointer = [](const void* p) {
        return std::to_string(reinterpret_cast<std::uintptr_t>(p));
    };
    if (const auto* user = std::get_if<FunctionRef>(&function.what))
        return "f" + pointer(user->function);
    if (const auto* lambda = std::get_if<const ast::Lambda*>(&function.what))
        return "l" + pointer(*lambda) + "/" + pointer(function.scope);
    if (const auto* builtin = std::get_if<Builtin>(&function.what))
        return "b" + std::to_string(static_cast<int>(*builtin));
    return "o" + std::to_string(static_cast<int>(std::get<ast::BinaryOp>(function.what)));
}

}  // namespace

std::string Checker::key_of(const Value& value) const {
    if (value.kind == Value::Kind::Function) return identity_of(value.function);
    std::string key = ir::to_string(value.type);
    if (value.is_pure_constant()) {
        key += value.weak ? "~" : "=";
        key.append(reinterpret_cast<const char*>(value.constant->bytes.data()),
                   value.constant->bytes.size());
    }
    return key;
}

// After this a value is a function, a constant without a tree (known in the body at load), or a
// tree without a constant.
bool Checker::prepare_argument(Value& value, bool assigned) {
    if (value.kind == Value::Kind::Function) return true;
    if (value.kind == Value::Kind::Tuple) value = pack(std::move(value.items), value.span);
    value = single(std::move(value));
    if (value && assigned) value = materialise(std::move(value));
    if (!value) return false;
    bool as_constant = value.constant && !assigned && is_copyable(value) &&
                       (value.weak || value.constant->count() <= kMaxConstantArgument);
    if (as_constant) {
        value.node = nullptr;
    } else {
        if (!value.node)
            value.node = make_node(value.span, value.type, checked::ConstantNode{*value.constant});
        value.constant.reset();
    }
    return true;
}

Value Checker::call_instance(const Callee& callee, std::vector<Value> values, ir::Span span) {
    std::string key = callee.identity;
    for (std::size_t i = 0; i < values.size(); ++i) {
        bool assigned = callee.assigned && callee.assigned->count(callee.parameters[i]);
        if (!prepare_argument(values[i], assigned)) return nothing();
        key += "|" + key_of(values[i]);
    }
    auto known = instances_.find(key);
    if (known == instances_.end()) {
        if (call_stack_.size() >= kMaxCallDepth) {
            error(Code::recursion, span, "the calls go too deep", "",
                  "functions that are handed to each other must not come back to themselves");
            return nothing();
        }
        call_stack_.emplace_back(callee.name, span);
        CheckedInstance checked = instantiate(callee, values);
        call_stack_.pop_back();
        known = instances_.emplace(std::move(key), std::move(checked)).first;
    }
    const CheckedInstance& checked = known->second;
    if (checked.failed) return nothing();
    frame_->has_effects = frame_->has_effects || checked.has_effects;
    // Without effects a constant stands for the call, but what the arguments do is still done.
    bool arguments_matter = std::any_of(values.begin(), values.end(), [](const Value& value) {
        return value.node && !std::holds_alternative<checked::ReadNode>(value.node->what);
    });
    if (checked.constant && !checked.has_effects && !arguments_matter)
        return constant_value(*checked.constant, span, checked.weak);
    checked::CallNode node{checked.instance, {}};
    for (Value& value : values)
        if (value.node) node.arguments.push_back(std::move(value.node));
    ir::Type type = checked.results.empty() ? ir::Type{DType::Bool, {}} : checked.results[0];
    Value result = node_value(make_node(span, type, std::move(node)));
    result.constant = checked.constant;
    if (checked.weak)  // only literals without a tree are weak
        return convert(std::move(result),
                       ir::is_float(type.dtype) ? options_.float_type : options_.int_type);
    if (checked.results.size() == 1) return result;
    result.kind = Value::Kind::Results;
    result.result_types = checked.results;
    return result;
}

CheckedInstance Checker::instantiate(const Callee& callee, std::vector<Value>& values) {
    program_.instances.push_back(std::make_unique<checked::Instance>());
    CheckedInstance result;
    result.instance = program_.instances.back().get();
    result.instance->name = callee.name;
    result.instance->declared = callee.declared;
    frames_.push_back({result.instance, callee.assigned, {}, 0, false});
    scopes_.push_back({callee.parent, callee.parent->module, &frames_.back(), {}});
    auto outer = std::make_tuple(scope_, frame_, out_, comprehension_depth_);
    scope_ = &scopes_.back();
    frame_ = &frames_.back();
    out_ = &result.instance->body;
    comprehension_depth_ = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        bool assigned = callee.assigned && callee.assigned->count(callee.parameters[i]);
        bind_parameter(callee.parameters[i], values[i], assigned, callee.declared);
    }
    result.failed = callee.bind_sizes && !callee.bind_sizes();
    if (!result.failed) finish_returns(result, callee, check_body(callee));
    result.has_effects = frame_->has_effects;
    std::tie(scope_, frame_, out_, comprehension_depth_) = outer;
    return result;
}

// Whether the end of the body can be reached without a return.
bool Checker::check_body(const Callee& callee) {
    if (!callee.expression) return block(*callee.body);
    PendingReturn pending;
    pending.span = callee.expression->span;
    Value value = expression(*callee.expression);
    if (value.kind == Value::Kind::Tuple) {
        for (Value& item : value.items) pending.values.push_back(single(std::move(item)));
    } else {
        pending.values.push_back(single(std::move(value)));
    }
    bool failed = std::any_of(pending.values.begin(), pending.values.end(),
                              [](const Value& each) { return !each; });
    if (!failed) pending.statement = &emit(pending.span, checked::Return{});
    frame_->returns.push_back(std::move(pending));
    return false;
}

void Checker::bind_parameter(const std::string& name, const Value& value, bool assigned,
                             ir::Span declared) {
    Binding binding;
    if (value.kind == Value::Kind::Function) {
        binding.function = value.function;
    } else if (value.is_pure_constant()) {
        binding.constant = value.constant;
        binding.weak = value.weak;
    } else {
        binding.variable = new_variable(name, value.type, declared);
        frame_->instance->parameters.push_back(binding.variable);
        frame_->instance->parameter_assigned.push_back(assigned);
    }
    scope_->names[name] = std::move(binding);
}

// `b: float[n]`: n is bound to the size; another use of n, or any other expression, must agree with
// it.
bool Checker::bind_sizes(const ast::Function& function) {
    bool agree = true;
    for (const ast::Parameter& parameter : function.parameters) {
        if (!parameter.type) continue;
        const Binding& binding = scope_->names[parameter.name.text];
        ir::Shape shape = binding.variable   ? binding.variable->type.shape
                          : binding.constant ? binding.constant->type.shape
                                             : ir::Shape{};
        for (std::size_t axis = 0; axis < std::min(parameter.type->sizes.size(), shape.size());
             ++axis) {
            const ast::Expr& size = *parameter.type->sizes[axis];
            const auto* name = std::get_if<ast::Identifier>(&size.node);
            if (name && !scope_->names.count(name->name)) {
                Binding bound;
                bound.constant = ir::scalar_constant(options_.int_type, shape[axis]);
                bound.read_only = "a size";
                scope_->names[name->name] = std::move(bound);
                continue;
            }
            auto wanted = constant_integer(size);
            if (wanted && *wanted == shape[axis]) continue;
            agree = false;
            std::string found = "axis " + std::to_string(axis) + " of '" + parameter.name.text +
                                "' has size " + std::to_string(shape[axis]);
            error(Code::size_conflict, call_stack_.back().second,
                  wanted ? found + ", not " + std::to_string(*wanted) : found, "",
                  "the parameter is declared at '" + function.name.text + "'");
        }
    }
    return agree;
}

void Checker::finish_returns(CheckedInstance& result, const Callee& callee, bool end_reachable) {
    std::vector<PendingReturn>& returns = frame_->returns;
    bool failed = std::any_of(returns.begin(), returns.end(),
                              [](const PendingReturn& each) { return !each.statement; });
    if (failed) {
        result.failed = true;
        return;
    }
    bool gives_values = std::any_of(returns.begin(), returns.end(),
                                    [](const PendingReturn& each) { return !each.values.empty(); });
    if (!gives_values) return;
    if (end_reachable) {
        error(Code::missing_return, callee.declared,
              "'" + callee.name + "' can end without returning a value", "",
              "return a value after the last statement");
        result.failed = true;
        return;
    }
    result.failed = !unify_returns(returns, result, callee);
}

// Finds the types that all returns have in common, and converts each return to them.
bool Checker::unify_returns(std::vector<PendingReturn>& returns, CheckedInstance& result,
                            const Callee& callee) {
    std::size_t count = returns[0].values.size();
    bool only_one = returns.size() == 1 && !returns[0].conditional;
    for (PendingReturn& each : returns) {
        if (each.values.size() == count) continue;
        error(Code::unequal_returns, each.span,
              "'" + callee.name + "' returns " + std::to_string(count) +
                  " values elsewhere, here " + std::to_string(each.values.size()));
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        Value common = constant_value(ir::scalar_constant(returns[0].values[i].dtype(), 0),
                                      returns[0].span, returns[0].values[i].weak);
        const ir::Shape shape = returns[0].values[i].shape();
        for (PendingReturn& each : returns) {
            Value& value = each.values[i];
            if (value.shape() != shape) {
                error(Code::unequal_returns, each.span, "",
                      "this is " + describe(value) + ", elsewhere it has shape " +
                          ir::to_string(shape));
                return false;
            }
            auto meeting = meet(common, value, each.span, "return");
            if (!meeting) return false;
            common =
                constant_value(ir::scalar_constant(meeting->dtype, 0), each.span, meeting->weak);
        }
        if (only_one && count == 1 && returns[0].values[0].constant) {
            result.constant = returns[0].values[0].constant;
            result.weak = returns[0].values[0].weak;
        }
        DType dtype = !common.weak                   ? common.dtype()
                      : ir::is_float(common.dtype()) ? options_.float_type
                                                     : options_.int_type;
        bool weak_stays = result.constant && result.weak && !frame_->has_effects;
        if (!weak_stays && result.constant && result.weak) {
            Value strong = convert(constant_value(*result.constant, returns[0].span, true), dtype);
            if (!strong) return false;
            result.constant = strong.constant;
            result.weak = false;
        }
        if (weak_stays)
            dtype = common.dtype();  // the call stands for its constant: its body is never run
        for (PendingReturn& each : returns) {
            bool weak = each.values[i].weak;
            Value value = weak_stays && weak ? std::move(each.values[i])
                                             : convert(std::move(each.values[i]), dtype);
            if (!value) return false;
            std::get<checked::Return>(each.statement->what)
                .values.push_back(take_node(std::move(value)));
        }
        result.results.push_back({dtype, shape});
        result.instance->results.push_back(hidden_variable({dtype, shape}, callee.declared));
    }
    return true;
}

}  // namespace dunlin::frontend
