// Batches on the CPU: a kernel over stripes of VMs, by as many workers as there are threads.
#pragma once

#include <memory>

#include "ir/interpret.hpp"
#include "jit/kernel.hpp"

namespace dunlin::runtime {

// Runs the request as `ir::interpret` would, to the same bits. Beyond the bound arrays it allocates
// what `kernel_working_bytes` says.
ir::RunReport run_on_cpu(const jit::Kernel& kernel, const ir::RunRequest& request, int threads);

std::int64_t kernel_working_bytes(const jit::KernelSource& source, std::int64_t vms, int threads);

}  // namespace dunlin::runtime
