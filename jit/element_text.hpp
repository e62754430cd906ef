// What is written for one element: types, literals and operations of the lane dialect.
#pragma once

#include <string>
#include <vector>

#include "ir/constant.hpp"
#include "ir/microcode.hpp"

namespace dunlin::jit {

// Whose meaning a piece of text has: one number, or a vector of lanes.
enum class Meaning : bool { Scalar, Lanes };

inline std::string prefix(Meaning meaning) {
    return meaning == Meaning::Scalar ? "S::" : "V::";
}
// "V::f64"; bool is "V::mask".
std::string type_text(Meaning meaning, ir::DType dtype);
// The type of an element in memory: "double" is written "S::f64", bool is "bool".
std::string memory_type(ir::DType dtype);

// Element k of a constant, as a scalar with exactly its bits (of a NaN, any).
std::string literal(const ir::Constant& constant, std::int64_t k);
// A whole number of that type, wrapped.
std::string integer_literal(ir::DType dtype, std::int64_t value);

// An elementwise operation on operands of type `operand` (the last operand's type for select), to
// be assigned to a variable of type `result`.
std::string operation_text(ir::Op op, Meaning meaning, ir::DType operand, ir::DType result,
                           const std::vector<std::string>& operands);
// The function by which a reduction, scan or collective joins two elements: "V::add".
std::string combine_text(ir::Op op, Meaning meaning, ir::DType dtype, const std::string& left,
                         const std::string& right);

}  // namespace dunlin::jit
