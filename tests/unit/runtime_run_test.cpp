// Running: statuses and their memory, interruption, progress, fuel, threads.
#include <chrono>
#include <thread>

#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using Runs = RuntimeTest;
using Clock = std::chrono::steady_clock;

TEST_F(Runs, AVmCostsLittleBeyondWhatItDeclares) {
    constexpr std::int64_t kVms = 1'000'000;
    for (Device device : {Device::Auto, Device::Cpu, Device::Interpreter}) {
        Batch batch(loaded("input x: float[3]\nstate s: float\ns += sum(x)\noutput y: i32 = 1\n"),
                    of_vms(kVms, device));
        ASSERT_FALSE(batch.set("x", "[1, 2, 3]"));
        ASSERT_FALSE(batch.prepare());
        EXPECT_LE(batch.memory_bytes(), kVms * (8 + 4 + 4) + (1 << 20));
    }
}

// Where lanes are elements, there is one VM at a time, however many lanes and threads.
TEST_F(Runs, LanesOfElementsNeedTheMemoryOfOneVm) {
    constexpr std::int64_t kBytes = 8'000'000;
    const Program program = loaded(
        "x = [float(i) for i in 0..1_000_000]\n"
        "output y = sort(x)[5]\n");
    BatchOptions options = of_vms(10, Device::Cpu);
    options.execution.lanes = Lanes::Element;
    options.execution.threads = 4;
    Batch batch(program, options);
    ASSERT_FALSE(batch.prepare());
    EXPECT_GE(batch.memory_bytes(), kBytes);
    EXPECT_LE(batch.memory_bytes(), 8 * kBytes);
    // Also before there is a kernel.
    options.execution.device = Device::Auto;
    Batch later(loaded("x = [float(i) for i in 0..1_000_000]\noutput z = sort(x)[7]\n"), options);
    ASSERT_FALSE(later.prepare());
    EXPECT_LE(later.memory_bytes(), 8 * kBytes);
}

TEST_F(Runs, AMillionFaultsAreAMillionWords) {
    constexpr std::int64_t kVms = 1'000'000;
    for (Device device : {Device::Cpu, Device::Auto}) {
        Batch batch(loaded("assert vm_id % 2 == 0, \"odd\"\noutput y = 1 // (vm_id % 4)\n"),
                    of_vms(kVms, device));
        ASSERT_TRUE(batch.run());
        EXPECT_EQ(batch.faulted(), kVms / 2 + kVms / 4);
        const std::vector<FaultGroup> groups = batch.faults();
        ASSERT_EQ(groups.size(), 2u);
        EXPECT_EQ(groups[0].fault, "assert_failed");
        EXPECT_EQ(groups[0].message, "odd");
        EXPECT_EQ(groups[0].vms, kVms / 2);
        EXPECT_EQ(groups[0].first_vm, 1);
        EXPECT_EQ(groups[1].fault, "divide_by_zero");
        EXPECT_EQ(groups[1].vms, kVms / 4);
        EXPECT_EQ(groups[1].first_vm, 0);
        EXPECT_EQ(batch.status(2).outcome, Outcome::Finished);
        EXPECT_EQ(batch.status(7).message, "odd");
        EXPECT_EQ(batch.status(8).range.line, 2);
    }
}

// VMs that the interpreter ended and those that a kernel ended, with the same fault.
TEST_F(Runs, FaultsOfBothKindsAreCountedTogether) {
    hurry();
    const std::string text =
        "n = 0\nwhile n < 3000 { n += 1 }\nassert vm_id % 3 != 1, \"one\"\noutput y = n\n";
    run(loaded(text), of_vms(3000, Device::Cpu));
    runtime::set_kernel_hook([](bool) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return std::string();
    });
    Batch batch(loaded(text), of_vms(3000));
    auto report = batch.run();
    ASSERT_TRUE(report);
    EXPECT_GT(report->vms_interpreted, 1);
    EXPECT_GT(report->vms_in_kernel, 3);
    ASSERT_EQ(batch.faults().size(), 1u);
    EXPECT_EQ(batch.faults()[0].vms, 1000);
    EXPECT_EQ(batch.faults()[0].first_vm, 1);
}

// How long it takes from `stop` to the end of a run that would never end.
double seconds_to_stop(const std::string& text, BatchOptions options) {
    std::atomic<bool> stop = false;
    options.stop = &stop;
    Batch batch(loaded(text), options);
    EXPECT_FALSE(batch.prepare());
    Clock::time_point asked;
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        asked = Clock::now();
        stop = true;
    });
    auto report = batch.run();
    const Clock::time_point ended = Clock::now();
    other.join();
    EXPECT_TRUE(report->interrupted);
    return std::chrono::duration<double>(ended - asked).count();
}

TEST_F(Runs, EndlessLoopsStopWhenAsked) {
    const std::string endless = "n = vm_id\nwhile n >= 0 { n = (n + 1) % 1000 }\noutput y = n\n";
    const std::string for_some =
        "n = vm_id\nwhile n == 50_000 or vm_count == 1 { n += 0 }\noutput y = n\n";
    for (const std::string& text : {endless, for_some})
        for (std::int64_t vms : {1, 100'000})
            for (int width : {1, 16})
                for (int threads : {1, 2}) {
                    BatchOptions options = of_vms(vms, Device::Cpu);
                    options.execution.width = width;
                    options.execution.threads = threads;
                    EXPECT_LT(seconds_to_stop(text, options), 1.0)
                        << vms << " VMs, " << width << " lanes, " << threads << " threads";
                }
}

TEST_F(Runs, WaitingForACompilationStopsWhenAsked) {
    runtime::set_kernel_hook([](bool) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        return std::string("too late");
    });
    std::atomic<bool> stop = true;
    BatchOptions options = of_vms(4, Device::Cpu);
    options.stop = &stop;
    const Program program = loaded("output y = vm_id * 31\n");
    const auto begin = Clock::now();
    auto report = Batch(program, options).run();
    EXPECT_LT(std::chrono::duration<double>(Clock::now() - begin).count(), 1.0);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "interrupted");
}

// One VM that takes long, in one kernel call: the host hears of it all the same, in its own thread.
TEST_F(Runs, ProgressIsReportedWhileOneVmRuns) {
    for (Device device : {Device::Cpu, Device::Interpreter}) {
        std::atomic<bool> stop = false;
        BatchOptions options = of_vms(1, device);
        options.stop = &stop;
        const std::thread::id caller = std::this_thread::get_id();
        options.progress = [&](std::int64_t finished, std::int64_t all) {
            EXPECT_EQ(std::this_thread::get_id(), caller);
            EXPECT_EQ(finished, 0);
            EXPECT_EQ(all, 1);
            stop = true;
        };
        Batch batch(loaded("n = 0\nwhile n >= 0 { n = (n + 1) % 1000 }\noutput y = n\n"), options);
        EXPECT_TRUE(batch.run()->interrupted);
    }
}

TEST_F(Runs, ThreadsDoNotChangeResults) {
    const Program program = loaded(
        "n = 0\nwhile n < vm_id % 1000 { n += 1 + int(rand() > 0.5) }\n"
        "output y = n + rand()\nassert vm_id % 97 != 5\n");
    const Sight expected = run(program, of_vms(20'000, Device::Interpreter));
    for (int threads : {1, 2, 5})
        for (int width : {1, 16, 32}) {
            BatchOptions options = of_vms(20'000, Device::Cpu);
            options.execution.threads = threads;
            options.execution.width = width;
            EXPECT_TRUE(run(program, options) == expected) << threads << " threads, " << width;
        }
}

// Where the modes are given different values, they cannot agree.
TEST_F(Runs, VerificationFindsWhatDiffers) {
    const Program program = loaded("input x: int\nprint x\nassert x < 5\noutput y = x * 2\n");
    for (bool same : {true, false}) {
        int batches = 0;
        BatchOptions options = of_vms(3);
        options.print_vm = 1;
        auto differences =
            verify(program, options,
                   [&](Batch& batch) {
                       return batch.set("x", same || ++batches == 1 ? "[1, 2, 3]" : "[1, 4, 7]");
                   },
                   2, {modes(program)[0]});
        ASSERT_TRUE(differences);
        std::string all;
        for (const Difference& difference : *differences)
            all += difference.mode + ": " + difference.text + "\n";
        if (same) {
            EXPECT_EQ(all, "");
            continue;
        }
        EXPECT_EQ(all,
                  "cpu, 1 lane: VM 2: assert_failed at test.dun:3:1, expected finished\n"
                  "cpu, 1 lane: VM 1, y, element 0: 8 (0x0000000000000008), expected 4 "
                  "(0x0000000000000004)\n"
                  "cpu, 1 lane: VM 2, y, element 0: 0 (0x0000000000000000), expected 6 "
                  "(0x0000000000000006)\n"
                  "cpu, 1 lane: printed test.dun:2: 4, expected test.dun:2: 2\n");
    }
}

TEST_F(Runs, MachineFactsAreThere) {
    EXPECT_GT(measure_copy_rate(1), 1e8);
    bool compiler = false;
    for (const DoctorFact& fact : doctor()) {
        EXPECT_TRUE(fact.ok) << fact.name << ": " << fact.value;
        compiler = compiler || (fact.name == "compiler" && fact.value.starts_with("clang "));
    }
    EXPECT_TRUE(compiler);
    const CacheFacts before = kernel_cache_facts();
    run(loaded("output y = vm_id * 987654\n"), of_vms(2, Device::Cpu));
    EXPECT_EQ(kernel_cache_facts().misses, before.misses + 1);
}

}  // namespace
}  // namespace dunlin
