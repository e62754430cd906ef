// Reductions, searches and sorts inside a lane, against the interpreter's order and
// a plain sort. lane_sequences.cpp is compiled once for each meaning of a lane;
// lanes_wide_test.cpp calls the checks.
#pragma once

namespace dunlin::tests {

/// The number of results that are wrong; each is printed.
int sequence_failures_of_1_lane();
int sequence_failures_of_16_lanes();
int sequence_failures_of_32_lanes();

}  // namespace dunlin::tests
