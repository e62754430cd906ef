// Element-wise operations: one class for all of them, and the loops it runs. The loop is a plain
// function, made from the rule for one element and chosen by element type when the instruction is
// prepared.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

inline constexpr std::size_t kMostOperands = 3;

// Computes `count` neighbouring elements of the result. steps[i] is 1 when operand i goes along, 0
// when its first element serves for all.
using ElementLoop = void (*)(const std::byte* const* operands, const std::int64_t* steps,
                             std::byte* result, std::int64_t count);
// Whether `count` elements of the second operand are fit for the operation.
using OperandCheck = Fault (*)(const std::byte* data, std::int64_t count);

class Elementwise final : public Action {
  public:
    Elementwise(const Site& site, ElementLoop loop, OperandCheck check);
    Fault run(const Frame& frame) override;

  private:
    void run_rows(const std::byte* const* operands, std::byte* result) const;

    ElementLoop loop_;
    OperandCheck check_;
    std::size_t arity_;
    std::array<SlotId, kMostOperands> operands_{};
    SlotId result_;
    Shape shape_;
    std::int64_t count_;
    std::int64_t second_count_ = 0;  // elements of the operand that is checked
    std::int64_t element_;           // bytes of an element of the result
    bool flat_ = true;               // no operand is repeated but those of one element
    std::array<std::int64_t, kMostOperands> steps_{};
    std::array<Strides, kMostOperands> strides_;  // in bytes
    Strides result_strides_;
};

template <typename Rule, typename A>
void unary_loop(const std::byte* const* operands, const std::int64_t* steps, std::byte* result,
                std::int64_t count) {
    using R = decltype(Rule{}(A{}));
    const std::byte* a = operands[0];
    if (steps[0] == 1) {
        for (std::int64_t k = 0; k < count; ++k) store<R>(result, k, Rule{}(load<A>(a, k)));
    } else if (count > 0) {
        const R value = Rule{}(load<A>(a));
        for (std::int64_t k = 0; k < count; ++k) store<R>(result, k, value);
    }
}

template <typename Rule, typename A>
void binary_loop(const std::byte* const* operands, const std::int64_t* steps, std::byte* result,
                 std::int64_t count) {
    using R = decltype(Rule{}(A{}, A{}));
    const std::byte* a = operands[0];
    const std::byte* b = operands[1];
    if (steps[0] == 1 && steps[1] == 1) {
        for (std::int64_t k = 0; k < count; ++k)
            store<R>(result, k, Rule{}(load<A>(a, k), load<A>(b, k)));
    } else {
        const std::int64_t step_a = steps[0];
        const std::int64_t step_b = steps[1];
        for (std::int64_t k = 0; k < count; ++k)
            store<R>(result, k, Rule{}(load<A>(a, k * step_a), load<A>(b, k * step_b)));
    }
}

// First is the type of the first operand; the others have the type of the result.
template <typename Rule, typename First, typename T>
void ternary_loop(const std::byte* const* operands, const std::int64_t* steps, std::byte* result,
                  std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        store<T>(result, k,
                 Rule{}(load<First>(operands[0], k * steps[0]), load<T>(operands[1], k * steps[1]),
                        load<T>(operands[2], k * steps[2])));
}

// Which element types a rule is made for.
struct AnyType {
    template <typename T>
    static constexpr bool kAccepts = true;
};
struct Numbers {
    template <typename T>
    static constexpr bool kAccepts = !std::is_same_v<T, bool>;
};
struct Floats {
    template <typename T>
    static constexpr bool kAccepts = std::is_floating_point_v<T>;
};
struct Integers {
    template <typename T>
    static constexpr bool kAccepts = std::is_integral_v<T> && !std::is_same_v<T, bool>;
};
struct Bits {
    template <typename T>
    static constexpr bool kAccepts = std::is_integral_v<T>;
};

template <typename Types, typename Select>
ElementLoop choose_loop(DType dtype, Select select) {
    return with_cpp_type(dtype, [&](auto sample) -> ElementLoop {
        if constexpr (Types::template kAccepts<decltype(sample)>) {
            return select(sample);
        } else {
            __builtin_unreachable();  // the verifier checks the element type
        }
    });
}

// The rules are lambdas without captures, handed over for their type.
template <typename Types, typename Rule>
std::unique_ptr<Action> unary(const Site& site, Rule) {
    ElementLoop loop = choose_loop<Types>(
        site.operand(0).dtype, [](auto sample) { return &unary_loop<Rule, decltype(sample)>; });
    return std::make_unique<Elementwise>(site, loop, nullptr);
}

template <typename Types, typename Rule>
std::unique_ptr<Action> binary(const Site& site, Rule, OperandCheck check = nullptr) {
    ElementLoop loop = choose_loop<Types>(
        site.operand(0).dtype, [](auto sample) { return &binary_loop<Rule, decltype(sample)>; });
    return std::make_unique<Elementwise>(site, loop, check);
}

}  // namespace dunlin::ir
