// Reductions of elements that every lane has for itself, in the lane dialect (a part of rules.h).
// The order is that of ir/reduction_order.hpp, which explains it.

namespace DUNLIN_LANE_NAMESPACE {

inline constexpr Count kReduceLanes = 16;    // accumulators inside a block
inline constexpr Count kReduceBlock = 4096;  // elements of a block

/// Whether the order of a reduction can be seen in its result.
template <class T, class Rule>
inline constexpr bool kOrdered = Rule::kRounds && kIsFloat<T>;

/// The accumulators of a block, as many as are used, joined in its order; `sums` is overwritten.
template <class Rule, class T>
DUNLIN_LANE_FUNCTION T fold_accumulators(T* sums, Count used) {
    DUNLIN_LANE_ROLLED
    for (Count half = kReduceLanes / 2; half > 0; half /= 2) {
        DUNLIN_LANE_ROLLED
        for (Count k = 0; k < half && k + half < used; ++k)
            sums[k] = Rule::join(sums[k], sums[k + half]);
    }
    return sums[0];
}

/// 1 to kReduceBlock elements, element_at(first) to element_at(first + length - 1), joined by a
/// rule of combine.h: one accumulator after the other.
template <class T, class Rule, class ElementAt>
DUNLIN_LANE_FUNCTION T reduce_block(Count first, Count length, ElementAt element_at) {
    T sums[kReduceLanes];
    const Count used = length < kReduceLanes ? length : kReduceLanes;
    DUNLIN_LANE_ROLLED
    for (Count k = 0; k < used; ++k) {
        T sum = element_at(first + k);
        DUNLIN_LANE_ROLLED
        for (Count at = k + kReduceLanes; at < length; at += kReduceLanes)
            sum = Rule::join(sum, element_at(first + at));
        sums[k] = sum;
    }
    return fold_accumulators<Rule>(sums, used);
}

template <class T, class Rule, class ElementAt>
DUNLIN_LANE_FUNCTION T reduce_in_any_order(Count length, ElementAt element_at) {
    T result = element_at(0);
    DUNLIN_LANE_ROLLED
    for (Count k = 1; k < length; ++k) result = Rule::join(result, element_at(k));
    return result;
}

/// The results of the blocks are a sequence again. kDepth bounds the nesting: 4096 to the power of
/// 4 is more elements than a value can have.
template <class T, class Rule, int kDepth = 3, class ElementAt>
DUNLIN_LANE_FUNCTION T reduce_blocks(Count length, ElementAt element_at) {
    if constexpr (kDepth > 0) {
        if (length > kReduceBlock) {
            const auto block_at = [&](Count block) {
                const Count first = block * kReduceBlock;
                const Count left = length - first;
                return reduce_block<T, Rule>(first, left < kReduceBlock ? left : kReduceBlock,
                                             element_at);
            };
            const Count blocks = (length + kReduceBlock - 1) / kReduceBlock;
            return reduce_blocks<T, Rule, kDepth - 1>(blocks, block_at);
        }
    }
    return reduce_block<T, Rule>(0, length, element_at);
}

/// The elements element_at(0) to element_at(length - 1) joined; `reduce_short` is for at most
/// kReduceBlock of them, and compiles faster. There must be one.
template <class T, class Rule, class ElementAt>
DUNLIN_LANE_FUNCTION T reduce_short(Count length, ElementAt element_at) {
    if constexpr (kOrdered<T, Rule>) {
        return reduce_block<T, Rule>(0, length, element_at);
    } else {
        return reduce_in_any_order<T, Rule>(length, element_at);
    }
}
template <class T, class Rule, class ElementAt>
DUNLIN_LANE_FUNCTION T reduce(Count length, ElementAt element_at) {
    if constexpr (kOrdered<T, Rule>) {
        return reduce_blocks<T, Rule>(length, element_at);
    } else {
        return reduce_in_any_order<T, Rule>(length, element_at);
    }
}

}  // namespace DUNLIN_LANE_NAMESPACE
