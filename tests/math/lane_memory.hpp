// What prelude/memory_scalar.h and memory_wide.h promise, checked against plain loops over
// elements. lane_memory.cpp is compiled once for each meaning of a lane; lanes_wide_test.cpp calls
// the checks.
#pragma once

namespace dunlin::tests {

/// The number of promises that do not hold; each is printed.
int memory_failures_of_1_lane();
int memory_failures_of_16_lanes();
int memory_failures_of_32_lanes();

}  // namespace dunlin::tests
