// Machine code in memory. Takes relocatable ELF objects for x86-64, as Clang emits them for kernels
// or the cache returns them, places them in memory, joins them, and makes them executable; LLVM has
// no part in it. There is one path for kernels just compiled and for kernels from the cache.
//
// The bytes may come from a file that someone else tore or wrote: every offset, size and index in
// them is checked before it is used, and what is wrong is an error in words. (What well-formed
// foreign code would do when it is called, no loader can check: the cache decides whose files to
// trust.)
//
// Pages are written first and then made readable and executable, or read-only; no page is ever
// writable and executable at once.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace dunlin::jit {

/// A function or table of the host that objects may refer to by name.
struct HostSymbol {
    std::string_view name;
    const void* address = nullptr;
};

struct LoadFailure {
    std::string message;
};

/// Owns the memory of the objects it was loaded from; the addresses are valid as long as it lives.
class MachineCode {
  public:
    /// Loads objects together. A name that one of them leaves open is looked for in the others,
    /// then in `host`, then among the C functions that compilers call unasked (memcpy, memset,
    /// fmaf, floor and their like). Two objects may define the same name only if at most one
    /// definition is strong.
    static std::variant<MachineCode, LoadFailure> load(std::span<const std::string_view> objects,
                                                       std::span<const HostSymbol> host = {});
    static std::variant<MachineCode, LoadFailure> load(std::string_view object,
                                                       std::span<const HostSymbol> host = {});

    MachineCode() = default;
    MachineCode(MachineCode&& other) noexcept;
    MachineCode& operator=(MachineCode&& other) noexcept;
    ~MachineCode();

    /// Where a global name of the objects lies, or null.
    void* symbol(std::string_view name) const;
    /// The same, as a pointer to a function of type F: code.function<void(float*, long)>("kernel").
    template <class F>
    F* function(std::string_view name) const {
        return reinterpret_cast<F*>(symbol(name));
    }

    /// Bytes of memory held, whole pages.
    std::size_t size() const { return size_; }

  private:
    void* memory_ = nullptr;
    std::size_t size_ = 0;
    std::map<std::string, void*, std::less<>> symbols_;
};

}  // namespace dunlin::jit
