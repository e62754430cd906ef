// Calls: which function is called, and which argument is for which parameter.

#include <algorithm>

#include "frontend/check_builtin.hpp"
#include "frontend/checker.hpp"

namespace dunlin::frontend {

using ir::Code;

namespace {

std::string signature_of(const ast::Function& function) {
    std::string text = function.name.text + "(";
    for (const ast::Parameter& parameter : function.parameters) {
        if (text.back() != '(') text += ", ";
        text += parameter.name.text;
        if (parameter.rest) text += "...";
        if (parameter.default_value) text += " = ...";
    }
    return text + ")";
}

std::string pointer_text(const void* pointer) {
    return std::to_string(reinterpret_cast<std::uintptr_t>(pointer));
}

}  // namespace

Value Checker::call(const ast::Call& node, ir::Span span) {
    Value callee = expression(*node.callee);
    auto given = arguments(node);
    if (!callee || !given) return nothing();
    if (callee.kind != Value::Kind::Function) {
        error(Code::not_a_function, node.callee->span, "this is not a function",
              "this is " + describe(callee),
              callee.is_array() ? "elements are taken with [ ]" : "");
        return nothing();
    }
    return call_function(callee.function, std::move(*given), span);
}

std::optional<Checker::Arguments> Checker::arguments(const ast::Call& node) {
    Arguments result;
    bool failed = false;
    for (const ast::Argument& argument : node.arguments) {
        Value value = expression(*argument.value);
        if (value.kind == Value::Kind::Results) value = single(std::move(value));
        failed = failed || !value;
        value.span = argument.value->span;
        if (argument.name) {
            result.named.emplace_back(*argument.name, std::move(value));
        } else if (!result.named.empty()) {
            error(Code::wrong_argument_count, argument.value->span,
                  "an argument without a name after one with a name");
            failed = true;
        } else {
            result.positional.push_back(std::move(value));
        }
    }
    if (failed) return std::nullopt;
    return result;
}

Value Checker::call_function(const FunctionValue& function, Arguments arguments, ir::Span span) {
    if (const auto* user = std::get_if<FunctionRef>(&function.what))
        return call_user(*user, std::move(arguments), span);
    if (const auto* builtin = std::get_if<Builtin>(&function.what)) {
        BuiltinChecker checker(*this, *builtin, span);
        return checker.call(std::move(arguments.positional), std::move(arguments.named));
    }
    if (const auto* op = std::get_if<ast::BinaryOp>(&function.what))
        return call_operator(*op, std::move(arguments), span);
    return call_lambda(function, std::move(arguments), span);
}

void Checker::wrong_count(const std::string& name, const std::string& signature, std::size_t given,
                          ir::Span span) {
    error(Code::wrong_argument_count, span,
          "'" + name + "' does not take " + std::to_string(given) +
              (given == 1 ? " argument" : " arguments"),
          "", "it is " + signature);
}

Value Checker::call_operator(ast::BinaryOp op, Arguments arguments, ir::Span span) {
    std::string name = "(" + std::string(ast::text_of(op)) + ")";
    if (arguments.positional.size() != 2 || !arguments.named.empty()) {
        wrong_count(name, name + "(left, right)",
                    arguments.positional.size() + arguments.named.size(), span);
        return nothing();
    }
    Value left = single(std::move(arguments.positional[0]));
    Value right = single(std::move(arguments.positional[1]));
    return binary(op, std::move(left), std::move(right), span);
}

Value Checker::call_lambda(const FunctionValue& function, Arguments arguments, ir::Span span) {
    const auto& lambda = *std::get<const ast::Lambda*>(function.what);
    if (arguments.positional.size() != lambda.parameters.size() || !arguments.named.empty()) {
        std::string signature = "(";
        for (const ast::Name& parameter : lambda.parameters)
            signature += (signature.size() > 1 ? ", " : "") + parameter.text;
        wrong_count("the lambda", signature + ") => ...",
                    arguments.positional.size() + arguments.named.size(), span);
        return nothing();
    }
    Callee callee;
    callee.name = "a lambda";
    callee.identity = "lambda " + pointer_text(&lambda) + " " + pointer_text(function.scope);
    callee.declared = lambda.body->span;
    for (const ast::Name& parameter : lambda.parameters)
        callee.parameters.push_back(parameter.text);
    callee.parent = function.scope;
    callee.expression = lambda.body.get();
    return call_instance(callee, std::move(arguments.positional), span);
}

const NameTable& Checker::names_assigned_by(const ast::Function& function) {
    const NameTable*& table = table_of_[&function];
    if (!table) {
        name_tables_.push_back(assigned_names(function.body));
        table = &name_tables_.back();
    }
    return *table;
}

Value Checker::call_user(const FunctionRef& function, Arguments arguments, ir::Span span) {
    const ast::Function& node = *function.function;
    auto values = match_parameters(node, *function.module, std::move(arguments), span);
    if (!values) return nothing();
    Callee callee;
    callee.name = node.name.text;
    callee.identity = "function " + pointer_text(&node);
    callee.declared = node.name.span;
    for (const ast::Parameter& parameter : node.parameters)
        callee.parameters.push_back(parameter.name.text);
    callee.assigned = &names_assigned_by(node);
    callee.parent = &module_scope(*function.module);
    callee.bind_sizes = [this, &node] { return bind_sizes(node); };
    callee.expression = node.expression.get();
    callee.body = &node.body;
    return call_instance(callee, std::move(*values), span);
}

std::optional<std::vector<Value>> Checker::match_parameters(const ast::Function& function,
                                                            Module& module, Arguments arguments,
                                                            ir::Span span) {
    const auto& parameters = function.parameters;
    std::size_t given = arguments.positional.size() + arguments.named.size();
    std::vector<Value> values(parameters.size());
    std::vector<bool> set(parameters.size(), false);
    std::size_t next = 0;
    for (std::size_t i = 0; i < parameters.size() && next < arguments.positional.size(); ++i) {
        if (!parameters[i].rest) {
            values[i] = std::move(arguments.positional[next++]);
            set[i] = true;
            continue;
        }
        std::vector<Value> rest(std::make_move_iterator(arguments.positional.begin() +
                                                        static_cast<std::ptrdiff_t>(next)),
                                std::make_move_iterator(arguments.positional.end()));
        next = arguments.positional.size();
        values[i] = pack(std::move(rest), span);
        set[i] = true;
        if (!values[i]) return std::nullopt;
    }
    if (next < arguments.positional.size()) {
        wrong_count(function.name.text, signature_of(function), given, span);
        return std::nullopt;
    }
    for (auto& [name, value] : arguments.named) {
        auto found = std::find_if(
            parameters.begin(), parameters.end(),
            [&](const ast::Parameter& parameter) { return parameter.name.text == name.text; });
        if (found == parameters.end() ||
            set[static_cast<std::size_t>(found - parameters.begin())]) {
            std::vector<std::string> known;
            for (const ast::Parameter& parameter : parameters) known.push_back(parameter.name.text);
            std::string near = found == parameters.end() ? ir::nearest_name(name.text, known) : "";
            error(
                Code::unknown_argument, name.span,
                found == parameters.end()
                    ? "'" + function.name.text + "' has no argument '" + name.text + "'"
                    : "the argument '" + name.text + "' is given twice",
                "",
                near.empty() ? "it is " + signature_of(function) : "did you mean '" + near + "'?");
            return std::nullopt;
        }
        auto i = static_cast<std::size_t>(found - parameters.begin());
        values[i] = std::move(value);
        set[i] = true;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!set[i] && parameters[i].rest) {
            values[i] = constant_value(ir::vector_constant(options_.int_type, {}), span);
        } else if (!set[i] && parameters[i].default_value) {
            values[i] = default_value(parameters[i], module);
        } else if (!set[i]) {
            wrong_count(function.name.text, signature_of(function), given, span);
            return std::nullopt;
        }
        if (values[i].kind == Value::Kind::Tuple)
            values[i] = pack(std::move(values[i].items), values[i].span);
        if (parameters[i].type)
            values[i] = fit_annotation(parameters[i], std::move(values[i]), module);
        if (!values[i]) return std::nullopt;
    }
    return values;
}

// A default is looked up where the function is written, not where it is called.
Value Checker::default_value(const ast::Parameter& parameter, Module& module) {
    Scope* outer = std::exchange(scope_, &module_scope(module));
    Value value = expression(*parameter.default_value);
    scope_ = outer;
    return value;
}

Value Checker::fit_annotation(const ast::Parameter& parameter, Value value, Module& module) {
    value = single(std::move(value));
    if (!value) return value;
    Scope* outer = std::exchange(scope_, &module_scope(module));
    auto dtype = element_type(parameter.type->element);
    scope_ = outer;
    if (!dtype) return nothing();
    if (value.shape().size() != parameter.type->sizes.size()) {
        error(Code::type_mismatch, value.span,
              "the parameter '" + parameter.name.text + "' has " +
                  std::to_string(parameter.type->sizes.size()) +
                  (parameter.type->sizes.size() == 1 ? " axis" : " axes"),
              "this is " + describe(value));
        return nothing();
    }
    ir::Span span = value.span;
    ir::Type type{*dtype, value.shape()};
    auto fitted =
        fit_to(std::move(value), type, span, "the parameter '" + parameter.name.text + "'", false);
    if (!fitted) return nothing();
    return std::move(*fitted);
}

// Several values as one array: (2, 3) where an array is wanted, and `dims...`. A single array is
// taken as it is.
Value Checker::pack(std::vector<Value> items, ir::Span span) {
    if (items.size() == 1 && items[0].kind == Value::Kind::Tuple)
        return pack(std::move(items[0].items), span);
    if (items.size() == 1 && items[0].is_array() && !items[0].type.is_scalar())
        return std::move(items[0]);
    if (items.empty()) return constant_value(ir::vector_constant(options_.int_type, {}), span);
    std::vector<Value> rows;
    for (Value& item : items) {
        rows.push_back(single(std::move(item)));
        if (!rows.back()) return nothing();
    }
    return array_of(std::move(rows), span);
}

}  // namespace dunlin::frontend
