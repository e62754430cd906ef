// Which instructions become one loop.
#include "jit/segment.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "frontend/compile.hpp"
#include "jit/describe.hpp"
#include "jit/nest.hpp"

namespace dunlin::jit {
namespace {

// The loops of the first routine, in order.
std::vector<Segment> loops_of(const std::string& text) {
    frontend::CompileOptions options;
    frontend::Compiled compiled = frontend::compile("test.dun", text, options);
    EXPECT_TRUE(compiled.ok) << text;
    SegmentRules rules;
    rules.is_large = [](const ir::Instruction&) { return true; };
    std::vector<Segment> loops;
    const Segments all = cut(compiled.program, rules, [](ir::SlotId) { return true; });
    for (const Segment& segment : all.segments[0])
        if (segment.is_group) loops.push_back(segment);
    return loops;
}

std::size_t stored_in(const Segment& segment) {
    std::size_t stored = 0;
    for (bool one : segment.stored) stored += one;
    return stored;
}

TEST(Segments, AnExpressionIsOneLoopThatWritesItsResultAlone) {
    const auto loops =
        loops_of("input a: float[100]\ninput b: float[100]\noutput y = 2*a + 3*b - b*a/(b+1.5)\n");
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(stored_in(loops[0]), 1u);
    EXPECT_GE(loops[0].instructions.size(), 6u);
}

TEST(Segments, ASumEndsTheLoopOfItsElements) {
    const auto loops = loops_of("input a: float[100]\noutput y = sum(sqrt(a*a + 1.0))\n");
    ASSERT_EQ(loops.size(), 1u);
    // The elements never go to memory; the sum does.
    EXPECT_EQ(stored_in(loops[0]), 1u);
}

TEST(Segments, AScanEndsTheLoopOfItsElementsUnlessLinesGoSideBySide) {
    const auto one = loops_of("input a: float[100]\noutput y = cumsum(a * 2.0)\n");
    ASSERT_EQ(one.size(), 1u);
    EXPECT_TRUE(one[0].scans);
    EXPECT_EQ(stored_in(one[0]), 1u);
    for (const Segment& loop :
         loops_of("input a: float[40, 100]\noutput y = cumsum(a * 2.0, axis = 1)\n"))
        EXPECT_FALSE(loop.scans);
}

TEST(Segments, WhatIsReadElsewhereIsNotWrittenInTheSameLoop) {
    const auto loops = loops_of("input a: float[100]\nb = a * 2\noutput y = b[1:] + b[:-1]\n");
    // b must be whole before its neighbours are read.
    ASSERT_EQ(loops.size(), 2u);
    EXPECT_EQ(loops[0].shape, ir::Shape({100}));
    EXPECT_EQ(loops[1].shape, ir::Shape({99}));
}

TEST(Segments, SlicesAreReadWithoutCopies) {
    const auto loops = loops_of("input a: float[10, 100]\noutput y = a[1:, :] + a[:-1, :] * 0.5\n");
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(stored_in(loops[0]), 1u);
}

TEST(Segments, WhatTheHostMaySeeIsWrittenBeforeALaterFault) {
    // The division may fault: then y has been written, and z has not.
    const auto loops =
        loops_of("input a: int[100]\ninput b: int[100]\noutput y = a + b\noutput z = a // b\n");
    EXPECT_EQ(loops.size(), 2u);
}

TEST(Segments, ReshapesAndNewAxesAreWaysOfReading) {
    const auto loops = loops_of(
        "input p: float[40, 30]\ninput c: float[40, 5]\n"
        "output y = sum((p[:, :, None] - c[:, None, :])**2, axis = 0)\n");
    ASSERT_EQ(loops.size(), 1u);
    EXPECT_EQ(loops[0].shape, ir::Shape({40, 30, 5}));
    EXPECT_EQ(loops[0].first_reduced, 0u);
    EXPECT_EQ(loops[0].reduced_axes, 1u);
    EXPECT_EQ(stored_in(loops[0]), 1u);
}

TEST(Segments, AViewOfWhatChangesLaterIsMade) {
    const auto loops =
        loops_of("x = rand(100)\ny = x[1:]\nx[0] = 5.0\nx[1:] = 1.0\noutput z = y + 1\n");
    bool made = false;
    for (const Segment& loop : loops)
        made = made || (loop.shape == ir::Shape({99}) && stored_in(loop) == 1);
    EXPECT_TRUE(made);
}

TEST(Segments, AnUpdateFromNeighboursWaitsForThem) {
    const auto loops = loops_of(
        "x = rand(100, 40)\nx[1:-1, 1:-1] = x[:-2, 1:-1] + x[2:, 2:] + x[1:-1, :-2]\n"
        "output y = x\n");
    const auto delayed = std::find_if(loops.begin(), loops.end(),
                                      [](const Segment& loop) { return loop.delay.has_value(); });
    ASSERT_NE(delayed, loops.end());
    EXPECT_EQ(delayed->delay->behind, 1);
    EXPECT_EQ(delayed->delay->ahead, 1);
}

TEST(Segments, AnUpdateOfTheSameElementsWaitsForNothing) {
    for (const Segment& loop :
         loops_of("x = rand(100, 40)\nx[1:-1, :] = x[1:-1, :] * 2\noutput y = x\n"))
        EXPECT_FALSE(loop.delay.has_value());
}

TEST(Nest, LoopsAreInOnePieceAndHeadsComeFirst) {
    // 0 -> 1 -> 2 -> 1, 2 -> 3 -> 2, 3 -> 4
    const Edges edges{{1}, {2}, {1, 3}, {2, 4}, {}};
    const std::vector<Part> parts = nest(edges, std::vector<bool>(5, true), {0});
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0].routine, 0u);
    ASSERT_TRUE(parts[1].is_loop());
    EXPECT_EQ(parts[1].routine, 1u);
    ASSERT_EQ(parts[1].body.size(), 2u);
    ASSERT_TRUE(parts[1].body[1].is_loop());
    EXPECT_EQ(parts[1].body[1].routine, 2u);
    EXPECT_EQ(parts[2].routine, 4u);
}

TEST(Nest, ALoopWithTwoWaysInHasOneHead) {
    // 0 -> 1, 0 -> 2, 1 -> 2, 2 -> 1, 2 -> 3
    const Edges edges{{1, 2}, {2}, {1, 3}, {}};
    const std::vector<Part> parts = nest(edges, std::vector<bool>(4, true), {0});
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_TRUE(parts[1].is_loop());
    std::size_t routines = 0;
    for_each_routine(parts, [&](ir::RoutineId) { ++routines; });
    EXPECT_EQ(routines, 4u);
}

}  // namespace
}  // namespace dunlin::jit
