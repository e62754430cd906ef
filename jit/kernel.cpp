#include "jit/kernel.hpp"

#include <chrono>

#include "jit/cache.hpp"
#include "jit/lanes/library.hpp"
#include "jit/lanes/prelude_text.hpp"

namespace dunlin::jit {

std::string whole_text(const KernelSource& source) {
    std::string text(kernel_abi_text());
    text += cpu_prelude_text(source.width, source.text);
    text += "namespace kernel = dunlin::kernel;\n";
    text += source.text;
    return text;
}

namespace {

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
std::string load(Kernel& kernel, std::string_view object, InstructionSet instruction_set) {
    auto loaded = MachineCode::load(object, lane_library(instruction_set));
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

std::variant<std::shared_ptr<const Kernel>, KernelFailure> build_kernel(
    KernelSource source, InstructionSet instruction_set) {
    const auto begin = std::chrono::steady_clock::now();
    auto kernel = std::make_shared<Kernel>();
    const std::string text = whole_text(source);
    const std::string key = cache_key(text, instruction_set);
    static KernelCache cache = KernelCache::of_environment();
    if (auto found = cache.load(key)) kernel->cached = load(*kernel, *found, instruction_set).empty();
    if (!kernel->cached) {
        CompileOptions options;
        options.instruction_set = instruction_set;
        auto compiled = compile_cpu(text, options);
        if (auto* failure = std::get_if<CompileFailure>(&compiled))
            return KernelFailure{failure->log, statement_in(failure->log)};
        const Compiled& object = std::get<Compiled>(compiled);
        kernel->times = object.times;
        if (std::string error = load(*kernel, object.bytes, instruction_set); !error.empty())
            return KernelFailure{error, std::nullopt};
        cache.store(key, object.bytes);
    }
    kernel->source = std::move(source);
    kernel->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return kernel;
}

}  // namespace dunlin::jit
