// Philox4x32-10 against the known answers published with Random123, and how Dunlin uses it.
#include <gtest/gtest.h>

#include <cstdint>

#include "prelude/scalar.h"

namespace dunlin::tests {
namespace {

namespace lane = dunlin::lane;

void expect_block(const lane::RandomBlock& got, const lane::RandomBlock& expected) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(got.word[i], expected.word[i]) << "word " << i;
}

TEST(RandomTest, PhiloxGivesThePublishedAnswers) {
    expect_block(lane::philox({{0, 0, 0, 0}}, 0, 0),
                 {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
    const std::uint32_t ones = 0xffffffff;
    expect_block(lane::philox({{ones, ones, ones, ones}}, ones, ones),
                 {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
    expect_block(
        lane::philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0),
        {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST(RandomTest, ABlockIsKeyedBySeedAndCountedByDrawAndVm) {
    expect_block(lane::random_block(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
                 {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST(RandomTest, UniformNumbersAreFromZeroToJustBelowOne) {
    EXPECT_EQ(lane::uniform(std::uint64_t{0}), 0.0);
    EXPECT_EQ(lane::uniform(~std::uint64_t{0}), 1.0 - 0x1p-53);
    EXPECT_EQ(lane::uniform(std::uint64_t{1} << 63), 0.5);
    EXPECT_EQ(lane::uniform(std::uint64_t{1} << 11), 0x1p-53);
    EXPECT_EQ(lane::uniform(std::uint32_t{0}), 0.0f);
    EXPECT_EQ(lane::uniform(~std::uint32_t{0}), 1.0f - 0x1p-24f);
    EXPECT_EQ(lane::uniform(std::uint32_t{1} << 31), 0.5f);
    EXPECT_EQ(lane::uniform(std::uint32_t{1} << 8), 0x1p-24f);
}

TEST(RandomTest, JoinedWordsAreLowFirst) {
    EXPECT_EQ(lane::join_words(0x89abcdef, 0x01234567), 0x0123456789abcdef);
}

TEST(RandomTest, BitsAreBalanced) {
    constexpr int kBlocks = 20000;
    int ones[128] = {};
    for (int draw = 0; draw < kBlocks; ++draw) {
        const lane::RandomBlock block = lane::random_block(7, 3, static_cast<std::uint64_t>(draw));
        for (int bit = 0; bit < 128; ++bit) ones[bit] += (block.word[bit / 32] >> (bit % 32)) & 1;
    }
    // Six standard deviations of a fair coin.
    for (const int count : ones) EXPECT_NEAR(count, kBlocks / 2, 6 * 71);
}

}  // namespace
}  // namespace dunlin::tests
