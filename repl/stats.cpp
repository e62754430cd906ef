#include "repl/stats.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <cstdio>
#include <sstream>
#include <utility>

#include "repl/results.hpp"

namespace dunlin::repl {

namespace {

double load_milliseconds(const Program& program) {
    double total = 0;
    for (const Timing& timing : program.timings()) total += timing.milliseconds;
    return total;
}

// Most memory that this process has had at a time.
std::int64_t peak_resident_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * std::int64_t{1024};
}

// The stages of making a kernel, in milliseconds.
using Stage = std::pair<const char*, double>;
std::vector<Stage> stages_of(const KernelFacts& kernel) {
    std::vector<Stage> stages{{"emit", kernel.emission}};
    if (!kernel.cached) {
        stages.push_back({"open", kernel.opening});
        stages.push_back({"front end", kernel.front_end});
        stages.push_back({"optimise", kernel.optimisation});
        stages.push_back({"generate", kernel.code_generation});
    }
    stages.push_back({"load", kernel.loading});
    for (Stage& stage : stages) stage.second *= 1e3;
    return stages;
}

double total_of(const std::vector<Stage>& stages) {
    double total = 0;
    for (const Stage& stage : stages) total += stage.second;
    return total;
}

// What can be said of the run in figures.
struct Figures {
    explicit Figures(const Results& results) : report(results.report) {
        peak_resident = peak_resident_bytes();  // measuring what follows takes memory, too
        vm_turns = report.vms_interpreted + report.vms_in_kernel;
        vms_per_second = per_second(static_cast<double>(vm_turns));
        turns_per_second = per_second(static_cast<double>(report.loop_turns));
        bytes_per_second = per_second(static_cast<double>(report.bytes_moved));
        copy_rate = measure_copy_rate(report.kernel ? report.kernel->threads : 1);
        memory_per_vm = static_cast<double>(results.stream.memory_bytes()) /
                        static_cast<double>(results.stream.chunk_vms());
        if (report.lane_work_offered > 0)
            idle_lanes = 1 - static_cast<double>(report.lane_work) /
                                 static_cast<double>(report.lane_work_offered);
    }

    double per_second(double count) const {
        const double seconds = report.seconds - report.waiting;
        return seconds > 0 ? count / seconds : 0;
    }

    const RunReport& report;
    std::int64_t peak_resident = 0;
    std::int64_t vm_turns = 0;
    double vms_per_second = 0;
    double turns_per_second = 0;
    double bytes_per_second = 0;
    double copy_rate = 0;
    double memory_per_vm = 0;
    std::optional<double> idle_lanes;  // share, of a kernel whose lanes are VMs
};

std::string vms_text(std::int64_t vms) {
    return fmt::format("{} {}", vms, vms == 1 ? "VM" : "VMs");
}

std::string where_text(const RunReport& report) {
    if (!report.kernel) return "interpreter";
    const KernelFacts& kernel = *report.kernel;
    std::string text;
    if (kernel.lanes == Lanes::Element)
        text = "kernel, lanes are elements";
    else if (kernel.width == 1)
        text = "kernel, one VM after the other";
    else
        text = fmt::format("kernel, {} lanes of VMs{}", kernel.width,
                           kernel.refills ? ", refilled" : "");
    text += fmt::format(", {} {}, {}", kernel.threads, kernel.threads == 1 ? "thread" : "threads",
                        name_of(kernel.instructions));
    if (report.vms_interpreted > 0)
        text += fmt::format("; interpreter for the first {}", vms_text(report.vms_interpreted));
    else if (report.instructions > 0)
        text += "; begun by the interpreter, and begun again";
    return text;
}

std::string compile_text(const KernelFacts& kernel) {
    const std::vector<Stage> stages = stages_of(kernel);
    std::string text = fmt::format("{:.2f} ms, {}:", total_of(stages),
                                   kernel.cached ? "from the cache" : "compiled");
    for (const auto& [name, milliseconds] : stages)
        text += fmt::format(" {} {:.2f}", name, milliseconds);
    return text;
}

// The passes, which are many and mostly quick, in one sum.
std::string load_text(const Program& program) {
    std::string text = fmt::format("{:.2f} ms:", load_milliseconds(program));
    double passes = 0;
    for (const Timing& timing : program.timings()) {
        if (timing.stage.starts_with("pass "))
            passes += timing.milliseconds;
        else
            text += fmt::format(" {} {:.2f}", timing.stage, timing.milliseconds);
    }
    return text + fmt::format(" passes {:.2f}", passes);
}

std::string run_text(const Results& results) {
    const RunReport& report = results.report;
    std::string text =
        fmt::format("{:.2f} ms: {}, {} {}", 1e3 * report.seconds, vms_text(results.stream.vms()),
                    report.steps, report.steps == 1 ? "turn" : "turns");
    if (report.waiting > 0)
        text += fmt::format("; {:.2f} ms of it spent waiting for the kernel", 1e3 * report.waiting);
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// On the terminal, the first of many.
std::vector<std::string> shown_segments(const KernelFacts& kernel) {
    constexpr std::size_t kShown = 12;
    std::vector<std::string> lines = lines_of(kernel.segments);
    if (lines.size() > kShown) {
        const std::size_t more = lines.size() - kShown;
        lines.resize(kShown);
        lines.push_back(fmt::format("and {} more, see 'dunlin explain --stage segments'", more));
    }
    return lines;
}

std::string memory_text(const Results& results, const Figures& figures) {
    std::string text = fmt::format("{} bytes, {:.1f} for each VM; {} bytes of VM memory in each",
                                   results.stream.memory_bytes(), figures.memory_per_vm,
                                   results.stream.vm_memory_bytes());
    if (results.stream.chunk_vms() < results.stream.vms())
        text += fmt::format("; in chunks of {}", vms_text(results.stream.chunk_vms()));
    return text + fmt::format("; the process had {} bytes", figures.peak_resident);
}

}  // namespace

void write_stats(const Results& results) {
    const RunReport& report = results.report;
    const Figures figures(results);
    std::string text;
    auto line = [&text](const char* name, const std::string& value) {
        text += fmt::format("{:<9}{}\n", name, value);
    };
    line("load", load_text(results.program));
    line("run", run_text(results));
    line("where", where_text(report));
    if (report.kernel) {
        const char* name = "segments";
        for (const std::string& segment : shown_segments(*report.kernel))
            line(std::exchange(name, ""), segment);
        line("compile", compile_text(*report.kernel));
    }
    if (!report.note.empty()) line("note", report.note);
    line("rate", fmt::format("{:.4g} VMs/s, {:.4g} loop turns/s", figures.vms_per_second,
                             figures.turns_per_second));
    line("work", fmt::format("{} loop turns, {} instructions interpreted", report.loop_turns,
                             report.instructions));
    if (figures.idle_lanes)
        line("lanes", fmt::format("{:.1f} % idle: their VM had ended or was on another way",
                                  100 * *figures.idle_lanes));
    line("moved",
         fmt::format("{} bytes in and out, {:.4g}/s; {:.1f} % of the {:.4g}/s that this "
                     "machine copies",
                     report.bytes_moved, figures.bytes_per_second,
                     100 * figures.bytes_per_second / figures.copy_rate, figures.copy_rate));
    line("memory", memory_text(results, figures));
    const CacheFacts cache = kernel_cache_facts();
    line("cache",
         fmt::format("{} hits, {} misses, {} stored", cache.hits, cache.misses, cache.stored));
    line("faults", std::to_string(results.stream.faulted()));
    for (const FaultGroup& group : results.stream.faults())
        text += fmt::format("  {} at {}:{}: {}\n", group.fault, group.range.file, group.range.line,
                            group.vms);
    std::fflush(stdout);
    std::fputs(text.c_str(), stderr);
}

Json stats_to_json(const Results& results) {
    const RunReport& report = results.report;
    const Figures figures(results);
    Json load_stages = Json::object();
    for (const Timing& timing : results.program.timings())
        load_stages[timing.stage] = timing.milliseconds;
    Json object{{"load_ms", load_milliseconds(results.program)},
                {"load_stages_ms", load_stages},
                {"run_ms", 1e3 * report.seconds},
                {"waiting_ms", 1e3 * report.waiting},
                {"vms_interpreted", report.vms_interpreted},
                {"vms_in_kernel", report.vms_in_kernel},
                {"vms_per_second", figures.vms_per_second},
                {"loop_turns", report.loop_turns},
                {"loop_turns_per_second", figures.turns_per_second},
                {"instructions", report.instructions},
                {"bytes_moved", report.bytes_moved},
                {"bytes_per_second", figures.bytes_per_second},
                {"copy_bytes_per_second", figures.copy_rate},
                {"share_of_copy_rate", figures.bytes_per_second / figures.copy_rate},
                {"memory_bytes", results.stream.memory_bytes()},
                {"memory_bytes_per_vm", figures.memory_per_vm},
                {"vm_memory_bytes", results.stream.vm_memory_bytes()},
                {"chunk_vms", results.stream.chunk_vms()},
                {"peak_resident_bytes", figures.peak_resident}};
    object["idle_lanes"] = figures.idle_lanes ? Json(*figures.idle_lanes) : Json();
    object["note"] = report.note;
    object["kernel"] = Json();
    if (report.kernel) {
        const KernelFacts& kernel = *report.kernel;
        Json stages = Json::object();
        for (const auto& [name, milliseconds] : stages_of(kernel)) stages[name] = milliseconds;
        object["kernel"] = {
            {"lanes", name_of(kernel.lanes)}, {"width", kernel.width},
            {"threads", kernel.threads},      {"instructions", name_of(kernel.instructions)},
            {"refills", kernel.refills},      {"segments", lines_of(kernel.segments)},
            {"cached", kernel.cached},        {"compile_ms", total_of(stages_of(kernel))},
            {"compile_stages_ms", stages}};
    }
    const CacheFacts cache = kernel_cache_facts();
    object["cache"] = {{"folder", cache.folder},
                       {"hits", cache.hits},
                       {"misses", cache.misses},
                       {"stored", cache.stored}};
    return object;
}

}  // namespace dunlin::repl
