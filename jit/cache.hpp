// Kernels on disk, so that a program compiled once starts at once ever after.
//
// The folder is $DUNLIN_CACHE, else $XDG_CACHE_HOME/dunlin, else ~/.cache/dunlin, made with mode
// 0700 when something is first stored. Where none of the three is set, or DUNLIN_CACHE is "off",
// there is no cache: every load is a miss and every store does nothing.
//
// One file is one kernel. Its name is a hash of the key; it holds the whole key, which is compared,
// and a checksum over all of it. It is written under another name and renamed, so that other
// processes see it whole or not at all. A file that cannot be read, is torn, has another key,
// belongs to another user, or may be written by others is a miss. Nothing that goes wrong here is
// an error for the caller.
//
// All files together are kept below DUNLIN_CACHE_LIMIT MiB (256 if unset; 0 keeps nothing, so there
// is no cache then): when they would grow beyond, those used longest ago go first. Several
// processes that store at the same time may exceed it by a sixteenth each, until one looks again.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::jit {

/// What happened since the cache was opened.
struct CacheStatistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stored = 0;
    std::uint64_t removed = 0;
};

/// May be used from several threads, and the folder by several processes, at once.
class KernelCache {
  public:
    static constexpr std::uint64_t kDefaultLimit = 256ull << 20;

    /// The cache that the environment describes.
    static KernelCache of_environment();
    /// A cache in `folder`, made if missing; no cache if `folder` is empty. `limit` is in bytes.
    explicit KernelCache(const std::string& folder, std::uint64_t limit = kDefaultLimit);

    /// What was stored under this key, which must name all that the bytes depend on: kernel text,
    /// prelude, target, compiler version, options.
    std::optional<std::string> load(std::string_view key);
    void store(std::string_view key, std::string_view bytes);

    /// Empty when there is no cache.
    const std::string& folder() const { return folder_; }
    CacheStatistics statistics() const;

  private:
    void keep_below_limit(std::uint64_t added);

    std::string folder_;
    std::uint64_t limit_;
    std::atomic<std::uint64_t> hits_ = 0;
    std::atomic<std::uint64_t> misses_ = 0;
    std::atomic<std::uint64_t> stored_ = 0;
    std::atomic<std::uint64_t> removed_ = 0;

    std::mutex size_mutex_;
    /// What the folder held when it was last looked at, and what was stored since.
    std::optional<std::uint64_t> size_seen_;
    std::uint64_t size_added_ = 0;
};

}  // namespace dunlin::jit
