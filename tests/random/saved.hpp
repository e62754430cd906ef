// Programs in files: what was found is kept as a test of the kind that `dunlin test` reads, with
// what the reference computes as what is expected; and such files are read again, to be run in all
// ways.
#pragma once

#include <optional>
#include <string>

#include "tests/random/modes.hpp"

namespace dunlin::random_programs {

// Writes FOLDER/NAME.dun, and files for inputs that cannot be written as literals beside it. The
// words become comments at its head. The program is one that is accepted and runs.
Failure save(const RandomProgram& source, const std::string& folder, const std::string& name,
             const std::string& words);

// A program of a file, with what its comments say of its run. Nothing when it is not accepted, or
// does not say all that a run needs.
struct Saved {
    Program program;
    Plan plan;
};
std::optional<Saved> load_saved(const std::string& path);

}  // namespace dunlin::random_programs
