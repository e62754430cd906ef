#include "jit/perf_map.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace dunlin::jit {

bool perf_wanted() {
    static const bool wanted = std::getenv("DUNLIN_PERF") != nullptr;
    return wanted;
}

void describe_for_perf(const void* address, std::uint64_t size, std::string_view name) {
    const std::string file = "/tmp/perf-" + std::to_string(getpid()) + ".map";
    // Everyone may write to /tmp: no link that somebody laid there is followed.
    const int map =
        open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (map < 0) return;
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, "%lx %lx ", reinterpret_cast<unsigned long>(address),
                  static_cast<unsigned long>(size));
    const std::string line = numbers + std::string(name) + "\n";
    // One call for a line, so that lines of several threads do not mix.
    [[maybe_unused]] const auto written = write(map, line.data(), line.size());
    close(map);
}

}  // namespace dunlin::jit
