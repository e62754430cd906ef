// Built-in functions of the batch: random numbers and collectives.

#include "frontend/check_builtin.hpp"

namespace dunlin::frontend {

using ir::Code;
using ir::DType;
using ir::Op;

Value BuiltinChecker::fresh_bits(DType dtype, const ir::Shape& shape) {
    ir::Type type{dtype, shape};
    if (!checker_.fits_in_memory(type, span_)) return {};
    checker_.frame_->has_effects = true;
    return node_value(make_node(span_, type, checked::RandomNode{}));
}

// The top bits of a random integer as the digits of a number in [0, 1): 53 of 64, or 24 of 32.
// Exact.
Value BuiltinChecker::random_floats(DType dtype, const ir::Shape& shape) {
    bool wide = dtype == DType::F64;
    DType bits = wide ? DType::U64 : DType::U32;
    Value shift = constant_value(ir::scalar_constant(bits, wide ? 11 : 8), span_);
    Value digits = checker_.bitwise(ast::BinaryOp::ShiftRight, fresh_bits(bits, shape),
                                    std::move(shift), span_);
    Value scale = constant_value(ir::scalar_constant(dtype, wide ? 0x1p-53 : 0x1p-24), span_);
    return checker_.arithmetic(Op::Mul, checker_.convert(std::move(digits), dtype),
                               std::move(scale), span_, "*");
}

Value BuiltinChecker::random() {
    take_dtype_from_rest();
    bool floats = builtin_ == Builtin::Rand;
    auto dtype = dtype_argument(floats ? checker_.options_.float_type : DType::U64);
    auto shape = dtype ? shape_argument("shape...") : std::nullopt;
    if (!shape) return {};
    bool fits = floats ? ir::is_float(*dtype) : *dtype == DType::U32 || *dtype == DType::U64;
    if (!fits)
        return complain(Code::wrong_element_type, argument("dtype").span,
                        floats ? "'rand' gives f32 or f64" : "'random_bits' gives u32 or u64", "",
                        floats ? "for whole numbers use randint(low, high)" : "");
    return floats ? random_floats(*dtype, *shape) : fresh_bits(*dtype, *shape);
}

Value BuiltinChecker::collective() {
    if (checker_.comprehension_depth_ > 0)
        return complain(Code::collective_in_comprehension, span_,
                        "the turns of a comprehension are independent; VMs cannot meet in one", "",
                        "use a 'for' loop, or meet once with a whole array");
    std::vector<Value> operands;
    const ir::OpInfo& op = ir::info(info_.op);
    for (const std::string& name : names_) {
        Value operand = has(name) ? array_argument(name)
                                  : constant_value(ir::scalar_constant(DType::I64, 1), span_, true);
        operand = checker_.materialise(std::move(operand));
        if (!operand) return {};
        operands.push_back(std::move(operand));
    }
    Value& first = operands[0];
    bool logical = info_.op == Op::BatchAny || info_.op == Op::BatchAll;
    bool counts = info_.op == Op::BatchSum || info_.op == Op::BatchScan;
    if (logical && first.dtype() != DType::Bool)
        return complain(Code::wrong_element_type, first.span,
                        "'" + std::string(info_.name) + "' takes bool",
                        "this is " + describe(first), "compare it: x != 0");
    bool small = first.dtype() == DType::Bool ||
                 (ir::is_integer(first.dtype()) &&
                  ir::size_of(first.dtype()) < ir::size_of(checker_.options_.int_type));
    if (counts && small) first = checker_.convert(std::move(first), checker_.options_.int_type);
    std::size_t value_at = op.form == ir::Form::BatchSort ? 1 : 0;
    if (operands.size() == 2) {
        const Value& other = operands[1 - value_at];
        bool is_key = op.form == ir::Form::BatchSort;
        if (!other.type.is_scalar() || (!is_key && !ir::is_integer(other.dtype())))
            return complain(Code::wrong_element_type, other.span,
                            is_key ? "the key is a scalar" : "this argument is a scalar integer",
                            "this is " + describe(other));
    }
    ir::Type type = operands[value_at].type;
    if (op.typing == ir::Typing::Index) type.dtype = checker_.options_.int_type;
    checked::CollectiveNode node{info_.op, {}};
    for (Value& operand : operands) node.operands.push_back(take_node(std::move(operand)));
    checker_.frame_->has_effects = true;
    return node_value(make_node(span_, type, std::move(node)));
}

}  // namespace dunlin::frontend
