#include "repl/load.hpp"

#include <algorithm>

#include "repl/command.hpp"

namespace dunlin::repl {

namespace {

// Diagnostics about --param, not about the program.
bool is_about_params(const Diagnostic& diagnostic) {
    return diagnostic.code == "E0502" || diagnostic.code == "E0503";
}

int exit_code_of(const Program& program) {
    const auto& diagnostics = program.diagnostics();
    bool only_params =
        std::all_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
            return diagnostic.severity == Severity::Warning || is_about_params(diagnostic);
        });
    return only_params ? kBadCommand : kRejected;
}

}  // namespace

void add_assignments(CLI::App& command, const std::string& option, std::vector<Assignment>& values,
                     const std::string& value_name, const std::string& description) {
    CLI::callback_t take = [&values, option](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            std::size_t equals = text.find('=');
            if (equals == std::string::npos || equals == 0)
                throw CLI::ValidationError(option, "expected NAME=VALUE, found '" + text + "'");
            std::string name = text.substr(0, equals);
            for (const Assignment& earlier : values)
                if (earlier.first == name)
                    throw CLI::ValidationError(option, "'" + name + "' is given twice");
            values.emplace_back(name, text.substr(equals + 1));
        }
        return true;
    };
    command.add_option(option, take, description)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("NAME=" + value_name);
}

void add_load_options(CLI::App& command, LoadArguments& arguments) {
    command.add_option("FILE", arguments.file, "the program, or - for standard input")
        ->required()
        ->type_name("");
    add_assignments(command, "--param", arguments.params, "VALUE",
                    "the value of a param, as a literal: 3, [1, 2.5], true");
    command.add_option("--int", arguments.int_type, "what int means")
        ->check(quietly(CLI::IsMember({"i32", "i64"})))
        ->type_name("i32|i64");
    command.add_option("--float", arguments.float_type, "what float means")
        ->check(quietly(CLI::IsMember({"f32", "f64"})))
        ->type_name("f32|f64");
}

LoadOptions to_options(const LoadArguments& arguments) {
    LoadOptions options;
    options.int_type = *dtype_named(arguments.int_type);
    options.float_type = *dtype_named(arguments.float_type);
    options.params.insert(arguments.params.begin(), arguments.params.end());
    return options;
}

std::optional<Program> load(const LoadArguments& arguments, Format format, int& exit_code) {
    auto program = Program::from_file(arguments.file, to_options(arguments));
    if (!program) {
        report_error(program.error(), format);
        exit_code = kBadCommand;
        return std::nullopt;
    }
    report_diagnostics(*program, format);
    if (program->ok()) return *program;
    exit_code = exit_code_of(*program);
    return std::nullopt;
}

}  // namespace dunlin::repl
