// What a batch holds, for the files of this folder: binding.cpp and memory_plan.cpp prepare it,
// turn.cpp runs it, batch.cpp and stream.cpp are its public face.
#pragma once

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ir/interpret.hpp"
#include "runtime/device_cpu.hpp"
#include "runtime/kernels.hpp"
#include "runtime/program.hpp"
#include "runtime/statuses.hpp"

namespace dunlin {

namespace runtime {

struct Freer {
    void operator()(std::byte* memory) const { std::free(memory); }
};
using Buffer = std::unique_ptr<std::byte, Freer>;

// A value for an input or a shared name. Arrays of an input may have the VM axis in front.
struct Bound {
    Array array;
    bool per_vm = false;

    // One VM's value.
    Array value() const { return per_vm ? array.row(0) : array; }
};

inline std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

// An Error for a name that is none of the program's ports of the wanted kinds ("input or shared
// value").
Error unknown_port(const Program& program, std::string_view name, const std::string& wanted,
                   std::initializer_list<PortKind> kinds);

// What a program has to do, as far as it can be seen without running it.
struct Work {
    double elements = 0;  // that a VM works on when it goes through the program once
    bool loops = false;   // so that there may be more
    std::int64_t largest_array = 0;
};
Work work_of(const ir::Program& program);

// One turn of a piece.
struct Turn {
    bool interrupted = false;
    std::int64_t finished = 0;     // VMs
    std::int64_t interpreted = 0;  // VMs, of those that finished
    int threads = 0;               // of the kernel; 0 when there was none
    std::uint64_t loop_turns = 0;
    std::uint64_t instructions = 0;
    std::uint64_t lane_work = 0;
    std::uint64_t lane_work_offered = 0;
    double waiting = 0;  // seconds, for the kernel
};

// Tells the host now and then how far a run is.
class Progress {
  public:
    Progress(const BatchOptions& options, std::int64_t all) : options_(options), all_(all) {}

    bool wanted() const { return options_.progress != nullptr; }
    // So many turns of VMs have ended beside those of the chunks before.
    void show(std::int64_t finished) {
        constexpr std::chrono::milliseconds kBetween{250};
        if (!wanted() || std::chrono::steady_clock::now() - shown_ < kBetween) return;
        shown_ = std::chrono::steady_clock::now();
        options_.progress(before_ + finished, all_);
    }
    void add(std::int64_t finished) { before_ += finished; }

  private:
    const BatchOptions& options_;
    const std::int64_t all_;
    std::int64_t before_ = 0;
    std::chrono::steady_clock::time_point shown_ = std::chrono::steady_clock::now();
};

// What is known, when a turn begins, of what follows.
struct Ahead {
    std::int64_t vm_turns = 0;  // turns of VMs after this turn
    std::function<void(std::int64_t finished)> progress;
};

}  // namespace runtime

struct Batch::Implementation {
    Implementation(const Program& its_program, BatchOptions its_options)
        : program(its_program), options(std::move(its_options)) {}

    Program program;
    BatchOptions options;
    std::map<std::string, runtime::Bound, std::less<>> bound;

    bool prepared = false;
    std::int64_t vm_count = 0;  // in the whole batch
    Piece whole;                // those that are run by this object
    Piece piece;                // those that are run now: some of them, when they are streamed
    std::int64_t room = 0;      // VMs that a piece may have
    std::int64_t memory_bytes = 0;
    std::int64_t vm_memory_bytes = 0;
    std::vector<runtime::Buffer> buffers;
    std::vector<Array> converted;       // inputs that could not be used where they lie
    std::vector<ir::Binding> bindings;  // one per slot
    runtime::Statuses statuses;
    bool first_turn = true;

    // The kernel that may run the VMs; null when only the interpreter may.
    runtime::PendingKernel* pending = nullptr;
    // Once it is there.
    std::shared_ptr<const jit::Kernel> kernel;
    int kernel_threads = 0;  // most that it has had
    runtime::CpuMemory kernel_memory;
    double interpreted_seconds = 0;
    runtime::Work work;

    const ir::Program& code() const { return program.implementation_->compiled.program; }
    ir::SlotId slot_of(const Port& port) const {
        const auto& ports = program.implementation_->compiled.ports;
        return ports[static_cast<std::size_t>(&port - program.ports().data())].slot;
    }

    // binding.cpp
    Result<const Port*> bindable(std::string_view name) const;
    Failure bind(const Port& port, const Array& array);
    Failure set(std::string_view name, std::string_view literal);
    Failure decide_vms();
    Failure check_request() const;
    Failure check_inputs() const;
    Failure attach_inputs();
    bool used_where_it_lies(const Port& port, const runtime::Bound& value) const;

    // memory_plan.cpp
    double array_bytes(std::int64_t vms) const;
    double working_bytes(std::int64_t vms) const;
    std::int64_t suitable_room() const;
    Failure check_memory();
    Failure allocate();
    Failure move_to(Piece next);

    // batch.cpp
    // In chunks of so many VMs, of as many as suit (0), or all at once.
    Failure prepare(std::optional<std::int64_t> chunk_vms);
    Failure choose_kernel();
    Failure finish_kernel();
    std::string why(const jit::KernelFailure& failure) const;
    int threads() const;
    void run_turns(std::int64_t steps, std::int64_t vm_turns_after, RunReport& report,
                   runtime::Progress& progress);
    std::int64_t moved_bytes() const;
    void complete(RunReport& report) const;
    // Of the piece at hand, with the numbers that VMs have in the whole batch.
    std::vector<runtime::FaultCount> fault_counts() const;
    std::vector<FaultGroup> to_groups(const std::vector<runtime::FaultCount>& counts) const;

    // turn.cpp
    runtime::Turn run_turn(const runtime::Ahead& ahead);
    ir::RunRequest request();
    std::int64_t chosen_print_vm() const;
    PrintedLine printed(ir::StatementId statement, const std::vector<ir::PrintItem>& items) const;
    std::string text_of(const ir::VmStatus& status) const {
        return status.text < 0 ? "" : code().texts[static_cast<std::size_t>(status.text)];
    }
};

namespace runtime {

// When `Device::Auto` does what. Tests change it.
struct AutoPolicy {
    // Seconds of interpretation before a kernel is thought of.
    double trial = 3e-3;
    // Work that takes no longer than this is not worth a look in the cache.
    double lookup = 1e-3;
    // What a compilation takes, about, and for each byte of the kernel's text: work that takes no
    // longer is not worth one.
    double compilation = 25e-3;
    double compilation_of_byte = 5e-6;
    // A low estimate of what the interpreter takes for an element.
    double element = 3e-9;
    // Arrays with more elements are left to kernels: an operation over them cannot be paused.
    std::int64_t largest_array = 1 << 18;
};
AutoPolicy& auto_policy();

}  // namespace runtime

}  // namespace dunlin
