#include "jit/cache.hpp"

#include <charconv>
#include <cstdlib>

#include "jit/cache_file.hpp"
#include "jit/cache_folder.hpp"

namespace dunlin::jit {

namespace {

/// The variable's text; empty if it is not set.
std::string environment(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? "" : text;
}

std::string folder_of_environment() {
    std::string given = environment("DUNLIN_CACHE");
    if (given == "off") return "";
    if (!given.empty()) return given;
    // A relative path there means nothing, as its specification says.
    const std::string caches = environment("XDG_CACHE_HOME");
    if (caches.starts_with('/')) return caches + "/dunlin";
    const std::string home = environment("HOME");
    if (home.starts_with('/')) return home + "/.cache/dunlin";
    return "";
}

std::uint64_t limit_of_environment() {
    constexpr std::uint64_t kMostMebibytes = 1ull << 40;
    const std::string given = environment("DUNLIN_CACHE_LIMIT");
    std::uint64_t mebibytes = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), mebibytes);
    const bool is_number = error == std::errc() && end == given.data() + given.size();
    if (!is_number || mebibytes > kMostMebibytes) return KernelCache::kDefaultLimit;
    return mebibytes << 20;
}

}  // namespace

KernelCache KernelCache::of_environment() {
    return KernelCache(folder_of_environment(), limit_of_environment());
}

KernelCache::KernelCache(const std::string& folder, std::uint64_t limit)
    : folder_(limit == 0 || folder.empty() ? "" : absolute_folder(folder)), limit_(limit) {}

std::optional<std::string> KernelCache::load(std::string_view key) {
    std::optional<std::string> bytes;
    if (!folder_.empty()) bytes = read_cache_file(path_of(folder_, key), key, limit_);
    ++(bytes ? hits_ : misses_);
    return bytes;
}

void KernelCache::store(std::string_view key, std::string_view bytes) {
    const std::uint64_t size = cache_file_size(key, bytes);
    if (folder_.empty() || size > limit_ || !make_folder(folder_)) return;
    keep_below_limit(size);
    if (write_cache_file(path_of(folder_, key), key, bytes)) ++stored_;
}

// Looking at the folder takes a millisecond for each thousand files, so it is done for the first
// kernel stored, when the limit is near, and now and then because of other processes.
void KernelCache::keep_below_limit(std::uint64_t added) {
    const std::lock_guard lock(size_mutex_);
    const bool is_known = size_seen_ && size_added_ + added <= limit_ / 16 &&
                          *size_seen_ + size_added_ + added <= limit_;
    if (!is_known) {
        const FolderSize size = trim_folder(folder_, limit_, added);
        removed_ += size.removed;
        size_seen_ = size.bytes;
        size_added_ = 0;
    }
    size_added_ += added;
}

CacheStatistics KernelCache::statistics() const {
    return {.hits = hits_, .misses = misses_, .stored = stored_, .removed = removed_};
}

}  // namespace dunlin::jit
