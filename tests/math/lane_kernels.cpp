#include "tests/math/lane_kernels.hpp"

#include <cstring>

#if DUNLIN_LANE_WIDTH == 1
#include "prelude/lanes_scalar.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_1_lane
#elif DUNLIN_LANE_WIDTH == 16
#include "prelude/lanes_wide.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_16_lanes
#else
#include "prelude/lanes_wide.h"
#define KERNELS_OF_THIS_WIDTH kernels_of_32_lanes
#endif
// The functions stand on the lanes header above.
#include "prelude/math.h"
#include "prelude/random.h"

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
void add_shared_rules(std::vector<Kernel>& kernels) {
    add_kernel<T, T>(kernels, "min", [](T a, T b) { return lane::min(a, b); });
    add_kernel<T, T>(kernels, "max", [](T a, T b) { return lane::max(a, b); });
    add_kernel<T, T>(kernels, "abs", [](T a, T) { return lane::abs(a); });
    add_kernel<T, T>(kernels, "floor_div", [](T a, T b) { return lane::floor_div(a, b); });
    add_kernel<T, T>(kernels, "floor_mod", [](T a, T b) { return lane::floor_mod(a, b); });
}

template <class T>
void add_integer_rules(std::vector<Kernel>& kernels) {
    add_shared_rules<T>(kernels);
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

template <class Float, class To>
void add_saturation(std::vector<Kernel>& kernels) {
    add_kernel<Float, To>(kernels, "saturate",
                          [](Float a, Float) { return lane::saturate<To>(a); });
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
    add_saturation<T, lane::i8>(kernels);
    add_saturation<T, lane::u8>(kernels);
    add_saturation<T, lane::i16>(kernels);
    add_saturation<T, lane::u16>(kernels);
    add_saturation<T, lane::i32>(kernels);
    add_saturation<T, lane::u32>(kernels);
    add_saturation<T, lane::i64>(kernels);
    add_saturation<T, lane::u64>(kernels);
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
