#include "ir/uniform.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>

#include "ir/liveness.hpp"
#include "ir/meeting_points.hpp"

namespace dunlin::ir {

namespace {

// Follows the values that vary along the ways of the program until nothing new is found: sets only
// grow.
class Analysis {
  public:
    explicit Analysis(const Program& program)
        : program_(program),
          meeting_(meeting_points(program)),
          crossing_(program),
          varying_in_(program.routines.size(), crossing_.slots.size()),
          varying_(1, crossing_.slots.size()),
          varying_inside_(program.slots.size()),
          is_reached_(program.routines.size()),
          is_pending_(program.routines.size()) {
        report_.routines.resize(program.routines.size());
        for (SlotId id = 0; id < program.slots.size(); ++id)
            if (program.slots[id].storage == Storage::State)
                varying_in_.add(0, crossing_.column_of[id]);
        reach(0);
        while (!pending_.empty()) {
            RoutineId id = pending_.back();
            pending_.pop_back();
            is_pending_[id] = false;
            pass(id);
        }
    }

    UniformityReport take_report() { return std::move(report_); }

  private:
    void reach(RoutineId id) {
        is_reached_[id] = true;
        if (is_pending_[id]) return;
        is_pending_[id] = true;
        pending_.push_back(id);
    }

    void pass(RoutineId id) {
        const Routine& routine = program_.routines[id];
        RoutineUniformity& report = report_.routines[id];
        report.instructions.clear();
        std::copy_n(varying_in_.row(id), varying_.words(), varying_.row(0));
        for_each_instruction(routine, [&](const Instruction& instruction) {
            bool varies = report.is_divergent ||
                          result_varies(instruction, [&](SlotId slot) { return is_varying(slot); });
            report.instructions.push_back(!varies);
            if (instruction.result != kNoSlot) set_varying(instruction.result, varies);
        });
        for (RoutineId next : successors(routine.terminator)) flow_to(next);
        if (routine.terminator.kind != Terminator::Kind::Branch) return;
        if (!report.uniform_branch || !is_varying(routine.terminator.condition)) return;
        report.uniform_branch = false;
        part(id);
    }

    void flow_to(RoutineId next) {
        bool grew = !is_reached_[next];
        std::uint64_t* in = varying_in_.row(next);
        for (std::size_t word = 0; word < varying_.words(); ++word) {
            std::uint64_t both = in[word] | varying_.row(0)[word];
            grew = grew || both != in[word];
            in[word] = both;
        }
        if (grew) reach(next);
    }

    // The routines that are entered after the branch and before its meeting point are divergent.
    // Branches of one meeting point (a loop with many breaks) share what they have walked.
    void part(RoutineId branch) {
        std::optional<RoutineId> meeting = meeting_[branch];
        std::unordered_set<RoutineId>& walked = walked_[meeting];
        std::vector<RoutineId> region;
        auto enter = [&](const Terminator& terminator) {
            for (RoutineId next : successors(terminator))
                if (next != meeting && walked.insert(next).second) region.push_back(next);
        };
        enter(program_.routines[branch].terminator);
        for (std::size_t i = 0; i < region.size(); ++i) {
            RoutineUniformity& report = report_.routines[region[i]];
            enter(program_.routines[region[i]].terminator);
            if (report.is_divergent) continue;
            report.is_divergent = true;
            report.parted_by = branch;
            if (is_reached_[region[i]]) reach(region[i]);
        }
    }

    bool is_varying(SlotId id) const {
        Storage storage = program_.slots[id].storage;
        if (storage == Storage::Input) return true;
        if (storage == Storage::Constant || storage == Storage::Shared) return false;
        std::uint32_t column = crossing_.column_of[id];
        return column == CrossingSlots::kNone ? varying_inside_[id] != 0 : varying_.has(0, column);
    }
    void set_varying(SlotId id, bool varies) {
        std::uint32_t column = crossing_.column_of[id];
        if (column == CrossingSlots::kNone)
            varying_inside_[id] = varies;
        else if (varies)
            varying_.add(0, column);
        else
            varying_.remove(0, column);
    }

    const Program& program_;
    std::vector<std::optional<RoutineId>> meeting_;
    CrossingSlots crossing_;
    SlotSets varying_in_;               // when a routine begins
    SlotSets varying_;                  // one row: at the instruction that is being passed
    std::vector<char> varying_inside_;  // by slot, of those that live inside one routine
    std::vector<bool> is_reached_;
    std::vector<bool> is_pending_;
    std::vector<RoutineId> pending_;
    std::map<std::optional<RoutineId>, std::unordered_set<RoutineId>> walked_;  // by meeting point
    UniformityReport report_;
};

}  // namespace

UniformityReport analyse_uniformity(const Program& program) {
    UniformityReport report = Analysis(program).take_report();
    // What is never reached is never computed by all.
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        const Routine& routine = program.routines[id];
        bool has_collective = routine.terminator.kind == Terminator::Kind::Collective;
        report.routines[id].instructions.resize(routine.instructions.size() + has_collective);
    }
    return report;
}

std::vector<Complaint> check_collectives(const Program& program) {
    std::vector<Complaint> complaints;
    if (!program.has_collectives()) return complaints;
    UniformityReport report = analyse_uniformity(program);
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        const Terminator& terminator = program.routines[id].terminator;
        const RoutineUniformity& routine = report.routines[id];
        if (terminator.kind != Terminator::Kind::Collective || !routine.is_divergent) continue;
        Complaint complaint;
        complaint.code = Code::collective_under_condition;
        complaint.statement = terminator.collective.statement;
        complaint.label = "not all VMs are sure to come here together";
        complaint.help =
            "compute it before the condition, or make the condition the same for all VMs "
            "with batch_any or batch_all";
        StatementId condition = program.routines[routine.parted_by].terminator.statement;
        complaint.notes.emplace_back(condition, "this condition may differ between VMs");
        complaints.push_back(std::move(complaint));
    }
    return complaints;
}

}  // namespace dunlin::ir
