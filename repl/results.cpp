#include "repl/results.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace dunlin::repl {

namespace {

// For a person twelve digits are enough; the last ones of a mean are rounding. JSON has them all.
std::string mean_text(double mean) {
    return format(std::strtod(fmt::format("{:.12g}", mean).c_str(), nullptr));
}

// A value with more elements is shortened on the terminal; --out writes them all.
constexpr std::int64_t kShownElements = 1000;

// Only the reference interpreter runs VMs, so that is what `auto` comes to.
constexpr const char* kDeviceUsed = "interp";

std::vector<const Port*> outputs_of(const Program& program) {
    std::vector<const Port*> outputs;
    for (const Port& port : program.ports())
        if (port.kind == PortKind::Output) outputs.push_back(&port);
    return outputs;
}

double load_milliseconds(const Program& program) {
    double total = 0;
    for (const Timing& timing : program.timings()) total += timing.milliseconds;
    return total;
}

double vms_per_second(const Results& results) {
    double turns =
        static_cast<double>(results.batch.vms()) * static_cast<double>(results.report.steps);
    return results.report.seconds > 0 ? turns / results.report.seconds : 0;
}

void write_outputs(const Results& results) {
    for (const Port* port : outputs_of(results.program)) {
        Array array = *results.batch.read(port->name);
        if (results.batch.vms() == 1) {
            std::string line = port->name + " = " + format(array.row(0), kShownElements) + "\n";
            std::fputs(line.c_str(), stdout);
        } else if (auto summary = summarise(array)) {
            fmt::print("{}: {}  min {}  mean {}  max {}\n", port->name, to_string(array.type),
                       summary->min, mean_text(summary->mean), summary->max);
        } else {
            fmt::print("{}: {}  empty\n", port->name, to_string(array.type));
        }
    }
}

void write_stats(const Results& results) {
    const RunReport& report = results.report;
    std::fflush(stdout);
    std::string text = fmt::format("load    {:.2f} ms:", load_milliseconds(results.program));
    for (const Timing& timing : results.program.timings())
        text += fmt::format(" {} {:.2f}", timing.stage, timing.milliseconds);
    text += fmt::format("\nrun     {:.2f} ms on {}: {} {}, {} {}\n", 1e3 * report.seconds,
                        kDeviceUsed, results.batch.vms(), results.batch.vms() == 1 ? "VM" : "VMs",
                        report.steps, report.steps == 1 ? "turn" : "turns");
    text += fmt::format(
        "rate    {:.4g} VMs/s, {:.4g} instructions/s\n", vms_per_second(results),
        report.seconds > 0 ? static_cast<double>(report.instructions) / report.seconds : 0.0);
    text += fmt::format("work    {} instructions, {} loop turns\n", report.instructions,
                        report.loop_turns);
    text += fmt::format("memory  {} bytes for the batch, {} bytes of VM memory per VM\n",
                        results.batch.memory_bytes(), results.batch.vm_memory_bytes());
    text += fmt::format("faults  {}\n", results.batch.faulted());
    for (const FaultGroup& group : results.batch.faults())
        text += fmt::format("  {} at {}:{}: {}\n", group.fault, group.range.file, group.range.line,
                            group.vms);
    std::fputs(text.c_str(), stderr);
}

Json output_to_json(const Array& array, std::int64_t vms) {
    if (vms == 1) {
        Array value = array.row(0);
        return {{"type", to_string(value.type)}, {"value", to_json(value)}};
    }
    Json object{{"type", to_string(array.type)}};
    auto summary = summarise(array);
    if (!summary) return object;
    auto number = [](const std::string& text) {
        return text.find_first_of("in") == std::string::npos ? Json::parse(text) : Json(text);
    };
    object["min"] = number(summary->min);
    object["mean"] = number(format(summary->mean));
    object["max"] = number(summary->max);
    return object;
}

Json stats_to_json(const Results& results) {
    const RunReport& report = results.report;
    Json stages = Json::object();
    for (const Timing& timing : results.program.timings())
        stages[timing.stage] = timing.milliseconds;
    return {{"load_ms", load_milliseconds(results.program)},
            {"load_stages_ms", stages},
            {"run_ms", 1e3 * report.seconds},
            {"vms_per_second", vms_per_second(results)},
            {"instructions", report.instructions},
            {"loop_turns", report.loop_turns},
            {"memory_bytes", results.batch.memory_bytes()},
            {"vm_memory_bytes", results.batch.vm_memory_bytes()},
            {"device", kDeviceUsed}};
}

Json result_object(const Results& results) {
    Json object{{"type", "result"},
                {"vms", results.batch.vms()},
                {"steps", results.report.steps},
                {"interrupted", results.report.interrupted},
                {"faulted", results.batch.faulted()}};
    object["faults"] = Json::array();
    for (const FaultGroup& group : results.batch.faults())
        object["faults"].push_back(to_json(group));
    if (results.report.interrupted) {
        object["vms_finished"] = results.report.vms_finished;
    } else {
        object["outputs"] = Json::object();
        for (const Port* port : outputs_of(results.program))
            object["outputs"][port->name] =
                output_to_json(*results.batch.read(port->name), results.batch.vms());
    }
    if (results.stats) object["stats"] = stats_to_json(results);
    return object;
}

}  // namespace

void add(RunReport& total, const RunReport& turn) {
    total.interrupted = turn.interrupted;
    total.vms_finished = turn.vms_finished;
    total.steps += turn.steps;
    total.loop_turns += turn.loop_turns;
    total.instructions += turn.instructions;
    total.seconds += turn.seconds;
}

void report_results(const Results& results, Format format) {
    if (format == Format::Json) {
        write_line(result_object(results));
        return;
    }
    write_outputs(results);
    std::vector<FaultGroup> faults = results.batch.faults();
    if (results.batch.vms() == 1) {
        for (const FaultGroup& group : faults) report_fault(results.program, group);
    } else if (!faults.empty()) {
        report_fault_counts(faults, results.batch.vms());
    }
    if (results.stats) write_stats(results);
}

void report_interrupted(const Results& results, Format format) {
    if (format == Format::Json) {
        write_line(result_object(results));
        return;
    }
    std::fflush(stdout);
    std::string text = fmt::format("interrupted after {} of {} VMs", results.report.vms_finished,
                                   results.batch.vms());
    if (results.report.steps > 0) text += fmt::format(" in turn {}", results.report.steps + 1);
    std::fprintf(stderr, "%s\n", text.c_str());
    if (results.stats) write_stats(results);
}

}  // namespace dunlin::repl
