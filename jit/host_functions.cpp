#include "jit/host_functions.hpp"

#include <array>
#include <cmath>
#include <cstring>

namespace dunlin::jit {

namespace {

struct Row {
    std::string_view name;
    const void* address;
};

template <class F>
const void* address_of(F* function) {
    return reinterpret_cast<const void*>(function);
}

// What compilers call for 128-bit integers is no function that a program may name.
__int128 divide(__int128 a, __int128 b) {
    return a / b;
}
__int128 remainder_of(__int128 a, __int128 b) {
    return a % b;
}
unsigned __int128 divide_unsigned(unsigned __int128 a, unsigned __int128 b) {
    return a / b;
}
unsigned __int128 remainder_of_unsigned(unsigned __int128 a, unsigned __int128 b) {
    return a % b;
}

// Where C++ has several functions of one name, the type says which one C has.
using OneFloat = float(float);
using OneDouble = double(double);
using CopyBytes = void*(void*, const void*, std::size_t);

const std::array kRows = {
    Row{"memcpy", address_of<CopyBytes>(std::memcpy)},
    Row{"memmove", address_of<CopyBytes>(std::memmove)},
    Row{"memset", address_of<void*(void*, int, std::size_t)>(std::memset)},
    Row{"memcmp", address_of<int(const void*, const void*, std::size_t)>(std::memcmp)},
    Row{"bcmp", address_of<int(const void*, const void*, std::size_t)>(std::memcmp)},
    Row{"floorf", address_of<OneFloat>(::floorf)},
    Row{"floor", address_of<OneDouble>(::floor)},
    Row{"ceilf", address_of<OneFloat>(::ceilf)},
    Row{"ceil", address_of<OneDouble>(::ceil)},
    Row{"truncf", address_of<OneFloat>(::truncf)},
    Row{"trunc", address_of<OneDouble>(::trunc)},
    Row{"rintf", address_of<OneFloat>(::rintf)},
    Row{"rint", address_of<OneDouble>(::rint)},
    Row{"sqrtf", address_of<OneFloat>(::sqrtf)},
    Row{"sqrt", address_of<OneDouble>(::sqrt)},
    Row{"fmaf", address_of<float(float, float, float)>(::fmaf)},
    Row{"fma", address_of<double(double, double, double)>(::fma)},
    Row{"fmodf", address_of<float(float, float)>(::fmodf)},
    Row{"fmod", address_of<double(double, double)>(::fmod)},
    Row{"__divti3", address_of(divide)},
    Row{"__modti3", address_of(remainder_of)},
    Row{"__udivti3", address_of(divide_unsigned)},
    Row{"__umodti3", address_of(remainder_of_unsigned)},
};

}  // namespace

const void* host_function(std::string_view name) {
    for (const Row& row : kRows) {
        if (row.name == name) return row.address;
    }
    return nullptr;
}

}  // namespace dunlin::jit
