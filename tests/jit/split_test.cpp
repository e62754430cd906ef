// Kernel text joined from its parts, and cut into functions.
#include "jit/split.hpp"

#include <gtest/gtest.h>

#include "frontend/compile.hpp"
#include "jit/kernel.hpp"
#include "jit/lanes/library.hpp"
#include "tests/jit/kernels.hpp"

namespace dunlin::jit {
namespace {

CutKernel two_units() {
    CutKernel cut;
    cut.variables = {{"int", "a", "", 4, true, false},
                     {"int", "b", "", 4, false, false},
                     {"const int", "c", "7", 0, false, true}};
    cut.before = "  a = 1;\n  goto L0;\n";
    cut.units = {"L0:;\n  b = a + c;\n  a = b;\n  goto L1;\n", "L1:;\n  a += c;\n  goto finish;\n"};
    cut.after = "finish:;\n";
    return cut;
}

TEST(Split, OneUnitStandsInTheKernelItself) {
    CutKernel cut = two_units();
    cut.units = {cut.units[0] + cut.units[1]};
    std::int64_t bytes = 64;
    const JoinedKernel joined = join(cut, bytes);
    EXPECT_TRUE(joined.ends.empty());
    EXPECT_EQ(bytes, 64);
    EXPECT_EQ(joined.text.find("Slots"), std::string::npos);
    EXPECT_NE(joined.text.find("goto L0;"), std::string::npos);
}

TEST(Split, WhatSeveralFunctionsNeedIsShared) {
    std::int64_t bytes = 64;
    const JoinedKernel joined = join(two_units(), bytes);
    const std::string& text = joined.text;
    EXPECT_EQ(joined.ends.size(), 4u);  // what is shared, two functions, the kernel
    EXPECT_EQ(joined.ends.back(), text.size());
    EXPECT_GT(bytes, 64);
    EXPECT_NE(text.find("int a = slots.a;"), std::string::npos);
    EXPECT_NE(text.find("slots.a = a;"), std::string::npos);
    EXPECT_EQ(text.find("slots.b"), std::string::npos) << "one function alone needs it";
    EXPECT_EQ(text.find("slots.c"), std::string::npos) << "it is computed again";
    EXPECT_EQ(text.find("goto L1"), text.rfind("goto L1")) << "only where it is entered";
}

TEST(Split, PartsAreCompiledAloneAndLoadedTogether) {
    frontend::Compiled program = frontend::compile(
        "test.dun", "x = float(vm_id)\nfor k in 0..9 {\n  x = sin(x) + k\n}\noutput y = x\n", {});
    ASSERT_TRUE(program.ok);
    KernelOptions options;
    options.function_lines = 3;
    const KernelSource source = emit_kernel(program.program, options);
    ASSERT_GT(source.ends.size(), 3u);
    const std::vector<std::string> texts = texts_in_parts(source, 3);
    ASSERT_GT(texts.size(), 1u);
    ASSERT_LE(texts.size(), 3u);
    std::vector<std::string> objects;
    for (const std::string& text : texts) objects.push_back(compiled(text));
    const std::vector<std::string_view> views(objects.begin(), objects.end());
    auto code = MachineCode::load(views, lane_library(instruction_set_of_this_cpu()));
    ASSERT_TRUE(std::holds_alternative<MachineCode>(code)) << std::get<LoadFailure>(code).message;
    EXPECT_NE(std::get<MachineCode>(code).symbol("dunlin_kernel"), nullptr);
    EXPECT_EQ(texts_in_parts(source, 1), std::vector<std::string>{whole_text(source)});
}

}  // namespace
}  // namespace dunlin::jit
