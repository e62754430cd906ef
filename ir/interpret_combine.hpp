// The rules by which reductions, scans, collectives, searches and sorts treat two elements: those
// of prelude/combine.h, as functions to be handed over.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ir/lane_rules.hpp"
#include "ir/types.hpp"

namespace dunlin::ir {

template <typename Rule>
struct Joining : Rule {
    template <typename T>
    T operator()(T a, T b) const {
        return Rule::join(a, b);
    }
};
using Add = Joining<lane::Add>;
using Multiply = Joining<lane::Multiply>;
using Least = Joining<lane::Least>;
using Greatest = Joining<lane::Greatest>;
using AnyOf = Joining<lane::AnyOf>;
using AllOf = Joining<lane::AllOf>;

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

// Which of two elements argmin and argmax prefer.
struct PreferLesser {
    template <typename T>
    static bool prefers(T candidate, T best) {
        return lane::prefers_lesser(candidate, best);
    }
};
struct PreferGreater {
    template <typename T>
    static bool prefers(T candidate, T best) {
        return lane::prefers_greater(candidate, best);
    }
};

// An element on its way through a sort, and where it came from.
template <typename T>
struct Ranked {
    T value;
    std::int64_t place;
};

template <typename T>
bool ranks_before(const Ranked<T>& a, const Ranked<T>& b, bool descending) {
    return lane::ranks_before(a.value, a.place, b.value, b.place, descending);
}

}  // namespace dunlin::ir
