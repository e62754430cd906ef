// What a .dun file says about how it is to be tested: expectations, in comments on the lines they
// speak of, and directives, on comment lines of their own.
//
//   print 3 / 2            # expect: 1.5          the line printed; several joined by " | "
//   output y = x           # expect: [1, 2]       the output at the end: one VM's, or those of all
//   VMs in an array z = a + b              # error: E0203         reported at this line; a piece of
//   its text may follow the code sum = 3                # warning: W0301 k = 1 // i             #
//   fault: divide_by_zero 3       in 3 VMs; without a number, in any; a piece of the text
//                                                 of assert or fail may follow
//
//   # vms: 8     # print-vm: 3     # seed: 7     # fuel: 100     # steps: 3     # int: i32     #
//   float: f32 # param: n=3     # set: x=[1,2]     # in: x=data.npy  (beside the file)
//
// Every file must check something: a file that prints or has outputs without an expectation, a test
// block or a top-level assert fails. A file with functions alone is not counted; nor is one in a
// folder called `modules`, where files for others to import lie.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dunlin.hpp"

namespace dunlin::repl {

enum class ExpectationKind { Value, Error, Warning, Fault };

struct Expectation {
    ExpectationKind kind{};
    int line = 0;
    std::string text;
};

struct TestSpecification {
    std::vector<Expectation> expectations;
    LoadOptions load;
    std::optional<std::int64_t> vms;
    std::optional<std::int64_t> print_vm;
    std::optional<std::uint64_t> fuel;
    std::uint64_t seed = 0;
    std::int64_t steps = 1;
    std::vector<std::pair<std::string, std::string>> values;
    std::vector<std::pair<std::string, std::string>> inputs;
    bool asserts = false;  // at the top level
    bool shows = false;    // prints or has outputs, so that there is something to expect
    std::vector<std::string> problems;  // with the specification itself, each with its line

    bool expects(ExpectationKind kind) const;
};

TestSpecification read_specification(const std::string& text);

}  // namespace dunlin::repl
