// Any bytes are the choices of the generator of random programs: what it writes must give the same
// bits in all ways that it is run. The ways are those of the interpreter, or those that the
// environment variable RANDOM_PROGRAMS_WAYS names; tests/random/modes.hpp has the names.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/random/generator.hpp"
#include "tests/random/modes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dunlin::random_programs;
    static const std::vector<Way> ways = [] {
        setenv("DUNLIN_CACHE", "off", 1);
        const char* names = std::getenv("RANDOM_PROGRAMS_WAYS");
        auto named = ways_named(names ? names : "interpreter");
        if (!named) std::abort();
        return *named;
    }();
    Choices choices(std::span<const std::uint8_t>(data, size));
    RandomProgram source = generate(choices);
    if (auto difference = compare(source, ways)) {
        std::fprintf(stderr, "way %s: %s\n%s", difference->mode.c_str(), difference->text.c_str(),
                     source.text().c_str());
        std::abort();
    }
    return 0;
}
