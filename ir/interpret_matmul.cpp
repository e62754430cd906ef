// Matrix products. The order of the additions for one element of the result: the products over k =
// 0, 1, 2 ... are summed one after the other inside chunks of kProductChunk, from the chunk's first
// product on; then the sums of the chunks, one after the other. No product is fused with an
// addition. Columns are done several at a time, which changes no order.
#include <algorithm>
#include <array>

#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"
#include "ir/reduction_order.hpp"

namespace dunlin::ir {

namespace {

constexpr std::int64_t kTile = 64;  // columns done together

struct ProductSizes {
    std::int64_t rows;
    std::int64_t inner;
    std::int64_t columns;
};

// Elements first .. first + width - 1 of one row of the result. `left` is the row of the first
// matrix; `right` and `result` begin at column `first`.
template <typename T>
void product_tile(const ProductSizes& sizes, std::int64_t width, const std::byte* left,
                  const std::byte* right, std::byte* result) {
    std::array<T, kTile> total{};
    for (std::int64_t begin = 0; begin < sizes.inner; begin += kProductChunk) {
        const std::int64_t end = std::min(sizes.inner, begin + kProductChunk);
        std::array<T, kTile> chunk{};
        for (std::int64_t k = begin; k < end; ++k) {
            const T a = load<T>(left, k);
            for (std::int64_t j = 0; j < width; ++j) {
                const T product = lane::mul(a, load<T>(right, k * sizes.columns + j));
                chunk[j] = k == begin ? product : lane::add(chunk[j], product);
            }
        }
        for (std::int64_t j = 0; j < width; ++j)
            total[j] = begin == 0 ? chunk[j] : lane::add(total[j], chunk[j]);
    }
    for (std::int64_t j = 0; j < width; ++j) store<T>(result, j, total[j]);
}

using TileFunction = void (*)(const ProductSizes&, std::int64_t, const std::byte*, const std::byte*,
                              std::byte*);

Shape leading_axes(const Shape& shape) {
    return Shape(shape.begin(), shape.end() - 2);
}

class MatrixProduct final : public Action {
  public:
    MatrixProduct(const Site& site, TileFunction tile)
        : left_(site.operand_slot(0)),
          right_(site.operand_slot(1)),
          result_(site.result_slot()),
          element_(size_of(site.result().dtype)),
          may_stop_(work_of(site) > kWorkBetweenPolls),
          leading_(leading_axes(site.result().shape)),
          tile_(tile) {
        const Shape& a = site.operand(0).shape;
        const Shape& b = site.operand(1).shape;
        sizes_ = {a[a.size() - 2], a.back(), b.back()};
        left_strides_ =
            scaled(broadcast_strides(leading_axes(a), leading_), sizes_.rows * sizes_.inner);
        right_strides_ =
            scaled(broadcast_strides(leading_axes(b), leading_), sizes_.inner * sizes_.columns);
    }

    Fault run(const Frame& frame) override {
        const std::int64_t matrices = element_count(leading_);
        for (std::int64_t k = 0; k < matrices; ++k) {
            const std::int64_t left = offset_of(k, leading_, left_strides_);
            const std::int64_t right = offset_of(k, leading_, right_strides_);
            multiply(frame, frame.places[left_] + left * element_,
                     frame.places[right_] + right * element_,
                     frame.places[result_] + k * sizes_.rows * sizes_.columns * element_);
        }
        return Fault::None;
    }

  private:
    void multiply(const Frame& frame, const std::byte* left, const std::byte* right,
                  std::byte* result) const {
        for (std::int64_t i = 0; i < sizes_.rows && !(may_stop_ && frame.stopped()); ++i)
            for (std::int64_t j = 0; j < sizes_.columns; j += kTile)
                tile_(sizes_, std::min(kTile, sizes_.columns - j),
                      left + i * sizes_.inner * element_, right + j * element_,
                      result + (i * sizes_.columns + j) * element_);
    }

    SlotId left_;
    SlotId right_;
    SlotId result_;
    std::int64_t element_;
    bool may_stop_;
    Shape leading_;
    Strides left_strides_;
    Strides right_strides_;
    ProductSizes sizes_{};
    TileFunction tile_;
};

}  // namespace

std::unique_ptr<Action> make_matmul(const Site& site) {
    TileFunction tile = with_accepted_type<Add>(
        site.result().dtype,
        [](auto sample) -> TileFunction { return &product_tile<decltype(sample)>; });
    return std::make_unique<MatrixProduct>(site, tile);
}

}  // namespace dunlin::ir
