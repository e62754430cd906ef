// Testing one .dun file: its expectations, its test blocks, and when asked that its VMs give the
// same alone as together, and the same in every mode.
#pragma once

#include <string>
#include <vector>

namespace dunlin::repl {

// Something that passed or failed: the expectations of a file, one of its test blocks, or one of
// the wishes.
struct Check {
    std::string name;
    std::vector<std::string> failures;  // a line or more each; none when it passed
};

// What is checked besides the expectations.
struct TestWishes {
    // For programs without collectives, N VMs must equal N runs of one VM with the matching vm_id,
    // to the bit.
    bool alone = false;
    // Every way of running the program must give the interpreter's bits.
    bool modes = false;
};

std::vector<Check> test_file(const std::string& path, const TestWishes& wishes);

}  // namespace dunlin::repl
