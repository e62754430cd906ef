// The order in which reductions and scans combine their elements. This header is the definition;
// everything that sums, multiplies or scans in the interpreter goes through it, and generated
// kernels must give the same bits. docs/numerics.md says the same in words, and why.
//
// A sequence is given by its length and by `next()`, which hands out its elements one after the
// other. The order depends on the length only. It applies to every combining operation, also to
// those where the order does not matter.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace dunlin::ir {

inline constexpr std::int64_t kReduceLanes = 16;    // accumulators inside a block
inline constexpr std::int64_t kReduceBlock = 4096;  // elements of a block
inline constexpr std::int64_t kProductChunk =
    256;  // products summed in one go inside a matrix product

// One block, 1 to kReduceBlock elements. Lane k accumulates the elements k, k + 16, k + 32 ... and
// starts from its first one; then the upper half of the lanes is folded onto the lower half until
// one is left.
template <typename T, typename Combine, typename Next>
T reduce_block(std::int64_t length, Combine combine, Next&& next) {
    std::array<T, kReduceLanes> lanes{};
    const std::int64_t used = std::min(length, kReduceLanes);
    for (std::int64_t k = 0; k < used; ++k) lanes[k] = next();
    std::int64_t done = used;
    for (; done + kReduceLanes <= length; done += kReduceLanes)
        for (std::int64_t k = 0; k < kReduceLanes; ++k) lanes[k] = combine(lanes[k], next());
    for (std::int64_t k = 0; done < length; ++k, ++done) lanes[k] = combine(lanes[k], next());

    for (std::int64_t half = kReduceLanes / 2; half > 0; half /= 2)
        for (std::int64_t k = 0; k < half && k + half < used; ++k)
            lanes[k] = combine(lanes[k], lanes[k + half]);
    return lanes[0];
}

// A sequence of one or more elements: it is cut into blocks, and the sequence of the block results
// is reduced by the same rule. kDepth bounds the nesting: 4096 to the power of 4 is more elements
// than a value can have.
template <typename T, int kDepth = 3, typename Combine, typename Next>
T reduce_in_order(std::int64_t length, Combine combine, Next&& next) {
    if constexpr (kDepth > 0) {
        if (length > kReduceBlock) {
            std::int64_t left = length;
            auto next_block = [&] {
                const std::int64_t size = std::min(left, kReduceBlock);
                left -= size;
                return reduce_block<T>(size, combine, next);
            };
            const std::int64_t blocks = (length + kReduceBlock - 1) / kReduceBlock;
            return reduce_in_order<T, kDepth - 1>(blocks, combine, next_block);
        }
    }
    return reduce_block<T>(length, combine, next);
}

// A running reduction: calls emit(k, value) for k = 0 .. length - 1. Inside a block of kReduceBlock
// elements it runs from the block's first element on; what the blocks before it came to is combined
// with that from the left.
template <typename T, typename Combine, typename Next, typename Emit>
void scan_in_order(std::int64_t length, Combine combine, Next&& next, Emit&& emit) {
    T carry{};
    for (std::int64_t begin = 0; begin < length; begin += kReduceBlock) {
        const std::int64_t end = std::min(length, begin + kReduceBlock);
        T local{};
        T value{};
        for (std::int64_t k = begin; k < end; ++k) {
            local = k == begin ? next() : combine(local, next());
            value = begin == 0 ? local : combine(carry, local);
            emit(k, value);
        }
        carry = value;
    }
}

}  // namespace dunlin::ir
