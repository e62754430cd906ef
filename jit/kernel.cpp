#include "jit/kernel.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>

#include "jit/lanes/library.hpp"
#include "jit/lanes/prelude_text.hpp"

namespace dunlin::jit {

namespace {

std::string with_prelude(const KernelSource& source, std::string_view own) {
    std::string text(kernel_abi_text());
    text += cpu_prelude_text(source.elements ? 16 : source.width, own);
    text += "namespace kernel = dunlin::kernel;\n";
    text += own;
    return text;
}

}  // namespace

std::string whole_text(const KernelSource& source) {
    return with_prelude(source, source.text);
}

std::vector<std::string> texts_in_parts(const KernelSource& source, std::size_t most) {
    const std::size_t functions = source.ends.empty() ? 0 : source.ends.size() - 1;
    const std::size_t count = std::min(most, functions);
    if (count <= 1) return {whole_text(source)};
    const std::string_view text = source.text;
    const std::size_t shared = source.ends[0];
    std::vector<std::string> parts;
    std::size_t begin = shared;
    for (std::size_t k = 1; k < source.ends.size(); ++k) {
        const std::size_t fair = shared + (text.size() - shared) * (parts.size() + 1) / count;
        const std::size_t end = source.ends[k];
        if (end < fair && k + 1 < source.ends.size()) continue;
        std::string own(text.substr(0, shared));
        own += text.substr(begin, end - begin);
        parts.push_back(with_prelude(source, own));
        begin = end;
    }
    return parts;
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
std::string load(Kernel& kernel, std::span<const std::string_view> objects) {
    auto loaded = MachineCode::load(objects, lane_library(kernel.instruction_set));
    if (auto* failure = std::get_if<LoadFailure>(&loaded)) return failure->message;
    kernel.code = std::move(std::get<MachineCode>(loaded));
    kernel.function = kernel.code.function<KernelFunction>("dunlin_kernel");
    return kernel.function != nullptr ? "" : "the object has no function of the kernel's name";
}

// Objects one after the other, each behind its size, as they lie in the cache.
std::string packed(const std::vector<std::string_view>& objects) {
    std::string bytes;
    for (std::string_view object : objects) {
        const std::uint64_t size = object.size();
        bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
        bytes += object;
    }
    return bytes;
}

// Nothing if these bytes are something else.
std::vector<std::string_view> unpacked(std::string_view bytes) {
    std::vector<std::string_view> objects;
    while (!bytes.empty()) {
        std::uint64_t size = 0;
        if (bytes.size() < sizeof size) return {};
        std::memcpy(&size, bytes.data(), sizeof size);
        bytes.remove_prefix(sizeof size);
        if (bytes.size() < size) return {};
        objects.push_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return objects;
}

// Each text in a thread of its own.
std::vector<std::variant<Compiled, CompileFailure>> compile_all(
    const std::vector<std::string>& texts, const CompileOptions& options) {
    std::vector<std::variant<Compiled, CompileFailure>> results(texts.size());
    std::vector<std::thread> threads;
    for (std::size_t k = 1; k < texts.size(); ++k)
        threads.emplace_back([&, k] { results[k] = compile_cpu(texts[k], options); });
    results[0] = compile_cpu(texts[0], options);
    for (std::thread& thread : threads) thread.join();
    return results;
}

// Of what was done at the same time, the longest counts.
void add_times(CompileTimes& times, const CompileTimes& other) {
    times.opening = std::max(times.opening, other.opening);
    times.front_end = std::max(times.front_end, other.front_end);
    times.optimisation = std::max(times.optimisation, other.optimisation);
    times.code_generation = std::max(times.code_generation, other.code_generation);
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
      key_(cache_key(whole_text(source_), instruction_set)) {}

std::shared_ptr<const Kernel> KernelBuild::from_cache() {
    const auto begin = Clock::now();
    const auto bytes = kernel_cache().load(key_);
    if (!bytes) return nullptr;
    auto kernel = std::make_shared<Kernel>();
    kernel->instruction_set = instruction_set_;
    if (!load(*kernel, unpacked(*bytes)).empty()) return nullptr;
    kernel->source = std::move(source_);
    kernel->cached = true;
    kernel->loading = seconds_since(begin);
    return kernel;
}

BuiltKernel KernelBuild::compile() {
    CompileOptions options;
    options.instruction_set = instruction_set_;
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    const auto results = compile_all(texts_in_parts(source_, cores), options);
    auto kernel = std::make_shared<Kernel>();
    kernel->instruction_set = instruction_set_;
    std::vector<std::string_view> objects;
    for (const auto& result : results) {
        if (auto* failure = std::get_if<CompileFailure>(&result))
            return KernelFailure{failure->log, statement_in(failure->log), failure->no_compiler};
        const Compiled& compiled = std::get<Compiled>(result);
        objects.push_back(compiled.bytes);
        add_times(kernel->times, compiled.times);
    }
    const auto begin = Clock::now();
    if (std::string error = load(*kernel, objects); !error.empty())
        return KernelFailure{error, std::nullopt, false};
    objects_ = packed(objects);
    kernel->source = std::move(source_);
    kernel->loading = seconds_since(begin);
    return kernel;
}

void KernelBuild::store() {
    if (!objects_.empty()) kernel_cache().store(key_, objects_);
}

}  // namespace dunlin::jit
