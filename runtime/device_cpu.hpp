// Batches on the CPU: a kernel over stripes of VMs, by as many workers as there are threads.
#pragma once

#include <memory>
#include <vector>

#include "ir/interpret.hpp"
#include "jit/kernel.hpp"
#include "runtime/statuses.hpp"

namespace dunlin::runtime {

// Working memory, kept from one run to the next: what waits with VMs for collectives, and what
// workers need. For one kernel, and one run at a time.
class CpuMemory {
  public:
    struct Freer {
        void operator()(unsigned char* memory) const;
    };
    using Block = std::unique_ptr<unsigned char, Freer>;

    // At least so many bytes, whose values are those of the run before, or anything. Both throw
    // std::bad_alloc where there is no memory.
    unsigned char* saved(std::int64_t bytes);
    // Of a worker; always the same number of bytes.
    Block take(std::int64_t bytes);
    void give_back(Block block) { blocks_.push_back(std::move(block)); }

  private:
    Block saved_;
    std::int64_t saved_bytes_ = 0;
    std::vector<Block> blocks_;
};

// Bytes that wait with VMs for collectives.
std::int64_t saved_bytes(const jit::KernelSource& source, std::int64_t vms);

struct CpuRun {
    const jit::Kernel& kernel;
    // Its `statuses` and `pause` are not used.
    const ir::RunRequest& request;
    Statuses& statuses;
    CpuMemory& memory;
    int threads = 1;
    // VMs before this one have ended already. 0 for programs with collectives.
    std::int64_t begin = 0;
};

struct CpuReport {
    bool interrupted = false;
    std::int64_t finished = 0;  // VMs that have ended
    // Of kernels that count: turns of loops; what their lanes computed, and what they could have
    // had each taken part in everything.
    std::uint64_t turns = 0;
    std::uint64_t worked = 0;
    std::uint64_t offered = 0;
};

// Runs the VMs as `ir::interpret` would, to the same bits. `print` and `progress` are called by one
// thread at a time: `progress` by the one that called this, `print` by any.
CpuReport run_on_cpu(const CpuRun& run);

// Bytes that it allocates beyond the bound arrays and the statuses.
std::int64_t kernel_working_bytes(const ir::Program& program, const jit::KernelSource& source,
                                  std::int64_t vms, int threads);

}  // namespace dunlin::runtime
