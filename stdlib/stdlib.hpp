// The standard library's sources, as they stand in this folder, embedded at build time
// (embed.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace dunlin::stdlib {

struct File {
    std::string_view name;  // "stdlib/statistics.dun", "stdlib/modules/stats.dun"
    std::string_view text;
};

std::vector<File> files();

}  // namespace dunlin::stdlib
