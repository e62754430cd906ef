#include "frontend/modules.hpp"

#include <algorithm>
#include <filesystem>

#include "frontend/parse.hpp"

namespace dunlin::frontend {

using ir::Code;

namespace {

// Imports of imports of imports: more is a circle by way of links between folders.
constexpr std::size_t kMaxImportDepth = 64;

// The path of an import counts from the folder of the file that it stands in.
std::string path_of(const std::string& importing, const std::string& words) {
    return (std::filesystem::path(importing).parent_path() / words).lexically_normal().string();
}

// "shapes/geometry.dun" is used as geometry.area(...).
std::string stem_of(const std::string& path) {
    return std::filesystem::path(path).stem().string();
}

bool is_identifier(const std::string& text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    return std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
}

}  // namespace

Module& ModuleSet::add(const std::string& name, const std::string& text, int first_line,
                       bool is_library) {
    auto module = std::make_unique<Module>();
    module->name = name;
    module->is_library = is_library;
    module->file = sources_.add(name, text, first_line, is_library);
    ParsedFile parsed = parse(sources_, module->file);
    reporter_.report_all(std::move(parsed.diagnostics));
    module->statements = std::move(parsed.statements);
    module->names = assigned_names(module->statements);
    modules_.push_back(std::move(module));
    Module& added = *modules_.back();
    define_functions(added);
    return added;
}

void ModuleSet::define_functions(Module& module) {
    for (const auto& statement : module.statements) {
        const auto* function = std::get_if<ast::Function>(&statement->node);
        if (!function) continue;
        auto [entry, is_new] = module.functions.try_emplace(function->name.text, function);
        const NameUse* name = nullptr;
        if (auto found = module.names.find(function->name.text); found != module.names.end())
            name = &found->second;
        if (is_new && !name) continue;
        ir::Span other = is_new ? name->first : entry->second->name.span;
        reporter_.report({Code::duplicate_definition,
                          function->name.span,
                          "'" + function->name.text + "' is defined twice",
                          "",
                          "give one of them another name",
                          {{other, "the other one"}}});
    }
}

Module& ModuleSet::load_program(const std::string& file_name, const std::string& text) {
    std::string path = std::filesystem::path(file_name).lexically_normal().string();
    importing_.push_back(path);
    Module& module = add(file_name, text, 1, false);
    by_path_[path] = &module;
    load_imports(module);
    importing_.pop_back();
    return module;
}

void ModuleSet::load_imports(Module& module) {
    for (const auto& statement : module.statements) {
        const auto* import = std::get_if<ast::Import>(&statement->node);
        if (!import) continue;
        if (import->is_path) {
            import_file(module, *import);
        } else {
            import_library_module(module, *import);
        }
    }
}

void ModuleSet::import_library_module(Module& module, const ast::Import& import) {
    const std::string& name = import.target.text;
    if (options_.library && options_.library->has_module(name)) {
        module.library_imports[name] = name;
        return;
    }
    std::vector<std::string> candidates;
    if (options_.library)
        for (const LibraryPiece& piece : options_.library->pieces())
            if (!piece.module.empty()) candidates.emplace_back(piece.module);
    std::string near = ir::nearest_name(name, candidates);
    reporter_.report({Code::import_not_found,
                      import.target.span,
                      "the standard library has no module '" + name + "'",
                      "",
                      near.empty() ? "a file is imported by its path: import \"" + name + ".dun\""
                                   : "did you mean '" + near + "'?",
                      {}});
}

void ModuleSet::import_file(Module& module, const ast::Import& import) {
    std::string path = path_of(module.name, import.target.text);
    std::string stem = stem_of(path);
    if (!is_identifier(stem)) {
        reporter_.report({Code::import_not_found,
                          import.target.span,
                          "'" + stem + "' cannot be used as a name",
                          "",
                          "rename the file: its functions are called as name.function(...)",
                          {}});
        return;
    }
    bool circle = std::find(importing_.begin(), importing_.end(), path) != importing_.end();
    if (circle || importing_.size() >= kMaxImportDepth) {
        reporter_.report({Code::import_cycle,
                          import.target.span,
                          "'" + path + "' imports itself, by way of this import",
                          "",
                          "move what both need into a third file",
                          {}});
        return;
    }
    Module*& known = by_path_[path];
    if (!known) {
        std::optional<std::string> text =
            options_.read_file ? options_.read_file(path) : std::nullopt;
        if (!text) {
            reporter_.report({Code::import_not_found,
                              import.target.span,
                              "cannot read '" + path + "'",
                              "",
                              "the path counts from the folder of the importing file",
                              {}});
            return;
        }
        importing_.push_back(path);
        Module& added = add(path, *text, 1, false);
        known = &added;
        check_imported(added, import.target.span);
        load_imports(added);
        importing_.pop_back();
    }
    module.imports[stem] = known;
}

void ModuleSet::check_imported(const Module& module, ir::Span import) {
    for (const auto& statement : module.statements) {
        bool allowed = std::holds_alternative<ast::Function>(statement->node) ||
                       std::holds_alternative<ast::Import>(statement->node) ||
                       std::holds_alternative<ast::Test>(statement->node);
        if (const auto* assign = std::get_if<ast::Assign>(&statement->node)) {
            const auto* name = std::get_if<ast::Identifier>(&assign->targets[0]->node);
            allowed = assign->targets.size() == 1 && !assign->op && name &&
                      module.names.at(name->name).single();
        }
        if (!allowed)
            reporter_.report({Code::statement_in_import,
                              statement->span,
                              "",
                              "",
                              "an imported file may define functions and constants",
                              {{import, "imported here"}}});
    }
}

FunctionRef ModuleSet::library_function(const std::string& name,
                                        const std::string& library_module) {
    auto [entry, is_new] = library_functions_.try_emplace({library_module, name});
    if (!is_new || !options_.library) return entry->second;
    const LibraryPiece* piece = options_.library->find(name, library_module);
    if (!piece) return entry->second;
    Module& module =
        add(std::string(piece->file), std::string(piece->text), piece->first_line, true);
    module.library_module = library_module;
    auto function = module.functions.find(name);
    if (function != module.functions.end()) entry->second = {function->second, &module};
    return entry->second;
}

std::vector<Module*> ModuleSet::user_modules() const {
    std::vector<Module*> result;
    for (const auto& module : modules_)
        if (!module->is_library) result.push_back(module.get());
    return result;
}

}  // namespace dunlin::frontend
