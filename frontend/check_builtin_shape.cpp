// Built-in functions that create arrays and change their shape.

#include <algorithm>
#include <cmath>

#include "frontend/check_builtin.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

Value BuiltinChecker::where() {
    Value condition = array_argument("condition");
    Value x = array_argument("x"), y = array_argument("y");
    if (!condition || !x || !y) return {};
    if (condition.dtype() != DType::Bool)
        return complain(Code::wrong_element_type, condition.span,
                        "the condition of 'where' is bool", "this is " + describe(condition),
                        "compare it: x != 0");
    auto meeting = checker_.meet(x, y, span_, "where");
    if (!meeting) return {};
    auto shape = checker_.broadcast_shapes({&condition, &x, &y}, span_);
    if (!shape) return {};
    bool weak = meeting->weak && condition.is_pure_constant();
    DType dtype = meeting->dtype;
    if (meeting->weak && !weak)
        dtype = ir::is_float(dtype) ? checker_.options_.float_type : checker_.options_.int_type;
    std::vector<Value> operands;
    operands.push_back(std::move(condition));
    for (Value* side : {&x, &y}) {
        Value converted = checker_.convert(std::move(*side), dtype);
        converted.weak = weak && converted.constant;
        operands.push_back(std::move(converted));
    }
    return checker_.operation(Op::Select, std::move(operands), {dtype, *shape}, span_, {}, weak);
}

Value BuiltinChecker::zeros_or_ones(bool ones) {
    take_dtype_from_rest();
    auto dtype = dtype_argument(checker_.options_.float_type);
    if (!dtype) return {};
    auto shape = shape_argument("shape...");
    if (!shape) return {};
    return checker_.broadcast_value(
        constant_value(ir::scalar_constant(*dtype, ones ? 1 : 0), span_), *shape, span_);
}

Value BuiltinChecker::full() {
    auto shape = shape_argument("shape");
    Value value = array_argument("value");
    if (!shape || !value) return {};
    if (!ir::broadcasts_to(value.shape(), *shape))
        return complain(
            Code::shapes_do_not_broadcast, value.span, "the value does not fit the shape",
            "the shape is " + ir::to_string(*shape) + ", the value is " + describe(value));
    return checker_.broadcast_value(checker_.materialise(std::move(value)), *shape, span_);
}

Value BuiltinChecker::arange() {
    Value start = has("start") ? array_argument("start") : Value{};
    Value stop = has("stop") ? array_argument("stop") : Value{};
    Value step = has("step") ? array_argument("step")
                             : constant_value(ir::scalar_constant(DType::I64, 1), span_, true);
    if (!start && !stop) return wrong_count(0), Value{};
    if (!stop) {
        stop = std::move(start);
        start = constant_value(ir::scalar_constant(DType::I64, 0), span_, true);
    }
    bool floats = false;
    for (const Value* value : {&start, &stop, &step}) {
        if (!*value) return {};
        if (!value->constant)
            return complain(Code::not_load_time_constant, value->span,
                            "the bounds of 'arange' must be known when the program is loaded",
                            "this is found while running");
        if (!value->type.is_scalar() || value->dtype() == DType::Bool)
            return complain(Code::bad_shape, value->span,
                            "the bounds of 'arange' are scalar numbers",
                            "this is " + describe(*value));
        floats = floats || ir::is_float(value->dtype());
    }
    auto meeting = checker_.meet(start, stop, span_, "arange");
    if (!meeting) return {};
    DType natural =
        floats ? (meeting->weak || !ir::is_float(meeting->dtype) ? checker_.options_.float_type
                                                                 : meeting->dtype)
        : meeting->weak ? checker_.options_.int_type
                        : meeting->dtype;
    auto dtype = dtype_argument(natural);
    if (!dtype) return {};
    double by = step.constant->at<double>();
    if (by == 0 || std::isnan(by))
        return complain(Code::bad_shape, step.span, "the step of 'arange' cannot be 0");
    if (!floats) {
        auto first = start.constant->at<std::int64_t>(), last = stop.constant->at<std::int64_t>();
        auto stride = step.constant->at<std::int64_t>();
        std::int64_t distance = 0;
        bool huge =
            __builtin_sub_overflow(stride > 0 ? last : first, stride > 0 ? first : last, &distance);
        std::int64_t width = stride > 0 ? stride : (stride == INT64_MIN ? INT64_MAX : -stride);
        std::int64_t count = huge ? INT64_MAX : distance <= 0 ? 0 : (distance - 1) / width + 1;
        if (!checker_.fits_in_memory({*dtype, {count}}, span_)) return {};
        DType whole = ir::is_float(*dtype) ? DType::I64 : *dtype;
        return checker_.convert(
            checker_.operation(Op::Iota, {}, {whole, {count}}, span_, {first, stride}), *dtype);
    }
    double first = start.constant->at<double>();
    double count = std::ceil((stop.constant->at<double>() - first) / by);
    if (!(count < 1e15)) count = 1e15;  // refused just below
    ir::Type type{DType::I64, {count > 0 ? static_cast<std::int64_t>(count) : 0}};
    if (!checker_.fits_in_memory(type, span_)) return {};
    // start + k * step, each rounded by itself.
    Value index = checker_.convert(checker_.operation(Op::Iota, {}, type, span_, {0, 1}), *dtype);
    Value scaled = checker_.arithmetic(Op::Mul, std::move(index),
                                       checker_.convert(std::move(step), *dtype), span_, "*");
    return checker_.arithmetic(Op::Add, checker_.convert(std::move(start), *dtype),
                               std::move(scaled), span_, "+");
}

Value BuiltinChecker::reshape() {
    Value x = array_argument("x");
    if (!x) return {};
    auto shape = shape_argument("shape...");
    if (!shape) return {};
    std::int64_t have = ir::element_count(x.shape());
    auto open = std::find(shape->begin(), shape->end(), -1);
    if (open != shape->end()) {
        *open = 1;
        auto rest = ir::checked_count(*shape);
        bool divides = rest && *rest > 0 && have % *rest == 0;
        if (!divides || std::count(shape->begin(), shape->end(), -1) > 0)
            return complain(Code::bad_shape, span_, "no size can stand for -1",
                            "the array has " + std::to_string(have) + " elements");
        *open = have / *rest;
    }
    if (ir::checked_count(*shape) != have)
        return complain(
            Code::bad_shape, span_,
            "the shape " + ir::to_string(*shape) + " has not as many elements as the array",
            "the array has " + std::to_string(have) + ": " + describe(x));
    ir::Type type{x.dtype(), *shape};
    bool weak = x.weak;
    return checker_.operation(Op::Reshape, operands(std::move(x)), type, span_, {}, weak);
}

Value BuiltinChecker::transpose() {
    Value x = array_argument("x");
    if (!x) return {};
    std::size_t rank = x.shape().size();
    std::vector<std::int64_t> axes;
    if (rest_.empty()) {
        for (std::size_t i = rank; i-- > 0;) axes.push_back(static_cast<std::int64_t>(i));
    } else {
        Value order = checker_.pack(std::move(rest_), span_);
        auto numbers = integers_of(order, "the order of the axes");
        if (!numbers) return {};
        std::vector<bool> seen(rank, false);
        for (std::int64_t number : *numbers) {
            auto axis = plain_axis(number, rank, order.span);
            if (!axis) return {};
            seen[static_cast<std::size_t>(*axis)] = true;
            axes.push_back(*axis);
        }
        if (axes.size() != rank || std::count(seen.begin(), seen.end(), false) > 0)
            return complain(Code::bad_axis, order.span, "each axis is named once",
                            "the array has " + std::to_string(rank) + " axes");
    }
    ir::Type type{x.dtype(), {}};
    for (std::int64_t axis : axes) type.shape.push_back(x.shape()[static_cast<std::size_t>(axis)]);
    bool weak = x.weak;
    return checker_.operation(Op::Transpose, operands(std::move(x)), type, span_, axes, weak);
}

Value BuiltinChecker::broadcast_to() {
    Value x = array_argument("x");
    auto shape = shape_argument("shape...");
    if (!x || !shape) return {};
    if (!ir::broadcasts_to(x.shape(), *shape))
        return complain(Code::shapes_do_not_broadcast, span_, "",
                        "this is " + describe(x) + ", the shape is " + ir::to_string(*shape),
                        "sizes must be equal, or 1 in the array");
    return checker_.broadcast_value(checker_.materialise(std::move(x)), *shape, span_);
}

Value BuiltinChecker::concat(bool stacked) {
    std::vector<Value> arrays;
    if (rest_.size() == 1 && rest_[0].kind == Value::Kind::Tuple) {
        for (Value& item : rest_[0].items) arrays.push_back(checker_.single(std::move(item)));
    } else {
        for (Value& item : rest_)
            arrays.push_back(item.kind == Value::Kind::Tuple
                                 ? checker_.pack(std::move(item.items), item.span)
                                 : checker_.single(std::move(item)));
    }
    if (arrays.empty()) return wrong_count(0), Value{};
    for (const Value& array : arrays)
        if (!array) return {};
    Value common = constant_value(ir::scalar_constant(arrays[0].dtype(), 0), span_, arrays[0].weak);
    for (const Value& array : arrays) {
        auto meeting = checker_.meet(common, array, span_, info_.name);
        if (!meeting) return {};
        common = constant_value(ir::scalar_constant(meeting->dtype, 0), span_, meeting->weak);
    }
    const ir::Shape first = arrays[0].shape();
    std::size_t rank = first.size();
    auto axis = axis_argument("axis", stacked ? rank + 1 : rank, 0);
    if (!axis) return {};
    auto at = static_cast<std::size_t>(*axis);
    ir::Type type{common.dtype(), {}};
    for (Value& array : arrays) {
        bool fits = array.shape().size() == rank;
        for (std::size_t i = 0; fits && i < rank; ++i)
            fits = (!stacked && i == at) || array.shape()[i] == first[i];
        if (!fits)
            return complain(
                Code::shapes_do_not_broadcast, array.span,
                stacked ? "stacked arrays have one shape"
                        : "joined arrays differ along the joined axis only",
                "this is " + describe(array) + ", the first has shape " + ir::to_string(first));
        bool weak = common.weak;
        ir::Shape shape = array.shape();
        array = weak && array.dtype() == common.dtype()
                    ? std::move(array)
                    : checker_.convert(std::move(array), common.dtype());
        if (!array) return {};
        array.weak = weak;
        if (stacked) {
            shape.insert(shape.begin() + *axis, 1);
            array = checker_.operation(Op::Reshape, operands(std::move(array)),
                                       {common.dtype(), shape}, span_, {}, weak);
            if (!array) return {};
        }
        if (type.shape.empty()) {
            type.shape = shape;
        } else {
            type.shape[at] += shape[at];
        }
    }
    return checker_.operation(Op::Concat, std::move(arrays), type, span_, {*axis}, common.weak);
}

Value BuiltinChecker::take() {
    Value x = array_argument("x"), indices = array_argument("indices");
    if (!x || !indices) return {};
    auto axis = axis_argument("axis", x.shape().size(), 0);
    if (!axis) return {};
    if (!ir::is_integer(indices.dtype()))
        return complain(Code::bad_index, indices.span, "indices are integers",
                        "this is " + describe(indices));
    indices = checker_.materialise(std::move(indices));
    ir::Type type{x.dtype(), ir::Shape(x.shape().begin(), x.shape().begin() + *axis)};
    type.shape.insert(type.shape.end(), indices.shape().begin(), indices.shape().end());
    type.shape.insert(type.shape.end(), x.shape().begin() + *axis + 1, x.shape().end());
    bool weak = x.weak && indices.is_pure_constant();
    if (!weak) {
        x = checker_.materialise(std::move(x));
        if (!x) return {};
        type.dtype = x.dtype();
    }
    std::vector<Value> operands;
    operands.push_back(std::move(x));
    operands.push_back(std::move(indices));
    return checker_.operation(Op::Gather, std::move(operands), type, span_, {*axis}, weak);
}

}  // namespace dunlin::frontend
