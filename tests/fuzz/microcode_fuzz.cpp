// Any bytes as microcode: either refused, or read, verified, printed, read again and found equal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ir/text.hpp"
#include "ir/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dunlin::ir;
    auto first = parse_microcode({reinterpret_cast<const char*>(data), size});
    const auto* program = std::get_if<Program>(&first);
    if (program == nullptr || !verify(*program).empty()) return 0;
    std::string text = print_microcode(*program);
    auto second = parse_microcode(text);
    const auto* again = std::get_if<Program>(&second);
    if (again == nullptr || !(*again == *program) || print_microcode(*again) != text) std::abort();
    return 0;
}
