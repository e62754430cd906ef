#include "jit/element_text.hpp"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstdio>

namespace dunlin::jit {

using ir::DType;
using ir::Op;

std::string type_text(Meaning meaning, DType dtype) {
    return prefix(meaning) +
           (dtype == DType::Bool ? std::string("mask") : std::string(ir::name_of(dtype)));
}

std::string memory_type(DType dtype) {
    return dtype == DType::Bool ? "bool" : "S::" + std::string(ir::name_of(dtype));
}

namespace {

std::string bits_text(unsigned long long bits) {
    char text[32];
    std::snprintf(text, sizeof text, "0x%llxu", bits);
    return text;
}

// A hexadecimal literal is exact; what has none is written by its bits.
std::string float_literal(double value, bool narrow) {
    if (std::isfinite(value)) {
        char text[64];
        std::snprintf(text, sizeof text, "%a%s", value, narrow ? "f" : "");
        // A negative literal beside an operator stays one number.
        return value < 0 || std::signbit(value) ? "(" + std::string(text) + ")" : text;
    }
    if (narrow)
        return "S::from_bits(S::u32(" + bits_text(std::bit_cast<unsigned>(float(value))) + "))";
    return "S::from_bits(S::u64(" + bits_text(std::bit_cast<unsigned long long>(value)) + "ll))";
}

}  // namespace

std::string integer_literal(DType dtype, std::int64_t value) {
    return ir::with_cpp_type(dtype, [&](auto sample) -> std::string {
        using T = decltype(sample);
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
            const T wrapped = static_cast<T>(value);
            const std::string type = memory_type(dtype);
            if constexpr (std::is_unsigned_v<T>) {
                return type + "(" + std::to_string(static_cast<unsigned long long>(wrapped)) +
                       (sizeof(T) == 8 ? "ull" : "u") + ")";
            } else {
                // The lowest number of a type has no literal of its own.
                if (wrapped == std::numeric_limits<T>::min())
                    return type + "(" + std::to_string(static_cast<long long>(wrapped) + 1) +
                           (sizeof(T) == 8 ? "ll" : "") + " - 1)";
                return type + "(" + std::to_string(static_cast<long long>(wrapped)) +
                       (sizeof(T) == 8 ? "ll" : "") + ")";
            }
        } else {
            __builtin_unreachable();
        }
    });
}

std::string literal(const ir::Constant& constant, std::int64_t k) {
    switch (ir::kind_of(constant.type.dtype)) {
        case ir::Kind::Bool: return constant.at<bool>(k) ? "true" : "false";
        case ir::Kind::Float:
            return float_literal(constant.at<double>(k), constant.type.dtype == DType::F32);
        case ir::Kind::Signed:
            return integer_literal(constant.type.dtype, constant.at<std::int64_t>(k));
        case ir::Kind::Unsigned:
            return integer_literal(constant.type.dtype,
                                   static_cast<std::int64_t>(constant.at<std::uint64_t>(k)));
    }
    __builtin_unreachable();
}

namespace {

std::string call(const std::string& function, const std::vector<std::string>& arguments) {
    std::string text = function + "(";
    for (std::size_t k = 0; k < arguments.size(); ++k) text += (k > 0 ? ", " : "") + arguments[k];
    return text + ")";
}

std::string infix(const std::string& left, const char* sign, const std::string& right) {
    return "(" + left + " " + sign + " " + right + ")";
}

std::string compare(Meaning meaning, const std::string& left, const char* sign,
                    const std::string& right) {
    return type_text(meaning, DType::Bool) + infix(left, sign, right);
}

// Where the sign does what the language asks for, it is written: it costs a third of the compile
// time of a call. Vectors of integers wrap as they are; numbers do when they are unsigned and not
// promoted to int.
std::string arithmetic(const char* name, const char* sign, Meaning meaning, DType dtype,
                       const std::vector<std::string>& x) {
    if (ir::is_float(dtype) || meaning == Meaning::Lanes) return infix(x[0], sign, x[1]);
    if (ir::size_of(dtype) < 4) return call(prefix(meaning) + name, x);
    if (ir::kind_of(dtype) == ir::Kind::Unsigned) return infix(x[0], sign, x[1]);
    const std::string wraps = ir::size_of(dtype) == 4 ? "S::u32(" : "S::u64(";
    return memory_type(dtype) + infix(wraps + x[0] + ")", sign, wraps + x[1] + ")");
}

std::string negation(Meaning meaning, DType dtype, const std::vector<std::string>& x) {
    if (ir::is_float(dtype) || meaning == Meaning::Lanes) return "(-" + x[0] + ")";
    return call(prefix(meaning) + "neg", x);
}

// Operations on truths, where they are not those on numbers.
std::string truth_operation(Op op, const std::vector<std::string>& x) {
    switch (op) {
        case Op::Not: return "(!" + x[0] + ")";
        case Op::And:
        case Op::Min: return infix(x[0], "&&", x[1]);
        case Op::Or:
        case Op::Max: return infix(x[0], "||", x[1]);
        case Op::Xor:
        case Op::Ne: return infix(x[0], "!=", x[1]);
        case Op::Eq: return "(!" + infix(x[0], "!=", x[1]) + ")";
        case Op::Lt: return "(!" + x[0] + " && " + x[1] + ")";
        case Op::Le: return "(!" + x[0] + " || " + x[1] + ")";
        default: return {};
    }
}

}  // namespace

std::string operation_text(Op op, Meaning meaning, DType operand, DType result,
                           const std::vector<std::string>& x) {
    const std::string in = prefix(meaning);
    const std::string type = type_text(meaning, operand);
    if (operand == DType::Bool) {
        std::string text = truth_operation(op, x);
        if (!text.empty()) return text;
    }
    auto named = [&](const char* name) { return call(in + name, x); };
    switch (op) {
        case Op::Copy: return x[0];
        case Op::Convert: return call(in + "converted<" + type_text(meaning, result) + ">", x);
        case Op::Neg: return negation(meaning, operand, x);
        case Op::Abs: return named("abs");
        case Op::Sign: return named("sign");
        case Op::Not: return call(in + "convert<" + type + ">", {"~" + x[0]});
        case Op::Sqrt: return named("sqrt");
        case Op::Cbrt: return named("cbrt");
        case Op::Erf: return named("erf");
        case Op::Erfc: return named("erfc");
        case Op::Gamma: return named("tgamma");
        case Op::Exp: return named("exp");
        case Op::Exp2: return named("exp2");
        case Op::Expm1: return named("expm1");
        case Op::Log: return named("log");
        case Op::Log2: return named("log2");
        case Op::Log10: return named("log10");
        case Op::Log1p: return named("log1p");
        case Op::Sin: return named("sin");
        case Op::Cos: return named("cos");
        case Op::Tan: return named("tan");
        case Op::Asin: return named("asin");
        case Op::Acos: return named("acos");
        case Op::Atan: return named("atan");
        case Op::Sinh: return named("sinh");
        case Op::Cosh: return named("cosh");
        case Op::Tanh: return named("tanh");
        case Op::Asinh: return named("asinh");
        case Op::Acosh: return named("acosh");
        case Op::Atanh: return named("atanh");
        case Op::Floor: return named("floor");
        case Op::Ceil: return named("ceil");
        case Op::Trunc: return named("trunc");
        case Op::Round: return named("rint");
        case Op::IsNan: return type_text(meaning, DType::Bool) + "(" + named("is_nan") + ")";
        case Op::IsInf:
            return compare(meaning, named("abs"), "==", in + "infinity<" + type + ">()");
        case Op::IsFinite:
            return compare(meaning, named("abs"), "<", in + "infinity<" + type + ">()");
        case Op::SignBit: return named("signbit");
        case Op::PopCount: return named("popcount");
        case Op::Clz: return named("clz");
        case Op::Ctz: return named("ctz");
        case Op::BitReverse: return named("bit_reverse");
        case Op::Add: return arithmetic("add", "+", meaning, operand, x);
        case Op::Sub: return arithmetic("sub", "-", meaning, operand, x);
        case Op::Mul: return arithmetic("mul", "*", meaning, operand, x);
        case Op::Div: return infix(x[0], "/", x[1]);
        case Op::FloorDiv: return named("floor_div");
        case Op::Mod: return named("floor_mod");
        case Op::Pow: return named("pow");
        case Op::IntPow: return named("integer_power");
        case Op::Min: return named("min");
        case Op::Max: return named("max");
        case Op::Atan2: return named("atan2");
        case Op::Hypot: return named("hypot");
        case Op::CopySign: return named("copysign");
        case Op::NextAfter: return named("nextafter");
        case Op::And: return infix(x[0], "&", x[1]);
        case Op::Or: return infix(x[0], "|", x[1]);
        case Op::Xor: return infix(x[0], "^", x[1]);
        case Op::Shl: return named("shift_left");
        case Op::Shr: return named("shift_right");
        case Op::Rotl: return named("rotl");
        case Op::Eq: return compare(meaning, x[0], "==", x[1]);
        case Op::Ne: return compare(meaning, x[0], "!=", x[1]);
        case Op::Lt: return compare(meaning, x[0], "<", x[1]);
        case Op::Le: return compare(meaning, x[0], "<=", x[1]);
        case Op::Select: return named("select");
        case Op::Fma: return named("fma");
        default: assert(false && "not an elementwise operation"); return {};
    }
}

std::string combine_text(Op op, Meaning meaning, DType dtype, const std::string& left,
                         const std::string& right) {
    Op pair = Op::Add;
    switch (op) {
        case Op::ReduceSum:
        case Op::CumSum: pair = Op::Add; break;
        case Op::ReduceProd:
        case Op::CumProd: pair = Op::Mul; break;
        case Op::ReduceMin:
        case Op::CumMin: pair = Op::Min; break;
        case Op::ReduceMax:
        case Op::CumMax: pair = Op::Max; break;
        case Op::ReduceAny: pair = Op::Or; break;
        case Op::ReduceAll: pair = Op::And; break;
        default: assert(false && "not a reduction");
    }
    return operation_text(pair, meaning, dtype, dtype, {left, right});
}

}  // namespace dunlin::jit
