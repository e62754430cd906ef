// Statements.

#include <algorithm>

#include "frontend/checker.hpp"
#include "frontend/walk.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

// In a function, what follows a statement that never ends in the ordinary way is not checked: after
// a `return` that is decided at load, the rest may be meant for other types. In the program itself
// it is, since it may declare outputs.
bool Checker::block(const ast::Block& statements) {
    bool reachable = true;
    for (const auto& each : statements) {
        reachable = statement(*each) && reachable;
        if (!reachable && frame_->instance != program_.main) return false;
    }
    return reachable;
}

// Checks a block whose statements go into another one than the current.
bool Checker::nested(checked::Block& into, const ast::Block& statements) {
    checked::Block* outer = std::exchange(out_, &into);
    ++frame_->depth;
    bool reachable = block(statements);
    --frame_->depth;
    out_ = outer;
    return reachable;
}

bool Checker::statement(const ast::Statement& statement) {
    ir::Span span = statement.span;
    return std::visit(
        Overloaded{
            [&](const ast::Assign& node) { return assignment(node, span), true; },
            [&](const ast::If& node) { return if_statement(node, span); },
            [&](const ast::While& node) { return while_statement(node, span); },
            [&](const ast::For& node) { return for_statement(node, span), true; },
            [&](const ast::Break&) { return emit(span, checked::Break{}), false; },
            [&](const ast::Continue&) { return emit(span, checked::Continue{}), false; },
            [&](const ast::Return& node) { return return_statement(node, span), false; },
            [&](const ast::Halt&) {
                frame_->has_effects = true;
                return emit(span, checked::Halt{}), false;
            },
            [&](const ast::Assert& node) { return assert_statement(node, span), true; },
            [&](const ast::Fail& node) {
                frame_->has_effects = true;
                auto never = make_node(span, {DType::Bool, {}},
                                       checked::ConstantNode{ir::bool_constant(false)});
                emit(span, checked::Require{std::move(never), ir::Fault::Failed, node.message});
                return false;
            },
            [&](const ast::Print& node) { return print_statement(node, span), true; },
            [&](const ast::Function&) { return true; },  // checked where it is called
            [&](const ast::Test&) { return true; },
            [&](const ast::Import&) { return true; },
            [&](const ast::Declaration& node) { return declaration(node, span), true; },
            [&](const ast::ExpressionStatement& node) {
                return expression_statement(node, span), true;
            },
        },
        statement.node);
}

Value Checker::condition(const ast::Expr& expr) {
    Value value = array(expr);
    if (!value) return value;
    if (value.dtype() == DType::Bool && value.type.is_scalar()) return value;
    bool array_of_bool = value.dtype() == DType::Bool;
    error(Code::condition_not_scalar, expr.span, "a condition is a scalar bool",
          "this is " + describe(value),
          array_of_bool ? "say which is meant: any(...) or all(...)" : "compare it: x != 0");
    return nothing();
}

bool Checker::if_statement(const ast::If& node, ir::Span span) {
    return if_branch(node, 0, span);
}

bool Checker::if_branch(const ast::If& node, std::size_t index, ir::Span span) {
    if (index == node.branches.size()) return block(node.otherwise);
    const ast::IfBranch& branch = node.branches[index];
    Value test = condition(*branch.condition);
    if (test && test.constant)  // decided at load: the other side is not checked
        return test.constant->at<bool>() ? block(branch.body) : if_branch(node, index + 1, span);
    checked::If result;
    bool then_reaches = nested(result.then, branch.body);
    checked::Block* outer = std::exchange(out_, &result.otherwise);
    ++frame_->depth;
    bool else_reaches = if_branch(node, index + 1, span);
    --frame_->depth;
    out_ = outer;
    if (test) {
        result.condition = take_node(std::move(test));
        emit(span, std::move(result));
    } else {
        discard(std::move(result.then));
        discard(std::move(result.otherwise));
    }
    return then_reaches || else_reaches;
}

namespace {

// Whether a loop over `body` can be left by a break of its own.
bool has_break(const ast::Block& body) {
    return std::any_of(body.begin(), body.end(), [](const auto& statement) {
        if (std::holds_alternative<ast::Break>(statement->node)) return true;
        if (std::holds_alternative<ast::While>(statement->node) ||
            std::holds_alternative<ast::For>(statement->node))
            return false;
        bool found = false;
        for_each_part(
            *statement, [](const ast::Expr&) {},
            [&](const ast::Block& block) { found = found || has_break(block); });
        return found;
    });
}

}  // namespace

bool Checker::while_statement(const ast::While& node, ir::Span span) {
    frame_->has_effects = true;
    checked::While result;
    Value test = condition(*node.condition);
    bool endless = test && test.constant && test.constant->at<bool>() && !has_break(node.body);
    nested(result.body, node.body);
    if (!test) {
        discard(std::move(result.body));
        return true;
    }
    result.condition = take_node(std::move(test));
    emit(span, std::move(result));
    return !endless;
}

// The range or array that a loop runs over. Null after an error.
std::optional<checked::Loop> Checker::loop_over(const ast::Expr& source, bool in_comprehension,
                                                ir::Type& variable_type) {
    checked::Loop loop;
    const auto* binary = std::get_if<ast::Binary>(&source.node);
    if (!binary || binary->op != ast::BinaryOp::Range) {
        Value rows = materialise(array(source));
        if (!rows) return std::nullopt;
        if (rows.type.is_scalar()) {
            error(Code::cannot_iterate, source.span, "a scalar cannot be iterated",
                  "this is " + describe(rows), "to count, write 0 .. n");
            return std::nullopt;
        }
        variable_type = {rows.dtype(), ir::Shape(rows.shape().begin() + 1, rows.shape().end())};
        loop.trips = rows.shape()[0];
        loop.array = take_node(std::move(rows));
        return loop;
    }
    Value start = array(*binary->left), stop = array(*binary->right);
    if (!start || !stop) return std::nullopt;
    for (const Value* bound : {&start, &stop}) {
        if (bound->type.is_scalar() && ir::is_integer(bound->dtype())) continue;
        error(Code::wrong_element_type, bound->span, "a range runs between integers",
              "this is " + describe(*bound),
              ir::is_float(bound->dtype()) ? "convert it: int(x)" : "");
        return std::nullopt;
    }
    auto meeting = meet(start, stop, source.span, "..");
    if (!meeting) return std::nullopt;
    DType dtype = meeting->weak ? options_.int_type : meeting->dtype;
    start = convert(std::move(start), dtype);
    stop = convert(std::move(stop), dtype);
    if (!start || !stop) return std::nullopt;
    if (start.constant && stop.constant) {
        auto first = start.constant->at<std::int64_t>(), last = stop.constant->at<std::int64_t>();
        std::int64_t trips = 0;
        if (dtype == DType::U64) {
            auto low = start.constant->at<std::uint64_t>(),
                 high = stop.constant->at<std::uint64_t>();
            trips =
                high > low
                    ? static_cast<std::int64_t>(std::min<std::uint64_t>(high - low, ir::kMaxBytes))
                    : 0;
        } else if (last > first && __builtin_sub_overflow(last, first, &trips)) {
            trips = ir::kMaxBytes;
        }
        loop.trips = trips;
    } else if (in_comprehension) {
        error(Code::not_load_time_constant, source.span,
              "the length of an array must be known when the program is loaded",
              "this range is found while running", "a 'for' loop may run over it");
        return std::nullopt;
    }
    variable_type = {dtype, {}};
    loop.start = take_node(std::move(start));
    loop.stop = take_node(std::move(stop));
    return loop;
}

void Checker::for_statement(const ast::For& node, ir::Span span) {
    frame_->has_effects = true;
    ir::Type type;
    auto loop = loop_over(*node.source, false, type);
    const std::string& name = node.variable.text;
    auto known = scope_->names.find(name);
    if (!loop) {
        if (known == scope_->names.end()) scope_->names[name] = Binding{};
    } else if (known == scope_->names.end()) {
        loop->variable = new_variable(name, type, node.variable.span);
        Binding binding;
        binding.variable = loop->variable;
        scope_->names[name] = binding;
    } else {
        loop->variable = assignable(name, node.variable.span);
        if (loop->variable && loop->variable->type != type) {
            error(
                loop->variable->type.dtype != type.dtype ? Code::type_changed : Code::shape_changed,
                node.variable.span,
                "'" + name + "' is " + describe(loop->variable->type) + ", the loop gives " +
                    describe(type),
                "", "use another name for the loop");
            loop->variable = nullptr;
        }
    }
    checked::For result;
    nested(result.body, node.body);
    if (!loop || !loop->variable) return discard(std::move(result.body));
    result.loop = std::move(*loop);
    emit(span, std::move(result));
}

void Checker::return_statement(const ast::Return& node, ir::Span span) {
    PendingReturn pending;
    pending.conditional = frame_->depth > 0;
    pending.span = node.value ? node.value->span : span;
    if (node.value) {
        Value value = expression(*node.value);
        if (value.kind == Value::Kind::Tuple) {
            for (Value& item : value.items) pending.values.push_back(single(std::move(item)));
        } else if (value.kind == Value::Kind::Results && !value.result_types.empty()) {
            // return f(x), where f gives several values: they pass through hidden variables.
            std::vector<checked::Variable*> targets;
            for (const ir::Type& type : value.result_types)
                targets.push_back(hidden_variable(type, span));
            for (checked::Variable* target : targets) pending.values.push_back(read(target, span));
            emit(span, checked::AssignResults{targets, std::move(value.node)});
        } else {
            pending.values.push_back(single(std::move(value)));
        }
        for (const Value& each : pending.values)
            if (!each) pending.values.clear();
        if (pending.values.empty()) {
            frame_->returns.push_back({});  // in error: no result
            return;
        }
    }
    pending.statement = &emit(span, checked::Return{});
    frame_->returns.push_back(std::move(pending));
}

void Checker::assert_statement(const ast::Assert& node, ir::Span span) {
    frame_->has_effects = true;
    Value test = condition(*node.condition);
    if (!test) return;
    emit(span, checked::Require{take_node(std::move(test)), ir::Fault::AssertFailed, node.message});
}

void Checker::print_statement(const ast::Print& node, ir::Span span) {
    frame_->has_effects = true;
    checked::Print result;
    bool failed = false;
    for (const auto& item : node.items) {
        if (const auto* text = std::get_if<ast::TextLiteral>(&item->node)) {
            result.items.push_back({text->text, nullptr});
            continue;
        }
        Value value = materialise(array(*item));
        if (!value) {
            failed = true;
            continue;
        }
        result.items.push_back({"", take_node(std::move(value))});
    }
    if (!failed) emit(span, std::move(result));
}

void Checker::expression_statement(const ast::ExpressionStatement& node, ir::Span span) {
    if (!std::holds_alternative<ast::Call>(node.value->node)) {
        error(Code::value_unused, span, "", "", "give it a name: x = ..., or print it");
        return;
    }
    Value value = expression(*node.value);
    if (!value) return;
    // A call of a built-in has no effect but its value.
    bool effects = value.node && std::holds_alternative<checked::CallNode>(value.node->what);
    if (!effects) {
        error(Code::value_unused, span, "", "", "give it a name: x = ..., or print it");
        return;
    }
    emit(span, checked::Evaluate{std::move(value.node)});
}

}  // namespace dunlin::frontend
