// Products of large matrices, with lanes along the columns of the result, or along its rows where
// there are hardly any columns. Every element is a sum in the order of docs/numerics.md: chunks of
// products one after the other.
#include <algorithm>

#include "ir/reduction_order.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

namespace {

constexpr std::int64_t kLeastProducts = 4096;  // worth lanes
constexpr std::int64_t kFewColumns = 8;
constexpr std::int64_t kRowsTogether = 4;  // whose sums are in registers
constexpr std::int64_t kRowsForPacking = 16;

}  // namespace

// Sizes and places of one product of matrices.
struct Emitter::Product {
    SlotId left, right, result;
    std::int64_t rows, inner, columns;
    DType dtype;
    std::string left_base, right_base, result_base;  // of the matrices at hand, as addresses

    Product(const ir::Program& program, const Instruction& instruction)
        : left(instruction.operands[0]),
          right(instruction.operands[1]),
          result(instruction.result),
          dtype(program.type_of(result).dtype) {
        const Shape& a = program.type_of(left).shape;
        rows = a[a.size() - 2];
        inner = a.back();
        columns = program.type_of(right).shape.back();
    }
};

bool Emitter::has_product_lanes(const Instruction& instruction) const {
    if (!options_.elements || unrolled(instruction)) return false;
    const Product product(program_, instruction);
    return product.inner > 1 && std::max(product.rows, product.columns) >= kFewColumns &&
           count_of(product.result) * product.inner >= kLeastProducts;
}

void Emitter::write_product_lanes(const Instruction& instruction) {
    Product product(program_, instruction);
    const bool by_rows = product.columns < kFewColumns;
    const std::int64_t along = by_rows ? product.rows : product.columns;
    const std::int64_t vectors = (along + kElementLanes - 1) / kElementLanes;
    const Shape& shape = type_of(product.result).shape;
    const Shape leading(shape.begin(), shape.end() - 2);
    const std::int64_t matrices = ir::element_count(leading);
    const bool packs = !by_rows && product.rows >= kRowsForPacking;
    const std::string packed = fresh("packed");
    out_.line("{");
    if (packs)
        declare_scratch(packed, product.dtype, matrices * vectors * product.inner * kElementLanes);
    const std::int64_t work = product.rows * product.columns * product.inner / vectors;
    write_pieces(matrices * vectors, work, [&](const std::string& begin, const std::string& end) {
        const std::string item = begin_loop(begin, end);
        begin_product(product, leading, item + " / " + std::to_string(vectors));
        const std::string first = fresh("i");
        // The last lanes lie over those before.
        const std::string latest = std::to_string(std::max<std::int64_t>(0, along - kElementLanes));
        const std::string at =
            item + " % " + std::to_string(vectors) + " * " + std::to_string(kElementLanes);
        out_.line("const S::i64 " + first + " = " + at + " < " + latest + " ? " + at + " : " +
                  latest + ";");
        const std::string count = std::to_string(std::min(along, kElementLanes));
        if (by_rows)
            write_columns_of_rows(product, first, count);
        else
            write_rows_of_columns(product, first, count,
                                  packs ? packed + " + " + item + " * " +
                                              std::to_string(product.inner * kElementLanes)
                                        : "");
        out_.line("}");
    });
    if (packs) end_scratch();
    out_.line("}");
}

// Where the matrices of that number begin.
void Emitter::begin_product(Product& product, const Shape& leading, const std::string& number) {
    auto base = [&](SlotId slot) {
        const Shape& own = type_of(slot).shape;
        const Strides strides =
            ir::scaled(ir::broadcast_strides(Shape(own.begin(), own.end() - 2), leading),
                       own[own.size() - 2] * own.back());
        std::string text = "s" + std::to_string(slot);
        std::int64_t below = 1;
        for (std::size_t axis = leading.size(); axis-- > 0;) {
            if (strides[axis] != 0)
                text += " + " + number + " / " + std::to_string(below) + " % " +
                        std::to_string(leading[axis]) + " * " + std::to_string(strides[axis]);
            below *= leading[axis];
        }
        const std::string name = fresh("matrix");
        out_.line("auto* const " + name + " = " + text + ";");
        return name;
    };
    product.left_base = base(product.left);
    product.right_base = base(product.right);
    product.result_base = base(product.result);
}

// Sums over k, each of `sums` rows: `factors(k)` prints what a turn shares, `product(r, k)` is one
// product. The totals have the names that come back.
std::vector<std::string> Emitter::write_chunked_sums(
    const Product& product, std::int64_t sums,
    const std::function<void(const std::string& k)>& factors,
    const std::function<std::string(std::int64_t r, const std::string& k)>& term) {
    const std::string type = type_text(Meaning::Lanes, product.dtype);
    const std::string inner = std::to_string(product.inner);
    const std::string size = std::to_string(ir::kProductChunk);
    const bool chunked = product.inner > ir::kProductChunk;
    std::vector<std::string> totals;
    std::vector<std::string> chunks;
    for (std::int64_t r = 0; r < sums; ++r) {
        totals.push_back(fresh("total"));
        chunks.push_back(chunked ? fresh("chunk") : totals.back());
        out_.line(type + " " + totals.back() + ";");
    }
    const std::string chunk = fresh("c");
    const std::string last = fresh("last");
    const std::string k = fresh("k");
    if (chunked) {
        out_.line("for (S::i64 " + chunk + " = 0; " + chunk + " < " + inner + "; " + chunk +
                  " += " + size + ") {");
        out_.line("const S::i64 " + last + " = " + chunk + " + " + size + " < " + inner + " ? " +
                  chunk + " + " + size + " : " + inner + ";");
        for (const std::string& name : chunks) out_.line(type + " " + name + ";");
    } else {
        out_.line("const S::i64 " + chunk + " = 0, " + last + " = " + inner + ";");
    }
    auto turn = [&](const std::string& at, bool starts) {
        factors(at);
        for (std::int64_t r = 0; r < sums; ++r) {
            const std::string& name = chunks[static_cast<std::size_t>(r)];
            const std::string value = "(" + term(r, at) + ")";
            out_.line(name + " = " + (starts ? value : "(" + name + " + " + value + ")") + ";");
        }
    };
    out_.line("{");
    turn(chunk, true);
    out_.line("}");
    out_.line("DUNLIN_LANE_ROLLED");
    out_.line("for (S::i64 " + k + " = " + chunk + " + 1; " + k + " < " + last + "; ++" + k +
              ") {");
    turn(k, false);
    out_.line("}");
    if (chunked) {
        for (std::size_t r = 0; r < totals.size(); ++r)
            out_.line(totals[r] + " = " + chunk + " == 0 ? " + chunks[r] + " : (" + totals[r] +
                      " + " + chunks[r] + ");");
        out_.line("}");
    }
    return totals;
}

void Emitter::store_product(const Product& product, const std::string& place,
                            const std::string& count, const std::string& value) {
    const std::string text = for_host(product.result, Meaning::Lanes, value);
    out_.line(count == std::to_string(kElementLanes)
                  ? "V::store_lanes(" + place + ", " + text + ");"
                  : "V::store_part(" + place + ", " + text + ", " + count + ");");
}

// Lanes are columns: some rows at a time, so that a vector of the right matrix serves them all.
// That matrix's columns are copied together first when many rows want them.
void Emitter::write_rows_of_columns(const Product& product, const std::string& column,
                                    const std::string& count, const std::string& packed) {
    const std::string type = type_text(Meaning::Lanes, product.dtype);
    const bool whole = count == std::to_string(kElementLanes);
    auto load = [&](const std::string& k) {
        const std::string place = product.right_base + " + (" + k + " * " +
                                  std::to_string(product.columns) + " + " + column + ")";
        return whole ? "V::load_lanes(" + place + ")"
                     : "V::load_part(" + place + ", " + count + ")";
    };
    const std::string panel = fresh("panel");
    if (!packed.empty()) {
        out_.line("auto* const " + panel + " = " + packed + ";");
        const std::string k = begin_loop("0", std::to_string(product.inner));
        out_.line("V::store_lanes(" + panel + " + " + k + " * " + std::to_string(kElementLanes) +
                  ", " + load(k) + ");");
        out_.line("}");
    }
    const std::string row = fresh("row");
    out_.line("S::i64 " + row + " = 0;");
    for (std::int64_t together : {kRowsTogether, std::int64_t{1}}) {
        if (together > product.rows) continue;
        out_.line("for (; " + row + " + " + std::to_string(together) +
                  " <= " + std::to_string(product.rows) + "; " + row +
                  " += " + std::to_string(together) + ") {");
        const std::string b = fresh("b");
        const std::vector<std::string> totals = write_chunked_sums(
            product, together,
            [&](const std::string& k) {
                out_.line("const " + type + " " + b + " = " +
                          (packed.empty() ? load(k)
                                          : "V::load_lanes(" + panel + " + " + k + " * " +
                                                std::to_string(kElementLanes) + ")") +
                          ";");
            },
            [&](std::int64_t r, const std::string& k) {
                return type + "(S::load_element(" + product.left_base + " + ((" + row + " + " +
                       std::to_string(r) + ") * " + std::to_string(product.inner) + " + " + k +
                       "))) * " + b;
            });
        for (std::int64_t r = 0; r < together; ++r)
            store_product(product,
                          product.result_base + " + ((" + row + " + " + std::to_string(r) + ") * " +
                              std::to_string(product.columns) + " + " + column + ")",
                          count, totals[static_cast<std::size_t>(r)]);
        out_.line("}");
    }
}

// Lanes are rows, for each of the few columns.
void Emitter::write_columns_of_rows(const Product& product, const std::string& row,
                                    const std::string& count) {
    const std::string type = type_text(Meaning::Lanes, product.dtype);
    const int size = ir::size_of(product.dtype);
    const std::string a = fresh("a");
    const std::vector<std::string> totals = write_chunked_sums(
        product, product.columns,
        [&](const std::string& k) {
            out_.line("const " + type + " " + a + " = V::load_vms(" + product.left_base + " + (" +
                      row + " * " + std::to_string(product.inner) + " + " + k + "), " +
                      std::to_string(product.inner * size) + ", " + count + ");");
        },
        [&](std::int64_t column, const std::string& k) {
            return a + " * " + type + "(S::load_element(" + product.right_base + " + (" + k +
                   " * " + std::to_string(product.columns) + " + " + std::to_string(column) + ")))";
        });
    for (std::int64_t column = 0; column < product.columns; ++column) {
        const std::string place = product.result_base + " + (" + row + " * " +
                                  std::to_string(product.columns) + " + " + std::to_string(column) +
                                  ")";
        if (product.columns == 1) {
            store_product(product, place, count, totals[0]);
            continue;
        }
        const std::string& total = totals[static_cast<std::size_t>(column)];
        out_.line("V::store_strided(" + place + ", " + std::to_string(product.columns * size) +
                  ", " + for_host(product.result, Meaning::Lanes, total) + ", V::first_lanes(" +
                  count + "));");
    }
}

}  // namespace dunlin::jit
