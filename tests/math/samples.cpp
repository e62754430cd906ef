#include "tests/math/samples.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/math/oracle.hpp"

namespace dunlin::tests {

namespace {

template <class T>
using Limits = std::numeric_limits<T>;

template <class T>
T random_bits(std::mt19937_64& random) {
    if constexpr (sizeof(T) == 4) {
        return std::bit_cast<T>(static_cast<std::uint32_t>(random()));
    } else {
        return std::bit_cast<T>(static_cast<std::uint64_t>(random()));
    }
}

/// A float of either sign with an exponent in [low, high].
template <class T>
T random_size(int low, int high, std::mt19937_64& random) {
    std::uniform_real_distribution<T> fraction(1, 2);
    std::uniform_int_distribution<int> exponent(low, high);
    const T size = std::ldexp(fraction(random), exponent(random));
    return random() % 2 == 0 ? size : -size;
}

/// The float nearest to a random multiple of pi/2 of any size, or one or two steps beside it.
template <class T>
T near_quarter_turn(std::mt19937_64& random) {
    std::uniform_int_distribution<int> exponent(0, Limits<T>::max_exponent - 2);
    const int limit = random() % 2 == 0 ? 20 : exponent(random);
    const double turns = std::floor(std::ldexp(static_cast<double>(random() >> 11), limit - 53));
    Exact angle;
    mpfr_const_pi(angle.get(), MPFR_RNDN);
    mpfr_mul_d(angle.get(), angle.get(), turns / 2, MPFR_RNDN);
    T nearest = static_cast<T>(mpfr_get_d(angle.get(), MPFR_RNDN));
    for (int step = static_cast<int>(random() % 3); step > 0; --step) {
        nearest = std::nextafter(nearest, random() % 2 == 0 ? T(0) : Limits<T>::infinity());
    }
    return random() % 2 == 0 ? nearest : -nearest;
}

/// Near the ends of exp, exp2, sinh and their relatives.
template <class T>
T near_threshold(std::mt19937_64& random) {
    const double exponents[] = {Limits<T>::max_exponent, Limits<T>::min_exponent,
                                Limits<T>::min_exponent - Limits<T>::digits, Limits<T>::digits};
    const double scales[] = {1, std::log(2.0), std::log10(2.0)};
    const double place = exponents[random() % 4] * scales[random() % 3];
    return static_cast<T>(place + static_cast<double>(random_size<T>(-12, 0, random)));
}

}  // namespace

template <class T>
std::vector<T> special_values() {
    std::vector<T> middles = {0, Limits<T>::max(), T(0.5), T(1.5), T(2.5), T(3.5)};
    for (int exponent = Limits<T>::min_exponent - Limits<T>::digits;
         exponent < Limits<T>::max_exponent; exponent += (std::abs(exponent) < 70 ? 1 : 7)) {
        middles.push_back(std::ldexp(T(1), exponent));
    }
    middles.push_back(Limits<T>::min());
    for (int integer = 3; integer < 30; ++integer) middles.push_back(static_cast<T>(integer));
    for (int power = 1; power < Limits<T>::max_exponent10; ++power) {
        middles.push_back(std::pow(T(10), static_cast<T>(power)));
    }
    std::vector<T> values = {Limits<T>::infinity(), -Limits<T>::infinity(), Limits<T>::quiet_NaN(),
                             -Limits<T>::quiet_NaN()};
    for (const T middle : middles) {
        for (const T value : {std::nextafter(middle, T(0)), middle,
                              std::nextafter(middle, Limits<T>::infinity())}) {
            values.push_back(value);
            values.push_back(-value);
        }
    }
    return values;
}

template <class T>
std::vector<T> hard_values(int count, std::mt19937_64& random) {
    std::vector<T> values;
    values.reserve(static_cast<std::size_t>(count) * 7);
    for (int i = 0; i < count; ++i) {
        values.push_back(random_bits<T>(random));
        values.push_back(random_size<T>(-Limits<T>::digits, 10, random));
        values.push_back(random_size<T>(-3, 3, random));
        values.push_back(near_quarter_turn<T>(random));
        values.push_back(near_threshold<T>(random));
        values.push_back(T(1) + random_size<T>(-Limits<T>::digits, -1, random));
        values.push_back(std::rint(random_size<T>(0, 9, random)) * T(0.25) +
                         random_size<T>(-Limits<T>::digits, -9, random));
    }
    return values;
}

template std::vector<float> special_values();
template std::vector<double> special_values();
template std::vector<float> hard_values(int count, std::mt19937_64& random);
template std::vector<double> hard_values(int count, std::mt19937_64& random);

}  // namespace dunlin::tests
