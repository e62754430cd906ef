// Batches by the reference interpreter, in one thread.
#pragma once

#include <memory>
#include <vector>

#include "ir/interpret.hpp"
#include "runtime/statuses.hpp"

namespace dunlin::runtime {

// VMs one after the other, as far as the request's flags let it. A run that is paused can be
// resumed in another way: the VM that it was in is then as if it had never begun, and so are all of
// them in a program with collectives. For this, states are copied, and the prints of a VM are held
// back until it has ended.
class InterpreterRun {
  public:
    // The request's `statuses` are not used, but those here. Both must outlive the run.
    InterpreterRun(const ir::RunRequest& request, Statuses& statuses, bool resumable);

    // RunReport::finished VMs have ended: for those, and only those, there are outputs, states and
    // statuses. `interrupted` says that there are more.
    ir::RunReport go();

    // It will not be paused after all: prints are given at once. To be called by the request's
    // `progress`, if at all.
    void will_not_be_resumed();

  private:
    // A line that waits, with the values that it had.
    struct HeldPrint {
        ir::StatementId statement = 0;
        std::vector<ir::PrintItem> items;
        std::vector<std::vector<std::byte>> values;
    };

    ir::RunReport run_slice(std::int64_t begin, std::int64_t count);
    std::int64_t slice_vms() const;
    ir::RunRequest slice_request(std::int64_t begin, std::int64_t count);
    void take_statuses(std::int64_t begin, std::int64_t count);
    void copy_states(std::int64_t begin, std::int64_t count);
    void restore_states(std::int64_t begin, std::int64_t vm, std::int64_t count);
    void hold(ir::StatementId statement, const std::vector<ir::PrintItem>& items);
    void give_prints();

    const ir::RunRequest& request_;
    Statuses& statuses_;
    bool resumable_;
    std::vector<ir::SlotId> states_;
    std::int64_t state_bytes_ = 0;         // of one VM
    std::vector<std::byte> state_copies_;  // of a slice: those of one slot after those of the other
    std::vector<ir::VmStatus> slice_statuses_;
    std::vector<HeldPrint> held_;
};

// Bytes that it allocates beyond the bound arrays and the statuses.
std::int64_t interpreter_working_bytes(const ir::Program& program, std::int64_t vms,
                                       bool resumable);

// Whether so many VMs, all of which need memory at the same time, are few enough for a run that may
// be thrown away. True of programs without collectives.
bool cheap_to_interpret_together(const ir::Program& program, std::int64_t vms);

}  // namespace dunlin::runtime
