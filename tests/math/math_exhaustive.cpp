// Checks f32 functions of one argument on every one of the 2^32 floats.
//
//     math_exhaustive NAME...      (or `all`)
//
// The C library's f64 function is the first oracle: it is wrong by about 2^-29 units of an f32 at
// most. Whatever it finds to be the largest error so far, or a mismatch of NaN, infinity or sign,
// is judged again by MPFR.
#include <atomic>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

#include "tests/math/oracle.hpp"

namespace dunlin::tests {
namespace {

constexpr std::uint64_t kFloats = std::uint64_t{1} << 32;
constexpr std::uint64_t kChunk = std::uint64_t{1} << 22;
constexpr int kThreads = 2;
constexpr double kAllowedUlps = 1;

struct Row {
    OneArgument function;
    double (*reference)(double);
};
constexpr Row kRows[] = {
#define DUNLIN_ONE(name) \
    {{#name, lane::name, lane::name, mpfr_##name}, [](double x) { return std::name(x); }},
#define DUNLIN_TWO(name)
#include "tests/math/functions.def"
};

struct Finding {
    double error = 0;
    float at = 0;
};

/// The error in units of the last place as the reference sees it; kWrong where the two are not of a
/// kind.
double quick_error(float got, double reference) {
    if (std::isnan(reference) || reference == 0) {
        const auto expected =
            std::isnan(reference) ? lane::not_a_number<float>() : static_cast<float>(reference);
        return lane::bits(got) == lane::bits(expected) ? 0 : kWrong;
    }
    const float nearest = static_cast<float>(reference);
    if (std::isinf(nearest) || std::isinf(got) || std::signbit(got) != std::signbit(nearest)) {
        return lane::bits(got) == lane::bits(nearest) ? 0 : kWrong;
    }
    const std::uint64_t exponent = (lane::bits(reference) >> 52) & 0x7ff;
    const std::uint64_t unit = exponent < 1023 - 126 ? 1023 - 149 : exponent - 23;
    return std::fabs(got - reference) / lane::from_bits(std::uint64_t{unit << 52});
}

double true_error(const OneArgument& function, float x) {
    Exact result;
    function.exact(result.get(), Exact(x).get(), MPFR_RNDN);
    return error_in_ulps(function.f32(x), result);
}

void check_chunk(const Row& row, std::uint64_t first, Finding& worst) {
    for (std::uint64_t word = first; word < first + kChunk; ++word) {
        const float x = lane::from_bits(static_cast<std::uint32_t>(word));
        const double error = quick_error(row.function.f32(x), row.reference(x));
        if (error > worst.error) {
            const double judged = true_error(row.function, x);
            if (judged > worst.error) worst = {judged, x};
        }
    }
}

Finding check_all_floats(const Row& row) {
    std::atomic<std::uint64_t> next{0};
    std::mutex mutex;
    Finding worst;
    const auto work = [&] {
        Finding own;
        for (std::uint64_t first = next.fetch_add(kChunk); first < kFloats;
             first = next.fetch_add(kChunk)) {
            check_chunk(row, first, own);
            if (first % (kFloats / 64) == 0) {
                std::fprintf(stderr, "%s: %d %%\n", row.function.name,
                             static_cast<int>(first * 100 / kFloats));
            }
        }
        const std::lock_guard<std::mutex> lock(mutex);
        if (own.error > worst.error) worst = own;
    };
    std::thread threads[kThreads];
    for (std::thread& thread : threads) thread = std::thread(work);
    for (std::thread& thread : threads) thread.join();
    return worst;
}

bool chosen(int argc, char** argv, const char* name) {
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], name) == 0 || std::strcmp(argv[i], "all") == 0) return true;
    }
    return false;
}

int run(int argc, char** argv) {
    int checked = 0;
    bool good = true;
    for (const Row& row : kRows) {
        if (!chosen(argc, argv, row.function.name)) continue;
        const Finding worst = check_all_floats(row);
        const bool within = worst.error <= kAllowedUlps;
        std::printf("%s: %.6f ulp at %a%s\n", row.function.name, worst.error,
                    static_cast<double>(worst.at), within ? "" : "  TOO MUCH");
        std::fflush(stdout);
        good = good && within;
        ++checked;
    }
    if (checked == 0) std::fprintf(stderr, "usage: math_exhaustive NAME...   (or all)\n");
    return checked == 0 ? 2 : good ? 0 : 1;
}

}  // namespace
}  // namespace dunlin::tests

int main(int argc, char** argv) {
    return dunlin::tests::run(argc, argv);
}
