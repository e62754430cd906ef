// Printing, requirements, faults, halts, fuel, interruption: what a run does besides computing
// values.
#include <atomic>

#include "tests/unit/interpret_support.hpp"

namespace dunlin::ir {

namespace {

constexpr const char* kPrinting =
    "slot s0 constant f64[2] = [nan:18444492273895866368, 1]\nslot s1 output i64 \"y\"\n"
    "r0:\n  s1 = vm_id !1\n  print s1 s0 {0, -1, 1, -1} !4\n  end !2\n";

// y counts the turns of a loop that never ends by itself.
constexpr const char* kEndless =
    "slot s0 constant i64 = 1\nslot s1 output i64 \"y\"\n"
    "r0:\n  jump r1 !1\n"
    "r1:\n  s1 = add s1 s0 !2\n  jump r1 back !3\n"
    "r2:\n  end !4\n";

}  // namespace

TEST(InterpretEffects, OneVmPrintsTextsAndValuesInOrder) {
    TestBatch batch(kPrinting, 3);
    std::vector<std::string> lines;
    batch.request.print_vm = 2;
    batch.request.print = [&](StatementId statement, const std::vector<PrintItem>& items) {
        std::string line = std::to_string(statement) + ":";
        for (const PrintItem& item : items) {
            if (item.text != nullptr) {
                line += " " + *item.text;
                continue;
            }
            Constant value{item.type, {item.data, item.data + byte_count(item.type)}};
            line += " " + text_of(value);
        }
        lines.push_back(line);
    };
    batch.run();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0], "4: first i64 = 2 second f64[2] = [nan, 1.0]");
}

TEST(InterpretEffects, NobodyPrintsUnlessAsked) {
    TestBatch batch(kPrinting);
    int lines = 0;
    batch.request.print = [&](StatementId, const std::vector<PrintItem>&) { ++lines; };
    batch.run();
    EXPECT_EQ(lines, 0);
    batch.request.print_vm = 0;
    batch.request.first_vm = 5;
    batch.request.vm_count = 6;
    batch.run();
    EXPECT_EQ(lines, 0) << "print_vm is a number in the whole batch";
}

TEST(InterpretEffects, RequireGivesItsFaultTextAndStatement) {
    TestBatch batch(
        "slot s0 input bool \"x\"\nslot s1 output i64 \"y\"\nslot s2 constant i64 = 9\n"
        "r0:\n  require s0 {3, 1} !5\n  s1 = copy s2 !6\n  require s0 {4, -1} !7\n  end !8\n",
        2);
    batch.bind("x", constant_of("bool[2] = [true, false]"));
    batch.run();
    EXPECT_EQ(batch.statuses[0].outcome, Outcome::Finished);
    EXPECT_EQ(batch.statuses[1].outcome, Outcome::Faulted);
    EXPECT_EQ(batch.statuses[1].fault, Fault::AssertFailed);
    EXPECT_EQ(batch.statuses[1].statement, 5u);
    EXPECT_EQ(batch.statuses[1].text, 1);
    EXPECT_EQ(batch.text("y"), "i64[2] = [9, 0]");
}

TEST(InterpretEffects, AFaultHasNoTextOfItsOwn) {
    TestBatch batch(
        "slot s0 constant i64[2] = [1, 0]\nslot s1 output i64[2] \"y\"\n"
        "r0:\n  s1 = floor_div s0 s0 !3\n  end !1\n");
    batch.run();
    EXPECT_EQ(batch.statuses[0].fault, Fault::DivideByZero);
    EXPECT_EQ(batch.statuses[0].text, -1);
    EXPECT_EQ(batch.text("y"), "i64[2] = [0, 0]") << "not even the elements before the zero";
}

TEST(InterpretEffects, FaultedVmsStayAsTheyAreInLaterTurns) {
    TestBatch batch(
        "slot s0 input bool \"ok\"\nslot s1 state i64 \"turns\"\nslot s2 constant i64 = 1\n"
        "slot s3 output i64 \"y\"\n"
        "r0:\n  s1 = add s1 s2 !1\n  s3 = copy s1 !1\n  require s0 {4, 0} !2\n  end !3\n",
        2);
    batch.bind("ok", constant_of("bool[2] = [true, false]"));
    batch.run();
    batch.bind("ok", constant_of("bool[2] = [true, true]"));
    batch.run();
    EXPECT_EQ(batch.text("turns"), "i64[2] = [2, 1]");
    EXPECT_EQ(batch.text("y"), "i64[2] = [2, 1]");
    EXPECT_EQ(batch.statuses[1].outcome, Outcome::Faulted);
    EXPECT_EQ(batch.statuses[1].fault, Fault::Failed);
}

TEST(InterpretEffects, HaltedVmsRunAgainInTheNextTurn) {
    TestBatch batch(
        "slot s0 input bool \"stay\"\nslot s1 state i64 \"turns\"\nslot s2 constant i64 = 1\n"
        "r0:\n  s1 = add s1 s2 !1\n  branch s0 r1 r2 !2\nr1:\n  end !3\nr2:\n  halt !4\n",
        2);
    batch.bind("stay", constant_of("bool[2] = [true, false]"));
    batch.run();
    EXPECT_EQ(batch.statuses[0].outcome, Outcome::Finished);
    EXPECT_EQ(batch.statuses[1].outcome, Outcome::Halted);
    EXPECT_EQ(batch.statuses[1].statement, 4u);
    batch.bind("stay", constant_of("bool[2] = [true, true]"));
    batch.run();
    EXPECT_EQ(batch.statuses[1].outcome, Outcome::Finished);
    EXPECT_EQ(batch.text("turns"), "i64[2] = [2, 2]");
}

TEST(InterpretEffects, OutputsBeginEachTurnAtZeroAndStatesDoNot) {
    TestBatch batch(
        "slot s0 output i64[2] \"y\"\nslot s1 state i64 \"s\"\nslot s2 constant i64 = 1\n"
        "r0:\n  s1 = add s1 s2 !1\n  s0 = add s0 s1 !1\n  end !1\n");
    batch.run();
    EXPECT_EQ(batch.text("y"), "i64[2] = [1, 1]");
    batch.run();
    EXPECT_EQ(batch.text("y"), "i64[2] = [2, 2]");
}

TEST(InterpretEffects, OnlyTheFirstTurnIsTheFirst) {
    TestBatch batch("slot s0 output bool \"y\"\nr0:\n  s0 = first_turn !1\n  end !1\n");
    batch.request.first_turn = false;
    batch.run();
    EXPECT_EQ(batch.text("y"), "bool = false");
}

TEST(InterpretEffects, FuelIsSpentAtBackEdges) {
    TestBatch batch(kEndless, 2);
    batch.request.fuel = 10;
    const RunReport report = batch.run();
    EXPECT_FALSE(report.interrupted);
    EXPECT_EQ(batch.statuses[1].fault, Fault::FuelExhausted);
    EXPECT_EQ(batch.statuses[1].statement, 3u);
    EXPECT_EQ(batch.text("y"), "i64[2] = [11, 11]") << "ten turns after the first";
    EXPECT_EQ(report.turns, 20u);
    EXPECT_EQ(report.instructions, 22u);
}

TEST(InterpretEffects, NoFuelMeansNoTurn) {
    TestBatch batch(kEndless);
    batch.request.fuel = 0;
    batch.run();
    EXPECT_EQ(batch.statuses[0].fault, Fault::FuelExhausted);
    EXPECT_EQ(batch.text("y"), "i64 = 1");
}

TEST(InterpretEffects, AnEndlessLoopStopsWhenToldTo) {
    TestBatch batch(kEndless, 2);
    std::atomic<bool> stop{false};
    batch.request.stop = &stop;
    int calls = 0;
    batch.request.progress = [&](std::int64_t finished) {
        EXPECT_EQ(finished, 0);
        stop = ++calls == 1;
    };
    const RunReport report = batch.run();
    EXPECT_TRUE(report.interrupted);
    EXPECT_EQ(calls, 1);
}

// The stop flag is set while the VM runs, by its own print; there is no back-edge after that.
void check_stop_after(const std::string& heavy, bool interrupted) {
    TestBatch batch(
        "program vm_bytes=320000\nslot s0 local f64[100, 100] @0\nslot s1 constant f64 = 1\n"
        "slot s2 output bool \"y\"\nslot s3 constant bool = true\nslot s4 local f64[100, 100] "
        "@80000\n"
        "slot s5 local f64[100] @160000\n"
        "r0:\n  s0 = copy s1 !1\n  print {0} !1\n" +
        heavy + "  s2 = copy s3 !2\n  end !3\n");
    std::atomic<bool> stop{false};
    batch.request.stop = &stop;
    batch.request.print_vm = 0;
    batch.request.print = [&](StatementId, const std::vector<PrintItem>&) { stop = true; };
    EXPECT_EQ(batch.run().interrupted, interrupted);
    EXPECT_EQ(batch.text("y"), interrupted ? "bool = false" : "bool = true");
}

TEST(InterpretEffects, HeavyArrayWorkStopsWithoutALoop) {
    check_stop_after("  s4 = matmul s0 s0 !2\n", true);
    std::string many;
    for (int k = 0; k < 10; ++k) many += "  s4 = add s0 s0 !2\n";
    check_stop_after(many, true);
    check_stop_after("  s5 = copy s1 !2\n", false);
}

TEST(InterpretEffects, NanLeavesInOneForm) {
    TestBatch batch(
        "slot s0 constant f64 = nan:18444492273895866368\nslot s1 output f64[2] \"y\"\n"
        "slot s2 state f32 \"s\"\nslot s3 constant f32 = nan:4290772993\nslot s4 constant bool = "
        "false\n"
        "r0:\n  s1 = copy s0 !1\n  s2 = copy s3 !1\n  require s4 {4, 0} !1\n  end !1\n");
    batch.run();
    EXPECT_EQ(batch.statuses[0].fault, Fault::Failed);
    EXPECT_EQ(batch.text("y"), "f64[2] = [nan, nan]") << "of a VM that faulted, too";
    EXPECT_EQ(batch.text("s"), "f32 = nan");
}

// Values of the host may lie at any address, and a bool may be any byte.
TEST(InterpretEffects, HostMemoryNeedsNoAlignment) {
    TestBatch batch(
        "slot s0 input f64[2] \"x\"\nslot s1 input bool \"b\"\nslot s2 output f64[2] \"y\"\n"
        "slot s3 constant f64 = 0.5\nr0:\n  s2 = select s1 s0 s3 !1\n  end !2\n");
    const Constant x = constant_of("f64[2] = [1, 2]");
    std::vector<std::byte> memory(64);
    std::byte* odd = memory.data() + 1;
    std::copy(x.bytes.begin(), x.bytes.end(), odd);
    odd[16] = std::byte{2};
    batch.request.bindings[0] = {odd, 16};
    batch.request.bindings[1] = {odd + 16, 1};
    batch.request.bindings[2] = {odd + 18, 16};
    batch.run();
    EXPECT_EQ(text_of({{DType::F64, {2}}, {odd + 18, odd + 34}}), "f64[2] = [1.0, 2.0]");
}

}  // namespace dunlin::ir
