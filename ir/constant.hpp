// A constant: a typed, row-major block of element bytes known when the program is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "ir/types.hpp"

namespace dunlin::ir {

struct Constant {
    Type type;
    std::vector<std::byte>
        bytes;  // byte_count(type) of them, host byte order; bool is one byte, 0 or 1

    bool operator==(const Constant&) const = default;

    std::int64_t count() const { return element_count(type.shape); }
    // Element k as a number of the wanted C++ type, by plain C++ conversion (not the language's
    // saturating one).
    template <typename T>
    T at(std::int64_t k = 0) const {
        return with_cpp_type(type.dtype, [&](auto sample) {
            decltype(sample) value;
            std::memcpy(&value, bytes.data() + k * static_cast<std::int64_t>(sizeof value),
                        sizeof value);
            return static_cast<T>(value);
        });
    }
};

// A scalar of the C++ type that belongs to `dtype`, from a number that it can hold.
template <typename T>
Constant scalar_constant(DType dtype, T number) {
    Constant constant{Type{dtype, {}}, {}};
    with_cpp_type(dtype, [&](auto sample) {
        auto value = static_cast<decltype(sample)>(number);
        constant.bytes.resize(sizeof value);
        std::memcpy(constant.bytes.data(), &value, sizeof value);
    });
    return constant;
}
Constant bool_constant(bool value);
Constant vector_constant(DType dtype, const std::vector<std::int64_t>& numbers);

}  // namespace dunlin::ir
