// The command line `dunlin`: reads which sub-command is wanted, and does it.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "repl/command.hpp"
#include "repl/output.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

namespace {

void declare(CLI::App& app, Action& chosen) {
    app.description("Dunlin runs small array programs, one virtual machine or a million at once.");
    app.set_version_flag("--version", "dunlin " + std::string(version()));
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  dunlin run pi.dun                                 one VM; prints its outputs\n"
        "  dunlin run wave.dun --vms 1000 --seed 7           a batch; prints a summary\n"
        "  echo 'output y = 6 * 7' | dunlin run -            a program from standard input\n"
        "  dunlin test tests/                                every .dun file below a folder\n"
        "  dunlin doc cumsum                                 what a function does\n"
        "\n"
        "'dunlin COMMAND --help' says more. Exit codes: 0 fine, 1 program rejected or test "
        "failed,\n"
        "2 bad command line or input file, 3 some VM faulted, 130 interrupted.");
    add_run_command(app, chosen);
    add_test_command(app, chosen);
    add_explain_command(app, chosen);
    add_doc_command(app, chosen);
    add_doctor_command(app, chosen);
}

// An option that nobody knows, when that is what is wrong.
Failure check_options(const CLI::App& command) {
    std::vector<std::string> known;
    for (const CLI::Option* option : command.get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const std::string& extra : command.remaining()) {
        const std::string name = extra.substr(0, extra.find('='));
        if (!name.starts_with("--") || name == "--") continue;
        std::string nearest = nearest_name(name, known);
        if (nearest.empty()) continue;
        return Error{"bad_request", "there is no option '" + name + "'",
                     "did you mean '" + nearest + "'?"};
    }
    return {};
}

// CLI11 writes "--vms: text" and, for some errors, several lines; here an error is one.
int report_bad_command(const CLI::App& app, const CLI::ParseError& error) {
    std::string message = error.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    std::string command = "dunlin";
    Failure wrong_option;
    for (const CLI::App* chosen : app.get_subcommands()) {
        command += " " + chosen->get_name();
        wrong_option = check_options(*chosen);
    }
    const Error general{"bad_request", message, "'" + command + " --help' shows what there is"};
    report_error(wrong_option.value_or(general), Format::Text);
    return kBadCommand;
}

// CLI11 would say no more than that a sub-command is required.
Failure check_command_name(const CLI::App& app, const std::string& name) {
    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
    if (name.starts_with('-') || std::find(known.begin(), known.end(), name) != known.end())
        return {};
    std::string nearest = nearest_name(name, known);
    std::string help = "'dunlin --help' lists them";
    if (!nearest.empty()) help = "did you mean '" + nearest + "'?";
    if (name.ends_with(".dun")) help = "did you mean 'dunlin run " + name + "'?";
    return Error{"unknown_name", "there is no command '" + name + "'", help};
}

int run_command_line(int argc, char** argv) {
    CLI::App app{"", "dunlin"};
    Action chosen;
    declare(app, chosen);
    if (argc > 1) {
        if (auto error = check_command_name(app, argv[1])) {
            report_error(*error, Format::Text);
            return kBadCommand;
        }
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
        return report_bad_command(app, error);
    }
    return chosen();
}

}  // namespace

}  // namespace dunlin::repl

int main(int argc, char** argv) {
    using namespace dunlin::repl;
    int code = kBadCommand;
    try {
        code = run_command_line(argc, argv);
    } catch (const std::bad_alloc&) {
        report_error({"out_of_memory", "the memory is exhausted", ""}, Format::Text);
    }
    // What could not be written is a failure even when all else went well.
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
        std::fprintf(stderr, "dunlin: cannot write to standard output: %s\n", std::strerror(errno));
        return kBadCommand;
    }
    return code;
}
