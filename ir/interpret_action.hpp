// Inside the interpreter: instructions made ready to run. Not for other layers.
//
// Before a run, `prepare` turns each instruction into an Action (or a Collective): types, shapes
// and attributes have then been looked at, the loop for the element type has been chosen, and
// scratch memory is there. Running it needs the VM's Frame only. `prepare` (interpret_prepare.cpp)
// is the one switch over all operations; the makers it calls stand in the file named after their
// subject.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ir/interpret.hpp"
#include "ir/microcode.hpp"

namespace dunlin::ir {

inline bool is_set(const std::atomic<bool>* flag) {
    return flag != nullptr && flag->load(std::memory_order_relaxed);
}

// What an instruction may see of the VM that it runs in.
struct Frame {
    std::byte* const* places = nullptr;  // by slot: where the VM's value lies
    std::int64_t vm = 0;                 // its number in the whole batch
    std::int64_t vm_count = 1;
    std::uint64_t seed = 0;
    bool first_turn = true;
    const std::atomic<bool>* stop = nullptr;
    const std::atomic<bool>* pause = nullptr;
    const decltype(RunRequest::print)* print =
        nullptr;  // null when this VM's prints are not wanted

    bool stopped() const { return is_set(stop) || is_set(pause); }
};

// An instruction made ready. It belongs to one thread, since it may own scratch memory.
class Action {
  public:
    virtual ~Action() = default;
    // Does it; when it faults, nothing has been written.
    virtual Fault run(const Frame& frame) = 0;
};

// All VMs of a batch, as a collective sees them. VMs are numbered from 0.
struct Batch {
    std::int64_t vm_count = 0;
    std::vector<std::uint8_t> live;  // by VM: 1 when it takes part
    std::vector<Fault> faults;       // by VM: set by a collective that faults there
    std::vector<Binding> places;     // by slot: its value in VM v lies at data + v * stride

    std::byte* place(SlotId slot, std::int64_t vm) const {
        return places[slot].data + vm * places[slot].stride;
    }
};

// A collective made ready: reads the operands of all live VMs, then writes their results.
class Collective {
  public:
    virtual ~Collective() = default;
    virtual void run(Batch& batch) = 0;
};

// An instruction and what its slots are.
struct Site {
    const Program& program;
    const Instruction& instruction;

    std::size_t arity() const { return instruction.operands.size(); }
    SlotId operand_slot(std::size_t k) const { return instruction.operands[k]; }
    const Type& operand(std::size_t k) const { return program.type_of(instruction.operands[k]); }
    SlotId result_slot() const { return instruction.result; }
    const Type& result() const { return program.type_of(instruction.result); }
    std::int64_t attribute(std::size_t k) const { return instruction.attributes[k]; }
};

// One of the two is set.
struct Prepared {
    Prepared(std::unique_ptr<Action> ready) : action(std::move(ready)) {}
    Prepared(std::unique_ptr<Collective> ready) : collective(std::move(ready)) {}

    std::unique_ptr<Action> action;
    std::unique_ptr<Collective> collective;
};

Prepared prepare(const Site& site);

// About how many elements the instruction touches. When more than kWorkBetweenPolls have been, the
// interpreter looks whether it should stop; an Action that stops half-way on `Frame::stopped` must
// have at least that much work.
std::int64_t work_of(const Site& site);
inline constexpr std::int64_t kWorkBetweenPolls = 1 << 16;

// interpret_source.cpp
std::unique_ptr<Action> make_iota(const Site& site);
std::unique_ptr<Action> make_vm_id(const Site& site);
std::unique_ptr<Action> make_vm_count(const Site& site);
std::unique_ptr<Action> make_first_turn(const Site& site);
std::unique_ptr<Action> make_random_bits(const Site& site);

// interpret_effect.cpp
std::unique_ptr<Action> make_print(const Site& site);
std::unique_ptr<Action> make_require(const Site& site);

// interpret_reduce.cpp; Combine is one of the rules in interpret_combine.hpp
template <typename Combine>
std::unique_ptr<Action> make_reduction(const Site& site);
template <typename Combine>
std::unique_ptr<Action> make_scan(const Site& site);
std::unique_ptr<Action> make_arg_min(const Site& site);
std::unique_ptr<Action> make_arg_max(const Site& site);

// interpret_sort.cpp
std::unique_ptr<Action> make_sort(const Site& site);
std::unique_ptr<Action> make_arg_sort(const Site& site);

// interpret_matmul.cpp
std::unique_ptr<Action> make_matmul(const Site& site);

// interpret_move.cpp
std::unique_ptr<Action> make_copy(const Site& site);
std::unique_ptr<Action> make_reshape(const Site& site);
std::unique_ptr<Action> make_transpose(const Site& site);
std::unique_ptr<Action> make_concat(const Site& site);

// interpret_view.cpp
std::unique_ptr<Action> make_view(const Site& site);
std::unique_ptr<Action> make_update(const Site& site);

// interpret_gather.cpp
std::unique_ptr<Action> make_gather(const Site& site);
std::unique_ptr<Action> make_scatter(const Site& site);

// interpret_batch.cpp
template <typename Combine>
std::unique_ptr<Collective> make_batch_reduction(const Site& site);
std::unique_ptr<Collective> make_batch_arg_min(const Site& site);
std::unique_ptr<Collective> make_batch_arg_max(const Site& site);
std::unique_ptr<Collective> make_batch_scan(const Site& site);
std::unique_ptr<Collective> make_batch_get(const Site& site);
std::unique_ptr<Collective> make_batch_shift(const Site& site);
std::unique_ptr<Collective> make_batch_sort(const Site& site);

}  // namespace dunlin::ir
