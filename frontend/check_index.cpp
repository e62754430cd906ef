// Indices and slices, read and written.
//
// An index expression is first made into a plan: what happens to each axis of the array. Reading
// applies the plan; writing replaces what the plan would read. Operands that are needed twice (in
// a[f(i)] += 1) are held in hidden variables.

#include <algorithm>
#include <cctype>

#include "frontend/checker.hpp"

namespace dunlin::frontend {

using ir::AxisView;
using ir::Code;
using ir::DType;
using ir::Op;

struct Checker::IndexPlan {
    std::vector<AxisView> axes;           // one per axis of the array that has been dealt with
    std::vector<Value> moving;            // the operands of the moving axes, in order
    std::vector<Value> arrays;            // index arrays
    std::vector<std::size_t> array_axes;  // the axes they stand for, counted in the source array
    std::vector<std::size_t>
        new_axes;          // positions in the result without new axes, before which a None stands
    std::size_t kept = 0;  // axes of the result so far (an index array counts as one)

    bool is_whole() const {  // takes all from the beginning; as it is, when the shape says so
        return moving.empty() && std::all_of(axes.begin(), axes.end(), [](const AxisView& axis) {
                   return axis.mode == AxisView::Range && axis.start == 0 && axis.step == 1;
               });
    }
};

namespace {

AxisView whole_axis(std::int64_t size) {
    return {AxisView::Range, 0, 1, size};
}

ir::Shape view_shape(const std::vector<AxisView>& axes) {
    ir::Shape shape;
    for (const AxisView& axis : axes)
        if (axis.keeps_axis()) shape.push_back(axis.count);
    return shape;
}

std::vector<std::int64_t> attributes_of(const std::vector<AxisView>& axes) {
    std::vector<std::int64_t> attributes;
    for (const AxisView& axis : axes) append(attributes, axis);
    return attributes;
}

// Python's rule: constant slices are clamped to the array.
AxisView clamped_slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop,
                       std::int64_t step, std::int64_t size) {
    auto clamp = [&](std::int64_t position, std::int64_t low, std::int64_t high) {
        if (position < 0) position += size;
        return std::clamp(position, low, high);
    };
    std::int64_t first, last;
    if (step > 0) {
        first = start ? clamp(*start, 0, size) : 0;
        last = stop ? clamp(*stop, 0, size) : size;
    } else {
        first = start ? clamp(*start, -1, size - 1) : size - 1;
        last = stop ? clamp(*stop, -1, size - 1) : -1;
    }
    std::uint64_t distance = step > 0
                                 ? (last > first ? static_cast<std::uint64_t>(last - first) : 0)
                                 : (first > last ? static_cast<std::uint64_t>(first - last) : 0);
    std::uint64_t stride =
        step > 0 ? static_cast<std::uint64_t>(step) : ~static_cast<std::uint64_t>(step) + 1;
    auto count = static_cast<std::int64_t>(distance / stride + (distance % stride != 0));
    if (count <= 1) step = 1;  // also keeps huge steps out of the arithmetic that follows
    return {AxisView::Range, count == 0 ? 0 : first, step, count};
}

}  // namespace

std::optional<std::int64_t> Checker::constant_integer(const ast::Expr& expr) {
    Value value = array(expr);
    if (!value || !value.constant || !value.type.is_scalar() || !ir::is_integer(value.dtype()))
        return std::nullopt;
    return value.constant->at<std::int64_t>();
}

std::optional<Checker::IndexPlan> Checker::plan_index(const ast::Index& node,
                                                      const ir::Shape& shape, bool hold_operands) {
    IndexPlan plan;
    std::size_t axes_named = 0;
    for (const ast::Subscript& subscript : node.subscripts)
        axes_named +=
            subscript.is_slice || !std::holds_alternative<ast::NoneLiteral>(subscript.index->node);
    if (axes_named > shape.size()) {
        ir::Span span = node.subscripts[std::min(shape.size(), node.subscripts.size() - 1)].span;
        error(Code::too_many_indices, span,
              std::to_string(axes_named) + (axes_named == 1 ? " index" : " indices") + " for " +
                  (shape.empty() ? "a scalar"
                                 : "an array of " + std::to_string(shape.size()) +
                                       (shape.size() == 1 ? " axis" : " axes")),
              "the array has shape " + ir::to_string(shape));
        return std::nullopt;
    }
    bool failed = false;
    for (const ast::Subscript& subscript : node.subscripts)
        failed = !plan_subscript(plan, subscript, shape, hold_operands) || failed;
    if (failed) return std::nullopt;
    while (plan.axes.size() < shape.size())
        plan.axes.push_back(whole_axis(shape[plan.axes.size()]));
    for (std::size_t i = 1; i < plan.array_axes.size(); ++i) {
        if (plan.array_axes[i] == plan.array_axes[i - 1] + 1) continue;
        error(Code::bad_index, node.subscripts.back().span, "index arrays must stand side by side",
              "", "take them one after the other: a[i][:, j]");
        return std::nullopt;
    }
    return plan;
}

bool Checker::plan_subscript(IndexPlan& plan, const ast::Subscript& subscript,
                             const ir::Shape& shape, bool hold_operands) {
    if (!subscript.is_slice && std::holds_alternative<ast::NoneLiteral>(subscript.index->node)) {
        plan.new_axes.push_back(plan.kept);
        return true;
    }
    std::int64_t size = shape[plan.axes.size()];
    if (subscript.is_slice) return plan_slice(plan, subscript, size, hold_operands);
    return plan_value(plan, array(*subscript.index), size, hold_operands);
}

bool Checker::plan_value(IndexPlan& plan, Value value, std::int64_t size, bool hold_operands) {
    if (!value) return false;
    if (value.dtype() == DType::Bool) {
        error(Code::data_dependent_shape, value.span,
              "how many elements a mask takes is not known when the program is loaded",
              "this is " + describe(value),
              "use where(mask, x, 0), sum(where(...)), or assign through it: x[mask] = 0");
        return false;
    }
    if (!ir::is_integer(value.dtype())) {
        error(Code::bad_index, value.span, "an index is an integer", "this is " + describe(value),
              "convert it: int(x)");
        return false;
    }
    if (value.type.is_scalar() && value.constant) {
        std::int64_t position = value.constant->at<std::int64_t>();
        if (value.dtype() == DType::U64 && position < 0) position = size;  // larger than any array
        if (position < -size || position >= size) {
            error(Code::constant_index_out_of_range, value.span,
                  "index " + std::to_string(position) + " is out of range",
                  "the axis has size " + std::to_string(size));
            return false;
        }
        plan.axes.push_back({AxisView::Index, position < 0 ? position + size : position, 1, 1});
        return true;
    }
    value = materialise(std::move(value));
    if (!value) return false;
    if (hold_operands) value = hold(std::move(value));
    if (value.type.is_scalar()) {
        plan.axes.push_back({AxisView::MovingIndex, 0, 1, 1});
        plan.moving.push_back(std::move(value));
        return true;
    }
    plan.array_axes.push_back(plan.axes.size());
    plan.axes.push_back(whole_axis(size));
    plan.arrays.push_back(std::move(value));
    ++plan.kept;
    return true;
}

bool Checker::plan_slice(IndexPlan& plan, const ast::Subscript& subscript, std::int64_t size,
                         bool hold_operands) {
    std::optional<std::int64_t> bounds[3];
    const ast::Expr* parts[3] = {subscript.start.get(), subscript.stop.get(), subscript.step.get()};
    bool moves = false;
    for (int i = 0; i < 3; ++i) {
        if (!parts[i]) continue;
        Value value = array(*parts[i]);
        if (!value) return false;
        if (!value.type.is_scalar() || !ir::is_integer(value.dtype())) {
            error(Code::bad_index, parts[i]->span, "the bounds of a slice are scalar integers",
                  "this is " + describe(value));
            return false;
        }
        if (value.constant) {
            bounds[i] = value.constant->at<std::int64_t>();
        } else if (i == 2) {
            error(Code::moving_slice_length, parts[i]->span,
                  "the step of a slice must be known when the program is loaded");
            return false;
        } else {
            moves = true;
        }
    }
    if (bounds[2] == 0) {
        error(Code::bad_index, subscript.step->span, "the step of a slice cannot be 0");
        return false;
    }
    if (moves) return plan_moving_slice(plan, subscript, hold_operands);
    plan.axes.push_back(clamped_slice(bounds[0], bounds[1], bounds[2].value_or(1), size));
    ++plan.kept;
    return true;
}

namespace {

// An expression as something plus a constant: `i * 2 + 3` is (`i * 2`, 3).
struct Offset {
    const ast::Expr* base = nullptr;
    std::int64_t constant = 0;
};

std::string words_of(const ir::SourceMap& sources, const ast::Expr& expr) {
    std::string words;
    for (char c : sources.text_of(expr.span))
        if (!std::isspace(static_cast<unsigned char>(c))) words += c;
    return words;
}

}  // namespace

// a[i : i + 3]: start and stop must differ by a constant that can be read off.
bool Checker::plan_moving_slice(IndexPlan& plan, const ast::Subscript& subscript,
                                bool hold_operands) {
    auto offset_of = [&](const ast::Expr& expr) {
        Offset offset{&expr, 0};
        while (const auto* binary = std::get_if<ast::Binary>(&offset.base->node)) {
            bool plus = binary->op == ast::BinaryOp::Add,
                 minus = binary->op == ast::BinaryOp::Subtract;
            if (!plus && !minus) break;
            if (auto right = constant_integer(*binary->right)) {
                offset.constant += plus ? *right : -*right;
                offset.base = binary->left.get();
            } else if (auto left = plus ? constant_integer(*binary->left) : std::nullopt) {
                offset.constant += *left;
                offset.base = binary->right.get();
            } else {
                break;
            }
        }
        return offset;
    };
    auto refuse = [&](const std::string& label) {
        error(Code::moving_slice_length, subscript.span, "", label,
              "write it with a constant length: a[i : i + 3]");
        return false;
    };
    if (!subscript.start || !subscript.stop)
        return refuse("one end moves, the other is the end of the array");
    Offset start = offset_of(*subscript.start), stop = offset_of(*subscript.stop);
    if (words_of(sources_, *start.base) != words_of(sources_, *stop.base))
        return refuse("how far the ends are apart cannot be seen");
    std::int64_t step = subscript.step ? constant_integer(*subscript.step).value_or(1) : 1;
    if (step < 0) return refuse("a moving slice goes forward");
    std::int64_t length = std::max<std::int64_t>(stop.constant - start.constant, 0);
    Value base = materialise(array(*start.base));
    if (!base) return false;
    if (hold_operands) base = hold(std::move(base));
    plan.axes.push_back({AxisView::MovingRange, start.constant, step, (length + step - 1) / step});
    plan.moving.push_back(std::move(base));
    ++plan.kept;
    return true;
}

Value Checker::view_of(Value base, IndexPlan& plan, ir::Span span) {
    ir::Type type{base.dtype(), view_shape(plan.axes)};
    if (plan.is_whole() && type.shape == base.shape()) return base;
    bool weak = base.weak;
    std::vector<Value> operands;
    operands.push_back(std::move(base));
    for (const Value& each : plan.moving) operands.push_back(copy(each));
    return operation(Op::View, std::move(operands), type, span, attributes_of(plan.axes), weak);
}

namespace {

// The position of the first index array among the axes that a view keeps.
std::int64_t gather_axis(const std::vector<AxisView>& axes,
                         const std::vector<std::size_t>& array_axes) {
    return std::count_if(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(array_axes[0]),
                         [](const AxisView& axis) { return axis.keeps_axis(); });
}

ir::Shape gathered_shape(const ir::Shape& source, std::int64_t axis, std::size_t arrays,
                         const ir::Shape& indices) {
    ir::Shape shape(source.begin(), source.begin() + axis);
    shape.insert(shape.end(), indices.begin(), indices.end());
    shape.insert(shape.end(), source.begin() + axis + static_cast<std::ptrdiff_t>(arrays),
                 source.end());
    return shape;
}

}  // namespace

Value Checker::read_planned(Value base, IndexPlan& plan, ir::Span span) {
    Value view = view_of(std::move(base), plan, span);
    if (!view) return view;
    std::size_t array_rank = 0;
    std::int64_t axis = 0;
    if (!plan.arrays.empty()) {
        std::vector<const Value*> each;
        for (const Value& array : plan.arrays) each.push_back(&array);
        auto indices = broadcast_shapes(each, span);
        if (!indices) return nothing();
        array_rank = indices->size();
        axis = gather_axis(plan.axes, plan.array_axes);
        ir::Type type{view.dtype(),
                      gathered_shape(view.shape(), axis, plan.arrays.size(), *indices)};
        bool weak = view.weak;
        std::vector<Value> operands;
        operands.push_back(std::move(view));
        DType index_type = plan.arrays.size() == 1 ? plan.arrays[0].dtype() : DType::I64;
        for (Value& array : plan.arrays)
            operands.push_back(
                broadcast_value(convert(std::move(array), index_type), *indices, span));
        view = operation(Op::Gather, std::move(operands), type, span, {axis}, weak);
        if (!view) return view;
    }
    if (plan.new_axes.empty()) return view;
    ir::Type type{view.dtype(), {}};
    for (std::size_t i = 0, next = 0, position = 0; i <= view.shape().size(); ++i) {
        // Index arrays count as so many axes as there are arrays in the plan, and give the axes of
        // the indices.
        bool inside = !plan.arrays.empty() && i > static_cast<std::size_t>(axis) &&
                      i < static_cast<std::size_t>(axis) + array_rank;
        while (!inside && next < plan.new_axes.size() && plan.new_axes[next] <= position) {
            type.shape.push_back(1);
            ++next;
        }
        if (i < view.shape().size()) type.shape.push_back(view.shape()[i]);
        bool is_first_index = !plan.arrays.empty() && i == static_cast<std::size_t>(axis);
        if (!inside) position += is_first_index ? plan.arrays.size() : 1;
    }
    bool weak = view.weak;
    return operation(Op::Reshape, operands(std::move(view)), type, span, {}, weak);
}

Value Checker::index(const ast::Index& node, ir::Span span) {
    Value base = array(*node.base);
    if (!base) {
        return nothing();
    }
    auto plan = plan_index(node, base.shape(), false);
    if (!plan) return nothing();
    // Moving operands are used once here, so they need not be copyable: the view takes them over.
    std::vector<Value> moving = std::move(plan->moving);
    plan->moving.clear();
    if (moving.empty()) return read_planned(std::move(base), *plan, span);
    ir::Type type{base.dtype(), view_shape(plan->axes)};
    std::vector<Value> operands;
    operands.push_back(materialise(std::move(base)));
    for (Value& each : moving) operands.push_back(std::move(each));
    type.dtype = operands[0] ? operands[0].dtype() : type.dtype;
    Value view = operation(Op::View, std::move(operands), type, span, attributes_of(plan->axes));
    if (!view) return view;
    for (AxisView& axis : plan->axes) axis = axis.keeps_axis() ? whole_axis(axis.count) : axis;
    IndexPlan rest;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < plan->axes.size(); ++i) {
        if (!plan->axes[i].keeps_axis()) continue;
        if (std::find(plan->array_axes.begin(), plan->array_axes.end(), i) !=
            plan->array_axes.end())
            rest.array_axes.push_back(kept);
        rest.axes.push_back(plan->axes[i]);
        ++kept;
    }
    rest.arrays = std::move(plan->arrays);
    rest.new_axes = plan->new_axes;
    return read_planned(std::move(view), rest, span);
}

// The array with the planned part replaced.
Value Checker::replaced(Value base, IndexPlan& plan, Value value, ir::Span span) {
    ir::Type type = base.type;
    bool whole = plan.is_whole() && view_shape(plan.axes) == base.shape();
    if (plan.arrays.empty()) {
        std::vector<Value> operands;
        operands.push_back(std::move(base));
        for (const Value& each : plan.moving) operands.push_back(copy(each));
        operands.push_back(std::move(value));
        return operation(Op::Update, std::move(operands), type, span, attributes_of(plan.axes));
    }
    std::vector<const Value*> each;
    for (const Value& array : plan.arrays) each.push_back(&array);
    auto indices = broadcast_shapes(each, span);
    if (!indices) return nothing();
    std::int64_t axis = gather_axis(plan.axes, plan.array_axes);
    Value part = whole ? copy(base) : view_of(copy(base), plan, span);
    ir::Type part_type = part.type;
    std::vector<Value> operands;
    operands.push_back(std::move(part));
    DType index_type = plan.arrays.size() == 1 ? plan.arrays[0].dtype() : DType::I64;
    for (const Value& array : plan.arrays)
        operands.push_back(broadcast_value(convert(copy(array), index_type), *indices, span));
    operands.push_back(std::move(value));
    Value scattered = operation(Op::Scatter, std::move(operands), part_type, span, {axis});
    if (whole) return scattered;
    std::vector<Value> update;
    update.push_back(std::move(base));
    for (const Value& moving : plan.moving) update.push_back(copy(moving));
    update.push_back(std::move(scattered));
    return operation(Op::Update, std::move(update), type, span, attributes_of(plan.axes));
}

void Checker::assign_indexed(const ast::Index& target, std::optional<ast::BinaryOp> op, Value value,
                             ir::Span span) {
    const auto& name = std::get<ast::Identifier>(target.base->node).name;
    Value base = array(*target.base);
    checked::Variable* variable = assignable(name, target.base->span);
    if (!base || !variable) return;
    base.constant.reset();  // it is about to change
    if (assign_masked(target, variable, op, value, span)) return;
    auto plan = plan_index(target, base.shape(), true);
    if (!plan) return;
    if (!plan->new_axes.empty()) {
        error(Code::bad_index, span, "None cannot stand where elements are assigned");
        return;
    }
    ir::Shape wanted = view_shape(plan->axes);
    if (!plan->arrays.empty()) {
        std::vector<const Value*> each;
        for (const Value& array : plan->arrays) each.push_back(&array);
        auto indices = broadcast_shapes(each, span);
        if (!indices) return;
        wanted = gathered_shape(wanted, gather_axis(plan->axes, plan->array_axes),
                                plan->arrays.size(), *indices);
    }
    if (op) {
        IndexPlan reading;
        reading.axes = plan->axes;
        reading.array_axes = plan->array_axes;
        for (const Value& each : plan->moving) reading.moving.push_back(copy(each));
        for (const Value& each : plan->arrays) reading.arrays.push_back(copy(each));
        Value old = read_planned(copy(base), reading, span);
        value = binary(*op, std::move(old), std::move(value), span);
        if (!value) return;
    }
    auto broadcast = ir::broadcasts_to(value.shape(), wanted);
    if (!broadcast) {
        error(Code::shapes_do_not_broadcast, span, "the value does not fit the place",
              "the place has shape " + ir::to_string(wanted) + ", the value is " + describe(value));
        return;
    }
    auto fitted =
        fit_to(std::move(value), {variable->type.dtype, wanted}, span, "'" + name + "'", true);
    if (!fitted) return;
    Value result = replaced(std::move(base), *plan, std::move(*fitted), span);
    if (result) store(variable, std::move(result), span);
}

// a[mask] = e, where the mask covers the leading axes of a. False when the subscript is not a mask.
bool Checker::assign_masked(const ast::Index& target, checked::Variable* variable,
                            std::optional<ast::BinaryOp> op, Value& value, ir::Span span) {
    if (target.subscripts.size() != 1 || target.subscripts[0].is_slice) return false;
    const ast::Expr& subscript = *target.subscripts[0].index;
    if (std::holds_alternative<ast::NoneLiteral>(subscript.node)) return false;
    Value mask = array(subscript);
    if (!mask) return true;
    if (mask.dtype() != DType::Bool) return false;
    const ir::Shape& shape = variable->type.shape;
    bool covers = mask.shape().size() <= shape.size() &&
                  std::equal(mask.shape().begin(), mask.shape().end(), shape.begin());
    if (!covers || mask.type.is_scalar()) {
        error(Code::shapes_do_not_broadcast, subscript.span, "the mask does not fit the array",
              "the array is " + describe(variable->type) + ", the mask is " + describe(mask));
        return true;
    }
    ir::Type wide = mask.type;
    wide.shape.resize(shape.size(), 1);
    std::vector<Value> operand;
    operand.push_back(std::move(mask));
    mask = hold(operation(Op::Reshape, std::move(operand), wide, span));
    if (!mask) return true;
    Value old = read(variable, target.base->span);
    if (op) {
        bool may_fault = *op == ast::BinaryOp::FloorDivide || *op == ast::BinaryOp::Modulo ||
                         *op == ast::BinaryOp::Power;
        if (may_fault && ir::is_integer(value.dtype()) && ir::is_integer(variable->type.dtype)) {
            // Where the mask is false nothing is computed, so nothing can fault there.
            Value other = materialise(std::move(value));
            auto both = broadcast_shapes({&mask, &other}, span);
            if (!other || !both) return true;
            ir::Type type{other.dtype(), *both};
            std::vector<Value> operands;
            operands.push_back(copy(mask));
            operands.push_back(std::move(other));
            operands.push_back(constant_value(ir::scalar_constant(type.dtype, 1), span));
            value = operation(Op::Select, std::move(operands), type, span);
        }
        value = binary(*op, copy(old), std::move(value), span);
        if (!value) return true;
    }
    auto fitted = fit_to(std::move(value), variable->type, span, "'" + variable->name + "'", true);
    if (!fitted) return true;
    std::vector<Value> operands;
    operands.push_back(std::move(mask));
    operands.push_back(std::move(*fitted));
    operands.push_back(std::move(old));
    Value result = operation(Op::Select, std::move(operands), variable->type, span);
    if (result) store(variable, std::move(result), span);
    return true;
}

}  // namespace dunlin::frontend
