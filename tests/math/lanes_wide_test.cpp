// Vectors of 16 and 32 lanes give the bits that single lanes give, for every function of the
// prelude; what goes through memory arrives; and sequences are joined and sorted in the right
// order.
//
// A program of its own, without a test library, because only clang compiles the wide lanes and the
// rest of the suite may be built by another compiler.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "tests/math/lane_kernels.hpp"
#include "tests/math/lane_memory.hpp"
#include "tests/math/lane_sequences.hpp"

namespace dunlin::tests {
namespace {

constexpr std::size_t kCount = 32 * 400;

template <class Float, class Bits>
void fill_floats(std::vector<char>& bytes, std::mt19937_64& random) {
    const double special[] = {0.0,      -0.0,      1.0, -1.0,   0.5,   2.0,
                              INFINITY, -INFINITY, NAN, 1e-310, 1e-42, 3.0};
    for (std::size_t i = 0; i < kCount; ++i) {
        Float value;
        const Bits bits = static_cast<Bits>(random());
        std::memcpy(&value, &bits, sizeof value);
        const double fraction = static_cast<double>(random() >> 11) * 0x1p-53;
        if (i % 4 == 1) value = static_cast<Float>((fraction - 0.5) * 40);
        if (i % 4 == 2)
            value = static_cast<Float>(std::ldexp(fraction, static_cast<int>(random() % 60) - 40));
        if (i % 16 == 3) value = static_cast<Float>(special[random() % std::size(special)]);
        if (i % 16 == 7) value = static_cast<Float>((fraction - 0.5) * 2000);
        std::memcpy(&bytes[i * sizeof value], &value, sizeof value);
    }
}

/// Of integers every third is small, so that shifts and powers do something.
void fill_integers(std::vector<char>& bytes, int size, std::mt19937_64& random) {
    for (std::size_t i = 0; i < kCount; ++i) {
        const std::uint64_t value = i % 3 == 0 ? random() % 70 : random() >> (random() % 64);
        std::memcpy(&bytes[i * static_cast<std::size_t>(size)], &value,
                    static_cast<std::size_t>(size));
    }
}

std::vector<char> arguments(Element element, std::mt19937_64& random) {
    std::vector<char> bytes(kCount * static_cast<std::size_t>(element.size));
    if (!element.is_float) {
        fill_integers(bytes, element.size, random);
    } else if (element.size == 4) {
        fill_floats<float, std::uint32_t>(bytes, random);
    } else {
        fill_floats<double, std::uint64_t>(bytes, random);
    }
    return bytes;
}

/// The number of results of `kernel` that differ from those of `scalar`; the first is printed.
int differences(const Kernel& scalar, const Kernel& kernel, int lanes, std::mt19937_64& random) {
    const std::size_t size = static_cast<std::size_t>(scalar.result_size);
    const std::vector<char> a = arguments(scalar.argument, random);
    const std::vector<char> b = arguments(scalar.argument, random);
    std::vector<char> expected(kCount * size);
    std::vector<char> got(kCount * size);
    scalar.run(a.data(), b.data(), expected.data(), kCount);
    kernel.run(a.data(), b.data(), got.data(), kCount);
    int count = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
        if (std::memcmp(&expected[i * size], &got[i * size], size) == 0) continue;
        if (count++ == 0) {
            std::printf("%s of %s%d: element %zu differs with %d lanes\n", scalar.name,
                        scalar.argument.is_float ? "f" : "i", scalar.argument.size * 8, i, lanes);
        }
    }
    return count;
}

int compare(const std::vector<Kernel>& wide, int lanes) {
    const std::vector<Kernel> scalar = kernels_of_1_lane();
    if (wide.size() != scalar.size()) return 1;
    std::mt19937_64 random(6);
    int failed = 0;
    for (std::size_t i = 0; i < scalar.size(); ++i) {
        failed += differences(scalar[i], wide[i], lanes, random) != 0;
    }
    std::printf("%d lanes: %zu functions, %d differ\n", lanes, scalar.size(), failed);
    return failed;
}

}  // namespace
}  // namespace dunlin::tests

int main() {
    using namespace dunlin::tests;
    const int failed = compare(kernels_of_16_lanes(), 16) + compare(kernels_of_32_lanes(), 32) +
                       memory_failures_of_1_lane() + memory_failures_of_16_lanes() +
                       memory_failures_of_32_lanes() + sequence_failures_of_1_lane() +
                       sequence_failures_of_16_lanes() + sequence_failures_of_32_lanes();
    return failed == 0 ? 0 : 1;
}
