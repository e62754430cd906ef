#include "ir/interpret_elementwise.hpp"

namespace dunlin::ir {

Elementwise::Elementwise(const Site& site, ElementLoop loop, OperandCheck check)
    : loop_(loop),
      check_(check),
      arity_(site.arity()),
      result_(site.result_slot()),
      shape_(site.result().shape),
      count_(element_count(shape_)),
      element_(size_of(site.result().dtype)),
      result_strides_(scaled(row_major_strides(shape_), element_)) {
    for (std::size_t i = 0; i < arity_; ++i) {
        const Type& type = site.operand(i);
        const std::int64_t count = element_count(type.shape);
        operands_[i] = site.operand_slot(i);
        strides_[i] = scaled(broadcast_strides(type.shape, shape_), size_of(type.dtype));
        flat_ = flat_ && (count == 1 || count == count_);
    }
    for (std::size_t i = 0; i < arity_; ++i) {
        const bool repeats =
            flat_ ? element_count(site.operand(i).shape) == 1 : strides_[i].back() == 0;
        steps_[i] = repeats ? 0 : 1;
    }
    if (arity_ > 1) second_count_ = element_count(site.operand(1).shape);
}

Fault Elementwise::run(const Frame& frame) {
    std::array<const std::byte*, kMostOperands> operands{};
    for (std::size_t i = 0; i < arity_; ++i) operands[i] = frame.places[operands_[i]];
    std::byte* result = frame.places[result_];
    if (check_ != nullptr && count_ > 0) {
        // Every element of the second operand meets some element of the result.
        const Fault fault = check_(operands[1], second_count_);
        if (fault != Fault::None) return fault;
    }
    if (flat_) {
        loop_(operands.data(), steps_.data(), result, count_);
    } else {
        run_rows(operands.data(), result);
    }
    return Fault::None;
}

void Elementwise::run_rows(const std::byte* const* operands, std::byte* result) const {
    // An operand that is not there walks along with the first one, and is not looked at.
    const auto& strides = strides_;
    const std::int64_t* second = strides[arity_ > 1 ? 1 : 0].data();
    const std::int64_t* third = strides[arity_ > 2 ? 2 : 0].data();
    for_each_row<4>(shape_.data(), shape_.size(),
                    {result_strides_.data(), strides[0].data(), second, third}, {0, 0, 0, 0},
                    [&](const std::array<std::int64_t, 4>& offsets, std::int64_t count) {
                        std::array<const std::byte*, kMostOperands> row{};
                        for (std::size_t i = 0; i < arity_; ++i)
                            row[i] = operands[i] + offsets[i + 1];
                        loop_(row.data(), steps_.data(), result + offsets[0], count);
                    });
}

}  // namespace dunlin::ir
