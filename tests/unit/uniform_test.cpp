// Where all VMs are sure to be together, and which values are the same in all of them.
#include "ir/uniform.hpp"

#include "ir/meeting_points.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

constexpr std::string_view kSlots = R"(
slot s0 input bool "own"
slot s1 shared bool "same"
slot s2 local i64
slot s3 local i64
slot s4 local bool
slot s5 constant i64 = 1
slot s6 output i64 "y"
slot s7 input i64 "x"
slot s8 state i64 "v"
slot s9 shared i64 "k"
slot s10 local bool
slot s11 constant u64 = 0
slot s12 local u64
slot s13 local i64
slot s14 constant bool = true
)";

Program program_with(std::string_view routines) {
    return well_formed(std::string(kSlots) + std::string(routines));
}

std::size_t complaints_of(std::string_view routines) {
    return check_collectives(program_with(routines)).size();
}

// Whether the last instruction of r0 has the same value in all VMs.
bool last_is_uniform(std::string_view instructions) {
    Program program = program_with("r0:\n" + std::string(instructions) + "\n end\n");
    return analyse_uniformity(program).routines[0].instructions.back();
}

TEST(uniform, values_from_the_vm_vary_and_all_others_do_not) {
    for (std::string_view varies :
         {" s2 = vm_id", " s12 = random_bits s11", " s2 = copy s7", " s2 = copy s8",
          " s2 = vm_id\n s3 = add s2 s5", " s2 = add s7 s9"})
        EXPECT_FALSE(last_is_uniform(varies)) << varies;
    for (std::string_view uniform :
         {" s2 = vm_count", " s4 = first_turn", " s2 = copy s5", " s2 = add s9 s5", " s2 = copy s6",
          " s2 = vm_id\n s2 = copy s5", " s8 = copy s5\n s2 = neg s8"})
        EXPECT_TRUE(last_is_uniform(uniform)) << uniform;
}

bool collective_is_uniform(std::string_view collective) {
    Program program = program_with("r0:\n " + std::string(collective) + " then r1\nr1:\n end\n");
    return analyse_uniformity(program).routines[0].instructions.back();
}

TEST(uniform, answers_of_collectives) {
    for (std::string_view uniform :
         {"s2 = batch_sum s7", "s4 = batch_any s0", "s2 = batch_argmax s7", "s2 = batch_get s7 s9"})
        EXPECT_TRUE(collective_is_uniform(uniform)) << uniform;
    for (std::string_view varies : {"s2 = batch_scan s7", "s2 = batch_get s7 s8",
                                    "s2 = batch_shift s7 s9", "s2 = batch_sort s7 s8"})
        EXPECT_FALSE(collective_is_uniform(varies)) << varies;
}

constexpr std::string_view kUnderCondition = R"(r0:
  branch CONDITION r1 r2 !4
r1:
  s2 = batch_sum s7 !5 then r2 !5
r2:
  end
)";
std::string under(std::string_view condition) {
    std::string text(kUnderCondition);
    return text.replace(text.find("CONDITION"), 9, condition);
}

TEST(uniform, a_collective_under_a_condition_that_varies_is_refused) {
    auto complaints = check_collectives(program_with(under("s0")));
    ASSERT_EQ(complaints.size(), 1u);
    EXPECT_EQ(complaints[0].code, Code::collective_under_condition);
    EXPECT_EQ(complaints[0].statement, 5u);
    ASSERT_EQ(complaints[0].notes.size(), 1u);
    EXPECT_EQ(complaints[0].notes[0].first, 4u);
    EXPECT_EQ(complaints[0].notes[0].second, "this condition may differ between VMs");
}

TEST(uniform, a_collective_under_a_condition_that_is_the_same_is_fine) {
    EXPECT_EQ(complaints_of(under("s1")), 0u);
    EXPECT_EQ(complaints_of(under("s14")), 0u);
}

TEST(uniform, after_the_ways_have_met_collectives_are_fine_again) {
    EXPECT_EQ(complaints_of(R"(r0:
  branch s0 r1 r2
r1:
  s2 = copy s5
  jump r3
r2:
  s2 = copy s7
  jump r3
r3:
  s3 = batch_sum s2 then r4
r4:
  end
)"),
              0u);
}

TEST(uniform, a_value_set_on_one_of_two_ways_varies_where_they_meet) {
    Program program = program_with(R"(r0:
  s2 = copy s9
  s3 = copy s9
  branch s0 r1 r2
r1:
  s2 = copy s5
  jump r2
r2:
  s13 = copy s2
  s13 = copy s3
  end
)");
    UniformityReport report = analyse_uniformity(program);
    EXPECT_TRUE(report.routines[1].is_divergent);
    EXPECT_EQ(report.routines[1].parted_by, 0u);
    EXPECT_FALSE(report.routines[2].is_divergent);
    EXPECT_FALSE(report.routines[0].uniform_branch);
    EXPECT_FALSE(report.routines[2].instructions[0]);
    EXPECT_TRUE(report.routines[2].instructions[1]);
}

TEST(uniform, a_condition_computed_from_such_a_value_parts_the_vms) {
    EXPECT_EQ(complaints_of(R"(r0:
  s2 = copy s9
  branch s0 r1 r2
r1:
  s2 = copy s5
  jump r2
r2:
  s4 = lt s2 s5
  branch s4 r3 r4
r3:
  s3 = batch_sum s7 then r4
r4:
  end
)"),
              1u);
}

// while batch_any(own) { x = batch_sum(x) }
TEST(uniform, a_loop_while_any_vm_wants_it_is_fine) {
    EXPECT_EQ(complaints_of(R"(r0:
  jump r1
r1:
  s4 = batch_any s0 then r2
r2:
  branch s4 r3 r5
r3:
  s2 = batch_sum s7 then r4
r4:
  jump r1 back
r5:
  end
)"),
              0u);
}

constexpr std::string_view kLoop = R"(r0:
  jump r1
r1:
  branch CONDITION r2 r4 !3
r2:
  s2 = batch_sum s7 then r3
r3:
  jump r1 back
r4:
  s3 = batch_sum s7 then r5
r5:
  end
)";

TEST(uniform, a_loop_that_vms_leave_at_different_turns_is_refused_but_not_what_follows) {
    std::string text(kLoop);
    auto complaints =
        check_collectives(program_with(text.replace(text.find("CONDITION"), 9, "s0")));
    ASSERT_EQ(complaints.size(), 1u);
    EXPECT_EQ(complaints[0].notes[0].first, 3u);
    text = kLoop;
    EXPECT_EQ(complaints_of(text.replace(text.find("CONDITION"), 9, "s1")), 0u);
}

// while same { if own { break }; batch_sum(x) }
TEST(uniform, a_break_that_varies_is_refused_around_a_collective) {
    auto complaints = check_collectives(program_with(R"(r0:
  jump r1
r1:
  branch s1 r2 r5
r2:
  branch s0 r5 r3 !6
r3:
  s2 = batch_sum s7 then r4
r4:
  jump r1 back
r5:
  end
)"));
    ASSERT_EQ(complaints.size(), 1u);
    EXPECT_EQ(complaints[0].notes[0].first, 6u);
}

// while same { batch_sum(x); if own { continue }; ... }: the VMs are together at each turn's
// beginning
TEST(uniform, a_continue_that_varies_parts_only_the_rest_of_the_turn) {
    EXPECT_EQ(complaints_of(R"(r0:
  jump r1
r1:
  branch s1 r2 r6
r2:
  s2 = batch_sum s7 then r3
r3:
  branch s0 r4 r5
r4:
  jump r1 back
r5:
  s3 = neg s2
  jump r1 back
r6:
  end
)"),
              0u);
    EXPECT_EQ(complaints_of(R"(r0:
  jump r1
r1:
  branch s1 r2 r5
r2:
  branch s0 r4 r3
r3:
  s2 = batch_sum s7 then r4
r4:
  jump r1 back
r5:
  end
)"),
              1u);
}

TEST(uniform, a_counter_stays_the_same_through_a_loop_that_all_take) {
    EXPECT_EQ(complaints_of(R"(r0:
  s2 = copy s5
  jump r1
r1:
  s4 = lt s2 s9
  branch s4 r2 r6
r2:
  branch s0 r3 r4
r3:
  s6 = copy s7
  jump r4
r4:
  s3 = batch_sum s7 then r5
r5:
  s2 = add s2 s5
  jump r1 back
r6:
  end
)"),
              0u);
}

TEST(uniform, a_counter_of_a_loop_that_vms_leave_at_different_turns_varies_after_it) {
    Program program = program_with(R"(r0:
  s2 = copy s5
  jump r1
r1:
  s4 = lt s2 s7
  branch s4 r2 r3
r2:
  s2 = add s2 s5
  jump r1 back
r3:
  s3 = copy s2
  end
)");
    UniformityReport report = analyse_uniformity(program);
    EXPECT_FALSE(report.routines[3].instructions[0]);
    EXPECT_FALSE(report.routines[3].is_divergent);
}

TEST(uniform, vms_that_halt_take_no_part) {
    EXPECT_EQ(complaints_of(R"(r0:
  branch s0 r1 r2
r1:
  halt
r2:
  s2 = batch_sum s7 then r3
r3:
  end
)"),
              0u);
}

TEST(uniform, but_a_collective_before_their_halt_is_refused) {
    EXPECT_EQ(complaints_of(R"(r0:
  branch s0 r1 r3
r1:
  s2 = batch_sum s7 then r2
r2:
  halt
r3:
  end
)"),
              1u);
}

// while true { if own { y = 1 } else { y = 2 }; batch_sum(y); if own { halt } }
TEST(uniform, the_turns_of_an_endless_loop_meet) {
    constexpr std::string_view kEndless = R"(r0:
  jump r1
r1:
  branch s0 r2 r3
r2:
  s2 = copy s5
  jump r4
r3:
  s2 = copy s9
  jump r4
r4:
  s3 = batch_sum s2 then r5
r5:
  branch s0 r6 r7
r6:
  halt
r7:
  jump r1 back
r8:
  end
)";
    EXPECT_EQ(complaints_of(kEndless), 0u);
}

// while true { batch_sum(x); if own { continue }; y = 1 } and with the collective after the
// continue
TEST(uniform, a_continue_in_an_endless_loop_is_as_in_any_other) {
    EXPECT_EQ(complaints_of("r0:\n jump r1\nr1:\n s2 = batch_sum s7 then r2\nr2:\n branch s0 r3 "
                            "r4\nr3:\n jump r1 back\n"
                            "r4:\n s3 = neg s2\n jump r1 back\nr5:\n end\n"),
              0u);
    EXPECT_EQ(complaints_of("r0:\n jump r1\nr1:\n branch s0 r2 r3\nr2:\n jump r1 back\n"
                            "r3:\n s2 = batch_sum s7 then r4\nr4:\n jump r1 back\nr5:\n end\n"),
              1u);
}

// if own { while true { batch_sum(x) } }
TEST(uniform, an_endless_loop_that_only_some_enter_is_refused) {
    EXPECT_EQ(complaints_of("r0:\n branch s0 r1 r3\nr1:\n s2 = batch_sum s7 then r2\nr2:\n jump r1 "
                            "back\nr3:\n end\n"),
              1u);
}

// if same { if own { y = 1 }; batch_sum(y); halt }
TEST(uniform, ways_that_only_halt_meet_too) {
    EXPECT_EQ(
        complaints_of("r0:\n branch s1 r1 r5\nr1:\n branch s0 r2 r3\nr2:\n s2 = copy s5\n jump r3\n"
                      "r3:\n s3 = batch_sum s7 then r4\nr4:\n halt\nr5:\n end\n"),
        0u);
}

TEST(uniform, one_condition_is_named_for_each_collective) {
    auto complaints = check_collectives(program_with(R"(r0:
  branch s0 r1 r4 !1
r1:
  branch s0 r2 r3 !2
r2:
  s2 = batch_sum s7 !3 then r3
r3:
  s3 = batch_sum s7 !4 then r4
r4:
  end
)"));
    ASSERT_EQ(complaints.size(), 2u);
    EXPECT_EQ(complaints[0].notes.size(), 1u);
    EXPECT_EQ(complaints[1].notes[0].first, 1u);
}

TEST(uniform, unreached_routines_are_nobodys) {
    EXPECT_EQ(complaints_of("r0:\n end\nr1:\n branch s0 r2 r3\nr2:\n s2 = batch_sum s7 then "
                            "r3\nr3:\n jump r3 back\n"),
              0u);
}

TEST(meeting_points, of_an_if_and_a_loop) {
    auto meeting = meeting_points(program_with(R"(r0:
  branch s0 r1 r2
r1:
  jump r2
r2:
  branch s0 r3 r4
r3:
  jump r2 back
r4:
  end
)"));
    EXPECT_EQ(meeting[0], RoutineId{2});
    EXPECT_EQ(meeting[1], RoutineId{2});
    EXPECT_EQ(meeting[2], RoutineId{4});
    EXPECT_EQ(meeting[3], RoutineId{2});
    EXPECT_EQ(meeting[4], std::nullopt);
}

}  // namespace
}  // namespace dunlin::ir
