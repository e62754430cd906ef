// A kernel as text, and what its host must know to call it (see prelude/kernel_abi.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ir/interpret.hpp"
#include "ir/microcode.hpp"

namespace dunlin::jit {

struct KernelOptions {
    int width = 16;            // lanes: 1, 16 or 32
    bool elements = false;     // lanes are elements of arrays, and VMs come one after the other
    std::vector<bool> common;  // by slot: an input that is bound to one value for all VMs
    bool fuel = false;         // the run has a limit of turns
    bool prints = false;       // somebody wants the prints of a VM
    bool counts = false;       // count turns and the lanes that take part
    bool may_refill = true;    // more VMs than lanes
    // Lines of a function of the kernel, about; a longer kernel is cut into several (see
    // split.hpp). 0 is what compiles best.
    std::size_t function_lines = 0;

    bool operator==(const KernelOptions&) const = default;
};

// A place in the program at which VMs end or print.
struct Site {
    ir::VmStatus status;  // of a VM that ends here
    // Of a print, the instruction: operands and their types.
    const ir::Instruction* print = nullptr;
};

// A slot whose values wait with their VMs for a collective.
struct SavedSlot {
    ir::SlotId slot = ir::kNoSlot;  // or none: the fuel that is left
    // Elements of a collective's operands and results lie together for each VM, so that the host
    // can read them. Others lie as the kernel likes.
    bool by_vm = false;
    std::int64_t bytes = 0;  // per VM
};

struct KernelSource {
    std::string text;
    // Of a kernel of several functions: where in the text what they share ends, and each of them.
    // Each can be compiled with what they share alone.
    std::vector<std::size_t> ends;
    std::size_t lines = 0;  // of the program's own code
    int width = 1;
    bool elements = false;
    bool refills = false;
    std::vector<Site> sites;
    std::vector<ir::SlotId> ports;     // Run::places, in this order
    std::vector<std::byte> constants;  // Run::constants
    std::int64_t memory_bytes = 0;     // Task::memory
    // Phase k begins after collectives[k - 1].
    std::vector<ir::RoutineId> collectives;
    std::vector<SavedSlot> saved;  // in Run::saved, one after the other, each for all VMs, the
                                   // number of VMs rounded up to whole tiles of 32
    std::vector<std::string> lane_functions;  // of the lane library that the text calls
};

KernelSource emit_kernel(const ir::Program& program, const KernelOptions& options);

// For tests: KernelOptions::function_lines of all kernels that leave it open, from now on.
void set_function_lines(std::size_t lines);

// How many VMs a saved slot has room for.
constexpr std::int64_t kTileVms = 32;
inline std::int64_t in_whole_tiles(std::int64_t vms) {
    return (vms + kTileVms - 1) / kTileVms * kTileVms;
}

}  // namespace dunlin::jit
