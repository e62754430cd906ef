// Batches on the CPU: a kernel over stripes of VMs, by as many workers as there are threads.
#pragma once

#include "ir/interpret.hpp"
#include "jit/kernel.hpp"
#include "runtime/statuses.hpp"

namespace dunlin::runtime {

struct CpuRun {
    const jit::Kernel& kernel;
    // Its `statuses` and `pause` are not used.
    const ir::RunRequest& request;
    Statuses& statuses;
    int threads = 1;
    // VMs before this one have ended already. 0 for programs with collectives.
    std::int64_t begin = 0;
};

struct CpuReport {
    bool interrupted = false;
    std::int64_t finished = 0;  // VMs that have ended
    // Of kernels that count: turns of loops, and how many there would have been had all lanes taken
    // part in each.
    std::uint64_t turns = 0;
    std::uint64_t offered = 0;
};

// Runs the VMs as `ir::interpret` would, to the same bits. `print` and `progress` are called by one
// thread at a time: `progress` by the one that called this, `print` by any.
CpuReport run_on_cpu(const CpuRun& run);

// Bytes that it allocates beyond the bound arrays and the statuses.
std::int64_t kernel_working_bytes(const ir::Program& program, const jit::KernelSource& source,
                                  std::int64_t vms, int threads);

}  // namespace dunlin::runtime
