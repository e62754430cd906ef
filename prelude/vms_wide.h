// How VMs come into lanes and leave them, for kernels whose lanes are VMs: wide meaning. Values of
// the VMs of a tile lie `stride` bytes apart, lane after lane; where lanes have taken VMs of their
// own, `own` says which.

namespace DUNLIN_LANE_NAMESPACE {

/// The values of the first `count` VMs of a tile; the other lanes are 0.
template <class E>
DUNLIN_LANE_FUNCTION auto load_vms(const E* first, Count stride, int count) {
    if (count == kLanes)
        return stride == Count(sizeof(E)) ? load_lanes(first) : load_strided(first, stride);
    if (stride == Count(sizeof(E))) return load_first(first, count);
    decltype(load_lanes(first)) value{};
    for (int lane = 0; lane < count; ++lane) {
        const char* place = reinterpret_cast<const char*>(first) + lane * stride;
        value = insert(value, lane, load_element(reinterpret_cast<const E*>(place)));
    }
    return value;
}
template <class E, class T>
DUNLIN_LANE_FUNCTION void store_vms(E* first, Count stride, T value, mask lanes) {
    if (stride == Count(sizeof(E)) && all(lanes))
        store_lanes(first, value);
    else
        store_strided(first, stride, value, lanes);
}

/// The same where each lane has a VM of its own; lanes outside the mask keep `old`.
template <class E, class T>
DUNLIN_LANE_FUNCTION T load_own(const E* first, Count stride, i64 own, T old, mask lanes) {
    for (unsigned left = mask_bits(lanes); left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        const char* place = reinterpret_cast<const char*>(first) + own[lane] * stride;
        old = insert(old, lane, load_element(reinterpret_cast<const E*>(place)));
    }
    return old;
}
template <class E, class T>
DUNLIN_LANE_FUNCTION void store_own(E* first, Count stride, i64 own, T value, mask lanes) {
    for (unsigned left = mask_bits(lanes); left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        char* place = reinterpret_cast<char*>(first) + own[lane] * stride;
        store_element(reinterpret_cast<E*>(place), extract(value, lane));
    }
}

/// Gives lanes without a VM the next ones that have not faulted in an earlier turn. The mask is
/// that of the lanes which got one.
DUNLIN_LANE_FUNCTION mask take_vms(mask busy, Count& next, Count end, const unsigned* statuses,
                                   i64& own) {
    constexpr unsigned kFaulted = 0x80000000u;
    unsigned taken = 0;
    for (unsigned left = ~mask_bits(busy) & (~0u >> (32 - kLanes)); left != 0 && next < end;
         ++next) {
        if ((statuses[next] & kFaulted) != 0) continue;
        const int lane = __builtin_ctz(left);
        own[lane] = next;
        taken |= 1u << lane;
        left &= left - 1;
    }
    return (u32(taken) >> lane_numbers<u32>() & u32(1)) != u32(0);
}

/// The first `count` of kLanes neighbouring elements, most often all of them.
template <class E>
DUNLIN_LANE_FUNCTION auto load_part(const E* first, Count count) {
    return count == kLanes ? load_lanes(first) : load_first(first, count);
}
template <class E, class T>
DUNLIN_LANE_FUNCTION void store_part(E* first, T value, Count count) {
    if (count == kLanes)
        store_lanes(first, value);
    else
        store_first(first, value, count);
}

/// The last step of a block in the order of ir/reduction_order.hpp: the upper half of the lanes is
/// joined to the lower half until one is left. Only the first `used` lanes take part.
template <class Rule, class T>
DUNLIN_LANE_FUNCTION Element<T> fold_lanes(T value, Count used) {
    Element<T> sums[kLanes];
    store_lanes(sums, value);
    for (Count half = kLanes / 2; half > 0; half /= 2)
        for (Count k = 0; k < half && k + half < used; ++k)
            sums[k] = Rule::template join<Element<T>>(sums[k], sums[k + half]);
    return sums[0];
}

}  // namespace DUNLIN_LANE_NAMESPACE
