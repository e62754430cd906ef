// Sorting of elements that every lane has for itself, in the lane dialect (a part of rules.h).
//
// Lanes disagree about what is greater, so it is done by comparisons whose places do not depend on
// the data: Batcher's merge exchange (Knuth, The Art of Computer Programming, 5.2.2, algorithm M).
// Equal elements would change places in it, so the place that an element comes from decides between
// them: the order is total, and the result that of a stable sort.

namespace DUNLIN_LANE_NAMESPACE {

/// Calls exchange(a, b), a < b, for the comparisons that sort `length` elements.
template <class Exchange>
DUNLIN_LANE_FUNCTION void merge_exchange(Count length, Exchange exchange) {
    Count top = 1;
    while (top * 2 < length) top *= 2;
    for (Count p = top; p > 0 && length > 1; p /= 2) {
        Count rest = 0;
        Count distance = p;
        for (Count q = top;; q /= 2) {
            for (Count run = rest; run < length - distance; run += 2 * p)
                for (Count a = run; a < run + p && a < length - distance; ++a)
                    exchange(a, a + distance);
            if (q == p) break;
            distance = q - p;
            rest = p;
        }
    }
}

/// Sorts keys[k * kLanes + lane], k < length, in every lane, and leaves in `places` where each key
/// came from. NaN goes last in both directions.
template <class T>
DUNLIN_LANE_FUNCTION void sort_with_places(Element<T>* keys, Element<i32>* places, Count length,
                                           bool descending) {
    for (Count k = 0; k < length; ++k)
        store_lanes(places + k * kLanes, broadcast<i32>(static_cast<Element<i32>>(k)));
    merge_exchange(length, [&](Count a, Count b) {
        Element<T>* const key_a = keys + a * kLanes;
        Element<T>* const key_b = keys + b * kLanes;
        Element<i32>* const place_a = places + a * kLanes;
        Element<i32>* const place_b = places + b * kLanes;
        const T x = load_lanes(key_a);
        const T y = load_lanes(key_b);
        const i32 from_x = load_lanes(place_a);
        const i32 from_y = load_lanes(place_b);
        const mask changes = ranks_before(y, from_y, x, from_x, descending);
        store_lanes(key_a, select(changes, y, x));
        store_lanes(key_b, select(changes, x, y));
        store_lanes(place_a, select(changes, from_y, from_x));
        store_lanes(place_b, select(changes, from_x, from_y));
    });
}

/// Sorts keys alone: for integers and truths, where equal elements cannot be told apart.
template <class T>
DUNLIN_LANE_FUNCTION void sort_keys(Element<T>* keys, Count length, bool descending) {
    merge_exchange(length, [&](Count a, Count b) {
        Element<T>* const first = keys + (descending ? b : a) * kLanes;
        Element<T>* const last = keys + (descending ? a : b) * kLanes;
        const T x = load_lanes(first);
        const T y = load_lanes(last);
        store_lanes(first, min(x, y));
        store_lanes(last, max(x, y));
    });
}

}  // namespace DUNLIN_LANE_NAMESPACE
