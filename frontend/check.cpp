// The program: declarations, tests, and the constants of other files.

#include "frontend/check.hpp"

#include "frontend/checker.hpp"

namespace dunlin::frontend {

using ir::Code;

namespace {

const char* word_for(PortKind kind) {
    switch (kind) {
        case PortKind::Input: return "an input";
        case PortKind::Shared: return "shared";
        case PortKind::State: return "a state";
        case PortKind::Output: return "an output";
    }
    return "";
}

}  // namespace

Checker::Checker(ModuleSet& modules, const ir::SourceMap& sources, const CompileOptions& options,
                 Reporter& reporter)
    : modules_(modules), sources_(sources), options_(options), reporter_(reporter) {}

// An error in a function is shown with the calls that led there; one in the library is shown at the
// user's call.
void Checker::error(Code code, ir::Span span, std::string message, std::string label,
                    std::string help) {
    ir::Diagnostic diagnostic{code, span, std::move(message), std::move(label), std::move(help),
                              {}};
    for (std::size_t i = call_stack_.size(); i-- > 0;) {
        const auto& [name, call_span] = call_stack_[i];
        if (sources_.is_library(diagnostic.span.file)) {
            if (sources_.is_library(call_span.file)) continue;
            diagnostic.notes.emplace_back(diagnostic.span,
                                          "found in '" + name + "', of the standard library");
            diagnostic.span = call_span;
        } else if (diagnostic.notes.size() < 4 && !sources_.is_library(call_span.file)) {
            diagnostic.notes.emplace_back(call_span, "in '" + name + "', called here");
        }
    }
    reporter_.report(std::move(diagnostic));
}

std::string Checker::describe_sides(const Value& left, const Value& right) const {
    constexpr std::size_t kShort = 24;
    auto words = [&](const Value& value, const char* otherwise) {
        std::string_view text = sources_.text_of(value.span);
        bool usable = !text.empty() && text.size() <= kShort &&
                      text.find('\n') == std::string_view::npos && !value.weak &&
                      !sources_.is_library(value.span.file);
        return usable ? std::string(text) : std::string(otherwise);
    };
    return words(left, "the left side") + " is " + describe(left) + ", " +
           words(right, "the right side") + " is " + describe(right);
}

Scope& Checker::module_scope(Module& module) {
    Scope*& scope = module_scopes_[&module];
    if (!scope) {
        scopes_.push_back({nullptr, &module, nullptr, {}});
        scope = &scopes_.back();
    }
    return *scope;
}

void Checker::start_main(Module& module, const NameTable& names) {
    main_module_ = &module;
    program_.instances.push_back(std::make_unique<checked::Instance>());
    program_.main = program_.instances.back().get();
    program_.main->name = "the program";
    program_.main->declared = {module.file, 0, 0};
    frames_.push_back({program_.main, &names, {}, 0, false});
    frame_ = &frames_.back();
    scope_ = &module_scope(module);
    scope_->frame = frame_;
    out_ = &program_.main->body;
}

void Checker::check_program(Module& module) {
    start_main(module, module.names);
    block(module.statements);
    check_options(module);
}

void Checker::check_test(Module& module, const ast::Test& test) {
    in_test_ = true;
    name_tables_.push_back(assigned_names(test.body));
    start_main(module, name_tables_.back());
    for (const auto& statement : module.statements) {
        const auto* node = std::get_if<ast::Declaration>(&statement->node);
        if (node && node->kind == ast::DeclarationKind::Param) declaration(*node, statement->span);
    }
    scopes_.push_back({scope_, &module, frame_, {}});
    scope_ = &scopes_.back();
    block(test.body);
    check_options(module);
}

void Checker::check_options(const Module& module) {
    std::vector<std::string> known;
    for (const auto& statement : module.statements)
        if (const auto* node = std::get_if<ast::Declaration>(&statement->node))
            if (node->kind == ast::DeclarationKind::Param) known.push_back(node->name.text);
    for (const auto& [name, value] : options_.params) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        std::string near = ir::nearest_name(name, known);
        error(Code::unknown_param, {module.file, 0, 0}, "the program has no param '" + name + "'",
              "", near.empty() ? "" : "did you mean '" + near + "'?");
    }
}

void Checker::declaration(const ast::Declaration& node, ir::Span span) {
    if (scope_->names.count(node.name.text)) {
        error(Code::duplicate_definition, node.name.span,
              "'" + node.name.text + "' is defined twice", "",
              node.kind == ast::DeclarationKind::Output
                  ? "once it is declared, assign to it without 'output'"
                  : "");
        return;
    }
    scope_->names[node.name.text] = Binding{};  // known, even when it turns out to be in error
    switch (node.kind) {
        case ast::DeclarationKind::Param: return param_declaration(node);
        case ast::DeclarationKind::Input: return port_declaration(node, span, PortKind::Input);
        case ast::DeclarationKind::Shared: return port_declaration(node, span, PortKind::Shared);
        case ast::DeclarationKind::State: return port_declaration(node, span, PortKind::State);
        case ast::DeclarationKind::Output: return port_declaration(node, span, PortKind::Output);
    }
}

void Checker::bind_param(const ast::Declaration& node, ir::Constant constant, bool bound) {
    Binding binding;
    binding.constant = constant;
    binding.read_only = "a param";
    scope_->names[node.name.text] = std::move(binding);
    int line = sources_.place(node.name.span.file, node.name.span.begin).line;
    params_.push_back({node.name.text, std::move(constant), bound, line});
}

void Checker::param_declaration(const ast::Declaration& node) {
    std::optional<ir::Type> type;
    if (node.type) {
        type = type_of(*node.type);
        if (!type) return;
    }
    auto given = options_.params.find(node.name.text);
    if (given == options_.params.end() && !node.value) {
        error(Code::param_unbound, node.name.span,
              "the param '" + node.name.text + "' has no value", "",
              "give it one with --param " + node.name.text + "=..., or a default here: param " +
                  node.name.text + " = ...");
        return;
    }
    std::optional<ir::Constant> value;
    if (node.value) {  // checked even when another value is given: it says the type
        Value found = array(*node.value);
        if (!found) return;
        if (!found.constant) {
            error(Code::not_load_time_constant, node.value->span,
                  "a param must be known when the program is loaded",
                  "this is found while running");
            return;
        }
        if (type) {
            auto fitted = fit_to(std::move(found), *type, node.value->span,
                                 "the param '" + node.name.text + "'", true);
            if (!fitted) return;
            found = std::move(*fitted);
        }
        found = materialise(std::move(found));
        if (!found) return;
        value = found.constant;
        type = found.type;
    }
    if (given == options_.params.end()) return bind_param(node, std::move(*value), false);
    ir::Type wanted = type ? *type : given->second.constant.type;
    if (!type && given->second.weak)
        wanted.dtype = ir::is_float(wanted.dtype) ? options_.float_type : options_.int_type;
    auto fitted = fit_literal(given->second, wanted);
    if (const auto* why = std::get_if<std::string>(&fitted)) {
        error(Code::bad_param_value, node.name.span,
              "the value given for the param '" + node.name.text + "' does not fit", *why);
        return;
    }
    bind_param(node, std::get<ir::Constant>(std::move(fitted)), true);
}

void Checker::port_declaration(const ast::Declaration& node, ir::Span span, PortKind kind) {
    bool from_host = kind == PortKind::Input || kind == PortKind::Shared;
    if (from_host && (!node.type || node.value)) {
        error(Code::unknown_type, node.name.span,
              std::string(word_for(kind)) + " has a type, and no value of its own", "",
              std::string("write, for example, ") +
                  (kind == PortKind::Input ? "input " : "shared ") + node.name.text +
                  ": float[3]; a 'param' has a default");
        return;
    }
    std::optional<ir::Type> type;
    if (node.type) {
        type = type_of(*node.type);
        if (!type) return;
    }
    std::optional<Value> value;
    if (node.value) {
        Value found = array(*node.value);
        if (!found) return;
        if (type) {
            value =
                fit_to(std::move(found), *type, node.value->span, "'" + node.name.text + "'", true);
            if (!value) return;
        } else {
            value = materialise(std::move(found));
            if (!*value) return;
            type = value->type;
        }
    }
    if (!type) {
        error(Code::unknown_type, node.name.span,
              "'" + node.name.text + "' needs a type or a value", "",
              std::string("write ") + (kind == PortKind::State ? "state " : "output ") +
                  node.name.text + ": float, or = a value");
        return;
    }
    checked::Variable* variable =
        new_variable(node.name.text, *type, node.name.span, storage_of(kind));
    Binding binding;
    binding.variable = variable;
    if (from_host) binding.read_only = word_for(kind);
    scope_->names[node.name.text] = std::move(binding);
    program_.ports.emplace_back(kind, variable);
    if (kind == PortKind::State && value)
        emit(span, checked::InitialiseState{variable, take_node(std::move(*value))});
    if (kind == PortKind::Output) {
        if (!value) {  // zero until it is assigned
            value = broadcast_value(constant_value(ir::scalar_constant(type->dtype, 0), span),
                                    type->shape, span);
            if (!*value) return;
        }
        store(variable, std::move(*value), span);
    }
}

// The value of a name of a file whose statements do not run: an imported file, or the file of a
// test.
Binding* Checker::module_constant(Module& module, const std::string& name, ir::Span use) {
    Scope& scope = module_scope(module);
    if (auto found = scope.names.find(name); found != scope.names.end()) return &found->second;
    const ast::Expr* expr = nullptr;
    for (const auto& statement : module.statements)
        if (const auto* assign = std::get_if<ast::Assign>(&statement->node))
            if (const auto* target = std::get_if<ast::Identifier>(&assign->targets[0]->node))
                if (target->name == name && assign->targets.size() == 1 &&
                    module.names.at(name).single())
                    expr = assign->value.get();
    Binding binding;
    Frame frame;
    checked::Instance scratch;
    checked::Block statements;
    frame.instance = &scratch;
    auto outer = std::make_tuple(scope_, frame_, out_);
    scope_ = &scope;
    frame_ = &frame;
    out_ = &statements;
    Value value;
    if (expr && evaluating_.insert({&module, name}).second) {
        value = expression(*expr);
        evaluating_.erase({&module, name});
    }
    if (value.is_array()) value = materialise(std::move(value));
    std::tie(scope_, frame_, out_) = outer;
    if (value.kind == Value::Kind::Function) {
        binding.function = value.function;
    } else if (value.is_array() && value.constant) {
        binding.constant = value.constant;
    } else {
        error(Code::not_load_time_constant, use, "'" + name + "' is not a constant of its file", "",
              in_test_ ? "a test sees the functions, params and constants of its file; its "
                         "statements do not run"
                       : "an imported file may define functions and constants");
    }
    binding.read_only = "a constant of another file";
    return &(scope.names[name] = std::move(binding));
}

CheckResult Checker::take() {
    return {std::move(program_), std::move(params_)};
}

CheckResult check(ModuleSet& modules, Module& module, const ast::Test* test,
                  const ir::SourceMap& sources, const CompileOptions& options, Reporter& reporter) {
    Checker checker(modules, sources, options, reporter);
    if (test) {
        checker.check_test(module, *test);
    } else {
        checker.check_program(module);
    }
    return checker.take();
}

}  // namespace dunlin::frontend
