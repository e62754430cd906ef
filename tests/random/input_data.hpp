// Values for inputs: those of everyday life, or those that are hard for arithmetic.
#pragma once

#include <cstdint>
#include <random>

#include "tests/random/program.hpp"

namespace dunlin::random_programs {

// Elements of that type. Hard ones are NaN of both signs and with payloads, infinities, both zeros,
// subnormals, the ends of the range of integers, and any bits at all.
std::vector<std::byte> random_elements(DType dtype, std::int64_t count, bool hard,
                                       std::mt19937_64& random);

}  // namespace dunlin::random_programs
