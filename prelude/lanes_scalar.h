// The lane dialect, scalar meaning: one lane is one plain number. The interpreter, scalar CPU
// kernels and CUDA threads use it; lanes_wide.h gives the same names a meaning for vectors of
// lanes.
//
// A lanes header says what lanes are; rules.h, read after it, is the text written in them. It has
// no guard: programs include scalar.h, wide16.h or wide32.h, several in one unit if they like, and
// kernels begin with the same texts one after the other. Each meaning has a namespace of its own.
//
// The dialect, as rules.h is written in it:
//   - Types are i8..i64, u8..u64, f32, f64 and mask (the truth of a comparison, one per lane).
//   Element<T> is what one lane of T holds, and Count a 64-bit number that all lanes share. In<T>
//   is a parameter of type T.
//   - Operators + - * / & | ^ << >> ~ and comparisons work lane by lane. Masks are joined with &&
//   || and !.
//   - A choice is select(mask, when_true, when_false): both sides are computed. C++ conditions on
//   data are only
//     `if (any(mask))` and `while (any(mask))`, around a path that few lanes need, merged by
//     select.
//   - A literal beside an operator carries the right suffix (1.0f, 1.0, 1u); a literal handed to a
//   function is
//     written with its type, as in select(m, x, f32(0.0f)), since a lane may be a vector.
//   - Shift counts are in range, divisors of integers are not zero, and a float converted to an
//   integer
//     fits: whoever writes dialect text sees to it. (The rules of the language itself are in
//     arith.h.)
//   - fma is fused. Nothing else is: compile with -ffp-contract=off, for CUDA -fmad=false, and
//   without flushing
//     of subnormals or approximate division (NVRTC's defaults are right).
// A function written so has the same bits in every meaning; only the payload and sign of a NaN may
// differ, and canonical() in arith.h takes that away.
//
// No header is needed, so that NVRTC can compile this text as it stands.
#undef DUNLIN_LANE_NAMESPACE
#undef DUNLIN_LANE_FUNCTION
#undef DUNLIN_LANE_ROUTINE
#undef DUNLIN_LANE_SELDOM
#undef DUNLIN_LANE_SHARED
#undef DUNLIN_LANE_TABLE
#undef DUNLIN_LANE_ROLLED
#define DUNLIN_LANE_NAMESPACE dunlin::lane

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define DUNLIN_LANE_FUNCTION static __device__ __forceinline__
#define DUNLIN_LANE_ROUTINE static __device__ __noinline__
#define DUNLIN_LANE_SELDOM static __device__ __noinline__
#define DUNLIN_LANE_TABLE static __device__ const
#define DUNLIN_LANE_ROLLED _Pragma("unroll 1")
#else
/// A small function, worth inlining. Internal to its unit: units compiled for different processors
/// are linked together, and each must keep its own.
#define DUNLIN_LANE_FUNCTION static inline
/// A mathematical function: kept out of line on the GPU, where inlining makes kernels slow to
/// compile.
#define DUNLIN_LANE_ROUTINE static inline
/// What few lanes ever need, kept out of the way of the others.
#define DUNLIN_LANE_SELDOM [[gnu::noinline, gnu::cold]] static
/// A table of constants for gather().
#define DUNLIN_LANE_TABLE static constexpr
/// Before a loop that is to stay one: written out, it makes kernels slow to compile.
#ifdef __clang__
#define DUNLIN_LANE_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define DUNLIN_LANE_ROLLED
#endif
#endif

namespace dunlin::lane {

using i8 = signed char;
using u8 = unsigned char;
using i16 = short;
using u16 = unsigned short;
using i32 = int;
using u32 = unsigned int;
#ifdef __INT64_TYPE__
using i64 = __INT64_TYPE__;
using u64 = __UINT64_TYPE__;
#else
using i64 = long long;
using u64 = unsigned long long;
#endif
using f32 = float;
using f64 = double;
using mask = bool;
using Count = i64;

inline constexpr int kLanes = 1;
template <class T>
using Element = T;
/// How a value is handed to a function.
template <class T>
using In = T;

/// What the templates of arith.h know of a lane type. `Wrapping` is the unsigned type in which
/// arithmetic wraps without C++'s promotion to int getting in the way.
template <class Signed, class Unsigned, class WrappingType, int bits>
struct IntegerLane {
    using AsSigned = Signed;
    using AsUnsigned = Unsigned;
    using Wrapping = WrappingType;
    static constexpr int kBits = bits;
};
template <class Float, class BitsType, int bits>
struct FloatLane {
    using Wrapping = Float;
    using Bits = BitsType;
    static constexpr int kBits = bits;
};

template <class T>
struct Lane;
template <>
struct Lane<i8> : IntegerLane<i8, u8, u32, 8> {};
template <>
struct Lane<u8> : IntegerLane<i8, u8, u32, 8> {};
template <>
struct Lane<i16> : IntegerLane<i16, u16, u32, 16> {};
template <>
struct Lane<u16> : IntegerLane<i16, u16, u32, 16> {};
template <>
struct Lane<i32> : IntegerLane<i32, u32, u32, 32> {};
template <>
struct Lane<u32> : IntegerLane<i32, u32, u32, 32> {};
template <>
struct Lane<i64> : IntegerLane<i64, u64, u64, 64> {};
template <>
struct Lane<u64> : IntegerLane<i64, u64, u64, 64> {};
template <>
struct Lane<f32> : FloatLane<f32, u32, 32> {};
template <>
struct Lane<f64> : FloatLane<f64, u64, 64> {};

template <class T>
inline constexpr bool kIsFloat = false;
template <>
inline constexpr bool kIsFloat<f32> = true;
template <>
inline constexpr bool kIsFloat<f64> = true;

template <class T>
inline constexpr bool kIsMask = false;
template <>
inline constexpr bool kIsMask<mask> = true;

template <class T>
inline constexpr bool kIsSigned = T(-1) < T(0);

template <class T>
DUNLIN_LANE_FUNCTION T select(mask condition, In<T> when_true, In<T> when_false) {
    return condition ? when_true : when_false;
}
DUNLIN_LANE_FUNCTION bool any(mask condition) {
    return condition;
}
DUNLIN_LANE_FUNCTION bool all(mask condition) {
    return condition;
}

/// A number converted to another lane type: integers wrap, floats round to nearest even.
template <class To, class From>
DUNLIN_LANE_FUNCTION To convert(In<From> value) {
    return static_cast<To>(value);
}

template <class T, class Index>
DUNLIN_LANE_FUNCTION T gather(const T* table, Index index) {
    return table[index];
}

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
DUNLIN_LANE_FUNCTION u32 bits(f32 x) {
    return __float_as_uint(x);
}
DUNLIN_LANE_FUNCTION u64 bits(f64 x) {
    return static_cast<u64>(__double_as_longlong(x));
}
DUNLIN_LANE_FUNCTION f32 from_bits(u32 x) {
    return __uint_as_float(x);
}
DUNLIN_LANE_FUNCTION f64 from_bits(u64 x) {
    return __longlong_as_double(static_cast<i64>(x));
}
DUNLIN_LANE_FUNCTION f32 fma(f32 a, f32 b, f32 c) {
    return __fmaf_rn(a, b, c);
}
DUNLIN_LANE_FUNCTION f64 fma(f64 a, f64 b, f64 c) {
    return __fma_rn(a, b, c);
}
DUNLIN_LANE_FUNCTION f32 sqrt(f32 x) {
    return __fsqrt_rn(x);
}
DUNLIN_LANE_FUNCTION f64 sqrt(f64 x) {
    return __dsqrt_rn(x);
}
DUNLIN_LANE_FUNCTION f32 rint(f32 x) {
    return ::rintf(x);
}
DUNLIN_LANE_FUNCTION f64 rint(f64 x) {
    return ::rint(x);
}
DUNLIN_LANE_FUNCTION f32 floor(f32 x) {
    return ::floorf(x);
}
DUNLIN_LANE_FUNCTION f64 floor(f64 x) {
    return ::floor(x);
}
DUNLIN_LANE_FUNCTION f32 ceil(f32 x) {
    return ::ceilf(x);
}
DUNLIN_LANE_FUNCTION f64 ceil(f64 x) {
    return ::ceil(x);
}
DUNLIN_LANE_FUNCTION f32 trunc(f32 x) {
    return ::truncf(x);
}
DUNLIN_LANE_FUNCTION f64 trunc(f64 x) {
    return ::trunc(x);
}
#else
DUNLIN_LANE_FUNCTION u32 bits(f32 x) {
    return __builtin_bit_cast(u32, x);
}
DUNLIN_LANE_FUNCTION u64 bits(f64 x) {
    return __builtin_bit_cast(u64, x);
}
DUNLIN_LANE_FUNCTION f32 from_bits(u32 x) {
    return __builtin_bit_cast(f32, x);
}
DUNLIN_LANE_FUNCTION f64 from_bits(u64 x) {
    return __builtin_bit_cast(f64, x);
}
DUNLIN_LANE_FUNCTION f32 fma(f32 a, f32 b, f32 c) {
    return __builtin_fmaf(a, b, c);
}
DUNLIN_LANE_FUNCTION f64 fma(f64 a, f64 b, f64 c) {
    return __builtin_fma(a, b, c);
}
DUNLIN_LANE_FUNCTION f32 sqrt(f32 x) {
    return __builtin_sqrtf(x);
}
DUNLIN_LANE_FUNCTION f64 sqrt(f64 x) {
    return __builtin_sqrt(x);
}
/// Round to the nearest integer, halves to even.
DUNLIN_LANE_FUNCTION f32 rint(f32 x) {
    return __builtin_rintf(x);
}
DUNLIN_LANE_FUNCTION f64 rint(f64 x) {
    return __builtin_rint(x);
}
DUNLIN_LANE_FUNCTION f32 floor(f32 x) {
    return __builtin_floorf(x);
}
DUNLIN_LANE_FUNCTION f64 floor(f64 x) {
    return __builtin_floor(x);
}
DUNLIN_LANE_FUNCTION f32 ceil(f32 x) {
    return __builtin_ceilf(x);
}
DUNLIN_LANE_FUNCTION f64 ceil(f64 x) {
    return __builtin_ceil(x);
}
DUNLIN_LANE_FUNCTION f32 trunc(f32 x) {
    return __builtin_truncf(x);
}
DUNLIN_LANE_FUNCTION f64 trunc(f64 x) {
    return __builtin_trunc(x);
}
#endif

}  // namespace dunlin::lane
