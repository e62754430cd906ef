#include "tests/math/library_kernels.hpp"

// In an unnamed namespace, as in jit/lanes/library.cpp.
namespace {
#include "prelude/scalar.h"
#if !defined(DUNLIN_LIBRARY_SET) || DUNLIN_LIBRARY_WIDTH == 1
namespace lanes = dunlin::lane;
#elif DUNLIN_LIBRARY_WIDTH == 16
#include "prelude/wide16.h"
namespace lanes = dunlin::lane16;
#else
#include "prelude/wide32.h"
namespace lanes = dunlin::lane32;
#endif
}  // namespace

struct DunlinRandomBlock {
    lanes::u32 word[4];
};

#ifdef DUNLIN_LIBRARY_SET
// The functions are the library's.
#define JOIN_NAME(set, width, name, type) dunlin_##set##_w##width##_##name##_##type
#define JOIN(set, width, name, type) JOIN_NAME(set, width, name, type)
#define FUNCTION(name, type) JOIN(DUNLIN_LIBRARY_SET, DUNLIN_LIBRARY_WIDTH, name, type)
#define CALL_NAME(name, type) call_##name##_##type
#define CALL(name, type) CALL_NAME(name, type)
#define SORT(name, type) FUNCTION(name, type)
#define TABLE_NAME(set, width) library_kernels_##set##_##width
#define TABLE_OF(set, width) TABLE_NAME(set, width)
#define TABLE TABLE_OF(DUNLIN_LIBRARY_SET, DUNLIN_LIBRARY_WIDTH)
#include "jit/lanes/passing.h"
#define DECLARE_One(name, type)                                   \
    extern "C" lanes::type FUNCTION(name, type)(PASSED(type, x)); \
    static lanes::type CALL(name, type)(lanes::type x) {          \
        return FUNCTION(name, type)(IN_PIECES(type, x));          \
    }
#define DECLARE_Two(name, type)                                                    \
    extern "C" lanes::type FUNCTION(name, type)(PASSED(type, x), PASSED(type, y)); \
    static lanes::type CALL(name, type)(lanes::type x, lanes::type y) {            \
        return FUNCTION(name, type)(IN_PIECES(type, x), IN_PIECES(type, y));       \
    }
#define DECLARE_Block(name, type) \
    extern "C" DunlinRandomBlock FUNCTION(name, type)(lanes::type, lanes::type, lanes::type);
#define DECLARE_Places(name, type)                                     \
    extern "C" void FUNCTION(name, type)(lanes::Element<lanes::type>*, \
                                         lanes::Element<lanes::i32>*, lanes::Count, bool);
#define DECLARE_Keys(name, type) \
    extern "C" void FUNCTION(name, type)(lanes::Element<lanes::type>*, lanes::Count, bool);
#if DUNLIN_LIBRARY_WIDTH == 1
#define FOR_Wide(...)
#else
#define FOR_Wide(...) __VA_ARGS__
#endif
#define FOR_All(...) __VA_ARGS__
#define LANE_FUNCTION(name, type, shape, lanes) FOR_##lanes(DECLARE_##shape(name, type))
#include "jit/lanes/library.def"
#else
// The functions are the prelude's; those for vectors only too, to be compared with.
#define FUNCTION(name, type) lanes::name
#define CALL(name, type) lanes::name
#define SORT(name, type) lanes::name<lanes::type>
#define TABLE library_kernels_of_interpreter
#define FOR_Wide(...) __VA_ARGS__
#define FOR_All(...) __VA_ARGS__
#endif

namespace dunlin::tests {
namespace {

template <class T, class Function>
void run_over(const void* a, const void* b, void* result, std::size_t count) {
    const auto* from_a = static_cast<const lanes::Element<T>*>(a);
    const auto* from_b = static_cast<const lanes::Element<T>*>(b);
    auto* to = static_cast<lanes::Element<T>*>(result);
    for (std::size_t k = 0; k < count; k += lanes::kLanes)
        lanes::store_lanes(
            to + k, Function{}(lanes::load_lanes(from_a + k), lanes::load_lanes(from_b + k)));
}

/// Sorts lines of 64 elements, a vector of lines at a time. The result has the keys of one line and
/// the places of the next.
template <class T, class Sort>
void sort_over(const void* a, const void*, void* result, std::size_t count) {
    using E = lanes::Element<T>;
    constexpr std::size_t kLength = 64;
    constexpr std::size_t kLines = lanes::kLanes;
    const auto* from = static_cast<const E*>(a);
    auto* to = static_cast<E*>(result);
    for (std::size_t at = 0; at < count; at += kLength * kLines) {
        E keys[kLength * kLines];
        int places[kLength * kLines] = {};
        for (std::size_t k = 0; k < kLength; ++k)
            for (std::size_t line = 0; line < kLines; ++line)
                keys[k * kLines + line] = from[at + line * kLength + k];
        Sort{}(keys, places, kLength, at < count / 2);
        for (std::size_t k = 0; k < kLength; ++k) {
            for (std::size_t line = 0; line < kLines; ++line) {
                const bool even = (at / kLength + line) % 2 == 0;
                const E place = static_cast<E>(places[k * kLines + line]);
                to[at + line * kLength + k] = even ? keys[k * kLines + line] : place;
            }
        }
    }
}

#define KERNEL_One(name, type)                                                                \
    LibraryKernel {                                                                           \
        #name, #type,                                                                         \
            run_over<lanes::type, decltype([](auto a, auto) { return CALL(name, type)(a); })> \
    }
#define KERNEL_Two(name, type)                                                                     \
    LibraryKernel {                                                                                \
        #name, #type,                                                                              \
            run_over<lanes::type, decltype([](auto a, auto b) { return CALL(name, type)(a, b); })> \
    }
// All four words count.
#define KERNEL_Block(name, type)                                                                   \
    LibraryKernel {                                                                                \
        #name, #type, run_over<lanes::type, decltype([](auto a, auto b) {                          \
                                   const auto block = FUNCTION(name, type)(a, b, a ^ b);           \
                                   return lanes::join_words(block.word[0] ^ (block.word[2] << 1),  \
                                                            block.word[1] ^ (block.word[3] << 1)); \
                               })>                                                                 \
    }
#define KERNEL_Places(name, type)                                                         \
    LibraryKernel {                                                                       \
        #name, #type,                                                                     \
            sort_over<lanes::type,                                                        \
                      decltype([](auto* keys, int* places, int length, bool descending) { \
                          SORT(name, type)(keys, places, length, descending);             \
                      })>                                                                 \
    }
#define KERNEL_Keys(name, type)                                                                 \
    LibraryKernel {                                                                             \
        #name, #type,                                                                           \
            sort_over<lanes::type, decltype([](auto* keys, int*, int length, bool descending) { \
                          SORT(name, type)(keys, length, descending);                           \
                      })>                                                                       \
    }

const LibraryKernel kKernels[] = {
#define LANE_FUNCTION(name, type, shape, meaning) FOR_##meaning(KERNEL_##shape(name, type), )
#include "jit/lanes/library.def"
};

}  // namespace

extern "C" LibraryKernels TABLE() {
    return {kKernels, static_cast<int>(sizeof kKernels / sizeof kKernels[0])};
}

}  // namespace dunlin::tests
