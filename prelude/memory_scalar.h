// What passes between lanes and plain numbers, and between lanes and memory: scalar meaning. The
// same names in memory_wide.h do it for vectors; the rules are written here.
//
//   - Pointers are to elements as they lie in memory, aligned for their type. A truth is a byte
//     there: 0 or 1 is written, any byte but 0 is read as true. Only pointers to bool say so.
//   - A load reads all its places, and an index or a stride must be good in every lane, also in one
//     that is switched off: choose a harmless one with select.
//   - `store_lanes` with a mask, and only it, reads and writes back the places of lanes that are
//   off:
//     they must exist and belong to the caller. All other stores leave such places alone.
//   - A tile holds the arrays of kLanes VMs: element k of lane l is at tile[k * kLanes + l].

namespace DUNLIN_LANE_NAMESPACE {

/// The same number in all lanes.
template <class T>
DUNLIN_LANE_FUNCTION T broadcast(Element<T> value) {
    return value;
}
/// 0, 1, 2, ...
template <class T>
DUNLIN_LANE_FUNCTION T lane_numbers() {
    return T(0);
}

DUNLIN_LANE_FUNCTION mask all_lanes() {
    return true;
}
DUNLIN_LANE_FUNCTION mask no_lanes() {
    return false;
}
/// Lanes 0 to count - 1; none for a negative count.
DUNLIN_LANE_FUNCTION mask first_lanes(Count count) {
    return count > 0;
}
DUNLIN_LANE_FUNCTION bool none(mask lanes) {
    return !lanes;
}
/// How many lanes are set, and the lowest of them; kLanes where there is none.
DUNLIN_LANE_FUNCTION int count_lanes(mask lanes) {
    return lanes ? 1 : 0;
}
DUNLIN_LANE_FUNCTION int first_lane(mask lanes) {
    return lanes ? 0 : 1;
}

/// One lane as a plain number, and a value with one lane exchanged.
template <class T>
DUNLIN_LANE_FUNCTION Element<T> extract(T value, int) {
    return value;
}
template <class T>
DUNLIN_LANE_FUNCTION T insert(T, int, Element<T> element) {
    return element;
}

/// One element, read and written: truths are bytes.
template <class E>
DUNLIN_LANE_FUNCTION E load_element(const E* place) {
    return *place;
}
DUNLIN_LANE_FUNCTION bool load_element(const bool* place) {
    return *reinterpret_cast<const unsigned char*>(place) != 0;
}
template <class E>
DUNLIN_LANE_FUNCTION void store_element(E* place, E value) {
    *place = value;
}

/// kLanes neighbouring elements.
template <class E>
DUNLIN_LANE_FUNCTION E load_lanes(const E* first) {
    return load_element(first);
}
template <class E>
DUNLIN_LANE_FUNCTION void store_lanes(E* first, E value) {
    *first = value;
}
template <class E>
DUNLIN_LANE_FUNCTION void store_lanes(E* first, E value, mask lanes) {
    if (lanes) *first = value;
}
/// As store_lanes, past the caches where there are any; others see the lanes after end_stream().
template <class E>
DUNLIN_LANE_FUNCTION void stream_lanes(E* first, E value) {
    store_lanes(first, value);
}
DUNLIN_LANE_FUNCTION void end_stream() {}
/// The first `count` of kLanes neighbouring elements; the other lanes are 0.
template <class E>
DUNLIN_LANE_FUNCTION E load_first(const E* first, Count count) {
    return count > 0 ? load_element(first) : E(0);
}
template <class E>
DUNLIN_LANE_FUNCTION void store_first(E* first, E value, Count count) {
    if (count > 0) *first = value;
}

/// Elements `stride` bytes apart.
template <class E>
DUNLIN_LANE_FUNCTION E load_strided(const E* first, Count) {
    return load_element(first);
}
template <class E>
DUNLIN_LANE_FUNCTION void store_strided(E* first, Count, E value, mask lanes) {
    if (lanes) *first = value;
}

/// base[index], an index per lane. Where several lanes name one place, the last lane writes last.
template <class E, class Index>
DUNLIN_LANE_FUNCTION E gather_at(const E* base, Index index) {
    return load_element(base + index);
}
template <class E, class Index>
DUNLIN_LANE_FUNCTION void scatter_at(E* base, Index index, E value, mask lanes) {
    if (lanes) base[index] = value;
}

/// Element `index` of the lane's own array in a tile, an index per lane.
template <class E, class Index>
DUNLIN_LANE_FUNCTION E tile_pick(const E* tile, Index index) {
    return load_element(tile + index);
}
template <class E, class Index>
DUNLIN_LANE_FUNCTION void tile_put(E* tile, Index index, E value, mask lanes) {
    if (lanes) tile[index] = value;
}

}  // namespace DUNLIN_LANE_NAMESPACE
