// dunlin doctor: what this build is, what it finds on this machine, and whether it works.
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "repl/command.hpp"
#include "repl/output.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

namespace {

void write_json(const std::vector<DoctorFact>& facts, bool well) {
    Json list = Json::array();
    for (const DoctorFact& fact : facts)
        list.push_back({{"name", fact.name}, {"value", fact.value}, {"ok", fact.ok}});
    write_line({{"type", "doctor"}, {"ok", well}, {"facts", list}});
}

void write_text(const std::vector<DoctorFact>& facts) {
    std::size_t width = 0;
    for (const DoctorFact& fact : facts) width = std::max(width, fact.name.size());
    for (const DoctorFact& fact : facts) fmt::print("{:{}}  {}\n", fact.name, width, fact.value);
}

int examine(Format format) {
    const std::vector<DoctorFact> facts = doctor();
    const bool well =
        std::all_of(facts.begin(), facts.end(), [](const DoctorFact& fact) { return fact.ok; });
    if (format == Format::Json)
        write_json(facts, well);
    else
        write_text(facts);
    return well ? kFine : kRejected;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& chosen) {
    CLI::App* command =
        app.add_subcommand("doctor", "Say what this build is, and whether it works here");
    command->footer("Examples:\n  dunlin doctor\n  dunlin doctor --format json");
    auto format = std::make_shared<Format>(Format::Text);
    add_format_option(*command, *format);
    command->callback([format, &chosen] { chosen = [format] { return examine(*format); }; });
}

}  // namespace dunlin::repl
