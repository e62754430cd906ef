// The arithmetic rules of the language, in the lane dialect (a part of rules.h). Every function
// here is total: no argument is undefined behaviour, in any lane, so that lanes switched off by a
// mask may carry garbage. Where the language calls an argument a fault, the caller tests for it;
// the value returned then is harmless and unspecified.

namespace DUNLIN_LANE_NAMESPACE {

// --- Integers: two's complement, wrapping
// ------------------------------------------------------------------

/// a + b, a - b, a * b and -a; they serve the float types too, where nothing wraps.
template <class T>
DUNLIN_LANE_FUNCTION T add(In<T> a, In<T> b) {
    using W = typename Lane<T>::Wrapping;
    return convert<T>(convert<W>(a) + convert<W>(b));
}
template <class T>
DUNLIN_LANE_FUNCTION T sub(In<T> a, In<T> b) {
    using W = typename Lane<T>::Wrapping;
    return convert<T>(convert<W>(a) - convert<W>(b));
}
template <class T>
DUNLIN_LANE_FUNCTION T mul(In<T> a, In<T> b) {
    using W = typename Lane<T>::Wrapping;
    return convert<T>(convert<W>(a) * convert<W>(b));
}
template <class T>
DUNLIN_LANE_FUNCTION T neg(In<T> a) {
    using W = typename Lane<T>::Wrapping;
    return convert<T>(-convert<W>(a));
}

template <class T>
DUNLIN_LANE_FUNCTION T lowest() {
    using U = typename Lane<T>::AsUnsigned;
    return kIsSigned<T> ? convert<T>(convert<U>(U(1) << U(Lane<T>::kBits - 1))) : T(0);
}
template <class T>
DUNLIN_LANE_FUNCTION T highest() {
    return convert<T>(~lowest<T>());
}

/// Shifts count as huge when the amount is the width or more, or negative: 0 is left, or the sign.
template <class T>
DUNLIN_LANE_FUNCTION T shift_left(In<T> a, In<T> amount) {
    using U = typename Lane<T>::AsUnsigned;
    using W = typename Lane<T>::Wrapping;
    const U count = convert<U>(amount);
    const mask fits = count < U(Lane<T>::kBits);
    const W shifted = convert<W>(a) << convert<W>(select(fits, count, U(0)));
    return select(fits, convert<T>(shifted), T(0));
}
template <class T>
DUNLIN_LANE_FUNCTION T shift_right(In<T> a, In<T> amount) {
    using U = typename Lane<T>::AsUnsigned;
    const U count = convert<U>(amount);
    const mask fits = count < U(Lane<T>::kBits);
    const T clamped = convert<T>(select(fits, count, U(Lane<T>::kBits - 1)));
    const T shifted = convert<T>(a >> clamped);
    return select(fits || (a < T(0)), shifted, T(0));
}

template <class T>
DUNLIN_LANE_FUNCTION T rotl(In<T> a, In<T> amount) {
    using U = typename Lane<T>::AsUnsigned;
    using W = typename Lane<T>::Wrapping;
    const U last = U(Lane<T>::kBits - 1);
    const W left = convert<W>(convert<U>(convert<U>(amount) & last));
    const W right = convert<W>(convert<U>(neg(convert<U>(amount)) & last));
    const W word = convert<W>(convert<U>(a));
    return convert<T>(convert<U>((word << left) | (word >> right)));
}
template <class T>
DUNLIN_LANE_FUNCTION T rotr(In<T> a, In<T> amount) {
    return rotl(a, neg(amount));
}

template <class T>
DUNLIN_LANE_FUNCTION T popcount(In<T> a) {
    u64 x = convert<u64>(convert<typename Lane<T>::AsUnsigned>(a));
    x = x - ((x >> 1) & u64(0x5555555555555555ull));
    x = (x & u64(0x3333333333333333ull)) + ((x >> 2) & u64(0x3333333333333333ull));
    x = (x + (x >> 4)) & u64(0x0f0f0f0f0f0f0f0full);
    return convert<T>((x * u64(0x0101010101010101ull)) >> 56);
}
/// Zeros before the highest and after the lowest set bit; the width for 0.
template <class T>
DUNLIN_LANE_FUNCTION T clz(In<T> a) {
    u64 x = convert<u64>(convert<typename Lane<T>::AsUnsigned>(a));
    for (int distance = 1; distance < Lane<T>::kBits; distance *= 2) x = x | (x >> distance);
    return convert<T>(u64(Lane<T>::kBits) - popcount(x));
}
template <class T>
DUNLIN_LANE_FUNCTION T ctz(In<T> a) {
    using U = typename Lane<T>::AsUnsigned;
    const U x = convert<U>(a);
    return convert<T>(popcount(convert<U>(~x & sub(x, U(1)))));
}
template <class T>
DUNLIN_LANE_FUNCTION T bit_reverse(In<T> a) {
    u64 x = convert<u64>(convert<typename Lane<T>::AsUnsigned>(a));
    x = ((x >> 1) & u64(0x5555555555555555ull)) | ((x & u64(0x5555555555555555ull)) << 1);
    x = ((x >> 2) & u64(0x3333333333333333ull)) | ((x & u64(0x3333333333333333ull)) << 2);
    x = ((x >> 4) & u64(0x0f0f0f0f0f0f0f0full)) | ((x & u64(0x0f0f0f0f0f0f0f0full)) << 4);
    x = ((x >> 8) & u64(0x00ff00ff00ff00ffull)) | ((x & u64(0x00ff00ff00ff00ffull)) << 8);
    x = ((x >> 16) & u64(0x0000ffff0000ffffull)) | ((x & u64(0x0000ffff0000ffffull)) << 16);
    x = (x >> 32) | (x << 32);
    return convert<T>(x >> (64 - Lane<T>::kBits));
}

/// base to the power of exponent, wrapping; 0 to the power of 0 is 1. A negative exponent is the
/// caller's fault to report: it is read as unsigned here.
template <class T>
DUNLIN_LANE_ROUTINE T integer_power(T base, T exponent) {
    using U = typename Lane<T>::AsUnsigned;
    U rest = convert<U>(exponent);
    T square = base;
    T result = T(1);
    while (any(rest != U(0))) {
        result = select(convert<U>(rest & U(1)) != U(0), mul(result, square), result);
        square = mul(square, square);
        rest = convert<U>(rest >> U(1));
    }
    return result;
}

// --- Signs, NaN and order of floats
// ------------------------------------------------------------------------

template <class T>
DUNLIN_LANE_FUNCTION mask is_nan(In<T> x) {
    return x != x;
}
template <class T>
DUNLIN_LANE_FUNCTION T infinity() {
    using B = typename Lane<T>::Bits;
    return from_bits(B(Lane<T>::kBits == 32 ? 0x7f800000ull : 0x7ff0000000000000ull));
}
/// The one NaN that Dunlin shows: positive, quiet, no payload.
template <class T>
DUNLIN_LANE_FUNCTION T not_a_number() {
    using B = typename Lane<T>::Bits;
    return from_bits(B(Lane<T>::kBits == 32 ? 0x7fc00000ull : 0x7ff8000000000000ull));
}
/// x, with any NaN made the one NaN.
template <class T>
DUNLIN_LANE_FUNCTION T canonical(In<T> x) {
    return select(is_nan(x), not_a_number<T>(), x);
}

/// The top bit alone, and the magnitude and sign bit of a float as bits. These three do not look
/// for NaN.
template <class T>
DUNLIN_LANE_FUNCTION typename Lane<T>::Bits top_bit() {
    using B = typename Lane<T>::Bits;
    return B(1) << B(Lane<T>::kBits - 1);
}
template <class T>
DUNLIN_LANE_FUNCTION T magnitude(In<T> x) {
    return from_bits(bits(x) & ~top_bit<T>());
}
template <class T>
DUNLIN_LANE_FUNCTION T with_sign_bit_of(In<T> positive, In<T> sign) {
    return from_bits(bits(positive) | (bits(sign) & top_bit<T>()));
}

/// |x|; the lowest integer wraps to itself.
template <class T>
DUNLIN_LANE_FUNCTION T abs(In<T> x) {
    if constexpr (kIsFloat<T>) {
        return canonical(magnitude(x));
    } else if constexpr (kIsSigned<T>) {
        return select(x < T(0), neg(x), x);
    } else {
        return x;
    }
}
/// True for negative numbers and -0; false for every NaN.
template <class T>
DUNLIN_LANE_FUNCTION mask signbit(In<T> x) {
    return !is_nan(x) && ((bits(x) & top_bit<T>()) != typename Lane<T>::Bits(0));
}
/// The magnitude of x with the sign of `sign`; a NaN there counts as positive.
template <class T>
DUNLIN_LANE_FUNCTION T copysign(In<T> x, In<T> sign) {
    return canonical(with_sign_bit_of(magnitude(x), canonical(sign)));
}

/// -1, 0 or 1; 0 for both zeros, and NaN stays NaN.
template <class T>
DUNLIN_LANE_FUNCTION T sign(In<T> x) {
    if constexpr (kIsFloat<T>) {
        const T nonzero = select(x < T(0), T(-1), x);
        return select(x > T(0), T(1), select(x == T(0), T(0), nonzero));
    } else if constexpr (kIsSigned<T>) {
        return select(x > T(0), T(1), select(x < T(0), T(-1), T(0)));
    } else {
        return select(x > T(0), T(1), T(0));
    }
}

/// The smaller and the larger. For floats -0 is less than +0, and NaN spreads; false is less than
/// true. Where neither float is the smaller they are equal, but for the sign of zeros, or one is
/// NaN; both are settled by joining their bits, since a NaN has all bits of the exponent set and
/// some of the fraction, and keeps them.
template <class T>
DUNLIN_LANE_FUNCTION T min(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return a && b;
    } else if constexpr (kIsFloat<T>) {
        const T joined = from_bits(bits(a) | bits(b));
        return select((a < b) || (a > b), select(a < b, a, b), joined);
    } else {
        return select(a < b, a, b);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION T max(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return a || b;
    } else if constexpr (kIsFloat<T>) {
        const auto either = bits(a) | bits(b);
        const T joined = from_bits((bits(a) & bits(b)) | (either & ~top_bit<T>()));
        return select((a < b) || (a > b), select(a > b, a, b), joined);
    } else {
        return select(a > b, a, b);
    }
}

/// The next float after x in the direction of `toward`; `toward` itself where they are equal.
template <class T>
DUNLIN_LANE_FUNCTION T nextafter(In<T> x, In<T> toward) {
    using B = typename Lane<T>::Bits;
    const mask grows = ((x > T(0)) && (toward > x)) || ((x < T(0)) && (toward < x));
    const T moved = from_bits(select(grows, bits(x) + B(1), bits(x) - B(1)));
    const T from_zero = with_sign_bit_of(from_bits(B(1)), toward);
    const T result = select(x == toward, toward, select(x == T(0), from_zero, moved));
    return select(is_nan(x) || is_nan(toward), not_a_number<T>(), result);
}

/// A float made an integer: the fraction dropped, values out of range held at the nearest end, NaN
/// to 0.
template <class To, class From>
DUNLIN_LANE_FUNCTION To saturate(In<From> x) {
    // The lowest integer and one past the highest are 0 or powers of two, so exact as floats.
    const From least = convert<From>(lowest<To>());
    const From half = convert<From>(convert<To>(highest<To>() / To(2) + To(1)));
    const From past = half + half;
    const From whole = trunc(x);
    const mask fits = (whole >= least) && (whole < past);
    const To inside = convert<To>(select(fits, whole, From(0)));
    const To outside = select(x > From(0), highest<To>(), select(x < From(0), lowest<To>(), To(0)));
    return select(fits, inside, outside);
}

/// The language's conversion between any two types. To a truth: what is not 0, so NaN is true.
template <class To, class From>
DUNLIN_LANE_FUNCTION To converted(In<From> x) {
    if constexpr (kIsMask<From> && kIsMask<To>) {
        return x;
    } else if constexpr (kIsMask<From>) {
        return select(x, To(1), To(0));
    } else if constexpr (kIsMask<To>) {
        return x != From(0);
    } else if constexpr (kIsFloat<From> && !kIsFloat<To>) {
        return saturate<To>(x);
    } else {
        return convert<To>(x);
    }
}

// --- The operators that numbers and truths share
// -----------------------------------------------------------

/// The bits of integers, the logic of truths.
template <class T>
DUNLIN_LANE_FUNCTION T bit_not(In<T> a) {
    if constexpr (kIsMask<T>) {
        return !a;
    } else {
        return convert<T>(~a);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION T bit_and(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return a && b;
    } else {
        return convert<T>(a & b);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION T bit_or(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return a || b;
    } else {
        return convert<T>(a | b);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION T bit_xor(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return a != b;
    } else {
        return convert<T>(a ^ b);
    }
}

/// False is less than true.
template <class T>
DUNLIN_LANE_FUNCTION mask equal(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return !(a != b);
    } else {
        return a == b;
    }
}
template <class T>
DUNLIN_LANE_FUNCTION mask not_equal(In<T> a, In<T> b) {
    return a != b;
}
template <class T>
DUNLIN_LANE_FUNCTION mask less(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return !a && b;
    } else {
        return a < b;
    }
}
template <class T>
DUNLIN_LANE_FUNCTION mask less_equal(In<T> a, In<T> b) {
    if constexpr (kIsMask<T>) {
        return !a || b;
    } else {
        return a <= b;
    }
}

// --- Division that floors
// ----------------------------------------------------------------------------------

/// The floored quotient, and the remainder that has the sign of the divisor.
template <class T>
struct Division {
    T quotient, remainder;
};

/// 2 to the power of `exponent`, which must be that of a normal number.
template <class T>
DUNLIN_LANE_FUNCTION T power_of_two(int exponent) {
    using B = typename Lane<T>::Bits;
    constexpr int kFractionBits = Lane<T>::kBits == 32 ? 23 : 52;
    constexpr int kBias = Lane<T>::kBits == 32 ? 127 : 1023;
    return from_bits(B(static_cast<unsigned>(exponent + kBias)) << B(kFractionBits));
}

/// a mod s, exactly, where 0 <= a < s * 2^52 (2^23 for f32): the rounded quotient is at most one
/// too large.
template <class T>
DUNLIN_LANE_FUNCTION T small_remainder(T a, T s) {
    const T rest = fma(-trunc(a / s), s, a);
    return select(s <= a, select(rest < T(0), rest + s, rest), a);
}
/// a mod b, exactly, for finite a >= 0 and b > 0.
template <class T>
DUNLIN_LANE_ROUTINE T positive_remainder(T a, T b) {
    constexpr int kStep = Lane<T>::kBits == 64 ? 52 : 23;
    constexpr int kSteps = Lane<T>::kBits == 64 ? 40 : 12;
    if (any(a >= b * power_of_two<T>(kStep))) {
        // Long division in digits of kStep bits. The shifted divisor is exact, or infinite and then
        // passed over.
        for (int step = kSteps; step > 0; --step) {
            const int third = step * kStep / 3;
            const T scale = power_of_two<T>(third);
            a = small_remainder(a, b * scale * scale * power_of_two<T>(step * kStep - 2 * third));
        }
    }
    return small_remainder(a, b);
}

/// Division as in Python and NumPy, but that the quotient is the floor exactly where it is below
/// 2^53 (2^24), where NumPy's can be one off. By zero: the quotient is a / b and the remainder NaN;
/// an infinite a gives NaN twice; an infinite b gives 0 or -1, and a or b.
template <class T>
DUNLIN_LANE_ROUTINE Division<T> float_division(T a, T b) {
    const mask defined = (magnitude(a) < infinity<T>()) && !is_nan(b) && (b != T(0));
    const T divisor = select(defined, magnitude(b), T(1));
    const T rest =
        with_sign_bit_of(positive_remainder(select(defined, magnitude(a), T(0)), divisor), a);
    const mask crossed = ((b < T(0)) && (rest > T(0))) || ((b > T(0)) && (rest < T(0)));
    const T nonzero = select(crossed, rest + b, rest);
    const T remainder = select(rest == T(0), with_sign_bit_of(T(0), b), nonzero);
    // (a - rest) / b is a whole number; what the difference and the quotient lose in rounding is
    // put back, but beside an infinity.
    const T difference = a - rest;
    const T lost = (a - difference) - rest;
    const T ratio = difference / b;
    const T refined = ratio + (fma(-ratio, b, difference) + lost) / b;
    const T whole = select(is_nan(refined), ratio, rint(refined));
    const T below = select(crossed, whole - T(1), whole);
    const T quotient = select(below == T(0), with_sign_bit_of(T(0), a / b), below);
    return {canonical(select(defined, quotient, select(b == T(0), a / b, not_a_number<T>()))),
            select(defined, remainder, not_a_number<T>())};
}

template <class T>
DUNLIN_LANE_FUNCTION Division<T> integer_division(In<T> a, In<T> b) {
    if constexpr (kIsSigned<T>) {
        // Neither 0 nor -1 reaches the machine's division: the first traps, the second does for the
        // lowest a.
        const T divisor = select((b == T(0)) || (b == T(-1)), T(1), b);
        const T toward_zero = convert<T>(a / divisor);
        const T rest = sub(a, mul(toward_zero, divisor));
        const mask crossed = (rest != T(0)) && (convert<T>(rest ^ divisor) < T(0));
        const T quotient = select(crossed, sub(toward_zero, T(1)), toward_zero);
        return {select(b == T(-1), neg(a), quotient), select(crossed, add(rest, divisor), rest)};
    } else {
        const T divisor = select(b == T(0), T(1), b);
        const T quotient = convert<T>(a / divisor);
        return {quotient, sub(a, mul(quotient, divisor))};
    }
}

/// a // b and a % b together, and alone. An integer b must not be 0 (a fault, which is the caller's
/// to raise).
template <class T>
DUNLIN_LANE_FUNCTION Division<T> divmod(In<T> a, In<T> b) {
    if constexpr (kIsFloat<T>) {
        return float_division(a, b);
    } else {
        return integer_division(a, b);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION T floor_div(In<T> a, In<T> b) {
    return divmod(a, b).quotient;
}
template <class T>
DUNLIN_LANE_FUNCTION T floor_mod(In<T> a, In<T> b) {
    return divmod(a, b).remainder;
}

}  // namespace DUNLIN_LANE_NAMESPACE
