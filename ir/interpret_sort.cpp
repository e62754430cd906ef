// Sorting along an axis: stable, NaN last in both directions.
#include <algorithm>

#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

// Sorts one line after the other. Elements travel with their index, which decides between equal
// ones.
template <typename T>
class SortedLines final : public Action {
  public:
    SortedLines(const Site& site, bool wants_index)
        : operand_(site.operand_slot(0)),
          result_(site.result_slot()),
          result_dtype_(site.result().dtype),
          lines_(site.operand(0).shape, site.attribute(0)),
          descending_(site.attribute(1) != 0),
          wants_index_(wants_index),
          line_(lines_.length) {}

    Fault run(const Frame& frame) override {
        const std::byte* operand = frame.places[operand_];
        std::byte* result = frame.places[result_];
        for (std::int64_t number = 0; number < lines_.count(); ++number) {
            const std::int64_t first = lines_.first(number);
            for (std::int64_t k = 0; k < lines_.length; ++k)
                line_[k] = {load<T>(operand, first + k * lines_.stride()), k};
            std::sort(line_.begin(), line_.end(), [this](const Ranked<T>& a, const Ranked<T>& b) {
                return ranks_before(a, b, descending_);
            });
            for (std::int64_t k = 0; k < lines_.length; ++k) {
                const std::int64_t at = first + k * lines_.stride();
                if (wants_index_) {
                    store_integer(result_dtype_, result, at, line_[k].place);
                } else {
                    store<T>(result, at, line_[k].value);
                }
            }
        }
        return Fault::None;
    }

  private:
    SlotId operand_;
    SlotId result_;
    DType result_dtype_;
    Lines lines_;
    bool descending_;
    bool wants_index_;
    std::vector<Ranked<T>> line_;
};

std::unique_ptr<Action> make_sorted_lines(const Site& site, bool wants_index) {
    return with_cpp_type(site.operand(0).dtype, [&](auto sample) -> std::unique_ptr<Action> {
        return std::make_unique<SortedLines<decltype(sample)>>(site, wants_index);
    });
}

}  // namespace

std::unique_ptr<Action> make_sort(const Site& site) {
    return make_sorted_lines(site, false);
}
std::unique_ptr<Action> make_arg_sort(const Site& site) {
    return make_sorted_lines(site, true);
}

}  // namespace dunlin::ir
