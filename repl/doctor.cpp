// dunlin doctor: what this build is, what it finds on this machine, and whether it works.
#include <fmt/core.h>

#include <algorithm>

#include "repl/command.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

namespace {

int examine() {
    std::vector<DoctorFact> facts = doctor();
    std::size_t width = 0;
    for (const DoctorFact& fact : facts) width = std::max(width, fact.name.size());
    for (const DoctorFact& fact : facts) fmt::print("{:{}}  {}\n", fact.name, width, fact.value);
    bool well =
        std::all_of(facts.begin(), facts.end(), [](const DoctorFact& fact) { return fact.ok; });
    return well ? kFine : kRejected;
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& chosen) {
    CLI::App* command =
        app.add_subcommand("doctor", "Say what this build is, and whether it works here");
    command->callback([&chosen] { chosen = examine; });
}

}  // namespace dunlin::repl
