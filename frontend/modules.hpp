// The files of a program: the program's own, those it imports, and the pieces of the standard
// library that it uses. Each is parsed once, when it is first wanted.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "frontend/ast.hpp"
#include "frontend/compile.hpp"
#include "frontend/names.hpp"
#include "frontend/reporter.hpp"

namespace dunlin::frontend {

struct Module {
    std::string name;  // of the file, for messages
    ir::FileId file = 0;
    bool is_library = false;
    std::string library_module;  // a piece of stdlib/modules/NAME.dun sees NAME's other functions
                                 // unqualified
    ast::Block statements;
    std::map<std::string, const ast::Function*> functions;
    std::map<std::string, Module*> imports;  // by the word before the dot
    std::map<std::string, std::string>
        library_imports;  // the same, for modules of the standard library
    NameTable names;      // assigned at the top level
};

struct FunctionRef {
    const ast::Function* function = nullptr;
    Module* module = nullptr;  // where its names are looked up
    explicit operator bool() const { return function != nullptr; }
};

class ModuleSet {
  public:
    ModuleSet(const CompileOptions& options, ir::SourceMap& sources, Reporter& reporter)
        : options_(options), sources_(sources), reporter_(reporter) {}

    // Parses a program and all that it imports. Nothing is null, even when there were errors.
    Module& load_program(const std::string& file_name, const std::string& text);
    // A function of the standard library, parsed when first asked for.
    FunctionRef library_function(const std::string& name, const std::string& library_module = {});
    // Every module that is not of the library, the program first.
    std::vector<Module*> user_modules() const;
    const Library* library() const { return options_.library; }

  private:
    Module& add(const std::string& name, const std::string& text, int first_line, bool is_library);
    void define_functions(Module& module);
    void load_imports(Module& module);
    void import_library_module(Module& module, const ast::Import& import);
    void import_file(Module& module, const ast::Import& import);
    void check_imported(const Module& module, ir::Span import);

    const CompileOptions& options_;
    ir::SourceMap& sources_;
    Reporter& reporter_;
    std::vector<std::unique_ptr<Module>> modules_;
    std::map<std::string, Module*> by_path_;
    std::vector<std::string> importing_;  // paths, outermost first
    std::map<std::pair<std::string, std::string>, FunctionRef> library_functions_;
};

}  // namespace dunlin::frontend
