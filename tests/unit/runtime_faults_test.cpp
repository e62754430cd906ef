// Faults in many VMs: what they cost, and that those beside them do not notice.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using RuntimeFaults = RuntimeTest;

constexpr std::int64_t kMany = 1'000'000;

// In each of these, all VMs divide and look something up.
const char* const kFine =
    "i = vm_id % 7\n"
    "output y = 100 // (i + 1)\n"
    "output z = [1, 2, 3, 4, 5, 6, 7][i]\n";
const char* const kFaulty =
    "i = vm_id % 7\n"
    "assert i != 3, \"three\"\n"
    "output y = 100 // (i % 3)\n"
    "output z = [1, 2, 3, 4, 5, 6, 7][7 + i]\n";

// The most memory that this process has had since `forget_peak`; 0 where the system does not say.
std::int64_t peak_bytes() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
    return 0;
}
void forget_peak() {
    malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << "5";
}

struct Cost {
    double seconds = 1e9;
    std::int64_t peak = INT64_MAX;  // beyond what there was before
    std::int64_t planned = 0;
    std::int64_t faulted = 0;
};

// The least of several runs: what else the machine does only adds.
Cost cost_of(const Program& program, Device device) {
    Cost cost;
    for (int k = 0; k < 5; ++k) {
        Batch batch(program, of_vms(kMany, device));
        forget_peak();
        const std::int64_t before = peak_bytes();
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_TRUE(batch.run());
        cost.faulted = 0;
        for (const FaultGroup& group : batch.faults()) cost.faulted += group.vms;
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        cost.seconds = std::min(cost.seconds, elapsed.count());
        cost.peak = std::min(cost.peak, peak_bytes() - before);
        cost.planned = batch.memory_bytes();
    }
    return cost;
}

TEST_F(RuntimeFaults, AMillionFaultsCostNoMoreThanAMillionResults) {
    for (const Device device : {Device::Cpu, Device::Interpreter}) {
        const Cost fine = cost_of(loaded(kFine), device);
        const Cost faulty = cost_of(loaded(kFaulty), device);
        EXPECT_EQ(fine.faulted, 0);
        EXPECT_EQ(faulty.faulted, kMany);
        EXPECT_EQ(faulty.planned, fine.planned);
        // Less than anything that is kept for each fault beside its status word.
        EXPECT_LT(faulty.peak, fine.peak + 4 * kMany);
        // Generous, since the machine may be busy: yet a microsecond a fault would be too much.
        EXPECT_LT(faulty.seconds, 5 * fine.seconds + 0.8);
    }
}

TEST_F(RuntimeFaults, OneVmOfAMillionRunsOutOfFuelAndTheOthersFinish) {
    const Program program = loaded(
        "n = 0\n"
        "while n < vm_id % 10 or vm_id == 777_777 { n += 1 }\n"
        "output y = n\n");
    for (const int width : {1, 16}) {
        BatchOptions options = of_vms(kMany, Device::Cpu);
        options.fuel = 20'000;
        options.execution.width = width;
        Batch batch(program, options);
        ASSERT_TRUE(batch.run());
        ASSERT_EQ(batch.faulted(), 1);
        EXPECT_EQ(batch.faults()[0].fault, "fuel_exhausted");
        EXPECT_EQ(batch.faults()[0].first_vm, 777'777);
        const std::int64_t* y = batch.read("y")->elements<std::int64_t>();
        for (std::int64_t vm = 0; vm < kMany; ++vm) {
            ASSERT_EQ(y[vm], vm == 777'777 ? 0 : vm % 10) << vm;
            ASSERT_EQ(batch.status(vm).outcome,
                      vm == 777'777 ? Outcome::Faulted : Outcome::Finished);
        }
    }
}

}  // namespace
}  // namespace dunlin
