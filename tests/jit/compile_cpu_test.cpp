// Text becomes machine code, for each instruction set, with strict arithmetic, in several threads;
// and what is wrong with a text is said.
#include "jit/compile_cpu.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>
#include <vector>

#include "tests/jit/kernels.hpp"

#if defined(__has_feature)
#define DUNLIN_LOOKS_FOR_LEAKS __has_feature(address_sanitizer)
#else
#define DUNLIN_LOOKS_FOR_LEAKS 0
#endif
#if DUNLIN_LOOKS_FOR_LEAKS
#include <sanitizer/lsan_interface.h>
#endif

namespace dunlin::jit {

namespace {

TEST(InstructionSets, HaveNamesThatAreReadBack) {
    for (const auto set :
         {InstructionSet::Baseline, InstructionSet::Avx2, InstructionSet::Avx512}) {
        EXPECT_EQ(instruction_set_of_name(name_of(set)), set);
    }
    EXPECT_EQ(instruction_set_of_name("sse9"), std::nullopt);
}

TEST(CompileCpu, TextBecomesAFunction) {
    const MachineCode code = code_of("extern \"C\" int twice(int x) { return 2 * x; }");
    const auto twice = code.function<int(int)>("twice");
    ASSERT_NE(twice, nullptr);
    EXPECT_EQ(twice(21), 42);
}

constexpr const char* kSumOfVectors = R"(
    typedef float Lanes __attribute__((ext_vector_type(16)));
    extern "C" void sum(const float* a, const float* b, float* result) {
        *(Lanes*)result = *(const Lanes*)a + *(const Lanes*)b;
    })";

TEST(CompileCpu, EveryInstructionSetComputesTheSame) {
    for (const InstructionSet set : usable_sets()) {
        alignas(64) float a[16];
        alignas(64) float b[16];
        alignas(64) float result[16] = {};
        for (int i = 0; i < 16; ++i) {
            a[i] = static_cast<float>(i);
            b[i] = 0.5f;
        }
        const MachineCode code = code_of(kSumOfVectors, {.instruction_set = set});
        code.function<void(const float*, const float*, float*)>("sum")(a, b, result);
        for (int i = 0; i < 16; ++i) EXPECT_EQ(result[i], a[i] + 0.5f) << name_of(set);
    }
}

TEST(CompileCpu, AssemblyShowsTheRegistersOfTheSet) {
    const auto assembly = [](InstructionSet set) {
        return compiled(kSumOfVectors, {.instruction_set = set, .output = CompileOutput::Assembly});
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(assembly(InstructionSet::Avx512), "%zmm0"));
    EXPECT_TRUE(has(assembly(InstructionSet::Avx2), "%ymm0"));
    EXPECT_FALSE(has(assembly(InstructionSet::Avx2), "%zmm0"));
    EXPECT_TRUE(has(assembly(InstructionSet::Baseline), "%xmm0"));
    EXPECT_FALSE(has(assembly(InstructionSet::Baseline), "%ymm0"));
}

TEST(CompileCpu, IntermediateCodeIsText) {
    const std::string text = compiled("extern \"C\" int twice(int x) { return 2 * x; }",
                                      {.output = CompileOutput::IntermediateCode});
    EXPECT_NE(text.find("define"), std::string::npos) << text;
    EXPECT_NE(text.find("@twice"), std::string::npos) << text;
}

TEST(CompileCpu, TheSameTextGivesTheSameBytes) {
    EXPECT_EQ(compiled(kSumOfVectors), compiled(kSumOfVectors));
}

TEST(CompileCpu, SaysWhereTheTimeWent) {
    const auto result = compile_cpu(kSumOfVectors);
    const CompileTimes& times = std::get<Compiled>(result).times;
    EXPECT_GT(times.front_end, 0);
    EXPECT_GT(times.optimisation, 0);
    EXPECT_GT(times.code_generation, 0);
}

// --- Strict arithmetic

TEST(CompileCpu, TwoOperationsDoNotBecomeOne) {
    // Where the product is not rounded, as in a fused multiply-add, the result is not 0.
    const float a = 1.0f + std::ldexp(1.0f, -12);
    for (const InstructionSet set : usable_sets()) {
        const MachineCode code =
            code_of("extern \"C\" float f(float a, float b, float c) { return a * b - c; }",
                    {.instruction_set = set});
        const float rounded = a * a;
        EXPECT_EQ(code.function<float(float, float, float)>("f")(a, a, rounded), 0.0f);
    }
}

TEST(CompileCpu, NothingIsAssumedOfNumbers) {
    const MachineCode code = code_of(R"(
        extern "C" float times_zero(float x) { return x * 0.0f; }
        extern "C" float plus_zero(float x) { return x + 0.0f; }
        extern "C" float minus_itself(float x) { return x - x; }
        extern "C" float over_ten(float x) { return x / 10.0f; }
        extern "C" float there_and_back(float x, float y) { return (x + y) - y; }
    )");
    const auto call = [&](const char* name, float x) {
        return code.function<float(float)>(name)(x);
    };
    const float infinity = std::numeric_limits<float>::infinity();
    EXPECT_TRUE(std::isnan(call("times_zero", infinity)));
    EXPECT_TRUE(std::signbit(call("times_zero", -1.0f)));
    EXPECT_FALSE(std::signbit(call("plus_zero", -0.0f)));
    EXPECT_TRUE(std::isnan(call("minus_itself", infinity)));
    EXPECT_EQ(call("over_ten", 3.0f), 3.0f / 10.0f);
    EXPECT_EQ(code.function<float(float, float)>("there_and_back")(1.0f, 1e10f), 0.0f);
}

TEST(CompileCpu, SubnormalsAreKept) {
    const MachineCode code = code_of("extern \"C\" float half(float x) { return x * 0.5f; }");
    const float smallest_normal = std::numeric_limits<float>::min();
    EXPECT_EQ(code.function<float(float)>("half")(smallest_normal), smallest_normal / 2);
}

// --- Several threads

// A kernel with vectors, a loop, a table and calls of the host, different for each number.
std::string text_of_kernel(int number) {
    return R"(
        typedef float Lanes __attribute__((ext_vector_type(16)));
        template <int turns>
        static inline Lanes stirred(Lanes x) {
            for (int i = 0; i < turns; ++i) x = __builtin_elementwise_sqrt(x * x + (float)i);
            return x;
        }
        extern "C" float kernel(float* values, int choice) {
            Lanes x = stirred<)" +
           std::to_string(number % 5 + 1) + R"(>(*(Lanes*)values);
            *(Lanes*)values = x;
            switch (choice) {
                case 0: return 0.25f;
                case 1: return 1.5f;
                case 2: return values[3];
                case 3: return __builtin_fmaf(values[1], 2.0f, 3.0f);
                case 4: return )" +
           std::to_string(number) + R"(;
                default: return -1;
            }
        })";
}

TEST(CompileCpu, ManyTextsInFourThreads) {
    constexpr int kThreads = 4;
    constexpr int kTexts = 32;
    std::vector<MachineCode> codes(kTexts);
    const auto compile_some = [&codes](int first) {
        for (int i = first; i < kTexts; i += kThreads) {
            const auto sets = usable_sets();
            codes[i] = code_of(text_of_kernel(i), {.instruction_set = sets[i % sets.size()]});
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(compile_some, i);
    for (std::thread& thread : threads) thread.join();
    for (int i = 0; i < kTexts; ++i) {
        alignas(64) float values[16] = {};
        const auto kernel = codes[i].function<float(float*, int)>("kernel");
        ASSERT_NE(kernel, nullptr);
        EXPECT_EQ(kernel(values, 4), static_cast<float>(i));
        EXPECT_EQ(kernel(values, 9), -1.0f);
    }
}

TEST(CompileCpu, ErrorsInSeveralThreadsStayApart) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i] {
            for (int turn = 0; turn < 4; ++turn) {
                const std::string name = "name" + std::to_string(i);
                const std::string log = log_of("int x = " + name + ";");
                EXPECT_NE(log.find("'" + name + "'"), std::string::npos) << log;
                EXPECT_EQ(log.find("error"), log.rfind("error:")) << log;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

// --- What is wrong is said

TEST(CompileCpu, AnErrorNamesItsLine) {
    const std::string log = log_of("int a;\nint b = c;\n", {.name = "segment 7"});
    EXPECT_NE(log.find("segment 7:2:9: error: use of undeclared identifier 'c'"), std::string::npos)
        << log;
}

TEST(CompileCpu, AnErrorNamesTheLineThatTheTextClaims) {
    const std::string log = log_of("#line 12 \"heat.dun\"\nint b = c;\n");
    EXPECT_NE(log.find("heat.dun:12:9: error:"), std::string::npos) << log;
}

TEST(CompileCpu, NothingCanBeIncluded) {
    EXPECT_NE(log_of("#include <stdio.h>").find("'stdio.h' file not found"), std::string::npos);
    EXPECT_NE(log_of("#include \"/etc/passwd\"").find("file not found"), std::string::npos);
}

TEST(CompileCpu, AnErrorOfTheBackEndIsAnError) {
    // Clang cannot know that there are not as many registers.
    const std::string log = log_of(R"(
        extern "C" void f(long* p) {
            long a, b, c, d, e, g, h, i, j, k, l, m, n, o, q, r, s;
            asm volatile("" : "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d), "=&r"(e), "=&r"(g), "=&r"(h),
                              "=&r"(i), "=&r"(j), "=&r"(k), "=&r"(l), "=&r"(m), "=&r"(n), "=&r"(o),
                              "=&r"(q), "=&r"(r), "=&r"(s));
            *p = a + b + c + d + e + g + h + i + j + k + l + m + n + o + q + r + s;
        }
    )");
    EXPECT_NE(log.find("more registers than available"), std::string::npos) << log;
    EXPECT_EQ(log.find("fatal"), std::string::npos) << log;
}

/// What LLVM was working on when it gave up cannot be destroyed; a sanitizer that looks for leaks
/// must know.
#if DUNLIN_LOOKS_FOR_LEAKS
using LeaksAreMeant = __lsan::ScopedDisabler;
#else
struct LeaksAreMeant {
    LeaksAreMeant() {}
};
#endif

// LLVM's way to give up is to end the process; here it must only end the compilation.
TEST(CompileCpu, TheProcessOutlivesLlvmGivingUp) {
    // A kernel that asks for a register which the code generator cannot spare.
    const std::string text = R"(
        register unsigned long base asm("rbp");
        extern "C" unsigned long f() { return base; }
    )";
    const LeaksAreMeant leaks_are_meant;
    const std::string log = log_of(text);
    EXPECT_NE(log.find("fatal error: "), std::string::npos) << log;
    EXPECT_EQ(code_of("extern \"C\" int one() { return 1; }").function<int()>("one")(), 1);
}

TEST(CompileCpuDeathTest, SaysThatThereIsNoCompiler) {
    // In a process of its own, since a module is opened once.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto compile_without_module = [] {
        setenv("DUNLIN_MODULES", "/nonexistent", 1);
        const auto result = compile_cpu("");
        const auto& failure = std::get<CompileFailure>(result);
        std::fputs(failure.log.c_str(), stderr);
        std::exit(failure.no_compiler ? 3 : 4);
    };
    EXPECT_EXIT(compile_without_module(), testing::ExitedWithCode(3),
                "the compiler module libdunlin_clang.so cannot be opened: it is in none of the "
                "folders /nonexistent");
}

TEST(CompileCpuDeathTest, SaysThatTheModuleIsNone) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto compile_with_text_as_module = [] {
        const auto folder =
            std::filesystem::temp_directory_path() / ("dunlin_modules_" + std::to_string(getpid()));
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "libdunlin_clang.so") << "not a library";
        setenv("DUNLIN_MODULES", folder.c_str(), 1);
        std::fputs(open_cpu_compiler().c_str(), stderr);
        std::filesystem::remove_all(folder);
        std::exit(3);
    };
    EXPECT_EXIT(compile_with_text_as_module(), testing::ExitedWithCode(3),
                "the compiler module libdunlin_clang.so cannot be opened: .*libdunlin_clang.so");
}

}  // namespace

}  // namespace dunlin::jit
