// How lanes go through a program: what is together, what is uniform, what is refilled.
#include "jit/flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "frontend/compile.hpp"
#include "jit/choose.hpp"

namespace dunlin::jit {
namespace {

ir::Program loaded(const std::string& text) {
    frontend::CompileOptions options;
    frontend::Compiled compiled = frontend::compile("test.dun", text, options);
    EXPECT_TRUE(compiled.ok) << text;
    return compiled.program;
}

FlowOptions sixteen_lanes(const ir::Program& program) {
    FlowOptions options;
    options.width = 16;
    options.common.resize(program.slots.size());
    return options;
}

// Whether all slots of that name are the same in all lanes.
bool is_uniform(const ir::Program& program, const Flow& flow, const std::string& name) {
    bool found = false;
    for (ir::SlotId id = 0; id < program.slots.size(); ++id) {
        if (program.slots[id].name != name) continue;
        found = true;
        if (!flow.uniform[id]) return false;
    }
    EXPECT_TRUE(found) << name;
    return true;
}

bool all_together(const Flow& flow) {
    for (std::size_t id = 0; id < flow.reached.size(); ++id)
        if (flow.reached[id] && !flow.together[id]) return false;
    return true;
}

TEST(Flow, ALoopWithFixedBoundsKeepsLanesTogetherAndItsCounterIsOneNumber) {
    const ir::Program program = loaded(
        "x = 0.0\ny = float(vm_id)\ni = 0\nwhile i < 10 {\n  x += y * i\n  i += 1\n}\noutput z = "
        "x\n");
    const Flow flow = analyse_flow(program, sixteen_lanes(program));
    EXPECT_TRUE(all_together(flow));
    EXPECT_FALSE(flow.refills);
    EXPECT_TRUE(is_uniform(program, flow, "i"));
    EXPECT_FALSE(is_uniform(program, flow, "x"));
}

TEST(Flow, ABranchOnTheVmMakesARegionThatEndsWhereLanesMeet) {
    const ir::Program program =
        loaded("x = 1\nif vm_id % 2 == 0 { x = 2 } else { x = 3 }\noutput y = x\n");
    const Flow flow = analyse_flow(program, sixteen_lanes(program));
    ASSERT_EQ(flow.regions.size(), 1u);
    ASSERT_TRUE(flow.regions[0].exit.has_value());
    EXPECT_TRUE(flow.together[*flow.regions[0].exit]);
    EXPECT_FALSE(flow.refills);
}

TEST(Flow, ALoopWhoseTurnsDependOnTheVmIsRefilled) {
    const std::string text =
        "n = vm_id + 1\nsteps = 0\nwhile n != 1 {\n  if n % 2 == 0 { n = n // 2 } else { n = 3 * n "
        "+ "
        "1 }\n  steps += 1\n}\noutput s = steps\n";
    const ir::Program program = loaded(text);
    FlowOptions options = sixteen_lanes(program);
    const Flow flow = analyse_flow(program, options);
    EXPECT_TRUE(flow.refills);
    EXPECT_EQ(std::count(flow.may_leave.begin(), flow.may_leave.end(), true), 1);
    options.may_refill = false;
    EXPECT_FALSE(analyse_flow(program, options).refills);
}

TEST(Flow, ALoopInStepInsideARegionKeepsItsCounterUniform) {
    const ir::Program program = loaded(
        "x = 0\nif vm_id > 3 {\n  i = 0\n  while i < 5 {\n    x += i * vm_id\n    i += 1\n  "
        "}\n}\noutput y = "
        "x\n");
    const Flow flow = analyse_flow(program, sixteen_lanes(program));
    EXPECT_FALSE(all_together(flow));
    EXPECT_TRUE(is_uniform(program, flow, "i"));
}

TEST(Flow, ACommonInputIsUniformAndOneByVmIsNot) {
    const ir::Program program = loaded("input a: float\noutput y = a * 2\n");
    FlowOptions options = sixteen_lanes(program);
    EXPECT_FALSE(is_uniform(program, analyse_flow(program, options), "a"));
    for (ir::SlotId id = 0; id < program.slots.size(); ++id)
        options.common[id] = program.slots[id].storage == ir::Storage::Input;
    EXPECT_TRUE(is_uniform(program, analyse_flow(program, options), "a"));
}

TEST(Flow, AConditionThatAllVmsShareAtThatPlacePartsNobody) {
    // `x` differs between VMs before and after.
    const ir::Program program = loaded(
        "x = vm_id\nx = batch_sum(x)\nif x > 3 { x = batch_max(vm_id) }\nx += vm_id\noutput y = "
        "x\n");
    const Flow flow = analyse_flow(program, sixteen_lanes(program));
    EXPECT_TRUE(all_together(flow));
    EXPECT_EQ(std::count(flow.parts.begin(), flow.parts.end(), true), 0);
}

TEST(Flow, OneLaneNeedsNoRegions) {
    const ir::Program program = loaded("x = 1\nif vm_id > 0 { x = 2 }\noutput y = x\n");
    FlowOptions options = sixteen_lanes(program);
    options.width = 1;
    EXPECT_TRUE(all_together(analyse_flow(program, options)));
}

TEST(Choice, LargeArraysOfFewVmsHaveLanesOfElements) {
    const ir::Program program = loaded("x = rand(1000)\noutput y = sum(x * x)\n");
    const std::vector<bool> common(program.slots.size());
    EXPECT_TRUE(choose_lanes(program, common, 1).elements);
    EXPECT_FALSE(choose_lanes(program, common, 100'000).elements);
}

TEST(Choice, NarrowValuesHaveMoreLanesThanWideOnes) {
    const ir::Program narrow = loaded("input x: f32\noutput y = x * x + x\n");
    const ir::Program wide = loaded("input x: f64\noutput y = x * x + x\n");
    EXPECT_EQ(choose_lanes(narrow, std::vector<bool>(narrow.slots.size()), 1000).width, 32);
    EXPECT_EQ(choose_lanes(wide, std::vector<bool>(wide.slots.size()), 1000).width, 16);
    EXPECT_EQ(choose_lanes(wide, std::vector<bool>(wide.slots.size()), 2).width, 1);
}

TEST(Choice, LookingUpInPartedLoopsIsDoneOneVmAtATime) {
    const ir::Program program = loaded(
        "input table: i32[64]\np = 0\nsteps = 0\nwhile steps < 1000 {\n  p = (p + "
        "int(table[p])) % 64\n  if p == 0 { break }\n  steps += 1\n}\noutput s = steps\n");
    EXPECT_EQ(choose_lanes(program, std::vector<bool>(program.slots.size()), 1000).width, 1);
}

}  // namespace
}  // namespace dunlin::jit
