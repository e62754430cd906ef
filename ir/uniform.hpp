// Uniformity: which values are the same in every VM, and where all VMs are sure to be together.
//
// A value varies when it comes from what varies between VMs (vm_id, random bits, inputs, states,
// and the collectives that answer each VM differently), or from a value that varies, or was
// computed where not all VMs pass. A branch on a value that varies parts the VMs until they meet
// again: at the first routine that all of its ways to the end have in common. Between, the routines
// are divergent, and so is everything that is computed there. VMs that halt or fault take no
// further part, so a way that only halts parts nobody.
//
// Inputs may be bound to one value for all VMs, states may happen to be equal: the analysis looks
// at the program alone.
#pragma once

#include <algorithm>
#include <vector>

#include "ir/microcode.hpp"
#include "ir/pipeline.hpp"

namespace dunlin::ir {

struct RoutineUniformity {
    bool is_divergent = false;
    RoutineId parted_by = 0;  // when divergent: the routine whose branch parts the VMs
    std::vector<bool>
        instructions;  // of each, whether all VMs compute the same value; its collective last
    bool uniform_branch = true;  // whether all VMs that come here leave by the same way
};

struct UniformityReport {
    std::vector<RoutineUniformity> routines;
};

UniformityReport analyse_uniformity(const Program& program);

// Whether VMs that carry out the instruction together may get different results. `varies` tells it
// of a slot.
template <typename Varies>
bool result_varies(const Instruction& instruction, Varies varies) {
    switch (instruction.op) {
        case Op::VmId:
        case Op::RandomBits:
        case Op::BatchScan:
        case Op::BatchShift:
        case Op::BatchSort: return true;
        case Op::BatchGet: return varies(instruction.operands[1]);
        default: break;
    }
    return !is_collective(instruction.op) &&
           std::any_of(instruction.operands.begin(), instruction.operands.end(), varies);
}

// A complaint for each collective in a divergent routine, with a note at the condition that parts
// the VMs.
std::vector<Complaint> check_collectives(const Program& program);

}  // namespace dunlin::ir
