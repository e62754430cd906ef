// What constant folding computes at load, and what it leaves alone.
#include "ir/fold.hpp"

#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

Program folded(std::string_view text) {
    Program program = well_formed(text);
    fold(program);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return program;
}

TEST(fold, computes_instructions_over_constants) {
    Program program = folded(R"(
slot s0 constant i64 = 6
slot s1 constant i64 = 7
slot s2 output i64 "y"
r0:
  s2 = mul s0 s1
  end
)");
    EXPECT_EQ(routines_of(program), "\nr0:\n  s2 = copy s3\n  end\n");
    EXPECT_EQ(slot_line(program, 3), "slot s3 constant i64 = 42");
}

TEST(fold, follows_slots_that_only_ever_hold_one_constant) {
    Program program = folded(R"(
slot s0 constant f64 = 2.0
slot s1 local f64
slot s2 local f64
slot s3 output f64 "y"
r0:
  s1 = copy s0
  jump r1
r1:
  s2 = mul s1 s1
  s3 = add s2 s1
  end
)");
    EXPECT_NE(routines_of(program).find("s3 = copy s5"), std::string::npos) << routines_of(program);
    EXPECT_EQ(slot_line(program, 5), "slot s5 constant f64 = 6.0");
}

TEST(fold, follows_them_against_the_order_of_the_text) {
    Program program = folded(R"(
slot s0 constant i64 = 2
slot s1 local i64
slot s2 output i64 "y"
r0:
  jump r2
r1:
  s2 = add s1 s0
  end
r2:
  s1 = copy s0
  jump r1
)");
    EXPECT_NE(routines_of(program).find("s2 = copy s3"), std::string::npos) << routines_of(program);
}

TEST(fold, leaves_variables_that_are_written_more_than_once) {
    std::string_view text = R"(
slot s0 constant i64 = 1
slot s1 constant i64 = 2
slot s2 local i64
slot s3 output i64 "y"
slot s4 input bool "c"
r0:
  s2 = copy s0
  branch s4 r1 r2
r1:
  s2 = copy s1
  jump r2
r2:
  s3 = add s2 s0
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, leaves_outputs_and_states_as_variables) {
    std::string_view text = R"(
slot s0 constant i64 = 1
slot s1 state i64 "v"
slot s2 output i64 "y"
r0:
  s2 = add s1 s0
  s1 = copy s0
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, takes_the_branch_that_is_known) {
    Program program = folded(R"(
slot s0 constant i64 = 1
slot s1 constant i64 = 2
slot s2 local bool
r0:
  s2 = lt s0 s1
  branch s2 r1 r2
r1:
  end
r2:
  halt
)");
    EXPECT_NE(routines_of(program).find("jump r1"), std::string::npos) << routines_of(program);
}

TEST(fold, uses_constants_in_collectives) {
    Program program = folded(R"(
slot s0 constant i64 = 1
slot s1 local i64
slot s2 output i64 "y"
r0:
  s1 = copy s0
  s2 = batch_sum s1 then r1
r1:
  end
)");
    EXPECT_NE(routines_of(program).find("s2 = batch_sum s0"), std::string::npos)
        << routines_of(program);
}

TEST(fold, leaves_what_would_fault) {
    std::string_view text = R"(
slot s0 constant i64 = 1
slot s1 constant i64 = 0
slot s2 local i64
r0:
  s2 = floor_div s0 s1
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, leaves_what_differs_between_vms) {
    std::string_view text = R"(
slot s0 constant u64 = 0
slot s1 local u32[4]
slot s2 local i64
slot s3 local bool
r0:
  s1 = random_bits s0
  s2 = vm_id
  s2 = vm_count
  s3 = first_turn
  print s0 {-1}
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, leaves_large_arrays) {
    std::string_view text = R"(
slot s0 constant f64 = 0.0
slot s1 local f64[4097]
slot s2 local f64[4097]
r0:
  s1 = copy s0
  s2 = sin s1
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, leaves_arrays_that_are_filled_as_fast_as_copied) {
    std::string_view text = R"(
slot s0 constant f64 = 0.0
slot s1 local f64[1000]
slot s2 input f64 "x"
r0:
  s1 = copy s0
  s1 = update s1 s2 {0, 0, 1, 1000}
  end
)";
    EXPECT_EQ(routines_of(folded(text)), routines_of(well_formed(text)));
}

TEST(fold, never_touches_the_array_of_an_update) {
    Program program = folded(R"(
slot s0 constant f64[2] = [1.0, 2.0]
slot s1 local f64[2]
slot s2 constant f64 = 5.0
slot s3 local f64
r0:
  s1 = copy s0
  s3 = copy s2
  s1 = update s1 s3 {1, 0, 1, 0}
  end
)");
    EXPECT_NE(routines_of(program).find("s1 = update s1 s2"), std::string::npos)
        << routines_of(program);
}

TEST(constant_pool, shares_equal_constants_and_tells_zeros_apart) {
    Program program = well_formed("slot s0 constant f64 = 0.0\nr0:\n end\n");
    ConstantPool pool(program);
    EXPECT_EQ(pool.slot_for(scalar_constant(DType::F64, 0.0)), 0u);
    SlotId negative = pool.slot_for(scalar_constant(DType::F64, -0.0));
    EXPECT_NE(negative, 0u);
    EXPECT_EQ(pool.slot_for(scalar_constant(DType::F64, -0.0)), negative);
    EXPECT_NE(pool.slot_for(scalar_constant(DType::I64, 0)), 0u);
    EXPECT_TRUE(verify(program).empty());
}

}  // namespace
}  // namespace dunlin::ir
