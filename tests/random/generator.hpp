// Makes random programs: well-typed, finite, and busy.
//
// What is generated is accepted by the compiler, but for a very few programs; most VMs of most
// programs run to the end, with values that are neither all zero nor all NaN. All that a program
// computes can be seen in its outputs and states.
#pragma once

#include "tests/random/choices.hpp"
#include "tests/random/program.hpp"

namespace dunlin::random_programs {

RandomProgram generate(Choices& choices);

}  // namespace dunlin::random_programs
