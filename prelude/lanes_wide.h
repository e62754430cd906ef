// The lane dialect, wide meaning: one lane value is a clang vector of DUNLIN_LANE_WIDTH lanes (16
// or 32), which must be defined before. The dialect itself is described in lanes_scalar.h. Needs
// clang 19 or later.
#undef DUNLIN_LANE_NAMESPACE
#undef DUNLIN_LANE_FUNCTION
#undef DUNLIN_LANE_ROUTINE
#undef DUNLIN_LANE_SELDOM
#undef DUNLIN_LANE_SHARED
#undef DUNLIN_LANE_TABLE
#undef DUNLIN_LANE_ROLLED
#if DUNLIN_LANE_WIDTH == 16
#define DUNLIN_LANE_NAMESPACE dunlin::lane16
#elif DUNLIN_LANE_WIDTH == 32
#define DUNLIN_LANE_NAMESPACE dunlin::lane32
#else
#error "DUNLIN_LANE_WIDTH must be 16 or 32"
#endif

#define DUNLIN_LANE_FUNCTION static inline
#define DUNLIN_LANE_ROUTINE static inline
/// What is too long to be written out at every use.
#define DUNLIN_LANE_SHARED [[gnu::noinline]] static
#define DUNLIN_LANE_SELDOM [[gnu::noinline, gnu::cold]] static
#define DUNLIN_LANE_TABLE static constexpr
#define DUNLIN_LANE_ROLLED _Pragma("clang loop unroll(disable)")

// How vectors are passed depends on the instructions allowed; nothing here crosses a border between
// units compiled for different ones.
#pragma clang diagnostic ignored "-Wpsabi"

namespace DUNLIN_LANE_NAMESPACE {

inline constexpr int kLanes = DUNLIN_LANE_WIDTH;

// Vectors that are handed over by value go through memory twice before the optimiser takes that
// away.
template <class T>
using In = const T&;
template <class T>
using Lanes = T __attribute__((ext_vector_type(DUNLIN_LANE_WIDTH)));

using Count = __INT64_TYPE__;
using i8 = Lanes<signed char>;
using u8 = Lanes<unsigned char>;
using i16 = Lanes<short>;
using u16 = Lanes<unsigned short>;
using i32 = Lanes<int>;
using u32 = Lanes<unsigned int>;
using i64 = Lanes<__INT64_TYPE__>;
using u64 = Lanes<__UINT64_TYPE__>;
using f32 = Lanes<float>;
using f64 = Lanes<double>;

/// A truth per lane. A comparison of vectors gives integers as wide as what was compared, 0 or -1
/// (plain char for 8 bits); they become masks where one is asked for, so that masks from lanes of
/// different widths meet.
struct mask {
    Lanes<bool> lanes;

    mask() = default;
    explicit mask(bool truth) : lanes(truth) {}
    explicit mask(Lanes<bool> truth) : lanes(truth) {}
    mask(Lanes<char> truth) : lanes(__builtin_convertvector(truth, Lanes<bool>)) {}
    mask(i16 truth) : lanes(__builtin_convertvector(truth, Lanes<bool>)) {}
    mask(i32 truth) : lanes(__builtin_convertvector(truth, Lanes<bool>)) {}
    mask(i64 truth) : lanes(__builtin_convertvector(truth, Lanes<bool>)) {}

    friend mask operator&&(mask a, mask b) { return mask(a.lanes & b.lanes); }
    friend mask operator||(mask a, mask b) { return mask(a.lanes | b.lanes); }
    friend mask operator!=(mask a, mask b) { return mask(a.lanes ^ b.lanes); }
    friend mask operator!(mask a) { return mask(~a.lanes); }
};

/// What the templates of arith.h know of a lane type; nothing is promoted in a vector, so unsigned
/// lanes wrap as they are.
template <class Signed, class Unsigned, int bits>
struct IntegerLane {
    using AsSigned = Signed;
    using AsUnsigned = Unsigned;
    using Wrapping = Unsigned;
    using TruthOf = Signed;
    static constexpr int kBits = bits;
};
template <class Float, class BitsType, class Truth, int bits>
struct FloatLane {
    using Wrapping = Float;
    using Bits = BitsType;
    using TruthOf = Truth;
    static constexpr int kBits = bits;
};

template <class T>
struct Lane;
template <>
struct Lane<i8> : IntegerLane<i8, u8, 8> {};
template <>
struct Lane<u8> : IntegerLane<i8, u8, 8> {};
template <>
struct Lane<i16> : IntegerLane<i16, u16, 16> {};
template <>
struct Lane<u16> : IntegerLane<i16, u16, 16> {};
template <>
struct Lane<i32> : IntegerLane<i32, u32, 32> {};
template <>
struct Lane<u32> : IntegerLane<i32, u32, 32> {};
template <>
struct Lane<i64> : IntegerLane<i64, u64, 64> {};
template <>
struct Lane<u64> : IntegerLane<i64, u64, 64> {};
template <>
struct Lane<f32> : FloatLane<f32, u32, i32, 32> {};
template <>
struct Lane<f64> : FloatLane<f64, u64, i64, 64> {};

template <class T>
struct ElementOf {
    using Type = __typeof__(T{}[0]);
};
template <>
struct ElementOf<mask> {
    using Type = bool;
};
template <class T>
using Element = typename ElementOf<T>::Type;

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
inline constexpr bool kIsSigned = false;
template <>
inline constexpr bool kIsSigned<i8> = true;
template <>
inline constexpr bool kIsSigned<i16> = true;
template <>
inline constexpr bool kIsSigned<i32> = true;
template <>
inline constexpr bool kIsSigned<i64> = true;
template <>
inline constexpr bool kIsSigned<f32> = true;
template <>
inline constexpr bool kIsSigned<f64> = true;

/// The conditional of GNU vectors, which asks whether a lane is 0: clang's own kind asks for its
/// top bit, and compiles to bit operations where the machine has a blend.
template <class T>
DUNLIN_LANE_FUNCTION T select(mask condition, In<T> when_true, In<T> when_false) {
    using Truth = typename Lane<T>::TruthOf;
    typedef __typeof__(Truth{}[0]) TruthVector __attribute__((vector_size(sizeof(T))));
    typedef __typeof__(T{}[0]) ValueVector __attribute__((vector_size(sizeof(T))));
    const TruthVector truth = (TruthVector) __builtin_convertvector(condition.lanes, Truth);
    return (T)(truth ? (ValueVector)when_true : (ValueVector)when_false);
}
DUNLIN_LANE_FUNCTION mask select(mask condition, mask when_true, mask when_false) {
    return (condition && when_true) || (!condition && when_false);
}
DUNLIN_LANE_FUNCTION bool any(mask condition) {
    return __builtin_reduce_or(condition.lanes);
}
DUNLIN_LANE_FUNCTION bool all(mask condition) {
    return __builtin_reduce_and(condition.lanes);
}

template <class To, class From>
DUNLIN_LANE_FUNCTION To convert(In<From> value) {
    return __builtin_convertvector(value, To);
}

template <class T, class Index>
DUNLIN_LANE_FUNCTION Lanes<T> gather(const T* table, Index index) {
    Lanes<T> values;
    for (int lane = 0; lane < kLanes; ++lane) values[lane] = table[index[lane]];
    return values;
}

DUNLIN_LANE_FUNCTION u32 bits(f32 x) {
    return (u32)x;
}
DUNLIN_LANE_FUNCTION u64 bits(f64 x) {
    return (u64)x;
}
DUNLIN_LANE_FUNCTION f32 from_bits(u32 x) {
    return (f32)x;
}
DUNLIN_LANE_FUNCTION f64 from_bits(u64 x) {
    return (f64)x;
}
DUNLIN_LANE_FUNCTION f32 fma(f32 a, f32 b, f32 c) {
    return __builtin_elementwise_fma(a, b, c);
}
DUNLIN_LANE_FUNCTION f64 fma(f64 a, f64 b, f64 c) {
    return __builtin_elementwise_fma(a, b, c);
}
DUNLIN_LANE_FUNCTION f32 sqrt(f32 x) {
    return __builtin_elementwise_sqrt(x);
}
DUNLIN_LANE_FUNCTION f64 sqrt(f64 x) {
    return __builtin_elementwise_sqrt(x);
}
DUNLIN_LANE_FUNCTION f32 rint(f32 x) {
    return __builtin_elementwise_rint(x);
}
DUNLIN_LANE_FUNCTION f64 rint(f64 x) {
    return __builtin_elementwise_rint(x);
}
DUNLIN_LANE_FUNCTION f32 floor(f32 x) {
    return __builtin_elementwise_floor(x);
}
DUNLIN_LANE_FUNCTION f64 floor(f64 x) {
    return __builtin_elementwise_floor(x);
}
DUNLIN_LANE_FUNCTION f32 ceil(f32 x) {
    return __builtin_elementwise_ceil(x);
}
DUNLIN_LANE_FUNCTION f64 ceil(f64 x) {
    return __builtin_elementwise_ceil(x);
}
DUNLIN_LANE_FUNCTION f32 trunc(f32 x) {
    return __builtin_elementwise_trunc(x);
}
DUNLIN_LANE_FUNCTION f64 trunc(f64 x) {
    return __builtin_elementwise_trunc(x);
}

}  // namespace DUNLIN_LANE_NAMESPACE
