#include "tests/math/lane_memory.hpp"

#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#if DUNLIN_LANE_WIDTH == 1
#include "prelude/scalar.h"
#define FAILURES_OF_THIS_WIDTH memory_failures_of_1_lane
#elif DUNLIN_LANE_WIDTH == 16
#include "prelude/wide16.h"
#define FAILURES_OF_THIS_WIDTH memory_failures_of_16_lanes
#else
#include "prelude/wide32.h"
#define FAILURES_OF_THIS_WIDTH memory_failures_of_32_lanes
#endif

namespace dunlin::tests {
namespace {

namespace lane = DUNLIN_LANE_NAMESPACE;
using lane::kLanes;
using lane::mask;

int failures = 0;

void expect(bool holds, const char* promise, const char* type) {
    if (holds) return;
    std::printf("%d lanes of %s: %s\n", kLanes, type, promise);
    ++failures;
}

/// Some patterns of lanes; bit l is lane l.
constexpr unsigned kPatterns[] = {0u, 1u, 0xffffffffu, 0x80008000u, 0x5a5a1234u, 0xfffffffeu};

mask mask_of(unsigned pattern) {
    mask lanes = lane::no_lanes();
    for (int l = 0; l < kLanes; ++l) lanes = lane::insert(lanes, l, (pattern >> l & 1) != 0);
    return lanes;
}

/// An array with a margin, all elements different, as bytes: of a truth, any byte but 0 is true.
constexpr int kPlaces = 8 * 32;
template <class E>
struct Array {
    E places[kPlaces];

    explicit Array(int seed = 0) {
        if constexpr (std::is_same_v<E, bool>) {
            for (int k = 0; k < kPlaces; ++k) {
                const auto byte = static_cast<unsigned char>((k * 7 + seed) % 3 * (k + 1));
                std::memcpy(&places[k], &byte, 1);
            }
        } else {
            for (int k = 0; k < kPlaces; ++k) places[k] = static_cast<E>(k + seed + 1);
        }
    }
    E at(int k) const { return lane::load_element(&places[k]); }
};

template <class E>
bool same(const Array<E>& a, const Array<E>& b) {
    for (int k = 0; k < kPlaces; ++k)
        if (a.at(k) != b.at(k)) return false;
    return true;
}

/// The checks for one element type: `T` is the lane type, `E` what lies in memory.
template <class T, class E>
struct Checks {
    const char* type;

    void value_is(T value, const char* promise, auto&& element) const {
        bool holds = true;
        for (int l = 0; l < kLanes; ++l) holds = holds && lane::extract(value, l) == element(l);
        expect(holds, promise, type);
    }

    void loads() const {
        const Array<E> from;
        value_is(lane::load_lanes(from.places + 3), "load_lanes",
                 [&](int l) { return from.at(3 + l); });
        for (int count = -1; count <= kLanes + 1; ++count)
            value_is(lane::load_first(from.places + 5, count), "load_first",
                     [&](int l) { return l < count ? from.at(5 + l) : E(0); });
        for (int stride : {0, 1, 3, -2})
            value_is(lane::load_strided(from.places + 100, stride * lane::Count(sizeof(E))),
                     "load_strided", [&](int l) { return from.at(100 + l * stride); });
        value_is(lane::broadcast<T>(from.at(7)), "broadcast", [&](int) { return from.at(7); });
        const T some = lane::load_lanes(from.places);
        for (int at = 0; at < kLanes; ++at)
            value_is(lane::insert(some, at, from.at(40)), "insert",
                     [&](int l) { return from.at(l == at ? 40 : l); });
    }

    void stores() const {
        const Array<E> values(11);
        const T value = lane::load_lanes(values.places);
        for (unsigned pattern : kPatterns) {
            const mask lanes = mask_of(pattern);
            Array<E> contiguous, expected_contiguous, strided, expected_strided;
            lane::store_lanes(contiguous.places + 2, value, lanes);
            lane::store_strided(strided.places + 9, 3 * lane::Count(sizeof(E)), value, lanes);
            for (int l = 0; l < kLanes; ++l) {
                if ((pattern >> l & 1) == 0) continue;
                expected_contiguous.places[2 + l] = values.at(l);
                expected_strided.places[9 + 3 * l] = values.at(l);
            }
            expect(same(contiguous, expected_contiguous), "store_lanes of some lanes", type);
            expect(same(strided, expected_strided), "store_strided", type);
        }
        for (int count = -1; count <= kLanes + 1; ++count) {
            Array<E> to, expected;
            lane::store_first(to.places + 4, value, count);
            for (int l = 0; l < count && l < kLanes; ++l) expected.places[4 + l] = values.at(l);
            expect(same(to, expected), "store_first", type);
        }
        Array<E> to, expected;
        lane::store_lanes(to.places + 6, value);
        for (int l = 0; l < kLanes; ++l) expected.places[6 + l] = values.at(l);
        expect(same(to, expected), "store_lanes", type);
    }

    /// Indices 5, 0, 2, 4, 6, 1, 3, 5, ...: some lanes share a place, where the last one wins.
    template <class Index>
    void indexed() const {
        const Array<E> from, values(11);
        const T value = lane::load_lanes(values.places);
        const auto number = [](int l) { return (l * 2 + 5) % 7; };
        Index index = lane::lane_numbers<Index>();
        for (int l = 0; l < kLanes; ++l)
            index = lane::insert(index, l, static_cast<lane::Element<Index>>(number(l)));
        value_is(lane::gather_at(from.places, index), "gather_at",
                 [&](int l) { return from.at(number(l)); });
        value_is(lane::tile_pick(from.places, index), "tile_pick",
                 [&](int l) { return from.at(number(l) * kLanes + l); });
        for (unsigned pattern : kPatterns) {
            Array<E> scattered, expected_scattered, tile, expected_tile;
            lane::scatter_at(scattered.places, index, value, mask_of(pattern));
            lane::tile_put(tile.places, index, value, mask_of(pattern));
            for (int l = 0; l < kLanes; ++l) {
                if ((pattern >> l & 1) == 0) continue;
                expected_scattered.places[number(l)] = values.at(l);
                expected_tile.places[number(l) * kLanes + l] = values.at(l);
            }
            expect(same(scattered, expected_scattered), "scatter_at", type);
            expect(same(tile, expected_tile), "tile_put", type);
        }
    }

    void all() const {
        loads();
        stores();
        indexed<lane::i32>();
        indexed<lane::i64>();
    }
};

template <class T>
void check_numbers(const char* type) {
    Checks<T, lane::Element<T>>{type}.all();
    bool counts = true;
    for (int l = 0; l < kLanes; ++l)
        counts = counts && lane::extract(lane::lane_numbers<T>(), l) == lane::Element<T>(l);
    expect(counts, "lane_numbers", type);
}

/// Truths are written as 0 and 1, whatever was there.
void check_bytes_of_truths() {
    unsigned char bytes[32];
    std::memset(bytes, 0xff, sizeof bytes);
    lane::store_lanes(reinterpret_cast<bool*>(bytes), mask_of(0x5a5a1234u));
    bool holds = true;
    for (int l = 0; l < kLanes; ++l) holds = holds && bytes[l] == (0x5a5a1234u >> l & 1);
    expect(holds, "truths are stored as 0 and 1", "mask");
}

void check_masks() {
    for (unsigned pattern : kPatterns) {
        const mask lanes = mask_of(pattern);
        int count = 0;
        int first = kLanes;
        for (int l = kLanes - 1; l >= 0; --l) {
            const bool set = (pattern >> l & 1) != 0;
            expect(lane::extract(lanes, l) == set, "extract and insert", "mask");
            count += set;
            if (set) first = l;
        }
        expect(lane::count_lanes(lanes) == count, "count_lanes", "mask");
        expect(lane::first_lane(lanes) == first, "first_lane", "mask");
        expect(lane::any(lanes) == (count > 0), "any", "mask");
        expect(lane::none(lanes) == (count == 0), "none", "mask");
        expect(lane::all(lanes) == (count == kLanes), "all", "mask");
    }
    expect(lane::all(lane::all_lanes()) && lane::none(lane::no_lanes()), "all_lanes", "mask");
    for (lane::Count count : {-5l, -1l, 0l, 1l, 7l, 15l, 16l, 31l, 32l, 33l, 256l, 1l << 40}) {
        bool holds = true;
        for (int l = 0; l < kLanes; ++l)
            holds = holds && lane::extract(lane::first_lanes(count), l) == (l < count);
        expect(holds, "first_lanes", "mask");
    }
}

}  // namespace

int FAILURES_OF_THIS_WIDTH() {
    failures = 0;
    check_masks();
    check_bytes_of_truths();
    Checks<mask, bool>{"mask"}.all();
    check_numbers<lane::i8>("i8");
    check_numbers<lane::u8>("u8");
    check_numbers<lane::i16>("i16");
    check_numbers<lane::u16>("u16");
    check_numbers<lane::i32>("i32");
    check_numbers<lane::u32>("u32");
    check_numbers<lane::i64>("i64");
    check_numbers<lane::u64>("u64");
    check_numbers<lane::f32>("f32");
    check_numbers<lane::f64>("f64");
    return failures;
}

}  // namespace dunlin::tests
