// What the sub-commands say: diagnostics, errors and faults, as text for a person (on standard
// error) or as JSON, one object a line (on standard output).
#pragma once

#include <nlohmann/json.hpp>

#include "runtime/dunlin.hpp"

namespace CLI {
class App;
}

namespace dunlin::repl {

enum class Format { Text, Json };

// --format text|json
void add_format_option(CLI::App& command, Format& format);

using Json = nlohmann::ordered_json;

Json to_json(const Diagnostic& diagnostic);
Json to_json(const FaultGroup& group);
// Nested lists of numbers; infinities and NaN, which JSON lacks, as the strings "inf", "-inf" and
// "nan".
Json to_json(const Array& array);

// One line. Text that is not UTF-8 is mended.
void write_line(const Json& object);

void report_diagnostics(const Program& program, Format format);
void report_error(const Error& error, Format format);
// The place, the source line with carets, and the message of assert or fail.
void report_fault(const Program& program, const FaultGroup& group);
// That the interpreter ran what a kernel should have.
void report_note(const RunReport& report, Format format);
// Which ways of running a program were compared, and what differed.
void report_verification(const std::vector<Mode>& modes, const std::vector<Difference>& differences,
                         Format format);
// How many VMs stopped with which fault at which line.
void report_fault_counts(const std::vector<FaultGroup>& groups, std::int64_t vms);

}  // namespace dunlin::repl
