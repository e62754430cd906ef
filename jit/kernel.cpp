#include "jit/kernel.hpp"

#include <chrono>

#include "jit/lanes/library.hpp"
#include "jit/lanes/prelude_text.hpp"

namespace dunlin::jit {

std::string whole_text(const KernelSource& source) {
    std::string text(kernel_abi_text());
    text += cpu_prelude_text(source.elements ? 16 : source.width, source.text);
    text += "namespace kernel = dunlin::kernel;\n";
    text += source.text;
    return text;
}

KernelCache& kernel_cache() {
    static KernelCache cache = KernelCache::of_environment();
    return cache;
}

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Kernel text says with #line which statement it belongs to: "statement:13:5: error: ..." is about
// statement 12.
std::optional<ir::StatementId> statement_in(const std::string& log) {
    const std::string mark = "statement:";
    const std::size_t at = log.find(mark);
    if (at == std::string::npos) return std::nullopt;
    const unsigned long line = std::strtoul(log.c_str() + at + mark.size(), nullptr, 10);
    if (line == 0) return std::nullopt;
    return static_cast<ir::StatementId>(line - 1);
}

// Empty, or what is wrong with the object.
std::string load(Kernel& kernel, std::string_view object) {
    auto loaded = MachineCode::load(object, lane_library(kernel.instruction_set));
    if (auto* failure = std::get_if<LoadFailure>(&loaded)) return failure->message;
    kernel.code = std::move(std::get<MachineCode>(loaded));
    kernel.function = kernel.code.function<KernelFunction>("dunlin_kernel");
    return kernel.function != nullptr ? "" : "the object has no function of the kernel's name";
}

std::string cache_key(const std::string& text, InstructionSet instruction_set) {
    std::string key(cpu_compiler_version());
    key += '\n';
    key += name_of(instruction_set);
    key += '\n';
    key += text;
    return key;
}

}  // namespace

KernelBuild::KernelBuild(KernelSource source, InstructionSet instruction_set)
    : source_(std::move(source)),
      instruction_set_(instruction_set),
      text_(whole_text(source_)),
      key_(cache_key(text_, instruction_set)) {}

std::shared_ptr<const Kernel> KernelBuild::from_cache() {
    const auto begin = Clock::now();
    const auto object = kernel_cache().load(key_);
    if (!object) return nullptr;
    auto kernel = std::make_shared<Kernel>();
    kernel->instruction_set = instruction_set_;
    if (!load(*kernel, *object).empty()) return nullptr;
    kernel->source = std::move(source_);
    kernel->cached = true;
    kernel->loading = seconds_since(begin);
    return kernel;
}

BuiltKernel KernelBuild::compile() {
    CompileOptions options;
    options.instruction_set = instruction_set_;
    auto compiled = compile_cpu(text_, options);
    if (auto* failure = std::get_if<CompileFailure>(&compiled))
        return KernelFailure{failure->log, statement_in(failure->log), failure->no_compiler};
    object_ = std::move(std::get<Compiled>(compiled).bytes);
    const auto begin = Clock::now();
    auto kernel = std::make_shared<Kernel>();
    kernel->instruction_set = instruction_set_;
    kernel->times = std::get<Compiled>(compiled).times;
    if (std::string error = load(*kernel, object_); !error.empty())
        return KernelFailure{error, std::nullopt, false};
    kernel->source = std::move(source_);
    kernel->loading = seconds_since(begin);
    return kernel;
}

void KernelBuild::store() {
    if (!object_.empty()) kernel_cache().store(key_, object_);
}

}  // namespace dunlin::jit
