// Kernel text begins with as much of the prelude as it uses, and that compiles.
#include "jit/lanes/prelude_text.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <variant>

#include "jit/compile_cpu.hpp"
#include "jit/lanes/library.hpp"
#include "jit/lanes/pieces.hpp"
#include "jit/lanes/prelude_files.hpp"
#include "jit/machine_code.hpp"

namespace dunlin::jit {
namespace {

TEST(Pieces, TakesWhatIsNeededAndNoMore) {
    const Pieces pieces(
        {"#define ONE 1\nnamespace a {\nusing number = int;\ntemplate <class T>\nT twice(T x) {\n"
         "return x + x;\n}\nstruct Pair {\nnumber high, low;\n};\n",
         "inline constexpr number kTable[2] = {\n0x1f, 2};\nnumber sum(Pair p) {\nreturn "
         "p.high;\n}\n"
         "number other() {\nreturn kTable[ONE];\n}\n}\n"});
    const std::string frame = "#define ONE 1\nnamespace a {\n}\n";
    EXPECT_EQ(pieces.closure({}), frame);
    EXPECT_EQ(pieces.closure({"no_such_name", "f", "x1f"}), frame);
    EXPECT_EQ(pieces.closure({"twice"}),
              "#define ONE 1\nnamespace a {\ntemplate <class T>\nT twice(T x) {\nreturn x + x;\n}\n"
              "}\n");
    EXPECT_EQ(
        pieces.closure({"sum"}),
        "#define ONE 1\nnamespace a {\nusing number = int;\nstruct Pair {\nnumber high, low;\n"
        "};\nnumber sum(Pair p) {\nreturn p.high;\n}\n}\n");
    EXPECT_EQ(pieces.closure({"other"}),
              "#define ONE 1\nnamespace a {\nusing number = int;\n"
              "inline constexpr number kTable[2] = {\n0x1f, 2};\n"
              "number other() {\nreturn kTable[ONE];\n}\n}\n");
}

TEST(Pieces, FindsNamesBehindAPrefix) {
    const std::string text = "V::f64 x = V::add(y, NV::no, S::one) + V::kLanes;V::";
    EXPECT_EQ(names_after("V::", text), (std::set<std::string_view>{"f64", "add", "kLanes", ""}));
    EXPECT_EQ(names_after("S::", text), (std::set<std::string_view>{"one"}));
    EXPECT_EQ(words_of("a1+0x2f.b_c(d)"), (std::set<std::string_view>{"a1", "b_c", "d"}));
}

/// The names that the prelude's headers declare, found in another way than Pieces does.
std::set<std::string> declared_names() {
    const std::regex declaration(
        "DUNLIN_LANE_(?:FUNCTION|ROUTINE)[^(\n]*?(\\w+)\\(|"
        "\n(?:struct|using) (\\w+)|\ninline constexpr \\w+ (\\w+)");
    std::set<std::string> names;
    for (const PreludeFile& file : prelude_files()) {
        const std::string text(file.text);
        for (auto match = std::sregex_iterator(text.begin(), text.end(), declaration);
             match != std::sregex_iterator(); ++match)
            for (std::size_t group = 1; group <= 3; ++group)
                if ((*match)[group].matched) names.insert((*match)[group]);
    }
    return names;
}

/// Empty, or what the compiler says of the text.
std::string log_of(const std::string& text) {
    const auto compiled = compile_cpu(text);
    const auto* failure = std::get_if<CompileFailure>(&compiled);
    return failure != nullptr ? failure->log : "";
}

TEST(PreludeText, EveryNameBringsWhatItNeeds) {
    const std::set<std::string> names = declared_names();
    EXPECT_GT(names.size(), 150u);
    EXPECT_TRUE(names.contains("floor_div") && names.contains("tile_put"));
    for (const std::string& name : names) {
        for (const int width : {1, 16}) {
            const std::string use = "// V::" + name + "\n";
            ASSERT_EQ(log_of(cpu_prelude_text(width, use)), "") << name << ", " << width;
        }
        ASSERT_EQ(log_of(cuda_prelude_text("// S::" + name)), "") << name;
    }
}

/// Three vectors: a few functions that are inlined, a few of the library, masks, and plain numbers.
const char* const kKernel = R"(
extern "C" void kernel(S::f64* to, const S::f64* from, S::f64 u) {
    const V::f64 x = V::load_lanes(from);
    V::store_lanes(to, V::exp(x) * V::sin(x) + V::broadcast<V::f64>(S::pow(u, u)));
    const auto block = V::random_block(V::u64(9), V::bits(x), V::u64(7));
    V::store_lanes(to + V::kLanes, V::uniform(V::join_words(block.word[1], block.word[2])));
    const V::i32 q = V::converted<V::i32>(x * V::broadcast<V::f64>(100.0));
    const V::mask odd = V::floor_mod<V::i32>(q, V::i32(2)) != V::i32(0);
    const V::i32 power = V::integer_power(q, V::i32(3));
    const V::i32 divided = V::floor_div(power, V::select(q == V::i32(0), V::i32(1), q));
    V::store_lanes(to + 2 * V::kLanes, V::converted<V::f64>(V::select(odd, divided, power)));
    S::i64 keys[32 * 5];
    for (int k = 0; k < 5; ++k)
        V::store_lanes(keys + k * V::kLanes, V::converted<V::i64>(x * V::broadcast<V::f64>(k * k - 3 * k)));
    V::sort_keys<V::i64>(keys, 5, true);
    const V::i64 sum = V::reduce_short<V::i64, V::Add>(2, [&](S::Count k) {
        return V::load_lanes(keys + k * V::kLanes);
    });
    V::store_lanes(to + 3 * V::kLanes, V::converted<V::f64>(sum));
}
)";

/// The kernel over the elements of `from`, one call a vector; what it stored for each of them, in
/// fours.
std::vector<double> run(int width, const std::vector<double>& from) {
    const auto set = instruction_set_of_this_cpu();
    const auto compiled = compile_cpu(cpu_prelude_text(width, kKernel) + kKernel);
    if (const auto* failure = std::get_if<CompileFailure>(&compiled)) {
        ADD_FAILURE() << failure->log;
        return {};
    }
    auto loaded = MachineCode::load(std::get<Compiled>(compiled).bytes, lane_library(set));
    if (const auto* failure = std::get_if<LoadFailure>(&loaded)) {
        ADD_FAILURE() << failure->message;
        return {};
    }
    const MachineCode& code = std::get<MachineCode>(loaded);
    auto* kernel = code.function<void(double*, const double*, double)>("kernel");
    const auto lanes = static_cast<std::size_t>(width);
    std::vector<double> results(from.size() * 4);
    for (std::size_t at = 0; at < from.size(); at += lanes) {
        std::vector<double> to(4 * lanes);
        kernel(to.data(), &from[at], 1.25);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            for (std::size_t k = 0; k < 4; ++k) results[(at + lane) * 4 + k] = to[k * lanes + lane];
        }
    }
    return results;
}

TEST(PreludeText, AKernelGivesTheSameInEveryMeaning) {
    std::vector<double> from(32);
    for (std::size_t k = 0; k < from.size(); ++k) from[k] = static_cast<double>(k) * 0.37 - 4.0;
    const std::vector<double> one = run(1, from);
    const std::vector<double> sixteen = run(16, from);
    const std::vector<double> thirty_two = run(32, from);
    ASSERT_EQ(one.size(), from.size() * 4);
    ASSERT_EQ(sixteen.size(), from.size() * 4);
    ASSERT_EQ(thirty_two.size(), from.size() * 4);
    for (std::size_t k = 0; k < one.size(); ++k) {
        EXPECT_EQ(one[k], sixteen[k]) << k;
        EXPECT_EQ(one[k], thirty_two[k]) << k;
    }
    EXPECT_NE(one[0], one[4]);
    EXPECT_NE(one[3], one[7]);
}

}  // namespace
}  // namespace dunlin::jit
