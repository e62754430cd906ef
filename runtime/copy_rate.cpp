// How fast this machine copies memory, as a measure for programs that do little else.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "runtime/dunlin.hpp"

namespace dunlin {

namespace {

// More than lies in a cache, for all threads together.
constexpr std::size_t kBytes = std::size_t{32} << 20;
constexpr int kRounds = 3;

}  // namespace

double measure_copy_rate(int threads) {
    using Clock = std::chrono::steady_clock;
    const auto workers = static_cast<std::size_t>(std::max(1, threads));
    const std::size_t share = kBytes / workers;
    std::vector<char> from(share * workers, 1), to(share * workers, 2);
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto begin = Clock::now();
        std::vector<std::thread> others;
        for (std::size_t k = 1; k < workers; ++k)
            others.emplace_back(
                [&, k] { std::memcpy(to.data() + k * share, from.data() + k * share, share); });
        std::memcpy(to.data(), from.data(), share);
        for (std::thread& other : others) other.join();
        const std::chrono::duration<double> elapsed = Clock::now() - begin;
        best = std::max(best, 2.0 * static_cast<double>(share * workers) / elapsed.count());
    }
    return best;
}

}  // namespace dunlin
