// What `dunlin doctor` says: this build, the machine it finds itself on, and whether it works
// there.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "jit/cache_folder.hpp"
#include "jit/kernel.hpp"
#include "runtime/memory.hpp"
#include "runtime/program.hpp"

namespace dunlin {

namespace {

// The value of the first line of /proc/cpuinfo that begins with the key.
std::string processor_fact(const std::string& key) {
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with(key)) continue;
        std::size_t colon = line.find(": ");
        if (colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

std::string build() {
    std::string text = DUNLIN_BUILD_TYPE;
    if (*DUNLIN_SANITIZERS) text += std::string(", sanitizers ") + DUNLIN_SANITIZERS;
    return text + ", " + compiler();
}

// Loads and runs a program of one line, through everything that a user's program goes through.
DoctorFact self_test(const std::string& name, Device device) {
    auto failed = [&](const std::string& why) { return DoctorFact{name, "failed: " + why, false}; };
    auto program =
        Program::from_text("self test", "input x: float\noutput y = sum([i * x for i in 0..4])\n");
    if (!program) return failed(program.error().message);
    if (!program->ok()) return failed(program->diagnostics().front().message);
    BatchOptions options;
    options.execution.device = device;
    Batch batch(*program, options);
    if (auto error = batch.set("x", "0.5")) return failed(error->message);
    auto report = batch.run();
    if (!report) return failed(report.error().message);
    std::string found = format(*batch.read("y"));
    return found == "[3.0]" ? DoctorFact{name, "passed"} : failed("expected [3.0], found " + found);
}

DoctorFact kernel_compiler() {
    const std::string failure = jit::open_cpu_compiler();
    if (failure.empty()) return {"compiler", std::string(jit::cpu_compiler_version())};
    return {"compiler",
            failure + "; only kernels in the cache run, and the interpreter does the rest", false};
}

std::string instruction_sets() {
    std::string names;
    for (int set = 0; set <= static_cast<int>(jit::instruction_set_of_this_cpu()); ++set)
        names += (names.empty() ? "" : ", ") +
                 std::string(jit::name_of(static_cast<jit::InstructionSet>(set)));
    return names;
}

// Whether files can be made in the folder, or the folder where it is to be.
bool can_be_written(std::filesystem::path folder) {
    std::error_code error;
    while (!std::filesystem::exists(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    return std::filesystem::is_directory(folder, error) && ::access(folder.c_str(), W_OK) == 0;
}

// A cache that keeps nothing is no fault: kernels are only compiled more often.
std::string kernel_cache() {
    const std::string& folder = jit::kernel_cache().folder();
    if (folder.empty()) return "none";
    const auto size = jit::trim_folder(folder, std::numeric_limits<std::uint64_t>::max(), 0);
    return folder + ", " + runtime::bytes_text(static_cast<double>(size.bytes)) +
           (can_be_written(folder) ? "" : ", cannot be written, so that nothing new is kept");
}

}  // namespace

std::vector<DoctorFact> doctor() {
    const frontend::Library& library = runtime::standard_library();
    return {
        {"version", std::string(version())},
        {"build", build()},
        {"processor", processor_fact("model name")},
        {"threads", std::to_string(std::thread::hardware_concurrency())},
        {"instructions", instruction_sets()},
        {"memory",
         runtime::bytes_text(static_cast<double>(runtime::available_memory())) + " available"},
        {"library", std::to_string(library.pieces().size()) + " functions in " +
                        std::to_string(library.files().size()) + " files"},
        {"devices", "cpu (kernels), interp (the reference interpreter)"},
        kernel_compiler(),
        {"kernel cache", kernel_cache()},
        self_test("self test", Device::Interpreter),
        self_test("kernel test", Device::Cpu),
    };
}

CacheFacts kernel_cache_facts() {
    const jit::CacheStatistics statistics = jit::kernel_cache().statistics();
    return {jit::kernel_cache().folder(), statistics.hits, statistics.misses, statistics.stored};
}

}  // namespace dunlin
