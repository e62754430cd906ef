// Binding, memory and runs of a batch, through the public header.
#include <gtest/gtest.h>

#include <cstring>

#include "runtime/dunlin.hpp"

namespace dunlin {
namespace {

Program load(const std::string& text) {
    auto program = Program::from_text("test.dun", text);
    EXPECT_TRUE(program);
    EXPECT_TRUE(program->ok()) << (program->diagnostics().empty()
                                       ? ""
                                       : program->diagnostics()[0].rendered);
    return *program;
}

std::string read(const Batch& batch, const std::string& name) {
    auto array = batch.read(name);
    return array ? format(*array) : array.error().message;
}

std::string code_of(const Failure& failure) {
    return failure ? failure->code : "fine";
}

TEST(Batch, OneEntryPerVm) {
    Batch batch(load("input x: float\noutput y = x * x\n"));
    double x[] = {1, 2, 3};
    ASSERT_FALSE(batch.bind("x", Array::view(x, {3})));
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(batch.vms(), 3);
    EXPECT_EQ(read(batch, "y"), "[1.0, 4.0, 9.0]");
    EXPECT_EQ(batch.read("y")->elements<double>()[2], 9.0);
}

TEST(Batch, AValueWithoutTheVmAxisIsTheSameForAll) {
    BatchOptions options;
    options.vms = 3;
    Batch batch(load("input x: float[2]\noutput y = sum(x)\n"), options);
    double x[] = {1, 2};
    ASSERT_FALSE(batch.bind("x", Array::view(x, {2})));
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(read(batch, "y"), "[3.0, 3.0, 3.0]");
}

TEST(Batch, SharedValuesHaveNoVmAxis) {
    Batch batch(load("shared w: float[2]\ninput x: float\noutput y = w * x\n"));
    double w[] = {1, 10};
    double x[] = {2, 3};
    EXPECT_EQ(code_of(batch.bind("w", Array::view(w, {2, 1}))), "batch_shape");
    ASSERT_FALSE(batch.bind("w", Array::view(w, {2})));
    ASSERT_FALSE(batch.bind("x", Array::view(x, {2})));
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(read(batch, "y"), "[[2.0, 20.0], [3.0, 30.0]]");
}

TEST(Batch, LiteralsAdoptTheTypeAndMayHaveTheVmAxis) {
    Program program = load("input x: f32[2]\noutput y = x\n");
    Batch fill(program);
    ASSERT_FALSE(fill.set("x", "3"));
    ASSERT_TRUE(fill.run());
    EXPECT_EQ(read(fill, "y"), "[[3.0, 3.0]]");
    Batch each(program);
    ASSERT_FALSE(each.set("x", "[[1, 2], [3, 4.5]]"));
    ASSERT_TRUE(each.run());
    EXPECT_EQ(read(each, "y"), "[[1.0, 2.0], [3.0, 4.5]]");
    EXPECT_EQ(code_of(Batch(program).set("x", "[1, 2, 3]")), "bad_literal");
    EXPECT_EQ(code_of(Batch(program).set("x", "[1,")), "bad_literal");
}

TEST(Batch, StridesByteOrderAndNarrowTypesAreCopied) {
    Program program = load("input x: i64[2]\noutput y = x\n");
    std::int16_t x[] = {1, 2, 3, 4};
    Array transposed = Array::view(x, {2, 2});
    std::swap(transposed.strides[0], transposed.strides[1]);
    Batch batch(program);
    ASSERT_FALSE(batch.bind("x", transposed));
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(read(batch, "y"), "[[1, 3], [2, 4]]");

    std::int64_t big[] = {1ll << 56, 2ll << 56};
    Array swapped = Array::view(big, {2});
    swapped.swapped = true;
    Batch other(program);
    ASSERT_FALSE(other.bind("x", swapped));
    ASSERT_TRUE(other.run());
    EXPECT_EQ(read(other, "y"), "[[1, 2]]");
}

TEST(Batch, RowsThatLieApartAreUsedInPlace) {
    Batch batch(load("input x: i64[2]\noutput y = x\n"));
    std::int64_t x[] = {1, 2, -1, 3, 4, -1};
    Array rows = Array::view(x, {2, 2});
    rows.strides = {24, 8};
    ASSERT_FALSE(batch.bind("x", rows));
    ASSERT_FALSE(batch.prepare());
    x[0] = 9;  // the batch has no copy
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(read(batch, "y"), "[[9, 2], [3, 4]]");
}

TEST(Batch, WrongElementTypesAreErrors) {
    Batch batch(load("input x: float\ninput k: i32\noutput y = x + k\n"));
    std::int64_t wide[] = {1};
    auto failure = batch.bind("x", Array::view(wide, {1}));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "wrong_type");
    EXPECT_NE(failure->message.find("'x' has elements of type f64, the array has i64"),
              std::string::npos)
        << failure->message;
    EXPECT_EQ(code_of(batch.bind("k", Array::view(wide, {1}))), "wrong_type");
    std::uint8_t narrow[] = {1};
    EXPECT_EQ(code_of(batch.bind("k", Array::view(narrow, {1}))), "wrong_type");
}

TEST(Batch, WrongShapesAreErrors) {
    Batch batch(load("input x: float[3]\noutput y = x\n"));
    double x[12] = {};
    auto failure = batch.bind("x", Array::view(x, {4, 2}));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "batch_shape");
    EXPECT_EQ(failure->message, "input 'x' is f64[3], the array has shape [4, 2]");
    EXPECT_EQ(failure->help,
              "expected shape [N, 3], one entry per VM, or [3], the same for every VM");
    EXPECT_EQ(code_of(batch.bind("x", Array::view(x, {1, 2, 3}))), "batch_shape");
    EXPECT_EQ(code_of(batch.bind("x", Array::view(x, {}))), "batch_shape");
    EXPECT_EQ(code_of(batch.bind("x", Array::view(x, {0, 3}))), "batch_shape");
}

TEST(Batch, LeadingAxesMustAgree) {
    Program program = load("input a: float\ninput b: float\noutput y = a + b\n");
    double values[4] = {};
    Batch batch(program);
    ASSERT_FALSE(batch.bind("a", Array::view(values, {3})));
    ASSERT_FALSE(batch.bind("b", Array::view(values, {4})));
    EXPECT_EQ(code_of(batch.prepare()), "batch_shape");
    BatchOptions options;
    options.vms = 2;
    Batch sized(program, options);
    ASSERT_FALSE(sized.bind("a", Array::view(values, {3})));
    ASSERT_FALSE(sized.set("b", "1"));
    EXPECT_EQ(code_of(sized.prepare()), "batch_shape");
    options.vms = 0;
    EXPECT_EQ(code_of(Batch(load("output y = 1\n"), options).prepare()), "batch_shape");
}

TEST(Batch, NamesThatAreNotThere) {
    Batch batch(load("input angle: float\noutput final = angle\n"));
    auto failure = batch.set("angel", "1");
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "unknown_name");
    EXPECT_EQ(failure->help, "did you mean 'angle'?");
    EXPECT_EQ(code_of(batch.set("final", "1")), "unknown_name");
    EXPECT_EQ(code_of(batch.prepare()), "unbound_input");
    ASSERT_FALSE(batch.set("angle", "1"));
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(batch.read("finale").error().help, "did you mean 'final'?");
    EXPECT_EQ(code_of(batch.set("angle", "2")), "bad_request");
}

TEST(Batch, TooMuchMemoryIsRefusedWithTheNumber) {
    BatchOptions options;
    options.vms = 1'000'000'000'000;
    Batch batch(load("output y = zeros(1000)\n"), options);
    auto failure = batch.prepare();
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "out_of_memory");
    EXPECT_NE(failure->message.find("needs 7.1 PiB"), std::string::npos) << failure->message;
}

TEST(Batch, MemoryIsComputed) {
    BatchOptions options;
    options.vms = 100;
    Batch batch(load("output y = zeros(1000)\n"), options);
    ASSERT_FALSE(batch.prepare());
    EXPECT_GE(batch.memory_bytes(), 100 * 1000 * 8);
    EXPECT_LT(batch.memory_bytes(), 100 * 1000 * 8 + 100000);
}

TEST(Batch, StateCarriesOverFromTurnToTurn) {
    Batch batch(load("state n: int = 10\nn += 1\noutput y = n\n"));
    ASSERT_TRUE(batch.run(3));
    EXPECT_EQ(read(batch, "y"), "[13]");
    EXPECT_EQ(read(batch, "n"), "[13]");
    auto report = batch.run();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->steps, 1);
    EXPECT_EQ(read(batch, "y"), "[14]");
}

TEST(Batch, FaultsStayInTheirVm) {
    Batch batch(load("input d: int\noutput y = 12 // d\nassert y < 12, \"too large\"\n"));
    ASSERT_FALSE(batch.set("d", "[3, 0, 1, 0]"));
    auto report = batch.run();
    ASSERT_TRUE(report);
    EXPECT_EQ(read(batch, "y"), "[4, 0, 12, 0]");
    EXPECT_EQ(batch.faulted(), 3);
    EXPECT_EQ(batch.status(0).outcome, Outcome::Finished);
    EXPECT_EQ(batch.status(2).fault, "assert_failed");
    EXPECT_EQ(batch.status(2).message, "too large");
    auto faults = batch.faults();
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_EQ(faults[0].fault, "divide_by_zero");
    EXPECT_EQ(faults[0].vms, 2);
    EXPECT_EQ(faults[0].first_vm, 1);
    EXPECT_EQ(faults[0].range.line, 2);
    EXPECT_EQ(faults[1].range.line, 3);
}

TEST(Batch, FuelEndsEndlessLoops) {
    BatchOptions options;
    options.fuel = 1000;
    Batch batch(load("x = 0\nwhile true { x += 1 }\n"), options);
    ASSERT_TRUE(batch.run());
    EXPECT_EQ(batch.status(0).fault, "fuel_exhausted");
}

TEST(Batch, TheStopFlagInterrupts) {
    std::atomic<bool> stop{true};
    BatchOptions options;
    options.stop = &stop;
    Batch batch(load("x = 0\nwhile true { x += 1 }\n"), options);
    auto report = batch.run(5);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->interrupted);
    EXPECT_EQ(report->steps, 0);
}

TEST(Batch, PrintsOfTheChosenVm) {
    Program program = load("print \"vm\", vm_id, [0.5, 1]\n");
    std::vector<std::string> lines;
    BatchOptions options;
    options.print = [&](const PrintedLine& line) {
        lines.push_back(std::to_string(line.line) + ": " + line.text);
    };
    ASSERT_TRUE(Batch(program, options).run());
    options.vms = 3;
    ASSERT_TRUE(Batch(program, options).run());
    EXPECT_EQ(lines.size(), 1u);  // in a batch of several, nobody's
    options.print_vm = 2;
    ASSERT_TRUE(Batch(program, options).run());
    EXPECT_EQ(lines, (std::vector<std::string>{"1: vm 0 [0.5, 1.0]", "1: vm 2 [0.5, 1.0]"}));
}

TEST(Batch, APieceRunsAsItWouldInTheWhole) {
    Program program =
        load("input x: float\noutput y = [x, rand(), float(vm_id), float(vm_count)]\n");
    double x[] = {1, 2, 3, 4};
    BatchOptions options;
    options.seed = 5;
    Batch whole(program, options);
    ASSERT_FALSE(whole.bind("x", Array::view(x, {4})));
    ASSERT_TRUE(whole.run());
    options.piece = Piece{1, 2};
    Batch piece(program, options);
    ASSERT_FALSE(piece.bind("x", Array::view(x, {4})));
    ASSERT_TRUE(piece.run());
    EXPECT_EQ(piece.vms(), 2);
    EXPECT_EQ(format(piece.read("y")->row(0)), format(whole.read("y")->row(1)));
    EXPECT_EQ(format(piece.read("y")->row(1)), format(whole.read("y")->row(2)));
    options.piece = Piece{3, 2};
    Batch outside(program, options);
    ASSERT_FALSE(outside.bind("x", Array::view(x, {4})));
    EXPECT_EQ(code_of(outside.prepare()), "bad_request");
}

TEST(Batch, CollectivesNeedTheWholeBatch) {
    Program program = load("output y = batch_sum(vm_id)\n");
    EXPECT_TRUE(program.has_collectives());
    BatchOptions options;
    options.vms = 4;
    Batch whole(program, options);
    ASSERT_TRUE(whole.run());
    EXPECT_EQ(read(whole, "y"), "[6, 6, 6, 6]");
    options.piece = Piece{0, 2};
    EXPECT_EQ(code_of(Batch(program, options).prepare()), "bad_request");
}

}  // namespace
}  // namespace dunlin
