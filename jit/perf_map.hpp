// Names of kernels for the profiler perf, which looks for them in /tmp/perf-PID.map.
#pragma once

#include <cstdint>
#include <string_view>

namespace dunlin::jit {

/// Whether the environment variable DUNLIN_PERF is set, and kernels shall be described.
bool perf_wanted();
/// Adds one line; nothing happens where it cannot be written.
void describe_for_perf(const void* address, std::uint64_t size, std::string_view name);

}  // namespace dunlin::jit
