// Where slots lie in VM memory: bytes per VM, and who may share them.
#include "ir/layout.hpp"

#include <random>

#include "ir/live_ranges.hpp"
#include "ir/memory_report.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

Program laid_out(std::string_view text) {
    Program program = well_formed(text);
    lay_out(program);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return program;
}

TEST(layout, slots_that_are_never_alive_together_share_bytes) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64
slot s2 local f64
slot s3 local f64
slot s4 output f64 "y"
r0:
  s1 = neg s0
  s2 = abs s1
  s3 = neg s2
  s4 = abs s3
  end
)");
    EXPECT_EQ(program.vm_bytes, 16);
    EXPECT_EQ(program.slots[1].offset, program.slots[3].offset);
    EXPECT_NE(program.slots[1].offset, program.slots[2].offset);
}

TEST(layout, only_local_slots_take_vm_memory) {
    Program program = laid_out(R"(
slot s0 input f64[100] "x"
slot s1 shared f64[100] "w"
slot s2 state f64[100] "v"
slot s3 output f64[100] "y"
slot s4 constant f64 = 1.0
r0:
  s2 = add s0 s1
  s3 = add s2 s4
  end
)");
    EXPECT_EQ(program.vm_bytes, 0);
    for (const Slot& slot : program.slots) EXPECT_EQ(slot.offset, -1);
}

TEST(layout, memory_is_made_of_words_and_slots_are_aligned) {
    Program program = laid_out(R"(
slot s0 input bool[3] "x"
slot s1 local bool[3]
slot s2 local f64
slot s3 local bool
slot s4 output bool "y"
r0:
  s1 = copy s0
  s3 = any s1 {0}
  s2 = convert s3
  s4 = convert s2
  s4 = all s1 {0}
  s4 = copy s3
  end
)");
    EXPECT_EQ(program.vm_bytes % 4, 0);
    EXPECT_EQ(program.vm_bytes, 12 + 4);
    EXPECT_EQ(program.slots[2].offset % 8, 0);
}

TEST(layout, a_value_carried_around_a_loop_keeps_its_bytes) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64
slot s2 local f64
slot s3 output f64 "y"
slot s4 input bool "c"
r0:
  s1 = neg s0
  jump r1
r1:
  s3 = abs s1
  s2 = neg s3
  s3 = abs s2
  branch s4 r2 r3
r2:
  jump r1 back
r3:
  end
)");
    EXPECT_NE(program.slots[1].offset, program.slots[2].offset);
    EXPECT_EQ(program.vm_bytes, 16);
}

TEST(layout, a_value_that_skips_routines_in_the_text_keeps_its_bytes) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64
slot s2 local f64
slot s3 output f64 "y"
r0:
  s1 = neg s0
  jump r2
r1:
  s3 = abs s1
  end
r2:
  s2 = neg s0
  s3 = abs s2
  jump r1
)");
    EXPECT_NE(program.slots[1].offset, program.slots[2].offset);
}

TEST(layout, a_partly_updated_array_is_alive_from_its_first_write) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64[4]
slot s2 local f64[4]
slot s3 output f64 "y"
r0:
  s1 = copy s0
  s2 = copy s0
  s3 = sum s2 {0}
  s1 = update s1 s0 {1, 0, 1, 0}
  s3 = sum s1 {0}
  end
)");
    EXPECT_EQ(program.vm_bytes, 64);
}

TEST(layout, a_result_that_nobody_reads_does_not_overwrite_others) {
    Program program = laid_out(R"(
slot s0 input i64 "x"
slot s1 local i64
slot s2 local i64
slot s3 output i64 "y"
slot s4 constant i64 = 5
r0:
  s1 = neg s0
  s2 = mod s4 s0
  s3 = neg s1
  end
)");
    EXPECT_NE(program.slots[1].offset, program.slots[2].offset);
}

TEST(layout, the_operand_and_result_of_a_collective_are_apart) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64
slot s2 local f64
slot s3 output f64 "y"
r0:
  s1 = neg s0
  s2 = batch_sum s1 then r1
r1:
  s3 = neg s2
  end
)");
    EXPECT_EQ(program.vm_bytes, 16);
}

TEST(layout, slots_without_a_mention_have_no_place) {
    Program program = laid_out("slot s0 local f64[1000]\nr0:\n end\n");
    EXPECT_EQ(program.slots[0].offset, -1);
    EXPECT_EQ(program.vm_bytes, 0);
}

TEST(layout, small_pieces_go_into_what_large_ones_left) {
    Program program = laid_out(R"(
slot s0 input f64 "x"
slot s1 local f64[8]
slot s2 local f64
slot s3 local f64[3]
slot s4 local f64[3]
slot s5 output f64 "y"
r0:
  s1 = copy s0
  s2 = sum s1 {0}
  s3 = copy s2
  s4 = copy s2
  s3 = add s3 s4
  s5 = sum s3 {0}
  end
)");
    EXPECT_EQ(program.vm_bytes, 72);
}

// Random straight programs: the ranges are found in another, slower way, and slots whose ranges
// meet must lie apart.
TEST(layout, holds_for_random_programs) {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        std::string text = "slot s0 input u8[12] \"x\"\n";
        std::string code = "r0:\n";
        int count = 2 + static_cast<int>(random() % 30);
        for (int i = 1; i <= count; ++i) {
            std::string size = std::to_string(1 + random() % 12);
            text += "slot s" + std::to_string(i) + " local u8[" + size + "]\n";
            code += " s" + std::to_string(i) + " = view s0 {0, 0, 1, " + size + "}\n";
        }
        for (int i = 0; i < count; ++i)
            code += " print s" + std::to_string(1 + random() % count) + " {-1}\n";
        Program program = laid_out(text + code + " end\n");
        std::vector<LiveRange> ranges = live_ranges(program);
        for (const LiveRange& a : ranges)
            for (const LiveRange& b : ranges) {
                if (a.slot == b.slot || a.last < b.first || b.last < a.first) continue;
                const Slot& first = program.slots[a.slot];
                const Slot& second = program.slots[b.slot];
                bool apart = first.offset + byte_count(first.type) <= second.offset ||
                             second.offset + byte_count(second.type) <= first.offset;
                EXPECT_TRUE(apart) << a.slot << " and " << b.slot;
            }
    }
}

TEST(live_ranges, cover_loops_and_conditions) {
    std::vector<LiveRange> ranges = live_ranges(well_formed(R"(
slot s0 input bool "c"
slot s1 local i64
slot s2 local bool
slot s3 constant i64 = 1
r0:
  s1 = copy s3
  jump r1
r1:
  s2 = not s0
  s1 = add s1 s3
  branch s2 r2 r3
r2:
  jump r1 back
r3:
  end
)"));
    ASSERT_EQ(ranges.size(), 2u);
    EXPECT_EQ(ranges[0].first, (Point{0, 0}));
    EXPECT_EQ(ranges[0].last, (Point{2, 0}));
    EXPECT_EQ(ranges[1].first, (Point{1, 0}));
    EXPECT_EQ(ranges[1].last, (Point{1, 2}));
}

TEST(memory_report, says_what_lies_where_and_when) {
    Program program = laid_out(R"(
slot s0 input f64[2] "x"
slot s1 local f64[2] "a"
slot s2 local f64
slot s3 local f64 "größe"
slot s4 output f64 "y"
slot s5 shared f64[3] "w"
slot s6 constant f64 = 2.0
r0:
  s1 = mul s0 s6 !0
  s2 = sum s1 {0} !1
  s3 = neg s2 !3
  s4 = neg s3 !4
  end !4
)");
    EXPECT_EQ(memory_report(program),
              "VM memory: 24 bytes a VM; without sharing 32 bytes\n"
              "  bytes   slot  type    name   alive\n"
              "  0..16   s1    f64[2]  a      r0.0 to r0.1, lines 1-2\n"
              "  0..8    s3    f64     größe  r0.2 to r0.3, lines 4-5\n"
              "  16..24  s2    f64            r0.1 to r0.2, lines 2-4\n"
              "Bound by the host\n"
              "  input   s0  f64[2]  x  16 bytes a VM\n"
              "  output  s4  f64     y  8 bytes a VM\n"
              "  shared  s5  f64[3]  w  24 bytes in all\n"
              "Constants: 8 bytes in all\n"
              "Together: 48 bytes a VM\n");
}

}  // namespace
}  // namespace dunlin::ir
