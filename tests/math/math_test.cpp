// Every mathematical function against MPFR: special values, and thousands of hard ones. The whole
// of f32 is the business of math_exhaustive.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "tests/math/oracle.hpp"
#include "tests/math/samples.hpp"

namespace dunlin::tests {
namespace {

constexpr int kHardValues = kSanitized ? 250 : 4000;
constexpr int kHardPairs = kSanitized ? 2000 : 25000;

template <class T>
constexpr double kAllowedUlps = sizeof(T) == 4 ? 1 : 2;

/// The largest error seen, and where.
struct Worst {
    double error = -1;
    double x = 0;
    double y = 0;

    void note(double other_error, double at_x, double at_y) {
        if (other_error > error) *this = {other_error, at_x, at_y};
    }
};

template <class T>
void expect_within_bound(const char* name, const Worst& worst) {
    const int width = static_cast<int>(sizeof(T)) * 8;
    std::printf("%-6s f%d  %.4f ulp at (%a, %a)\n", name, width, worst.error, worst.x, worst.y);
    EXPECT_LE(worst.error, kAllowedUlps<T>)
        << name << " of f" << width << " at (" << worst.x << ", " << worst.y << ")";
    // No float function is exact everywhere: less would mean that nothing was compared.
    EXPECT_GT(worst.error, 0.4) << name;
}

template <class T>
void check(const char* name, T (*function)(T), ExactOne exact) {
    std::mt19937_64 random(1);
    std::vector<T> values = special_values<T>();
    for (const T value : hard_values<T>(kHardValues, random)) values.push_back(value);
    Worst worst;
    Exact result;
    for (const T x : values) {
        exact(result.get(), Exact(x).get(), MPFR_RNDN);
        worst.note(error_in_ulps(function(x), result), x, 0);
    }
    expect_within_bound<T>(name, worst);
}

/// Every special value with every kind of special value, then hard values with hard values, of
/// which half of the second arguments are small: pow of two large numbers is seldom finite.
template <class T>
void check(const char* name, T (*function)(T, T), ExactTwo exact) {
    std::mt19937_64 random(2);
    const std::vector<T> special = special_values<T>();
    const std::vector<T> hard = hard_values<T>(kHardPairs / 7 + 1, random);
    Worst worst;
    Exact result;
    const auto compare = [&](T x, T y) {
        exact(result.get(), Exact(x).get(), Exact(y).get(), MPFR_RNDN);
        worst.note(error_in_ulps(function(x, y), result), x, y);
    };
    for (std::size_t i = 0; i < special.size(); i += kSanitized ? 5 : 1) {
        for (std::size_t j = i % 11; j < special.size(); j += 11) compare(special[i], special[j]);
    }
    const T edges[] = {0,  -T(0),  1,       -1,         2,          -2,        3,
                       -3, T(0.5), T(-0.5), special[0], special[1], special[2]};
    for (const T x : edges) {
        for (const T y : edges) compare(x, y);
    }
    std::uniform_real_distribution<T> small(-40, 40);
    for (int i = 0; i < kHardPairs; ++i) {
        const T x = hard[random() % hard.size()];
        compare(x, hard[random() % hard.size()]);
        compare(std::fabs(x), small(random));
    }
    expect_within_bound<T>(name, worst);
}

TEST(MathTest, OneArgumentFunctionsOfF32) {
    for (const OneArgument& row : kOneArgument) check<float>(row.name, row.f32, row.exact);
}
TEST(MathTest, OneArgumentFunctionsOfF64) {
    for (const OneArgument& row : kOneArgument) check<double>(row.name, row.f64, row.exact);
}
TEST(MathTest, TwoArgumentFunctionsOfF32) {
    for (const TwoArguments& row : kTwoArguments) check<float>(row.name, row.f32, row.exact);
}
TEST(MathTest, TwoArgumentFunctionsOfF64) {
    for (const TwoArguments& row : kTwoArguments) check<double>(row.name, row.f64, row.exact);
}

// Of all f64 this is the closest to a multiple of pi/2, relative to its size: 61 bits cancel.
TEST(MathTest, TheHardestAngle) {
    const double hardest = std::ldexp(6381956970095103.0, 797);
    for (const double angle : {hardest, -hardest, std::nextafter(hardest, 0.0), 2 * hardest}) {
        const Exact x(angle);
        Exact result;
        mpfr_sin(result.get(), x.get(), MPFR_RNDN);
        EXPECT_LE(error_in_ulps(lane::sin(angle), result), 1);
        mpfr_cos(result.get(), x.get(), MPFR_RNDN);
        EXPECT_LE(error_in_ulps(lane::cos(angle), result), 1);
        mpfr_tan(result.get(), x.get(), MPFR_RNDN);
        EXPECT_LE(error_in_ulps(lane::tan(angle), result), 1);
    }
    EXPECT_LT(std::fabs(lane::cos(hardest)), 0x1p-60);
}

TEST(MathTest, ExactPowersComeOutExact) {
    for (int k = -1074; k < 1024; ++k) {
        EXPECT_EQ(lane::exp2(static_cast<double>(k)), std::ldexp(1.0, k));
        EXPECT_EQ(lane::log2(std::ldexp(1.0, k)), k);
    }
    for (int k = 0; k <= 22; ++k) {
        const double power = lane::pow(10.0, static_cast<double>(k));
        EXPECT_EQ(lane::log10(power), k);
        EXPECT_EQ(std::fmod(power, 10.0), k == 0 ? 1 : 0);
    }
    for (int k = 1; k < 2000; ++k) {
        EXPECT_EQ(lane::cbrt(static_cast<double>(k) * k * k), k);
        EXPECT_EQ(lane::hypot(3.0 * k, 4.0 * k), 5.0 * k);
        EXPECT_EQ(lane::pow(static_cast<double>(k), 3.0), static_cast<double>(k) * k * k);
    }
}

}  // namespace
}  // namespace dunlin::tests
