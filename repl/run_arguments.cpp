#include "repl/run_arguments.hpp"

namespace dunlin::repl {

namespace {

// An option whose value is one of a few words.
template <typename Value>
void add_choice(CLI::App& command, const std::string& option, Value& value,
                const std::vector<std::pair<std::string, Value>>& choices,
                const std::string& description) {
    std::string names;
    for (const auto& [name, choice] : choices) names += (names.empty() ? "" : "|") + name;
    command.add_option(option, value, description)
        ->transform(quietly(CLI::CheckedTransformer(choices)))
        ->type_name(names);
}

void add_batch_options(CLI::App& command, RunArguments& arguments) {
    command
        .add_option("--vms", arguments.vms,
                    "how many VMs; by default as many as the inputs have entries, or one")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("N");
    add_assignments(
        command, "--in", arguments.inputs, "FILE.npy",
        "an input from a file: one entry per VM along the leading axis, or one value for all");
    add_assignments(
        command, "--set", arguments.values, "VALUE",
        "an input as a literal, for all VMs; with one axis more, one value for each VM");
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
        .add_option("--chunk", arguments.chunk,
                    "run so many VMs at a time, in their memory; by default what suits")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("N");
}

}  // namespace

void add_device_options(CLI::App& command, ExecutionOptions& execution) {
    add_choice<Device>(
        command, "--device", execution.device,
        {{"auto", Device::Auto}, {"cpu", Device::Cpu}, {"interp", Device::Interpreter}},
        "what runs the VMs: compiled kernels, the interpreter, or what answers first");
    command
        .add_option("--threads", execution.threads, "threads for kernels; by default one a core")
        ->check(quietly(CLI::PositiveNumber))
        ->type_name("T");
}

void add_kernel_options(CLI::App& command, ExecutionOptions& execution) {
    add_choice<Lanes>(command, "--lanes", execution.lanes,
                      {{"auto", Lanes::Auto}, {"vm", Lanes::Vm}, {"element", Lanes::Element}},
                      "what a lane of a kernel is: one VM of many, or an element of a large array");
    command
        .add_option("--width", execution.width,
                    "lanes that a kernel works on together; decided by itself if not given")
        ->check(quietly(CLI::IsMember({1, 16, 32})))
        ->type_name("1|16|32");
    add_choice<InstructionSet>(command, "--instructions", execution.instructions,
                               {{"native", InstructionSet::Native},
                                {"baseline", InstructionSet::Baseline},
                                {"avx2", InstructionSet::Avx2},
                                {"avx512", InstructionSet::Avx512}},
                               "what kernels may use; native is all that this processor has");
}

void add_run_options(CLI::App& command, RunArguments& arguments) {
    add_load_options(command, arguments.load);
    add_batch_options(command, arguments);
    add_device_options(command, arguments.execution);
    add_kernel_options(command, arguments.execution);
    command.add_flag("--verify", arguments.verify,
                     "first run it in every way there is, and compare all bits");
    command.add_flag("--stats", arguments.stats,
                     "what ran where, times, rates and memory, on standard error");
    add_format_option(command, arguments.format);
}

}  // namespace dunlin::repl
