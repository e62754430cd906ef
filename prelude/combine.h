// How reductions, scans, collectives, searches and sorts treat two elements, in the lane dialect (a
// part of rules.h).

namespace DUNLIN_LANE_NAMESPACE {

// The rules that join two elements into one. `empty` is what they give for no elements at all;
// `absent` is what a VM that takes no part in a collective stands for, and changes nothing.
// kRounds: on floats the result depends on the order.
struct Add {
    template <class T>
    static constexpr bool kAccepts = !kIsMask<T>;
    static constexpr bool kRounds = true;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        return T(0);
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T absent() {
        return neg(T(0));  // 0.0 would turn a sum of -0.0
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return add(a, b);
    }
};

struct Multiply {
    template <class T>
    static constexpr bool kAccepts = !kIsMask<T>;
    static constexpr bool kRounds = true;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        return T(1);
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return mul(a, b);
    }
};

// The least of nothing is the greatest value of the type, and the other way round. The front end
// lets no program ask for it, but the operation has a meaning for every shape.
struct Least {
    template <class T>
    static constexpr bool kAccepts = true;
    static constexpr bool kRounds = false;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        if constexpr (kIsMask<T>) {
            return T(true);
        } else if constexpr (kIsFloat<T>) {
            return infinity<T>();
        } else {
            return highest<T>();
        }
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T absent() {
        return empty<T>();
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return min(a, b);
    }
};

struct Greatest {
    template <class T>
    static constexpr bool kAccepts = true;
    static constexpr bool kRounds = false;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        if constexpr (kIsMask<T>) {
            return T(false);
        } else if constexpr (kIsFloat<T>) {
            return -infinity<T>();
        } else {
            return lowest<T>();
        }
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T absent() {
        return empty<T>();
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return max(a, b);
    }
};

struct AnyOf {
    template <class T>
    static constexpr bool kAccepts = kIsMask<T>;
    static constexpr bool kRounds = false;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        return T(false);
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T absent() {
        return empty<T>();
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return a || b;
    }
};

struct AllOf {
    template <class T>
    static constexpr bool kAccepts = kIsMask<T>;
    static constexpr bool kRounds = false;
    template <class T>
    DUNLIN_LANE_FUNCTION T empty() {
        return T(true);
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T absent() {
        return empty<T>();
    }
    template <class T>
    DUNLIN_LANE_FUNCTION T join(In<T> a, In<T> b) {
        return a && b;
    }
};

/// Whether argmin or argmax takes the candidate rather than the best so far. NaN goes before all;
/// the order of the others is that of min and max, so -0.0 is less than 0.0. Of equal elements none
/// is preferred, which leaves the first.
template <class T>
DUNLIN_LANE_FUNCTION mask prefers_lesser(In<T> candidate, In<T> best) {
    if constexpr (kIsFloat<T>) {
        const mask zeros = (candidate == best) && signbit(candidate) && !signbit(best);
        return !is_nan(best) && (is_nan(candidate) || (candidate < best) || zeros);
    } else {
        return less(candidate, best);
    }
}
template <class T>
DUNLIN_LANE_FUNCTION mask prefers_greater(In<T> candidate, In<T> best) {
    if constexpr (kIsFloat<T>) {
        const mask zeros = (candidate == best) && signbit(best) && !signbit(candidate);
        return !is_nan(best) && (is_nan(candidate) || (candidate > best) || zeros);
    } else {
        return less(best, candidate);
    }
}

/// The order of sorting, for elements and the places that they come from: NaN after all others in
/// both directions; -0.0 and 0.0 are equal; equal elements keep the order of their places.
template <class T, class Place>
DUNLIN_LANE_FUNCTION mask ranks_before(In<T> a, In<Place> a_place, In<T> b, In<Place> b_place,
                                       bool descending) {
    const mask ahead = descending ? less(b, a) : less(a, b);
    if constexpr (kIsFloat<T>) {
        const mask tie = (a == b) || (is_nan(a) && is_nan(b));
        return ahead || (!is_nan(a) && is_nan(b)) || (tie && less(a_place, b_place));
    } else {
        return ahead || (equal(a, b) && less(a_place, b_place));
    }
}

}  // namespace DUNLIN_LANE_NAMESPACE
