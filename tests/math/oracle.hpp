// What a true value is, and how far a float is from it: MPFR with far more bits than any float has.
#pragma once

#include <mpfr.h>

#include <limits>

#include "prelude/scalar.h"

namespace dunlin::tests {

namespace lane = dunlin::lane;

/// An MPFR number with 128 bits.
class Exact {
  public:
    Exact() { mpfr_init2(value_, 128); }
    explicit Exact(double x) : Exact() { mpfr_set_d(value_, x, MPFR_RNDN); }
    ~Exact() { mpfr_clear(value_); }
    Exact(const Exact&) = delete;
    Exact& operator=(const Exact&) = delete;

    mpfr_ptr get() { return value_; }
    mpfr_srcptr get() const { return value_; }

  private:
    mpfr_t value_;
};

/// What error_in_ulps gives for a NaN, infinity or zero that should not be, or has the wrong sign
/// or payload.
inline constexpr double kWrong = 1e9;

/// The distance of `got` from the true value in units of the last place that a T of that size has.
/// A result that overflows is right when the true value rounds to infinity.
template <class T>
double error_in_ulps(T got, const Exact& exact);

extern template double error_in_ulps(float got, const Exact& exact);
extern template double error_in_ulps(double got, const Exact& exact);

using ExactOne = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
using ExactTwo = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

/// MPFR calls the gamma function by its name.
inline int mpfr_tgamma(mpfr_ptr result, mpfr_srcptr x, mpfr_rnd_t rounding) {
    return mpfr_gamma(result, x, rounding);
}

/// A function under test, as f32 and f64, beside MPFR's.
struct OneArgument {
    const char* name;
    float (*f32)(float);
    double (*f64)(double);
    ExactOne exact;
};
struct TwoArguments {
    const char* name;
    float (*f32)(float, float);
    double (*f64)(double, double);
    ExactTwo exact;
};

inline constexpr OneArgument kOneArgument[] = {
#define DUNLIN_ONE(name) {#name, lane::name, lane::name, mpfr_##name},
#define DUNLIN_TWO(name)
#include "tests/math/functions.def"
};
inline constexpr TwoArguments kTwoArguments[] = {
#define DUNLIN_ONE(name)
#define DUNLIN_TWO(name) {#name, lane::name, lane::name, mpfr_##name},
#include "tests/math/functions.def"
};

}  // namespace dunlin::tests
