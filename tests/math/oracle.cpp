#include "tests/math/oracle.hpp"

#include <algorithm>
#include <cmath>

namespace dunlin::tests {

namespace {

template <class T>
T rounded(const Exact& exact) {
    if constexpr (sizeof(T) == 4) {
        return mpfr_get_flt(exact.get(), MPFR_RNDN);
    } else {
        return mpfr_get_d(exact.get(), MPFR_RNDN);
    }
}

bool same_sign(double got, const Exact& exact) {
    return std::signbit(got) == (mpfr_signbit(exact.get()) != 0);
}

}  // namespace

template <class T>
double error_in_ulps(T got, const Exact& exact) {
    using Limits = std::numeric_limits<T>;
    if (mpfr_nan_p(exact.get())) {
        return lane::bits(got) == lane::bits(lane::not_a_number<T>()) ? 0 : kWrong;
    }
    if (std::isnan(got) || !same_sign(got, exact)) return kWrong;
    if (mpfr_zero_p(exact.get())) return got == 0 ? 0 : kWrong;
    const T best = rounded<T>(exact);
    if (std::isinf(best)) return got == best ? 0 : kWrong;
    if (std::isinf(got)) {
        // Infinity stands for the first number past the end.
        got = std::copysign(Limits::max(), got);
        return 1 + error_in_ulps(got, exact);
    }
    const long lowest_unit = Limits::min_exponent - Limits::digits;
    const long unit = std::max<long>(mpfr_get_exp(exact.get()) - Limits::digits, lowest_unit);
    Exact distance;
    mpfr_sub_d(distance.get(), exact.get(), got, MPFR_RNDN);
    mpfr_mul_2si(distance.get(), distance.get(), -unit, MPFR_RNDN);
    return std::fabs(mpfr_get_d(distance.get(), MPFR_RNDN));
}

template double error_in_ulps(float got, const Exact& exact);
template double error_in_ulps(double got, const Exact& exact);

}  // namespace dunlin::tests
