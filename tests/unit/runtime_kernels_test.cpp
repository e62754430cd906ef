// Kernels: made once for a program, by whoever comes first; what failed, and where.
#include <chrono>
#include <thread>

#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using RuntimeKernels = RuntimeTest;

struct Counts {
    std::atomic<int> emitted = 0;
    std::atomic<int> compiled = 0;
};

void count(Counts& counts) {
    runtime::set_kernel_hook([&counts](bool compiling) {
        return ++(compiling ? counts.compiled : counts.emitted), std::string();
    });
}

TEST_F(RuntimeKernels, OneBatchAfterTheOtherEmitsOnce) {
    Counts counts;
    count(counts);
    const Program program = loaded("input x: int\noutput y = x * 5 + vm_id\n");
    for (int k = 0; k < 3; ++k)
        run(program, of_vms(4, Device::Cpu), 1, [](Batch& batch) { return batch.set("x", "2"); });
    EXPECT_EQ(counts.emitted, 1);
    // Pieces too, whatever their size.
    for (std::int64_t first = 0; first < 4; ++first) {
        BatchOptions options = of_vms(4, Device::Cpu);
        options.piece = Piece{first, 1};
        run(program, options, 1, [](Batch& batch) { return batch.set("x", "2"); });
    }
    EXPECT_EQ(counts.emitted, 1);
    // An input with a value for each VM is another kernel, and so is another width.
    run(program, of_vms(4, Device::Cpu), 1,
        [](Batch& batch) { return batch.set("x", "[1, 2, 3, 4]"); });
    EXPECT_EQ(counts.emitted, 2);
    BatchOptions wide = of_vms(4, Device::Cpu);
    wide.execution.width = 32;
    run(program, wide, 1, [](Batch& batch) { return batch.set("x", "2"); });
    EXPECT_EQ(counts.emitted, 3);
}

TEST_F(RuntimeKernels, TheSameSourceLoadedAgainComesFromTheCache) {
    Counts counts;
    count(counts);
    const std::string text = "output y = vm_id * 1234567\n";
    const Sight first = run(loaded(text), of_vms(4, Device::Cpu));
    EXPECT_FALSE(first.report.kernel->cached);
    EXPECT_GT(first.report.kernel->front_end, 0);
    const Sight second = run(loaded(text), of_vms(4, Device::Cpu));
    EXPECT_TRUE(second.report.kernel->cached);
    EXPECT_EQ(second.report.kernel->front_end, 0);
    EXPECT_EQ(counts.emitted, 2);
    EXPECT_EQ(counts.compiled, 1);
    EXPECT_TRUE(first == second);
}

TEST_F(RuntimeKernels, ThreadsShareAProgram) {
    Counts counts;
    count(counts);
    const Program program = loaded("n = 0\nfor i in 0..100 { n += i * vm_id }\noutput y = n\n");
    const Sight expected = run(program, of_vms(100, Device::Interpreter));
    std::vector<std::thread> threads;
    std::atomic<int> equal = 0;
    for (int k = 0; k < 4; ++k)
        threads.emplace_back([&] { equal += run(program, of_vms(100, Device::Cpu)) == expected; });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(equal, 4);
    EXPECT_EQ(counts.emitted, 1);
}

// The program goes away while its kernel is being compiled.
TEST_F(RuntimeKernels, AProgramWaitsForItsCompilation) {
    hurry();
    std::atomic<bool> ended = false;
    runtime::set_kernel_hook([&](bool) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        ended = true;
        return std::string("too late");
    });
    run(loaded("output y = vm_id * 77\n"), of_vms(3));
    EXPECT_TRUE(ended);
}

TEST_F(RuntimeKernels, WaitingForACompilationHasALimit) {
    std::atomic<bool> go_on = false;
    runtime::set_kernel_hook([&](bool) {
        while (!go_on) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return std::string();
    });
    const Program program = loaded("output y = vm_id * 78\n");
    EXPECT_TRUE(program.finish_compilations(0)) << "nothing has begun";
    // A run that is interrupted leaves the compilation behind.
    const std::atomic<bool> stop = true;
    BatchOptions options = of_vms(3, Device::Cpu);
    options.stop = &stop;
    EXPECT_EQ(Batch(program, options).run().error().code, "interrupted");
    EXPECT_FALSE(program.finish_compilations(0.05));
    go_on = true;
    EXPECT_TRUE(program.finish_compilations(60));
    // It is in the cache by then.
    EXPECT_TRUE(
        run(loaded("output y = vm_id * 78\n"), of_vms(3, Device::Cpu)).report.kernel->cached);
}

TEST_F(RuntimeKernels, AFailureNamesTheStatement) {
    jit::KernelSource source;
    source.text =
        "extern \"C\" void dunlin_kernel(kernel::Run*, kernel::Task*) {\n"
        "#line 7 \"statement\"\n"
        "undeclared = 1;\n"
        "}\n";
    jit::KernelBuild build(source, jit::InstructionSet::Baseline);
    EXPECT_EQ(build.from_cache(), nullptr);
    auto built = build.compile();
    auto* failure = std::get_if<jit::KernelFailure>(&built);
    ASSERT_NE(failure, nullptr);
    EXPECT_NE(failure->log.find("undeclared"), std::string::npos) << failure->log;
    ASSERT_TRUE(failure->statement) << failure->log;
    EXPECT_EQ(*failure->statement, 6u);
    EXPECT_FALSE(failure->no_compiler);
}

TEST_F(RuntimeKernels, AFailureIsShownWithItsPlaceInTheProgram) {
    const Program program = loaded("x = vm_id\n\noutput y = x * 3\n");
    const Batch::Implementation batch(program, {});
    const ir::Program& code = batch.code();
    ir::StatementId third = 0;
    while (code.statements[third].line != 3) ++third;
    EXPECT_EQ(batch.why({"error: no", third, false}), "test.dun:3: error: no");
    EXPECT_EQ(batch.why({"error: no", std::nullopt, false}), "error: no");
}

TEST_F(RuntimeKernels, WhatThisProcessorLacksIsRefused) {
    if (jit::instruction_set_of_this_cpu() == jit::InstructionSet::Avx512) GTEST_SKIP();
    BatchOptions options = of_vms(4);
    options.execution.instructions = InstructionSet::Avx512;
    EXPECT_EQ(Batch(loaded("output y = 1\n"), options).run().error().code, "bad_request");
}

TEST_F(RuntimeKernels, TheReportSaysWhatRan) {
    BatchOptions options = of_vms(100, Device::Cpu);
    options.execution.width = 32;
    options.execution.threads = 3;
    options.execution.instructions = InstructionSet::Baseline;
    options.counts = true;
    const Program program =
        loaded("n = 0\nwhile n < vm_id { n += 1 }\nstate s: f32 = 0\noutput y = n\n");
    const RunReport report = run(program, options, 2).report;
    ASSERT_TRUE(report.kernel);
    EXPECT_EQ(report.kernel->width, 32);
    EXPECT_EQ(report.kernel->threads, 3) << "there are loops";
    EXPECT_EQ(report.kernel->instructions, InstructionSet::Baseline);
    EXPECT_EQ(report.vms_in_kernel, 200);
    EXPECT_EQ(report.steps, 2);
    EXPECT_EQ(report.bytes_moved, 2 * 100 * (2 * 4 + 8));
    EXPECT_EQ(report.loop_turns, 2u * 99 * 100 / 2);
    EXPECT_EQ(report.loop_turns,
              run(program, of_vms(100, Device::Interpreter), 2).report.loop_turns);
    EXPECT_GT(report.lane_work_offered, report.lane_work);
}

}  // namespace
}  // namespace dunlin
