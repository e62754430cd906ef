// What the mathematical functions are made of: unevaluated sums of two floats, polynomials,
// scaling.

namespace DUNLIN_LANE_NAMESPACE {

/// A number as high + low, where low is at most about half a unit in the last place of high: twice
/// the precision.
template <class T>
struct Pair {
    T high, low;
};

/// a + b exactly; `ordered_sum` where |a| >= |b| or a is 0.
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> ordered_sum(T a, T b) {
    const T high = a + b;
    return {high, (a - high) + b};
}
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> exact_sum(T a, T b) {
    const T high = a + b;
    const T b_part = high - a;
    return {high, (a - (high - b_part)) + (b - b_part)};
}
/// a * b exactly, unless the low part underflows.
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> exact_product(T a, T b) {
    const T high = a * b;
    return {high, fma(a, b, -high)};
}

template <class T>
DUNLIN_LANE_FUNCTION Pair<T> add(Pair<T> a, Pair<T> b) {
    const Pair<T> sum = exact_sum(a.high, b.high);
    return ordered_sum(sum.high, sum.low + (a.low + b.low));
}
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> multiply(Pair<T> a, T b) {
    const Pair<T> product = exact_product(a.high, b);
    return ordered_sum(product.high, fma(a.low, b, product.low));
}
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> multiply(Pair<T> a, Pair<T> b) {
    const Pair<T> product = exact_product(a.high, b.high);
    return ordered_sum(product.high, product.low + fma(a.high, b.low, a.low * b.high));
}
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> divide(Pair<T> a, Pair<T> b) {
    const T high = a.high / b.high;
    const T rest = fma(-high, b.high, a.high) + (a.low - high * b.low);
    return ordered_sum(high, rest / b.high);
}
/// The root of a number above 0.
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> square_root(Pair<T> a) {
    const T high = sqrt(a.high);
    const T rest = fma(-high, high, a.high) + a.low;
    return ordered_sum(high, rest / (high + high));
}

/// c0 + c1 x + c2 x^2 + ..., by Horner's rule.
template <class T, class... Rest>
DUNLIN_LANE_FUNCTION T polynomial(T x, double c0, double c1, Rest... rest) {
    if constexpr (sizeof...(rest) == 0) {
        return fma(T(c1), x, T(c0));
    } else {
        return fma(polynomial(x, c1, rest...), x, T(c0));
    }
}

/// The nearest integer to x, halves to even, as a float and as an integer; |x| < 2^51 (2^22 for
/// f32). Adding 1.5 * 2^52 leaves the integer in the low bits, so that nothing is undefined where x
/// is NaN.
template <class Float, class Integer>
struct Rounded {
    Float value;
    Integer integer;
};
DUNLIN_LANE_FUNCTION Rounded<f64, i64> nearest_integer(f64 x) {
    const f64 shifted = x + 0x1.8p52;
    return {shifted - 0x1.8p52, convert<i64>(bits(shifted) - bits(f64(0x1.8p52)))};
}
DUNLIN_LANE_FUNCTION Rounded<f32, i32> nearest_integer(f32 x) {
    const f32 shifted = x + 0x1.8p23f;
    return {shifted - 0x1.8p23f, convert<i32>(bits(shifted) - bits(f32(0x1.8p23f)))};
}

/// x * 2^exponent with one rounding, for x near 1 and exponents within +-2000 (+-250): in two
/// steps, of which only the second can leave the normal range.
DUNLIN_LANE_FUNCTION f64 scale(f64 x, i64 exponent) {
    const i64 half = exponent >> 1;
    const f64 first = from_bits(convert<u64>(half + 1023) << 52);
    const f64 second = from_bits(convert<u64>(exponent - half + 1023) << 52);
    return x * first * second;
}
DUNLIN_LANE_FUNCTION f32 scale(f32 x, i32 exponent) {
    const i32 half = exponent >> 1;
    const f32 first = from_bits(convert<u32>(half + 127) << 23);
    const f32 second = from_bits(convert<u32>(exponent - half + 127) << 23);
    return x * first * second;
}

/// x held to [-bound, bound]; NaN stays NaN.
template <class T>
DUNLIN_LANE_FUNCTION T clamp(T x, T bound) {
    return select(x > bound, bound, select(x < -bound, -bound, x));
}

/// Two powers of two whose product brings a number above 0 into [2^100, 2^101); the smallest
/// numbers need both.
struct Lift {
    f64 first, second;
};
DUNLIN_LANE_FUNCTION Lift lift_of(f64 x) {
    const f64 first = select(x < f64(0x1p-500), f64(0x1p600), f64(1.0));
    return {first, from_bits((u64(2046 + 100) - (bits(x * first) >> 52)) << 52)};
}

/// A function's f64 result as its f32 one. The f64 error is so small that this is correctly rounded
/// but for about one value in 2^28.
DUNLIN_LANE_FUNCTION f32 narrow(f64 x) {
    return canonical(convert<f32>(x));
}

}  // namespace DUNLIN_LANE_NAMESPACE
