// A batch in chunks, one after the other in the same memory.
#include <algorithm>

#include "runtime/batch.hpp"

namespace dunlin {

struct Stream::Implementation {
    Implementation(const Program& program, BatchOptions options)
        : batch(program, std::move(options)) {}

    Batch batch;  // the chunk at hand
    std::vector<runtime::FaultCount> faults;
};

namespace {

// Adds what a chunk has to what the chunks before it had.
void add(std::vector<runtime::FaultCount>& faults, const std::vector<runtime::FaultCount>& others) {
    for (const runtime::FaultCount& other : others) {
        auto known = std::find_if(faults.begin(), faults.end(), [&](const auto& count) {
            return runtime::same(count.status, other.status);
        });
        if (known == faults.end())
            faults.push_back(other);
        else
            known->vms += other.vms;
    }
}

}  // namespace

Stream::Stream(const Program& program, BatchOptions options)
    : implementation_(std::make_unique<Implementation>(program, std::move(options))) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

Failure Stream::bind(std::string_view name, const Array& array) {
    return implementation_->batch.bind(name, array);
}

Failure Stream::set(std::string_view name, std::string_view literal) {
    return implementation_->batch.set(name, literal);
}

Failure Stream::prepare(std::int64_t chunk_vms) {
    if (chunk_vms < 0) return Error{"bad_request", "a chunk has at least one VM", ""};
    return implementation_->batch.implementation_->prepare(chunk_vms);
}

Result<RunReport> Stream::run(std::int64_t steps,
                              const std::function<Failure(const Batch& chunk)>& take) {
    if (auto error = prepare()) return *error;
    Batch::Implementation& batch = *implementation_->batch.implementation_;
    implementation_->faults.clear();
    const Piece whole = batch.whole;
    RunReport report;
    runtime::Progress progress(batch.options, whole.vms * steps);
    for (std::int64_t done = 0; done < whole.vms;) {
        const Piece piece{whole.first_vm + done, std::min(batch.room, whole.vms - done)};
        if (auto error = batch.move_to(piece)) return *error;
        report.steps = 0;
        batch.run_turns(steps, (whole.vms - done - piece.vms) * steps, report, progress);
        report.vms_finished += done;
        if (report.interrupted) break;
        progress.add(piece.vms * steps);
        add(implementation_->faults, batch.fault_counts());
        if (auto error = take(implementation_->batch)) return *error;
        done += piece.vms;
    }
    batch.complete(report);
    return report;
}

std::int64_t Stream::vms() const {
    const Batch::Implementation& batch = *implementation_->batch.implementation_;
    return batch.prepared ? batch.whole.vms : 0;
}
std::int64_t Stream::chunk_vms() const {
    return implementation_->batch.implementation_->room;
}
std::int64_t Stream::memory_bytes() const {
    return implementation_->batch.memory_bytes();
}
std::int64_t Stream::vm_memory_bytes() const {
    return implementation_->batch.vm_memory_bytes();
}

std::int64_t Stream::faulted() const {
    std::int64_t vms = 0;
    for (const runtime::FaultCount& count : implementation_->faults) vms += count.vms;
    return vms;
}

std::vector<FaultGroup> Stream::faults() const {
    return implementation_->batch.implementation_->to_groups(implementation_->faults);
}

}  // namespace dunlin
