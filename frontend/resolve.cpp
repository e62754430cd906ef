#include "frontend/resolve.hpp"

#include <algorithm>
#include <set>

#include "frontend/builtins.hpp"
#include "frontend/walk.hpp"

namespace dunlin::frontend {

using ir::Code;

namespace {

// The names that can be seen at one place, innermost last.
using NameStack = std::vector<std::set<std::string>>;

// Functions in the order of the source, so that the same program always gives the same messages.
struct BySource {
    bool operator()(const ast::Function* a, const ast::Function* b) const {
        return a->name.span.begin < b->name.span.begin;
    }
};

// Which functions of a module each of its functions names.
using CallGraph = std::map<const ast::Function*,
                           std::vector<std::pair<const ast::Function*, ir::Span>>, BySource>;

// Walks one module: its statements, its functions and tests.
class Resolver {
  public:
    Resolver(ModuleSet& modules, Module& module, const ir::SourceMap& sources, Reporter& reporter)
        : modules_(modules), module_(module), sources_(sources), reporter_(reporter) {}

    void run() {
        std::set<std::string> file_names = names_of(module_.names);
        warn_of_redefined();
        scopes_.push_back(std::move(file_names));
        block(module_.statements);
        for (const auto& statement : module_.statements) {
            if (const auto* function = std::get_if<ast::Function>(&statement->node))
                resolve_function(*function);
            if (const auto* test = std::get_if<ast::Test>(&statement->node)) resolve_test(*test);
        }
    }

    const CallGraph& calls() const { return calls_; }

  private:
    static std::set<std::string> names_of(const NameTable& table) {
        std::set<std::string> names;
        for (const auto& [name, use] : table) names.insert(name);
        return names;
    }

    void warn_of_redefined();
    void warn_if_builtin(const std::string& name, ir::Span span);
    void resolve_function(const ast::Function& function);
    void resolve_test(const ast::Test& test);
    void block(const ast::Block& statements);
    void statement(const ast::Statement& statement);
    void check_place(const ast::Statement& statement);
    void expression(const ast::Expr& expr);
    void comprehension(const ast::Comprehension& node);
    void identifier(const std::string& name, ir::Span span);
    void member(const ast::Member& node);
    bool is_known(const std::string& name) const;
    std::vector<std::string> candidates() const;

    ModuleSet& modules_;
    Module& module_;
    const ir::SourceMap& sources_;
    Reporter& reporter_;
    NameStack scopes_;
    const ast::Function* function_ = nullptr;
    bool in_test_ = false;
    int block_depth_ = 0;
    int loop_depth_ = 0;
    CallGraph calls_;
};

void Resolver::warn_if_builtin(const std::string& name, ir::Span span) {
    // The functions of the library are many, and their names good words; they may be taken without
    // a word.
    const char* what = find_builtin(name)        ? "a built-in function"
                       : find_builtin_name(name) ? "a built-in name"
                                                 : nullptr;
    if (what)
        reporter_.report({Code::builtin_redefined,
                          span,
                          "'" + name + "' is " + what,
                          "redefined here",
                          "from here on the name means this program's own",
                          {}});
}

void Resolver::warn_of_redefined() {
    for (const auto& [name, use] : module_.names) warn_if_builtin(name, use.first);
    for (const auto& [name, function] : module_.functions)
        warn_if_builtin(name, function->name.span);
}

void Resolver::resolve_function(const ast::Function& function) {
    std::set<std::string> names = names_of(assigned_names(function.body));
    std::set<std::string> parameters;
    for (const ast::Parameter& parameter : function.parameters) {
        if (!parameters.insert(parameter.name.text).second)
            reporter_.report({Code::duplicate_definition,
                              parameter.name.span,
                              "two parameters are called '" + parameter.name.text + "'",
                              "",
                              "",
                              {}});
        if (parameter.default_value) expression(*parameter.default_value);
        if (parameter.type)  // a name in an annotation binds a size
            for (const auto& size : parameter.type->sizes)
                if (const auto* name = std::get_if<ast::Identifier>(&size->node))
                    names.insert(name->name);
    }
    names.insert(parameters.begin(), parameters.end());
    scopes_.push_back(std::move(names));
    function_ = &function;
    int outer_depth = std::exchange(block_depth_, 1);
    if (function.expression) expression(*function.expression);
    block(function.body);
    block_depth_ = outer_depth;
    function_ = nullptr;
    scopes_.pop_back();
}

void Resolver::resolve_test(const ast::Test& test) {
    scopes_.push_back(names_of(assigned_names(test.body)));
    in_test_ = true;
    block_depth_ = 1;
    block(test.body);
    block_depth_ = 0;
    in_test_ = false;
    scopes_.pop_back();
}

void Resolver::block(const ast::Block& statements) {
    for (const auto& each : statements) statement(*each);
}

void Resolver::statement(const ast::Statement& statement) {
    check_place(statement);
    bool loop = std::holds_alternative<ast::While>(statement.node) ||
                std::holds_alternative<ast::For>(statement.node);
    for_each_part(
        statement, [&](const ast::Expr& expr) { expression(expr); },
        [&](const ast::Block& body) {
            loop_depth_ += loop;
            ++block_depth_;
            block(body);
            --block_depth_;
            loop_depth_ -= loop;
        });
}

void Resolver::check_place(const ast::Statement& statement) {
    auto refuse = [&](Code code, const char* message, const char* help) {
        reporter_.report({code, statement.span, message, "", help, {}});
    };
    std::visit(
        Overloaded{
            [&](const ast::Break&) {
                if (!loop_depth_) refuse(Code::outside_loop, "'break' stands outside a loop", "");
            },
            [&](const ast::Continue&) {
                if (!loop_depth_)
                    refuse(Code::outside_loop, "'continue' stands outside a loop", "");
            },
            [&](const ast::Return&) {
                if (!function_)
                    refuse(Code::outside_function, "'return' stands outside a function",
                           "'halt' ends the program of a VM");
            },
            [&](const ast::Declaration&) {
                if (block_depth_)
                    refuse(Code::misplaced_statement, "a declaration stands at the top level only",
                           "declare it at the top level and assign to it here");
            },
            [&](const ast::Function&) {
                if (block_depth_)
                    refuse(Code::misplaced_statement, "a function stands at the top level only",
                           "a short one can be a lambda: f = x => x + 1");
            },
            [&](const ast::Test&) {
                if (block_depth_)
                    refuse(Code::misplaced_statement, "a test stands at the top level only", "");
            },
            [&](const ast::Import&) {
                if (block_depth_)
                    refuse(Code::misplaced_statement, "an import stands at the top level only", "");
            },
            [&](const auto&) {},
        },
        statement.node);
}

void Resolver::expression(const ast::Expr& expr) {
    if (const auto* name = std::get_if<ast::Identifier>(&expr.node)) {
        identifier(name->name, expr.span);
    } else if (const auto* access = std::get_if<ast::Member>(&expr.node)) {
        member(*access);
    } else if (const auto* lambda = std::get_if<ast::Lambda>(&expr.node)) {
        std::set<std::string> names;
        for (const ast::Name& parameter : lambda->parameters) names.insert(parameter.text);
        scopes_.push_back(std::move(names));
        expression(*lambda->body);
        scopes_.pop_back();
    } else if (const auto* array = std::get_if<ast::Comprehension>(&expr.node)) {
        comprehension(*array);
    } else {
        for_each_child(expr, [&](const ast::Expr& child) { expression(child); });
    }
}

void Resolver::comprehension(const ast::Comprehension& node) {
    std::size_t depth = scopes_.size();
    for (const ast::Generator& generator : node.generators) {
        expression(*generator.source);
        scopes_.push_back({generator.variable.text});
    }
    expression(*node.body);
    scopes_.resize(depth);
}

void Resolver::identifier(const std::string& name, ir::Span span) {
    bool shadowed = std::any_of(scopes_.begin(), scopes_.end(),
                                [&](const auto& scope) { return scope.count(name) > 0; });
    if (shadowed) return;
    if (auto function = module_.functions.find(name); function != module_.functions.end()) {
        if (function_) calls_[function_].emplace_back(function->second, span);
        return;
    }
    if (is_known(name)) return;
    std::string near = ir::nearest_name(name, candidates());
    reporter_.report({Code::unknown_name,
                      span,
                      "unknown name '" + name + "'",
                      "",
                      near.empty() ? "" : "did you mean '" + near + "'?",
                      {}});
}

void Resolver::member(const ast::Member& node) {
    const auto* object = std::get_if<ast::Identifier>(&node.object->node);
    auto refuse = [&](ir::Span span, const std::string& message,
                      const std::vector<std::string>& known) {
        std::string near = ir::nearest_name(sources_.text_of(span), known);
        reporter_.report({Code::unknown_name,
                          span,
                          message,
                          "",
                          near.empty() ? "" : "did you mean '" + near + "'?",
                          {}});
    };
    if (!object) return refuse(node.object->span, "only a module has names behind a dot", {});
    std::vector<std::string> known;
    if (auto module = module_.imports.find(object->name); module != module_.imports.end()) {
        for (const auto& [name, function] : module->second->functions) known.push_back(name);
        for (const auto& [name, use] : module->second->names) known.push_back(name);
    } else if (module_.library_imports.count(object->name)) {
        for (const LibraryPiece& piece : modules_.library()->pieces())
            if (piece.module == object->name) known.emplace_back(piece.name);
    } else {
        for (const auto& [name, module_here] : module_.imports) known.push_back(name);
        for (const auto& [name, module_name] : module_.library_imports) known.push_back(name);
        return refuse(node.object->span, "no module '" + object->name + "' is imported", known);
    }
    if (std::find(known.begin(), known.end(), node.name.text) == known.end())
        refuse(node.name.span, "'" + object->name + "' has no '" + node.name.text + "'", known);
}

bool Resolver::is_known(const std::string& name) const {
    return find_builtin(name) || find_builtin_name(name) || module_.imports.count(name) ||
           module_.library_imports.count(name) ||
           (modules_.library() && modules_.library()->find(name));
}

std::vector<std::string> Resolver::candidates() const {
    std::vector<std::string> names;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        names.insert(names.end(), scope->begin(), scope->end());
    for (const auto& [name, function] : module_.functions) names.push_back(name);
    for (Builtin builtin : all_builtins()) names.emplace_back(info(builtin).name);
    for (BuiltinName name : all_builtin_names()) names.emplace_back(info(name).name);
    if (modules_.library())
        for (const LibraryPiece& piece : modules_.library()->pieces())
            if (piece.module.empty()) names.emplace_back(piece.name);
    return names;
}

// Depth-first search for a function that reaches itself by name.
class RecursionFinder {
  public:
    RecursionFinder(const CallGraph& calls, Reporter& reporter)
        : calls_(calls), reporter_(reporter) {}

    void run() {
        for (const auto& [function, callees] : calls_) visit(function);
    }

  private:
    void visit(const ast::Function* function) {
        if (!done_.insert(function).second) return;
        path_.push_back(function);
        auto callees = calls_.find(function);
        if (callees != calls_.end()) {
            for (const auto& [callee, span] : callees->second) {
                auto start = std::find(path_.begin(), path_.end(), callee);
                if (start == path_.end()) {
                    visit(callee);
                } else {
                    report(start - path_.begin(), span);
                }
            }
        }
        path_.pop_back();
    }

    void report(std::ptrdiff_t start, ir::Span span) {
        std::string cycle;
        for (auto it = path_.begin() + start; it != path_.end(); ++it)
            cycle += (*it)->name.text + " -> ";
        cycle += path_[static_cast<std::size_t>(start)]->name.text;
        reporter_.report({Code::recursion,
                          span,
                          "a function cannot call itself: " + cycle,
                          "",
                          "VM memory is laid out at load; use a loop, with an array as the stack",
                          {}});
    }

    const CallGraph& calls_;
    Reporter& reporter_;
    std::set<const ast::Function*> done_;
    std::vector<const ast::Function*> path_;
};

}  // namespace

void resolve(ModuleSet& modules, const ir::SourceMap& sources, Reporter& reporter) {
    for (Module* module : modules.user_modules()) {
        Resolver resolver(modules, *module, sources, reporter);
        resolver.run();
        RecursionFinder(resolver.calls(), reporter).run();
    }
}

}  // namespace dunlin::frontend
