#include "ir/verify_instruction.hpp"

#include <algorithm>

namespace dunlin::ir {

namespace {

// The functions below return what is wrong, or an empty text.
using Error = std::string;

// Bounds the attributes of views, so that sums and products of them cannot overflow.
constexpr std::int64_t kMaxExtent = kMaxBytes;

struct Site {
    const Program& program;
    const Instruction& instruction;

    std::size_t operands() const { return instruction.operands.size(); }
    const Type& operand(std::size_t i) const { return program.type_of(instruction.operands[i]); }
    const Type& last_operand() const { return operand(operands() - 1); }
    const Type& result() const { return program.type_of(instruction.result); }
    bool has_result() const { return instruction.result != kNoSlot; }
    const std::vector<std::int64_t>& attributes() const { return instruction.attributes; }
};

Error slots_error(const Site& site) {
    const auto& slots = site.program.slots;
    for (SlotId operand : site.instruction.operands)
        if (operand >= slots.size()) return "an operand is no slot of the program";
    if (is_effect(site.instruction.op)) return site.has_result() ? "an effect has no result" : "";
    if (site.instruction.result >= slots.size()) return "the result is no slot of the program";
    Storage storage = slots[site.instruction.result].storage;
    bool writable =
        storage == Storage::Local || storage == Storage::State || storage == Storage::Output;
    if (!writable) return "writes a slot that is " + std::string(name_of(storage));
    return {};
}

// How many operands the form needs at least, where their number varies.
std::size_t least_operands(Form form) {
    switch (form) {
        case Form::Concat:
        case Form::View: return 1;
        case Form::Update:
        case Form::Gather: return 2;
        case Form::Scatter: return 3;
        default: return 0;
    }
}

Error arity_error(const Site& site) {
    const OpInfo& facts = info(site.instruction.op);
    bool fits = facts.arity < 0 ? site.operands() >= least_operands(facts.form)
                                : site.operands() == static_cast<std::size_t>(facts.arity);
    return fits ? "" : "wrong number of operands";
}

Error overlap_error(const Site& site) {
    if (!site.has_result()) return {};
    const auto& operands = site.instruction.operands;
    bool in_place = is_in_place(site.instruction.op);
    if (in_place && operands[0] != site.instruction.result)
        return "the first operand must be the result";
    if (info(site.instruction.op).form == Form::Elementwise) return {};
    bool overlaps = std::find(operands.begin() + in_place, operands.end(),
                              site.instruction.result) != operands.end();
    return overlaps ? "an operand is the result" : "";
}

// Element types.

bool kinds_allow(std::string_view kinds, DType dtype) {
    switch (kind_of(dtype)) {
        case Kind::Bool: return kinds.find('b') != std::string_view::npos;
        case Kind::Signed:
        case Kind::Unsigned: return kinds.find('i') != std::string_view::npos;
        case Kind::Float: return kinds.find('f') != std::string_view::npos;
    }
    __builtin_unreachable();
}

bool operands_equal(const Site& site, std::size_t from, std::size_t to) {
    for (std::size_t i = from + 1; i < to; ++i)
        if (site.operand(i).dtype != site.operand(from).dtype) return false;
    return true;
}

// The moving starts of a view, or the index arrays of a gather, are operands 1 to end - 1.
std::size_t end_of_indices(const Site& site) {
    return site.operands() - (is_in_place(site.instruction.op) ? 1 : 0);
}

bool indexed_types_fit(const Site& site, bool one_type) {
    std::size_t end = end_of_indices(site);
    for (std::size_t i = 1; i < end; ++i)
        if (!is_integer(site.operand(i).dtype)) return false;
    if (one_type && end > 1 && !operands_equal(site, 1, end)) return false;
    DType element = site.operand(0).dtype;
    return site.result().dtype == element &&
           (end == site.operands() || site.last_operand().dtype == element);
}

bool types_fit(const Site& site) {
    auto dtype = [&](std::size_t i) { return site.operand(i).dtype; };
    auto result = [&] { return site.result().dtype; };
    switch (info(site.instruction.op).typing) {
        case Typing::Any: return true;
        case Typing::Convert: return true;
        case Typing::Same: return operands_equal(site, 0, site.operands()) && result() == dtype(0);
        case Typing::Test: return result() == DType::Bool;
        case Typing::Compare: return dtype(0) == dtype(1) && result() == DType::Bool;
        case Typing::Select:
            return dtype(0) == DType::Bool && dtype(1) == dtype(2) && result() == dtype(1);
        case Typing::Index: return is_integer(result());
        case Typing::View: return indexed_types_fit(site, false);
        case Typing::Gather: return indexed_types_fit(site, true);
        case Typing::Pick: return is_integer(dtype(1)) && result() == dtype(0);
        case Typing::SortBy: return result() == dtype(1);
    }
    __builtin_unreachable();
}

Error typing_error(const Site& site) {
    const OpInfo& facts = info(site.instruction.op);
    std::size_t first = facts.typing == Typing::Select ? 1 : 0;
    bool of_result = facts.typing == Typing::Any && site.has_result();
    std::size_t last = facts.typing == Typing::Any ? site.operands() : first + 1;
    if (of_result && !kinds_allow(facts.kinds, site.result().dtype))
        return "the element type is not allowed";
    if (!of_result)
        for (std::size_t i = first; i < last; ++i)
            if (!kinds_allow(facts.kinds, site.operand(i).dtype))
                return "the element type is not allowed";
    return types_fit(site) ? "" : "the element types do not fit";
}

// Shapes and attributes, form by form.

Error expect(bool holds, const char* error) {
    return holds ? "" : error;
}

// The attribute {axis} of an operand, when it is one.
bool is_axis(std::int64_t axis, const Type& type) {
    return axis >= 0 && axis < static_cast<std::int64_t>(type.rank());
}

Error elementwise_error(const Site& site) {
    for (std::size_t i = 0; i < site.operands(); ++i)
        if (!broadcasts_to(site.operand(i).shape, site.result().shape))
            return "an operand does not broadcast to the result";
    return expect(site.attributes().empty(), "there are no attributes here");
}

Error iota_error(const Site& site) {
    if (site.attributes().size() != 2) return "the attributes are start and step";
    return expect(site.result().rank() == 1, "the result must have rank 1");
}

Error random_error(const Site& site) {
    DType dtype = site.result().dtype;
    if (dtype != DType::U32 && dtype != DType::U64) return "the result must be u32 or u64";
    if (!site.attributes().empty()) return "there are no attributes here";
    return expect(site.operand(0) == Type{DType::U64, {}}, "the operand must be a scalar u64");
}

bool needs_elements(Op op) {
    return op == Op::ReduceMin || op == Op::ReduceMax || op == Op::ArgMin || op == Op::ArgMax;
}

Error reduce_error(const Site& site) {
    const auto& axes = site.attributes();
    const Type& operand = site.operand(0);
    Shape kept;
    std::size_t next = 0;
    bool reduces_nothing = false;
    for (std::size_t axis = 0; axis < operand.rank(); ++axis) {
        bool reduced = next < axes.size() && axes[next] == static_cast<std::int64_t>(axis);
        next += reduced;
        if (!reduced) kept.push_back(operand.shape[axis]);
        reduces_nothing = reduces_nothing || (reduced && operand.shape[axis] == 0);
    }
    if (next != axes.size()) return "the attributes must be axes of the operand, ascending";
    if (site.result().shape != kept) return "the result must have the axes that are not reduced";
    bool nothing =
        reduces_nothing && needs_elements(site.instruction.op) && element_count(kept) > 0;
    return expect(!nothing, "there is nothing to reduce");
}

Error scan_error(const Site& site) {
    if (site.attributes().size() != 1 || !is_axis(site.attributes()[0], site.operand(0)))
        return "the attribute must be an axis of the operand";
    return expect(site.result().shape == site.operand(0).shape,
                  "the result must have the operand's shape");
}

Error order_error(const Site& site) {
    const auto& attributes = site.attributes();
    bool fits = attributes.size() == 2 && is_axis(attributes[0], site.operand(0)) &&
                (attributes[1] == 0 || attributes[1] == 1);
    if (!fits) return "the attributes must be an axis of the operand, and 0 or 1";
    return expect(site.result().shape == site.operand(0).shape,
                  "the result must have the operand's shape");
}

Error matmul_error(const Site& site) {
    const Shape& a = site.operand(0).shape;
    const Shape& b = site.operand(1).shape;
    if (!site.attributes().empty()) return "there are no attributes here";
    if (a.size() < 2 || b.size() < 2) return "the operands must have rank 2 or more";
    if (a.back() != b[b.size() - 2]) return "the inner sizes of the operands must be equal";
    std::optional<Shape> shape =
        broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
    if (!shape) return "the leading axes of the operands do not broadcast";
    shape->insert(shape->end(), {a[a.size() - 2], b.back()});
    return expect(site.result().shape == *shape, "the result does not have the product's shape");
}

Error reshape_error(const Site& site) {
    if (!site.attributes().empty()) return "there are no attributes here";
    return expect(element_count(site.operand(0).shape) == element_count(site.result().shape),
                  "the numbers of elements must be equal");
}

Error transpose_error(const Site& site) {
    const Type& operand = site.operand(0);
    std::vector<bool> seen(operand.rank());
    Shape shape;
    for (std::int64_t axis : site.attributes()) {
        if (!is_axis(axis, operand) || seen[static_cast<std::size_t>(axis)])
            return "the attributes must be a permutation of the axes";
        seen[static_cast<std::size_t>(axis)] = true;
        shape.push_back(operand.shape[static_cast<std::size_t>(axis)]);
    }
    if (shape.size() != operand.rank()) return "the attributes must be a permutation of the axes";
    return expect(site.result().shape == shape, "the result does not have the permuted shape");
}

Error concat_error(const Site& site) {
    if (site.attributes().size() != 1 || !is_axis(site.attributes()[0], site.result()))
        return "the attribute must be an axis of the result";
    auto axis = static_cast<std::size_t>(site.attributes()[0]);
    std::int64_t left = site.result().shape[axis];
    for (std::size_t i = 0; i < site.operands(); ++i) {
        Shape shape = site.operand(i).shape;
        if (shape.size() != site.result().rank()) return "the operands must have the result's rank";
        left -= shape[axis];
        if (left < 0) break;
        shape[axis] = site.result().shape[axis];
        if (shape != site.result().shape) return "the operands must agree on the other axes";
    }
    return expect(left == 0, "the sizes along the axis do not add up");
}

Error axis_view_error(const AxisView& axis, std::int64_t size) {
    auto outside = [](std::int64_t value) { return value < -kMaxExtent || value > kMaxExtent; };
    if (axis.mode < AxisView::Range || axis.mode > AxisView::MovingRange)
        return "an axis has no such mode";
    if (axis.mode == AxisView::MovingIndex) return {};
    if (axis.mode == AxisView::Index)
        return expect(axis.start >= 0 && axis.start < size, "an index is out of range");
    if (outside(axis.start) || outside(axis.step) || outside(axis.count) || axis.count < 0)
        return "a slice has impossible bounds";
    if (axis.step == 0) return "the step of a slice is 0";
    if (axis.count == 0) return {};
    std::int64_t step = std::abs(axis.step);
    if (axis.count - 1 > kMaxExtent / step) return "a slice has impossible bounds";
    if (axis.mode == AxisView::MovingRange) return {};
    std::int64_t last = axis.start + (axis.count - 1) * axis.step;
    bool inside = axis.start >= 0 && axis.start < size && last >= 0 && last < size;
    return expect(inside, "a slice is out of range");
}

Error view_error(const Site& site) {
    const Type& array = site.operand(0);
    if (site.attributes().size() != 4 * array.rank())
        return "there must be four attributes for each axis";
    Shape shape;
    std::size_t moving = 0;
    std::vector<AxisView> axes = axis_views(site.attributes());
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (Error error = axis_view_error(axes[i], array.shape[i]); !error.empty()) return error;
        if (axes[i].keeps_axis()) shape.push_back(axes[i].count);
        moving += axes[i].moves();
    }
    if (end_of_indices(site) != 1 + moving) return "wrong number of moving starts";
    for (std::size_t i = 1; i <= moving; ++i)
        if (!site.operand(i).is_scalar()) return "a moving start must be a scalar";
    if (site.instruction.op == Op::Update)
        return expect(broadcasts_to(site.last_operand().shape, shape),
                      "the value does not broadcast to the part that is replaced");
    return expect(site.result().shape == shape, "the result does not have the view's shape");
}

Error gather_error(const Site& site) {
    const Shape& array = site.operand(0).shape;
    std::size_t end = end_of_indices(site);
    std::size_t indices = end - 1;
    if (site.attributes().size() != 1 || site.attributes()[0] < 0)
        return "the attribute must be an axis";
    auto axis = static_cast<std::size_t>(site.attributes()[0]);
    if (axis > array.size() || indices > array.size() - axis) return "more indices than axes";
    const Shape& index = site.operand(1).shape;
    for (std::size_t i = 2; i < end; ++i)
        if (site.operand(i).shape != index) return "the index arrays must have one shape";
    Shape shape(array.begin(), array.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(shape.end(), index.begin(), index.end());
    shape.insert(shape.end(), array.begin() + static_cast<std::ptrdiff_t>(axis + indices),
                 array.end());
    if (site.instruction.op == Op::Scatter)
        return expect(broadcasts_to(site.last_operand().shape, shape),
                      "the value does not broadcast to the elements that are replaced");
    return expect(site.result().shape == shape, "the result does not have the gathered shape");
}

Error print_error(const Site& site) {
    std::size_t values = 0;
    auto texts = static_cast<std::int64_t>(site.program.texts.size());
    for (std::int64_t item : site.attributes()) {
        if (item < -1 || item >= texts) return "an attribute is no text of the program";
        values += item == -1;
    }
    return expect(values == site.operands(),
                  "the operands are not those that the attributes ask for");
}

Error require_error(const Site& site) {
    const auto& attributes = site.attributes();
    constexpr std::int64_t kFaults = 0
#define FAULT(name, text, meaning) +1
#include "ir/faults.def"
#undef FAULT
        ;
    if (attributes.size() != 2) return "the attributes are a fault and a text";
    if (attributes[0] < 1 || attributes[0] > kFaults) return "there is no such fault";
    if (attributes[1] < -1 || attributes[1] >= static_cast<std::int64_t>(site.program.texts.size()))
        return "an attribute is no text of the program";
    return expect(site.operand(0).is_scalar(), "the operand must be a scalar");
}

Error batch_error(const Site& site) {
    if (!site.attributes().empty()) return "there are no attributes here";
    bool by_key = info(site.instruction.op).form == Form::BatchSort;
    bool picks = info(site.instruction.op).form == Form::BatchPick;
    if (by_key && !site.operand(0).is_scalar()) return "the key must be a scalar";
    if (picks && !site.operand(1).is_scalar()) return "the second operand must be a scalar";
    return expect(site.result().shape == site.operand(by_key ? 1 : 0).shape,
                  "the result must have the value's shape");
}

Error form_error(const Site& site) {
    switch (info(site.instruction.op).form) {
        case Form::Elementwise: return elementwise_error(site);
        case Form::Iota: return iota_error(site);
        case Form::Scalar:
            return expect(site.result().is_scalar() && site.attributes().empty(),
                          "the result must be a scalar, without attributes");
        case Form::Random: return random_error(site);
        case Form::Reduce: return reduce_error(site);
        case Form::Scan: return scan_error(site);
        case Form::Order: return order_error(site);
        case Form::MatMul: return matmul_error(site);
        case Form::Reshape: return reshape_error(site);
        case Form::Transpose: return transpose_error(site);
        case Form::Concat: return concat_error(site);
        case Form::View:
        case Form::Update: return view_error(site);
        case Form::Gather:
        case Form::Scatter: return gather_error(site);
        case Form::Print: return print_error(site);
        case Form::Require: return require_error(site);
        case Form::Batch:
        case Form::BatchPick:
        case Form::BatchSort: return batch_error(site);
    }
    __builtin_unreachable();
}

}  // namespace

std::string instruction_error(const Program& program, const Instruction& instruction) {
    Site site{program, instruction};
    for (auto check : {slots_error, arity_error, overlap_error, typing_error, form_error})
        if (Error error = check(site); !error.empty()) return error;
    return {};
}

}  // namespace dunlin::ir
