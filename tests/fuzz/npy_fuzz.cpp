// Any bytes as a .npy file: what is accepted must lie inside them, and can be formatted, copied and
// written again.
#include <cstdint>
#include <cstdlib>

#include "runtime/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dunlin;
    auto array = runtime::parse_npy({reinterpret_cast<const std::byte*>(data), size});
    if (!array) return 0;
    format(*array, 10);
    auto summary = summarise(*array);
    auto copy = contiguous_copy(*array, array->type.dtype);
    if (!copy || summary.has_value() != (array->count() > 0)) std::abort();
    std::string file = runtime::npy_header(copy->type);
    file.append(reinterpret_cast<const char*>(copy->data),
                static_cast<std::size_t>(copy->count() * size_of(copy->type.dtype)));
    auto again = runtime::parse_npy(std::as_bytes(std::span(file)));
    if (!again || again->type != array->type || format(*again) != format(*array)) std::abort();
    return 0;
}
