// Runs over a batch, and what is read from it afterwards.
#include "runtime/batch.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "jit/choose.hpp"
#include "jit/describe.hpp"
#include "runtime/convert.hpp"

namespace dunlin {

int Batch::Implementation::threads() const {
    if (options.execution.threads > 0) return options.execution.threads;
    static const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return cores;
}

// Which kernel may run the VMs.
Failure Batch::Implementation::choose_kernel() {
    const ExecutionOptions& execution = options.execution;
    if (execution.device == Device::Interpreter) return {};
    const auto set = runtime::usable_set(execution.instructions);
    if (!set) return set.error();
    runtime::KernelChoice choice;
    choice.instruction_set = *set;
    jit::KernelOptions& kernel_options = choice.options;
    kernel_options.common.resize(code().slots.size());
    for (const auto& [name, value] : bound)
        if (const Port& port = *program.port(name); port.kind == PortKind::Input)
            kernel_options.common[slot_of(port)] = !value.per_vm;
    const jit::LaneChoice lanes = jit::choose_lanes(code(), kernel_options.common, vm_count);
    kernel_options.elements = execution.lanes == Lanes::Auto
                                  ? lanes.elements && execution.width == 0
                                  : execution.lanes == Lanes::Element;
    kernel_options.width = execution.width != 0 ? execution.width : lanes.width;
    kernel_options.fuel = options.fuel.has_value();
    kernel_options.prints = options.print != nullptr && chosen_print_vm() >= 0;
    kernel_options.counts = options.counts;
    kernel_options.may_refill = vm_count > kernel_options.width;
    pending = &program.implementation_->kernels.of(code(), choice);
    return {};
}

// Device::Cpu waits for its kernel; Device::Auto takes it when it is there already.
Failure Batch::Implementation::finish_kernel() {
    if (pending == nullptr) return {};
    if (options.execution.device == Device::Cpu) pending->wait(options.stop);
    kernel = pending->kernel();
    if (kernel != nullptr || options.execution.device == Device::Auto) return {};
    if (auto failure = pending->failure())
        return Error{"kernel", "the kernel could not be compiled: " + why(*failure), ""};
    return Error{"interrupted", "interrupted while the kernel was being compiled", ""};
}

// In words, with the place in the program if that is known.
std::string Batch::Implementation::why(const jit::KernelFailure& failure) const {
    std::string place;
    if (failure.statement) {
        const SourceRange range = runtime::range_of(code(), *failure.statement);
        place = range.file + ":" + std::to_string(range.line) + ": ";
    }
    return place + failure.log;
}

Failure Batch::Implementation::prepare(std::optional<std::int64_t> chunk_vms) {
    if (prepared) return {};
    if (auto error = decide_vms()) return error;
    if (auto error = check_request()) return error;
    if (auto error = check_inputs()) return error;
    if (auto error = choose_kernel()) return error;
    work = runtime::work_of(code());
    room = whole.vms;
    if (chunk_vms) room = *chunk_vms == 0 ? suitable_room() : std::min(*chunk_vms, whole.vms);
    if (room < whole.vms && code().has_collectives())
        return Error{"bad_request", "a program with collectives cannot be run in chunks", ""};
    piece = {whole.first_vm, room};
    if (auto error = check_memory()) return error;
    if (auto error = finish_kernel()) return error;
    if (kernel != nullptr)
        if (auto error = check_memory()) return error;
    if (auto error = allocate()) return error;
    if (auto error = attach_inputs()) return error;
    prepared = true;
    return {};
}

// Turns of the piece at hand; `vm_turns_after` are known to follow. Adds to the report.
void Batch::Implementation::run_turns(std::int64_t steps, std::int64_t vm_turns_after,
                                      RunReport& report, runtime::Progress& progress) {
    // To watch a turn costs more than a turn that is shorter takes.
    constexpr double kWorthWatching = 5e-3;
    const auto begin = std::chrono::steady_clock::now();
    double until_now = 0;
    bool watch = true;
    for (std::int64_t step = 0; step < steps && !report.interrupted; ++step) {
        runtime::Ahead ahead;
        ahead.vm_turns = (steps - 1 - step) * piece.vms + vm_turns_after;
        if (progress.wanted() && watch)
            ahead.progress = [&](std::int64_t finished) {
                progress.show(step * piece.vms + finished);
            };
        const runtime::Turn turn = run_turn(ahead);
        progress.show((step + 1) * piece.vms);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        watch = elapsed.count() - until_now > kWorthWatching;
        until_now = elapsed.count();
        report.interrupted = turn.interrupted;
        report.vms_finished = turn.finished;
        report.vms_interpreted += turn.interpreted;
        report.vms_in_kernel += turn.finished - turn.interpreted;
        report.instructions += turn.instructions;
        kernel_threads = std::max(kernel_threads, turn.threads);
        report.loop_turns += turn.loop_turns;
        report.lane_work += turn.lane_work;
        report.lane_work_offered += turn.lane_work_offered;
        report.waiting += turn.waiting;
        report.bytes_moved += moved_bytes();
        if (!turn.interrupted) ++report.steps;
    }
    report.seconds += until_now;
}

// What a turn of the piece reads and writes of the host's arrays.
std::int64_t Batch::Implementation::moved_bytes() const {
    std::int64_t bytes = 0;
    for (const Port& port : program.ports()) {
        const ir::Slot& slot = code().slots[slot_of(port)];
        const bool common = port.kind == PortKind::Shared ||
                            (port.kind == PortKind::Input && bindings[slot_of(port)].stride == 0);
        const int times = port.kind == PortKind::State ? 2 : 1;
        bytes += ir::byte_count(slot.type) * times * (common ? 1 : piece.vms);
    }
    return bytes;
}

// What the report says of the kernel.
void Batch::Implementation::complete(RunReport& report) const {
    if (pending == nullptr) return;
    if (auto failure = pending->failure())
        report.note = "the kernel could not be compiled: " + why(*failure);
    if (report.vms_in_kernel == 0 || kernel == nullptr) return;
    KernelFacts facts;
    facts.width = kernel->source.width;
    facts.threads = kernel_threads;
    facts.instructions = runtime::to_public(kernel->instruction_set);
    facts.lanes = kernel->source.elements ? Lanes::Element : Lanes::Vm;
    facts.refills = kernel->source.refills;
    facts.cached = kernel->cached;
    facts.emission = pending->emission();
    facts.opening = kernel->times.opening;
    facts.front_end = kernel->times.front_end;
    facts.optimisation = kernel->times.optimisation;
    facts.code_generation = kernel->times.code_generation;
    facts.loading = kernel->loading;
    if (options.counts) facts.segments = jit::describe_segments(code(), pending->choice().options);
    report.kernel = facts;
}

std::vector<runtime::FaultCount> Batch::Implementation::fault_counts() const {
    std::vector<runtime::FaultCount> counts = statuses.faults();
    for (runtime::FaultCount& count : counts) count.first_vm += piece.first_vm;
    return counts;
}

std::vector<FaultGroup> Batch::Implementation::to_groups(
    const std::vector<runtime::FaultCount>& counts) const {
    std::vector<FaultGroup> groups;
    for (const runtime::FaultCount& count : counts)
        groups.push_back({std::string(ir::name_of(count.status.fault)), text_of(count.status),
                          runtime::range_of(code(), count.status.statement), count.vms,
                          count.first_vm});
    std::stable_sort(groups.begin(), groups.end(),
                     [](const FaultGroup& a, const FaultGroup& b) { return a.vms > b.vms; });
    return groups;
}

// ---- The public face

Batch::Batch(const Program& program, BatchOptions options)
    : implementation_(std::make_unique<Implementation>(program, std::move(options))) {}
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
Batch::~Batch() = default;

Failure Batch::bind(std::string_view name, const Array& array) {
    auto port = implementation_->bindable(name);
    if (!port) return port.error();
    return implementation_->bind(**port, array);
}

Failure Batch::set(std::string_view name, std::string_view literal) {
    return implementation_->set(name, literal);
}

Failure Batch::prepare() {
    return implementation_->prepare(std::nullopt);
}

Result<RunReport> Batch::run(std::int64_t steps) {
    if (auto error = prepare()) return *error;
    Implementation& batch = *implementation_;
    RunReport report;
    runtime::Progress progress(batch.options, steps * batch.piece.vms);
    batch.run_turns(steps, 0, report, progress);
    batch.complete(report);
    return report;
}

std::int64_t Batch::vms() const {
    return implementation_->prepared ? implementation_->piece.vms : 0;
}
std::int64_t Batch::first_vm() const {
    return implementation_->piece.first_vm;
}
std::int64_t Batch::memory_bytes() const {
    return implementation_->memory_bytes;
}
std::int64_t Batch::vm_memory_bytes() const {
    return implementation_->vm_memory_bytes;
}

Result<Array> Batch::read(std::string_view name) const {
    const Implementation& batch = *implementation_;
    const Port* port = batch.program.port(name);
    if (!port || (port->kind != PortKind::Output && port->kind != PortKind::State))
        return runtime::unknown_port(batch.program, name, "output",
                                     {PortKind::Output, PortKind::State});
    if (!batch.prepared) return Error{"bad_request", "the batch has not been run", ""};
    Shape shape = port->type.shape;
    shape.insert(shape.begin(), batch.piece.vms);
    return Array::over(port->type.dtype, batch.bindings[batch.slot_of(*port)].data,
                       std::move(shape));
}

VmStatus Batch::status(std::int64_t vm) const {
    const ir::VmStatus status = implementation_->statuses.of(vm);
    if (status.outcome != ir::Outcome::Faulted)
        return {static_cast<Outcome>(status.outcome), "", "", {}};
    return {Outcome::Faulted, std::string(ir::name_of(status.fault)),
            implementation_->text_of(status),
            runtime::range_of(implementation_->code(), status.statement)};
}

std::int64_t Batch::faulted() const {
    return implementation_->statuses.faulted();
}

std::vector<FaultGroup> Batch::faults() const {
    return implementation_->to_groups(implementation_->fault_counts());
}

bool VmStatus::operator==(const VmStatus& other) const {
    return outcome == other.outcome && fault == other.fault && message == other.message &&
           range.file == other.range.file && range.line == other.range.line &&
           range.column == other.range.column;
}

std::string_view name_of(Lanes lanes) {
    constexpr std::string_view kNames[] = {"auto", "vm", "element"};
    return kNames[static_cast<int>(lanes)];
}

std::string_view name_of(InstructionSet instructions) {
    constexpr std::string_view kNames[] = {"native", "baseline", "avx2", "avx512"};
    return kNames[static_cast<int>(instructions)];
}

}  // namespace dunlin
