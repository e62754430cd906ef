// Many VMs: each alone, or together where they meet in collectives.
#include "tests/unit/interpret_support.hpp"

namespace dunlin::ir {

namespace {

// VM 1 halts and VM 3 faults before all others meet; y is what comes of `op`, preset to the VM's
// number times 10.
std::string with_absent_vms(const std::string& type, const std::string& result,
                            const std::string& op) {
    return "program vm_bytes=64\n"
           "slot s0 input " +
           type + " \"x\"\nslot s1 output " + result +
           " \"y\"\nslot s2 local i64 @0\n"
           "slot s3 constant i64 = 1\nslot s4 constant i64 = 3\nslot s5 local bool @8\n"
           "slot s6 input i64 \"k\"\n"
           "r0:\n  s2 = vm_id !1\n  s5 = eq s2 s3 !1\n  branch s5 r4 r1 !1\n"
           "r1:\n  s5 = ne s2 s4 !1\n  require s5 {4, 0} !2\n  jump r2 !1\n"
           "r2:\n  s1 = " +
           op +
           " !3 then r3 !3\n"
           "r3:\n  end !4\n"
           "r4:\n  halt !5\n";
}

struct Meeting {
    std::string type, input, result, op, expected;
};

}  // namespace

TEST(InterpretBatch, VmsThatHaveEndedTakeNoPart) {
    const std::vector<Meeting> meetings = {
        {"i32", "i32[6] = [1, 100, 2, 100, 4, 8]", "i32", "batch_sum s0",
         "i32[6] = [15, 0, 15, 0, 15, 15]"},
        {"f64", "f64[6] = [-0.0, 1, -0.0, 1, -0.0, -0.0]", "f64", "batch_sum s0",
         "f64[6] = [-0.0, 0, -0.0, 0, -0.0, -0.0]"},
        {"i32", "i32[6] = [5, 1, 4, 0, 6, 7]", "i32", "batch_min s0",
         "i32[6] = [4, 0, 4, 0, 4, 4]"},
        {"f32", "f32[6] = [-5, 1, -inf, nan, -6, -7]", "f32", "batch_max s0",
         "f32[6] = [-5, 0, -5, 0, -5, -5]"},
        {"bool", "bool[6] = [false, true, false, true, false, false]", "bool", "batch_any s0",
         "bool[6] = [false, false, false, false, false, false]"},
        {"bool", "bool[6] = [true, false, true, false, true, true]", "bool", "batch_all s0",
         "bool[6] = [true, false, true, false, true, true]"},
        {"f32", "f32[6] = [5, nan, 4, 0, 4, 7]", "i64", "batch_argmin s0",
         "i64[6] = [2, 0, 2, 0, 2, 2]"},
        {"i8", "i8[6] = [-5, 1, -4, 0, -4, -7]", "i64", "batch_argmax s0",
         "i64[6] = [2, 0, 2, 0, 2, 2]"},
        {"i32", "i32[6] = [1, 100, 2, 100, 4, 8]", "i32", "batch_scan s0",
         "i32[6] = [1, 0, 3, 0, 7, 15]"},
        // k is 1 in VM 0, and so on: a VM that takes no part reads as zeros.
        {"i32", "i32[6] = [1, 2, 3, 4, 5, 6]", "i32", "batch_get s0 s6",
         "i32[6] = [0, 0, 1, 0, 0, 0]"},
        {"i32", "i32[6] = [1, 2, 3, 4, 5, 6]", "i32", "batch_shift s0 s6",
         "i32[6] = [6, 0, 3, 0, 6, 1]"},
        {"f32", "f32[6] = [nan, 0, 3, 0, 2, 2]", "i64", "batch_sort s0 s6",
         "i64[6] = [5, 0, -1, 0, 0, 1]"},
    };
    for (const Meeting& meeting : meetings) {
        SCOPED_TRACE(meeting.op);
        TestBatch batch(with_absent_vms(meeting.type, meeting.result, meeting.op), 6);
        batch.bind("x", constant_of(meeting.input));
        batch.bind("k", constant_of("i64[6] = [1, 2, 0, 7, 5, -1]"));
        if (meeting.op.rfind("batch_get", 0) == 0)
            batch.bind("k", constant_of("i64[6] = [1, 99, 0, 99, 3, -5]"));
        if (meeting.op.rfind("batch_sort", 0) == 0)
            batch.bind("k", constant_of("i64[6] = [1, 99, 0, 99, 5, -1]"));
        batch.run();
        EXPECT_EQ(batch.text("y"), text_of(constant_of(meeting.expected)));
        EXPECT_EQ(batch.statuses[0].outcome, Outcome::Finished);
        EXPECT_EQ(batch.statuses[1].outcome, Outcome::Halted);
        EXPECT_EQ(batch.statuses[3].outcome, Outcome::Faulted);
    }
}

TEST(InterpretBatch, ANumberOfNoVmIsAFaultInThatVmAlone) {
    for (const std::string number : {"i64[3] = [2, 3, -3]", "i64[3] = [2, -4, -3]"}) {
        TestBatch batch(
            "slot s0 input i64 \"k\"\nslot s1 constant i64 = 7\nslot s2 output i64 \"y\"\n"
            "r0:\n  s2 = batch_get s1 s0 !3 then r1 !3\nr1:\n  end !4\n",
            3);
        batch.bind("k", constant_of(number));
        batch.run();
        EXPECT_EQ(batch.text("y"), "i64[3] = [7, 0, 7]");
        EXPECT_EQ(batch.statuses[1].fault, Fault::IndexOutOfRange);
        EXPECT_EQ(batch.statuses[1].statement, 3u);
        EXPECT_EQ(batch.statuses[2].outcome, Outcome::Finished);
    }
}

// x = batch_shift(x, 1), three times, with VM memory of every VM's own: nobody sees what another
// has just written.
TEST(InterpretBatch, EachVmSeesWhatTheOthersHadBefore) {
    TestBatch batch(
        "program vm_bytes=24\n"
        "slot s0 local i64 @0\nslot s1 local i64 @8\nslot s2 constant i64 = 1\nslot s3 local i64 "
        "@16\n"
        "slot s4 constant i64 = 3\nslot s5 local bool @8\nslot s6 output i64 \"y\"\nslot s7 "
        "constant i64 = 0\n"
        "r0:\n  s0 = vm_id !1\n  s3 = copy s7 !1\n  jump r1 !1\n"
        "r1:\n  s1 = batch_shift s0 s2 !2 then r2 !2\n"
        "r2:\n  s0 = copy s1 !2\n  s3 = add s3 s2 !3\n  s5 = lt s3 s4 !3\n  branch s5 r3 r4 !3\n"
        "r3:\n  jump r1 back !3\n"
        "r4:\n  s6 = copy s0 !4\n  end !4\n",
        5);
    const RunReport report = batch.run();
    EXPECT_EQ(batch.text("y"), "i64[5] = [2, 3, 4, 0, 1]");
    EXPECT_EQ(report.turns, 10u);
    EXPECT_EQ(report.instructions, 5u * (2 + 3 * (1 + 3) + 1));
}

TEST(InterpretBatch, FuelRunsOutBetweenCollectivesToo) {
    TestBatch batch(
        "slot s0 constant i64 = 1\nslot s1 output i64 \"y\"\n"
        "r0:\n  jump r1 !1\nr1:\n  s1 = batch_sum s0 !2 then r2 !2\nr2:\n  jump r1 back !3\nr3:\n  "
        "end !1\n",
        3);
    batch.request.fuel = 4;
    batch.run();
    for (const VmStatus& status : batch.statuses) EXPECT_EQ(status.fault, Fault::FuelExhausted);
    EXPECT_EQ(batch.text("y"), "i64[3] = [3, 3, 3]");
}

TEST(InterpretBatch, ABatchOfFaultedVmsIsOverAtOnce) {
    TestBatch batch(
        "slot s0 constant i64 = 1\nslot s1 output i64 \"y\"\n"
        "r0:\n  s1 = batch_sum s0 !2 then r1 !2\nr1:\n  end !1\n",
        2);
    for (VmStatus& status : batch.statuses) status = {Outcome::Faulted, Fault::Failed, 9, 1};
    EXPECT_EQ(batch.run().instructions, 0u);
    EXPECT_EQ(batch.statuses[0].statement, 9u);
}

// What a VM computes does not depend on the VMs beside it, but on its number in the batch.
TEST(InterpretBatch, ManyVmsAreAsManyRunsOfOne) {
    const std::string body =
        "program vm_bytes=88\n"
        "slot s0 input f64[3] \"x\"\nslot s1 local i64 @0\nslot s2 local u64 @8\nslot s3 local "
        "u64[3] @16\n"
        "slot s4 local f64[3] @40\nslot s5 output f64[3] \"y\"\nslot s6 state f64 \"total\"\n"
        "slot s7 shared f64[3] \"weights\"\nslot s8 local f64 @64\nslot s9 constant i64 = 2\n"
        "slot s10 local i64 @72\nslot s11 constant i64 = 6\nslot s12 local i64 @80\n"
        "r0:\n  s1 = vm_id !1\n  s2 = convert s1 !1\n  s3 = random_bits s2 !1\n  s4 = convert s3 "
        "!1\n"
        "  s4 = mul s4 s7 !2\n  s5 = add s4 s0 !2\n  s8 = sum s5 {0} !3\n  s6 = add s6 s8 !3\n"
        "  s10 = sub s1 s9 !4\n  s12 = floor_div s11 s10 !4\n  end !5\n";
    constexpr std::int64_t kVms = 5;
    const Constant x =
        constant_of("f64[5, 3] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]");
    const Constant weights = constant_of("f64[3] = [1e-19, 2e-19, 3e-19]");
    TestBatch all(body, kVms);
    all.request.seed = 42;
    all.bind("x", x);
    all.share("weights", weights);
    all.run();
    all.run();
    EXPECT_EQ(all.statuses[2].fault, Fault::DivideByZero);
    for (std::int64_t vm = 0; vm < kVms; ++vm) {
        TestBatch one(body);
        one.request.seed = 42;
        one.request.first_vm = vm;
        one.request.vm_count = kVms;
        one.bind("x",
                 {{DType::F64, {3}}, {x.bytes.begin() + vm * 24, x.bytes.begin() + vm * 24 + 24}});
        one.share("weights", weights);
        one.run();
        one.run();
        for (const std::string name : {"y", "total"}) {
            const std::vector<double> among = values_of<double>(all.value(name));
            const std::vector<double> alone = values_of<double>(one.value(name));
            for (std::size_t k = 0; k < alone.size(); ++k)
                EXPECT_EQ(among[vm * alone.size() + k], alone[k]) << name << " of VM " << vm;
        }
        EXPECT_EQ(all.statuses[vm].outcome, one.statuses[0].outcome);
    }
}

TEST(InterpretBatch, WorkingBytesCoverVmMemoryAndWhatIsHandedOver) {
    const Program alone =
        program_of("program vm_bytes=128\nfile 0 \"t\"\nstatement 0 0:1:1-2\nr0:\n  end !0\n");
    EXPECT_EQ(working_bytes(alone, 1000), 128);
    const Program together = program_of(
        "program vm_bytes=128\nfile 0 \"t\"\nstatement 0 0:1:1-2\nslot s0 input f64[10] \"x\"\n"
        "slot s1 output f64[10] \"y\"\nr0:\n  s1 = batch_sum s0 !0 then r1 !0\nr1:\n  end !0\n");
    EXPECT_GE(working_bytes(together, 1000), (128 + 80) * 1000);
    EXPECT_LT(working_bytes(together, 1000), (128 + 80 + 64) * 1000);
}

}  // namespace dunlin::ir
