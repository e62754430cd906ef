// Reductions, scans, sorting and matrix products, in the order of ir/reduction_order.hpp.
#include <algorithm>

#include "ir/reduction_order.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::Op;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

namespace {

// The axes of an array in two groups: those that the result keeps, and those that are reduced.
struct ReducedAxes {
    Shape kept;
    Strides kept_strides;
    Shape reduced;
    Strides reduced_strides;

    ReducedAxes(const Shape& shape, const std::vector<std::int64_t>& axes) {
        const Strides strides = ir::row_major_strides(shape);
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            const bool gone =
                std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) != axes.end();
            (gone ? reduced : kept).push_back(shape[axis]);
            (gone ? reduced_strides : kept_strides).push_back(strides[axis]);
        }
        merge();
    }

    // Element k of a sequence, in elements from its first.
    At position(const At& k) const {
        if (reduced.empty()) return {};
        if (k.fixed) return {true, ir::offset_of(k.number, reduced, reduced_strides), ""};
        std::string text;
        std::int64_t below = 1;  // elements of the axes further in
        for (std::size_t axis = reduced.size(); axis-- > 0;) {
            std::string part = below == 1 ? k.text : k.text + " / " + std::to_string(below);
            if (axis > 0) part = "(" + part + ") % " + std::to_string(reduced[axis]);
            part = "(" + part + ") * " + std::to_string(reduced_strides[axis]);
            text += (text.empty() ? "" : " + ") + part;
            below *= reduced[axis];
        }
        return {false, 0, text};
    }

  private:
    void merge() {
        for (std::size_t axis = reduced.size(); axis-- > 1;) {
            if (reduced_strides[axis - 1] != reduced[axis] * reduced_strides[axis]) continue;
            reduced[axis - 1] *= reduced[axis];
            reduced_strides[axis - 1] = reduced_strides[axis];
            reduced.erase(reduced.begin() + static_cast<std::ptrdiff_t>(axis));
            reduced_strides.erase(reduced_strides.begin() + static_cast<std::ptrdiff_t>(axis));
        }
    }
};

constexpr std::int64_t kWorkOfSorting = 16;  // an element, beside one of a loop

At sum_of(const At& a, const At& b) {
    if (a.fixed && b.fixed) return {true, a.number + b.number, ""};
    if (a.fixed && a.number == 0) return b;
    if (b.fixed && b.number == 0) return a;
    return {false, 0, a.str() + " + " + b.str()};
}

}  // namespace

const char* rule_of(Op op) {
    switch (op) {
        case Op::ReduceSum:
        case Op::CumSum: return "Add";
        case Op::ReduceProd:
        case Op::CumProd: return "Multiply";
        case Op::ReduceMin:
        case Op::CumMin: return "Least";
        case Op::ReduceMax:
        case Op::CumMax: return "Greatest";
        case Op::ReduceAny: return "AnyOf";
        default: return "AllOf";
    }
}

void Emitter::write_reduce(const Instruction& instruction) {
    const SlotId operand = instruction.operands[0];
    const DType dtype = type_of(operand).dtype;
    const Meaning meaning = meaning_of(operand);
    const std::string type = type_text(meaning, dtype);
    const std::string in = prefix(meaning);
    const ReducedAxes axes(type_of(operand).shape, instruction.attributes);
    const std::int64_t length = ir::element_count(axes.reduced);
    const bool written_out = unrolled(instruction);
    auto joined = [&](const std::string& a, const std::string& b) {
        return bind({combine_text(instruction.op, meaning, dtype, type + "(" + a + ")",
                                  type + "(" + b + ")"),
                     meaning},
                    dtype)
            .text;
    };
    walk(axes.kept, {ir::row_major_strides(axes.kept), axes.kept_strides}, written_out,
         [&](const Point& point, const std::vector<Strides>& strides) {
             const At first = point.at(strides[1]);
             const At to = point.at(strides[0]);
             if (length == 0)
                 return write(instruction.result, to,
                              {in + rule_of(instruction.op) + "::empty<" + type + ">()", meaning});
             if (!written_out) {
                 const std::string k = fresh("k");
                 const Value element = read(operand, sum_of(first, axes.position({false, 0, k})));
                 return write(
                     instruction.result, to,
                     {in + (length <= ir::kReduceBlock ? "reduce_short<" : "reduce<") + type +
                          ", " + in + rule_of(instruction.op) + ">(" + std::to_string(length) +
                          ", [&](S::Count " + k + ") { return " + element.text + "; })",
                      meaning});
             }
             std::vector<std::string> sums;
             for (std::int64_t k = 0; k < length; ++k) {
                 const std::string element =
                     read(operand, sum_of(first, axes.position({true, k, ""}))).text;
                 const auto lane = static_cast<std::size_t>(k % ir::kReduceLanes);
                 if (k < ir::kReduceLanes)
                     sums.push_back(element);
                 else
                     sums[lane] = joined(sums[lane], element);
             }
             const auto used = static_cast<std::int64_t>(sums.size());
             for (std::int64_t half = ir::kReduceLanes / 2; half > 0; half /= 2)
                 for (std::int64_t k = 0; k < half && k + half < used; ++k) {
                     const auto low = static_cast<std::size_t>(k);
                     sums[low] = joined(sums[low], sums[static_cast<std::size_t>(k + half)]);
                 }
             write(instruction.result, to, {sums[0], meaning});
         });
}

// The first of the least or greatest; NaN goes before all.
void Emitter::write_search(const Instruction& instruction) {
    const SlotId operand = instruction.operands[0];
    const DType dtype = type_of(operand).dtype;
    const DType result_dtype = type_of(instruction.result).dtype;
    const ReducedAxes axes(type_of(operand).shape, instruction.attributes);
    const Strides result_strides = ir::row_major_strides(axes.kept);
    const LineLanes plan = begin_lines(instruction, axes.kept, result_strides, axes.kept_strides);
    const Meaning meaning = meaning_of(operand);
    const std::string in = prefix(meaning);
    const std::string type = type_text(meaning, dtype);
    const std::string result_type = type_text(meaning, result_dtype);
    const std::int64_t length = ir::element_count(axes.reduced);
    const bool written_out = unrolled(instruction);
    const char* preference = instruction.op == Op::ArgMin ? "prefers_lesser" : "prefers_greater";
    auto search = [&](const Point& point, const std::vector<Strides>& strides) {
        const At first = point.at(strides[1]);
        const std::string found = fresh("found");
        const std::string best = fresh("best");
        out_.line("{");
        out_.line(result_type + " " + found + " = " + result_type + "(" +
                  integer_literal(result_dtype, 0) + ");");
        if (length > 0) {
            out_.line(type + " " + best + " = " +
                      read(operand, sum_of(first, axes.position({}))).text + ";");
            auto look = [&](const At& at, const std::string& number) {
                out_.line("{");
                const Value element =
                    bind({read(operand, sum_of(first, axes.position(at))).text, meaning}, dtype);
                const Value better =
                    bind({in + preference + "(" + element.text + ", " + best + ")", meaning},
                         DType::Bool);
                out_.line(best + " = " + in + "select(" + better.text + ", " + element.text + ", " +
                          best + ");");
                out_.line(found + " = " + in + "select(" + better.text + ", " + result_type + "(" +
                          number + "), " + found + ");");
                out_.line("}");
            };
            if (written_out) {
                for (std::int64_t k = 1; k < length; ++k)
                    look({true, k, ""}, integer_literal(result_dtype, k));
            } else {
                const std::string k = fresh("k");
                out_.line("for (S::i64 " + k + " = 1; " + k + " < " + std::to_string(length) +
                          "; ++" + k + ") {");
                look({false, 0, k},
                     "S::convert<" + type_text(Meaning::Scalar, result_dtype) + ">(" + k + ")");
                out_.line("}");
            }
        }
        write(instruction.result, point.at(strides[0]), {found, meaning});
        out_.line("}");
    };
    if (written_out)
        walk(axes.kept, {result_strides, axes.kept_strides}, true, search);
    else
        walk_lines(plan, length,
                   [&](const Point& point, const std::vector<Strides>& strides,
                       const std::string&) { search(point, strides); });
}

void Emitter::write_scan(const Instruction& instruction) {
    const SlotId operand = instruction.operands[0];
    const DType dtype = type_of(operand).dtype;
    const ir::Lines lines(type_of(operand).shape, instruction.attributes[0]);
    if (lines.length == 0) return;
    const Strides line_strides{lines.length * lines.inner, 1};
    const LineLanes plan =
        begin_lines(instruction, {lines.outer, lines.inner}, line_strides, line_strides);
    const Meaning meaning = meaning_of(operand);
    const std::string type = type_text(meaning, dtype);
    const bool written_out = unrolled(instruction);
    auto joined = [&](const std::string& a, const std::string& b) {
        return combine_text(instruction.op, meaning, dtype, a, b);
    };
    auto scan = [&](const Point& point, const std::vector<Strides>& strides) {
        const At first = point.at(strides[0]);
        const std::string local = fresh("sum");
        const std::string carry = fresh("carry");
        const bool blocks = lines.length > ir::kReduceBlock;
        out_.line("{");
        out_.line(type + " " + local + " = " + read(operand, first).text + ";");
        if (blocks) out_.line(type + " " + carry + " = " + local + ";");
        write(instruction.result, first, {local, meaning});
        auto step = [&](const At& k, const At& at) {
            out_.line("{");
            const std::string element = bind({read(operand, at).text, meaning}, dtype).text;
            if (!blocks) {
                out_.line(local + " = " + joined(local, element) + ";");
                write(instruction.result, at, {local, meaning});
            } else {
                const std::string block = std::to_string(ir::kReduceBlock);
                out_.line("if (" + k.text + " % " + block + " == 0) " + local + " = " + element +
                          "; else " + local + " = " + joined(local, element) + ";");
                const std::string value = fresh("t");
                out_.line(type + " " + value + " = " + local + ";");
                out_.line("if (" + k.text + " >= " + block + ") " + value + " = " +
                          joined(carry, local) + ";");
                write(instruction.result, at, {value, meaning});
                out_.line("if (" + k.text + " % " + block + " == " + block + " - 1) " + carry +
                          " = " + value + ";");
            }
            out_.line("}");
        };
        if (written_out) {
            for (std::int64_t k = 1; k < lines.length; ++k)
                step({true, k, ""}, sum_of(first, {true, k * lines.inner, ""}));
        } else {
            const std::string k = fresh("k");
            out_.line("for (S::i64 " + k + " = 1; " + k + " < " + std::to_string(lines.length) +
                      "; ++" + k + ") {");
            step({false, 0, k}, sum_of(first, {false, 0, k + " * " + std::to_string(lines.inner)}));
            out_.line("}");
        }
        out_.line("}");
    };
    if (written_out)
        walk({lines.outer, lines.inner}, {line_strides, line_strides}, true, scan);
    else
        walk_lines(plan, lines.length,
                   [&](const Point& point, const std::vector<Strides>& strides,
                       const std::string&) { scan(point, strides); });
}

void Emitter::write_matmul(const Instruction& instruction) {
    if (has_product_lanes(instruction)) return write_product_lanes(instruction);
    const SlotId left = instruction.operands[0];
    const SlotId right = instruction.operands[1];
    const Shape& a = type_of(left).shape;
    const Shape& b = type_of(right).shape;
    const Shape& result = type_of(instruction.result).shape;
    const std::int64_t inner = a.back();
    const std::int64_t columns = b.back();
    const std::int64_t rows = a[a.size() - 2];
    const DType dtype = type_of(instruction.result).dtype;
    const Meaning meaning = joint_meaning(instruction);
    const std::string type = type_text(meaning, dtype);
    const std::string in = prefix(meaning);
    auto leading = [](const Shape& shape) { return Shape(shape.begin(), shape.end() - 2); };
    auto strides_of = [&](const Shape& shape, std::int64_t row, std::int64_t column) {
        Strides strides = ir::scaled(ir::broadcast_strides(leading(shape), leading(result)),
                                     shape[shape.size() - 2] * shape.back());
        strides.push_back(row);
        strides.push_back(column);
        return strides;
    };
    Shape shape = leading(result);
    shape.push_back(rows);
    shape.push_back(columns);
    const bool written_out = unrolled(instruction);
    walk(shape, {ir::row_major_strides(result), strides_of(a, inner, 0), strides_of(b, 0, 1)},
         written_out, [&](const Point& point, const std::vector<Strides>& strides) {
             const At row = point.at(strides[1]);
             const At column = point.at(strides[2]);
             const At to = point.at(strides[0]);
             if (inner == 0) return write(instruction.result, to, {type + "(0)", meaning});
             auto product = [&](const At& k, const At& down) {
                 return in + "mul(" + type + "(" + as(read(left, sum_of(row, k)), meaning, dtype) +
                        "), " + type + "(" + as(read(right, sum_of(column, down)), meaning, dtype) +
                        "))";
             };
             const std::string sum = fresh("sum");
             out_.line("{");
             if (written_out) {
                 out_.line(type + " " + sum + " = " + product({}, {}) + ";");
                 for (std::int64_t k = 1; k < inner; ++k)
                     out_.line(sum + " = " + in + "add(" + sum + ", " +
                               product({true, k, ""}, {true, k * columns, ""}) + ");");
             } else {
                 const std::string chunk = fresh("chunk");
                 const std::string k = fresh("k");
                 const std::string last = std::to_string(inner);
                 out_.line(type + " " + sum + " = " + type + "(0), " + chunk + " = " + type +
                           "(0);");
                 out_.line("for (S::i64 " + k + " = 0; " + k + " < " + last + "; ++" + k + ") {");
                 const Value term =
                     bind({product({false, 0, k}, {false, 0, k + " * " + std::to_string(columns)}),
                           meaning},
                          dtype);
                 const std::string size = std::to_string(ir::kProductChunk);
                 out_.line(chunk + " = " + k + " % " + size + " == 0 ? " + term.text + " : " + in +
                           "add(" + chunk + ", " + term.text + ");");
                 out_.line("if (" + k + " % " + size + " == " + size + " - 1 || " + k +
                           " == " + last + " - 1) " + sum + " = " + k + " < " + size + " ? " +
                           chunk + " : " + in + "add(" + sum + ", " + chunk + ");");
                 out_.line("}");
             }
             write(instruction.result, to, {sum, meaning});
             out_.line("}");
         });
}

// Line after line: the elements and their places go to memory of their own, are sorted there in
// every lane alone, and come back.
void Emitter::write_sort(const Instruction& instruction) {
    const SlotId operand = instruction.operands[0];
    const DType dtype = type_of(operand).dtype;
    const DType result_dtype = type_of(instruction.result).dtype;
    const ir::Lines lines(type_of(operand).shape, instruction.attributes[0]);
    if (count_of(operand) == 0) return;
    const Strides line_strides{lines.length * lines.inner, 1};
    const LineLanes plan =
        begin_lines(instruction, {lines.outer, lines.inner}, line_strides, line_strides);
    const Meaning meaning = meaning_of(operand);
    const std::string in = prefix(meaning);
    const bool has_lines = !side_by_side_.empty();
    const std::string width = has_lines                    ? std::to_string(kElementLanes)
                              : meaning == Meaning::Scalar ? "1"
                                                           : std::to_string(width_);
    const std::int64_t room = lines.length * (has_lines ? kElementLanes : 1);
    const std::string all_keys = fresh("keys");
    const std::string all_orders = fresh("order");
    out_.line("{");
    declare_scratch(all_keys, dtype, room * plan.items);
    declare_scratch(all_orders, DType::I32, room * plan.items);
    walk_lines(
        plan, lines.length * kWorkOfSorting,
        [&](const Point& point, const std::vector<Strides>& strides, const std::string& item) {
            const At first = point.at(strides[0]);
            const std::string keys = fresh("keys");
            const std::string order = fresh("order");
            for (const auto& [name, all] :
                 {std::pair{keys, all_keys}, std::pair{order, all_orders}})
                out_.line("auto* const " + name + " = " + all + " + " + item + " * " +
                          std::to_string(room) + ";");
            auto at = [&](const At& k) {
                return sum_of(first, {false, 0, k.str() + " * " + std::to_string(lines.inner)});
            };
            count_loop(lines.length, false, [&](const At& k) {
                out_.line(in + "store_lanes(" + keys + " + (" + k.str() + ") * " + width + ", " +
                          type_text(meaning, dtype) + "(" + read(operand, at(k)).text + "));");
            });
            out_.line(in + "sort_with_places<" + type_text(meaning, dtype) + ">(" + keys + ", " +
                      order + ", " + std::to_string(lines.length) + ", " +
                      (instruction.attributes[1] != 0 ? "true" : "false") + ");");
            count_loop(lines.length, false, [&](const At& k) {
                const std::string& from = instruction.op == Op::Sort ? keys : order;
                std::string value =
                    in + "load_lanes(" + from + " + (" + k.str() + ") * " + width + ")";
                if (instruction.op == Op::ArgSort)
                    value = in + "convert<" + type_text(meaning, result_dtype) + ">(" + value + ")";
                write(instruction.result, at(k), {value, meaning});
            });
        });
    out_.line("}");
    end_scratch();
}

// Memory of the worker that one instruction uses for itself.
void Emitter::declare_scratch(const std::string& name, DType dtype, std::int64_t count) {
    out_.line(memory_type(dtype) + "* const " + name + " = reinterpret_cast<" + memory_type(dtype) +
              "*>(task->memory + " + std::to_string(places_.memory_bytes + scratch_end_) + ");");
    constexpr std::int64_t kAlignment = 128;
    scratch_end_ +=
        (count * width_ * ir::size_of(dtype) + kAlignment - 1) / kAlignment * kAlignment;
    scratch_bytes_ = std::max(scratch_bytes_, scratch_end_);
}
void Emitter::end_scratch() {
    scratch_end_ = 0;
}

}  // namespace dunlin::jit
