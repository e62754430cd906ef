// Where the decisions of a generator come from: a seed, or the bytes of a fuzzer.
//
// When the bytes are used up, every choice is the first one. So whoever chooses puts what is
// simplest, and what ends, first; then short inputs give small programs, and all programs are
// finite.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace dunlin::random_programs {

class Choices {
  public:
    explicit Choices(std::uint64_t seed) : random_(seed) {}
    explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    // One of 0, 1, ..., count - 1.
    std::uint64_t below(std::uint64_t count);
    std::int64_t between(std::int64_t least, std::int64_t greatest);
    // True once in so many times, and never when the bytes are used up.
    bool once_in(std::uint64_t times) { return below(times) + 1 == times; }
    bool percent(std::uint64_t share) { return below(100) >= 100 - share; }
    std::uint64_t bits();  // 64 of them

    template <typename Value>
    const Value& one_of(const std::vector<Value>& values) {
        return values[below(values.size())];
    }
    template <typename Value>
    Value one_of(std::initializer_list<Value> values) {
        return values.begin()[below(values.size())];
    }
    // An index; each is taken as often as its weight says. At least one weight is not 0.
    std::size_t weighted(std::span<const int> weights);

  private:
    std::uint64_t next(int bytes);

    std::optional<std::mt19937_64> random_;
    std::span<const std::uint8_t> bytes_;
};

}  // namespace dunlin::random_programs
