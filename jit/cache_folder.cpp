#include "jit/cache_folder.hpp"

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace dunlin::jit {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".kernel";

struct KernelFile {
    fs::path path;
    fs::file_time_type used;
    std::uint64_t bytes = 0;
};

/// What is not ours, in that folder, is left alone: we make NAME.kernel and NAME.kernel.XXXXXX.
bool is_ours(const fs::path& path) {
    return path.filename().string().find(kEnding) != std::string::npos;
}
bool is_unfinished(const fs::path& path) {
    return path.extension() != kEnding;
}

std::vector<KernelFile> files_of(const std::string& folder) {
    std::vector<KernelFile> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code gone;
        KernelFile file = {at->path(), at->last_write_time(gone), at->file_size(gone)};
        if (!gone && is_ours(file.path)) files.push_back(std::move(file));
    }
    return files;
}

}  // namespace

std::string absolute_folder(const std::string& folder) {
    std::error_code error;
    return fs::absolute(folder, error).string();
}

std::string path_of(const std::string& folder, std::string_view key) {
    const XXH128_hash_t hash = XXH3_128bits(key.data(), key.size());
    char name[33];
    std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return folder + "/" + name + std::string(kEnding);
}

bool make_folder(const std::string& folder) {
    std::error_code error;
    if (fs::is_directory(folder, error)) return true;
    for (std::size_t end = folder.find('/', 1);; end = folder.find('/', end + 1)) {
        mkdir(folder.substr(0, end).c_str(), S_IRWXU);
        if (end == std::string::npos) break;
    }
    return fs::is_directory(folder, error);
}

FolderSize trim_folder(const std::string& folder, std::uint64_t limit, std::uint64_t added) {
    std::vector<KernelFile> files = files_of(folder);
    FolderSize size;
    for (const KernelFile& file : files) size.bytes += file.bytes;
    const auto remove = [&size](const KernelFile& file) {
        if (unlink(file.path.c_str()) != 0) return;
        size.bytes -= file.bytes;
        ++size.removed;
    };

    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
    for (const KernelFile& file : files) {
        if (is_unfinished(file.path) && file.used < long_ago) remove(file);
    }
    if (size.bytes + added <= limit) return size;

    std::sort(files.begin(), files.end(),
              [](const KernelFile& a, const KernelFile& b) { return a.used < b.used; });
    for (const KernelFile& file : files) {
        if (size.bytes + added <= limit - limit / 4) break;
        if (!is_unfinished(file.path)) remove(file);
    }
    return size;
}

}  // namespace dunlin::jit
