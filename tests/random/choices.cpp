#include "tests/random/choices.hpp"

#include <bit>
#include <numeric>

namespace dunlin::random_programs {

std::uint64_t Choices::next(int bytes) {
    if (random_) return (*random_)();
    std::uint64_t value = 0;
    for (int k = 0; k < bytes && !bytes_.empty(); ++k) {
        value |= std::uint64_t{bytes_[0]} << (8 * k);
        bytes_ = bytes_.subspan(1);
    }
    return value;
}

std::uint64_t Choices::below(std::uint64_t count) {
    if (count <= 1) return 0;
    return next((std::bit_width(count - 1) + 7) / 8) % count;
}

std::int64_t Choices::between(std::int64_t least, std::int64_t greatest) {
    return least +
           static_cast<std::int64_t>(below(static_cast<std::uint64_t>(greatest - least) + 1));
}

std::uint64_t Choices::bits() {
    return next(8);
}

std::size_t Choices::weighted(std::span<const int> weights) {
    auto left = static_cast<int>(
        below(static_cast<std::uint64_t>(std::accumulate(weights.begin(), weights.end(), 0))));
    std::size_t index = 0;
    for (; left >= weights[index]; ++index) left -= weights[index];
    return index;
}

}  // namespace dunlin::random_programs
