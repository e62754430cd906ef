#include "jit/elf_object.hpp"

#include <elf.h>

#include <bit>
#include <cstring>
#include <optional>

namespace dunlin::jit {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMostBytesOfASection = 1ull << 30;

/// Reads one object; each step returns whether it went well, and leaves the reason in `failure_`.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::variant<ElfObject, std::string> read() {
        const bool fine = read_header() && read_sections() && read_symbols() && read_relocations();
        if (!fine) return std::move(failure_);
        return std::move(object_);
    }

  private:
    bool fail(std::string why) {
        failure_ = "not a kernel's object: " + std::move(why);
        return false;
    }

    bool holds(std::uint64_t offset, std::uint64_t size) const {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    }
    /// The bytes may lie at any address, so nothing is read in place.
    template <class T>
    T at(std::uint64_t offset) const {
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof(T));
        return value;
    }

    bool read_header();
    bool read_sections();
    bool read_section(const Elf64_Shdr& header, ElfSection& section);
    bool read_symbols();
    bool read_symbol_table(const Elf64_Shdr& header);
    bool read_symbol(const Elf64_Sym& entry, std::string_view names);
    bool read_relocations();
    bool read_relocations_of(const Elf64_Shdr& header);
    bool read_relocation(const Elf64_Rela& entry, std::size_t section);

    std::optional<std::string_view> string_table(std::uint64_t index) const;

    std::string_view bytes_;
    std::uint64_t names_section_ = 0;
    std::vector<Elf64_Shdr> headers_;
    std::uint64_t symbol_table_ = 0;
    ElfObject object_;
    std::string failure_;
};

/// The text that begins at `offset` of a string table; nothing if it does not end there.
std::optional<std::string_view> name_at(std::string_view table, std::uint64_t offset) {
    if (offset >= table.size()) return std::nullopt;
    const std::size_t end = table.find('\0', offset);
    if (end == std::string_view::npos) return std::nullopt;
    return table.substr(offset, end - offset);
}

bool Reader::read_header() {
    if (!holds(0, sizeof(Elf64_Ehdr))) return fail("it ends within its header");
    const auto header = at<Elf64_Ehdr>(0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return fail("it is no ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_X86_64 || header.e_type != ET_REL) {
        return fail("it is no relocatable object for x86-64");
    }
    if (header.e_shentsize != sizeof(Elf64_Shdr) ||
        !holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr))) {
        return fail("its table of sections lies outside");
    }
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        headers_.push_back(at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr)));
    }
    for (const Elf64_Shdr& section : headers_) {
        if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL &&
            !holds(section.sh_offset, section.sh_size)) {
            return fail("a section lies outside");
        }
    }
    names_section_ = header.e_shstrndx;
    return true;
}

std::optional<std::string_view> Reader::string_table(std::uint64_t index) const {
    if (index >= headers_.size() || headers_[index].sh_type != SHT_STRTAB) return std::nullopt;
    return bytes_.substr(headers_[index].sh_offset, headers_[index].sh_size);
}

bool Reader::read_sections() {
    const auto names = string_table(names_section_);
    if (!names) return fail("its sections have no names");
    for (const Elf64_Shdr& header : headers_) {
        ElfSection& section = object_.sections.emplace_back();
        if (header.sh_type == SHT_NULL) continue;
        const auto name = name_at(*names, header.sh_name);
        if (!name) return fail("the name of a section lies outside");
        section.name = *name;
        if ((header.sh_flags & SHF_ALLOC) != 0 && !read_section(header, section)) return false;
    }
    return true;
}

// A section that takes memory when loaded.
bool Reader::read_section(const Elf64_Shdr& header, ElfSection& section) {
    const std::string name(section.name);
    const bool writable = (header.sh_flags & SHF_WRITE) != 0;
    const bool executable = (header.sh_flags & SHF_EXECINSTR) != 0;
    // Nothing unwinds through a kernel, so tables for that are not loaded.
    if (header.sh_type == SHT_X86_64_UNWIND || section.name == ".eh_frame") return true;
    if (header.sh_type == SHT_INIT_ARRAY || header.sh_type == SHT_FINI_ARRAY) {
        return fail("it has objects with constructors or destructors");
    }
    if (header.sh_type != SHT_PROGBITS && header.sh_type != SHT_NOBITS &&
        header.sh_type != SHT_NOTE) {
        return fail("section " + name + " is of type " + std::to_string(header.sh_type));
    }
    if ((header.sh_flags & SHF_TLS) != 0) return fail("section " + name + " is thread-local");
    if (writable && executable) return fail("section " + name + " is code that may be written");
    section.alignment = header.sh_addralign == 0 ? 1 : header.sh_addralign;
    if (!std::has_single_bit(section.alignment) || section.alignment > kPage) {
        return fail("section " + name + " has a strange alignment");
    }
    if (header.sh_size > kMostBytesOfASection) return fail("section " + name + " is too large");
    section.size = header.sh_size;
    if (header.sh_type != SHT_NOBITS) {
        section.contents = bytes_.substr(header.sh_offset, header.sh_size);
    }
    section.access = executable ? ElfAccess::Execute
                     : writable ? ElfAccess::Write
                                : ElfAccess::Read;
    return true;
}

bool Reader::read_symbols() {
    for (std::size_t i = 0; i < headers_.size(); ++i) {
        if (headers_[i].sh_type != SHT_SYMTAB) continue;
        if (symbol_table_ != 0) return fail("it has two tables of symbols");
        symbol_table_ = i;
        if (!read_symbol_table(headers_[i])) return false;
    }
    return true;
}

bool Reader::read_symbol_table(const Elf64_Shdr& header) {
    const auto names = string_table(header.sh_link);
    if (!names) return fail("its symbols have no names");
    if (header.sh_entsize != sizeof(Elf64_Sym) || header.sh_size % sizeof(Elf64_Sym) != 0) {
        return fail("its table of symbols has a strange size");
    }
    for (std::uint64_t at_byte = 0; at_byte < header.sh_size; at_byte += sizeof(Elf64_Sym)) {
        if (!read_symbol(at<Elf64_Sym>(header.sh_offset + at_byte), *names)) return false;
    }
    return true;
}

bool Reader::read_symbol(const Elf64_Sym& entry, std::string_view names) {
    const auto name = name_at(names, entry.st_name);
    if (!name) return fail("the name of a symbol lies outside");
    const int type = ELF64_ST_TYPE(entry.st_info);
    const int binding = ELF64_ST_BIND(entry.st_info);
    ElfSymbol& symbol = object_.symbols.emplace_back();
    symbol.name = *name;
    symbol.value = entry.st_value;
    symbol.size = entry.st_size;
    symbol.is_local = binding == STB_LOCAL;
    symbol.is_weak = binding == STB_WEAK;
    symbol.is_function = type == STT_FUNC;
    if (type > STT_FILE || binding > STB_WEAK) {
        return fail("symbol " + std::string(*name) + " is of a kind that kernels do not have");
    }
    if (entry.st_shndx == SHN_UNDEF) return true;
    if (entry.st_shndx == SHN_ABS) {
        symbol.place = ElfSymbol::Place::Absolute;
        return true;
    }
    if (entry.st_shndx >= object_.sections.size()) {
        return fail("symbol " + std::string(*name) + " is in no section");
    }
    symbol.place = ElfSymbol::Place::Section;
    symbol.section = entry.st_shndx;
    const ElfSection& section = object_.sections[symbol.section];
    if (section.access != ElfAccess::Nothing &&
        (symbol.value > section.size || symbol.size > section.size - symbol.value)) {
        return fail("symbol " + std::string(*name) + " lies outside its section");
    }
    return true;
}

bool Reader::read_relocations() {
    for (const Elf64_Shdr& header : headers_) {
        if (header.sh_type == SHT_REL) return fail("it has relocations without addends");
        if (header.sh_type == SHT_RELA && !read_relocations_of(header)) return false;
    }
    return true;
}

bool Reader::read_relocations_of(const Elf64_Shdr& header) {
    if (header.sh_info >= object_.sections.size()) return fail("relocations of no section");
    if (object_.sections[header.sh_info].access == ElfAccess::Nothing) return true;
    if (symbol_table_ == 0 || header.sh_link != symbol_table_) {
        return fail("relocations with other symbols");
    }
    if (header.sh_entsize != sizeof(Elf64_Rela) || header.sh_size % sizeof(Elf64_Rela) != 0) {
        return fail("a table of relocations has a strange size");
    }
    for (std::uint64_t at_byte = 0; at_byte < header.sh_size; at_byte += sizeof(Elf64_Rela)) {
        const auto entry = at<Elf64_Rela>(header.sh_offset + at_byte);
        if (!read_relocation(entry, header.sh_info)) return false;
    }
    return true;
}

std::optional<ElfFix> fix_of(std::uint64_t type) {
    switch (type) {
        case R_X86_64_64: return ElfFix::Absolute64;
        case R_X86_64_32: return ElfFix::Absolute32;
        case R_X86_64_32S: return ElfFix::AbsoluteSigned32;
        case R_X86_64_PC64: return ElfFix::Relative64;
        case R_X86_64_PC32: return ElfFix::Relative32;
        case R_X86_64_PLT32: return ElfFix::Call32;
        case R_X86_64_GOTPCREL:
        case R_X86_64_GOTPCRELX:
        case R_X86_64_REX_GOTPCRELX: return ElfFix::SlotRelative32;
        default: return std::nullopt;
    }
}

bool Reader::read_relocation(const Elf64_Rela& entry, std::size_t section) {
    const std::uint64_t type = ELF64_R_TYPE(entry.r_info);
    if (type == R_X86_64_NONE) return true;
    const auto fix = fix_of(type);
    if (!fix) return fail("a relocation is of type " + std::to_string(type));
    const bool is_long = *fix == ElfFix::Absolute64 || *fix == ElfFix::Relative64;
    const std::uint64_t size = object_.sections[section].contents.size();
    const std::uint64_t width = is_long ? 8 : 4;
    if (size < width || entry.r_offset > size - width) return fail("a relocation lies outside");
    const std::uint64_t symbol = ELF64_R_SYM(entry.r_info);
    if (symbol >= object_.symbols.size()) return fail("a relocation has no symbol");
    object_.relocations.push_back({*fix, section, entry.r_offset, symbol, entry.r_addend});
    return true;
}

}  // namespace

std::variant<ElfObject, std::string> read_elf_object(std::string_view bytes) {
    return Reader(bytes).read();
}

}  // namespace dunlin::jit
