// The .npy format, apart from files: a magic text, a version, the length of a header, the header (a
// Python dictionary that names element type, order and shape), and the elements.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/dunlin.hpp"

namespace dunlin::runtime {

// The array whose file has these bytes. The array is a view of them. Any bytes at all may be handed
// in.
Result<Array> parse_npy(std::span<const std::byte> bytes);

// What stands before the elements of a file, padded so that they begin at a multiple of 64 bytes.
std::string npy_header(const Type& type);

}  // namespace dunlin::runtime
