// The options of `dunlin run`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repl/load.hpp"

namespace dunlin::repl {

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
    std::int64_t chunk = 0;
    ExecutionOptions execution;
    bool verify = false;
    bool stats = false;
    Format format = Format::Text;
};

void add_run_options(CLI::App& command, RunArguments& arguments);

// --device, --threads
void add_device_options(CLI::App& command, ExecutionOptions& execution);
// --lanes, --width, --instructions
void add_kernel_options(CLI::App& command, ExecutionOptions& execution);

}  // namespace dunlin::repl
