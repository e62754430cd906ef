// Elements by index arrays: Gather takes them out, Scatter puts them in.
#include <optional>

#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

// The axes of the array in three groups, [outer..., indexed..., inner...], of which the indexed
// ones are picked by k index arrays of one shape. Each combination of an outer position and a place
// in the index arrays names one block of inner elements, contiguous in the array.
class IndexedAxes {
  public:
    IndexedAxes(const Site& site, std::size_t index_arrays) {
        const Type& array = site.operand(0);
        const std::size_t axis = site.attribute(0);
        const Strides strides = row_major_strides(array.shape);
        for (std::size_t k = 0; k < axis; ++k) outer_ *= array.shape[k];
        for (std::size_t k = axis + index_arrays; k < array.shape.size(); ++k)
            inner_ *= array.shape[k];
        outer_stride_ = inner_;
        for (std::size_t k = 0; k < index_arrays; ++k) {
            axes_.push_back({site.operand_slot(1 + k), site.operand(1 + k).dtype,
                             array.shape[axis + k], strides[axis + k]});
            outer_stride_ *= array.shape[axis + k];
        }
        places_ = element_count(site.operand(1).shape);
    }

    std::int64_t outer() const { return outer_; }
    std::int64_t places() const { return places_; }  // elements of an index array
    std::int64_t inner() const { return inner_; }

    // Every index is looked at, also when there are no elements to take.
    bool all_inside(const Frame& frame) const {
        for (const Axis& axis : axes_)
            for (std::int64_t k = 0; k < places_; ++k) {
                const std::int64_t index = axis.index(frame, k);
                if (index < 0 || index >= axis.size) return false;
            }
        return true;
    }

    // Where the block for this outer position and this place begins, in elements.
    std::int64_t block(const Frame& frame, std::int64_t outer, std::int64_t place) const {
        std::int64_t offset = outer * outer_stride_;
        for (const Axis& axis : axes_) offset += axis.index(frame, place) * axis.stride;
        return offset;
    }

  private:
    struct Axis {
        SlotId slot;
        DType dtype;
        std::int64_t size;
        std::int64_t stride;

        std::int64_t index(const Frame& frame, std::int64_t place) const {
            const std::int64_t index = load_integer(dtype, frame.places[slot], place);
            return index < 0 ? index + size : index;
        }
    };

    std::int64_t outer_ = 1;
    std::int64_t inner_ = 1;
    std::int64_t outer_stride_ = 1;
    std::int64_t places_ = 1;
    std::vector<Axis> axes_;
};

class Gather final : public Action {
  public:
    explicit Gather(const Site& site)
        : array_(site.operand_slot(0)),
          result_(site.result_slot()),
          element_(size_of(site.result().dtype)),
          axes_(site, site.arity() - 1) {}

    Fault run(const Frame& frame) override {
        if (!axes_.all_inside(frame)) return Fault::IndexOutOfRange;
        const std::byte* array = frame.places[array_];
        std::byte* to = frame.places[result_];
        const std::int64_t bytes = axes_.inner() * element_;
        if (bytes == 0) return Fault::None;
        for (std::int64_t outer = 0; outer < axes_.outer(); ++outer)
            for (std::int64_t place = 0; place < axes_.places(); ++place, to += bytes)
                copy_bytes(to, array + axes_.block(frame, outer, place) * element_, bytes);
        return Fault::None;
    }

  private:
    SlotId array_;
    SlotId result_;
    std::int64_t element_;
    IndexedAxes axes_;
};

class Scatter final : public Action {
  public:
    explicit Scatter(const Site& site)
        : array_(site.operand_slot(0)),
          value_(site.operand_slot(site.arity() - 1)),
          result_(site.result_slot()),
          bytes_(byte_count(site.result())),
          element_(size_of(site.result().dtype)),
          axes_(site, site.arity() - 2) {
        // The value is broadcast to the shape that Gather gives: outer axes, index axes, inner
        // axes.
        const Shape& array = site.operand(0).shape;
        const Shape& index = site.operand(1).shape;
        const std::int64_t axis = site.attribute(0);
        const std::int64_t after = axis + static_cast<std::int64_t>(site.arity()) - 2;
        Shape shape(array.begin(), array.begin() + axis);
        shape.insert(shape.end(), index.begin(), index.end());
        const std::size_t inner_rank = array.size() - after;
        shape.insert(shape.end(), array.begin() + after, array.end());
        Strides strides =
            scaled(broadcast_strides(site.operand(site.arity() - 1).shape, shape), element_);
        const auto split = static_cast<std::int64_t>(shape.size() - inner_rank);
        block_shape_.assign(shape.begin(), shape.begin() + split);
        block_strides_.assign(strides.begin(), strides.begin() + split);
        inner_shape_.assign(shape.begin() + split, shape.end());
        inner_from_.assign(strides.begin() + split, strides.end());
        inner_to_ = scaled(row_major_strides(inner_shape_), element_);
    }

    Fault run(const Frame& frame) override {
        if (!axes_.all_inside(frame)) return Fault::IndexOutOfRange;
        std::byte* result = frame.places[result_];
        // In place, but for `evaluate`, whose operands are constants.
        if (result != frame.places[array_]) copy_bytes(result, frame.places[array_], bytes_);
        if (axes_.inner() == 0) return Fault::None;
        std::int64_t number = 0;
        for (std::int64_t outer = 0; outer < axes_.outer(); ++outer)
            for (std::int64_t place = 0; place < axes_.places(); ++place, ++number)
                copy_strided(inner_shape_, element_,
                             result + axes_.block(frame, outer, place) * element_, inner_to_,
                             frame.places[value_] + offset_of(number, block_shape_, block_strides_),
                             inner_from_);
        return Fault::None;
    }

  private:
    SlotId array_;
    SlotId value_;
    SlotId result_;
    std::int64_t bytes_;
    int element_;
    IndexedAxes axes_;
    Shape block_shape_;      // of the value: outer and index axes
    Strides block_strides_;  // bytes
    Shape inner_shape_;
    Strides inner_from_;  // bytes, in the value
    Strides inner_to_;    // bytes, in the array
};

}  // namespace

std::unique_ptr<Action> make_gather(const Site& site) {
    return std::make_unique<Gather>(site);
}
std::unique_ptr<Action> make_scatter(const Site& site) {
    return std::make_unique<Scatter>(site);
}

}  // namespace dunlin::ir
