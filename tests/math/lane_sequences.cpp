#include "tests/math/lane_sequences.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "ir/reduction_order.hpp"
#include "prelude/scalar.h"
#if DUNLIN_LANE_WIDTH == 1
#define FAILURES_OF_THIS_WIDTH sequence_failures_of_1_lane
namespace V = dunlin::lane;
#elif DUNLIN_LANE_WIDTH == 16
#include "prelude/wide16.h"
#define FAILURES_OF_THIS_WIDTH sequence_failures_of_16_lanes
namespace V = dunlin::lane16;
#else
#include "prelude/wide32.h"
#define FAILURES_OF_THIS_WIDTH sequence_failures_of_32_lanes
namespace V = dunlin::lane32;
#endif

namespace dunlin::tests {
namespace {

namespace S = dunlin::lane;
using V::Count;
using V::kLanes;

int failures = 0;

void expect(bool holds, const char* what, const char* type, Count length) {
    if (holds) return;
    std::printf("%d lanes of %s: %s of %ld elements\n", kLanes, type, what,
                static_cast<long>(length));
    ++failures;
}

template <class E>
bool same(E a, E b) {
    if constexpr (S::kIsFloat<E>) {
        return S::bits(S::canonical(a)) == S::bits(S::canonical(b));
    } else {
        return a == b;
    }
}

/// Few different values, so that some are equal, with those among them that order by rules of their
/// own; or of all kinds.
template <class E>
E some_element(bool few, std::mt19937_64& random) {
    if constexpr (S::kIsFloat<E>) {
        const E special[] = {E(0.0),           E(-0.0), E(1.5), E(-2.5), S::not_a_number<E>(),
                             -S::infinity<E>()};
        if (few) return special[random() % 6];
        return static_cast<E>(static_cast<double>(random() >> 11) * 0x1p-40 - 1000.0);
    } else {
        return static_cast<E>(few ? random() % 3 : random());
    }
}

/// Element k of every lane's own sequence, as in a tile.
template <class T, class E>
struct Tile {
    Count length;
    std::unique_ptr<E[]> elements;

    Tile(Count size, bool few, std::mt19937_64& random)
        : length(size), elements(new E[static_cast<std::size_t>((size + 1) * kLanes)]) {
        for (Count k = 0; k < size * kLanes; ++k) elements[k] = some_element<E>(few, random);
    }
    T at(Count k) const { return V::load_lanes(&elements[k * kLanes]); }
    E of_lane(int lane, Count k) const { return elements[k * kLanes + lane]; }
};

template <class WideRule, class SingleRule, class T, class E>
void check_reduction(const Tile<T, E>& tile, const char* what, const char* type) {
    const auto element = [&](Count k) { return tile.at(k); };
    T result = WideRule::template empty<T>();
    if (tile.length > V::kReduceBlock) {
        result = V::reduce<T, WideRule>(tile.length, element);
    } else if (tile.length > 0) {
        result = V::reduce_short<T, WideRule>(tile.length, element);
    }
    bool holds = true;
    for (int lane = 0; lane < kLanes; ++lane) {
        Count k = 0;
        const auto join = [](E a, E b) { return SingleRule::join(a, b); };
        const auto next = [&] { return tile.of_lane(lane, k++); };
        const E expected = tile.length == 0 ? SingleRule::template empty<E>()
                                            : ir::reduce_in_order<E>(tile.length, join, next);
        holds = holds && same<E>(V::extract(result, lane), expected);
    }
    expect(holds, what, type, tile.length);
}

/// argmin and argmax, as a kernel writes them.
template <class T, class E>
void check_searches(const Tile<T, E>& tile, const char* type) {
    T least = tile.at(0), greatest = tile.at(0);
    for (Count k = 1; k < tile.length; ++k) {
        least = V::select(V::prefers_lesser(tile.at(k), least), tile.at(k), least);
        greatest = V::select(V::prefers_greater(tile.at(k), greatest), tile.at(k), greatest);
    }
    bool holds = true;
    for (int lane = 0; lane < kLanes; ++lane) {
        E low = tile.of_lane(lane, 0), high = low;
        for (Count k = 1; k < tile.length; ++k) {
            if (S::prefers_lesser(tile.of_lane(lane, k), low)) low = tile.of_lane(lane, k);
            if (S::prefers_greater(tile.of_lane(lane, k), high)) high = tile.of_lane(lane, k);
        }
        holds = holds && same<E>(V::extract(least, lane), low) &&
                same<E>(V::extract(greatest, lane), high);
    }
    expect(holds, "search", type, tile.length);
}

/// The places of a lane's elements in order: NaN last, else by value, else as they were.
template <class T, class E>
std::vector<int> expected_places(const Tile<T, E>& tile, int lane, bool descending) {
    std::vector<int> places(static_cast<std::size_t>(tile.length));
    std::iota(places.begin(), places.end(), 0);
    std::sort(places.begin(), places.end(), [&](int left, int right) {
        const E a = tile.of_lane(lane, left);
        const E b = tile.of_lane(lane, right);
        const bool a_last = a != a;
        const bool b_last = b != b;
        if (a_last != b_last) return b_last;
        if (a == b || a_last) return left < right;
        return descending ? a > b : a < b;
    });
    return places;
}

template <class T, class E>
void check_sort(const Tile<T, E>& tile, bool descending, const char* type) {
    const std::size_t size = static_cast<std::size_t>((tile.length + 1) * kLanes);
    const auto keys = std::make_unique<E[]>(size);
    const auto places = std::make_unique<int[]>(size);
    std::memcpy(keys.get(), tile.elements.get(), (size - kLanes) * sizeof(E));
    V::sort_with_places<T>(keys.get(), places.get(), tile.length, descending);
    bool holds = true;
    std::vector<std::vector<int>> expected;
    for (int lane = 0; lane < kLanes; ++lane) {
        expected.push_back(expected_places(tile, lane, descending));
        for (Count k = 0; k < tile.length; ++k) {
            const int place = expected.back()[static_cast<std::size_t>(k)];
            holds = holds && places[k * kLanes + lane] == place &&
                    same<E>(keys[k * kLanes + lane], tile.of_lane(lane, place));
        }
    }
    expect(holds, "sort with places", type, tile.length);
    if constexpr (!S::kIsFloat<E>) {
        std::memcpy(keys.get(), tile.elements.get(), (size - kLanes) * sizeof(E));
        V::sort_keys<T>(keys.get(), tile.length, descending);
        for (int lane = 0; lane < kLanes; ++lane)
            for (Count k = 0; k < tile.length; ++k)
                holds =
                    holds &&
                    keys[k * kLanes + lane] ==
                        tile.of_lane(
                            lane,
                            expected[static_cast<std::size_t>(lane)][static_cast<std::size_t>(k)]);
        expect(holds, "sort", type, tile.length);
    }
}

template <class T, class E>
void check_sequence(Count length, bool few, const char* type, std::mt19937_64& random) {
    const Tile<T, E> tile(length, few, random);
    if constexpr (V::kIsMask<T>) {
        check_reduction<V::AnyOf, S::AnyOf>(tile, "any", type);
        check_reduction<V::AllOf, S::AllOf>(tile, "all", type);
    } else {
        check_reduction<V::Add, S::Add>(tile, "sum", type);
        check_reduction<V::Multiply, S::Multiply>(tile, "product", type);
    }
    check_reduction<V::Least, S::Least>(tile, "least", type);
    check_reduction<V::Greatest, S::Greatest>(tile, "greatest", type);
    if (length > 0) check_searches(tile, type);
    if (length > 300) return;
    check_sort(tile, false, type);
    check_sort(tile, true, type);
}

template <class T>
void check_type(const char* type) {
    std::mt19937_64 random(8);
    for (Count length = 0; length < 36; ++length)
        check_sequence<T, V::Element<T>>(length, length % 2 == 0, type, random);
    for (Count length : {100, 257, 1000, 4095, 4096, 4097, 70000}) {
        check_sequence<T, V::Element<T>>(length, false, type, random);
        check_sequence<T, V::Element<T>>(length, true, type, random);
    }
}

}  // namespace

int FAILURES_OF_THIS_WIDTH() {
    failures = 0;
    check_type<V::mask>("mask");
    check_type<V::i8>("i8");
    check_type<V::u16>("u16");
    check_type<V::i32>("i32");
    check_type<V::u64>("u64");
    check_type<V::f32>("f32");
    check_type<V::f64>("f64");
    return failures;
}

}  // namespace dunlin::tests
