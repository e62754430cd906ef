// The kernel cache gives back what was stored, or nothing: never something else, and never trouble.
#include "jit/cache.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace dunlin::jit {

namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test; caches made in it need not exist.
class Cache : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "dunlin_cache_XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { fs::remove_all(folder); }

    std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file()) found.push_back(entry.path());
        }
        return found;
    }
    fs::path only_file() const {
        const auto found = files();
        EXPECT_EQ(found.size(), 1u);
        return found.empty() ? fs::path() : found.front();
    }
    std::uint64_t bytes_of_files() const {
        std::uint64_t sum = 0;
        for (const fs::path& file : files()) sum += fs::file_size(file);
        return sum;
    }

    fs::path folder;
};

std::string contents_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
/// Written over in place: some file systems go to the disk for a file that was first emptied.
void replace_contents(const fs::path& file, const std::string& contents) {
    std::ofstream(file, std::ios::binary | std::ios::app).close();
    std::fstream(file, std::ios::binary | std::ios::in | std::ios::out) << contents;
    fs::resize_file(file, contents.size());
}

/// Runs in a process of its own, which may change what else would outlast the test. Returns the
/// number that `body` returns.
int in_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// --- Keys and bytes

TEST_F(Cache, GivesBackWhatWasStored) {
    const std::string bytes("with \0 in it", 12);
    {
        KernelCache cache(folder);
        EXPECT_EQ(cache.load("key"), std::nullopt);
        cache.store("key", bytes);
        EXPECT_EQ(cache.load("key"), bytes);
        EXPECT_EQ(cache.load("Key"), std::nullopt);
    }
    KernelCache another(folder);
    EXPECT_EQ(another.load("key"), bytes);
}

TEST_F(Cache, KeysAndBytesMayBeEmptyOrLong) {
    KernelCache cache(folder);
    const std::string long_text(1 << 20, 'x');
    cache.store("", long_text);
    cache.store(long_text, "");
    EXPECT_EQ(cache.load(""), long_text);
    EXPECT_EQ(cache.load(long_text), "");
}

TEST_F(Cache, TheLastOneStoredCounts) {
    KernelCache cache(folder);
    cache.store("key", "old and longer");
    cache.store("key", "new");
    EXPECT_EQ(cache.load("key"), "new");
    EXPECT_EQ(files().size(), 1u);
}

TEST_F(Cache, Counts) {
    KernelCache cache(folder);
    cache.load("a");
    cache.store("a", "1");
    cache.load("a");
    cache.load("a");
    const CacheStatistics statistics = cache.statistics();
    EXPECT_EQ(statistics.misses, 1u);
    EXPECT_EQ(statistics.stored, 1u);
    EXPECT_EQ(statistics.hits, 2u);
    EXPECT_EQ(statistics.removed, 0u);
}

// --- Files that are not right

TEST_F(Cache, NoTornFileIsAHit) {
    KernelCache cache(folder);
    cache.store("key", "bytes");
    const std::string whole = contents_of(only_file());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        replace_contents(only_file(), whole.substr(0, length));
        ASSERT_EQ(cache.load("key"), std::nullopt) << length;
    }
    replace_contents(only_file(), whole + '\0');
    EXPECT_EQ(cache.load("key"), std::nullopt);
    replace_contents(only_file(), whole);
    EXPECT_EQ(cache.load("key"), "bytes");
}

TEST_F(Cache, NoFileWithAChangedBitIsAHit) {
    KernelCache cache(folder);
    cache.store("key", "bytes");
    const std::string whole = contents_of(only_file());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            replace_contents(only_file(), changed);
            ASSERT_EQ(cache.load("key"), std::nullopt) << "byte " << i << " bit " << bit;
        }
    }
}

TEST_F(Cache, AFileOfAnotherKeyIsAMiss) {
    // As if two keys had the same hash.
    KernelCache cache(folder);
    cache.store("first", "1");
    const fs::path first = only_file();
    const std::string contents = contents_of(first);
    fs::remove(first);
    cache.store("other", "2");
    replace_contents(only_file(), contents);
    EXPECT_EQ(cache.load("other"), std::nullopt);
}

TEST_F(Cache, AMissIsMendedByStoring) {
    KernelCache cache(folder);
    cache.store("key", "bytes");
    replace_contents(only_file(), "nonsense");
    EXPECT_EQ(cache.load("key"), std::nullopt);
    cache.store("key", "bytes");
    EXPECT_EQ(cache.load("key"), "bytes");
}

TEST_F(Cache, AFileThatOthersMayWriteIsAMiss) {
    KernelCache cache(folder);
    cache.store("key", "bytes");
    for (const mode_t mode : {0620, 0602, 0666}) {
        chmod(only_file().c_str(), mode);
        EXPECT_EQ(cache.load("key"), std::nullopt) << std::oct << mode;
    }
    chmod(only_file().c_str(), 0600);
    EXPECT_EQ(cache.load("key"), "bytes");
}

TEST_F(Cache, AFileOfAnotherUserIsAMiss) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file to another user";
    KernelCache cache(folder);
    cache.store("key", "bytes");
    ASSERT_EQ(chown(only_file().c_str(), 12345, 12345), 0);
    EXPECT_EQ(cache.load("key"), std::nullopt);
    cache.store("key", "bytes");
    EXPECT_EQ(cache.load("key"), "bytes");
}

TEST_F(Cache, AFileThatIsNoneIsAMiss) {
    KernelCache cache(folder);
    cache.store("key", "bytes");
    const fs::path file = only_file();
    const fs::path elsewhere = folder / "elsewhere";

    fs::rename(file, elsewhere);
    fs::create_symlink(elsewhere, file);
    EXPECT_EQ(cache.load("key"), std::nullopt) << "a link";
    fs::remove(file);
    fs::create_directory(file);
    EXPECT_EQ(cache.load("key"), std::nullopt) << "a folder";
    fs::remove(file);
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
    EXPECT_EQ(cache.load("key"), std::nullopt) << "a pipe, for which nobody may wait";
}

// --- Folders that are not right

TEST_F(Cache, TheFolderIsMadeForItsUserAlone) {
    KernelCache cache(folder / "new" / "dunlin");
    EXPECT_FALSE(fs::exists(folder / "new")) << "nothing was stored yet";
    cache.store("key", "bytes");
    EXPECT_EQ(cache.load("key"), "bytes");
    struct stat status = {};
    ASSERT_EQ(stat((folder / "new" / "dunlin").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    ASSERT_EQ(stat((folder / "new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    ASSERT_EQ(stat(only_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Cache, AFolderThatCannotBeMadeIsNoCache) {
    replace_contents(folder / "file", "");
    KernelCache cache(folder / "file" / "dunlin");
    cache.store("key", "bytes");
    EXPECT_EQ(cache.load("key"), std::nullopt);
    EXPECT_EQ(cache.statistics().stored, 0u);
}

TEST_F(Cache, AReadOnlyFolderStillGivesWhatIsThere) {
    KernelCache before(folder / "cache");
    before.store("key", "bytes");
    const auto use_read_only = [&] {
        KernelCache cache(folder / "cache");
        cache.store("other", "bytes");
        const bool right = cache.load("key") == "bytes" && cache.load("other") == std::nullopt &&
                           cache.statistics().stored == 0 && files().size() == 1;
        return right ? 0 : 1;
    };
    if (geteuid() != 0) {
        chmod((folder / "cache").c_str(), 0500);
        EXPECT_EQ(in_child(use_read_only), 0);
        chmod((folder / "cache").c_str(), 0700);
        return;
    }
    // Permissions do not bind root; a mount does.
    constexpr int kNoMounts = 99;
    const int code = in_child([&] {
        const std::string path = (folder / "cache").string();
        if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, "") != 0 ||
            mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
            mount("", path.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0) {
            return kNoMounts;
        }
        return use_read_only();
    });
    if (code == kNoMounts) GTEST_SKIP() << "root may not mount here";
    EXPECT_EQ(code, 0);
}

// --- No room

/// Stores, in a place where nothing more fits; the cache must stay as it was.
int store_without_room(const fs::path& folder) {
    KernelCache cache(folder);
    const std::string large(100000, 'x');
    cache.store("large", large);
    if (cache.load("large") != std::nullopt) return 1;
    if (cache.load("small") != "bytes") return 2;
    if (cache.statistics().stored != 0) return 3;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".kernel") return 4;  // a part was left behind
    }
    return 0;
}

TEST_F(Cache, AFileThatMayNotGrowIsNoTrouble) {
    KernelCache(folder).store("small", "bytes");
    const int code = in_child([&] {
        // Writing fails as it does on a full disk, after the first bytes.
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {.rlim_cur = 10000, .rlim_max = 10000};
        setrlimit(RLIMIT_FSIZE, &limit);
        return store_without_room(folder);
    });
    EXPECT_EQ(code, 0);
    EXPECT_EQ(files().size(), 1u);
}

TEST_F(Cache, AFullDiskIsNoTrouble) {
    constexpr int kNoMounts = 99;
    const int code = in_child([&] {
        if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, "") != 0 ||
            mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") != 0) {
            return kNoMounts;
        }
        KernelCache(folder).store("small", "bytes");
        return store_without_room(folder);
    });
    if (code == kNoMounts) GTEST_SKIP() << "this user may not mount a small disk";
    EXPECT_EQ(code, 0);
}

TEST_F(Cache, StaysBelowItsLimit) {
    constexpr std::uint64_t kLimit = 100000;
    KernelCache cache(folder, kLimit);
    for (int i = 0; i < 200; ++i) {
        cache.store("key " + std::to_string(i), std::string(2000, 'x'));
        ASSERT_LE(bytes_of_files(), kLimit) << i;
    }
    EXPECT_GT(bytes_of_files(), kLimit / 2);
    EXPECT_GT(cache.statistics().removed, 100u);
    EXPECT_NE(cache.load("key 199"), std::nullopt);
}

TEST_F(Cache, WhatOthersStoredCountsToo) {
    constexpr std::uint64_t kLimit = 100000;
    for (int i = 0; i < 200; ++i) {
        KernelCache cache(folder, kLimit);
        cache.store("key " + std::to_string(i), std::string(2000, 'x'));
        ASSERT_LE(bytes_of_files(), kLimit) << i;
    }
}

TEST_F(Cache, WhatWasUsedLongAgoGoesFirst) {
    constexpr std::uint64_t kLimit = 10000;
    KernelCache cache(folder, kLimit);
    for (const char* key : {"a", "b", "c"}) cache.store(key, std::string(2500, 'x'));
    // All were made long ago, and one of them is used now.
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
    for (const fs::path& file : files()) fs::last_write_time(file, long_ago);
    EXPECT_NE(cache.load("b"), std::nullopt);
    cache.store("d", std::string(4000, 'x'));
    EXPECT_EQ(cache.load("a"), std::nullopt);
    EXPECT_EQ(cache.load("c"), std::nullopt);
    EXPECT_NE(cache.load("b"), std::nullopt);
    EXPECT_NE(cache.load("d"), std::nullopt);
}

TEST_F(Cache, WhatExceedsTheLimitByItselfIsNotStored) {
    KernelCache cache(folder, 1000);
    cache.store("small", "x");
    cache.store("large", std::string(1000, 'x'));
    EXPECT_EQ(cache.load("large"), std::nullopt);
    EXPECT_EQ(cache.load("small"), "x");
}

TEST_F(Cache, RemovesWhatKilledProcessesLeftAndNothingElse) {
    KernelCache(folder).store("key", "bytes");
    const fs::path left = only_file().string() + ".abcdef";
    const fs::path fresh = only_file().string() + ".ghijkl";
    const fs::path foreign = folder / "notes.txt";
    for (const fs::path& file : {left, fresh, foreign}) replace_contents(file, "x");
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
    fs::last_write_time(left, long_ago);
    fs::last_write_time(foreign, long_ago);
    KernelCache(folder).store("other", "bytes");
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(fresh)) << "somebody may still be writing it";
    EXPECT_TRUE(fs::exists(foreign));
}

// --- Several at once

/// The bytes of a key in one of its versions: whoever reads can tell whether they belong together.
std::string version_of(const std::string& key, int version) {
    return key + " " + std::string(1000 * (version % 7 + 1), static_cast<char>('a' + version % 7));
}
bool is_a_version(const std::string& key, const std::string& bytes) {
    for (int version = 0; version < 7; ++version) {
        if (bytes == version_of(key, version)) return true;
    }
    return false;
}

/// Stores and loads; false when something was loaded that nobody stored.
bool use_at_random(KernelCache& cache, unsigned seed) {
    for (int turn = 0; turn < 300; ++turn) {
        seed = seed * 1664525u + 1013904223u;
        const std::string key = "key " + std::to_string((seed >> 8) % 8);
        if ((seed >> 20) % 2 == 0) {
            cache.store(key, version_of(key, turn));
        } else if (const auto bytes = cache.load(key); bytes && !is_a_version(key, *bytes)) {
            return false;
        }
    }
    return true;
}

TEST_F(Cache, ProcessesThatRaceReadWholeFiles) {
    std::vector<pid_t> children;
    for (unsigned i = 0; i < 6; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            // So small that they remove each other's files as well.
            KernelCache cache(folder, 30000);
            const bool right = use_at_random(cache, i);
            _exit(right && cache.statistics().hits > 0 && cache.statistics().stored > 0 ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    for (const fs::path& file : files()) EXPECT_EQ(file.extension(), ".kernel");
}

TEST_F(Cache, ThreadsShareOneCache) {
    KernelCache cache(folder, 30000);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i) {
        threads.emplace_back([&cache, i] { EXPECT_TRUE(use_at_random(cache, i)); });
    }
    for (std::thread& thread : threads) thread.join();
    const CacheStatistics statistics = cache.statistics();
    EXPECT_GT(statistics.hits, 0u);
    EXPECT_EQ(statistics.hits + statistics.misses + statistics.stored, 4u * 300u);
}

// --- The environment

/// The folder of the cache that these variables describe; those not given are not set.
std::string folder_with(const std::vector<std::pair<const char*, const char*>>& variables) {
    for (const char* name : {"DUNLIN_CACHE", "XDG_CACHE_HOME", "HOME", "DUNLIN_CACHE_LIMIT"}) {
        unsetenv(name);
    }
    for (const auto& [name, value] : variables) setenv(name, value, 1);
    return KernelCache::of_environment().folder();
}

/// Puts the variables back that a test changes.
class CacheEnvironment : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"DUNLIN_CACHE", "XDG_CACHE_HOME", "HOME", "DUNLIN_CACHE_LIMIT"}) {
            const char* value = std::getenv(name);
            if (value != nullptr) before_.emplace_back(name, value);
        }
    }
    void TearDown() override {
        folder_with({});
        for (const auto& [name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
    }

  private:
    std::vector<std::pair<std::string, std::string>> before_;
};

TEST_F(CacheEnvironment, SaysWhereTheCacheIs) {
    EXPECT_EQ(folder_with({{"DUNLIN_CACHE", "/a"}, {"XDG_CACHE_HOME", "/b"}, {"HOME", "/c"}}),
              "/a");
    EXPECT_EQ(folder_with({{"XDG_CACHE_HOME", "/b"}, {"HOME", "/c"}}), "/b/dunlin");
    EXPECT_EQ(folder_with({{"HOME", "/c"}}), "/c/.cache/dunlin");
    EXPECT_EQ(folder_with({{"DUNLIN_CACHE", ""}, {"HOME", "/c"}}), "/c/.cache/dunlin");
    EXPECT_EQ(folder_with({{"XDG_CACHE_HOME", "b"}, {"HOME", "/c"}}), "/c/.cache/dunlin");
    EXPECT_EQ(folder_with({{"DUNLIN_CACHE", "a"}}), (fs::current_path() / "a").string());
}

TEST_F(CacheEnvironment, SaysThatThereIsNoCache) {
    EXPECT_EQ(folder_with({}), "");
    EXPECT_EQ(folder_with({{"DUNLIN_CACHE", "off"}, {"HOME", "/c"}}), "");
    EXPECT_EQ(folder_with({{"HOME", "/c"}, {"DUNLIN_CACHE_LIMIT", "0"}}), "");
    KernelCache cache("");
    cache.store("key", "bytes");
    EXPECT_EQ(cache.load("key"), std::nullopt);
    EXPECT_EQ(cache.statistics().misses, 1u);
}

TEST_F(CacheEnvironment, ALimitThatIsNoNumberIsTheUsualOne) {
    for (const char* limit : {"", "many", "-1", "1 MiB", "99999999999999999999"}) {
        EXPECT_NE(folder_with({{"HOME", "/c"}, {"DUNLIN_CACHE_LIMIT", limit}}), "") << limit;
    }
}

}  // namespace

}  // namespace dunlin::jit
