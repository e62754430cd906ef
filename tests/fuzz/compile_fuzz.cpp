// The whole front end and the passes: any text gives microcode that is well formed, or diagnostics
// with a place.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "frontend/compile.hpp"
#include "ir/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dunlin;
    frontend::CompileOptions options;
    options.max_instructions =
        10'000;  // large programs teach a fuzzer nothing, and take their time
    frontend::Compiled compiled = frontend::compile(
        "fuzz.dun", std::string(reinterpret_cast<const char*>(data), size), options);
    if (compiled.ok && !ir::verify(compiled.program).empty()) std::abort();
    for (const ir::Diagnostic& diagnostic : compiled.diagnostics)
        if (ir::render(diagnostic, compiled.sources).empty()) std::abort();
    return 0;
}
