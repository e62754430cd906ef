// The sub-commands of `dunlin`. Each has a file of its own, which declares the sub-command's
// options and says what is to be done; main.cpp reads the command line and does it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace dunlin::repl {

// What the process ends with. Scripts rely on the numbers.
enum ExitCode : int {
    kFine = 0,
    kRejected = 1,    // the program has errors; a test failed
    kBadCommand = 2,  // the command line, or a file named on it
    kFaulted = 3,     // at least one VM
    kInterrupted = 130
};

using Action = std::function<int()>;

// When the sub-command is the one on the command line, `chosen` becomes what it does.
void add_run_command(CLI::App& app, Action& chosen);
void add_test_command(CLI::App& app, Action& chosen);
void add_explain_command(CLI::App& app, Action& chosen);
void add_doc_command(CLI::App& app, Action& chosen);
void add_doctor_command(CLI::App& app, Action& chosen);

}  // namespace dunlin::repl
