// Every function of the prelude as a loop over arrays, for one meaning of a lane. lane_kernels.cpp
// is compiled three times (scalar, 16 and 32 lanes) and lanes_wide_test.cpp compares the results.
#pragma once

#include <cstddef>
#include <vector>

namespace dunlin::tests {

/// What an array holds: the size of its elements, and whether they are floats.
struct Element {
    int size;
    bool is_float;
};

/// Applies one function to `count` elements, a multiple of 32; the result has elements of
/// `result_size` bytes.
struct Kernel {
    const char* name;
    Element argument;
    int result_size;
    void (*run)(const void* a, const void* b, void* result, std::size_t count);
};

std::vector<Kernel> kernels_of_1_lane();
std::vector<Kernel> kernels_of_16_lanes();
std::vector<Kernel> kernels_of_32_lanes();

}  // namespace dunlin::tests
