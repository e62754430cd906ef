#include "ir/types.hpp"

#include <algorithm>

namespace dunlin::ir {

namespace {

struct Row {
    std::string_view name;
    Kind kind;
    int bytes;
};

constexpr Row kRows[] = {
#define DTYPE(name, text, cpp, kind, bytes) {text, Kind::kind, bytes},
#include "ir/dtypes.def"
#undef DTYPE
};

const Row& row_of(DType dtype) {
    return kRows[static_cast<int>(dtype)];
}

}  // namespace

std::string_view name_of(DType dtype) {
    return row_of(dtype).name;
}
Kind kind_of(DType dtype) {
    return row_of(dtype).kind;
}
int size_of(DType dtype) {
    return row_of(dtype).bytes;
}

std::optional<DType> dtype_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kRows); ++i)
        if (kRows[i].name == name) return static_cast<DType>(i);
    return std::nullopt;
}

std::optional<std::int64_t> checked_count(const Shape& shape) {
    std::int64_t nonzero =
        1;  // bounded too, so that a product of some of the sizes never overflows
    bool empty = false;
    for (std::int64_t size : shape) {
        if (size < 0) return std::nullopt;
        empty = empty || size == 0;
        if (size == 0) continue;
        if (size > kMaxBytes / nonzero) return std::nullopt;
        nonzero *= size;
    }
    return empty ? 0 : nonzero;
}

std::int64_t element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (std::int64_t size : shape) count *= size;
    return count;
}

std::int64_t byte_count(const Type& type) {
    return element_count(type.shape) * size_of(type.dtype);
}

std::optional<Shape> broadcast(const Shape& left, const Shape& right) {
    Shape result(std::max(left.size(), right.size()), 1);
    for (std::size_t back = 1; back <= result.size(); ++back) {
        std::int64_t a = back <= left.size() ? left[left.size() - back] : 1;
        std::int64_t b = back <= right.size() ? right[right.size() - back] : 1;
        if (a != b && a != 1 && b != 1) return std::nullopt;
        result[result.size() - back] = a == 1 ? b : a;
    }
    return result;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
    return broadcast(from, to) == to;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(shape[i]);
    }
    return text + "]";
}

std::string to_string(const Type& type) {
    std::string text(name_of(type.dtype));
    if (!type.is_scalar()) text += to_string(type.shape);
    return text;
}

}  // namespace dunlin::ir
