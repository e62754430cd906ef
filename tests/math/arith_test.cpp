// The arithmetic rules of the language against plain models: 128-bit integers for integers, the C
// library and MPFR for floats.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "tests/math/oracle.hpp"
#include "tests/math/samples.hpp"

namespace dunlin::tests {
namespace {

using Wide = __int128;
template <class T>
using Limits = std::numeric_limits<T>;
constexpr float kInfinity = Limits<float>::infinity();

constexpr int kPairs = kSanitized ? 3000 : 40000;

// --- Models
// ------------------------------------------------------------------------------------------------

Wide floored_quotient(Wide a, Wide b) {
    const Wide quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// An amount as the huge unsigned number it stands for.
template <class T>
std::uint64_t amount_of(T amount) {
    return static_cast<std::make_unsigned_t<T>>(amount);
}

template <class T>
T model_shift_left(T a, T amount) {
    return amount_of(amount) >= sizeof(T) * 8 ? T(0)
                                              : static_cast<T>(static_cast<Wide>(a) << amount);
}
template <class T>
T model_shift_right(T a, T amount) {
    if (amount_of(amount) >= sizeof(T) * 8) return a < 0 ? static_cast<T>(-1) : T(0);
    return static_cast<T>(static_cast<Wide>(a) >> amount);
}
template <class T>
T model_power(T base, T exponent) {
    T result = 1;
    for (T turn = 0; turn < exponent; ++turn) {
        result = static_cast<T>(static_cast<unsigned __int128>(result) *
                                static_cast<unsigned __int128>(base));
    }
    return result;
}
template <class T>
T model_reverse(T a) {
    T result = 0;
    constexpr int kBits = sizeof(T) * 8;
    for (int bit = 0; bit < kBits; ++bit) {
        if ((static_cast<Wide>(a) >> bit) & 1) {
            result = static_cast<T>(result | static_cast<T>(Wide{1} << (kBits - 1 - bit)));
        }
    }
    return result;
}

// --- Integers
// ----------------------------------------------------------------------------------------------

template <class T>
void check_integer(T a) {
    using U = std::make_unsigned_t<T>;
    EXPECT_EQ(lane::neg(a), static_cast<T>(-static_cast<Wide>(a)));
    EXPECT_EQ(lane::abs(a), static_cast<T>(a < 0 ? -static_cast<Wide>(a) : static_cast<Wide>(a)));
    EXPECT_EQ(lane::popcount(a), std::popcount(static_cast<U>(a)));
    EXPECT_EQ(lane::clz(a), std::countl_zero(static_cast<U>(a)));
    EXPECT_EQ(lane::ctz(a), std::countr_zero(static_cast<U>(a)));
    EXPECT_EQ(lane::bit_reverse(a), model_reverse(a));
}

template <class T>
void check_integers(T a, T b) {
    using U = std::make_unsigned_t<T>;
    const Wide wide_a = a;
    const Wide wide_b = b;
    EXPECT_EQ(lane::add(a, b), static_cast<T>(wide_a + wide_b));
    EXPECT_EQ(lane::sub(a, b), static_cast<T>(wide_a - wide_b));
    EXPECT_EQ(lane::mul(a, b), static_cast<T>(static_cast<unsigned __int128>(wide_a) *
                                              static_cast<unsigned __int128>(wide_b)));
    EXPECT_EQ(lane::min(a, b), a < b ? a : b);
    EXPECT_EQ(lane::max(a, b), a < b ? b : a);
    EXPECT_EQ(lane::shift_left(a, b), model_shift_left(a, b)) << +a << " << " << +b;
    EXPECT_EQ(lane::shift_right(a, b), model_shift_right(a, b)) << +a << " >> " << +b;
    const int turn = static_cast<int>(static_cast<U>(b) % (sizeof(T) * 8));
    EXPECT_EQ(lane::rotl(a, b), static_cast<T>(std::rotl(static_cast<U>(a), turn)));
    EXPECT_EQ(lane::rotr(a, b), static_cast<T>(std::rotr(static_cast<U>(a), turn)));
    if (b == 0) {
        // The caller raises the fault; here it only may not trap.
        lane::divmod(a, b);
        return;
    }
    const Wide quotient = floored_quotient(wide_a, wide_b);
    EXPECT_EQ(lane::floor_div(a, b), static_cast<T>(quotient)) << +a << " // " << +b;
    EXPECT_EQ(lane::floor_mod(a, b), static_cast<T>(wide_a - quotient * wide_b))
        << +a << " % " << +b;
}

template <class T>
class IntegerTest : public testing::Test {};
using Integers = testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                                std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;
TYPED_TEST_SUITE(IntegerTest, Integers);

TYPED_TEST(IntegerTest, EdgesAndRandomPairsAgreeWithTheModel) {
    using T = TypeParam;
    std::vector<T> edges = {
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 65, Limits<T>::max(), Limits<T>::min()};
    for (const T value : std::vector<T>(edges)) {
        edges.push_back(static_cast<T>(-static_cast<Wide>(value)));
        edges.push_back(static_cast<T>(static_cast<Wide>(Limits<T>::max()) - value));
    }
    for (const T a : edges) {
        check_integer(a);
        for (const T b : edges) check_integers(a, b);
    }
    std::mt19937_64 random(3);
    for (int i = 0; i < kPairs; ++i) {
        // Numbers of every size, so that quotients and shifts of every size come up.
        const T a = static_cast<T>(static_cast<T>(random()) >> (random() % (sizeof(T) * 8)));
        const T b = static_cast<T>(static_cast<T>(random()) >> (random() % (sizeof(T) * 8)));
        check_integer(a);
        check_integers(a, b);
    }
}

TYPED_TEST(IntegerTest, PowersWrap) {
    using T = TypeParam;
    for (const T base : {T(0), T(1), T(2), T(3), T(10), static_cast<T>(-1), static_cast<T>(-7),
                         Limits<T>::min(), Limits<T>::max()}) {
        for (int exponent = 0; exponent < 127; ++exponent) {
            EXPECT_EQ(lane::integer_power(base, static_cast<T>(exponent)),
                      model_power(base, static_cast<T>(exponent)));
        }
    }
}

TYPED_TEST(IntegerTest, LowestAndHighest) {
    EXPECT_EQ(lane::lowest<TypeParam>(), Limits<TypeParam>::min());
    EXPECT_EQ(lane::highest<TypeParam>(), Limits<TypeParam>::max());
}

template <class T>
void check_all_eight_bit_pairs() {
    for (int i = Limits<T>::min(); i <= Limits<T>::max(); ++i) {
        check_integer(static_cast<T>(i));
        for (int j = Limits<T>::min(); j <= Limits<T>::max(); ++j) {
            const T a = static_cast<T>(i);
            const T b = static_cast<T>(j);
            check_integers(a, b);
            if (j >= 0) {
                EXPECT_EQ(lane::integer_power(a, b), model_power(a, b)) << i << " ** " << j;
            }
        }
    }
}
TEST(ArithTest, AllPairsOfI8) {
    check_all_eight_bit_pairs<std::int8_t>();
}
TEST(ArithTest, AllPairsOfU8) {
    check_all_eight_bit_pairs<std::uint8_t>();
}

// --- Floats
// ------------------------------------------------------------------------------------------------

/// Equal as bits: -0 is not 0, and a NaN must be the one NaN.
template <class T>
void expect_same(T got, T expected, const char* what) {
    EXPECT_EQ(lane::bits(got), lane::bits(lane::canonical(expected)))
        << what << ": " << got << " is not " << expected;
}

template <class T>
class FloatTest : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(FloatTest, Floats);

/// floor(a / b), exactly, for finite numbers; the quotients tested are far shorter than the
/// precision used.
template <class T>
double exact_floored_quotient(T a, T b) {
    mpfr_t quotient;
    mpfr_init2(quotient, 5000);
    mpfr_set_d(quotient, a, MPFR_RNDN);
    mpfr_div_d(quotient, quotient, b, MPFR_RNDD);
    mpfr_floor(quotient, quotient);
    const double result = mpfr_get_d(quotient, MPFR_RNDN);
    mpfr_clear(quotient);
    return result;
}

/// Finite a, finite nonzero b.
template <class T>
void check_float_division(T a, T b) {
    const lane::Division<T> got = lane::divmod(a, b);
    T remainder = std::fmod(a, b);
    if (remainder != 0 && (remainder < 0) != (b < 0)) remainder += b;
    if (remainder == 0) remainder = std::copysign(T(0), b);
    expect_same(got.remainder, remainder, "remainder");
    expect_same(lane::floor_mod(a, b), remainder, "%");

    const T quotient = static_cast<T>(exact_floored_quotient(a, b));
    expect_same(lane::floor_div(a, b), got.quotient, "//");
    if (std::fabs(quotient) < 2 / Limits<T>::epsilon()) {
        EXPECT_EQ(got.quotient, quotient) << a << " // " << b;
    } else if (!std::isinf(quotient)) {
        EXPECT_LE(std::fabs(got.quotient - quotient), std::fabs(quotient) * Limits<T>::epsilon())
            << a << " // " << b;
    }
}

TYPED_TEST(FloatTest, DivisionFloorsAndItsRemainderIsExact) {
    using T = TypeParam;
    std::mt19937_64 random(4);
    const std::vector<T> values = hard_values<T>(kPairs / 20, random);
    const T small[] = {1,
                       2,
                       3,
                       T(0.1),
                       T(0.5),
                       T(7.25),
                       1000,
                       Limits<T>::denorm_min(),
                       Limits<T>::min(),
                       Limits<T>::max(),
                       T(1) / 3};
    const auto check = [](T a, T b) {
        if (std::isfinite(a) && std::isfinite(b) && b != 0) check_float_division(a, b);
    };
    for (const T x : small) {
        for (const T y : small) {
            for (const T b : {y, -y}) {
                check(x, b);
                check(-x, b);
            }
        }
    }
    for (const T a : values) {
        check(a, values[random() % values.size()]);
        check(a, small[random() % std::size(small)]);
        check(std::rint(a), -T(3));
    }
}

TYPED_TEST(FloatTest, DivisionAtTheEndsIsThatOfNumPy) {
    using T = TypeParam;
    const T inf = Limits<T>::infinity();
    const T nan = Limits<T>::quiet_NaN();
    const T cases[][4] = {
        // a, b, a // b, a % b
        {1, 0, inf, nan},     {-1, 0, -inf, nan},     {1, -T(0), -inf, nan},
        {0, 0, nan, nan},     {inf, 0, inf, nan},     {nan, 0, nan, nan},
        {inf, 2, nan, nan},   {-inf, 2, nan, nan},    {inf, inf, nan, nan},
        {5, inf, 0, 5},       {-5, inf, -1, inf},     {5, -inf, -1, -inf},
        {-5, -inf, 0, -5},    {0, inf, 0, 0},         {-T(0), inf, -T(0), 0},
        {nan, 1, nan, nan},   {1, nan, nan, nan},     {0, 3, 0, 0},
        {-T(0), 3, -T(0), 0}, {0, -3, -T(0), -T(0)},  {6, 3, 2, 0},
        {-6, 3, -2, 0},       {6, -3, -2, -T(0)},     {7, -3, -3, -2},
        {-7, 3, -3, 2},       {T(0.5), 1, 0, T(0.5)}, {-T(0.5), 1, -1, T(0.5)},
    };
    for (const auto& row : cases) {
        expect_same(lane::floor_div(row[0], row[1]), row[2], "//");
        expect_same(lane::floor_mod(row[0], row[1]), row[3], "%");
    }
}

TYPED_TEST(FloatTest, MinimumAndMaximumSpreadNaNAndOrderZeros) {
    using T = TypeParam;
    const T nan = Limits<T>::quiet_NaN();
    for (const T other : {T(1), -Limits<T>::infinity(), nan, -nan, T(0)}) {
        EXPECT_TRUE(lane::is_nan(lane::min(nan, other))) << "min";
        EXPECT_TRUE(lane::is_nan(lane::min(other, -nan))) << "min";
        EXPECT_TRUE(lane::is_nan(lane::max(-nan, other))) << "max";
        EXPECT_TRUE(lane::is_nan(lane::max(other, nan))) << "max";
    }
    expect_same(lane::min(T(0), -T(0)), -T(0), "min");
    expect_same(lane::min(-T(0), T(0)), -T(0), "min");
    expect_same(lane::max(T(0), -T(0)), T(0), "max");
    expect_same(lane::max(-T(0), T(0)), T(0), "max");
    expect_same(lane::min(T(2), T(-3)), T(-3), "min");
    expect_same(lane::max(T(2), T(-3)), T(2), "max");
}

TYPED_TEST(FloatTest, SignsIgnoreThatOfNaN) {
    using T = TypeParam;
    const T nan = Limits<T>::quiet_NaN();
    for (const T x : {T(1.5), T(0), Limits<T>::infinity()}) {
        expect_same(lane::copysign(x, -nan), x, "copysign");
        expect_same(lane::copysign(-x, nan), x, "copysign");
        expect_same(lane::copysign(x, -T(0)), -x, "copysign");
        expect_same(lane::copysign(nan, -x), nan, "copysign");
        expect_same(lane::abs(-x), x, "abs");
        EXPECT_FALSE(lane::signbit(x));
        EXPECT_TRUE(lane::signbit(-x));
    }
    EXPECT_FALSE(lane::signbit(nan));
    EXPECT_FALSE(lane::signbit(-nan));
    expect_same(lane::abs(-nan), nan, "abs");
    expect_same(lane::canonical(-nan), nan, "canonical");
}

TYPED_TEST(FloatTest, NextAfterIsThatOfC) {
    using T = TypeParam;
    const std::vector<T> values = special_values<T>();
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = i % 7; j < values.size(); j += 7) {
            expect_same(lane::nextafter(values[i], values[j]), std::nextafter(values[i], values[j]),
                        "nextafter");
        }
    }
}

template <class To, class From>
void check_saturation(From x) {
    To expected = 0;
    const long double whole = std::truncl(static_cast<long double>(x));
    if (whole >= static_cast<long double>(Limits<To>::max())) {
        expected = Limits<To>::max();
    } else if (whole <= static_cast<long double>(Limits<To>::min())) {
        expected = Limits<To>::min();
    } else if (!std::isnan(x)) {
        expected = static_cast<To>(whole);
    }
    EXPECT_EQ((lane::saturate<To, From>(x)), expected) << x;
}

TYPED_TEST(FloatTest, ConversionToIntegersSaturates) {
    using T = TypeParam;
    std::mt19937_64 random(5);
    std::vector<T> values = special_values<T>();
    for (const T value : hard_values<T>(kPairs / 40, random)) values.push_back(value);
    for (int bits = 6; bits <= 65; ++bits) {
        const T power = std::ldexp(T(1), bits);
        for (const T x :
             {power, power - 1, power + 1, power - T(0.5), std::nextafter(power, T(0))}) {
            values.push_back(x);
            values.push_back(-x);
        }
    }
    for (const T x : values) {
        check_saturation<std::int8_t>(x);
        check_saturation<std::uint8_t>(x);
        check_saturation<std::int16_t>(x);
        check_saturation<std::uint16_t>(x);
        check_saturation<std::int32_t>(x);
        check_saturation<std::uint32_t>(x);
        check_saturation<std::int64_t>(x);
        check_saturation<std::uint64_t>(x);
    }
}

TEST(ArithTest, FloatsAddAsFloats) {
    EXPECT_EQ(lane::add(1.5f, 2.25f), 3.75f);
    EXPECT_EQ(lane::sub(1.5, 2.25), -0.75);
    EXPECT_EQ(lane::mul(1.5, -2.0), -3.0);
    EXPECT_EQ(lane::neg(kInfinity), -kInfinity);
}

}  // namespace
}  // namespace dunlin::tests
