// Operations that depend on the VM or on the whole batch, each in a batch of four VMs.
#include "tests/unit/interpret_cases.hpp"

namespace dunlin::ir {

namespace {

// A program "y = op x".
std::string collective(const std::string& op, const std::string& type, const std::string& result) {
    return "slot s0 input " + type + " \"x\"\nslot s1 output " + result +
           " \"y\"\nr0:\n  s1 = " + op + " s0 !1 then r1 !1\nr1:\n  end !2\n";
}

// A program "y = op x x".
std::string collective_of_two(const std::string& op, const std::string& type) {
    return "slot s0 input " + type + " \"x\"\nslot s1 output " + type +
           " \"y\"\nr0:\n  s1 = " + op + " s0 s0 !1 then r1 !1\nr1:\n  end !2\n";
}

std::string source(const std::string& op, const std::string& type) {
    return "slot s0 output " + type + " \"y\"\nr0:\n  s0 = " + op + " !1\n  end !2\n";
}

}  // namespace

const std::vector<BatchCase>& batch_rule_cases() {
    static const std::vector<BatchCase> cases = {
        {"vm_id", source("vm_id", "i64"), "", "i64[4] = [0, 1, 2, 3]"},
        {"vm_count", source("vm_count", "u8"), "", "u8[4] = [4, 4, 4, 4]"},
        {"first_turn", source("first_turn", "bool"), "", "bool[4] = [true, true, true, true]"},
        // The sequence of Philox4x32-10 for key 0 and counter 0 is public: 6627e8d5 e169c58d
        // bc57ac4c 9b00dbd8.
        {"random_bits",
         "slot s0 constant u64 = 0\nslot s1 output u32[5] \"y\"\n"
         "r0:\n  s1 = random_bits s0 !1\n  end !2\n",
         "", "u32 = 1713891541"},
        {"batch_sum", collective("batch_sum", "i8", "i8"), "i8[4] = [100, 100, 100, 1]",
         "i8[4] = [45, 45, 45, 45]"},
        {"batch_sum", collective("batch_sum", "f32[2]", "f32[2]"),
         "f32[4, 2] = [1, -0.0, 2, -0.0, 3, -0.0, 4, -0.0]",
         "f32[4, 2] = [10.0, -0.0, 10.0, -0.0, 10.0, -0.0, 10.0, -0.0]"},
        {"batch_min", collective("batch_min", "f64", "f64"), "f64[4] = [0.0, -0.0, 5, 1]",
         "f64[4] = [-0.0, -0.0, -0.0, -0.0]"},
        {"batch_max", collective("batch_max", "f64", "f64"), "f64[4] = [0.0, nan, 5, 1]",
         "f64[4] = [nan, nan, nan, nan]"},
        {"batch_any", collective("batch_any", "bool", "bool"),
         "bool[4] = [false, false, true, false]", "bool[4] = [true, true, true, true]"},
        {"batch_all", collective("batch_all", "bool", "bool"),
         "bool[4] = [true, true, false, true]", "bool[4] = [false, false, false, false]"},
        {"batch_argmin", collective("batch_argmin", "i16[2]", "i64[2]"),
         "i16[4, 2] = [3, 1, 2, 1, 2, 0, 5, 0]", "i64[4, 2] = [1, 2, 1, 2, 1, 2, 1, 2]"},
        {"batch_argmax", collective("batch_argmax", "f32", "u16"), "f32[4] = [1, nan, inf, nan]",
         "u16[4] = [1, 1, 1, 1]"},
        {"batch_scan", collective("batch_scan", "i32", "i32"), "i32[4] = [1, 2, 3, 4]",
         "i32[4] = [1, 3, 6, 10]"},
        {"batch_get", collective_of_two("batch_get", "i32"), "i32[4] = [3, -4, 1, -1]",
         "i32[4] = [-1, 3, -4, -1]"},
        {"batch_shift", collective_of_two("batch_shift", "i64"),
         "i64[4] = [1, -1, 9223372036854775807, -9223372036854775808]",
         "i64[4] = [-9223372036854775808, 9223372036854775807, -9223372036854775808, "
         "-9223372036854775808]"},
        {"batch_shift", collective_of_two("batch_shift", "u64"),
         "u64[4] = [18446744073709551615, 1, 2, 4]",
         "u64[4] = [1, 18446744073709551615, 18446744073709551615, 4]"},
        {"batch_sort",
         "slot s0 input f32 \"x\"\nslot s1 local i64 @0\nslot s2 output i64 \"y\"\n"
         "r0:\n  s1 = vm_id !1\n  s2 = batch_sort s0 s1 !1 then r1 !1\nr1:\n  end !2\n",
         "f32[4] = [nan, 0.0, -0.0, -1]", "i64[4] = [3, 1, 2, 0]"},
    };
    return cases;
}

TEST(InterpretBatchRules, HoldInABatchOfFour) {
    for (const BatchCase& test : batch_rule_cases()) {
        SCOPED_TRACE(test.op);
        TestBatch batch("program vm_bytes=8\n" + test.program, 4);
        if (!test.input.empty()) batch.bind("x", constant_of(test.input));
        batch.run();
        for (const VmStatus& status : batch.statuses) EXPECT_EQ(status.outcome, Outcome::Finished);
        if (test.op == "random_bits") {
            EXPECT_EQ(batch.value("y").at<std::uint32_t>(0),
                      constant_of(test.expected).at<std::uint32_t>());
        } else {
            EXPECT_EQ(batch.text("y"), text_of(constant_of(test.expected)));
        }
    }
}

// Four 32-bit words a block, or two of 64 bits with the low word first; the block number wraps.
TEST(InterpretBatchRules, RandomBitsAreWordsOfNumberedBlocks) {
    const std::string words =
        "slot s0 constant u64 = 18446744073709551615\nslot s1 constant u64 = 0\n"
        "slot s2 output u32[6] \"a\"\nslot s3 output u64[3] \"b\"\nslot s4 output u32[2] \"c\"\n"
        "r0:\n  s2 = random_bits s0 !1\n  s3 = random_bits s0 !1\n  s4 = random_bits s1 !1\n  end "
        "!1\n";
    TestBatch batch(words);
    batch.request.seed = 7;
    batch.run();
    const auto a = values_of<std::uint32_t>(batch.value("a"));
    const auto b = values_of<std::uint64_t>(batch.value("b"));
    const auto c = values_of<std::uint32_t>(batch.value("c"));
    EXPECT_EQ(b[0], a[0] | std::uint64_t{a[1]} << 32);
    EXPECT_EQ(b[1], a[2] | std::uint64_t{a[3]} << 32);
    EXPECT_EQ(b[2], a[4] | std::uint64_t{a[5]} << 32);
    EXPECT_EQ(c[0], a[4]);
    EXPECT_EQ(c[1], a[5]);
    EXPECT_NE(a[0], a[4]);
}

TEST(InterpretBatchRules, RandomBitsDependOnSeedAndVm) {
    const std::string words =
        "slot s0 constant u64 = 3\nslot s1 output u64 \"y\"\nr0:\n  s1 = random_bits s0 !1\n  end "
        "!1\n";
    TestBatch two(words, 2);
    two.request.seed = 1;
    two.run();
    const auto first = values_of<std::uint64_t>(two.value("y"));
    EXPECT_NE(first[0], first[1]);
    two.request.seed = std::uint64_t{1} << 32;
    two.run();
    EXPECT_NE(values_of<std::uint64_t>(two.value("y"))[0], first[0]);
}

}  // namespace dunlin::ir
