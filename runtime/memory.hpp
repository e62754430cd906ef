// How much memory there is, and how much is used.
#pragma once

#include <cstdint>
#include <string>

namespace dunlin::runtime {

// Bytes that can still be allocated without swapping: what the kernel calls available, and no more
// than the control group of the process leaves.
std::int64_t available_memory();

// "1.5 GiB"
std::string bytes_text(double bytes);

}  // namespace dunlin::runtime
