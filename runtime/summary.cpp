// Least, mean and greatest element of many.
#include <array>
#include <cmath>

#include "runtime/elements.hpp"

namespace dunlin {

struct Summariser::State {
    virtual ~State() = default;
    virtual void add(const Array& array) = 0;
    virtual std::optional<Summary> summary() const = 0;
};

namespace {

template <typename T>
std::string text_of(T value) {
    return format(Array::view(&value, {}));
}

// Sums what is added, and keeps what rounding loses beside it (Neumaier's summation).
struct Sum {
    double total = 0;
    double lost = 0;

    void add(double number) {
        const double next = total + number;
        const double from_number = (total - next) + number;
        const double from_total = (number - next) + total;
        lost += std::abs(total) >= std::abs(number) ? from_number : from_total;
        total = next;
    }
    double value() const { return std::isfinite(total) ? total + lost : total; }
};

// The element type comes with the first array. Elements are dealt out to several sums in turn, by
// their number among all that have come, so that pieces and the whole give the same bits, and a
// processor can work on them side by side.
template <typename T>
struct SummaryOf final : Summariser::State {
    void add(const Array& array) override {
        if (array.contiguous()) {
            add_contiguous(array.data, array.count());
        } else {
            runtime::for_each_address(array, [&](const std::byte* address) {
                add_element(runtime::element_at<T>(address, array.swapped));
            });
        }
    }

    std::optional<Summary> summary() const override {
        if (count_ == 0) return std::nullopt;
        Sum all;
        T least = least_[0], greatest = greatest_[0];
        for (const Sum& sum : sums_) all.add(sum.total);
        for (const Sum& sum : sums_) all.lost += sum.lost;
        for (T value : least_) take_least(least, value);
        for (T value : greatest_) take_greatest(greatest, value);
        return Summary{text_of(least), all.value() / static_cast<double>(count_),
                       text_of(greatest)};
    }

  private:
    static constexpr std::int64_t kWays = 8;

    // A NaN, which is not equal to itself, stays once it is met.
    static void take_least(T& least, T value) {
        least = value < least || value != value ? value : least;
    }
    static void take_greatest(T& greatest, T value) {
        greatest = value > greatest || value != value ? value : greatest;
    }

    void add_contiguous(const std::byte* next, std::int64_t count) {
        constexpr auto kSize = static_cast<std::int64_t>(sizeof(T));
        for (; count > 0 && (count_ == 0 || count_ % kWays != 0); --count, next += kSize)
            add_element(runtime::element_at<T>(next, false));
        for (; count >= kWays; count -= kWays, next += kWays * kSize) add_row(next);
        for (; count > 0; --count, next += kSize) add_element(runtime::element_at<T>(next, false));
    }

    // One element for each of the sums.
    void add_row(const std::byte* row) {
        for (std::int64_t way = 0; way < kWays; ++way)
            add_to(way,
                   runtime::element_at<T>(row + way * static_cast<std::int64_t>(sizeof(T)), false));
        count_ += kWays;
    }

    void add_element(T value) {
        if (count_ == 0) {
            least_.fill(value);
            greatest_.fill(value);
        }
        add_to(count_++ % kWays, value);
    }

    void add_to(std::int64_t way, T value) {
        const auto place = static_cast<std::size_t>(way);
        sums_[place].add(static_cast<double>(value));
        take_least(least_[place], value);
        take_greatest(greatest_[place], value);
    }

    std::int64_t count_ = 0;
    std::array<T, kWays> least_{};
    std::array<T, kWays> greatest_{};
    std::array<Sum, kWays> sums_{};
};

}  // namespace

Summariser::Summariser() = default;
Summariser::Summariser(Summariser&&) noexcept = default;
Summariser& Summariser::operator=(Summariser&&) noexcept = default;
Summariser::~Summariser() = default;

void Summariser::add(const Array& array) {
    if (state_ == nullptr)
        state_ = ir::with_cpp_type(runtime::to_ir(array.type.dtype),
                                   [](auto sample) -> std::unique_ptr<State> {
                                       return std::make_unique<SummaryOf<decltype(sample)>>();
                                   });
    state_->add(array);
}

std::optional<Summary> Summariser::summary() const {
    return state_ == nullptr ? std::nullopt : state_->summary();
}

std::optional<Summary> summarise(const Array& array) {
    Summariser summariser;
    summariser.add(array);
    return summariser.summary();
}

}  // namespace dunlin
