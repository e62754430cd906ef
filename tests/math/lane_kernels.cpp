#include "tests/math/lane_kernels.hpp"

#include <cstring>

#if DUNLIN_LANE_WIDTH == 1
#include "prelude/scalar.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_1_lane
#elif DUNLIN_LANE_WIDTH == 16
#include "prelude/wide16.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_16_lanes
#else
#include "prelude/wide32.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_32_lanes
#endif

namespace dunlin::tests {
namespace {

namespace lane = DUNLIN_LANE_NAMESPACE;

/// Runs `function` over arrays of `Argument` lanes.
template <class Argument, class Result, class Function>
void run_over(const void* a, const void* b, void* result, std::size_t count) {
    const auto* from_a = static_cast<const char*>(a);
    const auto* from_b = static_cast<const char*>(b);
    auto* to = static_cast<char*>(result);
    const std::size_t steps = count / DUNLIN_LANE_WIDTH;
    for (std::size_t step = 0; step < steps; ++step) {
        Argument x;
        Argument y;
        std::memcpy(&x, from_a + step * sizeof(Argument), sizeof(Argument));
        std::memcpy(&y, from_b + step * sizeof(Argument), sizeof(Argument));
        const Result value = Function{}(x, y);
        std::memcpy(to + step * sizeof(Result), &value, sizeof(Result));
    }
}

template <class Argument, class Result, class Function>
void add_kernel(std::vector<Kernel>& kernels, const char* name, Function) {
    const Element argument = {static_cast<int>(sizeof(Argument)) / DUNLIN_LANE_WIDTH,
                              lane::kIsFloat<Argument>};
    kernels.push_back({name, argument, static_cast<int>(sizeof(Result)) / DUNLIN_LANE_WIDTH,
                       run_over<Argument, Result, Function>});
}

template <class T>
T one_nan(T x) {
    if constexpr (lane::kIsFloat<T>) return lane::canonical(x);
    return x;
}

/// A truth as a number, since kernels hand out numbers.
template <class T>
T number_of(lane::mask truth) {
    return lane::converted<T>(truth);
}

/// The rules of truths, on truths made of a and b.
template <class T>
void add_truth_rules(std::vector<Kernel>& kernels) {
    using lane::mask;
#define TRUTH(name, expression)                                                    \
    add_kernel<T, T>(kernels, name " of truths", [](T x, T y) {                    \
        const mask a = lane::less(x, y);                                           \
        [[maybe_unused]] const mask b = lane::converted<mask>(lane::sub(y, T(3))); \
        return number_of<T>(expression);                                           \
    });
    TRUTH("min", lane::min(a, b))
    TRUTH("max", lane::max(a, b))
    TRUTH("bit_not", lane::bit_not(a))
    TRUTH("bit_and", lane::bit_and(a, b))
    TRUTH("bit_or", lane::bit_or(a, b))
    TRUTH("bit_xor", lane::bit_xor(a, b))
    TRUTH("equal", lane::equal(a, b))
    TRUTH("not_equal", lane::not_equal(a, b))
    TRUTH("less", lane::less(a, b))
    TRUTH("less_equal", lane::less_equal(a, b))
    TRUTH("select", lane::select(a, b, lane::equal(x, y)))
    TRUTH("converted", lane::converted<mask>(a))
#undef TRUTH
}

template <class From, class To>
void add_conversion(std::vector<Kernel>& kernels) {
    add_kernel<From, To>(kernels, "converted",
                         [](From a, From) { return one_nan(lane::converted<To>(a)); });
}

template <class T>
void add_shared_rules(std::vector<Kernel>& kernels) {
    add_kernel<T, T>(kernels, "sign", [](T a, T) { return one_nan(lane::sign(a)); });
    add_kernel<T, T>(kernels, "equal", [](T a, T b) { return number_of<T>(lane::equal(a, b)); });
    add_kernel<T, T>(kernels, "not_equal",
                     [](T a, T b) { return number_of<T>(lane::not_equal(a, b)); });
    add_kernel<T, T>(kernels, "less", [](T a, T b) { return number_of<T>(lane::less(a, b)); });
    add_kernel<T, T>(kernels, "less_equal",
                     [](T a, T b) { return number_of<T>(lane::less_equal(a, b)); });
    add_kernel<T, T>(kernels, "to truth and back",
                     [](T a, T) { return lane::converted<T>(lane::converted<lane::mask>(a)); });
    add_conversion<T, lane::i8>(kernels);
    add_conversion<T, lane::u8>(kernels);
    add_conversion<T, lane::i16>(kernels);
    add_conversion<T, lane::u16>(kernels);
    add_conversion<T, lane::i32>(kernels);
    add_conversion<T, lane::u32>(kernels);
    add_conversion<T, lane::i64>(kernels);
    add_conversion<T, lane::u64>(kernels);
    add_conversion<T, lane::f32>(kernels);
    add_conversion<T, lane::f64>(kernels);
    add_truth_rules<T>(kernels);
    add_kernel<T, T>(kernels, "min", [](T a, T b) { return lane::min(a, b); });
    add_kernel<T, T>(kernels, "max", [](T a, T b) { return lane::max(a, b); });
    add_kernel<T, T>(kernels, "abs", [](T a, T) { return lane::abs(a); });
    add_kernel<T, T>(kernels, "floor_div", [](T a, T b) { return lane::floor_div(a, b); });
    add_kernel<T, T>(kernels, "floor_mod", [](T a, T b) { return lane::floor_mod(a, b); });
}

template <class T>
void add_integer_rules(std::vector<Kernel>& kernels) {
    add_shared_rules<T>(kernels);
    add_kernel<T, T>(kernels, "bit_not", [](T a, T) { return lane::bit_not(a); });
    add_kernel<T, T>(kernels, "bit_and", [](T a, T b) { return lane::bit_and(a, b); });
    add_kernel<T, T>(kernels, "bit_or", [](T a, T b) { return lane::bit_or(a, b); });
    add_kernel<T, T>(kernels, "bit_xor", [](T a, T b) { return lane::bit_xor(a, b); });
    add_kernel<T, T>(kernels, "add", [](T a, T b) { return lane::add(a, b); });
    add_kernel<T, T>(kernels, "sub", [](T a, T b) { return lane::sub(a, b); });
    add_kernel<T, T>(kernels, "mul", [](T a, T b) { return lane::mul(a, b); });
    add_kernel<T, T>(kernels, "neg", [](T a, T) { return lane::neg(a); });
    add_kernel<T, T>(kernels, "shift_left", [](T a, T b) { return lane::shift_left(a, b); });
    add_kernel<T, T>(kernels, "shift_right", [](T a, T b) { return lane::shift_right(a, b); });
    add_kernel<T, T>(kernels, "rotl", [](T a, T b) { return lane::rotl(a, b); });
    add_kernel<T, T>(kernels, "rotr", [](T a, T b) { return lane::rotr(a, b); });
    add_kernel<T, T>(kernels, "popcount", [](T a, T) { return lane::popcount(a); });
    add_kernel<T, T>(kernels, "clz", [](T a, T) { return lane::clz(a); });
    add_kernel<T, T>(kernels, "ctz", [](T a, T) { return lane::ctz(a); });
    add_kernel<T, T>(kernels, "bit_reverse", [](T a, T) { return lane::bit_reverse(a); });
    add_kernel<T, T>(kernels, "integer_power", [](T a, T b) { return lane::integer_power(a, b); });
}

template <class T>
void add_float_rules(std::vector<Kernel>& kernels) {
    add_shared_rules<T>(kernels);
    add_kernel<T, T>(kernels, "nextafter", [](T a, T b) { return lane::nextafter(a, b); });
    add_kernel<T, T>(kernels, "copysign", [](T a, T b) { return lane::copysign(a, b); });
    add_kernel<T, T>(kernels, "signbit",
                     [](T a, T) { return lane::select(lane::signbit(a), T(1), T(0)); });
    add_kernel<T, T>(kernels, "rint", [](T a, T) { return lane::canonical(lane::rint(a)); });
    add_kernel<T, T>(kernels, "floor", [](T a, T) { return lane::canonical(lane::floor(a)); });
    add_kernel<T, T>(kernels, "ceil", [](T a, T) { return lane::canonical(lane::ceil(a)); });
    add_kernel<T, T>(kernels, "trunc", [](T a, T) { return lane::canonical(lane::trunc(a)); });
    add_kernel<T, T>(kernels, "sqrt", [](T a, T) { return lane::canonical(lane::sqrt(a)); });
    add_kernel<T, T>(kernels, "fma", [](T a, T b) { return lane::canonical(lane::fma(a, b, a)); });
}

template <class T>
void add_mathematics(std::vector<Kernel>& kernels) {
#define DUNLIN_ONE(name) add_kernel<T, T>(kernels, #name, [](T a, T) { return lane::name(a); });
#define DUNLIN_TWO(name) \
    add_kernel<T, T>(kernels, #name, [](T a, T b) { return lane::name(a, b); });
#include "tests/math/functions.def"
}

void add_random_numbers(std::vector<Kernel>& kernels) {
    using lane::f32, lane::f64, lane::u32, lane::u64;
    add_kernel<u64, u64>(kernels, "random_block, words 0 and 1", [](u64 a, u64 b) {
        const auto block = lane::random_block(a, b, a + b);
        return lane::join_words(block.word[0], block.word[1]);
    });
    add_kernel<u64, u64>(kernels, "random_block, words 2 and 3", [](u64 a, u64 b) {
        const auto block = lane::random_block(a, b, a - b);
        return lane::join_words(block.word[2], block.word[3]);
    });
    add_kernel<u64, f64>(kernels, "uniform", [](u64 a, u64) { return lane::uniform(a); });
    add_kernel<u32, f32>(kernels, "uniform", [](u32 a, u32) { return lane::uniform(a); });
}

}  // namespace

std::vector<Kernel> KERNELS_OF_THIS_WIDTH() {
    std::vector<Kernel> kernels;
    add_integer_rules<lane::i8>(kernels);
    add_integer_rules<lane::u8>(kernels);
    add_integer_rules<lane::i16>(kernels);
    add_integer_rules<lane::u16>(kernels);
    add_integer_rules<lane::i32>(kernels);
    add_integer_rules<lane::u32>(kernels);
    add_integer_rules<lane::i64>(kernels);
    add_integer_rules<lane::u64>(kernels);
    add_float_rules<lane::f32>(kernels);
    add_float_rules<lane::f64>(kernels);
    add_mathematics<lane::f32>(kernels);
    add_mathematics<lane::f64>(kernels);
    add_random_numbers(kernels);
    return kernels;
}

}  // namespace dunlin::tests
