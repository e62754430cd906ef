// Makes a program that fails small, while it fails.
#pragma once

#include <chrono>
#include <functional>

#include "tests/random/program.hpp"

namespace dunlin::random_programs {

// Whether a program still shows what is looked for. It is asked of programs that may not be
// accepted by the compiler; then the answer is no.
using Fails = std::function<bool(const RandomProgram&)>;

// The program with statements, parts of expressions, VMs, turns, inputs and sizes taken away, as
// long as it fails; nothing more can be taken away in one go, unless the time was up before.
RandomProgram reduce(RandomProgram program, const Fails& fails, std::chrono::milliseconds limit);

// How many lines the program has, blank ones and those of declarations included.
int count_lines(const RandomProgram& program);

}  // namespace dunlin::random_programs
