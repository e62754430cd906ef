#include "ir/straighten.hpp"

#include <iterator>

namespace dunlin::ir {

namespace {

using Kind = Terminator::Kind;

bool only_jumps(const Routine& routine) {
    return routine.instructions.empty() && routine.terminator.kind == Kind::Jump;
}

// For each routine, where one arrives who enters it and passes all routines that only jump on, free
// of fuel.
std::vector<RoutineId> final_targets(const Program& program) {
    enum class Mark : std::uint8_t { Unseen, OnPath, Done };
    std::vector<RoutineId> finals(program.routines.size());
    std::vector<Mark> marks(program.routines.size(), Mark::Unseen);
    for (RoutineId start = 0; start < finals.size(); ++start) {
        std::vector<RoutineId> path;
        RoutineId at = start;
        while (marks[at] == Mark::Unseen) {
            marks[at] = Mark::OnPath;
            path.push_back(at);
            const Routine& routine = program.routines[at];
            if (!only_jumps(routine) || routine.terminator.back_edge) break;
            at = routine.terminator.target;
        }
        RoutineId final =
            marks[at] == Mark::Done ? finals[at] : at;  // a circle ends where it closes
        for (RoutineId id : path) {
            finals[id] = final;
            marks[id] = Mark::Done;
        }
    }
    return finals;
}

void thread_jumps(Program& program) {
    std::vector<RoutineId> finals = final_targets(program);
    for (Routine& routine : program.routines) {
        Terminator& terminator = routine.terminator;
        if (terminator.kind == Kind::Halt || terminator.kind == Kind::End) continue;
        terminator.target = finals[terminator.target];
        if (terminator.kind == Kind::Branch) terminator.otherwise = finals[terminator.otherwise];
        // One back-edge may be taken over by the jump that leads to it.
        const Routine& next = program.routines[terminator.target];
        bool takes_over = terminator.kind == Kind::Jump && !terminator.back_edge &&
                          &next != &routine && only_jumps(next) && next.terminator.back_edge;
        if (!takes_over) continue;
        terminator = Terminator(next.terminator);
        terminator.target = finals[terminator.target];
    }
}

bool drop_pointless_branches(Program& program) {
    bool dropped = false;
    for (Routine& routine : program.routines) {
        Terminator& terminator = routine.terminator;
        if (terminator.kind != Kind::Branch || terminator.target != terminator.otherwise) continue;
        Terminator jump;
        jump.kind = Kind::Jump;
        jump.target = terminator.target;
        jump.statement = terminator.statement;
        terminator = jump;
        dropped = true;
    }
    return dropped;
}

std::vector<bool> reachable_routines(const Program& program) {
    std::vector<bool> reached(program.routines.size());
    std::vector<RoutineId> pending{0};
    reached[0] = true;
    while (!pending.empty()) {
        RoutineId id = pending.back();
        pending.pop_back();
        for (RoutineId next : successors(program.routines[id].terminator)) {
            if (reached[next]) continue;
            reached[next] = true;
            pending.push_back(next);
        }
    }
    return reached;
}

// Keeps the routines that are marked, in their order.
void keep_routines(Program& program, const std::vector<bool>& kept) {
    std::vector<RoutineId> renumbered(program.routines.size());
    std::vector<Routine> routines;
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        if (!kept[id]) continue;
        renumbered[id] = static_cast<RoutineId>(routines.size());
        routines.push_back(std::move(program.routines[id]));
    }
    for (Routine& routine : routines) {
        Terminator& terminator = routine.terminator;
        if (terminator.kind == Kind::Halt || terminator.kind == Kind::End) continue;
        terminator.target = renumbered[terminator.target];
        if (terminator.kind == Kind::Branch)
            terminator.otherwise = renumbered[terminator.otherwise];
    }
    program.routines = std::move(routines);
}

void drop_unreachable(Program& program) {
    std::vector<bool> kept = reachable_routines(program);
    for (RoutineId id = 0; id < program.routines.size(); ++id)
        if (program.routines[id].terminator.kind == Kind::End && !kept[id]) {
            program.routines[id].instructions.clear();
            kept[id] = true;
        }
    keep_routines(program, kept);
}

void join_straight_lines(Program& program) {
    std::size_t count = program.routines.size();
    std::vector<std::uint32_t> predecessors(count);
    predecessors[0] = 1;  // the program's start
    for (const Routine& routine : program.routines)
        for (RoutineId next : successors(routine.terminator)) ++predecessors[next];
    auto joins_next = [&](const Routine& routine) {
        const Terminator& terminator = routine.terminator;
        return terminator.kind == Kind::Jump && !terminator.back_edge &&
               predecessors[terminator.target] == 1;
    };
    std::vector<bool> joined(count);
    for (const Routine& routine : program.routines)
        if (joins_next(routine)) joined[routine.terminator.target] = true;
    std::vector<bool> kept(count);
    for (RoutineId id = 0; id < count; ++id) {
        if (joined[id]) continue;  // moved when the first of its line is met
        kept[id] = true;
        Routine& head = program.routines[id];
        while (joins_next(head)) {
            Routine tail = std::move(program.routines[head.terminator.target]);
            head.instructions.insert(head.instructions.end(),
                                     std::make_move_iterator(tail.instructions.begin()),
                                     std::make_move_iterator(tail.instructions.end()));
            head.terminator = std::move(tail.terminator);
        }
    }
    keep_routines(program, kept);
}

}  // namespace

bool straighten(Program& program) {
    bool dropped = false;
    thread_jumps(program);
    while (drop_pointless_branches(program)) {
        dropped = true;
        thread_jumps(program);
    }
    drop_unreachable(program);
    join_straight_lines(program);
    return dropped;
}

}  // namespace dunlin::ir
