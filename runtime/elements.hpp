// Walking over the elements of an Array, whatever its strides and byte order.
#pragma once

#include <algorithm>
#include <cstring>

#include "runtime/convert.hpp"

namespace dunlin::runtime {

// The element at `data`. A bool is any byte that is not 0.
template <typename T>
T element_at(const std::byte* data, bool swapped) {
    std::byte bytes[sizeof(T)];
    if (swapped)
        std::reverse_copy(data, data + sizeof(T), bytes);
    else
        std::memcpy(bytes, data, sizeof(T));
    if constexpr (std::is_same_v<T, bool>) {
        return bytes[0] != std::byte{0};
    } else {
        T value;
        std::memcpy(&value, bytes, sizeof(T));
        return value;
    }
}

// Calls visit(address) for every element, in row-major order.
template <typename Visitor>
void for_each_address(const Array& array, Visitor&& visit) {
    std::int64_t count = array.count();
    std::vector<std::int64_t> index(array.type.shape.size(), 0);
    const std::byte* address = array.data;
    for (std::int64_t k = 0; k < count; ++k) {
        visit(address);
        for (std::size_t axis = index.size(); axis-- > 0;) {
            address += array.strides[axis];
            if (++index[axis] < array.type.shape[axis]) break;
            address -= array.strides[axis] * array.type.shape[axis];
            index[axis] = 0;
        }
    }
}

// Calls visit(value) with the C++ type of the elements, in row-major order.
template <typename Visitor>
void for_each_element(const Array& array, Visitor&& visit) {
    ir::with_cpp_type(to_ir(array.type.dtype), [&](auto sample) {
        for_each_address(array, [&](const std::byte* address) {
            visit(element_at<decltype(sample)>(address, array.swapped));
        });
    });
}

}  // namespace dunlin::runtime
