// Collectives among VMs that wait in a kernel's memory: what ir/interpret_batch.cpp defines, to the
// same bits, by blocks of VMs that threads share out.
#pragma once

#include <functional>
#include <vector>

#include "ir/interpret.hpp"

namespace dunlin::runtime {

struct Meeting {
    const ir::Program& program;
    const ir::Instruction& instruction;
    // By slot: where the operands of VM v are read and the result is written. Different slots never
    // share memory.
    const std::vector<ir::Binding>& places;
    const unsigned* statuses;  // kernel::kRunning for those that take part
    std::int64_t vms = 0;
    // Calls body(k) for k = 0 .. count - 1, in any order and at the same time.
    std::function<void(std::int64_t count, const std::function<void(std::int64_t)>& body)> parallel;
};

// The VMs that fault, in order; all of them with an index out of range.
std::vector<std::int64_t> hold(const Meeting& meeting);

// Bytes that it allocates.
std::int64_t meeting_bytes(const ir::Program& program, const ir::Instruction& instruction,
                           std::int64_t vms);

}  // namespace dunlin::runtime
