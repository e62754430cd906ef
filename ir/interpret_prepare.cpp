// The one switch over all operations: what each of them means. An operation that lacks a case does
// not compile.
#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_elementwise.hpp"

namespace dunlin::ir {

namespace {

std::unique_ptr<Action> make_convert(const Site& site) {
    ElementLoop loop = with_cpp_type(site.operand(0).dtype, [&](auto from) {
        return with_cpp_type(site.result().dtype, [](auto to) -> ElementLoop {
            auto rule = [](decltype(from) value) { return lane::converted<decltype(to)>(value); };
            return &unary_loop<decltype(rule), decltype(from)>;
        });
    });
    return std::make_unique<Elementwise>(site, loop, nullptr);
}

std::unique_ptr<Action> make_select(const Site& site) {
    ElementLoop loop = choose_loop<AnyType>(site.result().dtype, [](auto sample) {
        using T = decltype(sample);
        auto rule = [](bool condition, T chosen, T other) {
            return lane::select(condition, chosen, other);
        };
        return &ternary_loop<decltype(rule), bool, T>;
    });
    return std::make_unique<Elementwise>(site, loop, nullptr);
}

std::unique_ptr<Action> make_fma(const Site& site) {
    ElementLoop loop = choose_loop<Floats>(site.result().dtype, [](auto sample) {
        using T = decltype(sample);
        auto rule = [](T a, T b, T c) { return lane::fma(a, b, c); };
        return &ternary_loop<decltype(rule), T, T>;
    });
    return std::make_unique<Elementwise>(site, loop, nullptr);
}

template <typename T>
Fault no_zeros(const std::byte* data, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        if (load<T>(data, k) == T(0)) return Fault::DivideByZero;
    return Fault::None;
}

template <typename T>
Fault no_negatives(const std::byte* data, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        if (load<T>(data, k) < T(0)) return Fault::NegativePower;
    return Fault::None;
}

// Division of integers by zero is a fault; that of floats is not.
OperandCheck divisor_check(const Site& site) {
    return with_cpp_type(site.operand(1).dtype, [](auto sample) -> OperandCheck {
        if constexpr (Integers::kAccepts<decltype(sample)>) return &no_zeros<decltype(sample)>;
        return nullptr;
    });
}

OperandCheck exponent_check(const Site& site) {
    return with_cpp_type(site.operand(1).dtype, [](auto sample) -> OperandCheck {
        if constexpr (std::is_signed_v<decltype(sample)>) return &no_negatives<decltype(sample)>;
        return nullptr;
    });
}

}  // namespace

std::int64_t work_of(const Site& site) {
    std::int64_t work = 0;
    for (std::size_t i = 0; i < site.arity(); ++i) work += element_count(site.operand(i).shape);
    if (site.result_slot() == kNoSlot) return work;
    const std::int64_t count = element_count(site.result().shape);
    return site.instruction.op == Op::MatMul ? count * site.operand(0).shape.back() : work + count;
}

Prepared prepare(const Site& site) {
    switch (site.instruction.op) {
        case Op::Iota: return make_iota(site);
        case Op::VmId: return make_vm_id(site);
        case Op::VmCount: return make_vm_count(site);
        case Op::FirstTurn: return make_first_turn(site);
        case Op::RandomBits: return make_random_bits(site);

        case Op::Copy: return make_copy(site);
        case Op::Convert: return make_convert(site);
        case Op::Neg: return unary<Numbers>(site, [](auto x) { return lane::neg(x); });
        case Op::Abs: return unary<Numbers>(site, [](auto x) { return lane::abs(x); });
        case Op::Sign: return unary<Numbers>(site, [](auto x) { return lane::sign(x); });
        case Op::Not: return unary<Bits>(site, [](auto x) { return lane::bit_not(x); });
        case Op::Sqrt: return unary<Floats>(site, [](auto x) { return lane::sqrt(x); });
        case Op::Cbrt: return unary<Floats>(site, [](auto x) { return lane::cbrt(x); });
        case Op::Erf: return unary<Floats>(site, [](auto x) { return lane::erf(x); });
        case Op::Erfc: return unary<Floats>(site, [](auto x) { return lane::erfc(x); });
        case Op::Gamma: return unary<Floats>(site, [](auto x) { return lane::tgamma(x); });
        case Op::Exp: return unary<Floats>(site, [](auto x) { return lane::exp(x); });
        case Op::Exp2: return unary<Floats>(site, [](auto x) { return lane::exp2(x); });
        case Op::Expm1: return unary<Floats>(site, [](auto x) { return lane::expm1(x); });
        case Op::Log: return unary<Floats>(site, [](auto x) { return lane::log(x); });
        case Op::Log2: return unary<Floats>(site, [](auto x) { return lane::log2(x); });
        case Op::Log10: return unary<Floats>(site, [](auto x) { return lane::log10(x); });
        case Op::Log1p: return unary<Floats>(site, [](auto x) { return lane::log1p(x); });
        case Op::Sin: return unary<Floats>(site, [](auto x) { return lane::sin(x); });
        case Op::Cos: return unary<Floats>(site, [](auto x) { return lane::cos(x); });
        case Op::Tan: return unary<Floats>(site, [](auto x) { return lane::tan(x); });
        case Op::Asin: return unary<Floats>(site, [](auto x) { return lane::asin(x); });
        case Op::Acos: return unary<Floats>(site, [](auto x) { return lane::acos(x); });
        case Op::Atan: return unary<Floats>(site, [](auto x) { return lane::atan(x); });
        case Op::Sinh: return unary<Floats>(site, [](auto x) { return lane::sinh(x); });
        case Op::Cosh: return unary<Floats>(site, [](auto x) { return lane::cosh(x); });
        case Op::Tanh: return unary<Floats>(site, [](auto x) { return lane::tanh(x); });
        case Op::Asinh: return unary<Floats>(site, [](auto x) { return lane::asinh(x); });
        case Op::Acosh: return unary<Floats>(site, [](auto x) { return lane::acosh(x); });
        case Op::Atanh: return unary<Floats>(site, [](auto x) { return lane::atanh(x); });
        case Op::Floor: return unary<Floats>(site, [](auto x) { return lane::floor(x); });
        case Op::Ceil: return unary<Floats>(site, [](auto x) { return lane::ceil(x); });
        case Op::Trunc: return unary<Floats>(site, [](auto x) { return lane::trunc(x); });
        case Op::Round: return unary<Floats>(site, [](auto x) { return lane::rint(x); });
        case Op::IsNan: return unary<Floats>(site, [](auto x) { return lane::is_nan(x); });
        case Op::IsInf:
            return unary<Floats>(
                site, [](auto x) { return lane::abs(x) == lane::infinity<decltype(x)>(); });
        case Op::IsFinite:
            return unary<Floats>(
                site, [](auto x) { return lane::abs(x) < lane::infinity<decltype(x)>(); });
        case Op::SignBit: return unary<Floats>(site, [](auto x) { return lane::signbit(x); });
        case Op::PopCount: return unary<Integers>(site, [](auto x) { return lane::popcount(x); });
        case Op::Clz: return unary<Integers>(site, [](auto x) { return lane::clz(x); });
        case Op::Ctz: return unary<Integers>(site, [](auto x) { return lane::ctz(x); });
        case Op::BitReverse:
            return unary<Integers>(site, [](auto x) { return lane::bit_reverse(x); });

        case Op::Add: return binary<Numbers>(site, Add{});
        case Op::Sub: return binary<Numbers>(site, [](auto a, auto b) { return lane::sub(a, b); });
        case Op::Mul: return binary<Numbers>(site, Multiply{});
        case Op::Div: return binary<Floats>(site, [](auto a, auto b) { return a / b; });
        case Op::FloorDiv:
            return binary<Numbers>(
                site, [](auto a, auto b) { return lane::floor_div(a, b); }, divisor_check(site));
        case Op::Mod:
            return binary<Numbers>(
                site, [](auto a, auto b) { return lane::floor_mod(a, b); }, divisor_check(site));
        case Op::Pow: return binary<Floats>(site, [](auto a, auto b) { return lane::pow(a, b); });
        case Op::IntPow:
            return binary<Integers>(
                site, [](auto a, auto b) { return lane::integer_power(a, b); },
                exponent_check(site));
        case Op::Min: return binary<AnyType>(site, Least{});
        case Op::Max: return binary<AnyType>(site, Greatest{});
        case Op::Atan2:
            return binary<Floats>(site, [](auto a, auto b) { return lane::atan2(a, b); });
        case Op::Hypot:
            return binary<Floats>(site, [](auto a, auto b) { return lane::hypot(a, b); });
        case Op::CopySign:
            return binary<Floats>(site, [](auto a, auto b) { return lane::copysign(a, b); });
        case Op::NextAfter:
            return binary<Floats>(site, [](auto a, auto b) { return lane::nextafter(a, b); });
        case Op::And: return binary<Bits>(site, [](auto a, auto b) { return lane::bit_and(a, b); });
        case Op::Or: return binary<Bits>(site, [](auto a, auto b) { return lane::bit_or(a, b); });
        case Op::Xor: return binary<Bits>(site, [](auto a, auto b) { return lane::bit_xor(a, b); });
        case Op::Shl:
            return binary<Integers>(site, [](auto a, auto b) { return lane::shift_left(a, b); });
        case Op::Shr:
            return binary<Integers>(site, [](auto a, auto b) { return lane::shift_right(a, b); });
        case Op::Rotl:
            return binary<Integers>(site, [](auto a, auto b) { return lane::rotl(a, b); });
        case Op::Eq: return binary<AnyType>(site, [](auto a, auto b) { return lane::equal(a, b); });
        case Op::Ne:
            return binary<AnyType>(site, [](auto a, auto b) { return lane::not_equal(a, b); });
        case Op::Lt: return binary<AnyType>(site, [](auto a, auto b) { return lane::less(a, b); });
        case Op::Le:
            return binary<AnyType>(site, [](auto a, auto b) { return lane::less_equal(a, b); });

        case Op::Select: return make_select(site);
        case Op::Fma: return make_fma(site);

        case Op::ReduceSum: return make_reduction<Add>(site);
        case Op::ReduceProd: return make_reduction<Multiply>(site);
        case Op::ReduceMin: return make_reduction<Least>(site);
        case Op::ReduceMax: return make_reduction<Greatest>(site);
        case Op::ReduceAny: return make_reduction<AnyOf>(site);
        case Op::ReduceAll: return make_reduction<AllOf>(site);
        case Op::ArgMin: return make_arg_min(site);
        case Op::ArgMax: return make_arg_max(site);

        case Op::CumSum: return make_scan<Add>(site);
        case Op::CumProd: return make_scan<Multiply>(site);
        case Op::CumMin: return make_scan<Least>(site);
        case Op::CumMax: return make_scan<Greatest>(site);

        case Op::Sort: return make_sort(site);
        case Op::ArgSort: return make_arg_sort(site);
        case Op::MatMul: return make_matmul(site);

        case Op::Reshape: return make_reshape(site);
        case Op::Transpose: return make_transpose(site);
        case Op::Concat: return make_concat(site);
        case Op::View: return make_view(site);
        case Op::Update: return make_update(site);
        case Op::Gather: return make_gather(site);
        case Op::Scatter: return make_scatter(site);

        case Op::Print: return make_print(site);
        case Op::Require: return make_require(site);

        case Op::BatchSum: return make_batch_reduction<Add>(site);
        case Op::BatchMin: return make_batch_reduction<Least>(site);
        case Op::BatchMax: return make_batch_reduction<Greatest>(site);
        case Op::BatchAny: return make_batch_reduction<AnyOf>(site);
        case Op::BatchAll: return make_batch_reduction<AllOf>(site);
        case Op::BatchArgMin: return make_batch_arg_min(site);
        case Op::BatchArgMax: return make_batch_arg_max(site);
        case Op::BatchScan: return make_batch_scan(site);
        case Op::BatchGet: return make_batch_get(site);
        case Op::BatchShift: return make_batch_shift(site);
        case Op::BatchSort: return make_batch_sort(site);
    }
    __builtin_unreachable();
}

}  // namespace dunlin::ir
