// The folder of the kernel cache: its names, its making, its size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dunlin::jit {

/// The folder's path as it stays true when the process changes its working folder; empty if it
/// cannot be found.
std::string absolute_folder(const std::string& folder);

/// The file in which the kernel of this key lies.
std::string path_of(const std::string& folder, std::string_view key);

/// Makes the folder, and those above it that are missing, for this user alone. Returns whether it
/// is there.
bool make_folder(const std::string& folder);

struct FolderSize {
    std::uint64_t bytes = 0;
    std::uint64_t removed = 0;
};

/// Adds up the files, and if they exceed `limit` together with `added` bytes to come, removes those
/// used longest ago until a quarter of the limit is free, so that this is not done for each file.
/// Files that a killed process left unfinished go as well.
FolderSize trim_folder(const std::string& folder, std::uint64_t limit, std::uint64_t added);

}  // namespace dunlin::jit
