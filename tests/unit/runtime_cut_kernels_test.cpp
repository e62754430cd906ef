// Kernels cut into several functions: the same bits, wherever they are cut.
#include "jit/kernel_source.hpp"
#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

class CutKernels : public RuntimeTest {
  protected:
    void TearDown() override {
        jit::set_function_lines(0);
        RuntimeTest::TearDown();
    }

    // Runs in all ways in functions of so many lines, and by the interpreter.
    static void compare(const std::string& text, std::int64_t vms, BatchOptions options = {}) {
        options.vms = vms;
        options.execution.device = Device::Interpreter;
        const Sight expected = run(loaded(text), options);
        options.execution.device = Device::Cpu;
        for (const std::size_t lines : {1, 4, 15}) {
            jit::set_function_lines(lines);
            const Program program = loaded(text);
            for (const Lanes lanes : {Lanes::Vm, Lanes::Element}) {
                for (const int width : {1, 16, 32}) {
                    if (lanes == Lanes::Element && width != 16) continue;
                    options.execution.lanes = lanes;
                    options.execution.width = width;
                    const Sight found = run(program, options);
                    EXPECT_TRUE(found == expected) << text << lines << " lines, width " << width;
                }
            }
        }
    }
};

TEST_F(CutKernels, LoopsThatDiffer) {
    compare(
        "n = vm_id * 7 + 1\nturns = 0\nsum = 0.5\nwhile n != 1 {\n"
        "  if n % 2 == 0 { n = n // 2 } else { n = 3 * n + 1 }\n"
        "  for k in 0..n % 3 { sum += sqrt(float(k + n)) }\n"
        "  turns += 1\n  if turns > 90 { break }\n}\noutput t = turns\noutput s = sum\n",
        70);
}

TEST_F(CutKernels, FaultsPrintsAndFuel) {
    BatchOptions options;
    options.print_vm = 5;
    options.fuel = 40;
    compare(
        "output y = 0\nfor k in 0..vm_id {\n  y += 100 // (vm_id - k * k)\n"
        "  if k == 3 { print k, y }\n  if y < -50 { halt }\n}\n",
        60, options);
}

TEST_F(CutKernels, Collectives) {
    compare(
        "x = float(vm_id) * 0.5\nfor turn in 0..3 {\n  m = batch_max(x)\n  y = x + m\n"
        "  x = y * 0.25 + batch_sum(sin(y))\n}\noutput z = x\n",
        45);
}

TEST_F(CutKernels, Arrays) {
    compare(
        "a = float(arange(40)) * float(vm_id + 1)\nb = [1.0, 2.0, float(vm_id)]\n"
        "for k in 0..3 {\n  a[k:k + 10] = a[k + 5:k + 15] * b[k] + 1.0\n  b = b * 0.5 + a[k]\n"
        "  a = sort(a)\n}\noutput s = sum(a) + sum(b)\noutput c = cumsum(a)\noutput d = b\n",
        37);
}

TEST_F(CutKernels, ALongProgramIsCutByItself) {
    std::string text = "x0 = float(vm_id)\nn = 0\n";
    for (int k = 1; k < 700; ++k) {
        const std::string x = "x" + std::to_string(k), before = "x" + std::to_string(k - 1);
        text += x + " = sin(" + before + ") * 0.75 + sqrt(abs(" + before + "))\n";
        if (k % 10 == 0) text += "if " + x + " > 1.0 { n += 1 } else { n += 2 }\n";
    }
    text += "output y = x699\noutput m = n\n";
    const Program program = loaded(text);
    const Sight expected = run(program, of_vms(20, Device::Interpreter));
    const Sight found = run(program, of_vms(20, Device::Cpu));
    EXPECT_TRUE(found == expected);
    // Several objects come out of the cache as one kernel.
    const Sight again = run(loaded(text), of_vms(20, Device::Cpu));
    ASSERT_TRUE(again.report.kernel);
    EXPECT_TRUE(again.report.kernel->cached);
    EXPECT_TRUE(again == expected);
}

}  // namespace
}  // namespace dunlin
