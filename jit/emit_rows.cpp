// Loops whose lanes are elements of arrays and that reduce another axis than the last, or a short
// one: each lane has a sum of its own, and the loop runs along the axis that is reduced.
//
// The axis of the lanes is one of those that are kept, the one that is read best. Another kept axis
// that is short is written out, so that what all of its sums read is read once. An accumulator of
// the fixed order takes every sixteenth row; several of them that stand side by side run together,
// so that no addition has to wait for the one before it.
#include <algorithm>
#include <cassert>
#include <tuple>

#include "ir/reduction_order.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Shape;
using ir::Strides;

namespace {

constexpr std::int64_t kMostWrittenOut = 8;  // sums of a short axis
constexpr std::size_t kMostSteps = 96;       // of a loop's body, with what is written out
constexpr std::int64_t kFewRows = 4;         // these need no loop
constexpr std::int64_t kSideBySide = 4;      // additions under way at the same time
constexpr std::int64_t kStridedCost = 8;     // of reading lanes that are not neighbours

}  // namespace

// The loop at hand, while it is written.
struct Emitter::Rows {
    Loop* loop = nullptr;
    std::vector<std::size_t> reductions;  // steps
    std::int64_t length = 1;              // of the axis that is reduced
    std::int64_t blocks = 1;
    std::int64_t copies = 1;                    // of the axis that is written out
    std::size_t copied_axis = ~std::size_t{0};  // which of the outer axes this is
    std::size_t row_axis = 0;
    Point point;  // what is written out, and the row, are set for each use
    std::string count;
    std::string first, last;           // rows of the block
    std::vector<std::string> partial;  // by reduction: memory for what the blocks come to

    Point at(std::int64_t copy, const At& row) const {
        Point here = point;
        if (copied_axis < here.axes.size()) here.axes[copied_axis] = {true, copy, ""};
        here.axes[row_axis] = row;
        return here;
    }
    // Calls visit(copy, which reduction, number of the result).
    template <typename Visit>
    void for_each_result(Visit visit) const {
        std::size_t number = 0;
        for (std::int64_t copy = 0; copy < copies; ++copy)
            for (std::size_t r = 0; r < reductions.size(); ++r) visit(copy, r, number++);
    }
};

namespace {

// Which axis the lanes go along: where most of them are used, and most accesses are to neighbours.
// The last `results` of the accesses happen once for all rows.
std::size_t best_axis(const Shape& shape, const std::vector<Strides>& strides, std::size_t results,
                      std::int64_t rows) {
    std::size_t best = 0;
    double least = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        double cost = 1;
        for (std::size_t k = 0; k < strides.size(); ++k) {
            const std::int64_t apart = strides[k][axis];
            const auto times = static_cast<double>(k + results < strides.size() ? 1 : rows);
            cost += static_cast<double>(apart == 0 || apart == 1 ? 1 : kStridedCost) / times;
        }
        const double of_one = cost / static_cast<double>(std::min(shape[axis], kElementLanes));
        if (axis > 0 && of_one >= least) continue;
        least = of_one;
        best = axis;
    }
    return best;
}

}  // namespace

void Emitter::write_row_reductions(Loop& loop) {
    Rows rows;
    rows.loop = &loop;
    const auto first = static_cast<std::ptrdiff_t>(loop.first_reduced);
    const auto end = first + static_cast<std::ptrdiff_t>(loop.reduced_axes);
    for (std::size_t k = 0; k < loop.steps.size(); ++k) {
        LoopStep& step = loop.steps[k];
        if (ir::info(step.instruction->op).form != ir::Form::Reduce) continue;
        rows.reductions.push_back(k);
        // The result is passed like the others, and stands still along the reduced axes.
        Shape kept = loop.shape;
        for (auto axis = first; axis < end; ++axis) kept[static_cast<std::size_t>(axis)] = 1;
        Strides strides = ir::row_major_strides(kept);
        for (auto axis = first; axis < end; ++axis) strides[static_cast<std::size_t>(axis)] = 0;
        step.store = loop.accesses.size();
        loop.accesses.push_back({step.instruction->result, strides, 0, std::nullopt});
    }
    Shape reduced(loop.shape.begin() + first, loop.shape.begin() + end);
    Shape kept(loop.shape.begin(), loop.shape.begin() + first);
    kept.insert(kept.end(), loop.shape.begin() + end, loop.shape.end());
    std::vector<Strides> inner;
    std::vector<Strides> outer;
    for (const Access& access : loop.accesses) {
        const Strides& all = access.strides;
        inner.emplace_back(all.begin() + first, all.begin() + end);
        outer.emplace_back(all.begin(), all.begin() + first);
        outer.back().insert(outer.back().end(), all.begin() + end, all.end());
    }
    merge_axes(reduced, inner);
    assert(reduced.size() <= 1 && "segment.cpp sees to it that reduced axes lie as one");
    merge_axes(kept, outer);
    if (kept.empty()) {
        kept.push_back(1);
        for (Strides& all : outer) all.push_back(0);
    }
    rows.length = ir::element_count(reduced);
    rows.blocks = (rows.length + ir::kReduceBlock - 1) / ir::kReduceBlock;
    // The order of the axes: those of the loops around, the rows, the lanes.
    const std::size_t lanes_axis = best_axis(kept, outer, rows.reductions.size(), rows.length);
    loop.length = kept[lanes_axis];
    loop.outer = kept;
    loop.outer.erase(loop.outer.begin() + static_cast<std::ptrdiff_t>(lanes_axis));
    rows.row_axis = loop.outer.size();
    for (std::size_t k = 0; k < loop.accesses.size(); ++k) {
        loop.inner_strides.push_back({outer[k][lanes_axis]});
        Strides around = outer[k];
        around.erase(around.begin() + static_cast<std::ptrdiff_t>(lanes_axis));
        around.push_back(inner[k].empty() ? 0 : inner[k][0]);
        loop.outer_strides.push_back(std::move(around));
    }
    for (std::size_t axis = 0; axis < loop.outer.size(); ++axis) {
        const std::int64_t length = loop.outer[axis];
        if (length > kMostWrittenOut ||
            loop.steps.size() * static_cast<std::size_t>(length) > kMostSteps)
            continue;
        rows.copied_axis = axis;
        rows.copies = length;
    }
    write_row_loops(rows);
}

// The loops around a block, and the joining of blocks.
void Emitter::write_row_loops(Rows& rows) {
    const Loop& loop = *rows.loop;
    const std::int64_t vectors = (loop.length + kElementLanes - 1) / kElementLanes;
    std::int64_t items = vectors;
    for (std::size_t axis = 0; axis < loop.outer.size(); ++axis)
        if (axis != rows.copied_axis) items *= loop.outer[axis];
    for (std::size_t k : rows.reductions) {
        const DType dtype = type_of(loop.steps[k].instruction->operands[0]).dtype;
        rows.partial.push_back(fresh("partial"));
        if (rows.blocks > 1)
            declare_scratch(rows.partial.back(), dtype,
                            items * rows.copies * rows.blocks * kElementLanes);
    }
    const std::int64_t work = std::min(rows.length, ir::kReduceBlock) * rows.copies *
                              kElementLanes * static_cast<std::int64_t>(loop.steps.size());
    write_pieces(items * rows.blocks, work, [&](const std::string& begin, const std::string& end) {
        const std::string number = fresh("b");
        out_.line("for (S::i64 " + number + " = " + begin + "; " + number + " < " + end + "; ++" +
                  number + ") {");
        std::string item = number;
        if (rows.blocks > 1) {
            item = fresh("item");
            out_.line("const S::i64 " + item + " = " + number + " / " +
                      std::to_string(rows.blocks) + ";");
        }
        begin_row_item(rows, item, vectors);
        write_row_block(rows, number);
        out_.line("}");
    });
    if (rows.blocks == 1) {
        end_scratch();
        return;
    }
    const std::string item = fresh("item");
    out_.line("for (S::i64 " + item + " = 0; " + item + " < " + std::to_string(items) + "; ++" +
              item + ") {");
    begin_row_item(rows, item, vectors);
    rows.for_each_result([&](std::int64_t copy, std::size_t r, std::size_t) {
        const LoopStep& step = loop.steps[rows.reductions[r]];
        const std::string type =
            type_text(Meaning::Lanes, type_of(step.instruction->operands[0]).dtype);
        const std::string k = fresh("k");
        store_access(loop, *step.store, rows.at(copy, {}), rows.count,
                     type + "(V::reduce<" + type + ", V::" + rule_of(step.instruction->op) + ">(" +
                         std::to_string(rows.blocks) + ", [&](S::Count " + k +
                         ") { return V::load_lanes(" + rows.partial[r] + " + ((" + item + " * " +
                         std::to_string(rows.copies) + " + " + std::to_string(copy) + ") * " +
                         std::to_string(rows.blocks) + " + " + k + ") * " +
                         std::to_string(kElementLanes) + "); }))");
    });
    out_.line("}");
    end_scratch();
}

// Where an item stands: the axes of the loops around, and the lanes.
void Emitter::begin_row_item(Rows& rows, const std::string& item, std::int64_t vectors) {
    const Loop& loop = *rows.loop;
    rows.point.axes.assign(loop.outer.size() + 1, {});
    name_axes(loop.outer, rows.copied_axis, item, vectors, rows.point);
    const std::string lane = fresh("i");
    const std::string vector = std::to_string(kElementLanes);
    const std::string length = std::to_string(loop.length);
    std::string begin = item + " % " + std::to_string(vectors) + " * " + vector;
    rows.count = vector;
    const bool writes_elements =
        std::any_of(loop.steps.begin(), loop.steps.end(), [](const LoopStep& step) {
            return step.stored && ir::info(step.instruction->op).form != ir::Form::Reduce;
        });
    if (loop.length % kElementLanes == 0) {
        out_.line("const S::i64 " + lane + " = " + begin + ";");
    } else if (loop.length > kElementLanes && !writes_elements) {
        // The last lanes lie over those before, and come to the same.
        const std::string latest = std::to_string(loop.length - kElementLanes);
        out_.line("const S::i64 " + lane + " = " + begin + " < " + latest + " ? " + begin + " : " +
                  latest + ";");
    } else {
        out_.line("const S::i64 " + lane + " = " + begin + ";");
        rows.count = name_count(lane, length);
    }
    rows.point.axes.push_back({false, 0, lane});
}

void Emitter::write_row_block(Rows& rows, const std::string& number) {
    const Loop& loop = *rows.loop;
    std::tie(rows.first, rows.last) = name_block(number, rows.length);
    const std::vector<std::string> results =
        rows.length <= kFewRows ? write_few_rows(rows) : write_accumulators(rows);
    rows.for_each_result([&](std::int64_t copy, std::size_t r, std::size_t k) {
        const LoopStep& step = loop.steps[rows.reductions[r]];
        if (rows.blocks == 1)
            store_access(loop, *step.store, rows.at(copy, {}), rows.count, results[k]);
        else
            out_.line("V::store_lanes(" + rows.partial[r] + " + ((" + number + " / " +
                      std::to_string(rows.blocks) + " * " + std::to_string(rows.copies) + " + " +
                      std::to_string(copy) + ") * " + std::to_string(rows.blocks) + " + " + number +
                      " % " + std::to_string(rows.blocks) + ") * " + std::to_string(kElementLanes) +
                      ", " + results[k] + ");");
    });
}

// The elements of a row that the reductions of one copy take; as text. In braces of the caller.
std::vector<std::string> Emitter::write_row(const Rows& rows, std::int64_t copy, const At& row) {
    const Loop& loop = *rows.loop;
    const Point here = rows.at(copy, row);
    write_steps(loop, here, rows.count);
    std::vector<std::string> elements;
    for (std::size_t k : rows.reductions)
        elements.push_back(element_of(loop, loop.steps[k].operands[0], here, rows.count));
    return elements;
}

// All rows written out. The results as text.
std::vector<std::string> Emitter::write_few_rows(const Rows& rows) {
    const Loop& loop = *rows.loop;
    std::vector<std::vector<std::string>> sums;  // by result, then by row
    rows.for_each_result([&](std::int64_t, std::size_t r, std::size_t) {
        const DType dtype = type_of(loop.steps[rows.reductions[r]].instruction->operands[0]).dtype;
        sums.emplace_back();
        for (std::int64_t row = 0; row < rows.length; ++row) {
            sums.back().push_back(fresh("sum"));
            out_.line(type_text(Meaning::Lanes, dtype) + " " + sums.back().back() + ";");
        }
    });
    for (std::int64_t row = 0; row < rows.length; ++row)
        for (std::int64_t copy = 0; copy < rows.copies; ++copy) {
            out_.line("{");
            const std::vector<std::string> elements = write_row(rows, copy, {true, row, ""});
            for (std::size_t r = 0; r < elements.size(); ++r) {
                const std::size_t k = static_cast<std::size_t>(copy) * elements.size() + r;
                out_.line(sums[k][static_cast<std::size_t>(row)] + " = " + elements[r] + ";");
            }
            out_.line("}");
        }
    std::vector<std::string> results;
    rows.for_each_result([&](std::int64_t, std::size_t r, std::size_t k) {
        const ir::Instruction& instruction = *loop.steps[rows.reductions[r]].instruction;
        const DType dtype = type_of(instruction.operands[0]).dtype;
        for (std::size_t half = 2; half > 0; half /= 2)
            for (std::size_t row = 0; row < half && row + half < sums[k].size(); ++row)
                out_.line(sums[k][row] + " = " +
                          combine_text(instruction.op, Meaning::Lanes, dtype, sums[k][row],
                                       sums[k][row + half]) +
                          ";");
        results.push_back(sums[k][0]);
    });
    return results;
}

std::vector<std::string> Emitter::write_accumulators(const Rows& rows) {
    const Loop& loop = *rows.loop;
    const auto sums = static_cast<std::int64_t>(rows.reductions.size()) * rows.copies;
    const std::int64_t in_last_block = rows.length % ir::kReduceBlock;
    const bool all_used = in_last_block == 0 || in_last_block >= ir::kReduceLanes;
    const bool is_long = loop.steps.size() * static_cast<std::size_t>(kSideBySide) > kMostSteps;
    // A power of two, since the sixteen accumulators are gone through in such strides.
    std::int64_t together = kSideBySide;
    while (together > 1 && (together * sums > kSideBySide || !all_used || is_long)) together /= 2;
    const std::string step = std::to_string(ir::kReduceLanes);
    auto type_of_sum = [&](std::size_t r) {
        return type_text(Meaning::Lanes,
                         type_of(loop.steps[rows.reductions[r]].instruction->operands[0]).dtype);
    };
    std::vector<std::string> accumulators;  // in memory, by result
    rows.for_each_result([&](std::int64_t, std::size_t r, std::size_t) {
        accumulators.push_back(fresh("sums"));
        out_.line(type_of_sum(r) + " " + accumulators.back() + "[" + step + "];");
    });
    const std::string used = fresh("n");
    out_.line("const S::i64 " + used + " = " + rows.last + " - " + rows.first + " < " + step +
              " ? " + rows.last + " - " + rows.first + " : " + step + ";");
    const std::string lane = fresh("k");
    const std::string at = fresh("i");
    out_.line("DUNLIN_LANE_ROLLED");
    out_.line("for (S::i64 " + lane + " = 0; " + lane + " < " + used + "; " + lane +
              " += " + std::to_string(together) + ") {");
    std::vector<std::string> sum(static_cast<std::size_t>(sums * together));
    for (std::int64_t side = 0; side < together; ++side)
        rows.for_each_result([&](std::int64_t, std::size_t r, std::size_t k) {
            std::string& name = sum[static_cast<std::size_t>(side * sums) + k];
            name = fresh("sum");
            out_.line(type_of_sum(r) + " " + name + ";");
        });
    // The row `at` + side into the accumulators of that side.
    auto take = [&](std::int64_t side, bool starts) {
        for (std::int64_t copy = 0; copy < rows.copies; ++copy) {
            out_.line("{");
            std::string row = at;
            if (side > 0) row = "(" + at + " + " + std::to_string(side) + ")";
            const std::vector<std::string> elements = write_row(rows, copy, {false, 0, row});
            for (std::size_t r = 0; r < elements.size(); ++r) {
                const ir::Instruction& instruction = *loop.steps[rows.reductions[r]].instruction;
                const std::size_t k = static_cast<std::size_t>(side * sums) +
                                      static_cast<std::size_t>(copy) * elements.size() + r;
                out_.line(sum[k] + " = " +
                          (starts ? elements[r]
                                  : combine_text(instruction.op, Meaning::Lanes,
                                                 type_of(instruction.operands[0]).dtype, sum[k],
                                                 elements[r])) +
                          ";");
            }
            out_.line("}");
        }
    };
    out_.line("S::i64 " + at + " = " + rows.first + " + " + lane + ";");
    for (std::int64_t side = 0; side < together; ++side) take(side, true);
    const std::string ahead = together > 1 ? " + " + std::to_string(together - 1) : "";
    out_.line("DUNLIN_LANE_ROLLED");
    out_.line("for (" + at + " += " + step + "; " + at + ahead + " < " + rows.last + "; " + at +
              " += " + step + ") {");
    for (std::int64_t side = 0; side < together; ++side) take(side, false);
    out_.line("}");
    for (std::int64_t side = 0; side + 1 < together; ++side) {
        out_.line("if (" + at + " + " + std::to_string(side) + " < " + rows.last + ") {");
        take(side, false);
        out_.line("}");
    }
    for (std::int64_t side = 0; side < together; ++side)
        for (std::size_t k = 0; k < accumulators.size(); ++k)
            out_.line(accumulators[k] + "[" + lane + " + " + std::to_string(side) +
                      "] = " + sum[static_cast<std::size_t>(side * sums) + k] + ";");
    out_.line("}");
    std::vector<std::string> results;
    rows.for_each_result([&](std::int64_t, std::size_t r, std::size_t k) {
        const ir::Instruction& instruction = *loop.steps[rows.reductions[r]].instruction;
        results.push_back(bind({"V::fold_accumulators<V::" + std::string(rule_of(instruction.op)) +
                                    ">(" + accumulators[k] + ", " + used + ")",
                                Meaning::Lanes},
                               type_of(instruction.operands[0]).dtype)
                              .text);
    });
    return results;
}

}  // namespace dunlin::jit
