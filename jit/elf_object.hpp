// A relocatable ELF object for x86-64, read with suspicion. read_elf_object checks every offset,
// size, index and name in the bytes, so that what it returns can be used without further checks:
//   - contents lie within the bytes, names end, alignments are powers of two of at most a page;
//   - a symbol's section exists, and its value lies within it;
//   - a relocation's symbol exists, its section has contents, and it lies within them, all eight
//     bytes of it if it is of a type that needs as many.
// What kernels have no use for is refused: writable code, thread-local data, constructors, common
// and indirect symbols, and relocation types that Clang does not emit for position-independent
// code of the small model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dunlin::jit {

/// How a section's memory may be used; Nothing for one that is not loaded.
enum class ElfAccess { Nothing, Execute, Read, Write };

struct ElfSection {
    std::string_view name;
    ElfAccess access = ElfAccess::Nothing;
    /// Fewer than `size` where the rest is zeros.
    std::string_view contents;
    std::uint64_t size = 0;
    std::uint64_t alignment = 1;
};

struct ElfSymbol {
    enum class Place { Undefined, Absolute, Section };

    std::string_view name;
    Place place = Place::Undefined;
    /// An index into ElfObject::sections, for Place::Section.
    std::size_t section = 0;
    std::uint64_t value = 0;
    std::uint64_t size = 0;
    bool is_local = false;
    bool is_weak = false;
    bool is_function = false;
};

/// What to write, where S is the address of the symbol, A the addend, P the place, and slot(S) a
/// place that holds S.
enum class ElfFix {
    Absolute64,        // S + A, 8 bytes
    Absolute32,        // S + A, 4 bytes, zero-extended
    AbsoluteSigned32,  // S + A, 4 bytes, sign-extended
    Relative64,        // S + A - P, 8 bytes
    Relative32,        // S + A - P, 4 bytes
    Call32,            // the same, or by way of a stub
    SlotRelative32,    // slot(S) + A - P, 4 bytes
};

struct ElfRelocation {
    ElfFix fix = ElfFix::Absolute64;
    std::size_t section = 0;
    std::uint64_t offset = 0;
    std::size_t symbol = 0;
    std::int64_t addend = 0;
};

/// Views into the bytes that were read. Relocations of sections that are not loaded are left out.
struct ElfObject {
    std::vector<ElfSection> sections;
    std::vector<ElfSymbol> symbols;
    std::vector<ElfRelocation> relocations;
};

/// The object, or what is wrong with it.
std::variant<ElfObject, std::string> read_elf_object(std::string_view bytes);

}  // namespace dunlin::jit
