#include "jit/cache_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace dunlin::jit {

namespace {

constexpr std::array<char, 8> kMagic = {'d', 'u', 'n', 'l', 'i', 'n', 'k', '1'};

struct Header {
    std::array<char, 8> magic;
    XXH128_canonical_t checksum;
    std::uint64_t key_length;
    std::uint64_t bytes_length;
};
constexpr std::size_t kChecked = offsetof(Header, key_length);

/// A file descriptor, closed when it goes.
class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    ~File() {
        if (is_open()) ::close(descriptor_);
    }
    bool is_open() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    /// Closes it now; false if what was written may not have arrived.
    bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

  private:
    int descriptor_;
};

/// Everything from the lengths to the end.
XXH128_canonical_t checksum_of(std::string_view file) {
    const std::string_view checked = file.substr(kChecked);
    XXH128_canonical_t checksum;
    XXH128_canonicalFromHash(&checksum, XXH3_128bits(checked.data(), checked.size()));
    return checksum;
}

bool is_ours_alone(const struct stat& status) {
    return S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::optional<std::string> read_all(int descriptor, std::size_t size) {
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = read(descriptor, text.data() + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        done += static_cast<std::size_t>(count);
    }
    return text;
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// The bytes in a file's text, if it is whole and of this key.
std::optional<std::string> bytes_in(const std::string& file, std::string_view key) {
    Header header;
    std::memcpy(&header, file.data(), sizeof header);
    const XXH128_canonical_t checksum = checksum_of(file);
    const std::uint64_t held = file.size() - sizeof header;
    if (header.magic != kMagic || std::memcmp(&header.checksum, &checksum, sizeof checksum) != 0 ||
        header.key_length > held || header.bytes_length != held - header.key_length) {
        return std::nullopt;
    }
    const std::string_view rest = std::string_view(file).substr(sizeof header);
    if (rest.substr(0, header.key_length) != key) return std::nullopt;
    return std::string(rest.substr(header.key_length));
}

std::string text_of(std::string_view key, std::string_view bytes) {
    Header header = {
        .magic = kMagic, .checksum = {}, .key_length = key.size(), .bytes_length = bytes.size()};
    std::string text(sizeof header, '\0');
    std::memcpy(text.data(), &header, sizeof header);
    text += key;
    text += bytes;
    header.checksum = checksum_of(text);
    std::memcpy(text.data(), &header, sizeof header);
    return text;
}

}  // namespace

std::uint64_t cache_file_size(std::string_view key, std::string_view bytes) {
    return sizeof(Header) + key.size() + bytes.size();
}

std::optional<std::string> read_cache_file(const std::string& file, std::string_view key,
                                           std::uint64_t most_bytes) {
    // Without waiting, in case that somebody laid a pipe there.
    const File opened(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status = {};
    if (!opened.is_open() || fstat(opened.descriptor(), &status) != 0) return std::nullopt;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (!is_ours_alone(status) || size < sizeof(Header) || size > most_bytes) return std::nullopt;
    const std::optional<std::string> text = read_all(opened.descriptor(), size);
    if (!text) return std::nullopt;
    std::optional<std::string> bytes = bytes_in(*text, key);
    if (bytes) futimens(opened.descriptor(), nullptr);
    return bytes;
}

bool write_cache_file(const std::string& file, std::string_view key, std::string_view bytes) {
    std::string unfinished = file + ".XXXXXX";
    File opened(mkostemp(unfinished.data(), O_CLOEXEC));
    if (!opened.is_open()) return false;
    // Not forced to the disk: after a crash of the machine a torn file is a miss.
    const bool written = write_all(opened.descriptor(), text_of(key, bytes)) && opened.close() &&
                         std::rename(unfinished.c_str(), file.c_str()) == 0;
    if (!written) unlink(unfinished.c_str());
    return written;
}

}  // namespace dunlin::jit
