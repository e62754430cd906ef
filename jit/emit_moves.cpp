// Moves, views and index arrays.
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

void Emitter::write_reshape(const Instruction& instruction) {
    count_loop(count_of(instruction.result), unrolled(instruction), [&](const At& at) {
        write(instruction.result, at, read(instruction.operands[0], at));
    });
}

void Emitter::write_transpose(const Instruction& instruction) {
    const Shape& shape = type_of(instruction.result).shape;
    const Strides operand = ir::row_major_strides(type_of(instruction.operands[0]).shape);
    Strides from;
    for (std::int64_t axis : instruction.attributes)
        from.push_back(operand[static_cast<std::size_t>(axis)]);
    walk(shape, {ir::row_major_strides(shape), from}, unrolled(instruction),
         [&](const Point& point, const std::vector<Strides>& strides) {
             write(instruction.result, point.at(strides[0]),
                   read(instruction.operands[0], point.at(strides[1])));
         });
}

void Emitter::write_concat(const Instruction& instruction) {
    const auto axis = static_cast<std::size_t>(instruction.attributes[0]);
    const Strides to = ir::row_major_strides(type_of(instruction.result).shape);
    std::int64_t first = 0;
    for (SlotId operand : instruction.operands) {
        const Shape& shape = type_of(operand).shape;
        walk(shape, {to, ir::row_major_strides(shape)}, unrolled(instruction),
             [&](const Point& point, const std::vector<Strides>& strides) {
                 write(instruction.result, point.at(strides[0], {true, first * to[axis], ""}),
                       read(operand, point.at(strides[1])));
             });
        first += shape[axis];
    }
}

// --- Elements whose number moves ---

// An index as a 64-bit number; one that no signed number can hold is the largest.
Value Emitter::bind_index(const Value& value, DType dtype) {
    const std::string in = prefix(value.meaning);
    const std::string type = in + "i64";
    if (dtype != DType::U64)
        return bind({in + "convert<" + type + ">(" + type_text(value.meaning, dtype) + "(" +
                         value.text + "))",
                     value.meaning},
                    DType::I64);
    const Value whole = bind(value, dtype);
    const std::string highest = in + "highest<" + type + ">()";
    return bind({in + "select(" + type_text(value.meaning, DType::Bool) + "(" + whole.text + " > " +
                     in + "convert<" + in + "u64>(" + highest + ")), " + highest + ", " + in +
                     "convert<" + type + ">(" + whole.text + "))",
                 value.meaning},
                DType::I64);
}

Emitter::ViewStart Emitter::view_start(const Instruction& instruction, std::size_t first_moving) {
    ViewStart start;
    const Shape& shape = type_of(instruction.operands[0]).shape;
    const Strides strides = ir::row_major_strides(shape);
    const std::vector<ir::AxisView> views = ir::axis_views(instruction.attributes);
    std::size_t operand = first_moving;
    for (std::size_t axis = 0; axis < views.size(); ++axis) {
        const ir::AxisView& view = views[axis];
        if (view.keeps_axis()) {
            start.shape.push_back(view.count);
            start.strides.push_back(view.step * strides[axis]);
        }
        if (!view.moves()) {
            start.fixed += view.start * strides[axis];
            continue;
        }
        const SlotId slot = instruction.operands[operand++];
        if (view.mode == ir::AxisView::MovingRange && view.count == 0) continue;
        const Meaning meaning = meaning_of(slot);
        const std::string in = prefix(meaning);
        const std::string type = in + "i64";
        const std::string truth = type_text(meaning, DType::Bool);
        auto number = [&](std::int64_t value) {
            return type + "(" + integer_literal(DType::I64, value) + ")";
        };
        const Value index = bind_index(read(slot, {}), type_of(slot).dtype);
        Value begin =
            bind({in + "select(" + truth + "(" + index.text + " < " + number(0) + "), " + in +
                      "add(" + index.text + ", " + number(shape[axis]) + "), " + index.text + ")",
                  meaning},
                 DType::I64);
        std::string outside = truth + "(" + begin.text + " < " + number(0) + ") || " + truth + "(" +
                              begin.text + " >= " + number(shape[axis]) + ")";
        if (view.mode == ir::AxisView::MovingRange) {
            // Beyond these bounds no part fits, and within them nothing overflows.
            const std::int64_t far = std::int64_t{1} << 61;
            begin = bind({in + "add(" + in + "max(" + in + "min(" + begin.text + ", " +
                              number(far) + "), " + number(-far) + "), " + number(view.start) + ")",
                          meaning},
                         DType::I64);
            const Value last =
                bind({in + "add(" + begin.text + ", " + number(view.step * (view.count - 1)) + ")",
                      meaning},
                     DType::I64);
            outside = truth + "(" + begin.text + " < " + number(0) + ") || " + truth + "(" +
                      begin.text + " >= " + number(shape[axis]) + ") || " + truth + "(" +
                      last.text + " < " + number(0) + ") || " + truth + "(" + last.text +
                      " >= " + number(shape[axis]) + ")";
        }
        const Value bad = bind({outside, meaning}, DType::Bool);
        const Value offset = bind({in + "select(" + bad.text + ", " + number(0) + ", " + in +
                                       "mul(" + begin.text + ", " + number(strides[axis]) + "))",
                                   meaning},
                                  DType::I64);
        if (!start.moving) {
            start.moving = offset;
            start.bad = bad;
            continue;
        }
        const bool any_lanes = meaning == Meaning::Lanes || start.moving->meaning == Meaning::Lanes;
        const Meaning joint = any_lanes ? lanes() : Meaning::Scalar;
        start.moving = bind(
            {as(*start.moving, joint, DType::I64) + " + " + as(offset, joint, DType::I64), joint},
            DType::I64);
        start.bad =
            bind({as(*start.bad, joint, DType::Bool) + " || " + as(bad, joint, DType::Bool), joint},
                 DType::Bool);
    }
    if (start.bad) fault(*start.bad, ir::Fault::IndexOutOfRange, instruction.statement, -1);
    return start;
}

static At shifted(const At& at, const std::optional<Value>& moving) {
    if (!moving) return at;
    if (at.fixed && at.number == 0) return {false, 0, moving->text};
    return {false, 0, moving->text + " + " + at.str()};
}

Value Emitter::read_moving(SlotId slot, const At& at, const std::optional<Value>& moving) {
    if (count_of(slot) == 1) return read(slot, {});
    if (!moving || moving->meaning == Meaning::Scalar) return read(slot, shifted(at, moving));
    const std::string array = "s" + std::to_string(slot);
    if (places_.home[slot] == Home::Tile)
        return {"V::tile_pick(" + array + " + (" + at.str() + ") * " + std::to_string(width_) +
                    ", " + moving->text + ")",
                Meaning::Lanes};
    return {"V::gather_at(" + array + " + (" + at.str() + "), " + moving->text + ")",
            Meaning::Lanes};
}

void Emitter::write_moving(SlotId slot, const At& at, const std::optional<Value>& moving,
                           const Value& value) {
    if (count_of(slot) == 1) return write(slot, {}, value);
    if (!moving || moving->meaning == Meaning::Scalar)
        return write(slot, shifted(at, moving), value);
    const DType dtype = type_of(slot).dtype;
    out_.line("V::tile_put(s" + std::to_string(slot) + " + (" + at.str() + ") * " +
              std::to_string(width_) + ", " + moving->text + ", " + lanes_type(dtype) + "(" +
              in_lanes(value, dtype) + "), " + (masked_ ? "m" : "live") + ");");
}

void Emitter::write_view(const Instruction& instruction) {
    out_.line("{");
    const ViewStart start = view_start(instruction, 1);
    walk(start.shape, {ir::row_major_strides(start.shape), start.strides}, unrolled(instruction),
         [&](const Point& point, const std::vector<Strides>& strides) {
             write(instruction.result, point.at(strides[0]),
                   read_moving(instruction.operands[0],
                               point.at(strides[1], {true, start.fixed, ""}), start.moving));
         });
    out_.line("}");
}

void Emitter::write_update(const Instruction& instruction) {
    out_.line("{");
    const SlotId value = instruction.operands.back();
    const ViewStart start = view_start(instruction, 1);
    walk(start.shape, {start.strides, ir::broadcast_strides(type_of(value).shape, start.shape)},
         unrolled(instruction), [&](const Point& point, const std::vector<Strides>& strides) {
             write_moving(instruction.result, point.at(strides[0], {true, start.fixed, ""}),
                          start.moving, read(value, point.at(strides[1])));
         });
    out_.line("}");
}

// --- Index arrays ---

Emitter::Indexed Emitter::indexed_axes(const Instruction& instruction, std::size_t arrays) const {
    Indexed axes;
    axes.arrays = arrays;
    const Shape& shape = type_of(instruction.operands[0]).shape;
    const Strides strides = ir::row_major_strides(shape);
    const auto axis = static_cast<std::size_t>(instruction.attributes[0]);
    for (std::size_t k = 0; k < arrays; ++k) {
        axes.strides.push_back(strides[axis + k]);
        axes.sizes.push_back(shape[axis + k]);
    }
    axes.places = count_of(instruction.operands[1]);
    return axes;
}

void Emitter::check_indices(const Instruction& instruction, const Indexed& axes) {
    if (!ir::may_fault(program_, instruction)) return;
    for (std::size_t k = 0; k < axes.arrays; ++k) {
        const SlotId slot = instruction.operands[1 + k];
        const Meaning meaning = meaning_of(slot);
        const std::string truth = type_text(meaning, DType::Bool);
        const std::string type = type_text(meaning, DType::I64);
        const std::string bad = fresh("bad");
        out_.line(truth + " " + bad + " = " + truth + "(false);");
        count_loop(axes.places, false, [&](const At& at) {
            out_.line("{");
            const Value index = bind_index(read(slot, at), type_of(slot).dtype);
            const std::string size = type + "(S::i64(" + std::to_string(axes.sizes[k]) + "))";
            out_.line(bad + " = " + bad + " || " + truth + "(" + index.text + " < -" + size +
                      ") || " + truth + "(" + index.text + " >= " + size + ");");
            out_.line("}");
        });
        fault({bad, meaning}, ir::Fault::IndexOutOfRange, instruction.statement, -1);
    }
}

// Where the block of elements that the indices at `place` name begins. An index out of range in a
// lane that is off is read as 0.
Value Emitter::block_start(const Instruction& instruction, const Indexed& axes, const At& place) {
    std::optional<Value> sum;
    for (std::size_t k = 0; k < axes.arrays; ++k) {
        const SlotId slot = instruction.operands[1 + k];
        const Value index = bind_index(read(slot, place), type_of(slot).dtype);
        const Meaning meaning = index.meaning;
        const std::string in = prefix(meaning);
        const std::string type = in + "i64";
        const std::string truth = type_text(meaning, DType::Bool);
        const std::string size = type + "(S::i64(" + std::to_string(axes.sizes[k]) + "))";
        const std::string zero = type + "(S::i64(0))";
        const Value inside =
            bind({in + "select(" + truth + "(" + index.text + " < " + zero + "), " + in + "add(" +
                      index.text + ", " + size + "), " + index.text + ")",
                  meaning},
                 DType::I64);
        const Value offset = bind(
            {in + "select(" + truth + "(" + inside.text + " < " + zero + ") || " + truth + "(" +
                 inside.text + " >= " + size + "), " + zero + ", " + in + "mul(" + inside.text +
                 ", " + type + "(S::i64(" + std::to_string(axes.strides[k]) + "))))",
             meaning},
            DType::I64);
        if (!sum) {
            sum = offset;
            continue;
        }
        const bool any_lanes = meaning == Meaning::Lanes || sum->meaning == Meaning::Lanes;
        const Meaning joint = any_lanes ? Meaning::Lanes : Meaning::Scalar;
        sum = bind({as(*sum, joint, DType::I64) + " + " + as(offset, joint, DType::I64), joint},
                   DType::I64);
    }
    return *sum;
}

namespace {

AroundIndices around(const Shape& array, std::size_t axis, std::size_t arrays,
                     std::size_t index_rank, const Strides& other) {
    AroundIndices result;
    const Strides strides = ir::row_major_strides(array);
    for (std::size_t k = 0; k < array.size(); ++k) {
        if (k >= axis && k < axis + arrays) continue;
        result.shape.push_back(array[k]);
        result.array.push_back(strides[k]);
        result.other.push_back(other[k < axis ? k : k - arrays + index_rank]);
    }
    for (std::size_t k = 0; k < index_rank; ++k) result.index.push_back(other[axis + k]);
    return result;
}

}  // namespace

void Emitter::write_gather(const Instruction& instruction) {
    out_.line("{");
    const SlotId array = instruction.operands[0];
    const Indexed axes = indexed_axes(instruction, instruction.operands.size() - 1);
    const Shape& index_shape = type_of(instruction.operands[1]).shape;
    const AroundIndices rest = around(
        type_of(array).shape, static_cast<std::size_t>(instruction.attributes[0]), axes.arrays,
        index_shape.size(), ir::row_major_strides(type_of(instruction.result).shape));
    if (has_lanes_of_places(instruction, index_shape)) {
        write_gather_of_places(instruction, axes, rest);
        out_.line("}");
        return;
    }
    check_indices(instruction, axes);
    if (count_of(instruction.result) > 0) {
        walk(index_shape, {ir::row_major_strides(index_shape), rest.index}, false,
             [&](const Point& place, const std::vector<Strides>& index_strides) {
                 const Value start = block_start(instruction, axes, place.at(index_strides[0]));
                 const At to = place.at(index_strides[1]);
                 walk(rest.shape, {rest.array, rest.other}, false,
                      [&](const Point& point, const std::vector<Strides>& strides) {
                          write(instruction.result, point.at(strides[1], to),
                                read_moving(array, point.at(strides[0]), start));
                      });
             });
    }
    out_.line("}");
}

void Emitter::write_scatter(const Instruction& instruction) {
    out_.line("{");
    const SlotId value = instruction.operands.back();
    const Indexed axes = indexed_axes(instruction, instruction.operands.size() - 2);
    check_indices(instruction, axes);
    const Shape& array = type_of(instruction.operands[0]).shape;
    const Shape& index_shape = type_of(instruction.operands[1]).shape;
    const auto axis = static_cast<std::ptrdiff_t>(instruction.attributes[0]);
    // The value is broadcast to what Gather would give.
    Shape given(array.begin(), array.begin() + axis);
    given.insert(given.end(), index_shape.begin(), index_shape.end());
    given.insert(given.end(), array.begin() + axis + static_cast<std::ptrdiff_t>(axes.arrays),
                 array.end());
    const AroundIndices rest =
        around(array, static_cast<std::size_t>(axis), axes.arrays, index_shape.size(),
               ir::broadcast_strides(type_of(value).shape, given));
    if (ir::element_count(given) > 0) {
        // Places in order, so that the last of those that name one element stays.
        walk(index_shape, {ir::row_major_strides(index_shape), rest.index}, false,
             [&](const Point& place, const std::vector<Strides>& index_strides) {
                 const Value start = block_start(instruction, axes, place.at(index_strides[0]));
                 const At from = place.at(index_strides[1]);
                 walk(rest.shape, {rest.array, rest.other}, false,
                      [&](const Point& point, const std::vector<Strides>& strides) {
                          write_moving(instruction.result, point.at(strides[0]), start,
                                       read(value, point.at(strides[1], from)));
                      });
             });
    }
    out_.line("}");
}

}  // namespace dunlin::jit
