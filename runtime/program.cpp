// Loading: from a file or a text to a Program.
#include "runtime/program.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "runtime/convert.hpp"
#include "stdlib/stdlib.hpp"

namespace dunlin {

namespace {

// No source is as long; reading more, for example of a device without end, would only fill the
// memory.
constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

struct FileCloser {
    void operator()(std::FILE* file) const {
        if (file != stdin) std::fclose(file);
    }
};

Result<std::string> read_text(const std::string& path) {
    std::unique_ptr<std::FILE, FileCloser> file(path == "-" ? stdin
                                                            : std::fopen(path.c_str(), "rbe"));
    auto failed = [&] {
        return Error{"file", "cannot read " + path + ": " + std::strerror(errno), ""};
    };
    if (!file) return failed();
    std::string text;
    char buffer[1 << 16];
    while (std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) {
        text.append(buffer, count);
        if (text.size() > kMaxFileBytes)
            return Error{"file", "cannot read " + path + ": it is longer than any program (64 MiB)",
                         ""};
    }
    if (std::ferror(file.get())) return failed();
    return text;
}

SourceRange range_of_span(const ir::SourceMap& sources, ir::Span span) {
    if (span.file >= sources.size()) return {};  // about no place in the source
    ir::Place begin = sources.place(span.file, span.begin);
    ir::Place end = sources.place(span.file, span.end);
    return {sources.name(span.file), begin.line, begin.column, end.line, end.column};
}

Diagnostic to_public(const ir::Diagnostic& diagnostic, const ir::SourceMap& sources) {
    Diagnostic result;
    result.severity = ir::is_warning(diagnostic.code) ? Severity::Warning : Severity::Error;
    result.code = ir::code_text(diagnostic.code);
    result.message = diagnostic.message.empty() ? std::string(ir::title_of(diagnostic.code))
                                                : diagnostic.message;
    result.label = diagnostic.label;
    result.help = diagnostic.help;
    result.range = range_of_span(sources, diagnostic.span);
    for (const auto& [span, text] : diagnostic.notes)
        result.notes.push_back({range_of_span(sources, span), text});
    result.rendered = ir::render(diagnostic, sources);
    return result;
}

Result<frontend::CompileOptions> compile_options(const LoadOptions& options) {
    frontend::CompileOptions result;
    result.int_type = runtime::to_ir(options.int_type);
    result.float_type = runtime::to_ir(options.float_type);
    if (options.int_type != DType::I32 && options.int_type != DType::I64)
        return Error{"bad_request",
                     "int can be i32 or i64, not " + std::string(name_of(options.int_type)), ""};
    if (options.float_type != DType::F32 && options.float_type != DType::F64)
        return Error{"bad_request",
                     "float can be f32 or f64, not " + std::string(name_of(options.float_type)),
                     ""};
    for (const auto& [name, text] : options.params) {
        auto literal = frontend::parse_literal(text);
        if (auto* message = std::get_if<std::string>(&literal))
            return Error{"bad_literal", "param " + name + ": " + *message, ""};
        result.params[name] = std::get<frontend::LiteralValue>(literal);
    }
    result.test = options.test.value_or(-1);
    result.library = &runtime::standard_library();
    result.read_file = [](const std::string& path) -> std::optional<std::string> {
        auto text = read_text(path);
        return text ? std::optional(*text) : std::nullopt;
    };
    return result;
}

std::vector<Param> to_public(const std::vector<frontend::ParamInfo>& params) {
    std::vector<Param> result;
    for (const frontend::ParamInfo& param : params) {
        auto value = std::make_shared<ir::Constant>(param.value);
        result.push_back({param.name, runtime::to_public(param.value.type),
                          format(runtime::to_array(value)), param.bound, param.line});
    }
    return result;
}

void fill_public_facts(Program::Implementation& program) {
    const frontend::Compiled& compiled = program.compiled;
    for (const ir::Diagnostic& diagnostic : compiled.diagnostics)
        program.diagnostics.push_back(to_public(diagnostic, compiled.sources));
    for (const frontend::Port& port : compiled.ports)
        program.ports.push_back({static_cast<PortKind>(port.kind), port.name,
                                 runtime::to_public(port.type), port.line});
    program.params = to_public(compiled.params);
    for (const frontend::TestInfo& test : compiled.tests)
        program.tests.push_back({test.name, test.line});
    for (const frontend::StageTiming& timing : compiled.timings)
        program.timings.push_back({timing.stage, timing.milliseconds});
}

constexpr std::string_view kPortKinds[] = {"input", "shared", "state", "output"};
static_assert(static_cast<int>(PortKind::Output) == static_cast<int>(frontend::PortKind::Output));

}  // namespace

std::string_view name_of(PortKind kind) {
    return kPortKinds[static_cast<int>(kind)];
}

std::string nearest_name(std::string_view wanted, const std::vector<std::string>& candidates) {
    return ir::nearest_name(wanted, candidates);
}

Program::Program(std::shared_ptr<const Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Result<Program> Program::from_file(const std::string& path, const LoadOptions& options) {
    auto text = read_text(path);
    if (!text) return text.error();
    return from_text(path == "-" ? "<stdin>" : path, *text, options);
}

Result<Program> Program::from_text(const std::string& name, const std::string& text,
                                   const LoadOptions& options) {
    auto for_compiler = compile_options(options);
    if (!for_compiler) return for_compiler.error();
    auto program = std::make_shared<Implementation>();
    program->file = name;
    program->text = text;
    program->options = options;
    program->compile_options = *for_compiler;
    program->compiled = frontend::compile(name, text, *for_compiler);
    fill_public_facts(*program);
    return Program(std::move(program));
}

Result<Program> Program::load_test(int number) const {
    LoadOptions options = implementation_->options;
    options.test = number;
    return from_text(implementation_->file, implementation_->text, options);
}

bool Program::ok() const {
    return implementation_->compiled.ok;
}
const std::vector<Diagnostic>& Program::diagnostics() const {
    return implementation_->diagnostics;
}
const std::string& Program::file() const {
    return implementation_->file;
}
const std::vector<Port>& Program::ports() const {
    return implementation_->ports;
}
const std::vector<Param>& Program::params() const {
    return implementation_->params;
}
const std::vector<TestBlock>& Program::tests() const {
    return implementation_->tests;
}
const std::vector<Timing>& Program::timings() const {
    return implementation_->timings;
}
bool Program::has_collectives() const {
    return implementation_->compiled.program.has_collectives();
}

bool Program::finish_compilations(double seconds) const {
    const auto time = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds));
    return implementation_->kernels.rest(std::chrono::steady_clock::now() + time);
}

const Port* Program::port(std::string_view name) const {
    for (const Port& port : ports())
        if (port.name == name) return &port;
    return nullptr;
}

std::string Program::source_line(const std::string& file, int line) const {
    const ir::SourceMap& sources = implementation_->compiled.sources;
    // A library file may be there in several pieces, each with some of its lines.
    for (ir::FileId id = 0; id < sources.size(); ++id) {
        if (sources.name(id) != file) continue;
        std::string_view text = sources.line_text(id, line);
        if (!text.empty()) return std::string(text);
    }
    return {};
}

}  // namespace dunlin

namespace dunlin::runtime {

const frontend::Library& standard_library() {
    static const frontend::Library library = [] {
        std::vector<frontend::LibraryFile> files;
        for (const stdlib::File& file : stdlib::files()) files.push_back({file.name, file.text});
        return frontend::Library(files);
    }();
    return library;
}

SourceRange range_of(const ir::Program& program, ir::StatementId id) {
    if (id >= program.statements.size()) return {};
    const ir::Statement& statement = program.statements[id];
    return {program.files[statement.file], statement.line, statement.column, statement.line,
            statement.end_column};
}

}  // namespace dunlin::runtime
