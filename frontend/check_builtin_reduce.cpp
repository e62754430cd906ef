// Built-in functions that reduce, scan and sort.

#include <algorithm>

#include "frontend/check_builtin.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

namespace {

bool adds_up(Op op) {
    return op == Op::ReduceSum || op == Op::ReduceProd || op == Op::CumSum || op == Op::CumProd;
}
bool is_logical(Op op) {
    return op == Op::ReduceAny || op == Op::ReduceAll;
}
bool is_index(Op op) {
    return op == Op::ArgMin || op == Op::ArgMax || op == Op::ArgSort;
}
// Whether there is an answer for no elements at all.
bool has_identity(Op op) {
    return adds_up(op) || is_logical(op);
}

}  // namespace

Value BuiltinChecker::reduce() {
    Value x = array_argument("x");
    if (!x) return {};
    std::string name(info_.name);
    if (is_logical(info_.op) && x.dtype() != DType::Bool)
        return complain(Code::wrong_element_type, x.span, "'" + name + "' takes bool",
                        "this is " + describe(x), "compare it: x != 0");
    bool small = x.dtype() == DType::Bool ||
                 (ir::is_integer(x.dtype()) &&
                  ir::size_of(x.dtype()) < ir::size_of(checker_.options_.int_type));
    if (adds_up(info_.op) && small && !x.weak)
        x = checker_.convert(std::move(x), checker_.options_.int_type);
    auto axes = axes_argument(x.shape().size());
    auto keep = bool_argument("keepdims", false);
    if (!axes || !keep) return {};
    bool arg = is_index(info_.op);
    if (arg && axes->size() > 1 && has("axis") && argument("axis").is_array())
        return complain(Code::bad_axis, argument("axis").span,
                        "'" + name + "' goes along one axis, or over all");
    ir::Shape shape = x.shape();
    ir::Type type{arg ? checker_.options_.int_type : x.dtype(), {}};
    std::int64_t reduced = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        bool gone =
            std::find(axes->begin(), axes->end(), static_cast<std::int64_t>(i)) != axes->end();
        if (gone) reduced *= shape[i] > 0;
        if (!gone) type.shape.push_back(shape[i]);
    }
    if (reduced == 0 && !has_identity(info_.op))
        return complain(Code::empty_reduction, x.span, "'" + name + "' of no elements",
                        "this is " + describe(x));
    bool weak = x.weak && !arg;
    Value result = checker_.operation(info_.op, operands(std::move(x)), type, span_, *axes, weak);
    return *keep ? keep_dims(std::move(result), shape, *axes) : std::move(result);
}

// The reduced axes again, with size 1.
Value BuiltinChecker::keep_dims(Value reduced, const ir::Shape& shape,
                                const std::vector<std::int64_t>& axes) {
    if (!reduced) return reduced;
    ir::Type type{reduced.dtype(), shape};
    for (std::int64_t axis : axes) type.shape[static_cast<std::size_t>(axis)] = 1;
    bool weak = reduced.weak;
    return checker_.operation(Op::Reshape, operands(std::move(reduced)), type, span_, {}, weak);
}

Value BuiltinChecker::scan() {
    Value x = array_argument("x");
    if (!x) return {};
    bool small = x.dtype() == DType::Bool ||
                 (ir::is_integer(x.dtype()) &&
                  ir::size_of(x.dtype()) < ir::size_of(checker_.options_.int_type));
    if (adds_up(info_.op) && small && !x.weak)
        x = checker_.convert(std::move(x), checker_.options_.int_type);
    if (x.shape().size() > 1 && !has("axis"))
        return complain(Code::bad_axis, span_,
                        "'" + std::string(info_.name) + "' of several axes needs to know which",
                        "this is " + describe(x), "say it: axis = 0");
    auto axis = axis_argument("axis", x.shape().size(), 0);
    if (!axis) return {};
    ir::Type type = x.type;
    bool weak = x.weak;
    return checker_.operation(info_.op, operands(std::move(x)), type, span_, {*axis}, weak);
}

Value BuiltinChecker::order() {
    Value x = array_argument("x");
    if (!x) return {};
    auto axis = axis_argument("axis", x.shape().size(), -1);
    auto descending = bool_argument("descending", false);
    if (!axis || !descending) return {};
    bool arg = is_index(info_.op);
    ir::Type type{arg ? checker_.options_.int_type : x.dtype(), x.shape()};
    bool weak = x.weak && !arg;
    return checker_.operation(info_.op, operands(std::move(x)), type, span_,
                              {*axis, *descending ? 1 : 0}, weak);
}

}  // namespace dunlin::frontend
