#include "jit/instruction_set.hpp"

#include <array>

namespace dunlin::jit {

namespace {

struct Row {
    std::string_view name;
    const char* target_cpu;
    int register_bits;
};

constexpr std::array<Row, 3> kRows = {{
    {"baseline", "x86-64", 128},
    {"avx2", "x86-64-v3", 256},
    {"avx512", "x86-64-v4", 512},
}};

const Row& row_of(InstructionSet set) {
    return kRows[static_cast<std::size_t>(set)];
}

}  // namespace

InstructionSet instruction_set_of_this_cpu() {
    // The compiler's function asks the operating system too: whether it saves the wide registers.
    static const InstructionSet set = [] {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("x86-64-v4")) return InstructionSet::Avx512;
        if (__builtin_cpu_supports("x86-64-v3")) return InstructionSet::Avx2;
        return InstructionSet::Baseline;
    }();
    return set;
}

std::string_view name_of(InstructionSet set) {
    return row_of(set).name;
}

std::optional<InstructionSet> instruction_set_of_name(std::string_view name) {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].name == name) return static_cast<InstructionSet>(i);
    }
    return std::nullopt;
}

const char* target_cpu_of(InstructionSet set) {
    return row_of(set).target_cpu;
}

int register_bits_of(InstructionSet set) {
    return row_of(set).register_bits;
}

}  // namespace dunlin::jit
