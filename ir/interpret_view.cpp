// Parts of an array by indices and slices: View takes one out, Update puts one in.
#include <optional>

#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

// What an array's AxisViews come to: the axes that are kept, where the part begins, and which
// starts are still to come from moving operands.
class Part {
  public:
    // `first_moving` is the number of the operand that holds the first moving start.
    Part(const Site& site, std::size_t first_moving) {
        const Type& array = site.operand(0);
        const Strides strides = scaled(row_major_strides(array.shape), size_of(array.dtype));
        const std::vector<AxisView> views = axis_views(site.instruction.attributes);
        for (std::size_t axis = 0; axis < views.size(); ++axis) {
            const AxisView& view = views[axis];
            if (view.keeps_axis()) {
                shape_.push_back(view.count);
                strides_.push_back(view.step * strides[axis]);
            }
            if (view.moves()) {
                const std::size_t operand = first_moving + moving_.size();
                moving_.push_back({site.operand_slot(operand), site.operand(operand).dtype,
                                   array.shape[axis], strides[axis], view});
            } else {
                fixed_offset_ += view.start * strides[axis];
            }
        }
    }

    const Shape& shape() const { return shape_; }
    const Strides& strides() const { return strides_; }  // bytes

    // Where the part begins, in bytes from the array's first element; nothing when an index is out
    // of range.
    std::optional<std::int64_t> first(const Frame& frame) const {
        std::int64_t offset = fixed_offset_;
        for (const Moving& moving : moving_) {
            const auto start = moving.start(load_integer(moving.dtype, frame.places[moving.slot]));
            if (!start) return std::nullopt;
            offset += *start * moving.stride;
        }
        return offset;
    }

  private:
    struct Moving {
        SlotId slot;
        DType dtype;
        std::int64_t size;    // of the axis
        std::int64_t stride;  // of the axis, bytes
        AxisView view;

        // The first index that is taken. An empty range takes none, so it fits anywhere and may
        // begin at 0.
        std::optional<std::int64_t> start(std::int64_t index) const {
            if (index < 0) index += size;
            if (view.mode == AxisView::MovingIndex)
                return inside(index) ? std::optional(index) : std::nullopt;
            if (view.count == 0) return 0;
            std::int64_t begin = 0;
            std::int64_t last = 0;
            if (__builtin_add_overflow(view.start, index, &begin) ||
                __builtin_add_overflow(begin, view.step * (view.count - 1), &last))
                return std::nullopt;
            return inside(begin) && inside(last) ? std::optional(begin) : std::nullopt;
        }
        bool inside(std::int64_t index) const { return index >= 0 && index < size; }
    };

    Shape shape_;
    Strides strides_;
    std::int64_t fixed_offset_ = 0;
    std::vector<Moving> moving_;
};

class View final : public Action {
  public:
    explicit View(const Site& site)
        : array_(site.operand_slot(0)),
          result_(site.result_slot()),
          element_(size_of(site.result().dtype)),
          part_(site, 1),
          to_strides_(scaled(row_major_strides(part_.shape()), element_)) {}

    Fault run(const Frame& frame) override {
        const auto first = part_.first(frame);
        if (!first) return Fault::IndexOutOfRange;
        copy_strided(part_.shape(), element_, frame.places[result_], to_strides_,
                     frame.places[array_] + *first, part_.strides());
        return Fault::None;
    }

  private:
    SlotId array_;
    SlotId result_;
    int element_;
    Part part_;
    Strides to_strides_;
};

class Update final : public Action {
  public:
    explicit Update(const Site& site)
        : array_(site.operand_slot(0)),
          value_(site.operand_slot(site.arity() - 1)),
          result_(site.result_slot()),
          bytes_(byte_count(site.result())),
          element_(size_of(site.result().dtype)),
          part_(site, 1),
          value_strides_(scaled(
              broadcast_strides(site.operand(site.arity() - 1).shape, part_.shape()), element_)) {}

    Fault run(const Frame& frame) override {
        const auto first = part_.first(frame);
        if (!first) return Fault::IndexOutOfRange;
        std::byte* result = frame.places[result_];
        // In place, but for `evaluate`, whose operands are constants.
        if (result != frame.places[array_]) copy_bytes(result, frame.places[array_], bytes_);
        copy_strided(part_.shape(), element_, result + *first, part_.strides(),
                     frame.places[value_], value_strides_);
        return Fault::None;
    }

  private:
    SlotId array_;
    SlotId value_;
    SlotId result_;
    std::int64_t bytes_;
    int element_;
    Part part_;
    Strides value_strides_;
};

}  // namespace

std::unique_ptr<Action> make_view(const Site& site) {
    return std::make_unique<View>(site);
}
std::unique_ptr<Action> make_update(const Site& site) {
    return std::make_unique<Update>(site);
}

}  // namespace dunlin::ir
