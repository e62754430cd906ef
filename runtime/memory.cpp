#include "runtime/memory.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace dunlin::runtime {

namespace {

// More than any machine has, and little enough to be added up.
constexpr std::int64_t kUnlimited = std::int64_t{1} << 48;

std::optional<std::int64_t> number_in(const std::string& path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    if (file >> number) return number;
    return std::nullopt;  // no such file, or the word "max"
}

std::int64_t kernel_available() {
    std::ifstream file("/proc/meminfo");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string key;
        std::int64_t kibibytes = 0;
        if (words >> key >> kibibytes && key == "MemAvailable:") return kibibytes * 1024;
    }
    return kUnlimited;
}

// The files of a control group hierarchy that matter here; versions 1 and 2 name them differently.
struct GroupFiles {
    std::string root;
    const char* limit;
    const char* usage;
    const char*
        reclaimable;  // a key of memory.stat: file cache that the kernel gives back when asked
};
const GroupFiles kVersion1{"/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                           "memory.usage_in_bytes", "total_inactive_file"};
const GroupFiles kVersion2{"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"};

std::int64_t statistic(const std::string& path, std::string_view wanted) {
    std::ifstream file(path);
    std::string key;
    std::int64_t number = 0;
    while (file >> key >> number)
        if (key == wanted) return number;
    return 0;
}

// A group's limit binds its subgroups, so every group from `folder` up to the root counts.
std::int64_t left_in_groups(const GroupFiles& files, std::string folder) {
    std::int64_t least = kUnlimited;
    while (true) {
        std::string directory = files.root + (folder == "/" ? "" : folder) + "/";
        auto limit = number_in(directory + files.limit);
        auto usage = number_in(directory + files.usage);
        if (limit && usage) {
            std::int64_t used = *usage - statistic(directory + "memory.stat", files.reclaimable);
            least = std::min(least, std::max<std::int64_t>(0, *limit - used));
        }
        if (folder.size() <= 1) return least;
        folder.resize(std::max<std::size_t>(1, folder.rfind('/')));
    }
}

// Lines of /proc/self/cgroup: "0::/folder" for version 2, "4:memory:/folder" for version 1.
std::int64_t left_in_control_group() {
    std::ifstream file("/proc/self/cgroup");
    std::string line;
    std::int64_t least = kUnlimited;
    while (std::getline(file, line)) {
        std::size_t first = line.find(':');
        std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
        std::string folder = line.substr(second + 1);
        if (controllers.empty())
            least = std::min(least, left_in_groups(kVersion2, folder));
        else if (controllers == "memory")
            least = std::min(least, left_in_groups(kVersion1, folder));
    }
    return least;
}

}  // namespace

std::int64_t available_memory() {
    return std::min(kernel_available(), left_in_control_group());
}

std::string bytes_text(double bytes) {
    constexpr std::array<const char*, 7> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < kUnits.size()) {
        bytes /= 1024;
        ++unit;
    }
    char text[64];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, kUnits[unit]);
    return text;
}

}  // namespace dunlin::runtime
