// dunlin run: a batch of VMs, from the command line to results.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "repl/command.hpp"
#include "repl/interrupt.hpp"
#include "repl/progress.hpp"
#include "repl/results.hpp"
#include "repl/run_arguments.hpp"

namespace dunlin::repl {

namespace {

void write_print(const PrintedLine& line, Format format) {
    if (format == Format::Json) {
        write_line({{"type", "print"},
                    {"file", line.file},
                    {"line", line.line},
                    {"vm", line.vm},
                    {"text", line.text}});
    } else {
        std::string text = line.text + "\n";
        std::fwrite(text.data(), 1, text.size(), stdout);
    }
}

BatchOptions batch_options(const RunArguments& arguments, ProgressBar& progress) {
    BatchOptions options;
    options.vms = arguments.vms;
    options.seed = arguments.seed;
    options.fuel = arguments.fuel;
    options.execution = arguments.execution;
    options.counts = arguments.stats;
    options.print_vm = arguments.print_vm;
    options.stop = &InterruptWatch::flag();
    options.print = [&arguments, &progress](const PrintedLine& line) {
        progress.clear();
        write_print(line, arguments.format);
    };
    if (progress.wanted()) {
        options.progress = [&progress](std::int64_t finished, std::int64_t all) {
            progress.show(finished, all);
        };
    }
    return options;
}

// A mistyped folder should not be found out after an hour of running.
Failure check_output_place(const std::string& path) {
    std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (folder.empty() || std::filesystem::is_directory(folder, error)) return {};
    return Error{"file", "cannot write " + path + ": there is no folder " + folder.string(), ""};
}

Failure check_outputs(const Program& program, const std::vector<Assignment>& outputs) {
    std::vector<std::string> known;
    for (const Port& port : program.ports())
        if (port.kind == PortKind::Output || port.kind == PortKind::State)
            known.push_back(port.name);
    for (const auto& [name, path] : outputs) {
        if (path.empty())
            return Error{"bad_request", "--out " + name + "=: the name of a file is missing", ""};
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            std::string nearest = nearest_name(name, known);
            return Error{"unknown_name", "--out: no output is called '" + name + "'",
                         nearest.empty() ? "" : "did you mean '" + nearest + "'?"};
        }
        if (auto error = check_output_place(path)) return error;
    }
    return {};
}

// Of a Stream or a Batch.
template <typename Bindable>
Failure bind_values(Bindable& batch, const RunArguments& arguments) {
    for (const auto& [name, path] : arguments.inputs) {
        auto array = load_npy(path);
        if (!array) return array.error();
        if (auto error = batch.bind(name, *array)) {
            error->message = fmt::format("--in {}={}: {}", name, path, error->message);
            return error;
        }
    }
    for (const auto& [name, text] : arguments.values) {
        for (const auto& [other, path] : arguments.inputs)
            if (other == name)
                return Error{"bad_request", "'" + name + "' is given by --in and by --set", ""};
        if (auto error = batch.set(name, text)) {
            error->message = fmt::format("--set {}: {}", name, error->message);
            return error;
        }
    }
    return {};
}

Failure prepare(Stream& stream, const RunArguments& arguments) {
    if (auto error = bind_values(stream, arguments)) return error;
    if (auto error = stream.prepare(arguments.chunk)) {
        if (error->code == "unbound_input")
            error->help = "give it with --in NAME=FILE.npy or --set NAME=VALUE";
        return error;
    }
    if (arguments.print_vm && *arguments.print_vm >= stream.vms()) {
        return Error{"bad_request",
                     fmt::format("--print-vm: there is no VM {}; the last is VM {}",
                                 *arguments.print_vm, stream.vms() - 1),
                     ""};
    }
    return {};
}

int fail(const Error& error, const RunArguments& arguments) {
    report_error(error, arguments.format);
    return error.code == "interrupted" ? kInterrupted : kBadCommand;
}

// Whether all modes agree; nothing when that could not be found out, and `exit_code` is set.
std::optional<bool> verify_modes(const Program& program, const RunArguments& arguments,
                                 int& exit_code) {
    ProgressBar no_progress(arguments.steps);
    BatchOptions options = batch_options(arguments, no_progress);
    options.progress = nullptr;
    const std::vector<Mode> ways = modes(program);
    auto differences = verify(
        program, options, [&](Batch& batch) { return bind_values(batch, arguments); },
        arguments.steps, ways);
    if (!differences) {
        exit_code = fail(differences.error(), arguments);
        return std::nullopt;
    }
    report_verification(ways, *differences, arguments.format);
    return differences->empty();
}

// Ends the process although a compilation may be under way.
[[noreturn]] void end_at_once(int exit_code) {
    const bool written = std::fflush(stdout) == 0;
    std::_Exit(written ? exit_code : static_cast<int>(kBadCommand));
}

// A run whose results are to be kept, or thrown away when it is interrupted.
int run_stream(const Program& program, const RunArguments& arguments, InterruptWatch& watch) {
    ProgressBar progress(arguments.steps);
    Stream stream(program, batch_options(arguments, progress));
    if (auto error = prepare(stream, arguments)) return fail(*error, arguments);
    OutputCollector outputs(program, stream.vms());
    if (auto error = outputs.begin_files(arguments.outputs)) return fail(*error, arguments);
    watch.set_last_words([&] {
        outputs.remove_files();
        report_cut_short(stream.vms(), arguments.format);
    });
    auto report =
        stream.run(arguments.steps, [&](const Batch& chunk) { return outputs.take(chunk); });
    watch.settle();
    progress.clear();
    if (!report) return fail(report.error(), arguments);
    Results results{program, stream, *report, outputs, arguments.stats};
    if (report->interrupted) {
        report_interrupted(results, arguments.format);
        return kInterrupted;
    }
    if (!report->note.empty() && !arguments.stats) report_note(*report, arguments.format);
    // So that what is said of the cache is the whole of it.
    if (arguments.stats) program.finish_compilations(report->seconds);
    report_results(results, arguments.format);
    if (auto error = outputs.finish_files()) return fail(*error, arguments);
    stop_watching_for_interrupt();
    const int exit_code = stream.faulted() > 0 ? kFaulted : kFine;
    // When the interpreter was done first, the kernel is for the runs to come. For those it may
    // take as much time again, but not more.
    if (!program.finish_compilations(report->seconds)) end_at_once(exit_code);
    return exit_code;
}

int run_batch(const Program& program, const RunArguments& arguments) {
    if (auto error = check_outputs(program, arguments.outputs)) return fail(*error, arguments);
    InterruptWatch watch;
    watch.set_last_words([&] { report_cut_short(std::nullopt, arguments.format); });
    if (arguments.verify) {
        int exit_code = kFine;
        const auto agree = verify_modes(program, arguments, exit_code);
        if (!agree) return exit_code;
        if (!*agree) return kRejected;
    }
    return run_stream(program, arguments, watch);
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App* command = app.add_subcommand("run", "Run a program in one VM or many");
    add_run_options(*command, *arguments);
    command->footer(
        "Examples:\n"
        "  dunlin run pi.dun --param n=100000 --seed 7\n"
        "  dunlin run pendulum.dun --set angle=0.5\n"
        "  dunlin run pendulum.dun --in angle=angles.npy --out final=final.npy --stats\n"
        "  dunlin run walk.dun --vms 1000 --steps 10 --print-vm 3\n"
        "  dunlin run pi.dun --vms 100000000 --out estimate=pi.npy\n"
        "  dunlin run pi.dun --vms 1000 --verify");
    command->callback([arguments, &chosen] {
        chosen = [arguments] {
            int exit_code = kFine;
            auto program = load(arguments->load, arguments->format, exit_code);
            if (!program) return exit_code;
            exit_code = run_batch(*program, *arguments);
            if (exit_code == kInterrupted) end_at_once(exit_code);
            return exit_code;
        };
    });
}

}  // namespace dunlin::repl
