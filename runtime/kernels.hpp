// The kernels of a program: each made once, in a thread of its own, and kept as long as the
// program, so that one batch after the other finds it ready.
//
// A kernel is made in two steps. The first emits the text and looks in the cache; that takes a
// millisecond or two. The second compiles, and begins only when somebody wants it enough. Who asks
// may wait for the kernel, or go on in another way and look at `ready` now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "jit/kernel.hpp"

namespace dunlin::runtime {

// All that a kernel depends on besides its program.
struct KernelChoice {
    jit::KernelOptions options;
    jit::InstructionSet instruction_set = jit::InstructionSet::Baseline;

    bool operator==(const KernelChoice&) const = default;
};

// May be used by several threads.
class PendingKernel {
  public:
    // The program must outlive it.
    PendingKernel(const ir::Program& program, KernelChoice choice)
        : program_(program), choice_(std::move(choice)) {}
    PendingKernel(const PendingKernel&) = delete;
    PendingKernel& operator=(const PendingKernel&) = delete;
    ~PendingKernel();  // waits for a compilation that is under way

    const KernelChoice& choice() const { return choice_; }

    // Begins to make it, unless that has been done: all of it, or only what the cache can give.
    void begin(bool compile);
    // Begins to make it, and waits until it is made or cannot be, or `stop` is set.
    void wait(const std::atomic<bool>* stop);
    // Waits until nothing is under way. False when the time is over before; but a kernel that is on
    // its way into the cache is waited for a little longer.
    bool rest(std::chrono::steady_clock::time_point until);

    // Set when there is a kernel.
    const std::atomic<bool>& ready() const { return ready_; }
    std::shared_ptr<const jit::Kernel> kernel() const;  // null when not ready
    std::optional<jit::KernelFailure> failure() const;  // nothing when none has been met
    double emission() const;                            // seconds from microcode to text
    std::int64_t text_bytes() const;                    // 0 before there is a text

  private:
    enum class State { Untouched, Working, NotCached, Ready, Failed };

    void start(bool compile);  // under the mutex
    void work();
    void emit();
    void settle(jit::BuiltKernel built);
    bool compilation_wanted();

    const ir::Program& program_;
    const KernelChoice choice_;
    std::atomic<bool> ready_ = false;
    mutable std::mutex mutex_;
    std::condition_variable settled_;
    // Under the mutex:
    State state_ = State::Untouched;
    bool at_work_ = false;  // there is a thread
    bool compile_ = false;  // somebody wants it compiled
    std::shared_ptr<const jit::Kernel> kernel_;
    std::optional<jit::KernelFailure> failure_;
    double emission_ = 0;
    std::int64_t text_bytes_ = 0;
    std::thread thread_;
    // Of the thread alone:
    std::unique_ptr<jit::KernelBuild> build_;
};

class Kernels {
  public:
    // The same object for the same choice. `program` is always the same, and outlives it.
    PendingKernel& of(const ir::Program& program, const KernelChoice& choice);
    // Waits for all of them, not longer than that; whether they are done.
    bool rest(std::chrono::steady_clock::time_point until);

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<PendingKernel>> kernels_;
};

// For tests: called in the thread that makes a kernel, before it is emitted and before it is
// compiled; what it returns is why that fails, empty when it does not.
using KernelHook = std::function<std::string(bool compiling)>;
void set_kernel_hook(KernelHook hook);

}  // namespace dunlin::runtime
