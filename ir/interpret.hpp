// The reference interpreter: the definition of every operation. Plain and sequential.
//
// It runs VMs `first_vm` to `first_vm + vms - 1` of a batch of `vm_count`. A program without
// collectives is run VM after VM, over one piece of VM memory; one with collectives needs the whole
// batch in one call (vms == vm_count) and memory for every VM, since VMs wait for each other.
//
// A run that is interrupted leaves VMs in the middle: outputs, states and statuses of this turn
// mean nothing then, but for those that RunReport::finished counts.
//
// NaN: results that leave (outputs, states) hold the one canonical NaN, so that equal values have
// equal bits.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Where the value of a slot of one VM lies: data + vm * stride, contiguous row-major elements. A
// stride of 0 is a value that all VMs have in common.
struct Binding {
    std::byte* data = nullptr;
    std::int64_t stride = 0;  // bytes
};

enum class Outcome : std::uint8_t { Finished, Halted, Faulted };

// What became of one VM. A faulted VM stays so in the turns that follow.
struct VmStatus {
    Outcome outcome = Outcome::Finished;
    Fault fault = Fault::None;
    StatementId statement = 0;
    std::int32_t text = -1;  // index into Program::texts of assert's or fail's message
};

// An item of a printed line: a text of the program, or a value.
struct PrintItem {
    const std::string* text = nullptr;
    Type type;
    const std::byte* data = nullptr;
};

struct RunRequest {
    const Program* program = nullptr;
    std::vector<Binding> bindings;  // one per slot; used for Input, Shared, State and Output.
                                    // `data` belongs to VM first_vm.
    std::int64_t first_vm = 0;
    std::int64_t vms = 1;
    std::int64_t vm_count = 1;
    std::uint64_t seed = 0;
    std::uint64_t fuel = ~std::uint64_t{0};  // per VM and turn; the largest number is without limit
    bool first_turn = true;
    VmStatus* statuses = nullptr;  // one per VM of this call, in and out
    std::int64_t print_vm = -1;    // the VM (by its number in the batch) whose prints are wanted
    std::function<void(StatementId, const std::vector<PrintItem>&)> print;
    const std::atomic<bool>* stop =
        nullptr;  // set by another thread or a signal handler to interrupt
    const std::atomic<bool>* pause = nullptr;  // the same, for a caller that goes on in another way
    std::function<void(std::int64_t finished)>
        progress;  // now and then, with the number of VMs that have ended
    std::chrono::microseconds progress_interval{250'000};
};

struct RunReport {
    bool interrupted = false;
    std::int64_t finished = 0;       // VMs that have ended: the first ones, unless VMs run together
    std::uint64_t turns = 0;         // loop back-edges taken, over all VMs
    std::uint64_t instructions = 0;  // instructions executed, over all VMs
};

RunReport interpret(const RunRequest& request);

// Bytes of working memory that `interpret` allocates for such a batch, beyond the bound arrays.
std::int64_t working_bytes(const Program& program, std::int64_t vms);

// The value of one instruction over constants: used by constant folding here and by the front end,
// so that there is one meaning. Nothing when the instruction would fault, or is not a function of
// its operands alone (vm_id, random_bits, effects, collectives).
std::optional<Constant> evaluate(Op op, const std::vector<std::int64_t>& attributes,
                                 const std::vector<const Constant*>& operands, const Type& result);

}  // namespace dunlin::ir
