// What `dunlin run` writes when the batch has ended.
#pragma once

#include "repl/output.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin::repl {

struct Results {
    const Program& program;
    const Batch& batch;
    const RunReport& report;
    bool stats = false;
};

// Adds the figures of one turn to those of the turns before.
void add(RunReport& total, const RunReport& turn);

void report_results(const Results& results, Format format);
void report_interrupted(const Results& results, Format format);

}  // namespace dunlin::repl
