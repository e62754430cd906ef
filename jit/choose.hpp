// What the lanes of a kernel stand for, and how many there are, when nobody says.
//
// Lanes are elements where a VM's arrays are large and there are few VMs, or where the arrays of a
// tile of VMs would not stay in the cache. Otherwise lanes are VMs: one at a time where there are
// hardly any, or where VMs part and then mostly look things up in arrays of their own, at which
// vectors are no better than numbers one after the other; 32 at a time where values have 32 bits,
// so that two vectors fill each other's waiting; else 16.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::jit {

struct LaneChoice {
    bool elements = false;
    int width = 16;
};

// `common`, by slot: inputs that have one value for all VMs.
LaneChoice choose_lanes(const ir::Program& program, const std::vector<bool>& common,
                        std::int64_t vms);

}  // namespace dunlin::jit
