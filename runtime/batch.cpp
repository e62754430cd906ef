// Runs over a batch, and what is read from it afterwards.
#include "runtime/batch.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "runtime/convert.hpp"
#include "runtime/device_cpu.hpp"

namespace dunlin {

using runtime::quoted;

std::int64_t Batch::Implementation::chosen_print_vm() const {
    return options.print_vm.value_or(vm_count == 1 ? 0 : -1);
}

PrintedLine Batch::Implementation::printed(ir::StatementId statement,
                                           const std::vector<ir::PrintItem>& items,
                                           std::int64_t vm) const {
    SourceRange range = runtime::range_of(code(), statement);
    PrintedLine line{range.file, range.line, vm, ""};
    for (std::size_t k = 0; k < items.size(); ++k) {
        const ir::PrintItem& item = items[k];
        if (k > 0) line.text += ' ';
        if (item.text)
            line.text += *item.text;
        else
            line.text += format(
                Array::over(runtime::to_public(item.type.dtype), item.data, item.type.shape));
    }
    return line;
}

int Batch::Implementation::threads() const {
    if (options.execution.threads > 0) return options.execution.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Failure Batch::Implementation::build_kernel() {
    const ExecutionOptions& execution = options.execution;
    if (execution.device != Device::Cpu) return {};
    jit::KernelOptions kernel_options;
    kernel_options.width = execution.width != 0 ? execution.width : 16;
    kernel_options.common.resize(code().slots.size());
    for (ir::SlotId id = 0; id < code().slots.size(); ++id)
        kernel_options.common[id] = code().slots[id].storage == ir::Storage::Input &&
                                    bindings[id].stride == 0;
    kernel_options.fuel = options.fuel.has_value();
    kernel_options.prints = options.print != nullptr;
    kernel_options.may_refill = piece.vms > kernel_options.width;
    const jit::InstructionSet best = jit::instruction_set_of_this_cpu();
    jit::InstructionSet instructions = best;
    if (execution.instructions == InstructionSet::Baseline)
        instructions = jit::InstructionSet::Baseline;
    if (execution.instructions == InstructionSet::Avx2) instructions = jit::InstructionSet::Avx2;
    if (execution.instructions == InstructionSet::Avx512)
        instructions = jit::InstructionSet::Avx512;
    if (instructions > best)
        return Error{"bad_request", "this processor has no such instructions", ""};
    auto built =
        jit::build_kernel(jit::emit_kernel(code(), kernel_options), instructions);
    if (auto* failure = std::get_if<jit::KernelFailure>(&built))
        return Error{"kernel", "the kernel could not be compiled: " + failure->log, ""};
    kernel = std::get<std::shared_ptr<const jit::Kernel>>(built);
    return {};
}

ir::RunRequest Batch::Implementation::request() {
    ir::RunRequest request;
    request.program = &code();
    request.bindings = bindings;
    request.first_vm = piece.first_vm;
    request.vms = piece.vms;
    request.vm_count = vm_count;
    request.seed = options.seed;
    if (options.fuel) request.fuel = *options.fuel;
    request.first_turn = first_turn;
    request.statuses = statuses.data();
    request.stop = options.stop;
    if (options.print) {
        request.print_vm = chosen_print_vm();
        request.print = [this](ir::StatementId statement, const std::vector<ir::PrintItem>& items) {
            options.print(printed(statement, items, chosen_print_vm()));
        };
    }
    return request;
}

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

Failure Batch::set(std::string_view name, std::string_view text) {
    auto port = implementation_->bindable(name);
    if (!port) return port.error();
    auto bad = [&](const std::string& why) {
        return Error{"bad_literal", quoted(name) + ": " + why, ""};
    };
    auto literal = frontend::parse_literal(std::string(text));
    if (auto* message = std::get_if<std::string>(&literal)) return bad(*message);
    const auto& value = std::get<frontend::LiteralValue>(literal);
    ir::Type wanted = runtime::to_ir((*port)->type);
    // With one axis more than the port, the leading axis is the VM axis, as for arrays.
    bool per_vm =
        (*port)->kind == PortKind::Input && value.constant.type.rank() == wanted.rank() + 1;
    if (per_vm) wanted.shape.insert(wanted.shape.begin(), value.constant.type.shape[0]);
    auto fitted = frontend::fit_literal(value, wanted);
    if (auto* message = std::get_if<std::string>(&fitted)) return bad(*message);
    auto constant = std::make_shared<ir::Constant>(std::get<ir::Constant>(std::move(fitted)));
    return implementation_->bind(**port, runtime::to_array(std::move(constant)));
}

Failure Batch::prepare() {
    Implementation& batch = *implementation_;
    if (batch.prepared) return {};
    if (auto error = batch.decide_vms()) return error;
    if (auto error = batch.check_request()) return error;
    if (auto error = batch.check_inputs()) return error;
    if (auto error = batch.check_memory()) return error;
    if (auto error = batch.allocate()) return error;
    if (auto error = batch.attach_inputs()) return error;
    if (auto error = batch.build_kernel()) return error;
    batch.prepared = true;
    return {};
}

Result<RunReport> Batch::run(std::int64_t steps) {
    if (auto error = prepare()) return *error;
    Implementation& batch = *implementation_;
    auto begin = std::chrono::steady_clock::now();
    RunReport report;
    while (report.steps < steps && !report.interrupted) {
        report.vms_finished = 0;
        ir::RunRequest request = batch.request();
        request.progress = [&](std::int64_t finished) {
            report.vms_finished = finished;
            if (batch.options.progress) batch.options.progress(finished, batch.piece.vms);
        };
        ir::RunReport turn = batch.kernel != nullptr
                                 ? runtime::run_on_cpu(*batch.kernel, request, batch.threads())
                                 : ir::interpret(request);
        batch.first_turn = false;
        report.loop_turns += turn.turns;
        report.instructions += turn.instructions;
        report.interrupted = turn.interrupted;
        if (turn.interrupted) break;
        report.vms_finished = batch.piece.vms;
        ++report.steps;
    }
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return report;
}

std::int64_t Batch::vms() const {
    return implementation_->prepared ? implementation_->piece.vms : 0;
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
    const ir::VmStatus& status = implementation_->statuses[static_cast<std::size_t>(vm)];
    if (status.outcome != ir::Outcome::Faulted)
        return {static_cast<Outcome>(status.outcome), "", "", {}};
    return {Outcome::Faulted, std::string(ir::name_of(status.fault)),
            implementation_->text_of(status),
            runtime::range_of(implementation_->code(), status.statement)};
}

std::int64_t Batch::faulted() const {
    const auto& statuses = implementation_->statuses;
    return std::count_if(statuses.begin(), statuses.end(), [](const ir::VmStatus& status) {
        return status.outcome == ir::Outcome::Faulted;
    });
}

std::vector<FaultGroup> Batch::faults() const {
    const Implementation& batch = *implementation_;
    using Key = std::tuple<ir::Fault, ir::StatementId, std::int32_t>;
    std::map<Key, std::size_t> known;
    std::vector<FaultGroup> groups;
    for (std::int64_t vm = 0; vm < static_cast<std::int64_t>(batch.statuses.size()); ++vm) {
        const ir::VmStatus& status = batch.statuses[static_cast<std::size_t>(vm)];
        if (status.outcome != ir::Outcome::Faulted) continue;
        auto [place, added] =
            known.try_emplace(Key{status.fault, status.statement, status.text}, groups.size());
        if (added) {
            groups.push_back({std::string(ir::name_of(status.fault)), batch.text_of(status),
                              runtime::range_of(batch.code(), status.statement), 0,
                              batch.piece.first_vm + vm});
        }
        ++groups[place->second].vms;
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const FaultGroup& a, const FaultGroup& b) { return a.vms > b.vms; });
    return groups;
}

bool VmStatus::operator==(const VmStatus& other) const {
    return outcome == other.outcome && fault == other.fault && message == other.message &&
           range.file == other.range.file && range.line == other.range.line &&
           range.column == other.range.column;
}

}  // namespace dunlin
