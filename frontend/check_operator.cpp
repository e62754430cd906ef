// Operators on values: which types they take, and which operation of the microcode they are.

#include "frontend/checker.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

Value Checker::binary(ast::BinaryOp op, Value left, Value right, ir::Span span) {
    if (!left || !right) return nothing();
    std::string_view symbol = ast::text_of(op);
    switch (op) {
        case ast::BinaryOp::Add:
            return arithmetic(Op::Add, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::Subtract:
            return arithmetic(Op::Sub, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::Multiply:
            return arithmetic(Op::Mul, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::FloorDivide:
            return arithmetic(Op::FloorDiv, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::Modulo:
            return arithmetic(Op::Mod, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::Divide:
            // An integer beside a float takes the float's type; two integers give the program's
            // float type.
            if (ir::is_float(left.dtype()) == ir::is_float(right.dtype())) {
                left = to_float(std::move(left));
                right = to_float(std::move(right));
            }
            return arithmetic(Op::Div, std::move(left), std::move(right), span, symbol);
        case ast::BinaryOp::Power: return power(std::move(left), std::move(right), span);
        case ast::BinaryOp::MatMul: return matrix_product(std::move(left), std::move(right), span);
        case ast::BinaryOp::Range: return range(std::move(left), std::move(right), span);
        case ast::BinaryOp::Or:
        case ast::BinaryOp::And:
        case ast::BinaryOp::BitOr:
        case ast::BinaryOp::BitXor:
        case ast::BinaryOp::BitAnd:
        case ast::BinaryOp::ShiftLeft:
        case ast::BinaryOp::ShiftRight: return bitwise(op, std::move(left), std::move(right), span);
        case ast::BinaryOp::Equal:
        case ast::BinaryOp::NotEqual:
        case ast::BinaryOp::Less:
        case ast::BinaryOp::LessEqual:
        case ast::BinaryOp::Greater:
        case ast::BinaryOp::GreaterEqual:
            return comparison(op, std::move(left), std::move(right), span);
    }
    return nothing();
}

Value Checker::arithmetic(Op op, Value left, Value right, ir::Span span, std::string_view symbol) {
    if (!left || !right) return nothing();
    if (left.dtype() == DType::Bool || right.dtype() == DType::Bool) {
        error(Code::bool_arithmetic, span, "'" + std::string(symbol) + "' does not take bool",
              describe_sides(left, right),
              "convert it: int(x) gives 0 and 1; sum(x) counts what is true");
        return nothing();
    }
    auto meeting = meet(left, right, span, symbol);
    if (!meeting) return nothing();
    auto shape = broadcast_shapes({&left, &right}, span);
    if (!shape) return nothing();
    auto to = [&](Value value) {
        Value converted = convert(std::move(value), meeting->dtype);
        return converted;
    };
    Value a = to(std::move(left)), b = to(std::move(right));
    return operation(op, operands(std::move(a), std::move(b)), {meeting->dtype, *shape}, span, {},
                     meeting->weak);
}

Value Checker::comparison(ast::BinaryOp op, Value left, Value right, ir::Span span) {
    auto meeting = meet(left, right, span, ast::text_of(op));
    if (!meeting) return nothing();
    auto shape = broadcast_shapes({&left, &right}, span);
    if (!shape) return nothing();
    Value a = convert(std::move(left), meeting->dtype),
          b = convert(std::move(right), meeting->dtype);
    bool swapped = op == ast::BinaryOp::Greater || op == ast::BinaryOp::GreaterEqual;
    Op operation_code = op == ast::BinaryOp::Equal                                  ? Op::Eq
                        : op == ast::BinaryOp::NotEqual                             ? Op::Ne
                        : op == ast::BinaryOp::Less || op == ast::BinaryOp::Greater ? Op::Lt
                                                                                    : Op::Le;
    auto ordered =
        swapped ? operands(std::move(b), std::move(a)) : operands(std::move(a), std::move(b));
    return operation(operation_code, std::move(ordered), {DType::Bool, *shape}, span);
}

// `and`, `or` and the operators on bits.
Value Checker::bitwise(ast::BinaryOp op, Value left, Value right, ir::Span span) {
    bool logical_op = op == ast::BinaryOp::And || op == ast::BinaryOp::Or;
    bool shift = op == ast::BinaryOp::ShiftLeft || op == ast::BinaryOp::ShiftRight;
    std::string symbol(ast::text_of(op));
    for (const Value* side : {&left, &right}) {
        bool fits = logical_op ? side->dtype() == DType::Bool
                    : shift    ? ir::is_integer(side->dtype())
                               : !ir::is_float(side->dtype());
        if (fits) continue;
        error(Code::wrong_element_type, side->span,
              "'" + symbol + "' takes " +
                  (logical_op ? "bool"
                   : shift    ? "integers"
                              : "integers or bool"),
              "this is " + describe(*side),
              logical_op ? "compare it: x != 0; '&' and '|' work on the bits of integers" : "");
        return nothing();
    }
    auto meeting = meet(left, right, span, symbol);
    if (!meeting) return nothing();
    auto shape = broadcast_shapes({&left, &right}, span);
    if (!shape) return nothing();
    Value a = convert(std::move(left), meeting->dtype),
          b = convert(std::move(right), meeting->dtype);
    Op code = op == ast::BinaryOp::And || op == ast::BinaryOp::BitAnd ? Op::And
              : op == ast::BinaryOp::Or || op == ast::BinaryOp::BitOr ? Op::Or
              : op == ast::BinaryOp::BitXor                           ? Op::Xor
              : op == ast::BinaryOp::ShiftLeft                        ? Op::Shl
                                                                      : Op::Shr;
    return operation(code, operands(std::move(a), std::move(b)), {meeting->dtype, *shape}, span, {},
                     meeting->weak);
}

Value Checker::power(Value base, Value exponent, ir::Span span) {
    if (!base || !exponent) return nothing();
    bool whole_exponent =
        ir::is_integer(exponent.dtype()) && exponent.constant && exponent.type.is_scalar();
    if (ir::is_float(base.dtype()) && whole_exponent) {
        std::int64_t k = exponent.constant->at<std::int64_t>();
        if (k >= -1 && k <= 4) return small_power(std::move(base), k, span);
    }
    bool integers = ir::is_integer(base.dtype()) && ir::is_integer(exponent.dtype());
    if (integers && whole_exponent && exponent.constant->at<std::int64_t>() < 0) {
        error(Code::constant_fault, span, "an integer to a negative power is not an integer", "",
              "use a float: float(x) ** -1");
        return nothing();
    }
    return arithmetic(integers ? Op::IntPow : Op::Pow, std::move(base), std::move(exponent), span,
                      "**");
}

// A float to a small whole power that is known at load is a product: exact squares, and fast.
Value Checker::small_power(Value base, std::int64_t exponent, ir::Span span) {
    auto one_like = [&](const Value& value) {
        return broadcast_value(
            convert(constant_value(ir::scalar_constant(DType::F64, 1.0), span, true),
                    value.dtype()),
            value.shape(), span);
    };
    auto times = [&](Value a, Value b) {
        return arithmetic(Op::Mul, std::move(a), std::move(b), span, "**");
    };
    if (exponent == 1) return base;
    if (exponent == 0) return one_like(base);
    if (exponent == -1) {
        Value one = constant_value(ir::scalar_constant(DType::F64, 1.0), span, true);
        return arithmetic(Op::Div, std::move(one), std::move(base), span, "**");
    }
    return with_let(std::move(base), [&](Value x) -> Value {
        Value square = times(copy(x), copy(x));
        if (exponent == 2) return square;
        if (exponent == 3) return times(std::move(square), std::move(x));
        return with_let(std::move(square), [&](Value y) {
            Value other = copy(y);
            return times(std::move(y), std::move(other));
        });
    });
}

Value Checker::matrix_product(Value left, Value right, ir::Span span) {
    if (!left || !right) return nothing();
    if (left.type.is_scalar() || right.type.is_scalar()) {
        error(Code::matrix_shapes, span, "a matrix product needs arrays",
              describe_sides(left, right), "use '*' to scale");
        return nothing();
    }
    if (left.dtype() == DType::Bool || right.dtype() == DType::Bool) {
        error(Code::bool_arithmetic, span, "'@' does not take bool", describe_sides(left, right),
              "convert it: int(x)");
        return nothing();
    }
    auto meeting = meet(left, right, span, "@");
    if (!meeting) return nothing();
    bool left_vector = left.shape().size() == 1, right_vector = right.shape().size() == 1;
    std::int64_t left_inner = left.shape().back();
    std::int64_t right_inner =
        right_vector ? right.shape()[0] : right.shape()[right.shape().size() - 2];
    if (left_inner != right_inner) {
        error(Code::matrix_shapes, span, "", describe_sides(left, right),
              "the last axis of the left side must be as long as the " +
                  std::string(right_vector ? "right side" : "last but one axis of the right side"));
        return nothing();
    }
    Value a = convert(std::move(left), meeting->dtype),
          b = convert(std::move(right), meeting->dtype);
    if (!a || !b) return nothing();
    auto as_matrix = [&](Value value, ir::Shape shape) {
        ir::Type type{meeting->dtype, std::move(shape)};
        return operation(Op::Reshape, operands(std::move(value)), type, span, {}, meeting->weak);
    };
    if (left_vector) a = as_matrix(std::move(a), {1, left_inner});
    if (right_vector) b = as_matrix(std::move(b), {right_inner, 1});
    ir::Shape left_batch(a.shape().begin(), a.shape().end() - 2);
    ir::Shape right_batch(b.shape().begin(), b.shape().end() - 2);
    auto batch = ir::broadcast(left_batch, right_batch);
    if (!batch) {
        error(Code::matrix_shapes, span, "the leading axes of the matrices do not broadcast",
              describe_sides(a, b));
        return nothing();
    }
    ir::Shape full = *batch, wanted = *batch;
    full.push_back(a.shape()[a.shape().size() - 2]);
    full.push_back(b.shape().back());
    if (!left_vector) wanted.push_back(full[full.size() - 2]);
    if (!right_vector) wanted.push_back(full.back());
    Value product = operation(Op::MatMul, operands(std::move(a), std::move(b)),
                              {meeting->dtype, full}, span, {}, meeting->weak);
    if (!product || wanted == full) return product;
    return as_matrix(std::move(product), wanted);
}

Value Checker::negate(Value operand, ir::Span span) {
    if (!operand) return operand;
    if (operand.dtype() == DType::Bool) {
        error(Code::bool_arithmetic, span, "'-' does not take bool", "this is " + describe(operand),
              "'not' negates a bool");
        return nothing();
    }
    ir::Type type = operand.type;
    bool weak = operand.weak;
    return operation(Op::Neg, operands(std::move(operand)), type, span, {}, weak);
}

Value Checker::complement(Value operand, ir::Span span) {
    if (!operand) return operand;
    if (ir::is_float(operand.dtype())) {
        error(Code::wrong_element_type, span, "'~' takes integers", "this is " + describe(operand));
        return nothing();
    }
    ir::Type type = operand.type;
    bool weak = operand.weak;
    return operation(Op::Not, operands(std::move(operand)), type, span, {}, weak);
}

Value Checker::logical_not(Value operand, ir::Span span) {
    if (!operand) return operand;
    if (operand.dtype() != DType::Bool) {
        error(Code::wrong_element_type, span, "'not' takes bool", "this is " + describe(operand),
              "compare it: x == 0");
        return nothing();
    }
    ir::Type type = operand.type;
    return operation(Op::Not, operands(std::move(operand)), type, span);
}

}  // namespace dunlin::frontend
