#include "repl/output.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>

namespace dunlin::repl {

namespace {

// Source lines longer than this are not shown under a fault: the place must do.
constexpr std::size_t kLongestLine = 160;

Json place_to_json(const SourceRange& range) {
    return {{"file", range.file},
            {"line", range.line},
            {"column", range.column},
            {"end_line", range.end_line},
            {"end_column", range.end_column}};
}

// Everything said to a person comes after what the program has printed so far.
void write_error(const std::string& text) {
    std::fflush(stdout);
    std::fputs(text.c_str(), stderr);
}

std::string place_text(const SourceRange& range) {
    return fmt::format("{}:{}", range.file, range.line);
}

}  // namespace

void add_format_option(CLI::App& command, Format& format) {
    static const std::map<std::string, Format> kFormats{{"text", Format::Text},
                                                        {"json", Format::Json}};
    command.add_option("--format", format, "text, or json: one object a line on standard output")
        ->transform(CLI::CheckedTransformer(kFormats).description(""))
        ->type_name("text|json");
}

Json to_json(const Diagnostic& diagnostic) {
    Json object{{"type", "diagnostic"},
                {"severity", diagnostic.severity == Severity::Error ? "error" : "warning"},
                {"code", diagnostic.code},
                {"message", diagnostic.message},
                {"label", diagnostic.label},
                {"help", diagnostic.help}};
    object.update(place_to_json(diagnostic.range));
    Json notes = Json::array();
    for (const DiagnosticNote& note : diagnostic.notes) {
        notes.push_back(place_to_json(note.range));
        notes.back()["text"] = note.text;
    }
    object["notes"] = notes;
    return object;
}

Json to_json(const FaultGroup& group) {
    Json object{{"fault", group.fault},
                {"message", group.message},
                {"vms", group.vms},
                {"first_vm", group.first_vm}};
    object.update(place_to_json(group.range));
    return object;
}

Json to_json(const Array& array) {
    if (array.type.shape.empty()) {
        std::string text = format(array);
        bool number = text.find_first_of("in") == std::string::npos;  // of "inf" and "nan"
        return number ? Json::parse(text) : Json(text);
    }
    Json list = Json::array();
    for (std::int64_t k = 0; k < array.type.shape[0]; ++k) list.push_back(to_json(array.row(k)));
    return list;
}

void write_line(const Json& object) {
    std::string text = object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void report_diagnostics(const Program& program, Format format) {
    for (const Diagnostic& diagnostic : program.diagnostics()) {
        if (format == Format::Json)
            write_line(to_json(diagnostic));
        else
            write_error(diagnostic.rendered);
    }
}

void report_error(const Error& error, Format format) {
    if (format == Format::Json) {
        write_line({{"type", "error"},
                    {"code", error.code},
                    {"message", error.message},
                    {"help", error.help}});
        return;
    }
    write_error("dunlin: " + error.message + (error.help.empty() ? "" : "; " + error.help) + "\n");
}

void report_fault(const Program& program, const FaultGroup& group) {
    std::string text = fmt::format("fault: {} at {}", group.fault, place_text(group.range));
    if (!group.message.empty()) text += ": " + group.message;
    text += "\n";
    std::string line = program.source_line(group.range.file, group.range.line);
    if (!line.empty() && line.size() <= kLongestLine) {
        std::string number = std::to_string(group.range.line);
        int width = std::max(1, group.range.end_column - group.range.column);
        text += fmt::format(" {} | {}\n {:{}} | {:{}}{:^>{}}\n", number, line, "", number.size(),
                            "", std::max(0, group.range.column - 1), "", width);
    }
    write_error(text);
}

void report_note(const RunReport& report, Format format) {
    if (format == Format::Json) {
        write_line({{"type", "note"}, {"message", report.note}});
        return;
    }
    // The results are there all the same, so that a long log would only be in the way.
    const std::size_t end = report.note.find('\n');
    const bool more = end != std::string::npos && end + 1 < report.note.size();
    write_error("dunlin: the interpreter ran this; " + report.note.substr(0, end) +
                (more ? " ... ('--device cpu' shows the whole log)\n" : "\n"));
}

void report_verification(const std::vector<Mode>& modes, const std::vector<Difference>& differences,
                         Format format) {
    if (format == Format::Json) {
        Json object{{"type", "verification"}, {"agree", differences.empty()}};
        object["modes"] = Json::array();
        for (const Mode& mode : modes) object["modes"].push_back(mode.name);
        object["differences"] = Json::array();
        for (const Difference& difference : differences)
            object["differences"].push_back({{"mode", difference.mode}, {"text", difference.text}});
        write_line(object);
        return;
    }
    for (const Difference& difference : differences)
        write_error("differs: " + difference.mode + ": " + difference.text + "\n");
    if (differences.empty())
        write_error(fmt::format("verified: {} ways of running it give the interpreter's bits\n",
                                modes.size()));
}

void report_fault_counts(const std::vector<FaultGroup>& groups, std::int64_t vms) {
    std::int64_t total = 0;
    for (const FaultGroup& group : groups) total += group.vms;
    std::string text = fmt::format("{} of {} VMs faulted:\n", total, vms);
    for (const FaultGroup& group : groups) {
        text +=
            fmt::format("  {} at {} in {} {}, first VM {}", group.fault, place_text(group.range),
                        group.vms, group.vms == 1 ? "VM" : "VMs", group.first_vm);
        text += (group.message.empty() ? "" : ": " + group.message) + "\n";
    }
    write_error(text);
}

}  // namespace dunlin::repl
