// Assignment in all its forms.

#include "frontend/checker.hpp"
#include "frontend/walk.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

namespace {

// Load-time constants larger than this are kept in their variable only.
constexpr std::int64_t kMaxNamedConstant = 4096;

// Whether a value of type `from` may become one of type `to` without being asked: nothing but
// precision may be lost.
bool widens(DType from, DType to) {
    if (from == to) return true;
    if (from == DType::Bool || to == DType::Bool) return false;
    if (ir::is_float(to)) return !ir::is_float(from) || ir::size_of(from) < ir::size_of(to);
    if (ir::is_float(from)) return false;
    if (ir::kind_of(from) == ir::kind_of(to)) return ir::size_of(from) < ir::size_of(to);
    return ir::kind_of(to) == ir::Kind::Signed && ir::size_of(from) < ir::size_of(to);
}

}  // namespace

checked::Variable* Checker::new_variable(const std::string& name, ir::Type type, ir::Span span,
                                         ir::Storage storage) {
    auto variable = std::make_unique<checked::Variable>();
    variable->name = name;
    variable->type = std::move(type);
    variable->storage = storage;
    variable->declared = span;
    frame_->instance->variables.push_back(std::move(variable));
    return frame_->instance->variables.back().get();
}

checked::Variable* Checker::hidden_variable(const ir::Type& type, ir::Span span) {
    checked::Variable* variable = new_variable("", type, span);
    variable->hidden = true;
    return variable;
}

Value Checker::read(checked::Variable* variable, ir::Span span) {
    return node_value(make_node(span, variable->type, checked::ReadNode{variable}));
}

// A value that is used twice is computed once, unless it is a constant or a variable that stays as
// it is meanwhile.
Value Checker::hold(Value value) {
    if (!value || is_copyable(value)) return value;
    ir::Span span = value.span;
    checked::Variable* variable = hidden_variable(value.type, span);
    std::optional<ir::Constant> constant = value.constant;
    store(variable, std::move(value), span);
    Value held = read(variable, span);
    held.constant = std::move(constant);
    return held;
}

void Checker::store(checked::Variable* target, Value value, ir::Span span) {
    emit(span, checked::Assign{target, take_node(std::move(value))});
}

// Makes the value fit a type that has been said before. `what` is the subject of the message:
// "'x'".
std::optional<Value> Checker::fit_to(Value value, const ir::Type& type, ir::Span span,
                                     const std::string& what, bool may_broadcast) {
    if (!value) return std::nullopt;
    bool literal_fits = value.weak && type.dtype != DType::Bool &&
                        (!ir::is_float(value.dtype()) || ir::is_float(type.dtype));
    if (!literal_fits && (value.weak || !widens(value.dtype(), type.dtype))) {
        std::string help = "convert it: " + std::string(ir::name_of(type.dtype)) + "(...)";
        if (ir::is_float(value.dtype()) && ir::is_integer(type.dtype))
            help += ", or make " + what + " a float where it is first assigned";
        error(Code::type_changed, span,
              what + " is " + describe(type) + ", this is " + describe(value), "", help);
        return std::nullopt;
    }
    bool fits =
        may_broadcast ? ir::broadcasts_to(value.shape(), type.shape) : value.shape() == type.shape;
    if (!fits) {
        error(Code::shape_changed, span,
              what + " is " + describe(type) + ", this is " + describe(value), "",
              ir::broadcasts_to(value.shape(), type.shape)
                  ? "to fill what is there, write x[:] = ..."
                  : "a name keeps the shape of its first assignment");
        return std::nullopt;
    }
    Value converted = broadcast_value(convert(std::move(value), type.dtype), type.shape, span);
    if (!converted) return std::nullopt;
    return converted;
}

// The variable behind a name that may be assigned; null after an error, or when the name is new.
checked::Variable* Checker::assignable(const std::string& name, ir::Span span) {
    auto found = scope_->names.find(name);
    if (found == scope_->names.end()) return nullptr;
    const Binding& binding = found->second;
    if (binding.read_only || binding.function) {
        error(Code::read_only_name, span,
              "'" + name + "' is " + (binding.function ? "a function" : binding.read_only) +
                  " and cannot be assigned",
              "", "assign to another name: copy = " + name);
        return nullptr;
    }
    return binding.variable;
}

void Checker::assignment(const ast::Assign& node, ir::Span span) {
    if (node.targets.size() > 1) return assign_several(node, span);
    if (node.type) return assign_typed(node, span);
    if (node.op) return assign_compound(node, span);
    const ast::Expr& target = *node.targets[0];
    assign_target(target, expression(*node.value), span);
}

void Checker::assign_target(const ast::Expr& target, Value value, ir::Span span) {
    if (const auto* name = std::get_if<ast::Identifier>(&target.node)) {
        assign_name(name->name, target.span, std::move(value), span);
    } else if (const auto* place = std::get_if<ast::Index>(&target.node)) {
        value = single(std::move(value));
        if (value) assign_indexed(*place, std::nullopt, std::move(value), span);
    }
}

void Checker::assign_name(const std::string& name, ir::Span name_span, Value value, ir::Span span) {
    bool known = scope_->names.count(name) > 0;
    if (!known && value.kind == Value::Kind::Function) {
        auto use = frame_->names ? frame_->names->find(name) : NameTable::const_iterator{};
        if (frame_->names && use != frame_->names->end() && use->second.single()) {
            scope_->names[name].function = value.function;
            return;
        }
        error(Code::function_as_data, name_span,
              "a name that stands for a function is assigned once", "",
              "which function is called must be known when the program is loaded");
        scope_->names[name] = Binding{};
        return;
    }
    if (known) {  // after an error at its first assignment, a name says no more
        const Binding& binding = scope_->names[name];
        if (!binding.variable && !binding.constant && !binding.function) return;
    }
    value = single(std::move(value));
    if (!known) return bind_new_name(name, name_span, std::move(value), span);
    checked::Variable* variable = assignable(name, name_span);
    if (!variable || !value) return;
    auto fitted = fit_to(std::move(value), variable->type, name_span, "'" + name + "'", false);
    if (fitted) store(variable, std::move(*fitted), span);
}

void Checker::bind_new_name(const std::string& name, ir::Span name_span, Value value,
                            ir::Span span) {
    Binding binding;
    value = materialise(std::move(value));
    if (value) {
        binding.variable = new_variable(name, value.type, name_span);
        auto use = frame_->names ? frame_->names->find(name) : NameTable::const_iterator{};
        bool once = frame_->names && use != frame_->names->end() && use->second.single();
        if (once && value.constant && value.constant->count() <= kMaxNamedConstant)
            binding.constant = value.constant;
        store(binding.variable, std::move(value), span);
    }
    scope_->names[name] = std::move(binding);
}

void Checker::assign_typed(const ast::Assign& node, ir::Span span) {
    const ast::Expr& target = *node.targets[0];
    const auto* name = std::get_if<ast::Identifier>(&target.node);
    if (!name) {
        error(Code::bad_target, target.span, "an element of an array has its type already", "",
              "leave the type out");
        return;
    }
    auto type = type_of(*node.type);
    Value value = array(*node.value);
    if (type && value) {
        auto fitted =
            fit_to(std::move(value), *type, node.value->span, "'" + name->name + "'", true);
        if (fitted) return assign_name(name->name, target.span, std::move(*fitted), span);
    }
    scope_->names.try_emplace(name->name);
}

void Checker::assign_compound(const ast::Assign& node, ir::Span span) {
    const ast::Expr& target = *node.targets[0];
    Value value = array(*node.value);
    if (const auto* place = std::get_if<ast::Index>(&target.node)) {
        if (value) assign_indexed(*place, node.op, std::move(value), span);
        return;
    }
    const std::string& name = std::get<ast::Identifier>(target.node).name;
    Value old = array(target);
    checked::Variable* variable = assignable(name, target.span);
    if (!old || !value || !variable) return;
    Value result = binary(*node.op, std::move(old), std::move(value), span);
    auto fitted = fit_to(std::move(result), variable->type, span, "'" + name + "'", false);
    if (fitted) store(variable, std::move(*fitted), span);
}

// q, r = f(x)      a, b = b, a
void Checker::assign_several(const ast::Assign& node, ir::Span span) {
    Value value = expression(*node.value);
    std::size_t wanted = node.targets.size();
    std::size_t found = value.kind == Value::Kind::Tuple     ? value.items.size()
                        : value.kind == Value::Kind::Results ? value.result_types.size()
                                                             : 1;
    if (!value || found != wanted) {
        if (value)
            error(Code::wrong_value_count, span,
                  std::to_string(wanted) + " names, but " + std::to_string(found) +
                      (found == 1 ? " value" : " values"),
                  "",
                  found == 1 && value.is_array() ? "an array is taken apart by indices: a = x[0]"
                                                 : "");
        for (const auto& target : node.targets)
            if (const auto* name = std::get_if<ast::Identifier>(&target->node))
                scope_->names.try_emplace(name->name);
        return;
    }
    if (value.kind == Value::Kind::Results) return assign_results(node, std::move(value), span);
    // All values are found before the first name changes.
    std::vector<Value> held;
    for (Value& item : value.items) {
        Value one = single(std::move(item));
        bool moves = one && one.node != nullptr;
        if (moves) {
            checked::Variable* variable = hidden_variable(one.type, span);
            std::optional<ir::Constant> constant = one.constant;
            store(variable, std::move(one), span);
            one = read(variable, span);
            one.constant = std::move(constant);
        }
        held.push_back(std::move(one));
    }
    for (std::size_t i = 1; i < wanted; ++i) probe_target(*node.targets[i], span);
    for (std::size_t i = 0; i < wanted; ++i)
        assign_target(*node.targets[i], std::move(held[i]), span);
}

void Checker::assign_results(const ast::Assign& node, Value results, ir::Span span) {
    std::vector<checked::Variable*> hidden;
    for (const ir::Type& type : results.result_types) hidden.push_back(hidden_variable(type, span));
    emit(span, checked::AssignResults{hidden, std::move(results.node)});
    for (std::size_t i = 1; i < hidden.size(); ++i) probe_target(*node.targets[i], span);
    for (std::size_t i = 0; i < hidden.size(); ++i)
        assign_target(*node.targets[i], read(hidden[i], span), span);
}

namespace {

bool has_call(const ast::Expr& expr) {
    bool found = std::holds_alternative<ast::Call>(expr.node);
    for_each_child(expr, [&](const ast::Expr& child) { found = found || has_call(child); });
    return found;
}

}  // namespace

// A statement that faults writes nothing. Of several targets the later ones are read before the
// first is written, so that an index out of range is found in time. (A call in an index is made
// only once, so there the fault may come after the first targets have been written.)
void Checker::probe_target(const ast::Expr& target, ir::Span span) {
    const auto* place = std::get_if<ast::Index>(&target.node);
    if (!place || has_call(target)) return;
    for (const ast::Subscript& subscript : place->subscripts) {
        if (subscript.is_slice || std::holds_alternative<ast::NoneLiteral>(subscript.index->node))
            continue;
        Value value = array(*subscript.index);
        if (!value || value.dtype() == DType::Bool) return;  // a mask cannot fault
    }
    Value probe = index(*place, target.span);
    if (!probe || !probe.node) return;
    checked::Variable* variable = hidden_variable(probe.type, span);
    store(variable, std::move(probe), span);
}

}  // namespace dunlin::frontend
