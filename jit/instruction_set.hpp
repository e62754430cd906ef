// Which instructions kernels may use. Three levels of x86-64 are enough: what every such processor
// has, what nearly every one since 2013 has, and what makes 16 lanes of f32 one register. Kernels
// for a level run on every processor of that level, so that a cache or a test means the same on
// all of them.
#pragma once

#include <optional>
#include <string_view>

namespace dunlin::jit {

enum class InstructionSet {
    Baseline,  // x86-64: SSE2, 128-bit registers
    Avx2,      // x86-64-v3: AVX2, FMA, BMI; 256-bit registers
    Avx512,    // x86-64-v4: AVX-512 F, BW, CD, DQ, VL; 512-bit registers and masks
};

/// The highest level that this processor and its operating system support. Asked once; then free.
InstructionSet instruction_set_of_this_cpu();

/// "baseline", "avx2", "avx512": as the command line and the tests write it.
std::string_view name_of(InstructionSet set);
std::optional<InstructionSet> instruction_set_of_name(std::string_view name);

/// The processor that Clang is told to compile for, as in -target-cpu: "x86-64-v3".
const char* target_cpu_of(InstructionSet set);

/// Bits of the widest register that kernels of this level should use.
int register_bits_of(InstructionSet set);

}  // namespace dunlin::jit
