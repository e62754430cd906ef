#include <algorithm>
#include <cassert>

#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using ir::RoutineId;
using ir::SlotId;
using ir::StatementId;
using ir::Terminator;

Code::Code(ir::Program& program) : program_(program), pool_(program) {
    RoutineId entry = routine();
    reached_[entry] = true;
    open(entry);
}

SlotId Code::slot(const ir::Type& type, ir::Storage storage, const std::string& name) {
    program_.slots.push_back({type, storage, name, 0, -1});
    return static_cast<SlotId>(program_.slots.size() - 1);
}

std::int64_t Code::text(const std::string& text) {
    auto [entry, is_new] =
        texts_.try_emplace(text, static_cast<std::int64_t>(program_.texts.size()));
    if (is_new) program_.texts.push_back(text);
    return entry->second;
}

void Code::emit(ir::Op op, SlotId result, std::vector<SlotId> operands,
                std::vector<std::int64_t> attributes, StatementId statement) {
    if (!open_) return;
    program_.routines[*open_].instructions.push_back(
        {op, result, std::move(operands), std::move(attributes), statement});
    ++size_;
}

void Code::copy(SlotId from, SlotId to, StatementId statement) {
    if (from != to) emit(ir::Op::Copy, to, {from}, {}, statement);
}

RoutineId Code::routine() {
    program_.routines.emplace_back();
    reached_.push_back(false);
    return static_cast<RoutineId>(program_.routines.size() - 1);
}

void Code::open(RoutineId routine) {
    assert(!open_);
    if (abandoned_ || !reached_[routine]) return;
    open_ = routine;
    opened_.push_back(routine);
}

void Code::close(Terminator terminator) {
    if (!open_) return;
    for (RoutineId next : ir::successors(terminator)) reached_[next] = true;
    program_.routines[*open_].terminator = std::move(terminator);
    open_.reset();
    ++size_;
}

void Code::jump(RoutineId target, StatementId statement, bool back_edge) {
    Terminator terminator;
    terminator.kind = Terminator::Kind::Jump;
    terminator.target = target;
    terminator.back_edge = back_edge;
    terminator.statement = statement;
    close(std::move(terminator));
}

void Code::branch(SlotId condition, RoutineId target, RoutineId otherwise, StatementId statement) {
    Terminator terminator;
    terminator.kind = Terminator::Kind::Branch;
    terminator.condition = condition;
    terminator.target = target;
    terminator.otherwise = otherwise;
    terminator.statement = statement;
    close(std::move(terminator));
}

void Code::collective(ir::Op op, SlotId result, std::vector<SlotId> operands,
                      StatementId statement) {
    Terminator terminator;
    terminator.kind = Terminator::Kind::Collective;
    terminator.collective = {op, result, std::move(operands), {}, statement};
    terminator.target = routine();
    terminator.statement = statement;
    RoutineId next = terminator.target;
    close(std::move(terminator));
    open(next);
}

void Code::halt(StatementId statement) {
    Terminator terminator;
    terminator.kind = Terminator::Kind::Halt;
    terminator.statement = statement;
    close(std::move(terminator));
}

void Code::end(StatementId statement) {
    if (!open_) {  // every program has an end, also one that never comes to it
        RoutineId last = routine();
        open_ = last;
        opened_.push_back(last);
    }
    Terminator terminator;
    terminator.kind = Terminator::Kind::End;
    terminator.statement = statement;
    close(std::move(terminator));
}

void Code::abandon() {
    abandoned_ = true;
    open_.reset();
}

void Code::finish() {
    std::vector<RoutineId> number(program_.routines.size(), 0);
    std::vector<ir::Routine> routines;
    for (RoutineId id : opened_) {
        number[id] = static_cast<RoutineId>(routines.size());
        routines.push_back(std::move(program_.routines[id]));
    }
    for (ir::Routine& routine : routines) {
        routine.terminator.target = number[routine.terminator.target];
        routine.terminator.otherwise = number[routine.terminator.otherwise];
    }
    program_.routines = std::move(routines);
}

}  // namespace dunlin::frontend
