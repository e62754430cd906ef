#include "runtime/device_interpreter.hpp"

#include <algorithm>
#include <cstring>

namespace dunlin::runtime {

namespace {

// VMs are interpreted in slices, so that what is needed for each of them is small.
constexpr std::int64_t kSliceVms = 4096;
constexpr std::int64_t kStateCopyBytes = std::int64_t{1} << 20;

std::int64_t state_bytes_of(const ir::Program& program) {
    std::int64_t bytes = 0;
    for (const ir::Slot& slot : program.slots)
        if (slot.storage == ir::Storage::State) bytes += ir::byte_count(slot.type);
    return bytes;
}

}  // namespace

InterpreterRun::InterpreterRun(const ir::RunRequest& request, Statuses& statuses, bool resumable)
    : request_(request),
      statuses_(statuses),
      resumable_(resumable),
      state_bytes_(state_bytes_of(*request.program)) {
    const ir::Program& program = *request.program;
    for (ir::SlotId id = 0; id < program.slots.size(); ++id)
        if (program.slots[id].storage == ir::Storage::State) states_.push_back(id);
}

std::int64_t InterpreterRun::slice_vms() const {
    if (request_.program->has_collectives()) return request_.vms;
    if (!resumable_ || state_bytes_ == 0) return kSliceVms;
    return std::clamp<std::int64_t>(kStateCopyBytes / state_bytes_, 1, kSliceVms);
}

ir::RunReport InterpreterRun::go() {
    ir::RunReport total;
    const std::int64_t slice = slice_vms();
    while (total.finished < request_.vms && !total.interrupted) {
        const std::int64_t count = std::min(slice, request_.vms - total.finished);
        const ir::RunReport report = run_slice(total.finished, count);
        total.finished += report.finished;
        total.turns += report.turns;
        total.instructions += report.instructions;
        total.interrupted = report.interrupted;
    }
    return total;
}

ir::RunReport InterpreterRun::run_slice(std::int64_t begin, std::int64_t count) {
    slice_statuses_.assign(static_cast<std::size_t>(count), {});
    for (std::int64_t k = 0; k < count; ++k)
        if (statuses_.faulted(begin + k))
            slice_statuses_[static_cast<std::size_t>(k)] = statuses_.of(begin + k);
    if (resumable_) copy_states(begin, count);
    const ir::RunRequest request = slice_request(begin, count);
    ir::RunReport report = ir::interpret(request);

    const bool together = request_.program->has_collectives();
    if (together && report.interrupted) report.finished = 0;
    take_statuses(begin, report.finished);
    const bool stopped = request_.stop != nullptr && request_.stop->load();
    if (report.interrupted && !stopped) {
        if (resumable_) restore_states(begin, report.finished, together ? count : 1);
        // Those of VMs that have ended are among them only when the print VM has ended.
        const std::int64_t printing = request_.print_vm - request_.first_vm - begin;
        if (printing < 0 || printing >= report.finished) held_.clear();
    }
    give_prints();
    return report;
}

ir::RunRequest InterpreterRun::slice_request(std::int64_t begin, std::int64_t count) {
    ir::RunRequest request = request_;
    request.first_vm += begin;
    request.vms = count;
    for (ir::Binding& binding : request.bindings)
        if (binding.data != nullptr) binding.data += begin * binding.stride;
    request.statuses = slice_statuses_.data();
    if (request_.progress)
        request.progress = [this, begin](std::int64_t finished) {
            request_.progress(begin + finished);
        };
    if (request_.print && resumable_)
        request.print = [this](ir::StatementId statement, const std::vector<ir::PrintItem>& items) {
            if (resumable_)
                hold(statement, items);
            else
                request_.print(statement, items);
        };
    return request;
}

void InterpreterRun::take_statuses(std::int64_t begin, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k)
        statuses_.set(begin + k, slice_statuses_[static_cast<std::size_t>(k)]);
}

void InterpreterRun::copy_states(std::int64_t begin, std::int64_t count) {
    state_copies_.resize(static_cast<std::size_t>(state_bytes_ * count));
    std::byte* next = state_copies_.data();
    for (ir::SlotId slot : states_) {
        const ir::Binding& place = request_.bindings[slot];
        const std::int64_t bytes = place.stride * count;
        if (bytes > 0)
            std::memcpy(next, place.data + begin * place.stride, static_cast<std::size_t>(bytes));
        next += bytes;
    }
}

// Of `count` VMs of the slice that was copied last, from its VM `vm` on.
void InterpreterRun::restore_states(std::int64_t begin, std::int64_t vm, std::int64_t count) {
    const auto copied = static_cast<std::int64_t>(slice_statuses_.size());
    const std::byte* next = state_copies_.data();
    for (ir::SlotId slot : states_) {
        const ir::Binding& place = request_.bindings[slot];
        const std::int64_t bytes = place.stride * count;
        if (bytes > 0)
            std::memcpy(place.data + (begin + vm) * place.stride, next + vm * place.stride,
                        static_cast<std::size_t>(bytes));
        next += place.stride * copied;
    }
}

void InterpreterRun::hold(ir::StatementId statement, const std::vector<ir::PrintItem>& items) {
    HeldPrint print{statement, items, {}};
    for (ir::PrintItem& item : print.items) {
        if (item.data == nullptr) continue;
        print.values.emplace_back(item.data, item.data + ir::byte_count(item.type));
        item.data = print.values.back().data();
    }
    held_.push_back(std::move(print));
}

void InterpreterRun::give_prints() {
    for (const HeldPrint& print : held_) request_.print(print.statement, print.items);
    held_.clear();
}

void InterpreterRun::will_not_be_resumed() {
    if (!resumable_) return;
    resumable_ = false;
    give_prints();
}

std::int64_t interpreter_working_bytes(const ir::Program& program, std::int64_t vms,
                                       bool resumable) {
    const std::int64_t slice = program.has_collectives() ? vms : std::min(vms, kSliceVms);
    std::int64_t bytes = ir::working_bytes(program, vms);
    bytes += slice * static_cast<std::int64_t>(sizeof(ir::VmStatus));
    if (resumable && program.has_collectives()) bytes += slice * state_bytes_of(program);
    if (resumable && !program.has_collectives())
        bytes += std::max(state_bytes_of(program),
                          std::min(kStateCopyBytes, slice * state_bytes_of(program)));
    return bytes;
}

bool cheap_to_interpret_together(const ir::Program& program, std::int64_t vms) {
    constexpr std::int64_t kMostBytes = std::int64_t{32} << 20;
    if (!program.has_collectives()) return true;
    return program.vm_bytes + state_bytes_of(program) + 1 <= kMostBytes / vms;
}

}  // namespace dunlin::runtime
