// How the lanes of a kernel go through the program when each lane is a VM.
//
// A routine is *together* when all lanes that are alive pass it at the same time: then it needs no
// mask but that of the living, and branches are plain jumps. Where a branch parts the lanes, the
// routines between it and the place where they meet again form a *region*: it is printed in the
// order of nest.hpp, each routine under a mask of the lanes that wait for it.
//
// A slot is *uniform* when all lanes that look at it find the same value there. It is then one
// number instead of a vector of lanes. Inside a region this holds for slots that live within one
// routine, or within a loop that its lanes go through in step (a `for` with fixed bounds inside an
// `if` that differs).
//
// A slot must be written *under the mask* when lanes outside it may still need what it held.
//
// When a loop's turns differ between VMs and nothing else keeps the lanes together, the kernel
// *refills*: lanes whose VM has ended take the next one while the others go on. Then the whole
// program is one region, and the masks survive when a loop is left early.
#pragma once

#include <optional>
#include <vector>

#include "ir/microcode.hpp"
#include "jit/kernel_source.hpp"
#include "jit/nest.hpp"

namespace dunlin::jit {

struct FlowOptions {
    int width = 16;  // of 1, everything is together
    // By slot: an input that has one value for all VMs.
    std::vector<bool> common;
    bool fuel = false;       // VMs may run out of fuel
    bool may_refill = true;  // no collectives, and more VMs than lanes
};

FlowOptions flow_options(const ir::Program& program, const KernelOptions& options);

struct Region {
    std::vector<Part> parts;
    std::vector<ir::RoutineId> entries;
    // Where the lanes meet again; nothing when all of them end inside.
    std::optional<ir::RoutineId> exit;
};

struct Flow {
    std::vector<bool> reached;   // by routine
    std::vector<bool> together;  // by routine
    std::vector<bool> parts;     // by routine: its branch parts the lanes
    std::vector<int> region_of;  // by routine; -1 when together
    std::vector<Region> regions;
    std::vector<bool> returns;    // by routine: it leads back to the head of a loop around it
    std::vector<bool> may_leave;  // by routine: the head of a loop that is left when few are in it
    std::vector<bool> uniform;    // by slot
    bool refills = false;
    // VMs may end before the others: by a fault, a halt, or lack of fuel.
    bool ends_early = false;
    bool uniform_fuel = true;  // all living lanes have the same fuel left

    // Whether a write to the slot in this routine goes under the mask.
    bool masked(ir::RoutineId routine, ir::SlotId slot) const;

    // By routine of a region: the slots that lanes outside the mask may still need.
    std::vector<std::vector<bool>> needed_outside;
    std::vector<bool> kept;  // by slot: states and outputs, which the host reads at the end
};

Flow analyse_flow(const ir::Program& program, const FlowOptions& options);

}  // namespace dunlin::jit
