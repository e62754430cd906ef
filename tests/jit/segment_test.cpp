// Which instructions become one loop.
#include "jit/segment.hpp"

#include <gtest/gtest.h>

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
    const ir::Liveness liveness(compiled.program);
    SegmentRules rules;
    rules.is_large = [](const ir::Instruction&) { return true; };
    std::vector<Segment> loops;
    for (Segment& segment : cut(compiled.program, 0, rules, liveness))
        if (segment.is_group) loops.push_back(std::move(segment));
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
