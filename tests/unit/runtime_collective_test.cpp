// Collectives among the VMs of a kernel, by blocks and threads, against the interpreter: over more
// than a block of VMs, and not whole blocks of them, some of which have ended.
#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using Collectives = RuntimeTest;

constexpr std::int64_t kVms = 3 * 4096 + 77;

void compare(const std::string& text, std::int64_t vms = kVms) {
    SCOPED_TRACE(text);
    const Program program = loaded(text);
    BatchOptions options = of_vms(vms, Device::Interpreter);
    options.seed = 3;
    const Sight expected = run(program, options, 2);
    for (int threads : {1, 3}) {
        options.execution.device = Device::Cpu;
        options.execution.threads = threads;
        EXPECT_TRUE(run(program, options, 2) == expected) << threads << " threads";
    }
}

// Every fifth VM halts before the others meet, and some fault.
std::string with_absent(const std::string& expression) {
    return "x = rand() - 0.5\n"
           "k = int(1000 * x)\n"
           "output z = 0.0\n"
           "if vm_id % 5 == 2 { halt }\n"
           "assert vm_id % 1001 != 1000, \"gone\"\n"
           "state last: float\n"
           "last = x + last\n"
           "output y = " +
           expression + "\n";
}

TEST_F(Collectives, Reductions) {
    for (const char* type : {"f64", "f32", "i64", "i8", "u16"}) {
        const std::string value = std::string(type) + "(100 * abs(x))";
        for (const char* name : {"sum", "min", "max"})
            compare(with_absent("batch_" + std::string(name) + "(" + value + ")"));
    }
    compare("output y = batch_sum(rand() - 0.5)\n");
    compare("output y = batch_sum(rand(3) - 0.5)\n");
    compare("output y = batch_max(rand(2, 3))\n");
    compare(with_absent("batch_any(k == 77)"));
    compare(with_absent("batch_all(k < 1000)"));
    compare("output y = batch_any([vm_id == 5, vm_id < 0])\n");
    compare(with_absent("batch_min([x, nan, 1 / x, -0.0])"));
}

TEST_F(Collectives, ReductionsOfSpecialNumbers) {
    compare("x = -0.0\noutput y = batch_sum(x)\n");
    compare("x = if vm_id == 9000 { nan } else { float(vm_id) }\noutput y = batch_max(x)\n");
    compare(
        "x = if vm_id % 2 == 0 { -0.0 } else { 0.0 }\noutput y = [batch_min(x), batch_max(x)]\n");
    compare("output y = batch_sum(1e308 * (1 - 2 * (vm_id % 2)))\n");
}

TEST_F(Collectives, Searches) {
    compare(with_absent("batch_argmin(k)"));
    compare(with_absent("batch_argmax(x)"));
    compare(with_absent("batch_argmax(vm_id % 7)"));
    compare(with_absent("batch_argmin([float(k), if vm_id == 9001 { nan } else { x }, 0.0])"));
}

TEST_F(Collectives, Scans) {
    compare(with_absent("batch_scan(x)"));
    compare(with_absent("batch_scan(k)"));
    compare("output y = batch_scan([rand(), -0.0, 1.0])\n");
    // The result takes the operand's place.
    compare("state s: float = rand()\ns = batch_scan(s)\noutput y = s\n");
}

TEST_F(Collectives, ValuesOfOthers) {
    compare(with_absent("batch_get(x, (vm_id * 37) % vm_count)"));
    compare(with_absent("batch_get([x, 2 * x], -1 - vm_id % 100)"));
    compare(with_absent("batch_shift(x, 1)"));
    compare(with_absent("batch_shift([k, k + 1], vm_id - 5000)"));
    compare("state s: float = rand()\ns = batch_shift(s, 1)\noutput y = s\n");
    // Some ask for a VM that there is not.
    compare("output y = batch_get(vm_id, vm_id + 100)\n");
}

TEST_F(Collectives, Sorting) {
    compare(with_absent("batch_sort(x, vm_id)"));
    compare(with_absent("batch_sort(vm_id % 10, [x, 1.0])"));
    compare(with_absent("batch_sort(if k > 0 { nan } else { x }, k)"));
    compare("state s: float = rand()\ns = batch_sort(s, s)\noutput y = s\n");
}

// Runs that are sorted each by itself, an odd number of them, and the last one short.
TEST_F(Collectives, SortingMoreThanARun) {
    compare(with_absent("batch_sort(x, vm_id)"), 5 * (1 << 15) / 4 * 5);
    compare("output y = batch_sort(vm_id % 3, vm_id)\n", (1 << 15) + 1);
}

TEST_F(Collectives, FewVms) {
    for (std::int64_t vms : {1, 2, 15, 16, 17, 4095, 4096, 4097}) {
        compare(with_absent("batch_sum(x)"), vms);
        compare(with_absent("batch_scan(x)"), vms);
    }
}

}  // namespace
}  // namespace dunlin
