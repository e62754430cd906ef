// Common subexpressions and copies: what is computed or moved once only, and when it must be twice.
#include "ir/copies.hpp"

#include "ir/common.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

constexpr std::string_view kSlots = R"(
slot s0 input f64[3] "a"
slot s1 input f64[3] "b"
slot s2 local f64[3]
slot s3 local f64[3]
slot s4 local f64[3]
slot s5 output f64[3] "y"
slot s6 input i64 "k"
slot s7 local i64
slot s8 local i64
slot s9 local f64
slot s10 local f64
slot s11 local bool
slot s12 local i64[3]
slot s13 local i64[3]
slot s14 state f64[3] "v"
slot s15 constant i64 = 3
slot s16 local f64[3]
)";

std::string after(void (*pass)(Program&), std::string_view routines) {
    Program program = well_formed(std::string(kSlots) + std::string(routines));
    pass(program);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return routines_of(program);
}
void expect_shared(std::string_view before, std::string_view wanted) {
    EXPECT_EQ(after(share_common, before), "\n" + std::string(wanted));
}
void expect_forwarded(std::string_view before, std::string_view wanted) {
    EXPECT_EQ(after(forward_copies, before), "\n" + std::string(wanted));
}

TEST(common, repeats_become_copies) {
    expect_shared("r0:\n  s2 = mul s0 s1\n  s3 = mul s0 s1\n  s7 = vm_id\n  s8 = vm_id\n  end\n",
                  "r0:\n  s2 = mul s0 s1\n  s3 = copy s2\n  s7 = vm_id\n  s8 = copy s7\n  end\n");
}

TEST(common, order_matters_only_where_it_matters) {
    expect_shared(
        "r0:\n  s2 = add s0 s1\n  s3 = add s1 s0\n  s4 = sub s0 s1\n  s16 = sub s1 s0\n  end\n",
        "r0:\n  s2 = add s0 s1\n  s3 = copy s2\n  s4 = sub s0 s1\n  s16 = sub s1 s0\n  end\n");
}

TEST(common, attributes_and_result_types_tell_expressions_apart) {
    std::string_view text =
        "r0:\n  s9 = view s0 {1, 0, 1, 0}\n  s10 = view s0 {1, 1, 1, 0}\n"
        "  s9 = convert s6\n  s11 = convert s6\n  end\n";
    expect_shared(text, text);
}

TEST(common, copies_are_equal_to_their_originals) {
    expect_shared("r0:\n  s2 = copy s0\n  s3 = neg s0\n  s4 = neg s2\n  end\n",
                  "r0:\n  s2 = copy s0\n  s3 = neg s0\n  s4 = copy s3\n  end\n");
}

TEST(common, an_operand_written_between_makes_another_value) {
    std::string_view text =
        "r0:\n  s2 = neg s0\n  s3 = neg s2\n  s2 = neg s1\n  s4 = neg s2\n  end\n";
    expect_shared(text, text);
}

TEST(common, a_result_written_between_is_computed_again) {
    expect_shared("r0:\n  s2 = neg s0\n  s2 = abs s0\n  s3 = neg s0\n  s4 = neg s0\n  end\n",
                  "r0:\n  s2 = neg s0\n  s2 = abs s0\n  s3 = neg s0\n  s4 = copy s3\n  end\n");
}

TEST(common, in_place_updates_make_another_value) {
    std::string_view text =
        "r0:\n  s2 = copy s0\n  s9 = sum s2 {0}\n  s2 = update s2 s9 {1, 0, 1, 0}\n"
        "  s10 = sum s2 {0}\n  end\n";
    expect_shared(text, text);
}

TEST(common, what_may_fault_is_shared_too) {
    expect_shared("r0:\n  s7 = mod s15 s6\n  s8 = mod s15 s6\n  end\n",
                  "r0:\n  s7 = mod s15 s6\n  s8 = copy s7\n  end\n");
}

TEST(common, routines_do_not_share) {
    std::string_view text = "r0:\n  s2 = neg s0\n  jump r1\nr1:\n  s3 = neg s0\n  end\n";
    expect_shared(text, text);
}

TEST(common, arrays_from_nothing_are_made_again) {
    std::string_view text = "r0:\n  s12 = iota {0, 1}\n  s13 = iota {0, 1}\n  end\n";
    expect_shared(text, text);
}

TEST(copies, a_result_goes_where_it_is_copied) {
    expect_forwarded("r0:\n  s2 = add s0 s1\n  s3 = copy s2\n  s5 = neg s3\n  end\n",
                     "r0:\n  s3 = add s0 s1\n  s5 = neg s3\n  end\n");
    expect_forwarded("r0:\n  s2 = add s0 s1\n  s3 = copy s2\n  s5 = copy s3\n  end\n",
                     "r0:\n  s5 = add s0 s1\n  end\n");
}

TEST(copies, an_elementwise_result_may_replace_its_operand) {
    expect_forwarded(
        "r0:\n  s3 = copy s0\n  s2 = add s3 s1\n  s3 = copy s2\n  s5 = neg s3\n  end\n",
        "r0:\n  s3 = copy s0\n  s3 = add s0 s1\n  s5 = neg s3\n  end\n");
}

TEST(copies, other_results_may_not) {
    expect_forwarded(
        "r0:\n  s3 = copy s14\n  s14 = copy s0\n  s2 = cumsum s3 {0}\n  s3 = copy s2\n  s5 = neg "
        "s3\n  end\n",
        "r0:\n  s3 = copy s14\n  s14 = copy s0\n  s2 = cumsum s3 {0}\n  s3 = copy s2\n  s5 = neg "
        "s2\n  end\n");
}

TEST(copies, a_target_that_is_read_between_stays) {
    expect_forwarded("r0:\n  s2 = add s0 s1\n  s16 = abs s14\n  s14 = copy s2\n  end\n",
                     "r0:\n  s2 = add s0 s1\n  s16 = abs s14\n  s14 = copy s2\n  end\n");
}

TEST(copies, a_temporary_that_is_read_again_stays) {
    expect_forwarded(
        "r0:\n  s2 = add s0 s1\n  s14 = copy s2\n  s14 = copy s0\n  s5 = neg s2\n  end\n",
        "r0:\n  s2 = add s0 s1\n  s14 = copy s2\n  s14 = copy s0\n  s5 = neg s2\n  end\n");
}

TEST(copies, a_write_that_the_host_sees_does_not_move_over_a_fault) {
    std::string_view text = "r0:\n  s2 = add s0 s1\n  s7 = mod s15 s6\n  s5 = copy s2\n  end\n";
    expect_forwarded(text, text);
    expect_forwarded(
        "r0:\n  s2 = add s0 s1\n  s7 = mod s15 s6\n  s3 = copy s2\n  s5 = neg s3\n  end\n",
        "r0:\n  s3 = add s0 s1\n  s7 = mod s15 s6\n  s5 = neg s3\n  end\n");
}

TEST(copies, a_faulting_maker_itself_may_write_an_output) {
    expect_forwarded("r0:\n  s2 = gather s0 s12 {0}\n  s5 = copy s2\n  end\n",
                     "r0:\n  s5 = gather s0 s12 {0}\n  end\n");
}

TEST(copies, reads_go_to_the_original) {
    expect_forwarded("r0:\n  s2 = copy s0\n  s3 = copy s2\n  s4 = add s3 s2\n  end\n",
                     "r0:\n  s2 = copy s0\n  s3 = copy s0\n  s4 = add s0 s0\n  end\n");
}

TEST(copies, until_the_original_or_the_copy_is_written) {
    expect_forwarded(
        "r0:\n  s2 = copy s14\n  s14 = copy s0\n  s3 = neg s2\n  s2 = abs s0\n  s4 = neg s2\n  "
        "end\n",
        "r0:\n  s2 = copy s14\n  s14 = copy s0\n  s3 = neg s2\n  s2 = abs s0\n  s4 = neg s2\n  "
        "end\n");
}

TEST(copies, never_make_an_operand_the_result) {
    std::string_view text = "r0:\n  s2 = copy s14\n  s14 = cumsum s2 {0}\n  s3 = neg s2\n  end\n";
    expect_forwarded(text, text);
    text = "r0:\n  s2 = copy s14\n  s14 = update s14 s2 {0, 2, -1, 3}\n  s3 = neg s2\n  end\n";
    expect_forwarded(text, text);
}

TEST(copies, that_broadcast_are_no_copies) {
    std::string_view text = "r0:\n  s2 = copy s9\n  s5 = neg s2\n  end\n";
    expect_forwarded(text, text);
}

TEST(copies, conditions_and_collectives_read_the_original) {
    Program program = well_formed(R"(
slot s0 input bool "c"
slot s1 local bool
slot s2 local bool
r0:
  s1 = copy s0
  s2 = batch_any s1 then r1
r1:
  s1 = copy s0
  branch s1 r0 r2
r2:
  end
)");
    forward_copies(program);
    std::string text = routines_of(program);
    EXPECT_NE(text.find("s2 = batch_any s0"), std::string::npos) << text;
    EXPECT_NE(text.find("branch s0 r0 r2"), std::string::npos) << text;
}

}  // namespace
}  // namespace dunlin::ir
