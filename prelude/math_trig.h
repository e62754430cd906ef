// sin, cos, tan, for arguments of any size. All stand on x = k pi/2 + r with |r| <= pi/4, where r
// is kept as a Pair: near a multiple of pi/2 the leading bits cancel.

namespace DUNLIN_LANE_NAMESPACE {

/// x = quarter_turns * pi/2 + rest, the turns modulo 4.
template <class Float, class Integer>
struct TurnSplit {
    Pair<Float> rest;
    Integer quarter_turns;
};

/// Word `index` of the table, 64 bits from bit 32 * index + shift on (shift < 32).
DUNLIN_LANE_FUNCTION u64 two_over_pi_bits(u64 index, u64 shift) {
    const u64 first = convert<u64>(gather(kTwoOverPi, index));
    const u64 second = convert<u64>(gather(kTwoOverPi, index + u64(1)));
    const u64 third = convert<u64>(gather(kTwoOverPi, index + u64(2)));
    return (((first << 32) | second) << shift) | ((third << shift) >> 32);
}

/// The high half of a * b, in pieces of 32 bits.
DUNLIN_LANE_FUNCTION u64 multiply_high(u64 a, u64 b) {
    const u64 low = u64(0xffffffffull);
    const u64 cross = (a >> 32) * (b & low) + (((a & low) * (b & low)) >> 32);
    const u64 other = (a & low) * (b >> 32) + (cross & low);
    return (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32);
}

/// The part of x * 2/pi that counts, for finite |x| >= 2^20: two bits of whole quarter turns and
/// 126 of fraction. x is an integer times 2^e; the bits of 2/pi that give it multiples of 4 are
/// passed over, the next 192 are used, and at least 60 of them remain after the worst cancellation.
struct Turns {
    u64 high, low;
};
DUNLIN_LANE_FUNCTION Turns turns_of(f64 x) {
    const u64 word = bits(magnitude(x));
    const u64 significand = (word & u64(0x000fffffffffffffull)) | u64(0x0010000000000000ull);
    // The exponent is e + 1075; bit j of 2/pi (from 1) is bit j + 63 of the table, and we start at
    // j = e - 1.
    const u64 start = (word >> 52) - u64(1075 - 62);
    const u64 last_start = u64(971 + 62);
    const u64 bit = select(start > last_start, last_start, start);
    const u64 index = bit >> 5;
    const u64 shift = bit & u64(31);
    const u64 first = two_over_pi_bits(index, shift);
    const u64 second = two_over_pi_bits(index + u64(2), shift);
    const u64 third = two_over_pi_bits(index + u64(4), shift);
    const u64 carry_sum = significand * second + multiply_high(significand, third);
    const u64 carry = select(carry_sum < significand * second, u64(1), u64(0));
    const u64 high = significand * first + multiply_high(significand, second) + carry;
    return {high, carry_sum};
}

/// The fraction of some Turns, rounded to the nearest whole, as a signed f64 pair in [-1/2, 1/2);
/// and the whole.
DUNLIN_LANE_FUNCTION TurnSplit<f64, i64> fraction_of(Turns turns) {
    const i64 high = convert<i64>((turns.high << 2) | (turns.low >> 62));
    const u64 low = turns.low << 2;
    const f64 piece_0 = convert<f64>(high >> 32) * 0x1p-32;
    const f64 piece_1 = convert<f64>(high & i64(0xffffffffll)) * 0x1p-64;
    const f64 piece_2 = convert<f64>(low >> 32) * 0x1p-96;
    const f64 piece_3 = convert<f64>(low & u64(0xffffffffull)) * 0x1p-128;
    const Pair<f64> sum = exact_sum(piece_0, piece_1);
    const Pair<f64> rest = exact_sum(sum.low, piece_2 + piece_3);
    const Pair<f64> joined = exact_sum(sum.high, rest.high);
    const i64 whole = convert<i64>(turns.high >> 62) + convert<i64>(convert<u64>(high) >> 63);
    return {{joined.high, joined.low + rest.low}, whole};
}

/// The split of a finite |x| >= 2^20.
DUNLIN_LANE_FUNCTION TurnSplit<f64, i64> split_large_by_quarter_turn(f64 x) {
    const auto split = fraction_of(turns_of(x));
    const Pair<f64> quarter_turn = {f64(0x1.921fb54442d18p0), f64(0x1.1a62633145c07p-54)};
    const Pair<f64> rest = multiply(quarter_turn, split.rest);
    const mask negative = x < f64(0.0);
    return {{select(negative, -rest.high, rest.high), select(negative, -rest.low, rest.low)},
            select(negative, -split.quarter_turns, split.quarter_turns)};
}

/// The large angles among those of x are split anew.
DUNLIN_LANE_SELDOM TurnSplit<f64, i64> with_large_angles(f64 x, TurnSplit<f64, i64> split) {
    const mask large = magnitude(x) >= f64(0x1p20);
    const auto better = split_large_by_quarter_turn(x);
    split.rest.high = select(large, better.rest.high, split.rest.high);
    split.rest.low = select(large, better.rest.low, split.rest.low);
    split.quarter_turns = select(large, better.quarter_turns, split.quarter_turns);
    return split;
}

/// The split of any x, of infinities to something. The first difference of the short way is exact,
/// because it is fused and small.
DUNLIN_LANE_FUNCTION TurnSplit<f64, i64> split_by_quarter_turn(f64 x) {
    const auto n = nearest_integer(x * 0x1.45f306dc9c883p-1);
    const f64 start = fma(-n.value, f64(0x1.921fb54442d18p0), x);
    const Pair<f64> product = exact_product(n.value, f64(0x1.1a62633145c07p-54));
    const Pair<f64> difference = exact_sum(start, -product.high);
    const f64 low = difference.low - fma(n.value, f64(-0x1.f1976b7ed8fbcp-110), product.low);
    TurnSplit<f64, i64> split = {ordered_sum(difference.high, low), n.integer};
    if (any(magnitude(x) >= f64(0x1p20))) return with_large_angles(x, split);
    return split;
}
DUNLIN_LANE_SELDOM TurnSplit<f32, i32> with_large_angles(f32 x, TurnSplit<f32, i32> split) {
    const mask large = magnitude(x) >= f32(0x1p16f);
    const auto better = split_by_quarter_turn(convert<f64>(x));
    const f32 high = convert<f32>(better.rest.high);
    split.rest.high = select(large, high, split.rest.high);
    split.rest.low =
        select(large, convert<f32>(better.rest.high - convert<f64>(high)), split.rest.low);
    split.quarter_turns = select(large, convert<i32>(better.quarter_turns), split.quarter_turns);
    return split;
}
DUNLIN_LANE_FUNCTION TurnSplit<f32, i32> split_by_quarter_turn(f32 x) {
    const auto n = nearest_integer(x * 0x1.45f306p-1f);
    const f32 start = fma(-n.value, f32(0x1.921fb6p0f), x);
    const Pair<f32> product = exact_product(n.value, f32(-0x1.777a5cp-25f));
    const Pair<f32> difference = exact_sum(start, -product.high);
    const f32 low = difference.low - fma(n.value, f32(-0x1.ee59dap-50f), product.low);
    TurnSplit<f32, i32> split = {ordered_sum(difference.high, low), n.integer};
    if (any(magnitude(x) >= f32(0x1p16f))) return with_large_angles(x, split);
    return split;
}

/// (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4, as functions of r^2.
DUNLIN_LANE_FUNCTION f64 sin_tail(f64 square) {
    return polynomial(square, -0x1.5555555555555p-3, 0x1.111111111111p-7, -0x1.a01a01a0196bfp-13,
                      0x1.71de3a541612fp-19, -0x1.ae64539564518p-26, 0x1.61211ebffe86fp-33,
                      -0x1.aae0cd6775c29p-41);
}
DUNLIN_LANE_FUNCTION f32 sin_tail(f32 square) {
    return polynomial(square, -0x1.555556p-3, 0x1.11110ep-7, -0x1.a012d4p-13, 0x1.6d7bacp-19);
}
DUNLIN_LANE_FUNCTION f64 cos_tail(f64 square) {
    return polynomial(square, 0x1.5555555555555p-5, -0x1.6c16c16c1687p-10, 0x1.a01a019f162abp-16,
                      -0x1.27e4f9d0d4817p-22, 0x1.1eeb212e14d73p-29, -0x1.904b898f5af83p-37);
}
DUNLIN_LANE_FUNCTION f32 cos_tail(f32 square) {
    return polynomial(square, 0x1.555554p-5, -0x1.6c125p-10, 0x1.9b9452p-16);
}

/// sin r and cos r for |r| <= pi/4, not yet rounded: the last addition of the pair is the caller's.
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> small_sin(Pair<T> r) {
    const T square = r.high * r.high;
    const T low = fma(T(-0.5f) * square, r.low, r.low);
    return {r.high, fma(r.high * square, sin_tail(square), low)};
}
template <class T>
DUNLIN_LANE_FUNCTION Pair<T> small_cos(Pair<T> r) {
    const Pair<T> square = exact_product(r.high, r.high);
    const Pair<T> start = ordered_sum(T(1), T(-0.5f) * square.high);
    const T low = fma(-r.high, r.low, fma(T(-0.5f), square.low, start.low));
    return {start.high, fma(square.high * square.high, cos_tail(square.high), low)};
}

/// The coefficients of sin_tail where `odd` is false, of cos_tail where it is true.
DUNLIN_LANE_FUNCTION f64 sin_or_cos_tail(mask odd, f64 square) {
    const auto chosen = [&](double of_sin, double of_cos) {
        return select(odd, f64(of_cos), f64(of_sin));
    };
    f64 tail = chosen(-0x1.aae0cd6775c29p-41, 0.0);
    tail = fma(tail, square, chosen(0x1.61211ebffe86fp-33, -0x1.904b898f5af83p-37));
    tail = fma(tail, square, chosen(-0x1.ae64539564518p-26, 0x1.1eeb212e14d73p-29));
    tail = fma(tail, square, chosen(0x1.71de3a541612fp-19, -0x1.27e4f9d0d4817p-22));
    tail = fma(tail, square, chosen(-0x1.a01a01a0196bfp-13, 0x1.a01a019f162abp-16));
    tail = fma(tail, square, chosen(0x1.111111111111p-7, -0x1.6c16c16c1687p-10));
    return fma(tail, square, chosen(-0x1.5555555555555p-3, 0x1.5555555555555p-5));
}
DUNLIN_LANE_FUNCTION f32 sin_or_cos_tail(mask odd, f32 square) {
    const auto chosen = [&](float of_sin, float of_cos) {
        return select(odd, f32(of_cos), f32(of_sin));
    };
    f32 tail = chosen(0x1.6d7bacp-19f, 0.0f);
    tail = fma(tail, square, chosen(-0x1.a012d4p-13f, 0x1.9b9452p-16f));
    tail = fma(tail, square, chosen(0x1.11110ep-7f, -0x1.6c125p-10f));
    return fma(tail, square, chosen(-0x1.555556p-3f, 0x1.555554p-5f));
}

/// The sine of a split angle turned further by `turn` quarter turns. What small_sin or small_cos
/// would give, with one polynomial, whose coefficients are those of the one or the other.
template <class Float, class Integer>
DUNLIN_LANE_FUNCTION Float sin_of_split(TurnSplit<Float, Integer> x, Integer turn) {
    const Integer turns = x.quarter_turns + turn;
    const mask odd = (turns & Integer(1)) != Integer(0);
    const Pair<Float> r = x.rest;
    const Pair<Float> square = exact_product(r.high, r.high);
    const Float half = Float(-0.5f) * square.high;
    const Pair<Float> start = ordered_sum(Float(1), half);
    const Float base = select(odd, fma(Float(-0.5f), square.low, start.low), r.low);
    const Float low = fma(select(odd, -r.high, half), r.low, base);
    const Float factor = select(odd, square.high, r.high) * square.high;
    const Float value =
        select(odd, start.high, r.high) + fma(factor, sin_or_cos_tail(odd, square.high), low);
    return select((turns & Integer(2)) == Integer(0), value, -value);
}

/// The value of a function of x; NaN where x is infinite or NaN.
template <class Float>
DUNLIN_LANE_FUNCTION Float of_finite(Float x, Float value) {
    return select(magnitude(x) < infinity<Float>(), value, not_a_number<Float>());
}

// A tiny argument is its own sine and tangent; so is -0.
DUNLIN_LANE_ROUTINE f64 sin(f64 x) {
    const f64 value = of_finite(x, sin_of_split(split_by_quarter_turn(x), i64(0)));
    return select(magnitude(x) < f64(0x1p-28), x, value);
}
DUNLIN_LANE_ROUTINE f32 sin(f32 x) {
    const f32 value = of_finite(x, sin_of_split(split_by_quarter_turn(x), i32(0)));
    return select(magnitude(x) < f32(0x1p-14f), x, value);
}
DUNLIN_LANE_ROUTINE f64 cos(f64 x) {
    return of_finite(x, sin_of_split(split_by_quarter_turn(x), i64(1)));
}
DUNLIN_LANE_ROUTINE f32 cos(f32 x) {
    return of_finite(x, sin_of_split(split_by_quarter_turn(x), i32(1)));
}

DUNLIN_LANE_ROUTINE f64 tan(f64 x) {
    const auto split = split_by_quarter_turn(x);
    const Pair<f64> sine = small_sin(split.rest);
    const Pair<f64> cosine = small_cos(split.rest);
    const mask even = (split.quarter_turns & i64(1)) == i64(0);
    const Pair<f64> above = {select(even, sine.high, -cosine.high),
                             select(even, sine.low, -cosine.low)};
    const Pair<f64> below = {select(even, cosine.high, sine.high),
                             select(even, cosine.low, sine.low)};
    const f64 value =
        divide(ordered_sum(above.high, above.low), ordered_sum(below.high, below.low)).high;
    return select(magnitude(x) < f64(0x1p-28), x, of_finite(x, value));
}
DUNLIN_LANE_ROUTINE f32 tan(f32 x) {
    return narrow(tan(convert<f64>(x)));
}

}  // namespace DUNLIN_LANE_NAMESPACE
