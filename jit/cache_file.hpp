// One file of the kernel cache: a magic word, a checksum over the rest, the lengths of key and
// bytes, the key, the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::jit {

std::uint64_t cache_file_size(std::string_view key, std::string_view bytes);

/// The bytes in the file, if it is ours alone, whole, of at most `most_bytes`, and of this key.
/// Then it counts as used now.
std::optional<std::string> read_cache_file(const std::string& file, std::string_view key,
                                           std::uint64_t most_bytes);

/// Writes a file beside `file` and renames it. Returns whether it is there; when it is not, nothing
/// is left behind.
bool write_cache_file(const std::string& file, std::string_view key, std::string_view bytes);

}  // namespace dunlin::jit
