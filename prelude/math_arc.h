// atan, atan2, asin, acos: all are the angle of a vector.

namespace DUNLIN_LANE_NAMESPACE {

/// The angle in [0, pi/4] whose tangent is small / large, where 0 <= small <= large and large is
/// neither tiny nor huge. With c the multiple of 1/16 nearest to the tangent, it is atan c + atan t
/// for t = (small - c large) / (large + c small), and |t| <= 1/32.
DUNLIN_LANE_FUNCTION Pair<f64> first_octant_angle(Pair<f64> small, Pair<f64> large) {
    const auto sixteenths = nearest_integer(small.high / large.high * 16.0);
    const i64 row = (sixteenths.integer & i64(31)) * i64(2);
    const i64 last_row = i64(32);
    const i64 safe_row = select(row > last_row, last_row, row);
    const f64 c = sixteenths.value * 0.0625;
    const Pair<f64> above =
        ordered_sum(fma(-c, large.high, small.high), fma(-c, large.low, small.low));
    const f64 below_high = fma(c, small.high, large.high);
    const f64 below_low =
        fma(c, small.high, large.high - below_high) + fma(c, small.low, large.low);
    const Pair<f64> t = divide(above, Pair<f64>{below_high, below_low});
    const f64 square = t.high * t.high;
    const f64 tail = polynomial(square, -0x1.5555555555555p-2, 0x1.999999999986p-3,
                                -0x1.2492492243858p-3, 0x1.c71c4128495a8p-4, -0x1.738bfbb030044p-4);
    const double* table = &kArcTable[0][0];
    const Pair<f64> sum = ordered_sum(gather(table, safe_row), t.high);
    const f64 rest = sum.low + t.low + gather(table, safe_row + i64(1));
    return ordered_sum(sum.high, fma(t.high * square, tail, rest));
}

/// The angle in [0, pi] of the vector (x, y), y >= 0: an octant's angle, taken from 0, pi/2 or pi.
DUNLIN_LANE_FUNCTION f64 half_plane_angle(Pair<f64> y, Pair<f64> x) {
    const mask left = bits(x.high) >= top_bit<f64>();
    const Pair<f64> width = {magnitude(x.high), select(left, -x.low, x.low)};
    const mask steep = y.high > width.high;
    const Pair<f64> small = {select(steep, width.high, y.high), select(steep, width.low, y.low)};
    const Pair<f64> large = {select(steep, y.high, width.high), select(steep, y.low, width.low)};
    const Pair<f64> angle = first_octant_angle(small, large);
    const f64 turns = select(steep, f64(1.0), select(left, f64(2.0), f64(0.0)));
    const f64 sign = select(steep != left, f64(-1.0), f64(1.0));
    const Pair<f64> sum = ordered_sum(turns * 0x1.921fb54442d18p0, sign * angle.high);
    return sum.high + (sum.low + fma(turns, f64(0x1.1a62633145c07p-54), sign * angle.low));
}

DUNLIN_LANE_ROUTINE f64 atan(f64 x) {
    const f64 tangent = clamp(magnitude(x), f64(0x1p60));
    const f64 value = half_plane_angle({tangent, f64(0.0)}, {f64(1.0), f64(0.0)});
    const f64 result = with_sign_bit_of(value, x);
    return canonical(select(magnitude(x) < f64(0x1p-28), x, result));
}
DUNLIN_LANE_ROUTINE f32 atan(f32 x) {
    return narrow(atan(convert<f64>(x)));
}

/// x and y are both brought near 2^100 first: both to 1 or 0 beside an infinity, and (0, 0) to (1,
/// 0).
DUNLIN_LANE_ROUTINE f64 atan2(f64 y, f64 x) {
    const mask y_infinite = magnitude(y) == infinity<f64>();
    const mask x_infinite = magnitude(x) == infinity<f64>();
    const mask some_infinite = y_infinite || x_infinite;
    const f64 high = select(some_infinite, select(y_infinite, f64(1.0), f64(0.0)), magnitude(y));
    const f64 wide = select(some_infinite, select(x_infinite, f64(1.0), f64(0.0)), magnitude(x));
    const f64 larger = select(high > wide, high, wide);
    const mask origin = larger == f64(0.0);
    const Lift lift = lift_of(select(origin, f64(1.0), larger));
    const f64 scaled_high = high * lift.first * lift.second;
    const f64 scaled_wide = select(origin, f64(1.0), wide * lift.first * lift.second);
    const f64 signed_wide = with_sign_bit_of(scaled_wide, x);
    const f64 value = half_plane_angle({scaled_high, f64(0.0)}, {signed_wide, f64(0.0)});
    const f64 result = with_sign_bit_of(value, y);
    return select(is_nan(x) || is_nan(y), not_a_number<f64>(), result);
}
DUNLIN_LANE_ROUTINE f32 atan2(f32 y, f32 x) {
    return narrow(atan2(convert<f64>(y), convert<f64>(x)));
}

/// sqrt(1 - x^2) for |x| <= 1.
DUNLIN_LANE_FUNCTION Pair<f64> other_leg(f64 x) {
    const Pair<f64> square = exact_product(x, x);
    const Pair<f64> rest = exact_sum(f64(1.0), -square.high);
    const Pair<f64> root = square_root(ordered_sum(rest.high, rest.low - square.low));
    const mask end = magnitude(x) >= f64(1.0);
    return {select(end, f64(0.0), root.high), select(end, f64(0.0), root.low)};
}

DUNLIN_LANE_ROUTINE f64 asin(f64 x) {
    const f64 leg = magnitude(x);
    const f64 value = with_sign_bit_of(half_plane_angle({leg, f64(0.0)}, other_leg(x)), x);
    const f64 inside = select(leg < f64(0x1p-28), x, value);
    return select(leg <= f64(1.0), inside, not_a_number<f64>());
}
DUNLIN_LANE_ROUTINE f32 asin(f32 x) {
    return narrow(asin(convert<f64>(x)));
}

DUNLIN_LANE_ROUTINE f64 acos(f64 x) {
    const f64 value = half_plane_angle(other_leg(x), {x, f64(0.0)});
    return select(magnitude(x) <= f64(1.0), value, not_a_number<f64>());
}
DUNLIN_LANE_ROUTINE f32 acos(f32 x) {
    return narrow(acos(convert<f64>(x)));
}

}  // namespace DUNLIN_LANE_NAMESPACE
