// Values as text: what `print` writes, and summaries of large arrays.
#include <charconv>
#include <cmath>

#include "runtime/elements.hpp"

namespace dunlin {

namespace {

// Decimal exponents at which numbers are written with an exponent.
constexpr int kLeastPlainExponent = -4;
constexpr int kFirstLargeExponent = 16;

// Shortened arrays show so many entries at either end of an axis.
constexpr std::int64_t kEdge = 3;

// The shortest digits that read back the same, and the exponent of the first of them.
struct Decimal {
    std::string digits;
    int exponent = 0;
};

template <typename Float>
Decimal shortest_decimal(Float magnitude) {
    char buffer[64];
    auto written =
        std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific);
    std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
    std::size_t mark = text.find('e');
    Decimal decimal;
    for (char c : text.substr(0, mark))
        if (c != '.') decimal.digits += c;
    std::string_view exponent = text.substr(mark + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);  // which from_chars does not read
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.exponent);
    return decimal;
}

std::string plain_text(const Decimal& decimal) {
    if (decimal.exponent < 0)
        return "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') +
               decimal.digits;
    std::string digits = decimal.digits;
    auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    std::string fraction = digits.substr(whole);
    return digits.substr(0, whole) + "." + (fraction.empty() ? "0" : fraction);
}

std::string exponent_text(const Decimal& decimal) {
    std::string text = decimal.digits.substr(0, 1);
    if (decimal.digits.size() > 1) text += "." + decimal.digits.substr(1);
    return text + "e" + std::to_string(decimal.exponent);
}

template <typename Float>
std::string float_text(Float value) {
    if (std::isnan(value)) return "nan";
    std::string sign = std::signbit(value) ? "-" : "";
    if (std::isinf(value)) return sign + "inf";
    Decimal decimal = shortest_decimal(std::abs(value));
    bool plain = decimal.exponent >= kLeastPlainExponent && decimal.exponent < kFirstLargeExponent;
    return sign + (plain ? plain_text(decimal) : exponent_text(decimal));
}

template <typename T>
std::string element_text(T value) {
    if constexpr (std::is_same_v<T, bool>)
        return value ? "true" : "false";
    else if constexpr (std::is_floating_point_v<T>)
        return float_text(value);
    else
        return std::to_string(value);
}

class ArrayWriter {
  public:
    ArrayWriter(const Array& array, bool shortened, std::string& text)
        : array_(array), shortened_(shortened), text_(text) {}

    void write(const std::byte* address, std::size_t axis = 0) {
        if (axis == array_.type.shape.size()) return write_element(address);
        std::int64_t size = array_.type.shape[axis];
        bool gap = shortened_ && size > 2 * kEdge;
        text_ += '[';
        for (std::int64_t k = 0; k < size; ++k) {
            if (k > 0) text_ += ", ";
            if (gap && k == kEdge) {
                text_ += "…, ";
                k = size - kEdge;
            }
            write(address + k * array_.strides[axis], axis + 1);
        }
        text_ += ']';
    }

  private:
    void write_element(const std::byte* address) {
        ir::with_cpp_type(runtime::to_ir(array_.type.dtype), [&](auto sample) {
            text_ += element_text(runtime::element_at<decltype(sample)>(address, array_.swapped));
        });
    }

    const Array& array_;
    bool shortened_;
    std::string& text_;
};

}  // namespace

std::string format(const Array& array, std::int64_t limit) {
    std::string text;
    // An array without elements is "[]", whatever its rank.
    if (array.count() == 0) return "[]";
    ArrayWriter(array, array.count() > limit, text).write(array.data);
    return text;
}

std::string format(double number) {
    return float_text(number);
}

}  // namespace dunlin
