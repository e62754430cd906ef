// dunlin explain: what a program becomes on its way to being run.
#include <cstdio>
#include <memory>
#include <sstream>

#include "repl/command.hpp"
#include "repl/output.hpp"
#include "repl/run_arguments.hpp"

namespace dunlin::repl {

namespace {

struct ExplainArguments {
    LoadArguments load;
    std::string stage;
    std::string after;
    ExecutionOptions execution;
    Format format = Format::Text;
};

void write_text(const std::string& text, const ExplainArguments& arguments) {
    if (arguments.format == Format::Text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return;
    }
    Json lines = Json::array();
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    write_line({{"type", "explanation"},
                {"file", arguments.load.file},
                {"stage", arguments.stage},
                {"lines", lines}});
}

int explain(const ExplainArguments& arguments) {
    auto program = Program::from_file(arguments.load.file, to_options(arguments.load));
    if (!program) {
        report_error(program.error(), arguments.format);
        return kBadCommand;
    }
    report_diagnostics(*program, arguments.format);
    // A program with errors has a tree all the same.
    if (!program->ok() && arguments.stage != "ast") return kRejected;
    auto text = program->explain(arguments.stage, arguments.after, arguments.execution);
    if (!text) {
        report_error(text.error(), arguments.format);
        return kBadCommand;
    }
    write_text(*text, arguments);
    return program->ok() ? kFine : kRejected;
}

}  // namespace

void add_explain_command(CLI::App& app, Action& chosen) {
    auto arguments = std::make_shared<ExplainArguments>();
    CLI::App* command = app.add_subcommand("explain", "Show what a program becomes");
    add_load_options(*command, arguments->load);
    command
        ->add_option("--stage", arguments->stage,
                     "ast: the tree; microcode; memory: what lies where, and when; segments: what "
                     "becomes one loop, and how lanes go; kernel: the text "
                     "that is compiled; asm: the machine's instructions")
        ->required()
        ->type_name("ast|microcode|memory|segments|kernel|asm");
    command->add_option("--after", arguments->after, "as it stands after this pass, not at the end")
        ->type_name("PASS");
    add_kernel_options(*command, arguments->execution);
    add_format_option(*command, arguments->format);
    command->footer(
        "Examples:\n"
        "  dunlin explain pi.dun --stage microcode\n"
        "  dunlin explain pi.dun --stage microcode --after fold --param n=8\n"
        "  dunlin explain pi.dun --stage memory --float f32\n"
        "  dunlin explain pi.dun --stage kernel --width 1\n"
        "  dunlin explain pi.dun --stage asm --instructions avx2");
    command->callback(
        [arguments, &chosen] { chosen = [arguments] { return explain(*arguments); }; });
}

}  // namespace dunlin::repl
