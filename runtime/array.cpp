// Arrays as the host hands them over: views with strides.
#include <cstdlib>

#include "runtime/elements.hpp"

namespace dunlin {

std::string_view name_of(DType dtype) {
    return ir::name_of(runtime::to_ir(dtype));
}

std::optional<DType> dtype_named(std::string_view name) {
    if (auto dtype = ir::dtype_named(name)) return runtime::to_public(*dtype);
    return std::nullopt;
}

int size_of(DType dtype) {
    return ir::size_of(runtime::to_ir(dtype));
}

std::string to_string(const Type& type) {
    return ir::to_string(runtime::to_ir(type));
}

Array Array::over(DType dtype, const void* data, Shape shape, std::shared_ptr<const void> owner) {
    Array array{{dtype, std::move(shape)},
                {},
                static_cast<const std::byte*>(data),
                false,
                std::move(owner)};
    array.strides.resize(array.type.shape.size());
    std::int64_t stride = size_of(dtype);
    for (std::size_t axis = array.strides.size(); axis-- > 0;) {
        array.strides[axis] = stride;
        stride *= array.type.shape[axis];
    }
    return array;
}

std::int64_t Array::count() const {
    return ir::element_count(type.shape);
}

bool Array::contiguous() const {
    if (swapped || reinterpret_cast<std::uintptr_t>(data) % size_of(type.dtype) != 0) return false;
    if (count() == 0) return true;
    std::int64_t expected = size_of(type.dtype);
    for (std::size_t axis = strides.size(); axis-- > 0;) {
        if (type.shape[axis] != 1 && strides[axis] != expected) return false;
        expected *= type.shape[axis];
    }
    return true;
}

Array Array::row(std::int64_t k) const {
    Array result = *this;
    result.data += k * strides.front();
    result.strides.erase(result.strides.begin());
    result.type.shape.erase(result.type.shape.begin());
    return result;
}

namespace {

// Whether every From is a To of the same kind.
template <typename From, typename To>
constexpr bool widens() {
    if constexpr (std::is_same_v<From, bool> || std::is_same_v<To, bool>) {
        return std::is_same_v<From, To>;
    } else {
        return std::is_floating_point_v<From> == std::is_floating_point_v<To> &&
               std::is_signed_v<From> == std::is_signed_v<To> && sizeof(From) <= sizeof(To);
    }
}

template <typename From, typename To>
void copy_widened(const Array& from, void* to) {
    auto* next = static_cast<To*>(to);
    runtime::for_each_address(from, [&](const std::byte* address) {
        *next++ = static_cast<To>(runtime::element_at<From>(address, from.swapped));
    });
}

}  // namespace

Result<Array> contiguous_copy(const Array& array, DType dtype) {
    auto bytes = static_cast<std::size_t>(array.count() * size_of(dtype));
    std::shared_ptr<void> copy(std::malloc(std::max<std::size_t>(bytes, 1)), std::free);
    if (!copy)
        return Error{"out_of_memory", "no memory for a copy of " + std::to_string(bytes) + " bytes",
                     ""};
    bool done = ir::with_cpp_type(runtime::to_ir(array.type.dtype), [&](auto from) {
        return ir::with_cpp_type(runtime::to_ir(dtype), [&](auto to) {
            if constexpr (widens<decltype(from), decltype(to)>()) {
                copy_widened<decltype(from), decltype(to)>(array, copy.get());
                return true;
            }
            return false;
        });
    });
    if (!done) {
        return Error{"wrong_type",
                     "expected " + std::string(name_of(dtype)) + ", found " +
                         std::string(name_of(array.type.dtype)),
                     ""};
    }
    return Array::over(dtype, copy.get(), array.type.shape, copy);
}

}  // namespace dunlin
