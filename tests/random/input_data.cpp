#include "tests/random/input_data.hpp"

#include <bit>
#include <cstring>

namespace dunlin::random_programs {

namespace {

// The bits of a float that is hard, in the low `8 * size` bits.
std::uint64_t hard_float(int size, std::uint64_t any) {
    int mantissa = size == 8 ? 52 : 23;
    int width = 8 * size;
    std::uint64_t sign = (any >> 7 & 1) << (width - 1);
    std::uint64_t exponent = ((std::uint64_t{1} << (width - 1 - mantissa)) - 1) << mantissa;
    std::uint64_t digits = (any >> 8) & ((std::uint64_t{1} << mantissa) - 1);
    switch (any % 8) {
        case 0: return sign;                                                         // a zero
        case 1: return sign | exponent;                                              // an infinity
        case 2: return sign | exponent | std::max<std::uint64_t>(digits, 1);         // a NaN
        case 3: return sign | digits;                                                // a subnormal
        case 4: return sign | digits | (exponent - (std::uint64_t{1} << mantissa));  // huge
        case 5: return any >> 3;                                                     // anything
        default: {
            double tame =
                static_cast<double>(static_cast<std::int64_t>(any >> 8 & 0x7ff) - 1024) / 256;
            return size == 8 ? std::bit_cast<std::uint64_t>(tame)
                             : std::bit_cast<std::uint32_t>(static_cast<float>(tame));
        }
    }
}

std::uint64_t tame_float(int size, std::uint64_t any) {
    double value = static_cast<double>(static_cast<std::int64_t>(any & 0xffff) - 0x8000) / 8192;
    return size == 8 ? std::bit_cast<std::uint64_t>(value)
                     : std::bit_cast<std::uint32_t>(static_cast<float>(value));
}

std::uint64_t hard_integer(DType dtype, std::uint64_t any) {
    int width = 8 * size_of(dtype);
    std::uint64_t least = is_signed(dtype) ? std::uint64_t{1} << (width - 1) : 0;
    switch (any % 6) {
        case 0: return least;
        case 1: return least - 1;  // the greatest
        case 2: return any >> 8;
        case 3: return std::uint64_t{1} << (any >> 8) % static_cast<unsigned>(width);
        default: return (any >> 8) % 21 - (is_signed(dtype) ? 10 : 0);
    }
}

std::uint64_t element(DType dtype, bool hard, std::uint64_t any) {
    if (dtype == DType::Bool) return any >> 20 & 1;
    if (is_float(dtype))
        return hard ? hard_float(size_of(dtype), any) : tame_float(size_of(dtype), any);
    return hard ? hard_integer(dtype, any) : (any >> 8) % 19 - (is_signed(dtype) ? 5 : 0);
}

}  // namespace

std::vector<std::byte> random_elements(DType dtype, std::int64_t count, bool hard,
                                       std::mt19937_64& random) {
    auto size = static_cast<std::size_t>(size_of(dtype));
    std::vector<std::byte> bytes(static_cast<std::size_t>(count) * size);
    for (std::size_t k = 0; k < bytes.size(); k += size) {
        std::uint64_t bits = element(dtype, hard, random());
        std::memcpy(&bytes[k], &bits, size);  // the machine is little-endian
    }
    return bytes;
}

}  // namespace dunlin::random_programs
