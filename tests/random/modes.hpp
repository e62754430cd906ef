// All the ways to run a program, and the comparison of what comes out, bit for bit.
//
// The reference is the whole batch in one piece, run by the interpreter. Every other way must give
// the same: outputs and states to the last bit, what became of each VM (with the place of its
// fault), and the printed lines.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dunlin.hpp"
#include "tests/random/program.hpp"

namespace dunlin::random_programs {

// An output or a state of some VMs: its elements in row-major order, with the VM axis in front.
struct Observed {
    std::string port;
    Type type;  // of one VM's value
    std::vector<std::byte> bytes;
};

// What can be seen of a run of some VMs.
struct Observation {
    Piece piece;
    std::vector<Observed> ports;
    std::vector<VmStatus> statuses;
    std::vector<std::string> prints;
    std::string error;  // why there was no run
};

// What is run: how many VMs, with what, for how long.
struct Plan {
    std::int64_t vms = 1;
    std::int64_t steps = 1;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> fuel;
    std::int64_t print_vm = 0;
    struct Value {  // of an input or a shared value: an array, or a literal
        std::string name;
        std::optional<Array> array;
        std::string literal;
    };
    std::vector<Value> values;
};
// That of a program, which must outlive the plan.
Plan plan_of(const RandomProgram& source);

template <typename Target>  // a Batch or a Stream
Failure bind(Target& target, const Plan& plan) {
    for (const Plan::Value& value : plan.values) {
        auto error = value.array ? target.bind(value.name, *value.array)
                                 : target.set(value.name, value.literal);
        if (error) return error;
    }
    return {};
}

// A way of running gives one observation for each piece that it ran; none when it does not apply.
struct Way {
    std::string name;
    std::function<std::vector<Observation>(const Program&, const Plan&)> run;
};

// Those of the interpreter, those of the kernels for the CPU that this machine can run, and both.
std::vector<Way> interpreter_ways();
std::vector<Way> cpu_ways();
std::vector<Way> all_ways();
// "interpreter", "cpu", "all", or the names of ways with commas between them. Nothing when one is
// unknown.
std::optional<std::vector<Way>> ways_named(std::string_view names);

// The run that all others are compared with.
Observation run_reference(const Program& program, const Plan& plan);

// The first difference from the reference. Its mode is the name of the way, its text for example
//   VM 3, y[1, 0]: 0.5 (3fe0000000000000), expected 0.25 (3fd0000000000000)
std::optional<Difference> compare(const Program& program, const Plan& plan,
                                  const Observation& reference, const std::vector<Way>& ways);

// The same from the text of the program on. Nothing, too, when the program is not accepted, or the
// reference refuses to run it.
std::optional<Difference> compare(const RandomProgram& source, const std::vector<Way>& ways);

}  // namespace dunlin::random_programs
