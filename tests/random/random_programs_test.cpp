// The machinery itself: the generator writes what it should, and what is wrong is found, made small
// and kept.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "tests/random/edit.hpp"
#include "tests/random/generator.hpp"
#include "tests/random/modes.hpp"
#include "tests/random/reduce.hpp"
#include "tests/random/saved.hpp"
#include "tests/random/summary.hpp"

namespace dunlin::random_programs {
namespace {

constexpr std::chrono::seconds kReductionTime{60};

RandomProgram program_of_seed(std::uint64_t seed) {
    Choices choices(seed);
    return generate(choices);
}

Program load(const RandomProgram& source) {
    return *Program::from_text("random.dun", source.text(), source.load_options());
}

bool uses(const Program& program, const std::string& operation) {
    return program.explain("microcode")->find(" = " + operation + " ") != std::string::npos;
}

// Runs as the reference does, and then spoils what it has seen where the program has the operation.
Way spoiled(const std::string& operation, const std::function<void(Observation&)>& spoil) {
    return {"spoiled " + operation, [=](const Program& program, const Plan& plan) {
                std::vector<Observation> seen = {run_reference(program, plan)};
                if (uses(program, operation)) spoil(seen[0]);
                return seen;
            }};
}

// The lowest bit of the last element of the last output.
void flip_bit(Observation& seen) {
    if (!seen.ports.empty() && !seen.ports.back().bytes.empty()) {
        auto size = static_cast<std::size_t>(size_of(seen.ports.back().type.dtype));
        *(seen.ports.back().bytes.end() - static_cast<std::ptrdiff_t>(size)) ^= std::byte{1};
    }
}

TEST(choices, are_the_first_ones_when_the_bytes_are_used_up) {
    std::vector<std::uint8_t> bytes = {7, 1, 2};
    Choices choices(bytes);
    EXPECT_EQ(choices.below(5), 2u);
    EXPECT_EQ(choices.below(1000), 0x201u);
    EXPECT_EQ(choices.below(5), 0u);
    EXPECT_FALSE(choices.once_in(2));
    EXPECT_FALSE(choices.percent(99));
    EXPECT_EQ(choices.weighted(std::vector<int>{0, 3, 1}), 1u);
}

TEST(generator, writes_the_same_program_for_the_same_seed) {
    RandomProgram one = program_of_seed(3);
    RandomProgram other = program_of_seed(3);
    EXPECT_EQ(one.text(), other.text());
    ASSERT_EQ(one.data.size(), other.data.size());
    for (std::size_t k = 0; k < one.data.size(); ++k)
        EXPECT_EQ(one.data[k].bytes, other.data[k].bytes);
    EXPECT_NE(one.text(), program_of_seed(4).text());
}

TEST(generator, programs_are_accepted_and_busy) {
    int accepted = 0;
    int dull = 0;
    std::int64_t vms = 0;
    std::int64_t faulted = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        RandomProgram source = program_of_seed(seed);
        auto program = Program::from_text("random.dun", source.text(), source.load_options());
        ASSERT_TRUE(program);
        if (!program->ok()) continue;
        ++accepted;
        Observation seen = run_reference(*program, plan_of(source));
        ASSERT_EQ(seen.error, "") << source.text();
        for (const VmStatus& status : seen.statuses) faulted += status.outcome == Outcome::Faulted;
        vms += static_cast<std::int64_t>(seen.statuses.size());
        dull += std::all_of(seen.ports.begin(), seen.ports.end(), [](const Observed& port) {
            return std::all_of(port.bytes.begin(), port.bytes.end(),
                               [](std::byte byte) { return byte == std::byte{0}; });
        });
    }
    EXPECT_GT(accepted, 388);
    EXPECT_GT(faulted * 100, vms * 3);
    EXPECT_LT(faulted * 100, vms * 40);
    EXPECT_LT(dull, 40);
}

// Whatever a fuzzer comes up with is a program, too.
TEST(generator, any_bytes_are_a_program) {
    std::mt19937 random(1);
    std::vector<std::uint8_t> bytes;
    for (int k = 0; k < 200; ++k) {
        Choices choices(bytes);
        RandomProgram source = generate(choices);
        auto program = Program::from_text("random.dun", source.text(), source.load_options());
        ASSERT_TRUE(program && program->ok()) << program->diagnostics()[0].rendered;
        bytes.resize(random() % 2000);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    }
}

TEST(printing, puts_parts_blocks_and_numbers_in_their_places) {
    RandomProgram program;
    Expression five = plain_value({DType::I8, {}});
    five.text = "5";
    program.statements.push_back({"x = $0 + $w1", {five, five}, {}, "", {"x"}});
    Statement halt{"halt", {}, {}, "", {}};
    program.statements.push_back(
        {"if $0 $b0 else $b1", {plain_value({DType::Bool, {}})}, {{halt}, {}}, "", {}});
    program.statements.push_back({"y = zeros(#3)", {}, {}, "", {"y"}});
    EXPECT_EQ(program.text(), "x = i8(5) + 5\nif true {\n  halt\n}\ny = zeros(3)\n");
    change_sizes(program, {{3, 2}});
    EXPECT_EQ(sizes_in(program), std::set<std::int64_t>{2});
}

// One bit, one VM, one status, one line: each is seen, and said.
TEST(comparison, finds_every_kind_of_difference) {
    RandomProgram source;
    source.vms = 3;
    source.statements.push_back({"output y = [sort([vm_id, 5])[0], 7]", {}, {}, "", {"y"}});
    source.statements.push_back({"print vm_id", {}, {}, "", {}});
    source.statements.push_back({"y[0] = 12 // (vm_id - 1)", {}, {}, "", {"y"}});
    auto found = [&](const std::function<void(Observation&)>& spoil) {
        auto difference = compare(source, {spoiled("sort", spoil)});
        return difference ? difference->text : "";
    };
    EXPECT_EQ(found([](Observation&) {}), "");
    EXPECT_EQ(found(flip_bit), "VM 2, y[1]: 6 (0000000000000006), expected 7 (0000000000000007)");
    EXPECT_EQ(found([](Observation& seen) { seen.statuses[1] = {}; }),
              "VM 1: finished, expected divide_by_zero () in line 3, column 8");
    EXPECT_EQ(found([](Observation& seen) { seen.prints.clear(); }),
              "printed nothing, expected 2: 0");
    EXPECT_EQ(found([](Observation& seen) { seen.error = "no memory"; }),
              "error no memory, expected none");
}

TEST(comparison, the_ways_of_the_interpreter_agree) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        auto difference = compare(program_of_seed(seed), interpreter_ways());
        EXPECT_FALSE(difference) << difference->mode << ": " << difference->text;
    }
}

TEST(comparison, ways_have_names) {
    EXPECT_EQ(ways_named("all")->size(), interpreter_ways().size() + cpu_ways().size());
    EXPECT_EQ(ways_named("cpu-vm-16,interpreter-alone")->size(), 2u);
    EXPECT_FALSE(ways_named("cpu-vm-17"));
}

// A planted bug: wherever the operation occurs, one bit is wrong.
void expect_small(const std::string& operation) {
    std::vector<Way> ways = {spoiled(operation, flip_bit)};
    std::uint64_t seed = 0;
    std::optional<Difference> difference;
    while (seed < 2000 && !(difference = compare(program_of_seed(seed), ways))) ++seed;
    ASSERT_TRUE(difference) << "no program has " << operation;
    RandomProgram large = program_of_seed(seed);
    RandomProgram small = reduce(
        large, [&](const RandomProgram& candidate) { return compare(candidate, ways).has_value(); },
        kReductionTime);
    EXPECT_TRUE(uses(load(small), operation)) << small.text();
    EXPECT_LE(count_lines(small), 5) << small.text();
    EXPECT_EQ(small.vms, 1) << small.text();
    EXPECT_EQ(small.steps, 1);
}

TEST(reducer, makes_a_program_with_a_wrong_sort_small) {
    expect_small("sort");
}
TEST(reducer, makes_a_program_with_a_wrong_scatter_small) {
    expect_small("scatter");
}
TEST(reducer, makes_a_program_with_a_wrong_batch_sum_small) {
    expect_small("batch_sum");
}

TEST(reducer, keeps_the_vms_and_turns_that_matter) {
    RandomProgram source;
    source.vms = 20;
    source.steps = 3;
    source.statements.push_back({"state s: int", {}, {}, "", {"s"}});
    source.statements.push_back({"s += 1", {}, {}, "", {"s"}});
    source.statements.push_back({"output y = s * vm_count", {}, {}, "", {"y"}});
    auto fails = [](const RandomProgram& candidate) {
        Program program = load(candidate);
        if (!program.ok() || !program.port("y") || !program.port("s")) return false;
        Observation seen = run_reference(program, plan_of(candidate));
        std::int64_t y = 0;
        std::memcpy(&y, seen.ports[1].bytes.data(), sizeof y);
        return y >= 10;
    };
    RandomProgram small = reduce(source, fails, kReductionTime);
    EXPECT_GE(small.vms * small.steps, 10);
    EXPECT_LT(small.vms * small.steps, 15);
}

// What is saved can be read again, and does the same.
TEST(saving, what_was_found_is_found_again) {
    namespace fs = std::filesystem;
    std::string folder =
        (fs::temp_directory_path() / ("random_programs_" + std::to_string(getpid()))).string();
    int compared = 0;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        RandomProgram source = program_of_seed(seed);
        auto error = save(source, folder, "p", "Why it is here.");
        ASSERT_FALSE(error) << error->message << "\n" << source.text();
        auto saved = load_saved(folder + "/p.dun");
        ASSERT_TRUE(saved) << source.text();
        Observation expected = run_reference(load(source), plan_of(source));
        Observation found = run_reference(saved->program, saved->plan);
        ASSERT_EQ(found.ports.size(), expected.ports.size());
        for (std::size_t k = 0; k < found.ports.size(); ++k, ++compared)
            EXPECT_TRUE(found.ports[k].bytes == expected.ports[k].bytes)
                << seed << " " << found.ports[k].port;
    }
    EXPECT_GT(compared, 30);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace dunlin::random_programs
