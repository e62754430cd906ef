// The rules by which reductions, scans and collectives join two elements into one. `empty` is what
// they give for no elements at all; `absent` is what a VM that takes no part in a collective stands
// for, and changes nothing.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ir/lane_rules.hpp"
#include "ir/types.hpp"

namespace dunlin::ir {

template <typename T>
inline constexpr bool kIsBool = std::is_same_v<T, bool>;

struct Add {
    template <typename T>
    static constexpr bool kAccepts = !kIsBool<T>;
    template <typename T>
    static T empty() {
        return T(0);
    }
    template <typename T>
    static T absent() {
        return lane::neg(T(0));  // 0.0 would turn a sum of -0.0
    }
    template <typename T>
    T operator()(T a, T b) const {
        return lane::add(a, b);
    }
};

struct Multiply {
    template <typename T>
    static constexpr bool kAccepts = !kIsBool<T>;
    template <typename T>
    static T empty() {
        return T(1);
    }
    template <typename T>
    T operator()(T a, T b) const {
        return lane::mul(a, b);
    }
};

// The least of nothing is the greatest value of the type, and the other way round. The front end
// lets no program ask for it, but the operation has a meaning for every shape.
struct Least {
    template <typename T>
    static constexpr bool kAccepts = true;
    template <typename T>
    static T empty() {
        if constexpr (kIsBool<T>) {
            return true;
        } else if constexpr (std::is_floating_point_v<T>) {
            return lane::infinity<T>();
        } else {
            return lane::highest<T>();
        }
    }
    template <typename T>
    static T absent() {
        return empty<T>();
    }
    template <typename T>
    T operator()(T a, T b) const {
        if constexpr (kIsBool<T>) {
            return a && b;
        } else {
            return lane::min(a, b);
        }
    }
};

struct Greatest {
    template <typename T>
    static constexpr bool kAccepts = true;
    template <typename T>
    static T empty() {
        if constexpr (kIsBool<T>) {
            return false;
        } else if constexpr (std::is_floating_point_v<T>) {
            return -lane::infinity<T>();
        } else {
            return lane::lowest<T>();
        }
    }
    template <typename T>
    static T absent() {
        return empty<T>();
    }
    template <typename T>
    T operator()(T a, T b) const {
        if constexpr (kIsBool<T>) {
            return a || b;
        } else {
            return lane::max(a, b);
        }
    }
};

struct AnyOf {
    template <typename T>
    static constexpr bool kAccepts = kIsBool<T>;
    template <typename T>
    static T empty() {
        return false;
    }
    template <typename T>
    static T absent() {
        return empty<T>();
    }
    template <typename T>
    T operator()(T a, T b) const {
        return a || b;
    }
};

struct AllOf {
    template <typename T>
    static constexpr bool kAccepts = kIsBool<T>;
    template <typename T>
    static T empty() {
        return true;
    }
    template <typename T>
    static T absent() {
        return empty<T>();
    }
    template <typename T>
    T operator()(T a, T b) const {
        return a && b;
    }
};

// Calls visit(T{}) with the C++ type of `dtype`, which must be one that Rule accepts.
template <typename Rule, typename Visitor>
auto with_accepted_type(DType dtype, Visitor&& visit) {
    using Result =
        decltype(visit(std::conditional_t<Rule::template kAccepts<bool>, bool, float>{}));
    return with_cpp_type(dtype, [&](auto sample) -> Result {
        if constexpr (Rule::template kAccepts<decltype(sample)>) {
            return visit(sample);
        } else {
            __builtin_unreachable();  // the verifier checks the element type
        }
    });
}

// Which of two elements argmin and argmax prefer. NaN goes before all; the order of the others is
// that of min and max, so -0.0 is less than 0.0. Of equal elements none is preferred, which leaves
// the first.
struct PreferLesser {
    template <typename T>
    static bool prefers(T candidate, T best) {
        if constexpr (std::is_floating_point_v<T>) {
            if (lane::is_nan(best)) return false;
            if (lane::is_nan(candidate)) return true;
            if (candidate == best) return lane::signbit(candidate) && !lane::signbit(best);
        }
        return candidate < best;
    }
};

struct PreferGreater {
    template <typename T>
    static bool prefers(T candidate, T best) {
        if constexpr (std::is_floating_point_v<T>) {
            if (lane::is_nan(best)) return false;
            if (lane::is_nan(candidate)) return true;
            if (candidate == best) return !lane::signbit(candidate) && lane::signbit(best);
        }
        return candidate > best;
    }
};

// An element on its way through a sort, and where it came from.
template <typename T>
struct Ranked {
    T value;
    std::int64_t place;
};

// The order of sorting: NaN after all others in both directions; -0.0 and 0.0 are equal; equal
// elements keep the order of their places.
template <typename T>
bool ranks_before(const Ranked<T>& a, const Ranked<T>& b, bool descending) {
    if constexpr (std::is_floating_point_v<T>) {
        const bool a_last = lane::is_nan(a.value);
        const bool b_last = lane::is_nan(b.value);
        if (a_last != b_last) return b_last;
        if (a_last) return a.place < b.place;
    }
    if (a.value == b.value) return a.place < b.place;
    return descending ? a.value > b.value : a.value < b.value;
}

}  // namespace dunlin::ir
