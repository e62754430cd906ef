// Arguments that are hard for somebody: special values, random bits, the neighbourhood of multiples
// of pi/2, of 1, of integers, and of the places where functions overflow and underflow.
#pragma once

#include <random>
#include <vector>

namespace dunlin::tests {

/// True where a sanitizer makes everything slow; sample counts are scaled down there.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// Zeros, subnormals, powers of two and of ten, small integers and halves, the ends, infinities and
/// NaNs, with neighbours, of both signs.
template <class T>
std::vector<T> special_values();

/// `count` arguments of every hard kind.
template <class T>
std::vector<T> hard_values(int count, std::mt19937_64& random);

extern template std::vector<float> special_values();
extern template std::vector<double> special_values();
extern template std::vector<float> hard_values(int count, std::mt19937_64& random);
extern template std::vector<double> hard_values(int count, std::mt19937_64& random);

}  // namespace dunlin::tests
