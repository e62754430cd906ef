#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include "runtime/dunlin.hpp"

namespace dunlin {
namespace {

TEST(Format, FloatsHaveAPointOrAnExponent) {
    EXPECT_EQ(format(1.0), "1.0");
    EXPECT_EQ(format(0.1), "0.1");
    EXPECT_EQ(format(-2.5), "-2.5");
    EXPECT_EQ(format(0.0), "0.0");
    EXPECT_EQ(format(-0.0), "-0.0");
    EXPECT_EQ(format(100.0), "100.0");
    EXPECT_EQ(format(123456.789), "123456.789");
}

TEST(Format, ExponentsBeginAt1e16AndBelow1eMinus4) {
    EXPECT_EQ(format(9999999999999998.0), "9999999999999998.0");
    EXPECT_EQ(format(1e16), "1e16");
    EXPECT_EQ(format(1e22), "1e22");
    EXPECT_EQ(format(1.5e300), "1.5e300");
    EXPECT_EQ(format(-1.25e17), "-1.25e17");
    EXPECT_EQ(format(0.0001), "0.0001");
    EXPECT_EQ(format(0.000123), "0.000123");
    EXPECT_EQ(format(0.00009), "9e-5");
    EXPECT_EQ(format(1e-7), "1e-7");
    EXPECT_EQ(format(5e-324), "5e-324");
    EXPECT_EQ(format(1.7976931348623157e308), "1.7976931348623157e308");
}

TEST(Format, InfinitiesAndNan) {
    double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(format(infinity), "inf");
    EXPECT_EQ(format(-infinity), "-inf");
    EXPECT_EQ(format(std::nan("")), "nan");
    EXPECT_EQ(format(-std::nan("")), "nan");
}

TEST(Format, SinglePrecisionHasItsOwnShortestText) {
    float value = 0.1f;
    EXPECT_EQ(format(Array::view(&value, {})), "0.1");
    value = 16777216.0f;
    EXPECT_EQ(format(Array::view(&value, {})), "16777216.0");
}

TEST(Format, EveryFloatReadsBackTheSame) {
    std::mt19937_64 random(7);
    for (int k = 0; k < 20000; ++k) {
        std::uint64_t bits = random();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        if (std::isnan(value)) continue;
        std::string text = format(value);
        EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
        EXPECT_NE(text.find_first_of(".einf"), std::string::npos) << text;
    }
}

TEST(Format, IntegersAndBooleansArePlain) {
    std::int64_t least = std::numeric_limits<std::int64_t>::min();
    std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
    std::int8_t small = -7;
    bool yes = true;
    EXPECT_EQ(format(Array::view(&least, {})), "-9223372036854775808");
    EXPECT_EQ(format(Array::view(&greatest, {})), "18446744073709551615");
    EXPECT_EQ(format(Array::view(&small, {})), "-7");
    EXPECT_EQ(format(Array::view(&yes, {})), "true");
}

TEST(Format, ArraysStandOnOneLine) {
    std::int32_t values[] = {1, 2, 3, 4};
    EXPECT_EQ(format(Array::view(values, {4})), "[1, 2, 3, 4]");
    EXPECT_EQ(format(Array::view(values, {2, 2})), "[[1, 2], [3, 4]]");
    EXPECT_EQ(format(Array::view(values, {1, 1, 2})), "[[[1, 2]]]");
    EXPECT_EQ(format(Array::view(values, {0})), "[]");
    EXPECT_EQ(format(Array::view(values, {1000000000000, 0})), "[]");
}

TEST(Format, StridesAndByteOrderAreFollowed) {
    std::int16_t values[] = {1, 2, 3, 4, 5, 6};
    Array transposed = Array::view(values, {3, 2});
    transposed.strides = {2, 6};
    EXPECT_EQ(format(transposed), "[[1, 4], [2, 5], [3, 6]]");
    Array backwards = Array::view(values, {6});
    backwards.data += 10;
    backwards.strides = {-2};
    EXPECT_EQ(format(backwards), "[6, 5, 4, 3, 2, 1]");
    Array swapped = Array::view(values, {2});
    swapped.swapped = true;
    EXPECT_EQ(format(swapped), "[256, 512]");
}

TEST(Format, LargeArraysAreShortenedWhenAsked) {
    std::vector<std::int64_t> values(20);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<std::int64_t>(k);
    Array line = Array::view(values.data(), {20});
    EXPECT_EQ(format(line, 19), "[0, 1, 2, …, 17, 18, 19]");
    EXPECT_EQ(format(line, 20).find("…"), std::string::npos);
    EXPECT_EQ(format(Array::view(values.data(), {2, 10}), 5),
              "[[0, 1, 2, …, 7, 8, 9], [10, 11, 12, …, 17, 18, 19]]");
}

TEST(Summary, LeastMeanAndGreatest) {
    double values[] = {3, -1, 4};
    auto summary = summarise(Array::view(values, {3}));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->min, "-1.0");
    EXPECT_EQ(summary->mean, 2.0);
    EXPECT_EQ(summary->max, "4.0");
}

TEST(Summary, NanSpreads) {
    double values[] = {3, std::nan(""), 4};
    auto summary = summarise(Array::view(values, {3}));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->min, "nan");
    EXPECT_TRUE(std::isnan(summary->mean));
    EXPECT_EQ(summary->max, "nan");
}

TEST(Summary, BooleansCountAsNumbersAndEmptyArraysHaveNone) {
    bool values[] = {true, false, true, true};
    auto summary = summarise(Array::view(values, {4}));
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->min, "false");
    EXPECT_EQ(summary->mean, 0.75);
    EXPECT_EQ(summary->max, "true");
    EXPECT_FALSE(summarise(Array::view(values, {0})));
}

}  // namespace
}  // namespace dunlin
