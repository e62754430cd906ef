// dunlin run: a batch of VMs, from the command line to results.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "repl/command.hpp"
#include "repl/interrupt.hpp"
#include "repl/load.hpp"
#include "repl/progress.hpp"
#include "repl/results.hpp"

namespace dunlin::repl {

namespace {

struct RunArguments {
    LoadArguments load;
    std::optional<std::int64_t> vms;
    std::vector<Assignment> inputs;
    std::vector<Assignment> values;
    std::vector<Assignment> outputs;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> fuel;
    std::optional<std::int64_t> print_vm;
    std::int64_t steps = 1;
    std::string device = "auto";
    int width = 0;
    int threads = 0;
    bool stats = false;
    Format format = Format::Text;
};

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

BatchOptions batch_options(const RunArguments& arguments, ProgressLine& progress) {
    BatchOptions options;
    options.vms = arguments.vms;
    options.seed = arguments.seed;
    options.fuel = arguments.fuel;
    if (arguments.device == "cpu") options.execution.device = Device::Cpu;
    if (arguments.device == "interp") options.execution.device = Device::Interpreter;
    options.execution.width = arguments.width;
    options.execution.threads = arguments.threads;
    options.print_vm = arguments.print_vm;
    options.stop = &interrupt_flag();
    options.print = [&arguments, &progress](const PrintedLine& line) {
        progress.clear();
        write_print(line, arguments.format);
    };
    if (progress.wanted()) {
        options.progress = [&progress](std::int64_t finished, std::int64_t vms) {
            progress.show(finished, vms);
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
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            std::string nearest = nearest_name(name, known);
            return Error{"unknown_name", "--out: no output is called '" + name + "'",
                         nearest.empty() ? "" : "did you mean '" + nearest + "'?"};
        }
        if (auto error = check_output_place(path)) return error;
    }
    return {};
}

Failure bind_values(Batch& batch, const RunArguments& arguments) {
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

Failure prepare(Batch& batch, const Program& program, const RunArguments& arguments) {
    if (auto error = check_outputs(program, arguments.outputs)) return error;
    if (auto error = bind_values(batch, arguments)) return error;
    if (auto error = batch.prepare()) {
        if (error->code == "unbound_input")
            error->help = "give it with --in NAME=FILE.npy or --set NAME=VALUE";
        return error;
    }
    if (arguments.print_vm && *arguments.print_vm >= batch.vms()) {
        return Error{"bad_request",
                     fmt::format("--print-vm: there is no VM {}; the last is VM {}",
                                 *arguments.print_vm, batch.vms() - 1),
                     ""};
    }
    return {};
}

Failure save_outputs(const Batch& batch, const std::vector<Assignment>& outputs) {
    for (const auto& [name, path] : outputs) {
        auto array = batch.read(name);
        if (!array) return array.error();
        if (auto error = save_npy(path, *array)) return error;
    }
    return {};
}

int run_batch(const Program& program, const RunArguments& arguments) {
    auto failed = [&](const Error& error) {
        report_error(error, arguments.format);
        return kBadCommand;
    };
    ProgressLine progress(arguments.steps);
    Batch batch(program, batch_options(arguments, progress));
    if (auto error = prepare(batch, program, arguments)) return failed(*error);

    watch_for_interrupt();
    RunReport total;
    while (total.steps < arguments.steps && !total.interrupted) {
        auto turn = batch.run();
        if (!turn) return failed(turn.error());
        add(total, *turn);
        progress.next_turn();
    }
    progress.clear();
    Results results{program, batch, total, arguments.stats};
    if (total.interrupted) {
        report_interrupted(results, arguments.format);
        return kInterrupted;
    }
    report_results(results, arguments.format);
    if (auto error = save_outputs(batch, arguments.outputs)) return failed(*error);
    return batch.faulted() > 0 ? kFaulted : kFine;
}

void declare(CLI::App& command, RunArguments& arguments) {
    add_load_options(command, arguments.load);
    command
        .add_option("--vms", arguments.vms,
                    "how many VMs; by default as many as the inputs have entries, or one")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("N");
    add_assignments(
        command, "--in", arguments.inputs, "FILE.npy",
        "an input from a file: one entry per VM along the leading axis, or one value for all");
    add_assignments(command, "--set", arguments.values, "VALUE",
                    "an input as a literal, the same for all VMs");
    add_assignments(command, "--out", arguments.outputs, "FILE.npy",
                    "write an output, or a state, with one entry per VM");
    command.add_option("--seed", arguments.seed, "seed of the random numbers (0)")
        ->check(quietly(CLI::NonNegativeNumber))
        ->type_name("S");
    command
        .add_option("--fuel", arguments.fuel,
                    "loop turns that a VM may take; without limit by default")
        ->check(quietly(CLI::NonNegativeNumber))
        ->type_name("N");
    command
        .add_option("--steps", arguments.steps,
                    "run the program K times in a row; state carries over")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("K");
    command
        .add_option("--print-vm", arguments.print_vm, "the VM of a batch whose prints are shown")
        ->check(quietly(CLI::NonNegativeNumber))
        ->type_name("K");
    command
        .add_option("--device", arguments.device,
                    "what runs the VMs; auto takes the fastest there is")
        ->check(quietly(CLI::IsMember({"auto", "cpu", "interp"})))
        ->type_name("auto|cpu|interp");
    command
        .add_option("--width", arguments.width,
                    "lanes that a kernel works on together; decided by itself if not given")
        ->check(quietly(CLI::IsMember({1, 16, 32})))
        ->type_name("1|16|32");
    command
        .add_option("--threads", arguments.threads, "threads of the CPU; by default one a core")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("T");
    command.add_flag("--stats", arguments.stats, "times, rates and memory, on standard error");
    add_format_option(command, arguments.format);
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App* command = app.add_subcommand("run", "Run a program in one VM or many");
    declare(*command, *arguments);
    command->footer(
        "Examples:\n"
        "  dunlin run pi.dun --param n=100000 --seed 7\n"
        "  dunlin run pendulum.dun --set angle=0.5\n"
        "  dunlin run pendulum.dun --in angle=angles.npy --out final=final.npy --stats\n"
        "  dunlin run walk.dun --vms 1000 --steps 10 --print-vm 3");
    command->callback([arguments, &chosen] {
        chosen = [arguments] {
            int exit_code = kFine;
            auto program = load(arguments->load, arguments->format, exit_code);
            return program ? run_batch(*program, *arguments) : exit_code;
        };
    });
}

}  // namespace dunlin::repl
