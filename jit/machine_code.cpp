#include "jit/machine_code.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "jit/elf_object.hpp"
#include "jit/host_functions.hpp"
#include "jit/perf_map.hpp"

namespace dunlin::jit {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kSlotBytes = 8;
constexpr std::uint64_t kStubBytes = 8;
/// Unused, before the first function: Clang's sanitizer reads what precedes a function that is
/// called by address.
constexpr std::uint64_t kBeforeCode = 64;
/// All parts of one image must reach each other with 32 bits.
constexpr std::uint64_t kMostBytes = 1ull << 30;

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}

bool fits_signed(std::uint64_t value) {
    return static_cast<std::uint64_t>(
               static_cast<std::int64_t>(static_cast<std::int32_t>(value))) == value;
}
bool fits_unsigned(std::uint64_t value) {
    return static_cast<std::uint32_t>(value) == value;
}

/// A symbol of an object, by two indices.
using SymbolIndex = std::pair<std::size_t, std::size_t>;

/// Joins objects into one image of three regions, each of whole pages: code, constants, data. A
/// name to which code refers by way of a slot, or calls, has a slot among the constants that holds
/// its address, and a stub behind the code that jumps there: for calls of host functions that lie
/// more than 2 GB away.
class Loader {
  public:
    explicit Loader(std::span<const HostSymbol> host) : host_(host) {}
    Loader(const Loader&) = delete;
    ~Loader() {
        if (memory_ != nullptr) munmap(memory_, end_);
    }

    /// Each step returns whether it went well, and leaves the reason in `failure`.
    bool run(std::span<const std::string_view> objects) {
        return read(objects) && define_names() && lay_out() && fill() && protect();
    }

    std::map<std::string, void*, std::less<>> addresses_of_names() const;
    void describe_names_for_perf() const;
    /// The image, which is the caller's from now on.
    std::pair<void*, std::size_t> release() { return {std::exchange(memory_, nullptr), end_}; }

    std::string failure;

  private:
    bool fail(std::string why) {
        failure = std::move(why);
        return false;
    }
    bool read(std::span<const std::string_view> objects);
    bool define_names();
    bool define(SymbolIndex index);
    bool lay_out();
    std::uint64_t place_sections(ElfAccess access, std::uint64_t end);
    bool fill();
    bool write_slots_and_stubs();
    bool apply(std::size_t object, const ElfRelocation& relocation);
    bool write_fixed(const ElfRelocation& relocation, std::uint64_t place, std::uint64_t target,
                     SymbolIndex index);
    /// Copies bytes to a place of the image.
    void write(std::uint64_t place, const void* bytes, std::size_t size) {
        std::memcpy(memory_ + place, bytes, size);
    }
    bool protect();

    const ElfSymbol& symbol_at(SymbolIndex index) const {
        return objects_[index.first].symbols[index.second];
    }
    bool find_address(SymbolIndex index, std::uint64_t& address);
    const void* host_address(std::string_view name) const;
    bool is_in_image(SymbolIndex index) const;
    /// Places are counted from the beginning of the image, addresses from 0.
    std::uint64_t place_of(SymbolIndex index) const;
    std::uint64_t place_of_slot(SymbolIndex index) const {
        return slots_begin_ + slots_.at(index) * kSlotBytes;
    }
    std::uint64_t place_of_stub(SymbolIndex index) const {
        return stubs_begin_ + slots_.at(index) * kStubBytes;
    }
    std::uint64_t base() const { return reinterpret_cast<std::uint64_t>(memory_); }

    std::span<const HostSymbol> host_;
    std::vector<ElfObject> objects_;
    /// Names that objects define for each other.
    std::map<std::string_view, SymbolIndex> names_;
    /// Which slot, and stub, a symbol has.
    std::map<SymbolIndex, std::uint64_t> slots_;
    /// Where each section of each object begins, from the image's beginning.
    std::vector<std::vector<std::uint64_t>> places_;
    std::uint64_t stubs_begin_ = 0;
    std::uint64_t code_end_ = 0;
    std::uint64_t slots_begin_ = 0;
    std::uint64_t constants_end_ = 0;
    std::uint64_t end_ = 0;
    char* memory_ = nullptr;
};

bool Loader::read(std::span<const std::string_view> objects) {
    for (const std::string_view bytes : objects) {
        auto result = read_elf_object(bytes);
        if (const auto* why = std::get_if<std::string>(&result)) return fail(*why);
        objects_.push_back(std::move(std::get<ElfObject>(result)));
        places_.emplace_back(objects_.back().sections.size());
    }
    if (objects_.empty()) return fail("there is nothing to load");
    return true;
}

bool Loader::define_names() {
    for (std::size_t object = 0; object < objects_.size(); ++object) {
        const ElfObject& read = objects_[object];
        for (std::size_t i = 0; i < read.symbols.size(); ++i) {
            if (!define({object, i})) return false;
        }
        for (const ElfRelocation& relocation : read.relocations) {
            if (relocation.fix == ElfFix::Call32 || relocation.fix == ElfFix::SlotRelative32) {
                slots_.try_emplace({object, relocation.symbol}, slots_.size());
            }
        }
    }
    return true;
}

bool Loader::define(SymbolIndex index) {
    const ElfSymbol& symbol = symbol_at(index);
    if (symbol.is_local || symbol.place == ElfSymbol::Place::Undefined) return true;
    const auto [found, is_new] = names_.try_emplace(symbol.name, index);
    if (is_new || symbol.is_weak) return true;
    if (!symbol_at(found->second).is_weak) {
        return fail("two objects define " + std::string(symbol.name));
    }
    found->second = index;
    return true;
}

std::uint64_t Loader::place_sections(ElfAccess access, std::uint64_t end) {
    for (std::size_t object = 0; object < objects_.size(); ++object) {
        const auto& sections = objects_[object].sections;
        for (std::size_t i = 0; i < sections.size(); ++i) {
            if (sections[i].access != access) continue;
            places_[object][i] = rounded_up(end, sections[i].alignment);
            end = places_[object][i] + sections[i].size;
        }
    }
    return end;
}

bool Loader::lay_out() {
    stubs_begin_ = rounded_up(place_sections(ElfAccess::Execute, kBeforeCode), kStubBytes);
    code_end_ = rounded_up(stubs_begin_ + slots_.size() * kStubBytes, kPage);
    slots_begin_ = rounded_up(place_sections(ElfAccess::Read, code_end_), kSlotBytes);
    constants_end_ = rounded_up(slots_begin_ + slots_.size() * kSlotBytes, kPage);
    end_ = rounded_up(place_sections(ElfAccess::Write, constants_end_), kPage);
    if (end_ > kMostBytes) return fail("the objects need " + std::to_string(end_) + " bytes");
    void* const memory =
        mmap(nullptr, end_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return fail("no memory for " + std::to_string(end_) + " bytes of code");
    memory_ = static_cast<char*>(memory);
    return true;
}

bool Loader::fill() {
    for (std::size_t object = 0; object < objects_.size(); ++object) {
        const auto& sections = objects_[object].sections;
        for (std::size_t i = 0; i < sections.size(); ++i) {
            if (sections[i].contents.empty()) continue;
            write(places_[object][i], sections[i].contents.data(), sections[i].contents.size());
        }
    }
    if (!write_slots_and_stubs()) return false;
    for (std::size_t object = 0; object < objects_.size(); ++object) {
        for (const ElfRelocation& relocation : objects_[object].relocations) {
            if (!apply(object, relocation)) return false;
        }
    }
    return true;
}

bool Loader::write_slots_and_stubs() {
    for (const auto& [index, number] : slots_) {
        std::uint64_t address = 0;
        if (!find_address(index, address)) return false;
        write(place_of_slot(index), &address, sizeof address);
        // jmp *slot(%rip), six bytes, counted from its end; then int3.
        unsigned char stub[kStubBytes] = {0xff, 0x25, 0, 0, 0, 0, 0xcc, 0xcc};
        const auto distance =
            static_cast<std::uint32_t>(place_of_slot(index) - (place_of_stub(index) + 6));
        std::memcpy(stub + 2, &distance, sizeof distance);
        write(place_of_stub(index), stub, sizeof stub);
    }
    return true;
}

const void* Loader::host_address(std::string_view name) const {
    for (const HostSymbol& symbol : host_) {
        if (symbol.name == name) return symbol.address;
    }
    return host_function(name);
}

bool Loader::is_in_image(SymbolIndex index) const {
    const ElfSymbol& symbol = symbol_at(index);
    return symbol.place == ElfSymbol::Place::Section &&
           objects_[index.first].sections[symbol.section].access != ElfAccess::Nothing;
}

std::uint64_t Loader::place_of(SymbolIndex index) const {
    const ElfSymbol& symbol = symbol_at(index);
    return places_[index.first][symbol.section] + symbol.value;
}

bool Loader::find_address(SymbolIndex index, std::uint64_t& address) {
    const ElfSymbol& symbol = symbol_at(index);
    SymbolIndex definition = index;
    if (!symbol.is_local) {
        const auto found = names_.find(symbol.name);
        if (found == names_.end()) {
            address = reinterpret_cast<std::uint64_t>(host_address(symbol.name));
            return address != 0 || fail("nobody defines " + std::string(symbol.name));
        }
        definition = found->second;
    }
    const ElfSymbol& defined = symbol_at(definition);
    if (defined.place == ElfSymbol::Place::Absolute) {
        address = defined.value;
        return true;
    }
    if (!is_in_image(definition)) return fail("a relocation refers to what is not loaded");
    address = base() + place_of(definition);
    return true;
}

bool Loader::apply(std::size_t object, const ElfRelocation& relocation) {
    const SymbolIndex index = {object, relocation.symbol};
    std::uint64_t target = 0;
    if (relocation.fix == ElfFix::SlotRelative32) {
        target = base() + place_of_slot(index);
    } else if (!find_address(index, target)) {
        return false;
    }
    const std::uint64_t place = places_[object][relocation.section] + relocation.offset;
    return write_fixed(relocation, place, target, index);
}

bool Loader::write_fixed(const ElfRelocation& relocation, std::uint64_t place, std::uint64_t target,
                         SymbolIndex index) {
    const std::uint64_t address = base() + place;
    std::uint64_t value = target + static_cast<std::uint64_t>(relocation.addend);
    std::size_t width = 4;
    bool fits = true;
    switch (relocation.fix) {
        case ElfFix::Absolute64: width = 8; break;
        case ElfFix::Absolute32: fits = fits_unsigned(value); break;
        case ElfFix::AbsoluteSigned32: fits = fits_signed(value); break;
        case ElfFix::Relative64:
            value -= address;
            width = 8;
            break;
        case ElfFix::Call32:
            if (!fits_signed(value - address)) value += base() + place_of_stub(index) - target;
            [[fallthrough]];
        case ElfFix::Relative32:
        case ElfFix::SlotRelative32:
            value -= address;
            fits = fits_signed(value);
            break;
    }
    if (!fits) return fail(std::string(symbol_at(index).name) + " lies too far away");
    write(place, &value, width);
    return true;
}

bool Loader::protect() {
    const bool done = mprotect(memory_, code_end_, PROT_READ | PROT_EXEC) == 0 &&
                      mprotect(memory_ + code_end_, constants_end_ - code_end_, PROT_READ) == 0;
    return done || fail("this system does not let memory become executable");
}

std::map<std::string, void*, std::less<>> Loader::addresses_of_names() const {
    std::map<std::string, void*, std::less<>> addresses;
    for (const auto& [name, index] : names_) {
        if (is_in_image(index)) addresses.emplace(name, memory_ + place_of(index));
    }
    return addresses;
}

void Loader::describe_names_for_perf() const {
    for (std::size_t object = 0; object < objects_.size(); ++object) {
        const auto& symbols = objects_[object].symbols;
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            if (!symbols[i].is_function || !is_in_image({object, i})) continue;
            describe_for_perf(memory_ + place_of({object, i}), symbols[i].size, symbols[i].name);
        }
    }
}

}  // namespace

std::variant<MachineCode, LoadFailure> MachineCode::load(std::span<const std::string_view> objects,
                                                         std::span<const HostSymbol> host) {
    Loader loader(host);
    if (!loader.run(objects)) return LoadFailure{std::move(loader.failure)};
    if (perf_wanted()) loader.describe_names_for_perf();
    MachineCode code;
    code.symbols_ = loader.addresses_of_names();
    std::tie(code.memory_, code.size_) = loader.release();
    return code;
}

std::variant<MachineCode, LoadFailure> MachineCode::load(std::string_view object,
                                                         std::span<const HostSymbol> host) {
    return load(std::span<const std::string_view>(&object, 1), host);
}

MachineCode::MachineCode(MachineCode&& other) noexcept {
    *this = std::move(other);
}

MachineCode& MachineCode::operator=(MachineCode&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(symbols_, other.symbols_);
    return *this;
}

MachineCode::~MachineCode() {
    if (memory_ != nullptr) munmap(memory_, size_);
}

void* MachineCode::symbol(std::string_view name) const {
    const auto found = symbols_.find(name);
    return found == symbols_.end() ? nullptr : found->second;
}

}  // namespace dunlin::jit
