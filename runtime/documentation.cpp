// What there is to know about Dunlin itself: its version, its functions, and the machine it finds
// itself on.
#include <fstream>
#include <thread>

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
DoctorFact self_test() {
    constexpr std::string_view kName = "self test";
    auto failed = [&](const std::string& why) {
        return DoctorFact{std::string(kName), "failed: " + why, false};
    };
    auto program =
        Program::from_text("self test", "input x: float\noutput y = sum([i * x for i in 0..4])\n");
    if (!program) return failed(program.error().message);
    if (!program->ok()) return failed(program->diagnostics().front().message);
    Batch batch(*program);
    if (auto error = batch.set("x", "0.5")) return failed(error->message);
    auto report = batch.run();
    if (!report) return failed(report.error().message);
    std::string found = format(*batch.read("y"));
    return found == "[3.0]" ? DoctorFact{std::string(kName), "passed"}
                            : failed("expected [3.0], found " + found);
}

}  // namespace

std::string_view version() {
    return DUNLIN_VERSION;
}

std::vector<DocEntry> documentation() {
    std::vector<DocEntry> entries;
    for (frontend::DocEntry& entry : frontend::documentation(runtime::standard_library()))
        entries.push_back({std::move(entry.name), std::move(entry.signature), std::move(entry.text),
                           std::move(entry.origin)});
    return entries;
}

std::vector<DoctorFact> doctor() {
    const frontend::Library& library = runtime::standard_library();
    return {
        {"version", std::string(version())},
        {"build", build()},
        {"processor", processor_fact("model name")},
        {"processors", std::to_string(std::thread::hardware_concurrency())},
        {"memory",
         runtime::bytes_text(static_cast<double>(runtime::available_memory())) + " available"},
        {"library", std::to_string(library.pieces().size()) + " functions in " +
                        std::to_string(library.files().size()) + " files"},
        {"devices", "interp (the reference interpreter)"},
        self_test(),
    };
}

}  // namespace dunlin
