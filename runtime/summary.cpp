// Least, mean and greatest element of many.
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

// The element type comes with the first array.
template <typename T>
struct SummaryOf final : Summariser::State {
    void add(const Array& array) override {
        if (array.contiguous()) {
            for (std::int64_t k = 0; k < array.count(); ++k)
                add_element(runtime::element_at<T>(
                    array.data + k * static_cast<std::int64_t>(sizeof(T)), false));
        } else {
            runtime::for_each_address(array, [&](const std::byte* address) {
                add_element(runtime::element_at<T>(address, array.swapped));
            });
        }
    }

    std::optional<Summary> summary() const override {
        if (count_ == 0) return std::nullopt;
        const double total = std::isfinite(total_) ? total_ + lost_ : total_;
        return Summary{text_of(least_), total / static_cast<double>(count_), text_of(greatest_)};
    }

  private:
    void add_element(T value) {
        if (count_++ == 0) least_ = greatest_ = value;
        const auto number = static_cast<double>(value);
        const double next = total_ + number;
        lost_ += std::abs(total_) >= std::abs(number) ? (total_ - next) + number
                                                      : (number - next) + total_;
        total_ = next;
        // A NaN, which is not equal to itself, stays once it is met.
        if (value < least_ || value != value) least_ = value;
        if (value > greatest_ || value != value) greatest_ = value;
    }

    std::int64_t count_ = 0;
    T least_{};
    T greatest_{};
    double total_ = 0;
    double lost_ = 0;  // what rounding lost is added at the end
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
