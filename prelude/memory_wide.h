// What passes between lanes and plain numbers, and between lanes and memory: wide meaning. The
// rules are in memory_scalar.h.

namespace DUNLIN_LANE_NAMESPACE {

/// A vector of what(0), what(1), ..., in one expression: a loop over the lanes of a vector would go
/// through memory, and unrolling it costs compile time.
template <class V, class What>
DUNLIN_LANE_FUNCTION V of_each_lane(What what) {
#if DUNLIN_LANE_WIDTH == 16
    return V{what(0), what(1), what(2),  what(3),  what(4),  what(5),  what(6),  what(7),
             what(8), what(9), what(10), what(11), what(12), what(13), what(14), what(15)};
#else
    return V{what(0),  what(1),  what(2),  what(3),  what(4),  what(5),  what(6),  what(7),
             what(8),  what(9),  what(10), what(11), what(12), what(13), what(14), what(15),
             what(16), what(17), what(18), what(19), what(20), what(21), what(22), what(23),
             what(24), what(25), what(26), what(27), what(28), what(29), what(30), what(31)};
#endif
}

template <class T>
DUNLIN_LANE_FUNCTION T broadcast(Element<T> value) {
    return T(value);
}
template <class T>
DUNLIN_LANE_FUNCTION T lane_numbers() {
    return of_each_lane<T>([](int lane) { return static_cast<Element<T>>(lane); });
}

/// The truths of a mask, lane 0 lowest.
DUNLIN_LANE_FUNCTION unsigned mask_bits(mask lanes) {
#if DUNLIN_LANE_WIDTH == 16
    return __builtin_bit_cast(unsigned short, lanes.lanes);
#else
    return __builtin_bit_cast(unsigned, lanes.lanes);
#endif
}

DUNLIN_LANE_FUNCTION mask all_lanes() {
    return mask(true);
}
DUNLIN_LANE_FUNCTION mask no_lanes() {
    return mask(false);
}
DUNLIN_LANE_FUNCTION mask first_lanes(Count count) {
    const Count held = count < 0 ? 0 : count > kLanes ? kLanes : count;
    return lane_numbers<u8>() < u8(static_cast<unsigned char>(held));
}
DUNLIN_LANE_FUNCTION bool none(mask lanes) {
    return !any(lanes);
}
DUNLIN_LANE_FUNCTION int count_lanes(mask lanes) {
    return __builtin_popcount(mask_bits(lanes));
}
DUNLIN_LANE_FUNCTION int first_lane(mask lanes) {
    const unsigned bits = mask_bits(lanes);
    return bits == 0 ? kLanes : __builtin_ctz(bits);
}

template <class T>
DUNLIN_LANE_FUNCTION Element<T> extract(T value, int lane) {
    return value[lane];
}
DUNLIN_LANE_FUNCTION bool extract(mask value, int lane) {
    return (mask_bits(value) >> lane & 1) != 0;
}
template <class T>
DUNLIN_LANE_FUNCTION T insert(T value, int lane, Element<T> element) {
    value[lane] = element;
    return value;
}
DUNLIN_LANE_FUNCTION mask insert(mask value, int lane, bool element) {
    value.lanes[lane] = element;
    return value;
}

/// Truths as they lie in memory.
DUNLIN_LANE_FUNCTION u8 bytes_of(mask truth) {
    return __builtin_convertvector(truth.lanes, u8);
}
DUNLIN_LANE_FUNCTION mask truth_of(u8 bytes) {
    return bytes != u8(0);
}
DUNLIN_LANE_FUNCTION const unsigned char* as_bytes(const bool* place) {
    return reinterpret_cast<const unsigned char*>(place);
}
DUNLIN_LANE_FUNCTION unsigned char* as_bytes(bool* place) {
    return reinterpret_cast<unsigned char*>(place);
}

template <class E>
DUNLIN_LANE_FUNCTION E load_element(const E* place) {
    return *place;
}
DUNLIN_LANE_FUNCTION bool load_element(const bool* place) {
    return *as_bytes(place) != 0;
}
template <class E>
DUNLIN_LANE_FUNCTION void store_element(E* place, E value) {
    *place = value;
}

template <class E>
DUNLIN_LANE_FUNCTION Lanes<E> load_lanes(const E* first) {
    Lanes<E> value;
    __builtin_memcpy(&value, first, sizeof value);
    return value;
}
DUNLIN_LANE_FUNCTION mask load_lanes(const bool* first) {
    return truth_of(load_lanes(as_bytes(first)));
}
template <class E>
DUNLIN_LANE_FUNCTION void store_lanes(E* first, In<Lanes<E>> value) {
    __builtin_memcpy(first, &value, sizeof value);
}
DUNLIN_LANE_FUNCTION void store_lanes(bool* first, mask value) {
    store_lanes(as_bytes(first), bytes_of(value));
}
template <class E>
DUNLIN_LANE_FUNCTION void store_lanes(E* first, In<Lanes<E>> value, mask lanes) {
    store_lanes(first, select(lanes, value, load_lanes(first)));
}
DUNLIN_LANE_FUNCTION void store_lanes(bool* first, mask value, mask lanes) {
    store_lanes(as_bytes(first), bytes_of(value), lanes);
}

/// As store_lanes, past the caches: for arrays that these could not hold. Others see the lanes
/// after end_stream().
template <class E>
DUNLIN_LANE_FUNCTION void stream_lanes(E* first, In<Lanes<E>> value) {
    constexpr unsigned kLine = sizeof(Lanes<E>) < 64 ? sizeof(Lanes<E>) : 64;
    typedef Lanes<E> LinesOfLanes __attribute__((aligned(kLine)));
    if (reinterpret_cast<__UINTPTR_TYPE__>(first) % kLine == 0)
        __builtin_nontemporal_store(value, reinterpret_cast<LinesOfLanes*>(first));
    else
        store_lanes(first, value);
}
DUNLIN_LANE_FUNCTION void stream_lanes(bool* first, mask value) {
    store_lanes(first, value);
}
DUNLIN_LANE_FUNCTION void end_stream() {
    __builtin_ia32_sfence();
}

template <class E>
DUNLIN_LANE_FUNCTION Lanes<E> load_first(const E* first, Count count) {
    Lanes<E> value = {};
    if (count > 0) __builtin_memcpy(&value, first, (count < kLanes ? count : kLanes) * sizeof(E));
    return value;
}
DUNLIN_LANE_FUNCTION mask load_first(const bool* first, Count count) {
    return truth_of(load_first(as_bytes(first), count));
}
template <class E>
DUNLIN_LANE_FUNCTION void store_first(E* first, In<Lanes<E>> value, Count count) {
    if (count > 0) __builtin_memcpy(first, &value, (count < kLanes ? count : kLanes) * sizeof(E));
}
DUNLIN_LANE_FUNCTION void store_first(bool* first, mask value, Count count) {
    store_first(as_bytes(first), bytes_of(value), count);
}

template <class E>
DUNLIN_LANE_SHARED Lanes<E> load_strided(const E* first, Count stride) {
    const char* place = reinterpret_cast<const char*>(first);
    return of_each_lane<Lanes<E>>(
        [&](int lane) { return *reinterpret_cast<const E*>(place + lane * stride); });
}
DUNLIN_LANE_FUNCTION mask load_strided(const bool* first, Count stride) {
    return truth_of(load_strided(as_bytes(first), stride));
}
template <class E>
DUNLIN_LANE_FUNCTION void store_strided(E* first, Count stride, In<Lanes<E>> value, mask lanes) {
    E values[kLanes];
    __builtin_memcpy(values, &value, sizeof values);
    char* place = reinterpret_cast<char*>(first);
    for (unsigned left = mask_bits(lanes); left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        *reinterpret_cast<E*>(place + lane * stride) = values[lane];
    }
}
DUNLIN_LANE_FUNCTION void store_strided(bool* first, Count stride, mask value, mask lanes) {
    store_strided(as_bytes(first), stride, bytes_of(value), lanes);
}

template <class E, class Index>
DUNLIN_LANE_FUNCTION Lanes<E> gather_at(const E* base, In<Index> index) {
    return of_each_lane<Lanes<E>>([&](int lane) { return base[index[lane]]; });
}
template <class Index>
DUNLIN_LANE_FUNCTION mask gather_at(const bool* base, In<Index> index) {
    return truth_of(gather_at(as_bytes(base), index));
}
// Both vectors go to memory once: a lane picked from a register by number would send them there in
// every turn.
template <class E, class Index>
DUNLIN_LANE_FUNCTION void scatter_at(E* base, In<Index> index, In<Lanes<E>> value, mask lanes) {
    E values[kLanes];
    Element<Index> places[kLanes];
    __builtin_memcpy(values, &value, sizeof values);
    __builtin_memcpy(places, &index, sizeof places);
    for (unsigned left = mask_bits(lanes); left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        base[places[lane]] = values[lane];
    }
}
template <class Index>
DUNLIN_LANE_FUNCTION void scatter_at(bool* base, In<Index> index, mask value, mask lanes) {
    scatter_at(as_bytes(base), index, bytes_of(value), lanes);
}

template <class E, class Index>
DUNLIN_LANE_FUNCTION auto tile_pick(const E* tile, In<Index> index) {
    return gather_at(tile, index * Index(kLanes) + lane_numbers<Index>());
}
template <class E, class Index, class T>
DUNLIN_LANE_FUNCTION void tile_put(E* tile, In<Index> index, T value, mask lanes) {
    scatter_at(tile, index * Index(kLanes) + lane_numbers<Index>(), value, lanes);
}

}  // namespace DUNLIN_LANE_NAMESPACE
