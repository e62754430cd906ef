// Reductions and scans, in the order of reduction_order.hpp.
#include "ir/interpret_action.hpp"
#include "ir/interpret_combine.hpp"
#include "ir/interpret_memory.hpp"
#include "ir/reduction_order.hpp"

namespace dunlin::ir {

namespace {

// The axes of an array in two groups: kept ones, which the result has, and reduced ones. Reduced
// axes that lie one after the other in memory count as one.
struct ReducedAxes {
    Shape kept;
    Strides kept_strides;
    Shape reduced;
    Strides reduced_strides;

    ReducedAxes(const Shape& shape, const std::vector<std::int64_t>& axes) {
        const Strides strides = row_major_strides(shape);
        std::size_t next = 0;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            if (next == axes.size() || axes[next] != static_cast<std::int64_t>(axis)) {
                kept.push_back(shape[axis]);
                kept_strides.push_back(strides[axis]);
                continue;
            }
            ++next;
            const bool adjoins =
                !reduced.empty() && reduced_strides.back() == shape[axis] * strides[axis];
            if (adjoins) {
                reduced.back() *= shape[axis];
                reduced_strides.back() = strides[axis];
            } else {
                reduced.push_back(shape[axis]);
                reduced_strides.push_back(strides[axis]);
            }
        }
    }
};

// Hands out the elements over the reduced axes in row-major order.
template <typename T>
class Sequence {
  public:
    Sequence(const ReducedAxes& axes, const std::byte* data)
        : axes_(axes), data_(data), first_run_end_(axes.reduced.empty() ? 1 : axes.reduced.back()) {
        stride_ = axes.reduced.empty() ? 0 : axes.reduced_strides.back();
        left_ = first_run_end_;
    }

    T next() {
        if (left_ == 0) start_run();
        const T value = load<T>(data_, at_);
        at_ += stride_;
        --left_;
        return value;
    }

  private:
    void start_run() {
        done_ += first_run_end_;
        at_ = offset_of(done_, axes_.reduced, axes_.reduced_strides);
        left_ = first_run_end_;
    }

    const ReducedAxes& axes_;
    const std::byte* data_;
    std::int64_t first_run_end_;  // length of a run along the last reduced axis
    std::int64_t stride_ = 0;
    std::int64_t at_ = 0;
    std::int64_t left_ = 0;  // in this run
    std::int64_t done_ = 0;  // elements in the runs before this one
};

// Reduces one sequence of `length` elements that begins at `data` and stores the result.
using SequenceLoop = void (*)(const ReducedAxes& axes, std::int64_t length, const std::byte* data,
                              DType result_dtype, std::byte* result);

template <typename Combine, typename T>
void reduce_sequence(const ReducedAxes& axes, std::int64_t length, const std::byte* data, DType,
                     std::byte* result) {
    Sequence<T> sequence(axes, data);
    store<T>(result, 0,
             length == 0 ? Combine::template empty<T>()
                         : reduce_in_order<T>(length, Combine{}, [&] { return sequence.next(); }));
}

// The index of the preferred element; 0 when there is none.
template <typename Preference, typename T>
void find_in_sequence(const ReducedAxes& axes, std::int64_t length, const std::byte* data,
                      DType result_dtype, std::byte* result) {
    Sequence<T> sequence(axes, data);
    std::int64_t found = 0;
    T best{};
    for (std::int64_t k = 0; k < length; ++k) {
        const T candidate = sequence.next();
        if (k == 0 || Preference::prefers(candidate, best)) {
            best = candidate;
            found = k;
        }
    }
    store_integer(result_dtype, result, 0, found);
}

class Reduction final : public Action {
  public:
    Reduction(const Site& site, SequenceLoop loop)
        : operand_(site.operand_slot(0)),
          result_(site.result_slot()),
          operand_size_(size_of(site.operand(0).dtype)),
          result_dtype_(site.result().dtype),
          axes_(site.operand(0).shape, site.instruction.attributes),
          length_(element_count(axes_.reduced)),
          count_(element_count(axes_.kept)),
          loop_(loop) {}

    Fault run(const Frame& frame) override {
        const std::byte* operand = frame.places[operand_];
        std::byte* result = frame.places[result_];
        for (std::int64_t k = 0; k < count_; ++k) {
            const std::int64_t first = offset_of(k, axes_.kept, axes_.kept_strides);
            loop_(axes_, length_, operand + first * operand_size_, result_dtype_,
                  result + k * size_of(result_dtype_));
        }
        return Fault::None;
    }

  private:
    SlotId operand_;
    SlotId result_;
    std::int64_t operand_size_;
    DType result_dtype_;
    ReducedAxes axes_;
    std::int64_t length_;
    std::int64_t count_;
    SequenceLoop loop_;
};

template <typename Preference>
std::unique_ptr<Action> make_search(const Site& site) {
    SequenceLoop loop = with_cpp_type(site.operand(0).dtype, [](auto sample) -> SequenceLoop {
        return &find_in_sequence<Preference, decltype(sample)>;
    });
    return std::make_unique<Reduction>(site, loop);
}

using LineLoop = void (*)(const Lines& lines, const std::byte* operand, std::byte* result);

template <typename Combine, typename T>
void scan_lines(const Lines& lines, const std::byte* operand, std::byte* result) {
    for (std::int64_t line = 0; line < lines.count(); ++line) {
        const std::int64_t first = lines.first(line);
        std::int64_t at = first;
        scan_in_order<T>(
            lines.length, Combine{},
            [&] {
                const T value = load<T>(operand, at);
                at += lines.stride();
                return value;
            },
            [&](std::int64_t k, T value) { store<T>(result, first + k * lines.stride(), value); });
    }
}

class Scan final : public Action {
  public:
    Scan(const Site& site, LineLoop loop)
        : operand_(site.operand_slot(0)),
          result_(site.result_slot()),
          lines_(site.operand(0).shape, site.attribute(0)),
          loop_(loop) {}

    Fault run(const Frame& frame) override {
        loop_(lines_, frame.places[operand_], frame.places[result_]);
        return Fault::None;
    }

  private:
    SlotId operand_;
    SlotId result_;
    Lines lines_;
    LineLoop loop_;
};

}  // namespace

template <typename Combine>
std::unique_ptr<Action> make_reduction(const Site& site) {
    SequenceLoop loop = with_accepted_type<Combine>(
        site.operand(0).dtype,
        [](auto sample) -> SequenceLoop { return &reduce_sequence<Combine, decltype(sample)>; });
    return std::make_unique<Reduction>(site, loop);
}
template std::unique_ptr<Action> make_reduction<Add>(const Site&);
template std::unique_ptr<Action> make_reduction<Multiply>(const Site&);
template std::unique_ptr<Action> make_reduction<Least>(const Site&);
template std::unique_ptr<Action> make_reduction<Greatest>(const Site&);
template std::unique_ptr<Action> make_reduction<AnyOf>(const Site&);
template std::unique_ptr<Action> make_reduction<AllOf>(const Site&);

template <typename Combine>
std::unique_ptr<Action> make_scan(const Site& site) {
    LineLoop loop = with_accepted_type<Combine>(site.operand(0).dtype, [](auto sample) -> LineLoop {
        return &scan_lines<Combine, decltype(sample)>;
    });
    return std::make_unique<Scan>(site, loop);
}
template std::unique_ptr<Action> make_scan<Add>(const Site&);
template std::unique_ptr<Action> make_scan<Multiply>(const Site&);
template std::unique_ptr<Action> make_scan<Least>(const Site&);
template std::unique_ptr<Action> make_scan<Greatest>(const Site&);

std::unique_ptr<Action> make_arg_min(const Site& site) {
    return make_search<PreferLesser>(site);
}
std::unique_ptr<Action> make_arg_max(const Site& site) {
    return make_search<PreferGreater>(site);
}

}  // namespace dunlin::ir
