// Expressions: literals, names, conditionals, arrays, comprehensions.

#include <cmath>
#include <limits>

#include "frontend/checker.hpp"
#include "frontend/walk.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

namespace {

// Expressions inside functions that are called inside expressions: together they nest no deeper
// than this. With the stack of large_stack.cpp that leaves 16 KiB a level, here and in lowering.
constexpr int kMaxNesting = 4000;

}  // namespace

Value Checker::expression(const ast::Expr& expr) {
    if (nesting_ >= kMaxNesting) {
        error(Code::nested_too_deeply, expr.span,
              "the calls and expressions around this nest too deeply", "",
              "give a part of the expression a name");
        return nothing();
    }
    ++nesting_;
    Value value = expression_here(expr);
    --nesting_;
    return value;
}

Value Checker::expression_here(const ast::Expr& expr) {
    ir::Span span = expr.span;
    return std::visit(
        Overloaded{
            [&](const ast::IntegerLiteral& node) { return integer_literal(node, span); },
            [&](const ast::FloatLiteral& node) {
                return constant_value(ir::scalar_constant(DType::F64, node.value), span, true);
            },
            [&](const ast::BoolLiteral& node) {
                return constant_value(ir::bool_constant(node.value), span);
            },
            [&](const ast::TextLiteral&) {
                error(Code::string_not_a_value, span, "", "",
                      "strings stand only in print, assert, fail, test and import");
                return nothing();
            },
            [&](const ast::NoneLiteral&) {
                error(Code::bad_index, span,
                      "None stands only as an index, for a new axis of size 1");
                return nothing();
            },
            [&](const ast::Identifier& node) { return identifier(node.name, span); },
            [&](const ast::Member& node) { return member(node, span); },
            [&](const ast::Unary& node) { return unary(node, span); },
            [&](const ast::Binary& node) {
                if (node.op == ast::BinaryOp::And || node.op == ast::BinaryOp::Or)
                    return logical(node, span);
                Value left = array(*node.left);
                Value right = array(*node.right);
                return binary(node.op, std::move(left), std::move(right), span);
            },
            [&](const ast::Conditional& node) { return conditional(node, span); },
            [&](const ast::Call& node) { return call(node, span); },
            [&](const ast::Index& node) { return index(node, span); },
            [&](const ast::ArrayLiteral& node) { return array_literal(node, span); },
            [&](const ast::Comprehension& node) { return comprehension(node, span); },
            [&](const ast::Lambda& node) { return function_value({&node, scope_}, span); },
            [&](const ast::OperatorFunction& node) {
                return function_value({node.op, nullptr}, span);
            },
            [&](const ast::Tuple& node) {
                Value tuple;
                tuple.kind = Value::Kind::Tuple;
                tuple.span = span;
                for (const auto& item : node.items) {
                    tuple.items.push_back(expression(*item));
                    if (!tuple.items.back()) return nothing();
                }
                return tuple;
            },
        },
        expr.node);
}

Value Checker::array(const ast::Expr& expr) {
    Value value = single(expression(expr));
    if (value) value.span = expr.span;
    return value;
}

Value Checker::single(Value value) {
    switch (value.kind) {
        case Value::Kind::Nothing:
        case Value::Kind::Array: return value;
        case Value::Kind::Function:
            error(Code::function_as_data, value.span, "a function stands where a value is wanted",
                  "this is a function", "call it, or hand it to a function that takes functions");
            return nothing();
        case Value::Kind::Tuple:
            error(Code::several_values, value.span, "", "this is " + describe(value),
                  "an array is written [a, b]");
            return nothing();
        case Value::Kind::Results:
            error(Code::several_values, value.span,
                  value.result_types.empty() ? "the function returns no value"
                                             : "the call gives several values",
                  "this gives " + describe(value),
                  value.result_types.empty() ? "" : "give each a name first: q, r = f(x)");
            return nothing();
    }
    return nothing();
}

Value Checker::integer_literal(const ast::IntegerLiteral& node, ir::Span span) {
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    if (node.negative) {
        if (node.value > kLargest + 1) {
            error(Code::literal_too_large, span, "", "",
                  "the least integer is -9223372036854775808");
            return nothing();
        }
        auto number = static_cast<std::int64_t>(~node.value + 1);
        return constant_value(ir::scalar_constant(DType::I64, number), span, true);
    }
    if (node.value > kLargest)
        return constant_value(ir::scalar_constant(DType::U64, node.value), span);
    return constant_value(ir::scalar_constant(DType::I64, node.value), span, true);
}

// --- names
// ----------------------------------------------------------------------------------------------------------

Binding* Checker::lookup(const std::string& name, ir::Span span) {
    for (Scope* scope = scope_; scope; scope = scope->parent) {
        if (auto found = scope->names.find(name); found != scope->names.end())
            return &found->second;
        // A name that the function assigns is its own, also before it is assigned.
        bool leaves_function =
            scope->frame && scope->parent && scope->parent->frame != scope->frame;
        if (leaves_function && scope->frame->names && scope->frame->names->count(name))
            return nullptr;
        // A name of a file that is not running: one of its constants.
        if (!scope->parent && scope->module && scope->module->names.count(name) &&
            (scope->module != main_module_ || in_test_))
            return module_constant(*scope->module, name, span);
    }
    return nullptr;
}

std::optional<FunctionValue> Checker::find_function(const std::string& name) {
    Module* module = scope_->module;
    if (auto own = module->functions.find(name); own != module->functions.end())
        return FunctionValue{FunctionRef{own->second, module}, nullptr};
    if (!module->library_module.empty())
        if (FunctionRef own = modules_.library_function(name, module->library_module))
            return FunctionValue{own, nullptr};
    if (auto builtin = find_builtin(name)) return FunctionValue{*builtin, nullptr};
    if (FunctionRef library = modules_.library_function(name))
        return FunctionValue{library, nullptr};
    return std::nullopt;
}

Value Checker::bound_value(const Binding& binding, ir::Span span) {
    if (binding.function) return function_value(*binding.function, span);
    Value value;
    if (binding.variable) {
        value = read(binding.variable, span);
        value.constant = binding.constant;
        return value;
    }
    if (!binding.constant) return nothing();  // its definition was in error
    return constant_value(*binding.constant, span, binding.weak);
}

Value Checker::identifier(const std::string& name, ir::Span span) {
    if (Binding* binding = lookup(name, span)) return bound_value(*binding, span);
    bool assigned_later = frame_->names && frame_->names->count(name);
    Scope* file = scope_;
    while (file->parent) file = file->parent;
    assigned_later = assigned_later || file->module->names.count(name);
    if (assigned_later) {
        if (!unassigned_.insert({frame_, name}).second) return nothing();  // said once
        error(Code::read_before_assigned, span, "'" + name + "' is read before it is assigned", "",
              file->names.count(name) && file != scope_
                  ? "a function has names of its own: hand '" + name + "' over as an argument"
                  : "assign it first, on a line before this one");
        return nothing();
    }
    if (auto function = find_function(name)) return function_value(*function, span);
    if (auto known = find_builtin_name(name)) return builtin_name(*known, span);
    error(Code::unknown_name, span, "unknown name '" + name + "'");
    return nothing();
}

Value Checker::builtin_name(BuiltinName name, ir::Span span) {
    auto number = [&](double value) {
        return constant_value(ir::scalar_constant(DType::F64, value), span, true);
    };
    auto identity = [&](Op op) { return operation(op, {}, {options_.int_type, {}}, span); };
    switch (name) {
        case BuiltinName::Inf: return number(std::numeric_limits<double>::infinity());
        case BuiltinName::Nan: return number(std::numeric_limits<double>::quiet_NaN());
        case BuiltinName::Pi: return number(3.141592653589793);
        case BuiltinName::E: return number(2.718281828459045);
        case BuiltinName::VmId: return identity(Op::VmId);
        case BuiltinName::VmCount: return identity(Op::VmCount);
    }
    return nothing();
}

Value Checker::member(const ast::Member& node, ir::Span span) {
    const auto* object = std::get_if<ast::Identifier>(&node.object->node);
    if (!object) return nothing();  // reported by the resolver
    Module* here = scope_->module;
    if (auto imported = here->imports.find(object->name); imported != here->imports.end()) {
        Module& module = *imported->second;
        if (auto function = module.functions.find(node.name.text);
            function != module.functions.end())
            return function_value({FunctionRef{function->second, &module}, nullptr}, span);
        if (module.names.count(node.name.text))
            if (Binding* binding = module_constant(module, node.name.text, span))
                return bound_value(*binding, span);
        return nothing();
    }
    if (auto library = here->library_imports.find(object->name);
        library != here->library_imports.end())
        if (FunctionRef function = modules_.library_function(node.name.text, library->second))
            return function_value({function, nullptr}, span);
    return nothing();
}

// --- operators that decide what is evaluated
// --------------------------------------------------------------------------

Value Checker::unary(const ast::Unary& node, ir::Span span) {
    Value operand = array(*node.operand);
    switch (node.op) {
        case ast::UnaryOp::Not: return logical_not(std::move(operand), span);
        case ast::UnaryOp::Negate: return negate(std::move(operand), span);
        case ast::UnaryOp::Complement: return complement(std::move(operand), span);
        case ast::UnaryOp::Plus:
            if (operand && operand.dtype() == DType::Bool) {
                error(Code::bool_arithmetic, span, "'+' does not take bool",
                      "this is " + describe(operand));
                return nothing();
            }
            return operand;
    }
    return nothing();
}

Value Checker::logical(const ast::Binary& node, ir::Span span) {
    Value left = array(*node.left);
    bool is_and = node.op == ast::BinaryOp::And;
    // What a load-time constant decides is not checked further: `rank(x) > 0 and len(x) > 2`.
    if (left && left.dtype() == DType::Bool && left.constant && left.type.is_scalar() &&
        left.constant->at<bool>() != is_and)
        return left;
    Value right = array(*node.right);
    if (!left || !right) return nothing();
    bool scalars = left.type.is_scalar() && right.type.is_scalar();
    bool bools = left.dtype() == DType::Bool && right.dtype() == DType::Bool;
    if (!scalars || !bools || right.is_pure_constant() || left.constant)
        return bitwise(node.op, std::move(left), std::move(right), span);
    checked::ShortCircuitNode result{is_and, take_node(std::move(left)),
                                     take_node(std::move(right))};
    return node_value(make_node(span, {DType::Bool, {}}, std::move(result)));
}

Value Checker::conditional(const ast::Conditional& node, ir::Span span) {
    Value test = condition(*node.condition);
    if (!test) return nothing();
    if (test.constant) return expression(test.constant->at<bool>() ? *node.then : *node.otherwise);
    Value then = array(*node.then);
    Value otherwise = array(*node.otherwise);
    if (!then || !otherwise) return nothing();
    auto meeting = meet(then, otherwise, span, "if");
    if (!meeting) return nothing();
    if (then.shape() != otherwise.shape()) {
        error(Code::type_mismatch, span, "the two sides of 'if' differ in shape",
              "one is " + describe(then) + ", the other is " + describe(otherwise));
        return nothing();
    }
    DType dtype = meeting->dtype;
    if (meeting->weak) dtype = ir::is_float(dtype) ? options_.float_type : options_.int_type;
    then = convert(std::move(then), dtype);
    otherwise = convert(std::move(otherwise), dtype);
    if (!then || !otherwise) return nothing();
    ir::Type type = then.type;
    return node_value(
        make_node(span, type,
                  checked::ConditionalNode{take_node(std::move(test)), take_node(std::move(then)),
                                           take_node(std::move(otherwise))}));
}

// --- arrays
// -----------------------------------------------------------------------------------------------------------

Value Checker::array_literal(const ast::ArrayLiteral& node, ir::Span span) {
    std::vector<Value> rows;
    for (const auto& item : node.items) {
        rows.push_back(array(*item));
        if (!rows.back()) return nothing();
    }
    return array_of(std::move(rows), span);
}

// Values of one shape as the rows of an array.
Value Checker::array_of(std::vector<Value> rows, ir::Span span) {
    if (rows.empty()) return constant_value({{DType::F64, {0}}, {}}, span, true);
    // The type that all have in common.
    Value common = constant_value(ir::scalar_constant(rows[0].dtype(), 0), span, rows[0].weak);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].shape() != rows[0].shape()) {
            error(Code::ragged_array, rows[i].span, "",
                  "this is " + describe(rows[i]) + ", the first is " + describe(rows[0]),
                  "all rows of an array have one shape");
            return nothing();
        }
        auto meeting = meet(common, rows[i], rows[i].span, "[ ]");
        if (!meeting) return nothing();
        common = constant_value(ir::scalar_constant(meeting->dtype, 0), span, meeting->weak);
    }
    bool all_constant = true;
    for (Value& row : rows) {
        bool weak = common.weak;
        if (row.dtype() != common.dtype()) row = convert(std::move(row), common.dtype());
        if (!row) return nothing();
        row.weak = weak;
        all_constant = all_constant && row.is_pure_constant();
    }
    ir::Type type{common.dtype(), rows[0].shape()};
    type.shape.insert(type.shape.begin(), static_cast<std::int64_t>(rows.size()));
    if (!fits_in_memory(type, span)) return nothing();
    if (all_constant) return constant_rows(rows, type, common.weak, span);
    for (Value& row : rows) {
        ir::Type row_type{common.dtype(), row.shape()};
        row_type.shape.insert(row_type.shape.begin(), 1);
        std::vector<Value> operand;
        operand.push_back(std::move(row));
        row = operation(Op::Reshape, std::move(operand), row_type, span);
    }
    return operation(Op::Concat, std::move(rows), type, span, {0});
}

Value Checker::constant_rows(const std::vector<Value>& rows, const ir::Type& type, bool weak,
                             ir::Span span) {
    ir::Constant constant{type, {}};
    for (const Value& row : rows)
        constant.bytes.insert(constant.bytes.end(), row.constant->bytes.begin(),
                              row.constant->bytes.end());
    return constant_value(std::move(constant), span, weak);
}

// A range as a value: an array of integers.
Value Checker::range(Value start, Value stop, ir::Span span) {
    if (!start || !stop) return nothing();
    for (const Value* bound : {&start, &stop}) {
        if (!bound->type.is_scalar() || !ir::is_integer(bound->dtype())) {
            error(Code::wrong_element_type, bound->span, "a range runs between integers",
                  "this is " + describe(*bound));
            return nothing();
        }
        if (!bound->constant) {
            error(Code::not_load_time_constant, bound->span,
                  "the length of a range must be known when the program is loaded",
                  "this is found while running", "'for' takes ranges of any length");
            return nothing();
        }
    }
    auto meeting = meet(start, stop, span, "..");
    if (!meeting) return nothing();
    DType dtype = meeting->weak ? options_.int_type : meeting->dtype;
    start = convert(std::move(start), dtype);
    stop = convert(std::move(stop), dtype);
    if (!start || !stop) return nothing();
    auto first = start.constant->at<std::int64_t>(), last = stop.constant->at<std::int64_t>();
    std::int64_t count = 0;
    if (last > first && __builtin_sub_overflow(last, first, &count))
        count = std::numeric_limits<std::int64_t>::max();
    return operation(Op::Iota, {}, {dtype, {count}}, span, {first, 1});
}

Value Checker::comprehension(const ast::Comprehension& node, ir::Span span) {
    scopes_.push_back({scope_, scope_->module, frame_, {}});
    Scope* outer = std::exchange(scope_, &scopes_.back());
    ++comprehension_depth_;
    checked::ComprehensionNode result;
    ir::Shape shape;
    bool failed = false;
    for (const ast::Generator& generator : node.generators) {
        ir::Type variable_type;
        auto loop = loop_over(*generator.source, true, variable_type);
        if (!loop) {
            failed = true;
            scope_->names[generator.variable.text] = Binding{};
            continue;
        }
        loop->variable =
            new_variable(generator.variable.text, variable_type, generator.variable.span);
        loop->variable->hidden = true;
        shape.push_back(*loop->trips);
        scopes_.push_back({scope_, scope_->module, frame_, {}});
        scope_ = &scopes_.back();
        Binding binding;
        binding.variable = loop->variable;
        scope_->names[generator.variable.text] = binding;
        result.loops.push_back(std::move(*loop));
    }
    Value body = materialise(array(*node.body));
    --comprehension_depth_;
    scope_ = outer;
    if (failed || !body) return nothing();
    ir::Type type = body.type;
    type.shape.insert(type.shape.begin(), shape.begin(), shape.end());
    if (!fits_in_memory(type, span)) return nothing();
    result.body = take_node(std::move(body));
    return node_value(make_node(span, type, std::move(result)));
}

}  // namespace dunlin::frontend
