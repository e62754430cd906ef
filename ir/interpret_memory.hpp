// Elements in memory, as the interpreter reads and writes them: typed access to bytes, strides of
// row-major arrays, and walks over several arrays at once. Values may lie at any address, so all
// access goes through load and store.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "ir/types.hpp"

namespace dunlin::ir {

// Element `index` of an array of T. Any bool byte but 0 is true.
template <typename T>
T load(const std::byte* data, std::int64_t index = 0) {
    if constexpr (std::is_same_v<T, bool>) {
        return data[index] != std::byte{0};
    } else {
        T value;
        std::memcpy(&value, data + index * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
        return value;
    }
}

template <typename T>
void store(std::byte* data, std::int64_t index, T value) {
    std::memcpy(data + index * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

// An integer element as a number; what does not fit (the upper half of u64) becomes the largest.
std::int64_t load_integer(DType dtype, const std::byte* data, std::int64_t index = 0);
// Stores a number in an element of an integer type, wrapping.
void store_integer(DType dtype, std::byte* data, std::int64_t index, std::int64_t value);

// Copies bytes to another place, or leaves them where they are; for none of them the pointers may
// be null.
inline void copy_bytes(std::byte* to, const std::byte* from, std::int64_t bytes) {
    if (bytes > 0 && to != from) std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

using Strides = std::vector<std::int64_t>;

// How far apart neighbours along each axis lie, in elements.
Strides row_major_strides(const Shape& shape);
// Strides, in elements, for reading an array of shape `from` as one of shape `to`: 0 along axes
// that are repeated.
Strides broadcast_strides(const Shape& from, const Shape& to);
Strides scaled(Strides strides, std::int64_t factor);
// Where the element with number `linear` (in row-major order over `sizes`) lies.
std::int64_t offset_of(std::int64_t linear, const Shape& sizes, const Strides& strides);

// An array seen as lines along one axis: element k of a line lies at first(line) + k * stride().
struct Lines {
    std::int64_t outer = 1;   // product of the sizes before the axis
    std::int64_t length = 1;  // size of the axis
    std::int64_t inner = 1;   // product of the sizes after it

    Lines(const Shape& shape, std::int64_t axis);
    std::int64_t count() const { return outer * inner; }
    std::int64_t stride() const { return inner; }
    std::int64_t first(std::int64_t line) const {
        return line / inner * length * inner + line % inner;
    }
};

// Walks N arrays together over `rank` axes, row by row: calls row(offsets, count) for every run
// along the last axis. All arrays have the same sizes and their own strides, whatever the unit of
// these is.
template <std::size_t N, typename Row>
void for_each_row(const std::int64_t* sizes, std::size_t rank,
                  std::array<const std::int64_t*, N> strides, std::array<std::int64_t, N> offsets,
                  Row&& row) {
    if (rank <= 1) {
        row(offsets, rank == 1 ? sizes[0] : 1);
        return;
    }
    std::array<const std::int64_t*, N> inner = strides;
    for (auto& stride : inner) ++stride;
    for (std::int64_t i = 0; i < sizes[0]; ++i) {
        for_each_row<N>(sizes + 1, rank - 1, inner, offsets, row);
        for (std::size_t k = 0; k < N; ++k) offsets[k] += strides[k][0];
    }
}

// Copies an array of `shape` whose elements have `element` bytes; strides count bytes.
void copy_strided(const Shape& shape, int element, std::byte* to, const Strides& to_strides,
                  const std::byte* from, const Strides& from_strides);

// Replaces every NaN of a float array by the canonical one; other element types stay as they are.
void make_canonical(const Type& type, std::byte* data);

}  // namespace dunlin::ir
