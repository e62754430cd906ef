// Device::Auto: who runs what, and that nobody can tell.
#include <chrono>
#include <thread>

#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using AutoDevice = RuntimeTest;

// About a millisecond a VM in the interpreter; the loop does not fold away.
constexpr const char* kSlow =
    "input x: int\n"
    "state total: int = x\n"
    "n = 0\n"
    "print \"begins\", total\n"
    "while n < 3000 {\n"
    "  n += 1\n"
    "  total += n % (x + 7)\n"
    "}\n"
    "print \"ends\", total\n"
    "output y = rand() + total\n"
    "assert x % 10 != 3, \"three\"\n";

std::string numbers(std::int64_t count) {
    std::string text = "[";
    for (std::int64_t k = 0; k < count; ++k) text += (k > 0 ? ", " : "") + std::to_string(k);
    return text + "]";
}

Binder numbered(std::int64_t vms) {
    return [vms](Batch& batch) { return batch.set("x", numbers(vms)); };
}

// Makes the kernel wait for a moment, in which the interpreter gets somewhere.
void delay_kernels() {
    runtime::set_kernel_hook([](bool) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return std::string();
    });
}

// Puts the kernels that such runs need into the cache.
void fill_cache(const std::string& text, BatchOptions options, const Binder& bind) {
    options.execution.device = Device::Cpu;
    run(loaded(text), options, 1, bind);
}

TEST_F(AutoDevice, SmallWorkIsInterpretedAndNothingIsCompiled) {
    std::atomic<int> calls = 0;
    runtime::set_kernel_hook([&](bool) { return ++calls, std::string(); });
    runtime::auto_policy().trial = 10;  // seconds: this machine may be busy
    const Sight sight = run(loaded("output y = vm_id * 2\n"), of_vms(3));
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(sight.report.vms_interpreted, 3);
    EXPECT_FALSE(sight.report.kernel);
    EXPECT_EQ(sight.report.note, "");
}

TEST_F(AutoDevice, TheInterpreterBeginsAndAKernelEnds) {
    constexpr std::int64_t kVms = 3000;
    BatchOptions options = of_vms(kVms);
    options.seed = 5;
    options.print_vm = kVms - 2;
    fill_cache(kSlow, options, numbered(kVms));
    hurry();
    delay_kernels();
    const Sight found = run(loaded(kSlow), options, 1, numbered(kVms));
    EXPECT_GT(found.report.vms_interpreted, 0);
    EXPECT_GT(found.report.vms_in_kernel, 0);
    EXPECT_EQ(found.report.vms_interpreted + found.report.vms_in_kernel, kVms);
    ASSERT_TRUE(found.report.kernel);
    EXPECT_TRUE(found.report.kernel->cached);

    options.execution.device = Device::Interpreter;
    EXPECT_TRUE(found == run(loaded(kSlow), options, 1, numbered(kVms)));
    EXPECT_EQ(found.prints.size(), 2u);
}

// The only VM is begun by the interpreter, given up, and begun again by the kernel: its state is
// what it was, and its first line is printed once.
TEST_F(AutoDevice, AVmInTheMiddleIsBegunAgain) {
    const std::string text =
        "state total: int = 5\n"
        "print \"begins\", total\n"
        "n = 0\n"
        "while n < 3_000_000 {\n"
        "  n += 1\n"
        "  total += n % 7\n"
        "}\n"
        "output y = total\n"
        "print \"ends\", total, rand()\n";
    fill_cache(text, of_vms(1), {});
    hurry();
    delay_kernels();
    const Sight found = run(loaded(text), of_vms(1), 2);
    EXPECT_EQ(found.report.vms_interpreted, 0);
    EXPECT_EQ(found.report.vms_in_kernel, 2);
    ASSERT_EQ(found.prints.size(), 4u);
    EXPECT_EQ(found.prints[0], "2: begins 5");
    EXPECT_TRUE(found == run(loaded(text), of_vms(1, Device::Cpu), 2));
}

TEST_F(AutoDevice, VmsThatMeetAreAllBegunAgain) {
    const std::string text =
        "state total: int = vm_id\n"
        "n = 0\n"
        "while n < 30_000 {\n"
        "  n += 1\n"
        "  total += n % 7\n"
        "}\n"
        "all = batch_sum(total)\n"
        "print \"met\", all\n"
        "output y = total + all\n";
    BatchOptions options = of_vms(50);
    options.print_vm = 7;
    fill_cache(text, options, {});
    hurry();
    delay_kernels();
    const Sight found = run(loaded(text), options, 2);
    EXPECT_EQ(found.report.vms_interpreted, 0);
    EXPECT_EQ(found.report.vms_in_kernel, 100);
    options.execution.device = Device::Interpreter;
    EXPECT_TRUE(found == run(loaded(text), options, 2));
    EXPECT_EQ(found.prints.size(), 2u);
}

TEST_F(AutoDevice, ManyVmsThatMeetAreLeftToTheKernel) {
    const std::string text = "output y = batch_sum(vm_id)\n";
    const Sight found = run(loaded(text), of_vms(3'000'000));
    EXPECT_EQ(found.report.vms_interpreted, 0);
    EXPECT_EQ(found.report.vms_in_kernel, 3'000'000);
}

TEST_F(AutoDevice, LargeArraysAreLeftToTheKernel) {
    const std::string text = "output y = sum([rand() for _ in 0..2_000_000])\n";
    const Sight found = run(loaded(text), of_vms(1));
    EXPECT_EQ(found.report.vms_in_kernel, 1);
    EXPECT_TRUE(found == run(loaded(text), of_vms(1, Device::Interpreter)));
}

TEST_F(AutoDevice, WithoutACompilerTheInterpreterDoesItAllAndSaysSo) {
    hurry();
    runtime::set_kernel_hook(
        [](bool compiling) { return std::string(compiling ? "no compiler today" : ""); });
    const std::string text = kSlow + std::string("output other = 123123\n");  // not in the cache
    BatchOptions options = of_vms(100);
    options.print_vm = 3;
    const Sight found = run(loaded(text), options, 1, numbered(100));
    EXPECT_EQ(found.report.vms_interpreted, 100);
    EXPECT_FALSE(found.report.kernel);
    EXPECT_EQ(found.report.note, "the kernel could not be compiled: no compiler today");
    EXPECT_EQ(found.prints.size(), 2u);

    options.execution.device = Device::Cpu;
    Batch batch(loaded(text), options);
    ASSERT_FALSE(numbered(100)(batch));
    auto report = batch.run();
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "kernel");
    EXPECT_NE(report.error().message.find("no compiler today"), std::string::npos);
}

// Prints are held back only as long as the VM may have to be begun again.
TEST_F(AutoDevice, PrintsComeAtOnceWhenThereIsNoKernelToWaitFor) {
    hurry();
    runtime::set_kernel_hook([](bool) { return std::string("no compiler today"); });
    std::atomic<bool> stop = false;
    BatchOptions options = of_vms(1);
    options.stop = &stop;
    options.print = [&](const PrintedLine& line) { stop = line.text == "enough"; };
    Batch batch(loaded("n = 0\n"
                       "while true {\n"
                       "  n += 1\n"
                       "  if n > 200_000 { print \"enough\" }\n"
                       "}\n"),
                options);
    auto report = batch.run();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->interrupted);
}

TEST_F(AutoDevice, ALineBeforeAnInterruptionIsPrinted) {
    hurry();
    runtime::set_kernel_hook([](bool) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return std::string("never");
    });
    std::atomic<bool> stop = false;
    BatchOptions options = of_vms(1);
    options.stop = &stop;
    std::string printed;
    options.print = [&](const PrintedLine& line) { printed += line.text; };
    Batch batch(loaded("print \"first\"\nn = 0\nwhile true { n += 1 }\n"), options);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        stop = true;
    });
    auto report = batch.run();
    other.join();
    EXPECT_TRUE(report->interrupted);
    EXPECT_EQ(printed, "first");
}

TEST_F(AutoDevice, ShortWorkIsLookedUpButNotCompiled) {
    runtime::auto_policy().trial = 0;
    runtime::auto_policy().lookup = 0;
    runtime::auto_policy().compilation = 1e12;
    std::atomic<int> emitted = 0, compiled = 0;
    runtime::set_kernel_hook(
        [&](bool compiling) { return ++(compiling ? compiled : emitted), std::string(); });
    const std::string text = kSlow + std::string("output other = 321321\n");
    const Sight found = run(loaded(text), of_vms(50), 1, numbered(50));
    EXPECT_EQ(found.report.vms_interpreted, 50);
    EXPECT_EQ(emitted, 1);
    EXPECT_EQ(compiled, 0);
}

// What has been spent on interpretation decides in the end, also when each run is short.
TEST_F(AutoDevice, ManyShortRunsEarnAKernel) {
    runtime::auto_policy().trial = 1e-3;
    runtime::auto_policy().compilation = 2e-3;
    runtime::auto_policy().compilation_of_byte = 0;
    Batch batch(loaded(kSlow), of_vms(2));
    ASSERT_FALSE(batch.set("x", "[1, 2]"));
    bool used = false;
    for (int k = 0; k < 100'000 && !used; ++k) used = batch.run()->kernel.has_value();
    EXPECT_TRUE(used);
}

TEST_F(AutoDevice, AKernelThatIsThereIsUsedAtOnce) {
    const Program program = loaded("output y = vm_id * 3\n");
    run(program, of_vms(4, Device::Cpu));
    EXPECT_EQ(run(program, of_vms(4)).report.vms_in_kernel, 4);
}

}  // namespace
}  // namespace dunlin
