// What the verifier refuses, rule by rule.
#include "ir/verify.hpp"

#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

// Slots of many types, for instructions to be tried on.
constexpr std::string_view kSlots = R"(
slot s0 local f64
slot s1 local f64[3]
slot s2 local f64[2, 3]
slot s3 local i64
slot s4 local i64[3]
slot s5 local bool
slot s6 local bool[3]
slot s7 local u64
slot s8 local u32[8]
slot s9 input f64[3] "x"
slot s10 output f64[3] "y"
slot s11 constant i64 = 1
slot s12 local f64[3, 2]
slot s13 local f64[2, 2]
slot s14 local f64[0]
slot s15 local f64[3]
slot s16 local i32
slot s17 shared f64[3] "w"
slot s18 state f64[3] "v"
slot s19 local f32[3]
slot s20 local f64[5]
slot s21 local i64[2, 3]
slot s22 local i32[3]
slot s23 local f64
slot s24 local f64[2, 3]
)";

std::vector<std::string> errors_of(std::string_view routines) {
    return verify(parsed(std::string(kSlots) + std::string(routines)));
}
std::vector<std::string> errors_of_instruction(std::string_view instruction) {
    return errors_of("r0:\n  " + std::string(instruction) + "\n  end\n");
}
std::vector<std::string> errors_of_collective(std::string_view instruction) {
    return errors_of("r0:\n  " + std::string(instruction) + " then r1\nr1:\n  end\n");
}

struct Case {
    std::string_view instruction;
    std::string_view error;
};

TEST(verify, accepts_one_of_every_operation) {
    for (std::string_view instruction : {"s4 = iota {0, 1}",
                                         "s3 = vm_id",
                                         "s3 = vm_count",
                                         "s5 = first_turn",
                                         "s8 = random_bits s7",
                                         "s1 = copy s0",
                                         "s0 = convert s3",
                                         "s1 = neg s1",
                                         "s6 = not s6",
                                         "s4 = not s4",
                                         "s6 = isnan s1",
                                         "s2 = add s1 s0",
                                         "s1 = add s1 s1",
                                         "s6 = lt s1 s15",
                                         "s1 = select s6 s0 s15",
                                         "s1 = fma s1 s0 s15",
                                         "s1 = sum s2 {0}",
                                         "s0 = sum s2 {0, 1}",
                                         "s24 = sum s2",
                                         "s4 = argmin s2 {0}",
                                         "s15 = cumsum s1 {0}",
                                         "s15 = sort s1 {0, 1}",
                                         "s4 = argsort s1 {0, 0}",
                                         "s13 = matmul s2 s12",
                                         "s12 = reshape s2",
                                         "s12 = transpose s2 {1, 0}",
                                         "s1 = view s2 s3 {2, 0, 1, 0, 0, 0, 1, 3}",
                                         "s2 = update s2 s3 s0 {2, 0, 1, 0, 0, 0, 1, 3}",
                                         "s15 = gather s1 s4 {0}",
                                         "s0 = gather s2 s3 s11 {0}",
                                         "s1 = scatter s1 s4 s0 {0}",
                                         "print s1 s5 {0, -1, 1, -1}",
                                         "require s5 {3, -1}",
                                         "s10 = add s9 s17",
                                         "s18 = copy s18"}) {
        auto errors = errors_of_instruction(instruction);
        EXPECT_TRUE(errors.empty()) << instruction << ": " << errors[0];
    }
    for (std::string_view instruction :
         {"s15 = batch_sum s1", "s6 = batch_any s5", "s3 = batch_argmin s0",
          "s15 = batch_get s1 s3", "s15 = batch_shift s1 s16", "s15 = batch_sort s0 s1",
          "s15 = batch_scan s1"}) {
        auto errors = errors_of_collective(instruction);
        bool wrong_shape = instruction == "s6 = batch_any s5";
        EXPECT_EQ(errors.empty(), !wrong_shape) << instruction;
    }
}

TEST(verify, refuses_slots_that_do_not_exist) {
    EXPECT_TRUE(mentions(errors_of_instruction("s99 = copy s0"), "the result is no slot"));
    EXPECT_TRUE(mentions(errors_of_instruction("s0 = copy s99"), "an operand is no slot"));
    EXPECT_TRUE(
        mentions(errors_of("r0:\n branch s99 r0 r0\nr1:\n end\n"), "the condition is no slot"));
}

TEST(verify, refuses_writes_to_what_is_not_the_vms_own) {
    EXPECT_TRUE(mentions(errors_of_instruction("s9 = copy s0"), "writes a slot that is input"));
    EXPECT_TRUE(mentions(errors_of_instruction("s11 = copy s3"), "writes a slot that is constant"));
    EXPECT_TRUE(mentions(errors_of_instruction("s17 = copy s0"), "writes a slot that is shared"));
    EXPECT_TRUE(
        mentions(errors_of_collective("s17 = batch_sum s1"), "writes a slot that is shared"));
}

TEST(verify, refuses_the_wrong_number_of_operands) {
    for (std::string_view instruction :
         {"s0 = add s0", "s0 = sqrt", "s3 = vm_id s3", "s20 = concat {0}",
          "s1 = update s1 {0, 0, 1, 3}", "s1 = gather s1 {0}", "s1 = scatter s1 s4 {0}",
          "require {1, -1}"})
        EXPECT_TRUE(mentions(errors_of_instruction(instruction), "wrong number of operands"))
            << instruction;
}

TEST(verify, refuses_operands_that_overlap_the_result) {
    EXPECT_TRUE(mentions(errors_of_instruction("s1 = cumsum s1 {0}"), "an operand is the result"));
    EXPECT_TRUE(
        mentions(errors_of_instruction("s13 = matmul s13 s13"), "an operand is the result"));
    EXPECT_TRUE(mentions(errors_of_instruction("s1 = update s1 s1 {0, 0, 1, 3}"),
                         "an operand is the result"));
    EXPECT_TRUE(mentions(errors_of_instruction("s1 = update s15 s0 {0, 0, 1, 3}"),
                         "the first operand must be the result"));
    EXPECT_TRUE(mentions(errors_of_collective("s1 = batch_sum s1"), "an operand is the result"));
    EXPECT_TRUE(errors_of_instruction("s1 = mul s1 s1").empty());
}

TEST(verify, refuses_element_types_that_do_not_fit) {
    for (std::string_view instruction :
         {"s1 = add s1 s4", "s4 = add s1 s1", "s1 = lt s1 s1", "s1 = isnan s1",
          "s1 = select s4 s1 s1", "s1 = select s6 s4 s1", "s1 = argsort s15 {0, 0}",
          "s0 = view s1 s23 {2, 0, 1, 0}", "s3 = view s1 {1, 0, 1, 0}", "s19 = gather s1 s4 {0}",
          "s15 = gather s1 s1 {0}", "s0 = gather s2 s3 s16 {0}", "s1 = update s1 s3 {0, 0, 1, 3}",
          "s19 = copy s1"})
        EXPECT_TRUE(mentions(errors_of_instruction(instruction), "the element types do not fit"))
            << instruction;
    for (std::string_view instruction :
         {"s6 = add s6 s6", "s1 = not s1", "s4 = sqrt s4", "s1 = floor_div s6 s6", "s4 = div s4 s4",
          "s0 = vm_id", "s3 = first_turn", "s0 = any s1 {0}", "s5 = iota {0, 1}",
          "require s3 {1, -1}"})
        EXPECT_TRUE(mentions(errors_of_instruction(instruction), "the element type is not allowed"))
            << instruction;
}

TEST(verify, refuses_shapes_that_do_not_fit) {
    for (auto [instruction, error] :
         std::initializer_list<Case>{{"s1 = add s1 s20", "does not broadcast to the result"},
                                     {"s0 = add s1 s0", "does not broadcast to the result"},
                                     {"s3 = iota {0, 1}", "the result must have rank 1"},
                                     {"s4 = vm_id", "the result must be a scalar"},
                                     {"s8 = random_bits s3", "the operand must be a scalar u64"},
                                     {"s4 = random_bits s7", "the result must be u32 or u64"},
                                     {"s0 = sum s2 {0}", "the axes that are not reduced"},
                                     {"s20 = cumsum s1 {0}", "the operand's shape"},
                                     {"s20 = sort s1 {0, 0}", "the operand's shape"},
                                     {"s0 = matmul s1 s1", "rank 2 or more"},
                                     {"s13 = matmul s2 s2", "the inner sizes"},
                                     {"s24 = matmul s2 s12", "the product's shape"},
                                     {"s13 = reshape s2", "the numbers of elements"},
                                     {"s13 = transpose s2 {1, 0}", "the permuted shape"},
                                     {"s20 = concat s1 s1 {0}", "do not add up"},
                                     {"s20 = concat s1 s13 {0}", "the result's rank"},
                                     {"s12 = concat s2 s2 {0}", "agree on the other axes"},
                                     {"s15 = gather s2 s4 {0}", "the gathered shape"},
                                     {"s1 = gather s2 s4 s3 {0}", "one shape"},
                                     {"s1 = scatter s1 s4 s20 {0}", "the value does not broadcast"},
                                     {"require s6 {1, -1}", "the operand must be a scalar"}})
        EXPECT_TRUE(mentions(errors_of_instruction(instruction), error)) << instruction;
    EXPECT_TRUE(mentions(errors_of_collective("s1 = batch_sum s20"), "the value's shape"));
    EXPECT_TRUE(mentions(errors_of_collective("s15 = batch_get s1 s4"),
                         "the second operand must be a scalar"));
    EXPECT_TRUE(
        mentions(errors_of_collective("s1 = batch_sort s20 s15"), "the key must be a scalar"));
}

TEST(verify, refuses_attributes_that_do_not_fit) {
    for (auto [instruction, error] :
         std::initializer_list<Case>{{"s1 = add s1 s1 {0}", "no attributes"},
                                     {"s4 = iota {0}", "start and step"},
                                     {"s8 = random_bits s7 {1}", "no attributes"},
                                     {"s0 = sum s2 {1, 0}", "ascending"},
                                     {"s1 = sum s2 {0, 0}", "ascending"},
                                     {"s1 = sum s2 {2}", "axes of the operand"},
                                     {"s15 = cumsum s1 {1}", "an axis of the operand"},
                                     {"s15 = sort s1 {0, 2}", "0 or 1"},
                                     {"s13 = matmul s2 s12 {0}", "no attributes"},
                                     {"s12 = reshape s2 {1}", "no attributes"},
                                     {"s12 = transpose s2 {1, 1}", "a permutation"},
                                     {"s12 = transpose s2 {1}", "a permutation"},
                                     {"s20 = concat s1 s1 {1}", "an axis of the result"},
                                     {"s15 = gather s1 s4 {-1}", "an axis"},
                                     {"s15 = gather s1 s4 {1}", "more indices than axes"},
                                     {"print s1 {0}", "the operands are not those"},
                                     {"print {2}", "no text of the program"},
                                     {"print s1 {-2}", "no text of the program"},
                                     {"require s5 {0, -1}", "no such fault"},
                                     {"require s5 {7, -1}", "no such fault"},
                                     {"require s5 {1, 2}", "no text of the program"},
                                     {"require s5 {1}", "a fault and a text"}})
        EXPECT_TRUE(mentions(errors_of_instruction(instruction), error)) << instruction;
    EXPECT_TRUE(mentions(errors_of_collective("s15 = batch_sum s1 {0}"), "no attributes"));
}

TEST(verify, refuses_views_outside_the_array) {
    for (auto [attributes, error] :
         std::initializer_list<Case>{{"{0, 0, 1}", "four attributes for each axis"},
                                     {"{0, 0, 1, 4}", "a slice is out of range"},
                                     {"{0, -1, 1, 3}", "a slice is out of range"},
                                     {"{0, 1, 1, 3}", "a slice is out of range"},
                                     {"{0, 2, -2, 3}", "a slice is out of range"},
                                     {"{0, 0, 0, 3}", "the step of a slice is 0"},
                                     {"{0, 0, 1, -3}", "impossible bounds"},
                                     {"{0, 0, 9223372036854775807, 3}", "impossible bounds"},
                                     {"{0, 0, 1099511627776, 1099511627776}", "impossible bounds"},
                                     {"{1, 3, 1, 0}", "an index is out of range"},
                                     {"{1, -1, 1, 0}", "an index is out of range"},
                                     {"{4, 0, 1, 0}", "no such mode"},
                                     {"{2, 0, 1, 0}", "wrong number of moving starts"},
                                     {"{0, 0, 1, 2}", "the view's shape"}})
        EXPECT_TRUE(
            mentions(errors_of_instruction("s15 = view s1 " + std::string(attributes)), error))
            << attributes;
    EXPECT_TRUE(errors_of_instruction("s15 = view s1 {0, 2, -1, 3}").empty());
    EXPECT_TRUE(mentions(errors_of_instruction("s15 = view s1 s4 {3, 0, 1, 3}"),
                         "a moving start must be a scalar"));
    EXPECT_TRUE(mentions(errors_of_instruction("s1 = update s1 s20 {0, 0, 1, 3}"),
                         "the value does not broadcast"));
}

TEST(verify, refuses_to_take_the_least_of_nothing) {
    EXPECT_TRUE(mentions(errors_of_instruction("s0 = reduce_min s14 {0}"), "nothing to reduce"));
    EXPECT_TRUE(mentions(errors_of_instruction("s3 = argmax s14 {0}"), "nothing to reduce"));
    EXPECT_TRUE(errors_of_instruction("s0 = sum s14 {0}").empty());
}

TEST(verify, refuses_results_of_effects_and_effects_without_end) {
    EXPECT_TRUE(mentions(errors_of_instruction("s3 = print s1 {-1}"), "an effect has no result"));
    EXPECT_TRUE(mentions(errors_of_instruction("add s1 s1"), "the result is no slot"));
}

TEST(verify, collectives_end_routines_and_nothing_else_does) {
    EXPECT_TRUE(
        mentions(errors_of_instruction("s15 = batch_sum s1"), "a collective must end its routine"));
    EXPECT_TRUE(mentions(errors_of_collective("s15 = neg s1"), "this is no collective"));
}

TEST(verify, routines_go_to_routines_and_one_ends) {
    EXPECT_TRUE(mentions(errors_of("r0:\n jump r7\nr1:\n end\n"), "no such routine"));
    EXPECT_TRUE(mentions(errors_of("r0:\n branch s5 r1 r7\nr1:\n end\n"), "no such routine"));
    EXPECT_TRUE(mentions(errors_of("r0:\n halt\n"), "exactly one end"));
    EXPECT_TRUE(mentions(errors_of("r0:\n end\nr1:\n end\n"), "exactly one end"));
    EXPECT_TRUE(mentions(errors_of(""), "exactly one end"));
}

TEST(verify, conditions_are_scalar_bools) {
    EXPECT_TRUE(mentions(errors_of("r0:\n branch s6 r0 r1\nr1:\n end\n"), "a scalar bool"));
    EXPECT_TRUE(mentions(errors_of("r0:\n branch s3 r0 r1\nr1:\n end\n"), "a scalar bool"));
}

TEST(verify, statements_and_files_exist) {
    EXPECT_TRUE(mentions(errors_of_instruction("s1 = neg s1 !10"), "no such statement"));
    EXPECT_TRUE(mentions(errors_of("r0:\n end !10\n"), "no such statement"));
    Program program = well_formed("r0:\n end\n");
    program.statements[3].file = 1;
    EXPECT_TRUE(mentions(verify(program), "no such file"));
}

TEST(verify, only_jumps_are_back_edges) {
    Program program = well_formed("r0:\n end\n");
    program.routines[0].terminator.back_edge = true;
    EXPECT_TRUE(mentions(verify(program), "only a jump is a back-edge"));
}

TEST(verify, constants_match_their_slots) {
    Program program =
        well_formed("slot s0 constant i64 = 5\nslot s1 constant bool = true\nr0:\n end\n");
    Program broken = program;
    broken.slots[0].type.dtype = DType::F64;
    EXPECT_TRUE(mentions(verify(broken), "the constant has another type"));
    broken = program;
    broken.constants[0].bytes.pop_back();
    EXPECT_TRUE(mentions(verify(broken), "the wrong number of bytes"));
    broken = program;
    broken.slots[1].constant = 0;
    EXPECT_TRUE(mentions(verify(broken), "in the order of their slots"));
    broken = program;
    broken.constants.push_back(bool_constant(true));
    EXPECT_TRUE(mentions(verify(broken), "more constants than constant slots"));
    broken = program;
    broken.constants[1].bytes[0] = std::byte{2};
    EXPECT_TRUE(mentions(verify(broken), "neither 0 nor 1"));
}

TEST(verify, what_the_host_binds_has_a_name_of_its_own) {
    EXPECT_TRUE(mentions(verify(parsed("slot s0 input i64\nr0:\n end\n")),
                         "cannot find it without a name"));
    EXPECT_TRUE(
        mentions(verify(parsed("slot s0 input i64 \"a\"\nslot s1 input f64 \"a\"\nr0:\n end\n")),
                 "the same name"));
    EXPECT_TRUE(
        verify(parsed("slot s0 input i64 \"a\"\nslot s1 output f64 \"a\"\nr0:\n end\n")).empty());
}

TEST(verify, shapes_are_bounded) {
    Program program = well_formed("slot s0 local f64\nr0:\n end\n");
    for (const Shape& shape : {Shape{-1}, Shape{kMaxBytes}, Shape{kMaxBytes, kMaxBytes, 0}}) {
        program.slots[0].type.shape = shape;
        EXPECT_TRUE(mentions(verify(program), "negative or too large"));
    }
}

TEST(verify, after_layout_slots_lie_aligned_inside_and_apart) {
    Program program = parsed(R"(
slot s0 local f64 @0
slot s1 local f64[2] @8
slot s2 local f64
r0:
  s0 = sum s1 {0}
  end
)");
    program.vm_bytes = 24;
    EXPECT_TRUE(verify(program).empty());
    Program broken = program;
    broken.slots[0].offset = 4;
    EXPECT_TRUE(mentions(verify(broken), "not aligned"));
    broken.slots[0].offset = 24;
    EXPECT_TRUE(mentions(verify(broken), "outside VM memory"));
    broken.slots[0].offset = 16;
    EXPECT_TRUE(mentions(verify(broken), "shares bytes with the result"));
    broken.slots[0].offset = -1;
    EXPECT_TRUE(mentions(verify(broken), "has no place in VM memory"));
    broken.slots[0].offset = -8;
    EXPECT_TRUE(mentions(verify(broken), "the offset is negative"));
    broken = program;
    broken.vm_bytes = 25;
    EXPECT_TRUE(mentions(verify(broken), "whole words"));
}

TEST(verify, a_condition_needs_a_place_too) {
    Program program = parsed(
        "slot s0 local bool\nslot s1 local i64 @0\nr0:\n s1 = neg s1\n branch s0 r0 r1\nr1:\n "
        "end\n");
    program.vm_bytes = 8;
    EXPECT_TRUE(mentions(verify(program), "slot s0: is used but has no place in VM memory"));
}

TEST(verify, says_fifty_things_at_most) {
    std::string routine = "r0:\n";
    for (int i = 0; i < 200; ++i) routine += " s0 = add s0 s6\n";
    EXPECT_EQ(errors_of(routine + " end\n").size(), 50u);
}

}  // namespace
}  // namespace dunlin::ir
