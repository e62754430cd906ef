#include "ir/interpret_memory.hpp"

#include <limits>

#include "ir/lane_rules.hpp"

namespace dunlin::ir {

std::int64_t load_integer(DType dtype, const std::byte* data, std::int64_t index) {
    return with_cpp_type(dtype, [&](auto sample) -> std::int64_t {
        using T = decltype(sample);
        const T value = load<T>(data, index);
        if constexpr (std::is_same_v<T, std::uint64_t>) {
            constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
            return value > static_cast<std::uint64_t>(kLargest) ? kLargest
                                                                : static_cast<std::int64_t>(value);
        } else if constexpr (std::is_integral_v<T>) {
            return value;
        } else {
            __builtin_unreachable();  // the verifier lets no float be an index
        }
    });
}

void store_integer(DType dtype, std::byte* data, std::int64_t index, std::int64_t value) {
    with_cpp_type(dtype, [&](auto sample) {
        using T = decltype(sample);
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
            store<T>(data, index, static_cast<T>(value));
        } else {
            __builtin_unreachable();  // the verifier wants an integer type here
        }
    });
}

Strides row_major_strides(const Shape& shape) {
    Strides strides(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;)
        strides[axis - 1] = strides[axis] * shape[axis];
    return strides;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
    const Strides dense = row_major_strides(from);
    Strides strides(to.size(), 0);
    const std::size_t missing = to.size() - from.size();
    for (std::size_t axis = 0; axis < from.size(); ++axis)
        if (from[axis] != 1) strides[missing + axis] = dense[axis];
    return strides;
}

Strides scaled(Strides strides, std::int64_t factor) {
    for (std::int64_t& stride : strides) stride *= factor;
    return strides;
}

std::int64_t offset_of(std::int64_t linear, const Shape& sizes, const Strides& strides) {
    std::int64_t offset = 0;
    for (std::size_t axis = sizes.size(); axis-- > 0;) {
        offset += linear % sizes[axis] * strides[axis];
        linear /= sizes[axis];
    }
    return offset;
}

Lines::Lines(const Shape& shape, std::int64_t axis) : length(shape[axis]) {
    for (std::int64_t k = 0; k < axis; ++k) outer *= shape[k];
    for (std::size_t k = axis + 1; k < shape.size(); ++k) inner *= shape[k];
}

namespace {

template <typename Bits>
void copy_row(std::byte* to, std::int64_t to_step, const std::byte* from, std::int64_t from_step,
              std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        std::memcpy(to + k * to_step, from + k * from_step, sizeof(Bits));
}

}  // namespace

void copy_strided(const Shape& shape, int element, std::byte* to, const Strides& to_strides,
                  const std::byte* from, const Strides& from_strides) {
    const std::int64_t to_step = to_strides.empty() ? 0 : to_strides.back();
    const std::int64_t from_step = from_strides.empty() ? 0 : from_strides.back();
    const bool dense = to_step == element && from_step == element;
    for_each_row<2>(
        shape.data(), shape.size(), {to_strides.data(), from_strides.data()}, {0, 0},
        [&](const std::array<std::int64_t, 2>& offsets, std::int64_t count) {
            std::byte* to_row = to + offsets[0];
            const std::byte* from_row = from + offsets[1];
            if (dense) {
                copy_bytes(to_row, from_row, count * element);
                return;
            }
            switch (element) {
                case 1: copy_row<std::uint8_t>(to_row, to_step, from_row, from_step, count); break;
                case 2: copy_row<std::uint16_t>(to_row, to_step, from_row, from_step, count); break;
                case 4: copy_row<std::uint32_t>(to_row, to_step, from_row, from_step, count); break;
                default: copy_row<std::uint64_t>(to_row, to_step, from_row, from_step, count);
            }
        });
}

void make_canonical(const Type& type, std::byte* data) {
    with_cpp_type(type.dtype, [&](auto sample) {
        using T = decltype(sample);
        if constexpr (std::is_floating_point_v<T>) {
            const std::int64_t count = element_count(type.shape);
            for (std::int64_t k = 0; k < count; ++k)
                store<T>(data, k, lane::canonical(load<T>(data, k)));
        }
    });
}

}  // namespace dunlin::ir
