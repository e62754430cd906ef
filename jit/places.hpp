// Where the slots of a program live inside a kernel whose lanes are VMs.
//
//   Variables  one variable of the kernel for each element: scalars, and small arrays of which
//              every index is known; the compiler keeps them in registers
//   Tile       memory of the worker: element k of all lanes at [k * lanes + lane]
//   Plain      an array that is the same for all lanes, in memory of the worker
//   Fixed      a constant, or an array of the host that all VMs share
//   Host       an array of the host that belongs to one VM, used where it lies: in kernels whose
//              lanes are elements, which run one VM at a time
//
// States, outputs and inputs have such a place too: they are brought in when a VM begins and taken
// out when it ends, so that in between every access is to neighbouring lanes.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/microcode.hpp"
#include "jit/flow.hpp"
#include "jit/segment.hpp"

namespace dunlin::jit {

enum class Home : std::uint8_t { None, Variables, Tile, Plain, Fixed, Host };

struct Places {
    std::vector<Home> home;               // by slot
    std::vector<std::int64_t> offset;     // by slot: of Tile and Plain, in Task::memory
    std::vector<std::int64_t> constants;  // by slot: of constants, in Run::constants; -1 if unused
    std::int64_t memory_bytes = 0;
    std::int64_t constant_bytes = 0;
};

Places choose_places(const ir::Program& program, const Flow& flow, bool elements);

// Gives the arrays in memory their places, such that those that are never needed together share
// bytes. `segments` are what runs as one in a kernel whose lanes are elements. Where
// lanes part, some wait with arrays that they need while others are elsewhere, so nothing is
// shared then.
void place_arrays(const ir::Program& program, const Flow& flow, const Segments& segments, int width,
                  Places& places);

// The segments of a kernel whose lanes are elements.
Segments cut(const ir::Program& program, const Places& places);

// Whether an instruction is written element by element, each with its number, instead of as loops.
bool is_unrolled(const ir::Program& program, const Places& places,
                 const ir::Instruction& instruction);

}  // namespace dunlin::jit
