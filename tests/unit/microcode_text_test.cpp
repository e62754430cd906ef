// Microcode as text: what is printed comes back, and what is not microcode is refused with a line.
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

MicrocodeError refused(std::string_view text) {
    auto result = parse_microcode(text);
    auto* error = std::get_if<MicrocodeError>(&result);
    if (error == nullptr) ADD_FAILURE() << "was accepted: " << text;
    return error == nullptr ? MicrocodeError{} : *error;
}

void expect_round_trip(const Program& program) {
    std::string text = print_microcode(program);
    auto result = parse_microcode(text);
    if (auto* error = std::get_if<MicrocodeError>(&result))
        FAIL() << "line " << error->line << ": " << error->message << "\n" << text;
    EXPECT_TRUE(std::get<Program>(result) == program) << text;
    EXPECT_EQ(print_microcode(std::get<Program>(result)), text);
}

constexpr std::string_view kPi = R"(program vm_bytes=16016
file 0 "pi.dun"
statement 0 0:4:1-17
statement 1 0:5:1-9
text 0 "why"
slot s0 local f64[1000, 2] "p" @0
slot s1 constant i64[2] = [1, -2]
slot s2 output f64 "estimate"
slot s3 local bool @16000
slot s4 local bool @16001
r0:
  s2 = sum s0 {0, 1} !1
  require s3 {3, -1} !1
  s4 = batch_any s3 !0 then r1 !1
r1:
  branch s4 r2 r3 !1
r2:
  jump r0 back !1
r3:
  end !1
)";

TEST(microcode_text, prints_what_was_read) {
    auto result = parse_microcode(kPi);
    ASSERT_TRUE(std::holds_alternative<Program>(result));
    const Program& program = std::get<Program>(result);
    EXPECT_TRUE(verify(program).empty());
    EXPECT_EQ(print_microcode(program), kPi);
    EXPECT_EQ(program.slots[0].name, "p");
    EXPECT_EQ(program.slots[3].offset, 16000);
    EXPECT_EQ(program.constants[0].at<std::int64_t>(1), -2);
    EXPECT_EQ(program.routines[0].terminator.kind, Terminator::Kind::Collective);
    EXPECT_TRUE(program.routines[2].terminator.back_edge);
}

TEST(microcode_text, spaces_comments_and_left_out_statements_are_allowed) {
    Program program = well_formed(R"(
# the slots
slot s0   local i64   # a comment
slot s1 constant i64=7

r0:
  s0=copy s1
  end
)");
    EXPECT_EQ(routines_of(program), "\nr0:\n  s0 = copy s1\n  end\n");
}

Constant float_constant(std::vector<double> values) {
    Constant constant{Type{DType::F64, {static_cast<std::int64_t>(values.size())}}, {}};
    constant.bytes.resize(values.size() * sizeof(double));
    std::memcpy(constant.bytes.data(), values.data(), constant.bytes.size());
    return constant;
}

Program holding(const Constant& constant) {
    Program program = well_formed("r0:\n end");
    ConstantPool(program).slot_for(constant);
    return program;
}

TEST(microcode_text, floats_come_back_to_the_bit) {
    double inf = std::numeric_limits<double>::infinity();
    double payload = std::bit_cast<double>(std::uint64_t{0xfff8000000000123});
    std::vector<double> values{0.0,
                               -0.0,
                               0.1,
                               1e22,
                               5e-324,
                               2.2250738585072014e-308,
                               inf,
                               -inf,
                               1e300,
                               1.0 / 3.0,
                               std::numeric_limits<double>::quiet_NaN(),
                               payload,
                               1.7976931348623157e308};
    expect_round_trip(holding(float_constant(values)));
    std::mt19937_64 random(7);
    for (double& value : values) value = std::bit_cast<double>(random());
    expect_round_trip(holding(float_constant(values)));
    for (std::uint32_t bits : {0x00000001u, 0x7f7fffffu, 0x80000000u, 0x3dcccccdu, 0x7fc00000u,
                               0x7f800001u, 0xff800000u}) {
        Constant constant{Type{DType::F32, {}}, std::vector<std::byte>(4)};
        std::memcpy(constant.bytes.data(), &bits, 4);
        expect_round_trip(holding(constant));
    }
}

TEST(microcode_text, integers_and_bools_come_back_at_their_limits) {
    expect_round_trip(holding(scalar_constant(DType::U64, ~std::uint64_t{0})));
    expect_round_trip(
        holding(scalar_constant(DType::I64, std::numeric_limits<std::int64_t>::min())));
    expect_round_trip(holding(vector_constant(DType::I8, {-128, 127})));
    expect_round_trip(holding(vector_constant(DType::U8, {0, 255})));
    expect_round_trip(holding(vector_constant(DType::Bool, {0, 1})));
}

TEST(microcode_text, empty_and_deep_shapes_come_back) {
    expect_round_trip(holding(Constant{Type{DType::F64, {0}}, {}}));
    expect_round_trip(holding(Constant{Type{DType::I32, {3, 0, 2}}, {}}));
    expect_round_trip(holding(Constant{Type{DType::U8, {1, 2, 1, 1}}, std::vector<std::byte>(2)}));
}

TEST(microcode_text, any_bytes_of_names_and_texts_come_back) {
    Program program = well_formed("slot s0 local i64\nr0:\n end");
    program.texts = {"plain", "\"quoted\" \\ \n\t", std::string("\0\x1b\xff\xc2\x9b", 5), "größe"};
    program.slots[0].name = "a \"b\"\n";
    program.files[0] = "dir with space/#1.dun";
    expect_round_trip(program);
    std::string text = print_microcode(program);
    for (char letter : text)
        EXPECT_TRUE(letter == '\n' || static_cast<unsigned char>(letter) >= 0x20);
}

// A program that is not well formed, but says every operation with operands, attributes and a
// statement.
TEST(microcode_text, every_operation_and_terminator_comes_back) {
    Program program = well_formed("slot s0 local i64\nr0:\n end");
    std::uint32_t count = 0;
    for (Op op : all_ops()) {
        Instruction instruction{op, is_effect(op) ? kNoSlot : 0, {}, {}, count % 10};
        for (std::uint32_t i = 0; i < count % 4; ++i) instruction.operands.push_back(i);
        for (std::uint32_t i = 0; i < count % 3; ++i)
            instruction.attributes.push_back(std::int64_t{i} - 1);
        ++count;
        Routine routine;
        if (is_collective(op)) {
            routine.terminator.kind = Terminator::Kind::Collective;
            routine.terminator.collective = instruction;
            routine.terminator.target = count;
        } else {
            routine.instructions.push_back(instruction);
            routine.terminator.kind = Terminator::Kind::Halt;
        }
        routine.terminator.statement = count;
        program.routines.push_back(routine);
    }
    Routine branch;
    branch.terminator.kind = Terminator::Kind::Branch;
    branch.terminator.condition = 3;
    branch.terminator.target = 1;
    branch.terminator.otherwise = 2;
    program.routines.push_back(branch);
    for (bool back_edge : {false, true}) {
        Routine jump;
        jump.terminator.kind = Terminator::Kind::Jump;
        jump.terminator.back_edge = back_edge;
        jump.terminator.target = 1;
        program.routines.push_back(jump);
    }
    expect_round_trip(program);
}

TEST(microcode_text, every_element_type_and_storage_comes_back) {
    Program program = well_formed("r0:\n end");
    for (Storage storage :
         {Storage::Local, Storage::Input, Storage::Shared, Storage::State, Storage::Output})
        for (DType dtype : {DType::Bool, DType::I8, DType::I16, DType::I32, DType::I64, DType::U8,
                            DType::U16, DType::U32, DType::U64, DType::F32, DType::F64})
            program.slots.push_back(
                {Type{dtype, {2, 3}}, storage, "n" + std::to_string(program.slots.size()), 0, -1});
    expect_round_trip(program);
}

TEST(microcode_text, errors_have_a_line_and_say_what_was_expected) {
    MicrocodeError error = refused("program\nfile 0 \"a\"\nslot s0 lokal f64\n");
    EXPECT_EQ(error.line, 3);
    EXPECT_EQ(error.message, "expected local, constant, input, shared, state or output");
    EXPECT_EQ(refused("").message, "expected 'program'");
    EXPECT_EQ(refused("program\nr0:\n  s0 = frobnicate s1\n").message, "unknown operation");
    EXPECT_EQ(refused("program\nr0:\n  s0 = copy s1\n").message, "the routine does not end");
    EXPECT_EQ(refused("program\nr0:\n  x = copy s1\n").message, "expected a slot before '='");
    EXPECT_EQ(refused("program\nslot s1 local f64\n").message, "expected number 0");
    EXPECT_EQ(refused("program\nslot s0 local f128\n").message, "expected an element type");
    EXPECT_EQ(refused("program\nslot s0 constant i8 = 300\n").message,
              "expected a value of the constant's type");
    EXPECT_EQ(refused("program\nslot s0 constant i8[3] = [1, 2]\n").message, "expected 3 values");
    EXPECT_EQ(refused("program\nfile 0 \"open\n").message, "expected '\"'");
    EXPECT_EQ(refused("program\nfile 0 \"\\q\"\n").message,
              "an escape is \\n, \\\", \\\\ or \\x and two digits");
    EXPECT_EQ(refused("program\nr0:\n  end !0 more\n").message,
              "unexpected text at the end of the line");
}

TEST(microcode_text, huge_shapes_are_refused_before_anything_is_allocated) {
    std::string_view message = "the shape is negative or too large";
    EXPECT_EQ(refused("program\nslot s0 local f64[1000000000000000000]\n").message, message);
    EXPECT_EQ(refused("program\nslot s0 local f64[-1]\n").message, message);
    EXPECT_EQ(refused("program\nslot s0 local f64[1000000000000000000, 0]\n").message, message);
    EXPECT_EQ(refused("program\nslot s0 local i8[4294967296, 4294967296]\n").message, message);
    EXPECT_EQ(refused("program\nslot s0 constant i8[1000000000] = [1]\n").message,
              "expected 1000000000 values");
    EXPECT_EQ(refused("program\nslot s0 local f64[99999999999999999999]\n").message,
              "expected a number");
}

TEST(microcode_text, garbage_is_refused_and_nothing_else_happens) {
    std::mt19937 random(11);
    std::string whole(kPi);
    for (int round = 0; round < 3000; ++round) {
        std::string text = whole;
        for (int change = 0; change < 3; ++change) {
            std::size_t at = random() % text.size();
            switch (random() % 3) {
                case 0: text[at] = static_cast<char>(random()); break;
                case 1: text.erase(at, random() % 9); break;
                default: text.insert(at, text.substr(random() % text.size(), 5));
            }
        }
        auto result = parse_microcode(text);
        auto* program = std::get_if<Program>(&result);
        if (program != nullptr && verify(*program).empty()) expect_round_trip(*program);
    }
    for (std::size_t length = 0; length < whole.size(); ++length)
        (void)parse_microcode(std::string_view(whole).substr(0, length));
}

}  // namespace
}  // namespace dunlin::ir
