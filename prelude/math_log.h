// log, log2, log10, log1p, asinh, acosh, atanh. In f64 they share one logarithm that is good to 67
// bits.

namespace DUNLIN_LANE_NAMESPACE {

/// ln x to 67 bits, for finite x > 0; elsewhere the result means nothing. x = 2^k m with m near 1,
/// and m = (1 + r) / c with c from the table: ln x = k ln 2 - ln c + ln(1 + r), of which the first
/// two sum exactly but for a remainder.
DUNLIN_LANE_FUNCTION Pair<f64> log_pair(f64 x) {
    const mask tiny = x < f64(0x1p-1022);
    const u64 word = bits(select(tiny, x * 0x1p54, x));
    const i64 offset = convert<i64>(word - u64(0x3fe6a00000000000ull));
    const i64 exponent = offset >> 52;
    const i64 row = ((offset >> 45) & i64(127)) * i64(3);
    const f64 m = from_bits(word - (convert<u64>(exponent) << 52));
    const f64 k = convert<f64>(exponent - select(tiny, i64(54), i64(0)));

    const double* table = &kLogTable[0][0];
    const f64 r = fma(m, gather(table, row), f64(-1.0));
    const Pair<f64> square = exact_product(r, r);
    const Pair<f64> start = ordered_sum(r, f64(-0.5) * square.high);
    const f64 tail = polynomial(r, 0x1.5555555555555p-2, -0x1.000000000002dp-2,
                                0x1.9999999999abdp-3, -0x1.5555554a21e1cp-3, 0x1.24924911a743dp-3,
                                -0x1.000599b212c31p-3, 0x1.c729894fef909p-4);
    const f64 bend = fma(square.high * r, tail, fma(f64(-0.5), square.low, start.low));

    const f64 table_sum = fma(k, f64(0x1.62e42fefa38p-1), gather(table, row + i64(1)));
    const f64 rest = fma(k, f64(0x1.ef35793c7673p-45), gather(table, row + i64(2)));
    const Pair<f64> sum = exact_sum(table_sum, start.high);
    return ordered_sum(sum.high, sum.low + (rest + bend));
}

/// ln(x.high + x.low).
DUNLIN_LANE_FUNCTION Pair<f64> log_of_pair(Pair<f64> x) {
    const Pair<f64> log = log_pair(x.high);
    const Pair<f64> sum = ordered_sum(log.high, x.low / x.high);
    return ordered_sum(sum.high, sum.low + log.low);
}
/// 1 + u, without losing u where it is small.
DUNLIN_LANE_FUNCTION Pair<f64> one_plus(Pair<f64> u) {
    const Pair<f64> sum = exact_sum(f64(1.0), u.high);
    return {sum.high, sum.low + u.low};
}

/// The value of a logarithm of x with the ends put right: ln 0 = -inf, ln inf = inf, NaN below 0.
template <class T>
DUNLIN_LANE_FUNCTION T with_log_ends(T x, T value) {
    const T ends = select(x == T(0), -infinity<T>(), select(x > T(0), x, not_a_number<T>()));
    return select((x > T(0)) && (x < infinity<T>()), value, ends);
}

DUNLIN_LANE_ROUTINE f64 log(f64 x) {
    return with_log_ends(x, log_pair(x).high);
}
DUNLIN_LANE_ROUTINE f64 log2(f64 x) {
    const Pair<f64> factor = {f64(0x1.71547652b82fep0), f64(0x1.777d0ffda0d24p-56)};
    return with_log_ends(x, multiply(log_pair(x), factor).high);
}
DUNLIN_LANE_ROUTINE f64 log10(f64 x) {
    const Pair<f64> factor = {f64(0x1.bcb7b1526e50ep-2), f64(0x1.95355baaafad3p-57)};
    return with_log_ends(x, multiply(log_pair(x), factor).high);
}
DUNLIN_LANE_ROUTINE f32 log10(f32 x) {
    return narrow(log10(convert<f64>(x)));
}

DUNLIN_LANE_ROUTINE f64 log1p(f64 x) {
    const f64 value = log_of_pair(exact_sum(f64(1.0), x)).high;
    return select(magnitude(x) < f64(0x1p-54), x, with_log_ends(f64(1.0) + x, value));
}
DUNLIN_LANE_ROUTINE f32 log1p(f32 x) {
    return narrow(log1p(convert<f64>(x)));
}

/// x = 2^exponent (1 + fraction), with 1 + fraction between the roots of 1/2 and 2.
struct BinarySplit {
    f32 exponent, fraction;
};
DUNLIN_LANE_FUNCTION BinarySplit split_by_two(f32 x) {
    const mask tiny = x < f32(0x1p-126f);
    const u32 word = bits(select(tiny, x * 0x1p23f, x));
    const i32 exponent = convert<i32>(word - u32(0x3f3504f3u)) >> 23;
    const f32 m = from_bits(word - (convert<u32>(exponent) << 23));
    return {convert<f32>(exponent - select(tiny, i32(23), i32(0))), m - 1.0f};
}

DUNLIN_LANE_ROUTINE f32 log(f32 x) {
    const BinarySplit split = split_by_two(x);
    const f32 f = split.fraction;
    const f32 tail =
        polynomial(f, -0x1p-1, 0x1.55554ep-2, -0x1.ffffd6p-3, 0x1.99a174p-3, -0x1.55660ep-3,
                   0x1.237ca4p-3, -0x1.fb12f8p-4, 0x1.e217d2p-4, -0x1.e2e988p-4, 0x1.24a444p-4);
    const Pair<f32> sum = ordered_sum(split.exponent * 0x1.62e4p-1f, f);
    const f32 bend = fma(f * f, tail, fma(split.exponent, f32(0x1.7f7d1cp-20f), sum.low));
    return with_log_ends(x, sum.high + bend);
}
DUNLIN_LANE_ROUTINE f32 log2(f32 x) {
    const BinarySplit split = split_by_two(x);
    const f32 f = split.fraction;
    const f32 tail =
        polynomial(f, -0x1.715476p-1, 0x1.ec7092p-2, -0x1.715458p-2, 0x1.277c7p-2, -0x1.ec88bcp-3,
                   0x1.a486d2p-3, -0x1.6dc6d2p-3, 0x1.5bc1b2p-3, -0x1.5c58fap-3, 0x1.a63152p-4);
    const Pair<f32> line = exact_product(f, f32(0x1.715476p0f));
    const Pair<f32> sum = ordered_sum(split.exponent, line.high);
    const f32 bend = fma(f * f, tail, fma(f, f32(0x1.4ae0cp-26f), line.low + sum.low));
    return with_log_ends(x, sum.high + bend);
}

/// ln(x + sqrt(x^2 + 1)) or ln(x + sqrt(x^2 - 1)), given 1 + u for it; above 2^28 both are ln x +
/// ln 2.
DUNLIN_LANE_FUNCTION f64 log_or_log_of_twice(f64 x, Pair<f64> u) {
    const mask large = x > f64(0x1p28);
    const Pair<f64> small_argument = one_plus(u);
    const Pair<f64> log = log_of_pair(
        {select(large, x, small_argument.high), select(large, f64(0.0), small_argument.low)});
    const Pair<f64> doubled = add(log, {f64(0x1.62e42fefa39efp-1), f64(0x1.abc9e3b39803fp-56)});
    return select(large, doubled.high, log.high);
}

/// ln(1 + x + (sqrt(1 + x^2) - 1))
DUNLIN_LANE_ROUTINE f64 asinh(f64 x) {
    const f64 positive = magnitude(x);
    const f64 square = positive * positive;
    const Pair<f64> u = exact_sum(positive, square / (sqrt(square + 1.0) + 1.0));
    const f64 value = with_sign_bit_of(log_or_log_of_twice(positive, u), x);
    const mask plain = (positive < f64(0x1p-28)) || (positive == infinity<f64>());
    return canonical(select(plain, x, value));
}
DUNLIN_LANE_ROUTINE f32 asinh(f32 x) {
    return narrow(asinh(convert<f64>(x)));
}

/// With t = x - 1, ln(1 + t + sqrt(2t + t^2)).
DUNLIN_LANE_ROUTINE f64 acosh(f64 x) {
    const f64 t = x - 1.0;
    const f64 squares = fma(t, t, t + t);
    const Pair<f64> root = square_root(Pair<f64>{squares, fma(t, t, (t + t) - squares)});
    const f64 value = log_or_log_of_twice(x, add(root, {t, f64(0.0)}));
    const f64 ends = select(x == f64(1.0), f64(0.0), select(x > f64(1.0), x, not_a_number<f64>()));
    return select((x > f64(1.0)) && (x < infinity<f64>()), value, ends);
}
DUNLIN_LANE_ROUTINE f32 acosh(f32 x) {
    return narrow(acosh(convert<f64>(x)));
}

/// Half of ln(1 + 2x / (1 - x)).
DUNLIN_LANE_ROUTINE f64 atanh(f64 x) {
    const f64 positive = magnitude(x);
    const f64 held = select(positive < f64(1.0), positive, f64(0.0));
    const Pair<f64> rest = exact_sum(f64(1.0), -held);
    const Pair<f64> u = divide(Pair<f64>{held + held, f64(0.0)}, rest);
    const f64 value = 0.5 * log_of_pair(one_plus(u)).high;
    const f64 ends = select(positive == f64(1.0), infinity<f64>(), not_a_number<f64>());
    const f64 result = with_sign_bit_of(select(positive < f64(1.0), value, ends), x);
    return canonical(select(positive < f64(0x1p-28), x, result));
}
DUNLIN_LANE_ROUTINE f32 atanh(f32 x) {
    return narrow(atanh(convert<f64>(x)));
}

}  // namespace DUNLIN_LANE_NAMESPACE
