#include "ir/liveness.hpp"

#include <algorithm>

namespace dunlin::ir {

namespace {

bool is_seen_by_host(const Slot& slot) {
    return slot.storage == Storage::State || slot.storage == Storage::Output;
}

bool stops_the_vm(const Terminator& terminator) {
    return terminator.kind == Terminator::Kind::Halt || terminator.kind == Terminator::Kind::End;
}

// Where the host may look at states and outputs though the VM goes on.
bool may_stop_the_vm(const Terminator& terminator) {
    return terminator.back_edge || terminator.kind == Terminator::Kind::Collective;
}

}  // namespace

CrossingSlots::CrossingSlots(const Program& program) : column_of(program.slots.size(), kNone) {
    std::vector<RoutineId> home(program.slots.size());
    std::vector<char> is_met(program.slots.size());
    auto cross = [&](SlotId id) {
        if (column_of[id] != kNone) return;
        column_of[id] = static_cast<std::uint32_t>(slots.size());
        slots.push_back(id);
    };
    for (SlotId id = 0; id < program.slots.size(); ++id)
        if (is_seen_by_host(program.slots[id])) cross(id);
    for (RoutineId routine = 0; routine < program.routines.size(); ++routine) {
        // A slot that is read before it is written gets its value from elsewhere.
        auto meet = [&](SlotId id, bool written) {
            if (is_met[id] ? home[id] != routine : !written) cross(id);
            is_met[id] = true;
            home[id] = routine;
        };
        for_each_instruction(program.routines[routine], [&](const Instruction& instruction) {
            for (SlotId operand : instruction.operands) meet(operand, false);
            if (instruction.result != kNoSlot) meet(instruction.result, true);
        });
        const Terminator& terminator = program.routines[routine].terminator;
        if (terminator.kind == Terminator::Kind::Branch) meet(terminator.condition, false);
    }
}

Liveness::Liveness(const Program& program)
    : program_(program),
      crossing_(program),
      read_first_(program.routines.size(), crossing_.slots.size()),
      written_(program.routines.size(), crossing_.slots.size()),
      live_in_(program.routines.size(), crossing_.slots.size()),
      live_out_(program.routines.size(), crossing_.slots.size()),
      seen_by_host_(1, crossing_.slots.size()),
      live_now_(1, crossing_.slots.size()),
      live_inside_(program.slots.size()) {
    for (SlotId id = 0; id < program.slots.size(); ++id)
        if (is_seen_by_host(program.slots[id])) seen_by_host_.add(0, crossing_.column_of[id]);
    for (RoutineId routine = 0; routine < program.routines.size(); ++routine) find_effects(routine);
    solve();
}

// Adds the states and outputs to a row.
void Liveness::show_host(SlotSets& sets, std::size_t row) const {
    for (std::size_t word = 0; word < sets.words(); ++word)
        sets.row(row)[word] |= seen_by_host_.row(0)[word];
}

bool Liveness::is_live(SlotId slot) const {
    std::uint32_t column = crossing_.column_of[slot];
    return column == CrossingSlots::kNone ? live_inside_[slot] != 0 : live_now_.has(0, column);
}

void Liveness::set_live(SlotId slot, bool live) {
    std::uint32_t column = crossing_.column_of[slot];
    if (column == CrossingSlots::kNone)
        live_inside_[slot] = live;
    else if (live)
        live_now_.add(0, column);
    else
        live_now_.remove(0, column);
}

void Liveness::find_effects(RoutineId id) {
    const Routine& routine = program_.routines[id];
    auto read = [&](SlotId slot) {
        if (std::uint32_t column = crossing_.column_of[slot]; column != CrossingSlots::kNone)
            read_first_.add(id, column);
    };
    auto pass = [&](const Instruction& instruction) {
        std::uint32_t column = instruction.result == kNoSlot
                                   ? CrossingSlots::kNone
                                   : crossing_.column_of[instruction.result];
        if (column != CrossingSlots::kNone) {
            written_.add(id, column);
            read_first_.remove(id, column);
        }
        for (SlotId operand : instruction.operands) read(operand);
        if (may_fault(program_, instruction)) show_host(read_first_, id);
    };
    if (may_stop_the_vm(routine.terminator)) show_host(read_first_, id);
    if (routine.terminator.kind == Terminator::Kind::Collective) {
        pass(routine.terminator.collective);
        show_host(read_first_, id);
    }
    if (routine.terminator.kind == Terminator::Kind::Branch) read(routine.terminator.condition);
    for (std::size_t i = routine.instructions.size(); i-- > 0;) pass(routine.instructions[i]);
}

// Recomputes a routine's sets from those of its successors; true when its live-in set grew.
bool Liveness::update(RoutineId id) {
    const Terminator& terminator = program_.routines[id].terminator;
    std::uint64_t* out = live_out_.row(id);
    if (stops_the_vm(terminator)) show_host(live_out_, id);
    for (RoutineId next : successors(terminator))
        for (std::size_t word = 0; word < live_in_.words(); ++word)
            out[word] |= live_in_.row(next)[word];
    bool grew = false;
    std::uint64_t* in = live_in_.row(id);
    for (std::size_t word = 0; word < live_in_.words(); ++word) {
        std::uint64_t now = read_first_.row(id)[word] | (out[word] & ~written_.row(id)[word]);
        grew = grew || now != in[word];
        in[word] = now;
    }
    return grew;
}

void Liveness::solve() {
    std::size_t count = program_.routines.size();
    std::vector<std::vector<RoutineId>> predecessors(count);
    for (RoutineId id = 0; id < count; ++id)
        for (RoutineId next : successors(program_.routines[id].terminator))
            predecessors[next].push_back(id);
    std::vector<RoutineId> pending;
    std::vector<bool> is_pending(count, true);
    for (RoutineId id = 0; id < count; ++id) pending.push_back(id);  // the last first
    while (!pending.empty()) {
        RoutineId id = pending.back();
        pending.pop_back();
        is_pending[id] = false;
        if (!update(id)) continue;
        for (RoutineId before : predecessors[id]) {
            if (is_pending[before]) continue;
            is_pending[before] = true;
            pending.push_back(before);
        }
    }
}

void Liveness::walk_back(RoutineId id, const Counts& counts) {
    const Routine& routine = program_.routines[id];
    std::copy_n(live_out_.row(id), live_now_.words(), live_now_.row(0));
    auto pass = [&](const Instruction& instruction) {
        bool has_result = instruction.result != kNoSlot;
        if (!counts(instruction, has_result && is_live(instruction.result))) return;
        if (has_result) set_live(instruction.result, false);
        for (SlotId operand : instruction.operands) set_live(operand, true);
        if (may_fault(program_, instruction)) show_host(live_now_, 0);
    };
    if (may_stop_the_vm(routine.terminator)) show_host(live_now_, 0);
    if (routine.terminator.kind == Terminator::Kind::Collective) {
        pass(routine.terminator.collective);
        show_host(live_now_, 0);
    }
    if (routine.terminator.kind == Terminator::Kind::Branch)
        set_live(routine.terminator.condition, true);
    for (std::size_t i = routine.instructions.size(); i-- > 0;) pass(routine.instructions[i]);
}

}  // namespace dunlin::ir
