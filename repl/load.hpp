// The options that say how a program is loaded, common to several sub-commands.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "repl/output.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

// "NAME=VALUE" taken apart.
using Assignment = std::pair<std::string, std::string>;

// Adds an option that may be given often, each time with one NAME=VALUE.
void add_assignments(CLI::App& command, const std::string& option, std::vector<Assignment>& values,
                     const std::string& value_name, const std::string& description);

// A check without the note on the help page that it would add: there, the name of the value says
// what may stand.
inline CLI::Validator quietly(CLI::Validator check) {
    return check.description("");
}

struct LoadArguments {
    std::string file;
    std::vector<Assignment> params;
    std::string int_type = "i64";
    std::string float_type = "f64";
};

// FILE, --param, --int, --float
void add_load_options(CLI::App& command, LoadArguments& arguments);

LoadOptions to_options(const LoadArguments& arguments);

// Loads the file and reports what is wrong with it. Nothing when it cannot be run; then `exit_code`
// is set.
std::optional<Program> load(const LoadArguments& arguments, Format format, int& exit_code);

}  // namespace dunlin::repl
