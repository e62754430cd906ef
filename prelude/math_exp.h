// exp, exp2, expm1, sinh, cosh, tanh. All stand on x = k ln 2 + r with |r| <= ln 2 / 2, where r is
// kept as a Pair.

namespace DUNLIN_LANE_NAMESPACE {

/// x = exponent * ln 2 + rest.
template <class Float, class Integer>
struct NaturalSplit {
    Pair<Float> rest;
    Integer exponent;
};
/// Splits x + x_low; |x| < 2000 (200 for f32). The first difference is exact, because it is fused
/// and small.
DUNLIN_LANE_FUNCTION NaturalSplit<f64, i64> split_by_ln2(f64 x, f64 x_low) {
    const auto n = nearest_integer(x * 0x1.71547652b82fep0);
    const f64 rest = fma(-n.value, f64(0x1.62e42fefa39efp-1), x);
    return {ordered_sum(rest, fma(-n.value, f64(0x1.abc9e3b39803fp-56), x_low)), n.integer};
}
DUNLIN_LANE_FUNCTION NaturalSplit<f32, i32> split_by_ln2(f32 x, f32 x_low) {
    const auto n = nearest_integer(x * 0x1.715476p0f);
    const f32 rest = fma(-n.value, f32(0x1.62e43p-1f), x);
    return {ordered_sum(rest, fma(-n.value, f32(-0x1.05c61p-29f), x_low)), n.integer};
}

/// (e^r - 1 - r) / r^2
DUNLIN_LANE_FUNCTION f64 exp_tail(f64 r) {
    return polynomial(r, 0x1p-1, 0x1.5555555555557p-3, 0x1.5555555555558p-5, 0x1.11111111100bep-7,
                      0x1.6c16c16c151cbp-10, 0x1.a01a01abf80fcp-13, 0x1.a01a01ad0c7edp-16,
                      0x1.71de01febaa36p-19, 0x1.27e4cca3c04fdp-22, 0x1.af4e5323aa053p-26,
                      0x1.1f8b92fbeb39bp-29);
}
DUNLIN_LANE_FUNCTION f32 exp_tail(f32 r) {
    return polynomial(r, 0x1p-1, 0x1.555556p-3, 0x1.5554e8p-5, 0x1.1110acp-7, 0x1.6d43bp-10,
                      0x1.a17eacp-13);
}

/// e^r - 1 for |r| <= ln 2 / 2.
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> small_expm1(Pair<T> r) {
    const T bend = fma(r.high * r.high, exp_tail(r.high), fma(r.low, r.high, r.low));
    return ordered_sum(r.high, bend);
}
/// e^r for |r| <= ln 2 / 2, with one rounding.
template <class T>
DUNLIN_LANE_FUNCTION T small_exp(Pair<T> r) {
    const Pair<T> above_one = small_expm1(r);
    const Pair<T> sum = ordered_sum(T(1), above_one.high);
    return sum.high + (sum.low + above_one.low);
}

/// e^(x + x_low), for any x; x_low is a correction below the precision of x.
DUNLIN_LANE_FUNCTION f64 exp_of_pair(f64 x, f64 x_low) {
    const auto split = split_by_ln2(clamp(x, f64(800.0)), x_low);
    return canonical(scale(small_exp(split.rest), split.exponent));
}

DUNLIN_LANE_ROUTINE f64 exp(f64 x) {
    return exp_of_pair(x, f64(0.0));
}
DUNLIN_LANE_ROUTINE f32 exp(f32 x) {
    const auto split = split_by_ln2(clamp(x, f32(150.0f)), f32(0.0f));
    return canonical(scale(small_exp(split.rest), split.exponent));
}

DUNLIN_LANE_ROUTINE f64 exp2(f64 x) {
    const f64 held = clamp(x, f64(1200.0));
    const auto n = nearest_integer(held);
    const Pair<f64> ln2 = {f64(0x1.62e42fefa39efp-1), f64(0x1.abc9e3b39803fp-56)};
    return canonical(scale(small_exp(multiply(ln2, held - n.value)), n.integer));
}
DUNLIN_LANE_ROUTINE f32 exp2(f32 x) {
    const f32 held = clamp(x, f32(200.0f));
    const auto n = nearest_integer(held);
    const Pair<f32> ln2 = {f32(0x1.62e43p-1f), f32(-0x1.05c61p-29f)};
    return canonical(scale(small_exp(multiply(ln2, held - n.value)), n.integer));
}

/// e^x - 1 = 2 (2^(k-1) (e^r - 1) + 2^(k-1) - 1/2), where halving keeps the largest k in range.
DUNLIN_LANE_ROUTINE f64 expm1(f64 x) {
    const f64 held = select(x < f64(-60.0), f64(-60.0), select(x > f64(710.0), f64(710.0), x));
    const auto split = split_by_ln2(held, f64(0.0));
    const Pair<f64> above_one = small_expm1(split.rest);
    const f64 power = from_bits(convert<u64>(split.exponent + 1022) << 52);
    const Pair<f64> whole = exact_sum(power, f64(-0.5));
    const Pair<f64> sum = exact_sum(whole.high, power * above_one.high);
    const f64 half = sum.high + (sum.low + whole.low + power * above_one.low);
    return canonical(select(magnitude(x) < f64(0x1p-54), x, half + half));
}
DUNLIN_LANE_ROUTINE f32 expm1(f32 x) {
    return narrow(expm1(convert<f64>(x)));
}

/// (sinh r - r) / r^3 and (cosh r - 1 - r^2 / 2) / r^4, as functions of r^2.
DUNLIN_LANE_FUNCTION f64 sinh_tail(f64 square) {
    return polynomial(square, 0x1.5555555555556p-3, 0x1.11111111109a6p-7, 0x1.a01a01a7ceafbp-13,
                      0x1.71de0d857c0e7p-19, 0x1.af390aaa2f741p-26);
}
DUNLIN_LANE_FUNCTION f64 cosh_tail(f64 square) {
    return polynomial(square, 0x1.5555555555555p-5, 0x1.6c16c16c167dap-10, 0x1.a01a01a4810b5p-16,
                      0x1.27e4e1dd3480ap-22, 0x1.1f6716c9d371p-29);
}
/// The hyperbolic functions of some x >= 0, each divided by 2^(exponent - 1).
struct Hyperbolic {
    Pair<f64> sine, cosine;
    i64 exponent;
};
/// With m = 4^-k, 2 sinh(k ln 2 + r) / 2^k = (1 - m) cosh r + (1 + m) sinh r, where nothing
/// cancels; for cosh the signs of m change places.
DUNLIN_LANE_FUNCTION Hyperbolic hyperbolic(f64 x) {
    const auto split = split_by_ln2(clamp(x, f64(800.0)), f64(0.0));
    const f64 r = split.rest.high;
    const Pair<f64> square = exact_product(r, r);
    const Pair<f64> sine =
        ordered_sum(r, fma(r * square.high, sinh_tail(square.high), split.rest.low));
    const f64 bend = fma(square.high * square.high, cosh_tail(square.high),
                         fma(r, split.rest.low, 0.5 * square.low));
    const Pair<f64> start = ordered_sum(f64(1.0), 0.5 * square.high);
    const Pair<f64> cosine = {start.high, start.low + bend};
    const i64 steps = select(split.exponent > i64(60), i64(60), split.exponent);
    const f64 m = from_bits(convert<u64>(i64(1023) - steps - steps) << 52);
    const Pair<f64> less = ordered_sum(f64(1.0), -m);
    const Pair<f64> more = ordered_sum(f64(1.0), m);
    return {add(multiply(cosine, less), multiply(sine, more)),
            add(multiply(cosine, more), multiply(sine, less)), split.exponent};
}

DUNLIN_LANE_ROUTINE f64 sinh(f64 x) {
    const Hyperbolic parts = hyperbolic(magnitude(x));
    const f64 value = scale(parts.sine.high, parts.exponent - i64(1));
    return canonical(select(magnitude(x) < f64(0x1p-28), x, with_sign_bit_of(value, x)));
}
DUNLIN_LANE_ROUTINE f32 sinh(f32 x) {
    return narrow(sinh(convert<f64>(x)));
}

DUNLIN_LANE_ROUTINE f64 cosh(f64 x) {
    const Hyperbolic parts = hyperbolic(magnitude(x));
    return canonical(scale(parts.cosine.high, parts.exponent - i64(1)));
}
DUNLIN_LANE_ROUTINE f32 cosh(f32 x) {
    return narrow(cosh(convert<f64>(x)));
}

/// tanh x for x >= 0, given 2x = k ln 2 + r and m = 2^-k: (1 - m + e^r - 1) / (1 + m + e^r - 1).
template <class T>
DUNLIN_LANE_FUNCTION T tanh_of_split(Pair<T> r, T m) {
    const Pair<T> above_one = small_expm1(r);
    return divide(add(ordered_sum(T(1), -m), above_one), add(ordered_sum(T(1), m), above_one)).high;
}
DUNLIN_LANE_ROUTINE f64 tanh(f64 x) {
    const f64 held = clamp(magnitude(x), f64(25.0));
    const auto split = split_by_ln2(held + held, f64(0.0));
    const f64 m = from_bits(convert<u64>(i64(1023) - split.exponent) << 52);
    const f64 value = with_sign_bit_of(tanh_of_split(split.rest, m), x);
    return canonical(select(magnitude(x) < f64(0x1p-28), x, value));
}
DUNLIN_LANE_ROUTINE f32 tanh(f32 x) {
    const f32 held = clamp(magnitude(x), f32(12.0f));
    const auto split = split_by_ln2(held + held, f32(0.0f));
    const f32 m = from_bits(convert<u32>(i32(127) - split.exponent) << 23);
    const f32 value = with_sign_bit_of(tanh_of_split(split.rest, m), x);
    return canonical(select(magnitude(x) < f32(0x1p-14f), x, value));
}

}  // namespace DUNLIN_LANE_NAMESPACE
