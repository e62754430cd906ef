#include "repl/results.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "repl/stats.hpp"

namespace dunlin::repl {

namespace {

// For a person twelve digits are enough; the last ones of a mean are rounding. JSON has them all.
std::string mean_text(double mean) {
    return format(std::strtod(fmt::format("{:.12g}", mean).c_str(), nullptr));
}

// A value with more elements is shortened on the terminal; --out writes them all.
constexpr std::int64_t kShownElements = 1000;

Json summary_to_json(const Summary& summary) {
    auto number = [](const std::string& text) {
        return text.find_first_of("in") == std::string::npos ? Json::parse(text) : Json(text);
    };
    return {{"min", number(summary.min)},
            {"mean", number(format(summary.mean))},
            {"max", number(summary.max)}};
}

Json result_object(const Results& results) {
    Json object{{"type", "result"},
                {"vms", results.stream.vms()},
                {"steps", results.report.steps},
                {"interrupted", results.report.interrupted},
                {"faulted", results.stream.faulted()}};
    object["faults"] = Json::array();
    for (const FaultGroup& group : results.stream.faults())
        object["faults"].push_back(to_json(group));
    if (results.report.interrupted)
        object["vms_finished"] = results.report.vms_finished;
    else
        object["outputs"] = results.outputs.to_json();
    if (results.stats) object["stats"] = stats_to_json(results);
    return object;
}

}  // namespace

OutputCollector::OutputCollector(const Program& program, std::int64_t vms)
    : program_(program), vms_(vms) {
    for (const Port& port : program.ports())
        if (port.kind == PortKind::Output) outputs_.push_back({&port, {}, {}});
}

Type OutputCollector::type_of_all(const Port& port) const {
    Type type = port.type;
    type.shape.insert(type.shape.begin(), vms_);
    return type;
}

Failure OutputCollector::begin_files(const std::vector<Assignment>& files) {
    for (const auto& [name, path] : files) {
        auto writer = NpyWriter::create(path, type_of_all(*program_.port(name)));
        if (!writer) return writer.error();
        files_.push_back({name, std::move(*writer)});
    }
    return {};
}

Failure OutputCollector::take(const Batch& chunk) {
    for (Output& output : outputs_) {
        const Array array = *chunk.read(output.port->name);
        if (vms_ > 1) {
            output.summariser.add(array);
            continue;
        }
        auto copy = contiguous_copy(array.row(0), array.type.dtype);
        if (!copy) return copy.error();
        output.value = *copy;
    }
    for (File& file : files_)
        if (auto error = file.writer.append(*chunk.read(file.port))) return error;
    return {};
}

Failure OutputCollector::finish_files() {
    for (File& file : files_)
        if (auto error = file.writer.finish()) return error;
    return {};
}

void OutputCollector::remove_files() const {
    for (const File& file : files_) file.writer.remove();
}

void OutputCollector::write_text() const {
    for (const Output& output : outputs_) {
        const std::string& name = output.port->name;
        const std::string type = to_string(type_of_all(*output.port));
        if (output.value) {
            std::string line = name + " = " + format(*output.value, kShownElements) + "\n";
            std::fputs(line.c_str(), stdout);
        } else if (auto summary = output.summariser.summary()) {
            fmt::print("{}: {}  min {}  mean {}  max {}\n", name, type, summary->min,
                       mean_text(summary->mean), summary->max);
        } else {
            fmt::print("{}: {}  empty\n", name, type);
        }
    }
}

Json OutputCollector::to_json() const {
    Json object = Json::object();
    for (const Output& output : outputs_) {
        Json& entry = object[output.port->name];
        if (output.value) {
            entry = {{"type", to_string(output.value->type)}};
            entry["value"] = repl::to_json(*output.value);
            continue;
        }
        entry = {{"type", to_string(type_of_all(*output.port))}};
        if (auto summary = output.summariser.summary()) entry.update(summary_to_json(*summary));
    }
    return object;
}

void report_results(const Results& results, Format format) {
    if (format == Format::Json) {
        write_line(result_object(results));
    } else {
        results.outputs.write_text();
        std::vector<FaultGroup> faults = results.stream.faults();
        if (results.stream.vms() == 1) {
            for (const FaultGroup& group : faults) report_fault(results.program, group);
        } else if (!faults.empty()) {
            report_fault_counts(faults, results.stream.vms());
        }
        if (results.stats) write_stats(results);
    }
    // What is known is shown at once, whatever else the process has to end.
    std::fflush(stdout);
}

void report_interrupted(const Results& results, Format format) {
    if (format == Format::Json) {
        write_line(result_object(results));
        return;
    }
    std::fflush(stdout);
    std::string text = fmt::format("interrupted after {} of {} VMs", results.report.vms_finished,
                                   results.stream.vms());
    if (results.report.steps > 0) text += fmt::format(" in turn {}", results.report.steps + 1);
    std::fprintf(stderr, "%s\n", text.c_str());
    if (results.stats) write_stats(results);
}

void report_cut_short(std::optional<std::int64_t> vms, Format format) {
    if (format == Format::Json) {
        Json object{{"type", "result"}, {"interrupted", true}};
        if (vms) object["vms"] = *vms;
        write_line(object);
        std::fflush(stdout);
        return;
    }
    std::fputs(isatty(STDERR_FILENO) == 1 ? "\r\x1b[Kinterrupted\n" : "interrupted\n", stderr);
}

}  // namespace dunlin::repl
