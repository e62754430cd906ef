// How element types and shapes meet.

#include <algorithm>
#include <cmath>
#include <limits>

#include "frontend/checker.hpp"
#include "ir/interpret.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Kind;
using ir::Op;

namespace {

// Results of constants that are larger than this are left for the running program.
constexpr std::int64_t kMaxConstantElements = 1 << 16;

bool is_number(const Value& value) {
    return value.dtype() != DType::Bool;
}

// The unsigned type fits into the signed one, or they are of one kind.
std::optional<DType> meet_integers(DType a, DType b) {
    if (ir::kind_of(a) == ir::kind_of(b)) return ir::size_of(a) >= ir::size_of(b) ? a : b;
    DType signed_type = ir::kind_of(a) == Kind::Signed ? a : b;
    DType unsigned_type = ir::kind_of(a) == Kind::Signed ? b : a;
    if (ir::size_of(signed_type) > ir::size_of(unsigned_type)) return signed_type;
    return std::nullopt;
}

bool integer_fits(std::int64_t value, DType dtype) {
    return ir::with_cpp_type(dtype, [&](auto sample) {
        using T = decltype(sample);
        if constexpr (std::is_same_v<T, bool> || std::is_floating_point_v<T>) {
            return false;
        } else if constexpr (std::is_unsigned_v<T>) {
            return value >= 0 && static_cast<std::uint64_t>(value) <= std::numeric_limits<T>::max();
        } else {
            return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
        }
    });
}

bool may_fault(Op op, DType result, const std::vector<std::int64_t>& attributes) {
    if (op == Op::FloorDiv || op == Op::Mod) return ir::is_integer(result);
    if (op == Op::View || op == Op::Update) {
        std::vector<ir::AxisView> axes = ir::axis_views(attributes);
        return std::any_of(axes.begin(), axes.end(),
                           [](const ir::AxisView& axis) { return axis.moves(); });
    }
    return op == Op::IntPow || op == Op::Gather || op == Op::Scatter;
}

}  // namespace

std::optional<Checker::Meeting> Checker::meet(const Value& left, const Value& right, ir::Span span,
                                              std::string_view symbol) {
    if (!is_number(left) || !is_number(right)) {
        if (left.dtype() == right.dtype()) return Meeting{DType::Bool, false};
        error(Code::type_mismatch, span, "bool meets a number", describe_sides(left, right),
              "convert one side: int(x) gives 0 and 1, x != 0 gives a bool");
        return std::nullopt;
    }
    bool left_float = ir::is_float(left.dtype()), right_float = ir::is_float(right.dtype());
    if (left.weak && right.weak)
        return Meeting{left_float || right_float ? DType::F64 : DType::I64, true};
    if (left.weak || right.weak) {
        const Value& literal = left.weak ? left : right;
        const Value& other = left.weak ? right : left;
        if (ir::is_float(literal.dtype()) && !ir::is_float(other.dtype()))
            return Meeting{options_.float_type, false};
        return Meeting{other.dtype(), false};
    }
    if (left_float && right_float)
        return Meeting{
            ir::size_of(left.dtype()) >= ir::size_of(right.dtype()) ? left.dtype() : right.dtype(),
            false};
    if (left_float || right_float) return Meeting{left_float ? left.dtype() : right.dtype(), false};
    if (auto common = meet_integers(left.dtype(), right.dtype())) return Meeting{*common, false};
    error(Code::signed_meets_unsigned, span,
          "'" + std::string(symbol) + "' of signed and unsigned integers",
          describe_sides(left, right), "say which is meant: convert one side, for example i64(x)");
    return std::nullopt;
}

// A literal takes the type it meets. Floats never become integers by themselves.
Value Checker::adopt(Value literal, DType dtype) {
    if (!ir::is_float(dtype)) {
        if (ir::is_float(literal.dtype()) || dtype == DType::Bool) {
            error(Code::type_mismatch, literal.span,
                  describe(literal) + " where " + std::string(ir::name_of(dtype)) + " is wanted",
                  "", "convert it: " + std::string(ir::name_of(dtype)) + "(...)");
            return nothing();
        }
        for (std::int64_t k = 0; k < literal.constant->count(); ++k) {
            std::int64_t number = literal.constant->at<std::int64_t>(k);
            if (integer_fits(number, dtype)) continue;
            error(Code::literal_does_not_fit, literal.span,
                  std::to_string(number) + " does not fit " + std::string(ir::name_of(dtype)), "",
                  "use a wider type, or a conversion, which wraps: " +
                      std::string(ir::name_of(dtype)) + "(...)");
            return nothing();
        }
    }
    ir::Type type{dtype, literal.shape()};
    if (literal.dtype() != dtype)
        literal.constant = ir::evaluate(Op::Convert, {}, {&*literal.constant}, type);
    literal.type = type;
    literal.weak = false;
    literal.node = nullptr;
    return literal;
}

Value Checker::convert(Value value, DType dtype) {
    if (!value) return value;
    if (value.weak) return adopt(std::move(value), dtype);
    if (value.dtype() == dtype) return value;
    ir::Type type{dtype, value.shape()};
    ir::Span span = value.span;
    return operation(Op::Convert, operands(std::move(value)), type, span);
}

Value Checker::materialise(Value value) {
    if (!value || !value.weak) return value;
    DType dtype = ir::is_float(value.dtype()) ? options_.float_type : options_.int_type;
    return adopt(std::move(value), dtype);
}

Value Checker::to_float(Value value) {
    if (!value) return value;
    if (value.dtype() == DType::Bool) {
        error(Code::bool_arithmetic, value.span, "a bool is not a number",
              "this is " + describe(value), "convert it: float(x)");
        return nothing();
    }
    if (ir::is_float(value.dtype())) return value;
    if (value.weak) {
        ir::Span span = value.span;
        Value result = adopt(std::move(value), DType::F64);
        result.weak = true;
        result.span = span;
        return result;
    }
    return convert(std::move(value), options_.float_type);
}

std::optional<ir::Shape> Checker::broadcast_shapes(const std::vector<const Value*>& values,
                                                   ir::Span span) {
    ir::Shape shape;
    for (const Value* value : values) {
        auto next = ir::broadcast(shape, value->shape());
        if (!next) {
            std::string label = values.size() == 2 ? describe_sides(*values[0], *values[1]) : "";
            if (values.size() > 2)
                for (std::size_t i = 0; i < values.size(); ++i)
                    label += (i ? ", " : "") + describe(*values[i]);
            error(Code::shapes_do_not_broadcast, span, "", label,
                  "sizes must be equal, or one of them 1");
            return std::nullopt;
        }
        shape = std::move(*next);
    }
    return shape;
}

Value Checker::broadcast_value(Value value, const ir::Shape& shape, ir::Span span) {
    if (!value || value.shape() == shape) return value;
    ir::Type type{value.dtype(), shape};
    bool weak = value.weak;
    return operation(Op::Copy, operands(std::move(value)), type, span, {}, weak);
}

bool Checker::fits_in_memory(const ir::Type& type, ir::Span span) {
    auto count = ir::checked_count(type.shape);
    if (count && *count <= ir::kMaxBytes / ir::size_of(type.dtype)) return true;
    error(Code::array_too_large, span, "", "this would be " + describe(type),
          "one value may have at most " + std::to_string(ir::kMaxBytes >> 30) + " GiB");
    return false;
}

Value Checker::operation(Op op, std::vector<Value> operands, const ir::Type& result, ir::Span span,
                         std::vector<std::int64_t> attributes, bool weak) {
    for (const Value& operand : operands)
        if (!operand) return nothing();
    if (!fits_in_memory(result, span)) return nothing();
    bool constant = true, pure = true;
    std::vector<const ir::Constant*> constants;
    for (const Value& operand : operands) {
        constant = constant && operand.constant;
        pure = pure && operand.is_pure_constant();
        if (operand.constant) constants.push_back(&*operand.constant);
    }
    Value value;
    value.kind = Value::Kind::Array;
    value.span = span;
    value.type = result;
    if (constant && ir::element_count(result.shape) <= kMaxConstantElements) {
        value.constant = ir::evaluate(op, attributes, constants, result);
        if (!value.constant && pure && !operands.empty()) {
            error(Code::constant_fault, span, "",
                  op == Op::IntPow ? "a negative power of an integer"
                                   : "an integer is divided by zero",
                  "");
            return nothing();
        }
    }
    value.weak = weak && value.constant.has_value();
    if (value.constant && pure) return value;
    // A call of what may fault is made even when nobody needs its value.
    frame_->has_effects = frame_->has_effects || may_fault(op, result.dtype, attributes);
    checked::OperationNode node{op, {}, std::move(attributes)};
    for (Value& operand : operands) node.operands.push_back(take_node(std::move(operand)));
    value.node = make_node(span, result, std::move(node));
    if (weak)
        return convert(std::move(value),
                       ir::is_float(result.dtype) ? options_.float_type : options_.int_type);
    return value;
}

// Gives the value a name for as long as `body` needs it more than once.
Value Checker::with_let(Value value, const std::function<Value(Value)>& body) {
    if (!value || is_copyable(value)) return body(std::move(value));
    ir::Span span = value.span;
    checked::Variable* variable = hidden_variable(value.type, span);
    Value inner = body(read(variable, span));
    if (!inner) return inner;
    ir::Type type = inner.type;
    ir::Span inner_span = inner.span;
    return node_value(make_node(
        inner_span, type,
        checked::LetNode{variable, take_node(std::move(value)), take_node(std::move(inner))}));
}

std::optional<DType> Checker::element_type(const ast::Name& name) {
    if (auto builtin = find_builtin(name.text))
        if (auto dtype = conversion_type(*builtin, options_.int_type, options_.float_type))
            return dtype;
    std::vector<std::string> candidates;
    for (Builtin builtin : all_builtins())
        if (info(builtin).family == Family::Conversion) candidates.emplace_back(info(builtin).name);
    std::string near = ir::nearest_name(name.text, candidates);
    error(Code::unknown_type, name.span, "unknown type '" + name.text + "'", "",
          near.empty() ? "types are bool, int, float, i8 to i64, u8 to u64, f32, f64"
                       : "did you mean '" + near + "'?");
    return std::nullopt;
}

std::optional<ir::Type> Checker::type_of(const ast::TypeName& name) {
    auto dtype = element_type(name.element);
    if (!dtype) return std::nullopt;
    ir::Type type{*dtype, {}};
    for (const auto& size : name.sizes) {
        Value value = array(*size);
        if (!value) return std::nullopt;
        if (!value.constant) {
            error(Code::not_load_time_constant, size->span,
                  "the size of an axis must be known when the program is loaded",
                  "this is found while running",
                  "sizes are built from numbers, params, len(x), shape(x) and arithmetic on them");
            return std::nullopt;
        }
        bool whole = value.type.is_scalar() && ir::is_integer(value.dtype());
        if (!whole || value.constant->at<std::int64_t>() < 0) {
            error(Code::bad_shape, size->span, "the size of an axis is a whole number, 0 or more",
                  "this is " + describe(value));
            return std::nullopt;
        }
        type.shape.push_back(value.constant->at<std::int64_t>());
    }
    if (!fits_in_memory(type, name.span)) return std::nullopt;
    return type;
}

}  // namespace dunlin::frontend
