// The identities that simplification knows, and those that strict floats forbid.
#include "ir/simplify.hpp"

#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

constexpr std::string_view kSlots = R"(
slot s0 input i64[3] "i"
slot s1 input f64[3] "f"
slot s2 input bool[3] "b"
slot s3 local i64[3]
slot s4 local f64[3]
slot s5 local bool[3]
slot s6 constant i64 = 0
slot s7 constant i64 = 1
slot s8 constant i64 = 2
slot s9 constant i64 = -1
slot s10 constant i64 = 8
slot s11 constant i64[3] = [1, 1, 1]
slot s12 constant i64[3] = [1, 2, 1]
slot s13 constant f64 = 0.0
slot s14 constant f64 = -0.0
slot s15 constant f64 = 1.0
slot s16 constant f64 = 4.0
slot s17 constant f64 = 3.0
slot s18 constant bool = false
slot s19 constant bool = true
slot s20 input bool "c"
slot s21 local f64[1, 3]
slot s22 local f64[3]
slot s23 input f64[2, 3] "m"
slot s24 local f64[2, 3]
slot s25 local f64[3, 2]
slot s26 local bool
slot s27 input i64 "k"
slot s28 local f64
slot s29 local i64[3]
slot s30 input u8 "u"
slot s31 constant u8 = 255
slot s32 local u8
slot s33 constant u8 = 16
slot s34 constant i64 = -8
slot s35 constant i64 = -3
slot s36 constant i64 = 3
slot s37 local bool[3]
slot s38 local f64[2]
slot s39 local f64[6]
slot s40 constant f64 = 5e-324
)";

Program simplified(std::string_view routines) {
    Program program = well_formed(std::string(kSlots) + std::string(routines));
    simplify(program);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return program;
}

// What a single instruction becomes; constants that the pass made stand as their values.
std::string becomes(std::string_view instruction) {
    Program program = simplified("r0:\n  " + std::string(instruction) + "\n  end\n");
    std::string text = routines_of(program);
    text = text.substr(text.find(':') + 2);
    text = text.substr(0, text.find("  end"));
    if (text.empty()) return "nothing";
    text = text.substr(2, text.size() - 3);
    for (SlotId id = 41; id < program.slots.size(); ++id) {
        std::string name = "s" + std::to_string(id);
        std::string line = slot_line(program, id);
        if (std::size_t at = text.find(name); at != std::string::npos)
            text.replace(at, name.size(), line.substr(line.find('=') + 2));
    }
    return text;
}

struct Case {
    std::string_view before;
    std::string_view after;
};

void expect_all(std::initializer_list<Case> cases) {
    for (auto [before, after] : cases) EXPECT_EQ(becomes(before), after) << before;
}
void expect_unchanged(std::initializer_list<std::string_view> instructions) {
    for (std::string_view instruction : instructions) EXPECT_EQ(becomes(instruction), instruction);
}

TEST(simplify, knows_the_ring_of_integers) {
    expect_all({{"s3 = add s0 s6", "s3 = copy s0"},
                {"s3 = add s6 s0", "s3 = copy s0"},
                {"s3 = sub s0 s6", "s3 = copy s0"},
                {"s3 = sub s0 s0", "s3 = copy s6"},
                {"s3 = mul s0 s7", "s3 = copy s0"},
                {"s3 = mul s11 s0", "s3 = copy s0"},
                {"s3 = mul s0 s6", "s3 = copy s6"},
                {"s3 = int_pow s0 s6", "s3 = copy s7"},
                {"s3 = int_pow s0 s7", "s3 = copy s0"},
                {"s3 = int_pow s0 s8", "s3 = mul s0 s0"}});
    expect_unchanged({"s3 = sub s6 s0", "s3 = mul s0 s12", "s3 = add s0 s7"});
}

TEST(simplify, divides_integers_by_powers_of_two) {
    expect_all({{"s3 = floor_div s0 s7", "s3 = copy s0"},
                {"s3 = mod s0 s7", "s3 = copy s6"},
                {"s3 = floor_div s0 s10", "s3 = shr s0 s36"},
                {"s3 = mod s0 s10", "s3 = and s0 7"},
                {"s32 = floor_div s30 s33", "s32 = shr s30 4"},
                {"s32 = mod s30 s33", "s32 = and s30 15"}});
    expect_unchanged(
        {"s3 = floor_div s0 s34", "s3 = mod s0 s36", "s3 = floor_div s0 s6", "s3 = mod s0 s0"});
}

TEST(simplify, knows_bits_and_bools) {
    expect_all({{"s3 = and s0 s6", "s3 = copy s6"},
                {"s3 = and s9 s0", "s3 = copy s0"},
                {"s3 = or s0 s6", "s3 = copy s0"},
                {"s3 = or s0 s9", "s3 = copy s9"},
                {"s3 = xor s0 s6", "s3 = copy s0"},
                {"s3 = xor s0 s0", "s3 = copy s6"},
                {"s3 = and s0 s0", "s3 = copy s0"},
                {"s32 = and s30 s31", "s32 = copy s30"},
                {"s5 = and s2 s19", "s5 = copy s2"},
                {"s5 = and s2 s18", "s5 = copy s18"},
                {"s5 = or s19 s2", "s5 = copy s19"},
                {"s5 = xor s2 s18", "s5 = copy s2"},
                {"s3 = shl s0 s6", "s3 = copy s0"},
                {"s3 = shr s0 s6", "s3 = copy s0"},
                {"s3 = rotl s0 s6", "s3 = copy s0"}});
    expect_unchanged({"s5 = xor s2 s19", "s3 = xor s0 s9", "s3 = shl s6 s0"});
}

TEST(simplify, is_strict_with_floats) {
    expect_all({{"s4 = mul s1 s15", "s4 = copy s1"},
                {"s4 = add s1 s14", "s4 = copy s1"},
                {"s4 = add s14 s1", "s4 = copy s1"},
                {"s4 = sub s1 s13", "s4 = copy s1"},
                {"s4 = div s1 s15", "s4 = copy s1"},
                {"s4 = div s1 s16", "s4 = mul s1 0.25"}});
    expect_unchanged({"s4 = add s1 s13", "s4 = sub s1 s14", "s4 = mul s1 s13", "s4 = sub s1 s1",
                      "s4 = div s1 s17", "s4 = div s1 s13", "s4 = div s1 s40", "s5 = eq s1 s1",
                      "s4 = floor_div s1 s15"});
}

TEST(simplify, compares_and_chooses) {
    expect_all({{"s5 = eq s0 s0", "s5 = copy s19"},
                {"s5 = le s0 s0", "s5 = copy s19"},
                {"s5 = lt s0 s0", "s5 = copy s18"},
                {"s5 = ne s0 s0", "s5 = copy s18"},
                {"s4 = min s1 s1", "s4 = copy s1"},
                {"s4 = select s2 s1 s1", "s4 = copy s1"},
                {"s4 = select s19 s1 s13", "s4 = copy s1"},
                {"s4 = select s18 s1 s13", "s4 = copy s13"},
                {"s4 = convert s1", "s4 = copy s1"}});
    expect_unchanged({"s4 = select s2 s1 s13", "s4 = convert s0"});
}

TEST(simplify, drops_moves_that_move_nothing) {
    expect_all({{"s4 = reshape s1", "s4 = copy s1"},
                {"s24 = transpose s23 {0, 1}", "s24 = copy s23"},
                {"s4 = concat s1 {0}", "s4 = copy s1"},
                {"s4 = view s1 {0, 0, 1, 3}", "s4 = copy s1"},
                {"s4 = update s4 s1 {0, 0, 1, 3}", "s4 = copy s1"},
                {"s4 = update s4 s13 {0, 0, 1, 3}", "s4 = copy s13"},
                {"s4 = copy s4", "nothing"}});
    expect_unchanged({"s21 = reshape s1", "s25 = transpose s23 {1, 0}",
                      "s4 = view s1 {0, 2, -1, 3}", "s4 = update s4 s28 {0, 0, 1, 2}"});
}

TEST(simplify, fixes_moving_starts_that_are_known) {
    expect_all(
        {{"s28 = view s1 s8 {2, 0, 1, 0}", "s28 = view s1 {1, 2, 1, 0}"},
         {"s28 = view s1 s9 {2, 0, 1, 0}", "s28 = view s1 {1, 2, 1, 0}"},
         {"s38 = view s1 s7 {3, 0, 1, 2}", "s38 = view s1 {0, 1, 1, 2}"},
         {"s38 = view s1 s7 {3, 1, -1, 2}", "s38 = view s1 {0, 2, -1, 2}"},
         {"s38 = view s1 s35 {3, 1, 1, 2}", "s38 = view s1 {0, 1, 1, 2}"},
         {"s4 = view s23 s7 {2, 0, 1, 0, 0, 0, 1, 3}", "s4 = view s23 {1, 1, 1, 0, 0, 0, 1, 3}"},
         {"s28 = view s23 s27 s6 {2, 0, 1, 0, 2, 0, 1, 0}",
          "s28 = view s23 s27 {2, 0, 1, 0, 1, 0, 1, 0}"},
         {"s4 = update s4 s8 s28 {2, 0, 1, 0}", "s4 = update s4 s28 {1, 2, 1, 0}"}});
}

TEST(simplify, leaves_moving_starts_that_fault) {
    expect_unchanged({"s28 = view s1 s36 {2, 0, 1, 0}", "s28 = view s1 s34 {2, 0, 1, 0}",
                      "s38 = view s1 s8 {3, 0, 1, 2}", "s28 = view s1 s27 {2, 0, 1, 0}"});
}

TEST(simplify, undoes_what_is_done_twice) {
    Program program = simplified(R"(r0:
  s5 = not s2
  s37 = not s5
  s3 = neg s0
  s29 = neg s3
  s21 = reshape s1
  s22 = reshape s21
  end
)");
    std::string text = routines_of(program);
    EXPECT_NE(text.find("s37 = copy s2"), std::string::npos) << text;
    EXPECT_NE(text.find("s29 = copy s0"), std::string::npos) << text;
    EXPECT_NE(text.find("s22 = copy s1"), std::string::npos) << text;
}

TEST(simplify, composes_transposes_and_reshapes) {
    Program program = simplified(R"(r0:
  s25 = transpose s23 {1, 0}
  s24 = transpose s25 {1, 0}
  s39 = reshape s23
  s25 = reshape s39
  end
)");
    std::string text = routines_of(program);
    EXPECT_NE(text.find("s24 = copy s23"), std::string::npos) << text;
    EXPECT_NE(text.find("s25 = reshape s23"), std::string::npos) << text;
}

TEST(simplify, forgets_values_that_have_been_overwritten) {
    std::string_view text = R"(r0:
  s3 = copy s0
  s29 = not s3
  s3 = add s0 s0
  s29 = not s29
  s3 = not s3
  s29 = not s3
  end
)";
    std::string after = routines_of(simplified(text));
    EXPECT_EQ(after, routines_of(parsed(std::string(kSlots) + std::string(text)))) << after;
}

TEST(simplify, a_negated_condition_swaps_the_ways) {
    std::string text = routines_of(simplified(R"(r0:
  s26 = not s20
  branch s26 r1 r2
r1:
  halt
r2:
  end
)"));
    EXPECT_NE(text.find("branch s20 r2 r1"), std::string::npos) << text;
}

TEST(simplify, drops_requirements_that_hold_and_keeps_those_that_fail) {
    expect_all({{"require s19 {3, 0}", "nothing"}});
    expect_unchanged({"require s18 {3, 0}", "require s20 {3, 0}"});
}

}  // namespace
}  // namespace dunlin::ir
