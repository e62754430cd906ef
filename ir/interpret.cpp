#include "ir/interpret.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

struct ReadyInstruction {
    std::unique_ptr<Action> action;
    const Instruction* instruction;
    std::int64_t work;
};

struct ReadyRoutine {
    std::vector<ReadyInstruction> instructions;
    std::unique_ptr<Collective> collective;
    const Terminator* terminator;
};

std::vector<ReadyRoutine> prepare_routines(const Program& program) {
    std::vector<ReadyRoutine> ready;
    for (const Routine& routine : program.routines) {
        ready.push_back({{}, nullptr, &routine.terminator});
        for (const Instruction& instruction : routine.instructions) {
            const Site site{program, instruction};
            ready.back().instructions.push_back(
                {prepare(site).action, &instruction, work_of(site)});
        }
        if (routine.terminator.kind == Terminator::Kind::Collective)
            ready.back().collective = prepare({program, routine.terminator.collective}).collective;
    }
    return ready;
}

// Where the slots lie. VM memory begins at `memory`, one block of `block` bytes a VM (0 when they
// share one).
std::vector<Binding> place_slots(const RunRequest& request, std::byte* memory, std::int64_t block) {
    const Program& program = *request.program;
    std::vector<Binding> places(program.slots.size());
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const Slot& slot = program.slots[id];
        switch (slot.storage) {
            case Storage::Local:
                if (slot.offset >= 0) places[id] = {memory + slot.offset, block};
                break;
            case Storage::Constant:
                // Never written: a verified program has no constant slot as a result.
                places[id].data =
                    const_cast<std::byte*>(program.constants[slot.constant].bytes.data());
                break;
            case Storage::Input:
            case Storage::Shared:
            case Storage::State:
            case Storage::Output: places[id] = request.bindings[id]; break;
        }
    }
    // An empty array may lie nowhere; it still needs an address that offsets can be added to.
    static std::byte nothing;
    for (Binding& place : places)
        if (place.data == nullptr) place.data = &nothing;
    return places;
}

std::vector<SlotId> slots_in(const Program& program, Storage storage) {
    std::vector<SlotId> slots;
    for (SlotId id = 0; id < program.slots.size(); ++id)
        if (program.slots[id].storage == storage) slots.push_back(id);
    return slots;
}

// Looks at the stop flag, and reports progress when it is time to.
class Pacer {
  public:
    explicit Pacer(const RunRequest& request) : request_(request) {}

    // Cheap enough for every turn of a loop.
    bool should_stop() {
        if (request_.progress && ++calls_ % kCallsBetweenClocks == 0) look_at_clock();
        return is_set(request_.stop) || is_set(request_.pause);
    }
    std::int64_t ended() const { return ended_; }
    void vm_ended() {
        ++ended_;
        if (request_.progress) look_at_clock();
    }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::uint64_t kCallsBetweenClocks = 64;

    void look_at_clock() {
        const Clock::time_point now = Clock::now();
        if (now - reported_ < request_.progress_interval) return;
        reported_ = now;
        request_.progress(ended_);
    }

    const RunRequest& request_;
    std::uint64_t calls_ = 0;
    std::int64_t ended_ = 0;
    Clock::time_point reported_ = Clock::now();
};

// Where a VM is in its program.
struct Position {
    RoutineId routine = 0;
    std::uint64_t fuel = 0;
};

enum class Pause : std::uint8_t { Ended, AtCollective, Interrupted };

class Interpreter {
  public:
    explicit Interpreter(const RunRequest& request)
        : request_(request),
          program_(*request.program),
          together_(program_.has_collectives()),
          routines_(prepare_routines(program_)),
          memory_(static_cast<std::size_t>(program_.vm_bytes * (together_ ? request.vms : 1))),
          slots_(place_slots(request, memory_.data(), together_ ? program_.vm_bytes : 0)),
          outputs_(slots_in(program_, Storage::Output)),
          states_(slots_in(program_, Storage::State)),
          pacer_(request) {
        for (SlotId id = 0; id < slots_.size(); ++id) {
            places_.push_back(slots_[id].data);
            if (slots_[id].stride != 0) moving_slots_.push_back(id);
        }
        frame_.places = places_.data();
        frame_.vm_count = request.vm_count;
        frame_.seed = request.seed;
        frame_.first_turn = request.first_turn;
        frame_.stop = request.stop;
        frame_.pause = request.pause;
    }

    RunReport run() {
        if (together_) {
            run_together();
        } else {
            run_one_by_one();
        }
        report_.finished = pacer_.ended();
        return report_;
    }

  private:
    void run_one_by_one();
    void run_together();
    void run_collective(Batch& batch, std::vector<Position>& positions);

    bool begin(std::int64_t vm);
    void finish(std::int64_t vm);
    Pause advance(std::int64_t vm, Position& position);
    bool run_instructions(const ReadyRoutine& routine, VmStatus& status);
    void enter(std::int64_t vm);
    static void fault(VmStatus& status, Fault fault, const Instruction& instruction);

    const RunRequest& request_;
    const Program& program_;
    bool together_;
    std::vector<ReadyRoutine> routines_;
    std::vector<std::byte> memory_;
    std::vector<Binding> slots_;
    std::vector<SlotId> outputs_;
    std::vector<SlotId> states_;
    std::vector<SlotId> moving_slots_;  // those that do not lie at one place for all VMs
    std::vector<std::byte*> places_;    // of the VM that runs now
    Frame frame_;
    Pacer pacer_;
    std::int64_t work_ = 0;  // elements since the last poll
    RunReport report_;
};

// A fresh turn for a VM, unless it has faulted before.
bool Interpreter::begin(std::int64_t vm) {
    VmStatus& status = request_.statuses[vm];
    if (status.outcome == Outcome::Faulted) {
        pacer_.vm_ended();
        return false;
    }
    status = VmStatus{};
    for (SlotId slot : outputs_) {
        const Binding& place = slots_[slot];
        std::fill_n(place.data + vm * place.stride, byte_count(program_.type_of(slot)),
                    std::byte{0});
    }
    return true;
}

// What leaves a VM holds no NaN but the canonical one.
void Interpreter::finish(std::int64_t vm) {
    for (const auto* slots : {&outputs_, &states_})
        for (SlotId slot : *slots)
            make_canonical(program_.type_of(slot), slots_[slot].data + vm * slots_[slot].stride);
    pacer_.vm_ended();
}

void Interpreter::fault(VmStatus& status, Fault fault, const Instruction& instruction) {
    const bool required = instruction.op == Op::Require;
    status = {Outcome::Faulted, fault, instruction.statement,
              required ? static_cast<std::int32_t>(instruction.attributes[1]) : -1};
}

void Interpreter::enter(std::int64_t vm) {
    for (SlotId slot : moving_slots_) places_[slot] = slots_[slot].data + vm * slots_[slot].stride;
    frame_.vm = request_.first_vm + vm;
    frame_.print = frame_.vm == request_.print_vm ? &request_.print : nullptr;
}

// False when the VM has faulted or the run is to stop.
bool Interpreter::run_instructions(const ReadyRoutine& routine, VmStatus& status) {
    for (const ReadyInstruction& ready : routine.instructions) {
        ++report_.instructions;
        const Fault result = ready.action->run(frame_);
        if (result != Fault::None) {
            fault(status, result, *ready.instruction);
            return false;
        }
        work_ += ready.work;
        if (work_ > kWorkBetweenPolls) {
            work_ = 0;
            if (pacer_.should_stop()) {
                report_.interrupted = true;
                return false;
            }
        }
    }
    return true;
}

// Runs a VM from its position to its end or to the next collective.
Pause Interpreter::advance(std::int64_t vm, Position& position) {
    enter(vm);
    VmStatus& status = request_.statuses[vm];
    while (true) {
        const ReadyRoutine& routine = routines_[position.routine];
        if (!run_instructions(routine, status))
            return report_.interrupted ? Pause::Interrupted : Pause::Ended;
        const Terminator& terminator = *routine.terminator;
        switch (terminator.kind) {
            case Terminator::Kind::Jump:
                if (terminator.back_edge) {
                    if (pacer_.should_stop()) {
                        report_.interrupted = true;
                        return Pause::Interrupted;
                    }
                    if (position.fuel == 0) {
                        status = {Outcome::Faulted, Fault::FuelExhausted, terminator.statement, -1};
                        return Pause::Ended;
                    }
                    if (request_.fuel != ~std::uint64_t{0}) --position.fuel;
                    ++report_.turns;
                }
                position.routine = terminator.target;
                break;
            case Terminator::Kind::Branch:
                position.routine = load<bool>(places_[terminator.condition]) ? terminator.target
                                                                             : terminator.otherwise;
                break;
            case Terminator::Kind::Collective: return Pause::AtCollective;
            case Terminator::Kind::Halt:
                status = {Outcome::Halted, Fault::None, terminator.statement, -1};
                return Pause::Ended;
            case Terminator::Kind::End: return Pause::Ended;
        }
    }
}

void Interpreter::run_one_by_one() {
    for (std::int64_t vm = 0; vm < request_.vms; ++vm) {
        if (pacer_.should_stop()) {
            report_.interrupted = true;
            return;
        }
        if (!begin(vm)) continue;
        Position position{0, request_.fuel};
        if (advance(vm, position) == Pause::Interrupted) return;
        finish(vm);
    }
}

// In phases: every live VM runs up to its next collective, then that is done for all of them.
void Interpreter::run_together() {
    assert(request_.vms == request_.vm_count && request_.first_vm == 0);
    Batch batch{request_.vm_count, {}, {}, slots_};
    batch.live.resize(request_.vms);
    batch.faults.resize(request_.vms);
    for (std::int64_t vm = 0; vm < request_.vms; ++vm) batch.live[vm] = begin(vm) ? 1 : 0;
    std::vector<Position> positions(request_.vms, Position{0, request_.fuel});
    while (std::find(batch.live.begin(), batch.live.end(), 1) != batch.live.end()) {
        for (std::int64_t vm = 0; vm < request_.vms; ++vm) {
            if (!batch.live[vm]) continue;
            if (pacer_.should_stop()) report_.interrupted = true;
            if (report_.interrupted) return;
            const Pause pause = advance(vm, positions[vm]);
            if (pause == Pause::Interrupted) return;
            if (pause == Pause::AtCollective) continue;
            batch.live[vm] = 0;
            finish(vm);
        }
        run_collective(batch, positions);
    }
}

void Interpreter::run_collective(Batch& batch, std::vector<Position>& positions) {
    const auto first = std::find(batch.live.begin(), batch.live.end(), 1);
    if (first == batch.live.end()) return;
    const RoutineId meeting = positions[first - batch.live.begin()].routine;
    const ReadyRoutine& routine = routines_[meeting];
    routine.collective->run(batch);
    for (std::int64_t vm = 0; vm < batch.vm_count; ++vm) {
        if (!batch.live[vm]) continue;
        // The uniformity pass has seen to it that VMs that wait all wait for the same collective.
        assert(positions[vm].routine == meeting);
        ++report_.instructions;
        positions[vm].routine = routine.terminator->target;
        if (batch.faults[vm] == Fault::None) continue;
        fault(request_.statuses[vm], batch.faults[vm], routine.terminator->collective);
        batch.live[vm] = 0;
        finish(vm);
    }
}

// Bytes that the instruction's Action or Collective keeps for itself.
std::int64_t scratch_bytes(const Site& site, std::int64_t vms) {
    constexpr std::int64_t kSortedElement = 16;  // an element of up to 8 bytes, and its index
    constexpr std::int64_t kVmNumber = 8;
    const Op op = site.instruction.op;
    switch (info(op).form) {
        case Form::Order: return site.operand(0).shape[site.attribute(0)] * kSortedElement;
        case Form::Batch: return byte_count(site.operand(0)) * vms + byte_count(site.result());
        case Form::BatchPick: return byte_count(site.operand(0)) * vms;
        case Form::BatchSort:
            return (byte_count(site.operand(1)) + kSortedElement + kVmNumber) * vms;
        default: return 0;
    }
}

}  // namespace

RunReport interpret(const RunRequest& request) {
    return Interpreter(request).run();
}

std::int64_t working_bytes(const Program& program, std::int64_t vms) {
    const bool together = program.has_collectives();
    constexpr std::int64_t kBookkeeping =
        sizeof(Position) + sizeof(Fault) + 1;  // per VM that waits
    std::int64_t bytes = together ? (program.vm_bytes + kBookkeeping) * vms : program.vm_bytes;
    for (const Routine& routine : program.routines)
        for_each_instruction(routine, [&](const Instruction& instruction) {
            bytes += scratch_bytes({program, instruction}, vms);
        });
    return bytes;
}

}  // namespace dunlin::ir
