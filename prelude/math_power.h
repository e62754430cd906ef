// pow, cbrt, hypot.

namespace DUNLIN_LANE_NAMESPACE {

/// |x|^y for finite x other than 0 and finite y: e^(y ln |x|), where the product is kept as a Pair.
DUNLIN_LANE_FUNCTION f64 finite_power(f64 positive, f64 y) {
    const Pair<f64> log = log_pair(positive);
    const Pair<f64> product = exact_product(y, log.high);
    const mask moderate = magnitude(product.high) < f64(800.0);
    return exp_of_pair(product.high, select(moderate, fma(y, log.low, product.low), f64(0.0)));
}

/// The special cases are those of IEEE 754 and C: x^0 and 1^y are 1 even for NaN.
DUNLIN_LANE_ROUTINE f64 pow(f64 x, f64 y) {
    const f64 positive = magnitude(x);
    const f64 infinite = infinity<f64>();
    const mask y_integer = rint(y) == y;
    const mask y_odd = y_integer && (rint(0.5 * y) != 0.5 * y);
    const mask grows =
        ((positive > f64(1.0)) && (y > f64(0.0))) || ((positive < f64(1.0)) && (y < f64(0.0)));
    const mask extreme =
        (positive == f64(0.0)) || (positive == infinite) || (magnitude(y) == infinite);

    const f64 limit = select(grows, infinite, select(positive == f64(1.0), f64(1.0), f64(0.0)));
    const f64 size = select(extreme, limit, finite_power(positive, y));
    const f64 value = select(y_odd, with_sign_bit_of(size, x), size);
    const mask undefined = (x < f64(0.0)) && (positive < infinite) && !y_integer;
    const f64 defined = select(undefined || is_nan(x) || is_nan(y), not_a_number<f64>(), value);
    return select((x == f64(1.0)) || (y == f64(0.0)), f64(1.0), defined);
}
DUNLIN_LANE_ROUTINE f32 pow(f32 x, f32 y) {
    return narrow(pow(convert<f64>(x), convert<f64>(y)));
}

/// x = 8^q m with m in [1, 8): a polynomial gives the root of m to 8 bits, Halley's rule triples
/// them twice, and a Newton step on the exact rest does the rounding.
DUNLIN_LANE_ROUTINE f64 cbrt(f64 x) {
    const f64 positive = magnitude(x);
    const mask tiny = positive < f64(0x1p-1022);
    const u64 word = bits(select(tiny, positive * 0x1p54, positive));
    // The division by 3 of a number in [0, 2200] is a multiplication; 1023 and 54 are multiples
    // of 3.
    const u64 exponent = word >> 52;
    const u64 third = (exponent * u64(43691)) >> 17;
    const u64 left = exponent - third * u64(3);
    const f64 m = from_bits((word & u64(0x000fffffffffffffull)) | ((left + u64(1023)) << 52));

    f64 root = polynomial(m, 0x1.453088b6895adp-1, 0x1.c0279d736add3p-2, -0x1.41e14f31b4cefp-4,
                          0x1.1cf85ec7dbed9p-7, -0x1.8fe8c690e1a3fp-12);
    for (int turn = 0; turn < 2; ++turn) {
        const f64 cube = root * root * root;
        root = root * ((cube + m + m) / (cube + cube + m));
    }
    const Pair<f64> square = exact_product(root, root);
    const Pair<f64> cube = multiply(square, root);
    const f64 rest = (m - cube.high) - cube.low;
    const f64 rounded = root + rest / (3.0 * square.high);

    const u64 shift = third + u64(1023 - 341) - select(tiny, u64(18), u64(0));
    const f64 value = with_sign_bit_of(rounded * from_bits(shift << 52), x);
    const mask plain = (positive > f64(0.0)) && (positive < infinity<f64>());
    return select(plain, value, canonical(x));
}
DUNLIN_LANE_ROUTINE f32 cbrt(f32 x) {
    return narrow(cbrt(convert<f64>(x)));
}

/// sqrt(x^2 + y^2), infinite beside an infinity even where the other is NaN.
DUNLIN_LANE_ROUTINE f64 hypot(f64 x, f64 y) {
    const f64 a = magnitude(x);
    const f64 b = magnitude(y);
    const f64 larger = select(a > b, a, b);
    const f64 smaller = select(a > b, b, a);
    const Lift lift = lift_of(select(larger == f64(0.0), f64(1.0), larger));
    const f64 large = larger * lift.first * lift.second;
    const f64 small = smaller * lift.first * lift.second;
    const Pair<f64> sum = add(exact_product(large, large), exact_product(small, small));
    const f64 root = square_root(sum).high * (1.0 / lift.second) * (1.0 / lift.first);
    const f64 value = select((a == f64(0.0)) && (b == f64(0.0)), f64(0.0), canonical(root));
    return select((a == infinity<f64>()) || (b == infinity<f64>()), infinity<f64>(), value);
}
DUNLIN_LANE_ROUTINE f32 hypot(f32 x, f32 y) {
    return narrow(hypot(convert<f64>(x), convert<f64>(y)));
}

}  // namespace DUNLIN_LANE_NAMESPACE
