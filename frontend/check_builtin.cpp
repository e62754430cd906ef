// Built-in functions: arguments, the element-wise families, facts known at load.

#include "frontend/check_builtin.hpp"

#include <algorithm>

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

BuiltinChecker::BuiltinChecker(Checker& checker, Builtin builtin, ir::Span span)
    : checker_(checker),
      builtin_(builtin),
      info_(info(builtin)),
      span_(span),
      names_(parameter_names(info_.parameters)) {
    values_.resize(names_.size());
}

Value BuiltinChecker::complain(Code code, ir::Span span, std::string message, std::string label,
                               std::string help) {
    checker_.error(code, span, std::move(message), std::move(label), std::move(help));
    return {};
}

Value BuiltinChecker::call(std::vector<Value> positional,
                           std::vector<std::pair<ast::Name, Value>> named) {
    if (!match(std::move(positional), std::move(named))) return {};
    switch (info_.family) {
        case Family::Conversion: return convert_to_type();
        case Family::Float1:
        case Family::Float2:
        case Family::Float3:
        case Family::Float1Test:
        case Family::Number1:
        case Family::Number2:
        case Family::Rounding1:
        case Family::Test1:
        case Family::Bits1:
        case Family::Bits2: return elementwise();
        case Family::Special: return special();
    }
    return {};
}

Value BuiltinChecker::special() {
    switch (info_.op) {
        case Op::Select: return where();
        case Op::Iota: return arange();
        case Op::Reshape: return reshape();
        case Op::Transpose: return transpose();
        case Op::Concat: return concat(builtin_ == Builtin::Stack);
        case Op::Gather: return take();
        case Op::MatMul:
            return checker_.matrix_product(array_argument("a"), array_argument("b"), span_);
        case Op::ReduceSum:
        case Op::ReduceProd:
        case Op::ReduceMin:
        case Op::ReduceMax:
        case Op::ReduceAny:
        case Op::ReduceAll:
        case Op::ArgMin:
        case Op::ArgMax: return reduce();
        case Op::CumSum:
        case Op::CumProd:
        case Op::CumMin:
        case Op::CumMax: return scan();
        case Op::Sort:
        case Op::ArgSort: return order();
        case Op::RandomBits: return random();
        default: break;
    }
    if (ir::is_collective(info_.op)) return collective();
    switch (builtin_) {
        case Builtin::Zeros: return zeros_or_ones(false);
        case Builtin::Ones: return zeros_or_ones(true);
        case Builtin::Full: return full();
        case Builtin::BroadcastTo: return broadcast_to();
        default: return fact();
    }
}

// --- arguments
// --------------------------------------------------------------------------------------------------------

bool BuiltinChecker::wrong_count(std::size_t given) {
    checker_.wrong_count(std::string(info_.name),
                         std::string(info_.name) + "(" + std::string(info_.parameters) + ")", given,
                         span_);
    return false;
}

bool BuiltinChecker::match(std::vector<Value> positional,
                           std::vector<std::pair<ast::Name, Value>> named) {
    std::size_t given = positional.size() + named.size();
    auto rest = std::find_if(names_.begin(), names_.end(),
                             [](const std::string& name) { return name.ends_with("..."); });
    std::size_t fixed = static_cast<std::size_t>(rest - names_.begin());
    for (std::size_t i = 0; i < positional.size(); ++i) {
        if (i < fixed) {
            values_[i] = std::move(positional[i]);
        } else if (rest != names_.end()) {
            rest_.push_back(std::move(positional[i]));
        } else {
            return wrong_count(given);
        }
    }
    for (auto& [name, value] : named) {
        auto found = std::find_if(names_.begin(), names_.end(), [&](const std::string& each) {
            return each == name.text || each == name.text + "...";
        });
        if (found == names_.end() || values_[static_cast<std::size_t>(found - names_.begin())]) {
            std::string near = found == names_.end() ? ir::nearest_name(name.text, names_) : "";
            complain(Code::unknown_argument, name.span,
                     found == names_.end()
                         ? "'" + std::string(info_.name) + "' has no argument '" + name.text + "'"
                         : "the argument '" + name.text + "' is given twice",
                     "",
                     near.empty() ? "it is " + std::string(info_.name) + "(" +
                                        std::string(info_.parameters) + ")"
                                  : "did you mean '" + near + "'?");
            return false;
        }
        if (found->ends_with("...")) {
            rest_.push_back(std::move(value));
        } else {
            values_[static_cast<std::size_t>(found - names_.begin())] = std::move(value);
        }
    }
    // Parameters without a default must be there.
    std::string_view text = info_.parameters;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        std::string_view part = text.substr(0, text.find(','));
        text = text.find(',') == std::string_view::npos ? "" : text.substr(text.find(',') + 1);
        bool optional = part.find('=') != std::string_view::npos || names_[i].ends_with("...");
        if (!values_[i] && !optional && builtin_ != Builtin::Arange) return wrong_count(given);
    }
    return true;
}

bool BuiltinChecker::has(std::string_view name) const {
    auto found = std::find(names_.begin(), names_.end(), name);
    return static_cast<bool>(values_[static_cast<std::size_t>(found - names_.begin())]);
}

Value& BuiltinChecker::argument(std::string_view name) {
    return values_[static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) -
                                            names_.begin())];
}

Value BuiltinChecker::array_argument(std::string_view name) {
    Value& value = argument(name);
    if (value.kind == Value::Kind::Tuple) return checker_.pack(std::move(value.items), value.span);
    return checker_.single(std::move(value));
}

std::optional<std::vector<std::int64_t>> BuiltinChecker::integers_of(const Value& value,
                                                                     const std::string& what) {
    if (!value) return std::nullopt;
    if (value.kind == Value::Kind::Array && !value.constant) {
        complain(Code::not_load_time_constant, value.span,
                 what + " must be known when the program is loaded", "this is found while running",
                 "it is built from numbers, params, len(x), shape(x) and arithmetic on them");
        return std::nullopt;
    }
    bool empty = value.constant && value.constant->count() == 0;
    if (value.kind != Value::Kind::Array || (!ir::is_integer(value.dtype()) && !empty) ||
        value.shape().size() > 1) {
        complain(Code::bad_shape, value.span, what + " is made of whole numbers",
                 "this is " + describe(value));
        return std::nullopt;
    }
    std::vector<std::int64_t> numbers;
    for (std::int64_t k = 0; k < value.constant->count(); ++k)
        numbers.push_back(value.constant->at<std::int64_t>(k));
    return numbers;
}

std::optional<std::int64_t> BuiltinChecker::integer_argument(std::string_view name,
                                                             std::int64_t fallback) {
    if (!has(name)) return fallback;
    auto numbers = integers_of(argument(name), "'" + std::string(name) + "'");
    if (!numbers) return std::nullopt;
    if (numbers->size() == 1 && argument(name).type.is_scalar()) return numbers->front();
    complain(Code::bad_axis, argument(name).span, "'" + std::string(name) + "' is one whole number",
             "this is " + describe(argument(name)));
    return std::nullopt;
}

std::optional<bool> BuiltinChecker::bool_argument(std::string_view name, bool fallback) {
    if (!has(name)) return fallback;
    const Value& value = argument(name);
    if (value.is_array() && value.constant && value.dtype() == DType::Bool &&
        value.type.is_scalar())
        return value.constant->at<bool>();
    complain(Code::not_load_time_constant, value.span,
             "'" + std::string(name) + "' is true or false, known when the program is loaded",
             "this is " + describe(value));
    return std::nullopt;
}

// A dtype is said by the function that converts to it.
std::optional<DType> BuiltinChecker::dtype_argument(DType fallback) {
    if (!has("dtype")) return fallback;
    const Value& value = argument("dtype");
    if (value.kind == Value::Kind::Function)
        if (const auto* builtin = std::get_if<Builtin>(&value.function.what))
            if (auto dtype = conversion_type(*builtin, checker_.options_.int_type,
                                             checker_.options_.float_type))
                return dtype;
    complain(Code::unknown_type, value.span, "'dtype' is a type", "this is " + describe(value),
             "for example dtype = f32");
    return std::nullopt;
}

// zeros(3, f32): a type as the last of the sizes is the dtype.
bool BuiltinChecker::take_dtype_from_rest() {
    if (rest_.empty() || rest_.back().kind != Value::Kind::Function || has("dtype")) return false;
    argument("dtype") = std::move(rest_.back());
    rest_.pop_back();
    return true;
}

std::optional<ir::Shape> BuiltinChecker::shape_argument(std::string_view name) {
    ir::Span span = span_;
    if (!rest_.empty()) span = {span.file, rest_.front().span.begin, rest_.back().span.end};
    Value sizes =
        name.ends_with("...") ? checker_.pack(std::move(rest_), span) : array_argument(name);
    if (sizes && sizes.span.end == 0) sizes.span = span;
    auto numbers = integers_of(sizes, "a shape");
    if (!numbers) return std::nullopt;
    bool may_infer = builtin_ == Builtin::Reshape;
    for (std::int64_t size : *numbers) {
        if (size >= 0 || (may_infer && size == -1)) continue;
        complain(Code::bad_shape, sizes.span, "a size cannot be negative",
                 "this has the size " + std::to_string(size));
        return std::nullopt;
    }
    return numbers;
}

std::optional<std::int64_t> BuiltinChecker::plain_axis(std::int64_t axis, std::size_t rank,
                                                       ir::Span span) {
    auto axes = static_cast<std::int64_t>(rank);
    if (axis >= -axes && axis < axes) return axis < 0 ? axis + axes : axis;
    complain(Code::bad_axis, span, "there is no axis " + std::to_string(axis),
             rank == 0 ? "this is a scalar"
                       : "the array has " + std::to_string(rank) + (rank == 1 ? " axis" : " axes"));
    return std::nullopt;
}

std::optional<std::int64_t> BuiltinChecker::axis_argument(std::string_view name, std::size_t rank,
                                                          std::int64_t fallback) {
    auto axis = integer_argument(name, fallback);
    if (!axis) return std::nullopt;
    return plain_axis(*axis, rank, has(name) ? argument(name).span : span_);
}

// The axes that a reduction removes: all when none is named (or by the word `all`).
std::optional<std::vector<std::int64_t>> BuiltinChecker::axes_argument(std::size_t rank) {
    std::vector<std::int64_t> axes;
    bool all = !has("axis");
    if (!all && argument("axis").kind == Value::Kind::Function) {
        const auto* builtin = std::get_if<Builtin>(&argument("axis").function.what);
        all = builtin && *builtin == Builtin::All;
    }
    if (all) {
        for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<std::int64_t>(i));
        return axes;
    }
    Value& value = argument("axis");
    if (value.kind == Value::Kind::Tuple) value = checker_.pack(std::move(value.items), value.span);
    auto numbers = integers_of(value, "an axis");
    if (!numbers) return std::nullopt;
    for (std::int64_t number : *numbers) {
        auto axis = plain_axis(number, rank, value.span);
        if (!axis) return std::nullopt;
        if (std::find(axes.begin(), axes.end(), *axis) != axes.end()) {
            complain(Code::bad_axis, value.span,
                     "axis " + std::to_string(number) + " is named twice");
            return std::nullopt;
        }
        axes.push_back(*axis);
    }
    std::sort(axes.begin(), axes.end());
    return axes;
}

// --- families
// ----------------------------------------------------------------------------------------------------------

Value BuiltinChecker::convert_to_type() {
    DType dtype =
        *conversion_type(builtin_, checker_.options_.int_type, checker_.options_.float_type);
    Value value = array_argument("x");
    if (!value) return value;
    value.weak = false;  // i8(300) wraps, as for any integer
    value = checker_.convert(std::move(value), dtype);
    value.span = span_;
    return value;
}

bool BuiltinChecker::accepts(const Value& value) {
    bool integers_only = info_.family == Family::Bits1 || info_.family == Family::Bits2;
    bool fits = integers_only ? ir::is_integer(value.dtype()) : value.dtype() != DType::Bool;
    if (!fits)
        complain(
            integers_only ? Code::wrong_element_type : Code::bool_arithmetic, value.span,
            "'" + std::string(info_.name) + "' takes " + (integers_only ? "integers" : "numbers"),
            "this is " + describe(value),
            value.dtype() == DType::Bool ? "convert it: int(x) gives 0 and 1" : "");
    return fits;
}

Value BuiltinChecker::elementwise() {
    bool to_float = info_.family == Family::Float1 || info_.family == Family::Float2 ||
                    info_.family == Family::Float3 || info_.family == Family::Float1Test;
    bool test = info_.family == Family::Test1 || info_.family == Family::Float1Test;
    std::vector<Value> operands;
    Checker::Meeting common{DType::F64, true};
    for (std::size_t i = 0; i < values_.size(); ++i) {
        Value value = array_argument(names_[i]);
        if (!value || !accepts(value)) return {};
        if (i == 0) {
            common = {value.dtype(), value.weak};
        } else {
            Value so_far =
                constant_value(ir::scalar_constant(common.dtype, 0), operands[0].span, common.weak);
            auto meeting = checker_.meet(so_far, value, span_, info_.name);
            if (!meeting) return {};
            common = *meeting;
        }
        operands.push_back(std::move(value));
    }
    // What has a width is computed in the program's own type, not in that of literals.
    if (common.weak && (info_.family == Family::Bits1 || info_.family == Family::Bits2))
        common = {checker_.options_.int_type, false};
    // Integers beside a float take its type; integers alone take the program's float type.
    if (to_float && !ir::is_float(common.dtype))
        common.dtype = common.weak ? DType::F64 : checker_.options_.float_type;
    std::vector<const Value*> pointers;
    for (Value& operand : operands) {
        operand = checker_.convert(std::move(operand), common.dtype);
        if (!operand) return {};
        pointers.push_back(&operand);
    }
    auto shape = checker_.broadcast_shapes(pointers, span_);
    if (!shape) return {};
    if (!ir::is_float(common.dtype) && info_.family == Family::Rounding1)
        return std::move(operands[0]);
    if (!ir::is_float(common.dtype) && info_.family == Family::Test1) {
        Value answer = constant_value(ir::bool_constant(builtin_ == Builtin::IsFinite), span_);
        return checker_.broadcast_value(std::move(answer), *shape, span_);
    }
    return checker_.operation(info_.op, std::move(operands),
                              {test ? DType::Bool : common.dtype, *shape}, span_, {},
                              common.weak && !test);
}

// --- facts known at load
// -------------------------------------------------------------------------------------------------

Value BuiltinChecker::integer(std::int64_t value) {
    return constant_value(ir::scalar_constant(checker_.options_.int_type, value), span_);
}

Value BuiltinChecker::fact() {
    if (builtin_ == Builtin::IsFunction)
        return constant_value(ir::bool_constant(argument("x").kind == Value::Kind::Function),
                              span_);
    Value value = array_argument("x");
    if (!value) return value;
    value = checker_.materialise(std::move(value));
    if (!value) return value;
    switch (builtin_) {
        case Builtin::Len:
            if (value.type.is_scalar())
                return complain(Code::wrong_element_type, value.span, "a scalar has no length",
                                "this is " + describe(value));
            return integer(value.shape()[0]);
        case Builtin::ShapeOf:
            return constant_value(ir::vector_constant(checker_.options_.int_type, value.shape()),
                                  span_);
        case Builtin::Rank: return integer(static_cast<std::int64_t>(value.shape().size()));
        case Builtin::SizeOf: return integer(ir::element_count(value.shape()));
        case Builtin::BitWidth:
            return integer(value.dtype() == DType::Bool ? 1 : 8 * ir::size_of(value.dtype()));
        case Builtin::IsFloat:
            return constant_value(ir::bool_constant(ir::is_float(value.dtype())), span_);
        case Builtin::IsInteger:
            return constant_value(ir::bool_constant(ir::is_integer(value.dtype())), span_);
        case Builtin::IsBool:
            return constant_value(ir::bool_constant(value.dtype() == DType::Bool), span_);
        case Builtin::DTypeOf:
            return function_value({*find_builtin(ir::name_of(value.dtype())), nullptr}, span_);
        default: break;
    }
    return {};
}

}  // namespace dunlin::frontend
