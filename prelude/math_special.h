// erf, erfc, tgamma.

namespace DUNLIN_LANE_NAMESPACE {

/// e^(x.high + x.low) / 2^exponent.
struct ScaledExp {
    Pair<f64> value;
    i64 exponent;
};
/// For |x| < 2000.
DUNLIN_LANE_FUNCTION ScaledExp scaled_exp(Pair<f64> x) {
    const auto split = split_by_ln2(x.high, x.low);
    const Pair<f64> above_one = small_expm1(split.rest);
    const Pair<f64> sum = ordered_sum(f64(1.0), above_one.high);
    return {{sum.high, sum.low + above_one.low}, split.exponent};
}

/// erfc x / 2^exponent for 0 <= x <= 30. (1 + 2x) e^(x^2) erfc x stays between 1 and 1.24, and is a
/// smooth function of t = (x - 4) / (x + 4).
DUNLIN_LANE_FUNCTION ScaledExp scaled_erfc(f64 x) {
    const f64 t = (x - 4.0) / (x + 4.0);
    const f64 slope = polynomial(
        t, -0x1.1df1ad154a28ep-3, 0x1.f7f5df66fd7bfp-7, 0x1.16ecefcfa5396p-4, -0x1.9ddb23c3e912p-4,
        0x1.7fee004e125p-4, -0x1.0fb06dfe4875dp-4, 0x1.3079edf683bc2p-5, -0x1.0962388558356p-6,
        0x1.49c67285923f4p-8, -0x1.8d4a997f38602p-11, -0x1.a1df2493dc308p-13, 0x1.3be03160f5824p-13,
        -0x1.995976c1be56fp-16, -0x1.78813bdd08c43p-17, 0x1.7f2c88b7d9eaap-18,
        0x1.384a44a7e6231p-22, -0x1.bb7336d0c9743p-21, 0x1.53238e7d01f12p-24, 0x1.df4f3ae25efb2p-24,
        -0x1.764c0d22855bep-26, -0x1.14cada7101708p-26, 0x1.fa598e9561fecp-29,
        0x1.623fbb0bfa4bap-29, -0x1.359fbf8d829f5p-32, -0x1.744631a40b051p-32,
        -0x1.b0fefaf30d13cp-35);
    const Pair<f64> start = ordered_sum(f64(0x1.3ba5916e9fd7fp0), t * slope);
    const Pair<f64> smooth = {start.high, start.low - 0x1.aa9c415679e6fp-55};
    const Pair<f64> square = exact_product(x, x);
    const ScaledExp decay = scaled_exp({-square.high, -square.low});
    return {divide(multiply(decay.value, smooth), ordered_sum(x + x, f64(1.0))), decay.exponent};
}

/// erf x for |x| <= 1/2, not yet rounded.
DUNLIN_LANE_FUNCTION Pair<f64> small_erf(f64 x) {
    const f64 square = x * x;
    const f64 tail = polynomial(
        square, -0x1.812746b0379e7p-2, 0x1.ce2f21a042be2p-4, -0x1.b82ce31288b13p-6,
        0x1.565bcd0e673f1p-8, -0x1.c02db3fdbe21ap-11, 0x1.f9a325ccea2fcp-14, -0x1.f4d2066f3d1bfp-17,
        0x1.b9d79ca407ff5p-20, -0x1.5dd3658e8f8dcp-23, 0x1.cace57e1c3638p-27);
    const Pair<f64> line = exact_product(x, f64(0x1.20dd750429b6dp0));
    return {line.high, line.low + fma(x * square, tail, x * 0x1.1ae3a914fed8p-56)};
}

DUNLIN_LANE_ROUTINE f64 erfc(f64 x) {
    const ScaledExp parts = scaled_erfc(clamp(magnitude(x), f64(30.0)));
    const f64 right = scale(parts.value.high, parts.exponent);
    const Pair<f64> line = small_erf(x);
    const Pair<f64> middle = ordered_sum(f64(1.0), -line.high);
    const f64 outside = select(x < f64(0.0), 2.0 - right, right);
    const mask small = magnitude(x) < f64(0.5);
    return canonical(select(small, middle.high + (middle.low - line.low), outside));
}
DUNLIN_LANE_ROUTINE f32 erfc(f32 x) {
    return narrow(erfc(convert<f64>(x)));
}

DUNLIN_LANE_ROUTINE f64 erf(f64 x) {
    const f64 positive = clamp(magnitude(x), f64(8.0));
    const Pair<f64> line = small_erf(positive);
    const f64 small = line.high + line.low;
    const ScaledExp parts = scaled_erfc(positive);
    const f64 large = 1.0 - scale(parts.value.high, parts.exponent);
    return canonical(with_sign_bit_of(select(positive < f64(0.5), small, large), x));
}
DUNLIN_LANE_ROUTINE f32 erf(f32 x) {
    return narrow(erf(convert<f64>(x)));
}

/// ln gamma(x) by Stirling's series, for 10 <= x.
DUNLIN_LANE_FUNCTION Pair<f64> stirling(Pair<f64> x) {
    const f64 inverse = 1.0 / x.high;
    const f64 rest =
        inverse * polynomial(inverse * inverse, 0x1.5555555555555p-4, -0x1.6c16c16c0bcccp-9,
                             0x1.a01a00d6ceec1p-11, -0x1.38122e5408a47p-11, 0x1.b84ea341222ep-11,
                             -0x1.c853bcee111ccp-10);
    const Pair<f64> below = exact_sum(x.high, f64(-0.5));
    const Pair<f64> product = multiply(Pair<f64>{below.high, below.low + x.low}, log_of_pair(x));
    const Pair<f64> start = add(product, {-x.high, -x.low});
    return add(add(start, {f64(0x1.d67f1c864beb5p-1), f64(-0x1.65b5a1b7ff5dfp-55)}),
               {rest, f64(0.0)});
}

/// |sin(pi x)| for x >= 0.
DUNLIN_LANE_FUNCTION Pair<f64> sin_of_half_turns(f64 x) {
    const f64 fraction = magnitude(x - rint(x));
    const mask steep = fraction <= f64(0.25);
    const Pair<f64> pi = {f64(0x1.921fb54442d18p1), f64(0x1.1a62633145c07p-53)};
    const Pair<f64> angle = multiply(pi, select(steep, fraction, 0.5 - fraction));
    const Pair<f64> sine = small_sin(angle);
    const Pair<f64> cosine = small_cos(angle);
    return ordered_sum(select(steep, sine.high, cosine.high), select(steep, sine.low, cosine.low));
}

/// gamma(a) = gamma(a + n) / (a (a + 1) ... (a + n - 1)) brings a to 10 or more; and for negative
/// arguments gamma(-a) = -pi / (a sin(pi a) gamma(a)).
DUNLIN_LANE_ROUTINE f64 tgamma(f64 x) {
    const f64 a = select(magnitude(x) > f64(200.0), f64(200.0), magnitude(x));
    const f64 steps = select(a < f64(10.0), ceil(10.0 - a), f64(0.0));
    Pair<f64> product = {f64(1.0), f64(0.0)};
    for (int step = 0; step < 10; ++step) {
        const mask used = steps > f64(double(step));
        const Pair<f64> next = multiply(product, exact_sum(a, f64(double(step))));
        product = {select(used, next.high, product.high), select(used, next.low, product.low)};
    }
    const ScaledExp high = scaled_exp(stirling(exact_sum(a, steps)));

    const mask negative = x < f64(0.0);
    const Pair<f64> pi = {f64(0x1.921fb54442d18p1), f64(0x1.1a62633145c07p-53)};
    const Pair<f64> turn = multiply(sin_of_half_turns(magnitude(x)), a);
    const Pair<f64> direct = divide(high.value, product);
    const Pair<f64> reflected = divide(multiply(pi, product), multiply(turn, high.value));
    const f64 size = scale(select(negative, reflected.high, direct.high),
                           select(negative, -high.exponent, high.exponent));

    // Below 0 the sign is that of -sin(pi a): it changes at every integer, and at the integers
    // there is no value.
    const f64 below = floor(x);
    const mask odd = rint(0.5 * below) != 0.5 * below;
    const f64 value = select(negative && odd, -size, size);
    const mask pole = negative && (below == x);
    const f64 result = select(magnitude(x) < f64(0x1p-60), 1.0 / x, value);
    return canonical(select(pole, not_a_number<f64>(), result));
}
DUNLIN_LANE_ROUTINE f32 tgamma(f32 x) {
    return narrow(tgamma(convert<f64>(x)));
}

}  // namespace DUNLIN_LANE_NAMESPACE
