// The passes together: what a program becomes, that it means the same, and that large ones take
// little time.
#include "ir/pipeline.hpp"

#include <time.h>

#include "ir/layout.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "tests/unit/microcode_program.hpp"

namespace dunlin::ir {
namespace {

TEST(pipeline, brings_a_program_to_its_core) {
    // y = (x * 1 + 0) / 4, with every step copied, and a branch on what is known.
    Program program = well_formed(R"(
slot s0 input f64 "x"
slot s1 constant i64 = 1
slot s2 constant i64 = 2
slot s3 local bool
slot s4 local f64
slot s5 local f64
slot s6 local f64
slot s7 output f64 "y"
slot s8 local f64
slot s9 local i64
slot s10 constant f64 = 4.0
r0:
  s9 = copy s1
  s3 = lt s9 s2
  branch s3 r1 r2
r1:
  s4 = convert s9
  s5 = mul s0 s4
  jump r3
r2:
  s5 = neg s0
  jump r3
r3:
  s6 = copy s5
  s8 = div s6 s10
  s7 = copy s8
  end
)");
    PipelineReport report = run_pipeline(program);
    EXPECT_TRUE(report.complaints.empty());
    EXPECT_EQ(routines_of(program), "\nr0:\n  s1 = mul s0 s2\n  end\n");
    EXPECT_EQ(program.vm_bytes, 0);
}

TEST(pipeline, times_every_pass_and_shows_the_program_after_each) {
    Program program = well_formed(
        "slot s0 output i64 \"y\"\nslot s1 constant i64 = 1\nr0:\n s0 = copy s1\n end\n");
    std::vector<std::string_view> seen;
    PipelineReport report = run_pipeline(program, [&](std::string_view pass, const Program& now) {
        seen.push_back(pass);
        EXPECT_TRUE(verify(now).empty());
    });
    EXPECT_EQ(seen, pass_names());
    ASSERT_EQ(report.timings.size(), seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(report.timings[i].name, seen[i]);
    EXPECT_EQ(seen.back(), "layout");
}

TEST(pipeline, hands_on_the_complaints_of_the_uniformity_pass) {
    Program program = well_formed(R"(
slot s0 input bool "c"
slot s1 input i64 "x"
slot s2 output i64 "y"
r0:
  branch s0 r1 r2
r1:
  s2 = batch_sum s1 then r2
r2:
  end
)");
    EXPECT_EQ(run_pipeline(program).complaints.size(), 1u);
}

TEST(pipeline, gives_the_same_program_when_run_again) {
    Program program = well_formed(R"(
slot s0 input i64 "n"
slot s1 local i64
slot s2 local i64
slot s3 constant i64 = 1
slot s4 local bool
slot s5 output i64 "y"
slot s6 local i64
slot s7 local i64
r0:
  s1 = copy s3
  s2 = copy s3
  jump r1
r1:
  s4 = lt s1 s0
  branch s4 r2 r3
r2:
  s6 = mul s2 s1
  s2 = copy s6
  s7 = add s1 s3
  s1 = copy s7
  jump r1 back
r3:
  s5 = copy s2
  end
)");
    run_pipeline(program);
    Program again = program;
    run_pipeline(again);
    EXPECT_EQ(print_microcode(again), print_microcode(program));
    EXPECT_EQ(program.vm_bytes, 20);
}

// `statements` pieces of: an if around an assignment, inside one loop that may be left from each of
// them.
std::string branching_program(int statements) {
    std::string text =
        "slot s0 input bool \"c\"\nslot s1 input f64 \"x\"\nslot s2 output f64 \"y\"\n";
    std::string code = "r0:\n jump r1\n";
    int slots = 3;
    int routines = 1;
    for (int i = 0; i < statements; ++i) {
        int variable = slots++, temporary = slots++, condition = slots++;
        text += "slot s" + std::to_string(variable) + " local f64\nslot s" +
                std::to_string(temporary) + " local f64\nslot s" + std::to_string(condition) +
                " local bool\n";
        auto s = [](int id) { return " s" + std::to_string(id); };
        auto r = [&](int step) { return " r" + std::to_string(routines + step); };
        int before = i == 0 ? 1 : variable - 3;
        code += "r" + std::to_string(routines) + ":\n" + s(temporary) + " = add" + s(before) +
                " s1\n" + s(variable) + " = copy" + s(temporary) + "\n" + s(condition) + " = lt" +
                s(variable) + " s1\n branch" + s(condition) + r(1) + r(2) + "\n";
        code += "r" + std::to_string(routines + 1) + ":\n" + s(variable) + " = neg" + s(before) +
                "\n" +
                (i % 7 == 6 ? " branch s0 r" + std::to_string(2 * statements + 1) + r(2)
                            : " jump" + r(2)) +
                "\n";
        routines += 2;
    }
    code +=
        "r" + std::to_string(routines) + ":\n s2 = copy s" + std::to_string(slots - 3) + "\n end\n";
    return text + code;
}

// `statements` statements in a row, each of which reads some of those before.
std::string straight_program(int statements) {
    std::string text = "slot s0 input f64 \"x\"\nslot s1 output f64 \"y\"\n";
    std::string code = "r0:\n";
    for (int i = 2; i < statements + 2; ++i) {
        auto s = [](int id) { return " s" + std::to_string(id); };
        text += "slot s" + std::to_string(i) + " local f64[" + std::to_string(1 + i % 5) + "]\n";
        code += s(i) + " = " + (i % 3 == 0 ? "copy s0" : "mul s0 s0") + "\n s1 = sum" +
                s(2 + (i * 7 % (i - 1))) + " {0}\n";
    }
    return text + code + " end\n";
}

// Of the processor, since others may be at work beside.
double seconds_of_this_thread() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_for(Program program) {
    const double begin = seconds_of_this_thread();
    run_pipeline(program);
    EXPECT_TRUE(verify(program).empty());
    return seconds_of_this_thread() - begin;
}

TEST(pipeline, takes_time_in_proportion_to_the_program) {
    for (auto make : {branching_program, straight_program}) {
        double small = seconds_for(well_formed(make(500)));
        double large = seconds_for(well_formed(make(4000)));
        EXPECT_LT(large, 32 * small + 0.2)
            << "8 times the statements took " << large << " s, not " << small;
        EXPECT_LT(large, 20.0);
    }
}

}  // namespace
}  // namespace dunlin::ir
