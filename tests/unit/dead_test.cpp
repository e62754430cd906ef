// What is removed because nobody can see it, and what must stay because somebody can.
#include "ir/dead.hpp"

#include "ir/straighten.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

std::string after(void (*pass)(Program&), std::string_view text) {
    Program program = well_formed(text);
    pass(program);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return routines_of(program);
}
std::string alive(std::string_view text) {
    return after(remove_dead, text);
}
std::string straight(std::string_view text) {
    return after([](Program& program) { straighten(program); }, text);
}

constexpr std::string_view kSlots = R"(
slot s0 input i64 "x"
slot s1 output i64 "y"
slot s2 state i64 "v"
slot s3 constant i64 = 3
slot s4 local i64
slot s5 local i64
slot s6 input bool "c"
slot s7 local bool
slot s8 local i64[4]
)";
std::string with_slots(std::string_view routines) {
    return std::string(kSlots) + std::string(routines);
}

TEST(dead, results_that_are_never_read_go) {
    EXPECT_EQ(alive(with_slots("r0:\n  s4 = neg s0\n  s5 = neg s4\n  s1 = abs s0\n  end\n")),
              "\nr0:\n  s1 = abs s0\n  end\n");
}

TEST(dead, overwritten_results_go) {
    EXPECT_EQ(alive(with_slots("r0:\n  s1 = neg s0\n  s1 = abs s0\n  end\n")),
              "\nr0:\n  s1 = abs s0\n  end\n");
}

TEST(dead, variables_that_only_feed_themselves_go) {
    std::string text = alive(with_slots(R"(r0:
  s4 = copy s3
  jump r1
r1:
  s4 = add s4 s3
  branch s6 r2 r3
r2:
  jump r1 back
r3:
  end
)"));
    EXPECT_EQ(text.find("add"), std::string::npos) << text;
}

TEST(dead, what_may_fault_stays) {
    EXPECT_NE(alive(with_slots("r0:\n  s4 = mod s3 s0\n  end\n")).find("mod"), std::string::npos);
    EXPECT_NE(alive(with_slots("r0:\n  s4 = view s8 s0 {2, 0, 1, 0}\n  end\n")).find("view"),
              std::string::npos);
    EXPECT_EQ(alive(with_slots("r0:\n  s4 = mod s0 s3\n  end\n")), "\nr0:\n  end\n");
}

TEST(dead, effects_and_collectives_stay) {
    std::string text = alive(with_slots(
        "r0:\n  print s0 {-1}\n  require s6 {3, 0}\n  s4 = batch_sum s0 then r1\nr1:\n  end\n"));
    EXPECT_NE(text.find("print"), std::string::npos);
    EXPECT_NE(text.find("require"), std::string::npos);
    EXPECT_NE(text.find("batch_sum"), std::string::npos);
}

TEST(dead, an_output_that_a_fault_would_show_stays) {
    EXPECT_EQ(alive(with_slots("r0:\n  s1 = neg s0\n  require s6 {3, 0}\n  s1 = abs s0\n  end\n")),
              "\nr0:\n  s1 = neg s0\n  require s3 {3, 0}\n  s1 = abs s0\n  end\n");
    EXPECT_EQ(alive(with_slots("r0:\n  s2 = neg s0\n  s4 = mod s3 s0\n  s2 = copy s4\n  end\n")),
              "\nr0:\n  s2 = neg s0\n  s4 = mod s3 s0\n  s2 = copy s4\n  end\n");
}

TEST(dead, an_output_that_a_back_edge_or_collective_would_show_stays) {
    std::string text = alive(with_slots(R"(r0:
  s1 = neg s0
  branch s6 r1 r2
r1:
  jump r0 back
r2:
  s1 = abs s0
  s4 = batch_sum s0 then r3
r3:
  s1 = copy s3
  end
)"));
    EXPECT_NE(text.find("neg"), std::string::npos) << text;
    EXPECT_NE(text.find("abs"), std::string::npos) << text;
}

TEST(dead, an_output_before_a_halt_stays) {
    std::string text = alive(with_slots(
        "r0:\n  s1 = neg s0\n  branch s6 r1 r2\nr1:\n  halt\nr2:\n  s1 = abs s0\n  end\n"));
    EXPECT_NE(text.find("neg"), std::string::npos) << text;
}

TEST(dead, values_carried_around_a_loop_stay) {
    std::string text = alive(with_slots(R"(r0:
  s4 = copy s3
  jump r1
r1:
  s1 = copy s4
  s4 = add s4 s0
  branch s6 r2 r3
r2:
  jump r1 back
r3:
  end
)"));
    EXPECT_NE(text.find("add"), std::string::npos) << text;
}

TEST(dead, a_partial_update_reads_what_was_there) {
    std::string text = alive(with_slots(R"(r0:
  s8 = copy s3
  s8 = update s8 s0 {1, 2, 1, 0}
  s1 = sum s8 {0}
  end
)"));
    EXPECT_NE(text.find("copy"), std::string::npos) << text;
    EXPECT_EQ(alive(with_slots("r0:\n  s8 = copy s3\n  s8 = update s8 s0 {1, 2, 1, 0}\n  end\n")),
              "\nr0:\n  end\n");
}

TEST(dead, what_the_host_knows_stays_in_order_and_the_rest_closes_up) {
    Program program = well_formed(R"(
slot s0 constant i64 = 1
slot s1 output i64 "late"
slot s2 local i64
slot s3 input i64 "early"
slot s4 constant i64 = 2
slot s5 shared f64[2] "w"
slot s6 state i64 "v"
r0:
  print {1}
  s1 = add s3 s4
  end
)");
    remove_dead(program);
    EXPECT_TRUE(verify(program).empty());
    ASSERT_EQ(program.slots.size(), 5u);
    EXPECT_EQ(program.slots[0].name, "late");
    EXPECT_EQ(program.slots[1].name, "early");
    EXPECT_EQ(program.slots[3].name, "w");
    EXPECT_EQ(program.slots[4].name, "v");
    ASSERT_EQ(program.constants.size(), 1u);
    EXPECT_EQ(program.constants[0].at<int>(), 2);
    EXPECT_EQ(program.texts, std::vector<std::string>{"second"});
    EXPECT_EQ(routines_of(program), "\nr0:\n  print {0}\n  s0 = add s1 s2\n  end\n");
}

TEST(dead, branches_that_choose_nothing_go_with_their_conditions) {
    EXPECT_EQ(alive(with_slots(R"(r0:
  s7 = lt s0 s3
  branch s7 r1 r2
r1:
  s4 = neg s0
  jump r2
r2:
  end
)")),
              "\nr0:\n  end\n");
}

TEST(straighten, joins_routines_that_follow_only_one_another) {
    EXPECT_EQ(straight(with_slots(
                  "r0:\n  s4 = neg s0\n  jump r2\nr1:\n  end\nr2:\n  s5 = neg s4\n  jump r1\n")),
              "\nr0:\n  s4 = neg s0\n  s5 = neg s4\n  end\n");
}

TEST(straighten, drops_what_cannot_be_reached_but_not_the_end) {
    EXPECT_EQ(straight(with_slots("r0:\n  halt\nr1:\n  s4 = neg s0\n  end\n")),
              "\nr0:\n  halt\nr1:\n  end\n");
    EXPECT_EQ(straight(with_slots("r0:\n  end\nr1:\n  jump r2\nr2:\n  jump r1 back\n")),
              "\nr0:\n  end\n");
}

TEST(straighten, leads_jumps_past_empty_routines) {
    EXPECT_EQ(
        straight(with_slots(R"(r0:
  branch s6 r1 r3
r1:
  jump r2
r2:
  jump r4
r3:
  s4 = neg s0
  jump r4
r4:
  s5 = neg s0
  end
)")),
        "\nr0:\n  branch s6 r2 r1\nr1:\n  s4 = neg s0\n  jump r2\nr2:\n  s5 = neg s0\n  end\n");
}

TEST(straighten, keeps_the_fuel_of_every_back_edge) {
    std::string text = straight(with_slots(R"(r0:
  s4 = neg s0
  branch s6 r1 r2
r1:
  jump r0 back
r2:
  end
)"));
    EXPECT_EQ(text, "\nr0:\n  s4 = neg s0\n  branch s6 r1 r2\nr1:\n  jump r0 back\nr2:\n  end\n");
    // A jump on the way takes the back-edge over; two of them stay two.
    EXPECT_EQ(straight(with_slots(R"(r0:
  branch s6 r1 r4
r1:
  s4 = neg s0
  jump r2
r2:
  jump r3 back
r3:
  jump r0 back
r4:
  end
)")),
              "\nr0:\n  branch s6 r1 r3\nr1:\n  s4 = neg s0\n  jump r2 back\nr2:\n  jump r0 "
              "back\nr3:\n  end\n");
}

TEST(straighten, endless_loops_do_not_hang_it) {
    EXPECT_EQ(straight(with_slots("r0:\n  jump r1\nr1:\n  jump r1 back\nr2:\n  end\n")),
              "\nr0:\n  jump r1 back\nr1:\n  jump r1 back\nr2:\n  end\n");
    EXPECT_NE(straight(with_slots("r0:\n  jump r1\nr1:\n  jump r0\nr2:\n  end\n")), "");
}

TEST(straighten, says_when_a_branch_is_gone) {
    Program program =
        well_formed(with_slots("r0:\n  branch s6 r1 r2\nr1:\n  jump r2\nr2:\n  end\n"));
    EXPECT_TRUE(straighten(program));
    EXPECT_EQ(routines_of(program), "\nr0:\n  end\n");
    EXPECT_FALSE(straighten(program));
}

}  // namespace
}  // namespace dunlin::ir
