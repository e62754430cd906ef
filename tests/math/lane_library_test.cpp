// The lane library gives the interpreter's bits, for every function, instruction set and meaning of
// a lane that this processor can run.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "jit/lanes/library.hpp"
#include "tests/math/library_kernels.hpp"

namespace dunlin::tests {
namespace {

constexpr std::size_t kCount = 32 * 128;

/// Where functions turn: ends of ranges, ends of the paths inside, multiples of pi.
template <class Float>
std::vector<Float> hard_floats() {
    using Limits = std::numeric_limits<Float>;
    std::vector<Float> values = {0,
                                 1,
                                 Float(0.5),
                                 2,
                                 3,
                                 Limits::infinity(),
                                 Limits::quiet_NaN(),
                                 Limits::denorm_min(),
                                 Limits::min(),
                                 Limits::max(),
                                 Limits::epsilon(),
                                 Float(std::ldexp(1.0, 20)),
                                 Float(std::ldexp(1.0, 16)),
                                 Float(709.78),
                                 Float(745.1),
                                 Float(88.72),
                                 Float(103.9),
                                 Float(171.6),
                                 Float(1e22),
                                 Float(std::ldexp(6381956970095103.0, 797))};
    for (int k = 1; k < 40; ++k) values.push_back(Float(k * 1.5707963267948966));
    const std::size_t positive = values.size();
    for (std::size_t k = 0; k < positive; ++k) {
        values.push_back(std::nextafter(values[k], Float(0)));
        values.push_back(std::nextafter(values[k], Limits::infinity()));
    }
    const std::size_t count = values.size();
    for (std::size_t k = 0; k < count; ++k) values.push_back(-values[k]);
    return values;
}

template <class Float, class Bits>
std::vector<char> floats(std::mt19937_64& random) {
    static const std::vector<Float> hard = hard_floats<Float>();
    std::vector<Float> values(kCount);
    for (std::size_t k = 0; k < kCount; ++k) {
        const double fraction = static_cast<double>(random() >> 11) * 0x1p-53;
        switch (k % 4) {
            case 0: values[k] = hard[random() % hard.size()]; break;
            case 1: values[k] = static_cast<Float>((fraction - 0.5) * 40); break;
            case 2:
                values[k] = static_cast<Float>(
                    std::ldexp(fraction - 0.5, static_cast<int>(random() % 80) - 40));
                break;
            default: values[k] = std::bit_cast<Float>(static_cast<Bits>(random()));
        }
    }
    std::vector<char> bytes(kCount * sizeof(Float));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::vector<char> integers(std::size_t size, std::mt19937_64& random) {
    std::vector<char> bytes(kCount * size);
    for (std::size_t k = 0; k < kCount; ++k) {
        std::uint64_t value = random() >> (random() % 64);
        if (k % 4 == 0) value = random() % 12 - 4;
        if (k % 16 == 1) value = std::uint64_t{1} << (size * 8 - 1);  // the lowest
        std::memcpy(&bytes[k * size], &value, size);
    }
    return bytes;
}

std::size_t size_of(const std::string& type) {
    if (type == "mask") return 1;
    return std::stoul(type.substr(1)) / 8;
}

std::vector<char> arguments(const std::string& type, std::mt19937_64& random) {
    if (type == "f32") return floats<float, std::uint32_t>(random);
    if (type == "f64") return floats<double, std::uint64_t>(random);
    std::vector<char> bytes = integers(size_of(type), random);
    if (type == "mask")
        for (char& byte : bytes) byte &= 1;
    return bytes;
}

const LibraryKernel* find(LibraryKernels kernels, const std::string& name,
                          const std::string& type) {
    for (int k = 0; k < kernels.count; ++k)
        if (kernels.first[k].name == name && kernels.first[k].type == type)
            return &kernels.first[k];
    return nullptr;
}

void expect_the_interpreters_bits(const LibraryKernel& kernel, const std::string& where) {
    const LibraryKernel* expected =
        find(library_kernels_of_interpreter(), kernel.name, kernel.type);
    ASSERT_NE(expected, nullptr) << kernel.name;
    std::mt19937_64 random(11);
    const std::size_t size = size_of(kernel.type);
    const std::vector<char> a = arguments(kernel.type, random);
    const std::vector<char> b = arguments(kernel.type, random);
    std::vector<char> right(a.size());
    std::vector<char> got(a.size());
    expected->run(a.data(), b.data(), right.data(), kCount);
    kernel.run(a.data(), b.data(), got.data(), kCount);
    for (std::size_t k = 0; k < kCount; ++k)
        ASSERT_EQ(std::memcmp(&right[k * size], &got[k * size], size), 0)
            << kernel.name << " of " << kernel.type << ", " << where << ", element " << k;
}

void expect_the_interpreters_bits(LibraryKernels kernels, const std::string& where) {
    for (int k = 0; k < kernels.count; ++k) expect_the_interpreters_bits(kernels.first[k], where);
}

TEST(LaneLibrary, HasTheInterpretersBitsOnEveryProcessor) {
    expect_the_interpreters_bits(library_kernels_baseline_1(), "baseline, 1 lane");
    expect_the_interpreters_bits(library_kernels_baseline_16(), "baseline, 16 lanes");
    expect_the_interpreters_bits(library_kernels_baseline_32(), "baseline, 32 lanes");
}
TEST(LaneLibrary, HasTheInterpretersBitsWithAvx2) {
    if (!__builtin_cpu_supports("x86-64-v3")) GTEST_SKIP() << "this processor has no AVX2";
    expect_the_interpreters_bits(library_kernels_avx2_1(), "avx2, 1 lane");
    expect_the_interpreters_bits(library_kernels_avx2_16(), "avx2, 16 lanes");
    expect_the_interpreters_bits(library_kernels_avx2_32(), "avx2, 32 lanes");
}
TEST(LaneLibrary, HasTheInterpretersBitsWithAvx512) {
    if (!__builtin_cpu_supports("x86-64-v4")) GTEST_SKIP() << "this processor has no AVX-512";
    expect_the_interpreters_bits(library_kernels_avx512_1(), "avx512, 1 lane");
    expect_the_interpreters_bits(library_kernels_avx512_16(), "avx512, 16 lanes");
    expect_the_interpreters_bits(library_kernels_avx512_32(), "avx512, 32 lanes");
}

TEST(LaneLibrary, HasTheSameNamesForEveryInstructionSet) {
    const auto baseline = jit::lane_library(jit::InstructionSet::Baseline);
    const auto avx512 = jit::lane_library(jit::InstructionSet::Avx512);
    ASSERT_EQ(baseline.size(), avx512.size());
    for (std::size_t k = 0; k < baseline.size(); ++k) {
        EXPECT_EQ(baseline[k].name, avx512[k].name);
        EXPECT_NE(baseline[k].address, avx512[k].address) << baseline[k].name;
        if (k > 0) {
            EXPECT_LT(baseline[k - 1].name, baseline[k].name);
        }
    }
}

TEST(LaneLibrary, DeclaresWhatIsAskedFor) {
    EXPECT_EQ(jit::library_declarations(16, {"no such function"}), "");
    const std::string one = jit::library_declarations(1, {"exp", "integer_power"});
    EXPECT_NE(one.find("\"dunlin_w1_exp_f64\""), one.npos);
    EXPECT_EQ(one.find("integer_power"), one.npos);
    const std::string wide = jit::library_declarations(32, {"integer_power"});
    EXPECT_NE(wide.find("u8 integer_power(u8,u8) __asm__(\"dunlin_w32_integer_power_u8\")"),
              wide.npos);
    EXPECT_EQ(wide.find("exp"), wide.npos);
}

}  // namespace
}  // namespace dunlin::tests
