#include "jit/host_functions.hpp"

#include <array>
#include <cmath>
#include <cstring>

// From the compiler's own run-time library: 128-bit multiplication's and division's helpers.
extern "C" {
__int128 __divti3(__int128 a, __int128 b);
__int128 __modti3(__int128 a, __int128 b);
unsigned __int128 __udivti3(unsigned __int128 a, unsigned __int128 b);
unsigned __int128 __umodti3(unsigned __int128 a, unsigned __int128 b);
}

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
    Row{"__divti3", address_of(__divti3)},
    Row{"__modti3", address_of(__modti3)},
    Row{"__udivti3", address_of(__udivti3)},
    Row{"__umodti3", address_of(__umodti3)},
};

}  // namespace

const void* host_function(std::string_view name) {
    for (const Row& row : kRows) {
        if (row.name == name) return row.address;
    }
    return nullptr;
}

}  // namespace dunlin::jit
