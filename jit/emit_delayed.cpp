// Loops over elements whose last instruction writes where the others read: a plate whose heat
// spreads, say. What it comes to waits in rows of its own until the rows that need the old elements
// have passed. Rows at the ends of a piece, which the pieces beside it read, wait until all pieces
// are done.
#include <algorithm>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Shape;
using ir::Strides;

namespace {

constexpr std::int64_t kRowsOfPiece = 32;      // for each row held
constexpr std::int64_t kLeastPiece = 1 << 13;  // elements

}  // namespace

void Emitter::write_delayed_nest(Loop& loop, const Delay& delay) {
    LoopStep& update = loop.steps.back();
    const Access target = loop.accesses[*update.store];
    const std::int64_t rows = loop.shape[0];
    const Shape row_shape(loop.shape.begin() + 1, loop.shape.end());
    const std::int64_t row_elements = ir::element_count(row_shape);
    const std::int64_t held = delay.behind + delay.ahead;
    const std::int64_t waiting = delay.behind + 1;
    const auto weight = static_cast<std::int64_t>(loop.steps.size());
    const std::int64_t rows_of_piece =
        std::min(rows, std::max(kRowsOfPiece * (held + 1),
                                kLeastPiece / std::max<std::int64_t>(1, row_elements * weight)));
    const std::int64_t pieces = (rows + rows_of_piece - 1) / rows_of_piece;
    const std::string memory = fresh("rows");
    const DType dtype = type_of(target.slot).dtype;
    declare_scratch(memory, dtype, pieces * (held + waiting) * row_elements);
    const std::string room = std::to_string((held + waiting) * row_elements);

    // The loops over a row: axis 0 stays for itself.
    std::vector<Strides> strides;
    for (const Access& access : loop.accesses)
        strides.emplace_back(access.strides.begin() + 1, access.strides.end());
    strides[*update.store] = ir::row_major_strides(row_shape);
    Shape inner = row_shape;
    merge_axes(inner, strides);
    if (inner.empty()) {
        inner.push_back(1);
        for (Strides& all : strides) all.push_back(0);
    }
    loop.length = inner.back();
    loop.outer = {rows};
    loop.outer.insert(loop.outer.end(), inner.begin(), inner.end() - 1);
    for (std::size_t k = 0; k < loop.accesses.size(); ++k) {
        const bool is_target = k == *update.store;
        Strides around{is_target ? 0 : loop.accesses[k].strides[0]};
        around.insert(around.end(), strides[k].begin(), strides[k].end() - 1);
        loop.outer_strides.push_back(std::move(around));
        loop.inner_strides.push_back({strides[k].back()});
    }
    loop.accesses[*update.store].fixed = 0;

    auto place_of = [&](const std::string& piece, const std::string& slot) {
        return memory + " + (" + piece + " * " + room + " + (" + slot + ") * " +
               std::to_string(row_elements) + ")";
    };
    const std::string all_rows = std::to_string(rows);
    const std::string behind = std::to_string(delay.behind);
    const std::string ahead = std::to_string(delay.ahead);
    auto begin_piece = [&](const std::string& piece) {
        const std::string begin = fresh("begin");
        const std::string end = fresh("end");
        out_.line("const S::i64 " + begin + " = " + piece + " * " + std::to_string(rows_of_piece) +
                  ";");
        out_.line("const S::i64 " + end + " = " + begin + " + " + std::to_string(rows_of_piece) +
                  " < " + all_rows + " ? " + begin + " + " + std::to_string(rows_of_piece) + " : " +
                  all_rows + ";");
        return std::pair{begin, end};
    };
    write_pieces(
        pieces, rows_of_piece * row_elements * weight,
        [&](const std::string& first, const std::string& last) {
            const std::string piece = begin_loop(first, last);
            const auto [begin, end] = begin_piece(piece);
            const std::string row = begin_loop(begin, end);
            const std::string place = "s" + std::to_string(target.slot) + "_row";
            out_.line(memory_type(dtype) + "* const " + place + " = " + row + " - " + begin +
                      " < " + ahead + " ? " + place_of(piece, row + " - " + begin) + " : " + end +
                      " - " + row + " <= " + behind + " ? " +
                      place_of(piece, ahead + " + " + end + " - " + row + " - 1") + " : " +
                      place_of(piece, std::to_string(held) + " + " + row + " % " +
                                          std::to_string(waiting)) +
                      ";");
            Point point;
            point.axes.push_back({false, 0, row});
            for (std::size_t axis = 1; axis < loop.outer.size(); ++axis)
                point.axes.push_back({false, 0, begin_loop("0", std::to_string(loop.outer[axis]))});
            loop.row_of_target = place;
            write_inner_loop(loop, point, "0", std::to_string(loop.length));
            for (std::size_t axis = 1; axis < loop.outer.size(); ++axis) out_.line("}");
            const std::string done = fresh("done");
            out_.line("const S::i64 " + done + " = " + row + " - " + behind + ";");
            out_.line("if (" + done + " - " + begin + " >= " + ahead + " && " + end + " - " + done +
                      " > " + behind + ") {");
            write_row_copy(target, row_shape, done,
                           place_of(piece, std::to_string(held) + " + " + done + " % " +
                                               std::to_string(waiting)));
            out_.line("}");
            out_.line("}");
            out_.line("}");
        });
    if (held > 0) {
        const std::string piece = begin_loop("0", std::to_string(pieces));
        const auto [begin, end] = begin_piece(piece);
        const std::string row = begin_loop(begin, end);
        out_.line("if (" + row + " - " + begin + " < " + ahead + ") {");
        write_row_copy(target, row_shape, row, place_of(piece, row + " - " + begin));
        out_.line("} else if (" + end + " - " + row + " <= " + behind + ") {");
        write_row_copy(target, row_shape, row,
                       place_of(piece, ahead + " + " + end + " - " + row + " - 1"));
        out_.line("}");
        out_.line("}");
        out_.line("}");
    }
    end_scratch();
}

// A row that waited goes to its place.
void Emitter::write_row_copy(const Access& target, const Shape& shape, const std::string& row,
                             const std::string& from) {
    std::vector<Strides> strides{Strides(target.strides.begin() + 1, target.strides.end()),
                                 ir::row_major_strides(shape)};
    Shape axes = shape;
    merge_axes(axes, strides);
    const bool in_one_piece = axes.empty() || strides[0].back() == 1;
    const std::int64_t length = axes.empty() ? 1 : axes.back();
    if (in_one_piece && !axes.empty()) axes.pop_back();
    Point point;
    point.axes.push_back({false, 0, row});
    for (std::int64_t count : axes)
        point.axes.push_back({false, 0, begin_loop("0", std::to_string(count))});
    auto strides_of = [&](const Strides& inner, std::int64_t first) {
        Strides all{first};
        all.insert(all.end(), inner.begin(),
                   inner.begin() + static_cast<std::ptrdiff_t>(axes.size()));
        return all;
    };
    const std::string to =
        "s" + std::to_string(target.slot) + " + (" +
        point.at(strides_of(strides[0], target.strides[0]), {true, target.fixed, ""}).str() + ")";
    const std::string place = from + " + (" + point.at(strides_of(strides[1], 0)).str() + ")";
    if (in_one_piece)
        out_.line("__builtin_memcpy(" + to + ", " + place + ", " +
                  std::to_string(length * ir::size_of(type_of(target.slot).dtype)) + ");");
    else
        out_.line("*(" + to + ") = *(" + place + ");");
    for (std::size_t k = 0; k < axes.size(); ++k) out_.line("}");
}

}  // namespace dunlin::jit
