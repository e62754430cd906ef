// `dunlin run --stats`: what ran where, how long it took, how fast it was.
#pragma once

#include "repl/output.hpp"

namespace dunlin::repl {

struct Results;

// On standard error.
void write_stats(const Results& results);
Json stats_to_json(const Results& results);

}  // namespace dunlin::repl
