#include "frontend/compile.hpp"

#include <chrono>

#include "frontend/assigned.hpp"
#include "frontend/builtins.hpp"
#include "frontend/check.hpp"
#include "frontend/large_stack.hpp"
#include "frontend/lower.hpp"
#include "frontend/parse.hpp"
#include "frontend/resolve.hpp"

namespace dunlin::frontend {

using ir::Code;

namespace {

// Times the stages one after the other.
class Stopwatch {
  public:
    explicit Stopwatch(std::vector<StageTiming>& timings) : timings_(timings) {}
    void finish(std::string stage) {
        auto now = std::chrono::steady_clock::now();
        timings_.push_back(
            {std::move(stage), std::chrono::duration<double, std::milli>(now - start_).count()});
        start_ = now;
    }

  private:
    std::vector<StageTiming>& timings_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::vector<const ast::Test*> tests_of(const Module& module) {
    std::vector<const ast::Test*> tests;
    for (const auto& statement : module.statements)
        if (const auto* test = std::get_if<ast::Test>(&statement->node)) tests.push_back(test);
    return tests;
}

// A pass knows statements; a person wants places.
ir::Diagnostic placed(const ir::Complaint& complaint, const std::vector<ir::Span>& spans) {
    ir::Diagnostic diagnostic{complaint.code,    spans[complaint.statement],
                              complaint.message, complaint.label,
                              complaint.help,    {}};
    for (const auto& [statement, text] : complaint.notes)
        diagnostic.notes.emplace_back(spans[statement], text);
    return diagnostic;
}

class Compilation {
  public:
    Compilation(const CompileOptions& options, Compiled& result)
        : options_(options), result_(result), watch_(result.timings) {}

    void run(const std::string& file_name, const std::string& text) {
        analyse(file_name, text);
        result_.diagnostics = reporter_.take();
        result_.ok = !reporter_.has_errors();
        if (!result_.ok) result_.program = {};
    }

  private:
    void analyse(const std::string& file_name, const std::string& text) {
        ModuleSet modules(options_, result_.sources, reporter_);
        Module& module = modules.load_program(file_name, text);
        result_.tree = print_tree(module.statements);
        std::vector<const ast::Test*> tests = tests_of(module);
        for (const ast::Test* test : tests)
            result_.tests.push_back({test->name, line_of(module, *test)});
        watch_.finish("parse");
        if (reporter_.has_errors()) return;

        resolve(modules, result_.sources, reporter_);
        watch_.finish("resolve");
        bool wants_test =
            options_.test >= 0 && static_cast<std::size_t>(options_.test) < tests.size();
        const ast::Test* test =
            wants_test ? tests[static_cast<std::size_t>(options_.test)] : nullptr;
        CheckResult checked = check(modules, module, test, result_.sources, options_, reporter_);
        result_.params = std::move(checked.params);
        if (!reporter_.has_errors())
            reporter_.report_all(find_unassigned(checked.program, result_.sources));
        watch_.finish("check");
        if (reporter_.has_errors()) return;

        Lowered lowered = lower(checked.program, result_.sources, options_.max_instructions);
        reporter_.report_all(std::move(lowered.diagnostics));
        result_.ports = std::move(lowered.ports);
        result_.program = std::move(lowered.program);
        watch_.finish("lower");
        if (reporter_.has_errors()) return;

        if (options_.observer) options_.observer("lower", result_.program);
        ir::PipelineReport report = ir::run_pipeline(result_.program, options_.observer);
        for (const ir::Complaint& complaint : report.complaints)
            reporter_.report(placed(complaint, lowered.statement_spans));
        for (const ir::PassTiming& pass : report.timings)
            result_.timings.push_back({"pass " + std::string(pass.name), pass.milliseconds});
        find_ports();
    }

    static int line_of_span(const ir::SourceMap& sources, ir::Span span) {
        return sources.place(span.file, span.begin).line;
    }

    int line_of(const Module& module, const ast::Test& test) const {
        for (const auto& statement : module.statements)
            if (std::get_if<ast::Test>(&statement->node) == &test)
                return line_of_span(result_.sources, statement->span);
        return 0;
    }

    // Passes renumber slots; the ports are found again by name and storage.
    void find_ports() {
        for (Port& port : result_.ports)
            for (ir::SlotId slot = 0; slot < result_.program.slots.size(); ++slot)
                if (result_.program.slots[slot].name == port.name &&
                    result_.program.slots[slot].storage == storage_of(port.kind))
                    port.slot = slot;
    }

    const CompileOptions& options_;
    Compiled& result_;
    Reporter reporter_;
    Stopwatch watch_;
};

}  // namespace

ir::Storage storage_of(PortKind kind) {
    switch (kind) {
        case PortKind::Input: return ir::Storage::Input;
        case PortKind::Shared: return ir::Storage::Shared;
        case PortKind::State: return ir::Storage::State;
        case PortKind::Output: return ir::Storage::Output;
    }
    return ir::Storage::Local;
}

Compiled compile(const std::string& file_name, const std::string& text,
                 const CompileOptions& options) {
    Compiled result;
    run_on_large_stack([&] { Compilation(options, result).run(file_name, text); });
    return result;
}

std::vector<DocEntry> documentation(const Library& library) {
    std::vector<DocEntry> entries;
    for (Builtin builtin : all_builtins()) {
        const BuiltinInfo& row = info(builtin);
        entries.push_back({std::string(row.name),
                           std::string(row.name) + "(" + std::string(row.parameters) + ")",
                           std::string(row.text), "built in"});
    }
    for (BuiltinName name : all_builtin_names())
        entries.push_back({std::string(info(name).name), std::string(info(name).name),
                           std::string(info(name).text), "built in"});
    run_on_large_stack([&] {
        for (const LibraryPiece& piece : library.pieces()) {
            ir::SourceMap sources;
            ParsedFile parsed =
                parse(sources, sources.add(std::string(piece.file), std::string(piece.text),
                                           piece.first_line, true));
            for (const auto& statement : parsed.statements) {
                const auto* function = std::get_if<ast::Function>(&statement->node);
                if (!function) continue;
                std::string name = (piece.module.empty() ? "" : std::string(piece.module) + ".") +
                                   function->name.text;
                std::string signature = name + "(";
                for (const ast::Parameter& parameter : function->parameters) {
                    if (signature.back() != '(') signature += ", ";
                    signature += parameter.name.text + (parameter.rest ? "..." : "");
                    if (parameter.default_value)
                        signature +=
                            " = " + std::string(sources.text_of(parameter.default_value->span));
                }
                int line = sources.place(function->name.span.file, function->name.span.begin).line;
                entries.push_back({name, signature + ")", function->doc,
                                   std::string(piece.file) + ":" + std::to_string(line)});
            }
        }
    });
    return entries;
}

}  // namespace dunlin::frontend
