// Element types and shapes: the facts about a value that are known when a program is loaded.
//
// Every value of the language is an array: an element type (DType) and a Shape, row-major. A scalar
// has an empty shape. Sizes are never negative; the number of elements and of bytes is bounded by
// kMaxBytes, so that products of sizes can be computed without overflow once `byte_count` has
// accepted a type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dunlin::ir {

enum class DType : std::uint8_t {
#define DTYPE(name, text, cpp, kind, bytes) name,
#include "ir/dtypes.def"
#undef DTYPE
};

enum class Kind : std::uint8_t { Bool, Signed, Unsigned, Float };

std::string_view name_of(DType dtype);
std::optional<DType> dtype_named(std::string_view name);
Kind kind_of(DType dtype);
int size_of(DType dtype);  // bytes of one element

inline bool is_float(DType dtype) {
    return kind_of(dtype) == Kind::Float;
}
inline bool is_integer(DType dtype) {
    return kind_of(dtype) == Kind::Signed || kind_of(dtype) == Kind::Unsigned;
}

using Shape = std::vector<std::int64_t>;

struct Type {
    DType dtype = DType::F64;
    Shape shape;

    bool operator==(const Type&) const = default;
    bool is_scalar() const { return shape.empty(); }
    std::size_t rank() const { return shape.size(); }
};

// No single value may be larger than this (1 TiB): a larger one is a diagnostic at load.
inline constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40;

// The number of elements; nothing when it exceeds what kMaxBytes can hold, sizes of 0 not counted
// (so that products of some of the sizes, as in strides, cannot overflow either).
std::optional<std::int64_t> checked_count(const Shape& shape);
// The number of elements of a shape that has been accepted before.
std::int64_t element_count(const Shape& shape);
std::int64_t byte_count(const Type& type);

// NumPy's rule: aligned at the last axis, sizes equal or one of them 1. Nothing when they do not
// fit.
std::optional<Shape> broadcast(const Shape& left, const Shape& right);
bool broadcasts_to(const Shape& from, const Shape& to);

// "f32[3, 4]"; a scalar is "f32".
std::string to_string(const Type& type);
std::string to_string(const Shape& shape);  // "[3, 4]"

// Calls visit(T{}) with the C++ type of `dtype`.
template <typename Visitor>
decltype(auto) with_cpp_type(DType dtype, Visitor&& visit) {
    switch (dtype) {
#define DTYPE(name, text, cpp, kind, bytes) \
    case DType::name: return std::forward<Visitor>(visit)(cpp{});
#include "ir/dtypes.def"
#undef DTYPE
    }
    __builtin_unreachable();
}

}  // namespace dunlin::ir
