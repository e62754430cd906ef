// Testing one .dun file: its expectations, its test blocks, and when asked that its VMs run alone
// as they run together.
#pragma once

#include <string>
#include <vector>

namespace dunlin::repl {

// Something that passed or failed: the expectations of a file, one of its test blocks, or the
// property `alone`.
struct Check {
    std::string name;
    std::vector<std::string> failures;  // a line or more each; none when it passed
};

// `alone`: for programs without collectives, N VMs must equal N runs of one VM with the matching
// vm_id, to the bit.
std::vector<Check> test_file(const std::string& path, bool alone);

}  // namespace dunlin::repl
