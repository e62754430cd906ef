#include "jit/flow.hpp"

#include <algorithm>
#include <set>

#include "ir/liveness.hpp"
#include "ir/meeting_points.hpp"
#include "ir/uniform.hpp"

namespace dunlin::jit {

namespace {

using ir::Instruction;
using ir::Op;
using ir::Program;
using ir::Routine;
using ir::RoutineId;
using ir::SlotId;
using ir::Storage;
using ir::Terminator;

// Beyond this many routines in a region every write goes under the mask: finding out costs the
// square of it.
constexpr std::size_t kMostRoutinesForMasks = 600;

Edges edges_of(const Program& program) {
    Edges edges;
    for (const Routine& routine : program.routines)
        edges.push_back(ir::successors(routine.terminator));
    return edges;
}

std::vector<bool> reachable(const Edges& edges) {
    std::vector<bool> reached(edges.size());
    std::vector<RoutineId> pending{0};
    reached[0] = true;
    while (!pending.empty()) {
        const RoutineId at = pending.back();
        pending.pop_back();
        for (RoutineId next : edges[at]) {
            if (reached[next]) continue;
            reached[next] = true;
            pending.push_back(next);
        }
    }
    return reached;
}

// A loop of the whole program, with what is known of lanes that enter it together.
struct Loop {
    RoutineId head = 0;
    std::vector<RoutineId> routines;  // sorted
    int parent = -1;
    std::optional<RoutineId> way_in;  // the only routine outside that leads to the head
    bool in_step = true;              // lanes that enter together leave together
    std::set<RoutineId> parted;       // routines that only some of the lanes pass

    bool has(RoutineId routine) const {
        return std::binary_search(routines.begin(), routines.end(), routine);
    }
};

class Analysis {
  public:
    Analysis(const Program& program, const FlowOptions& options)
        : program_(program), options_(options), edges_(edges_of(program)) {
        flow_.reached = reachable(edges_);
        flow_.together.assign(program.routines.size(), true);
        flow_.region_of.assign(program.routines.size(), -1);
        flow_.parts.assign(program.routines.size(), false);
        flow_.may_leave.assign(program.routines.size(), false);
        flow_.uniform.assign(program.slots.size(), options.width > 1);
        flow_.needed_outside.resize(program.routines.size());
        flow_.kept.assign(program.slots.size(), false);
        for (SlotId id = 0; id < program.slots.size(); ++id) {
            const Storage storage = program.slots[id].storage;
            flow_.kept[id] = storage == Storage::State || storage == Storage::Output;
        }
        find_early_ends();
    }

    Flow run() {
        for (SlotId id = 0; id < program_.slots.size(); ++id)
            flow_.uniform[id] = starts_uniform(id);
        find_loops();
        if (options_.width == 1) return std::move(flow_);
        // Where a collective stands, the compiler has made sure that no branch parts the VMs. It
        // knows more than is found here: a slot's value may differ at one place and not at another.
        if (program_.has_collectives()) uniformity_ = ir::analyse_uniformity(program_);
        meeting_ = ir::meeting_points(program_);
        find_mentions();
        spread();
        decide_refill();
        make_regions();
        return std::move(flow_);
    }

  private:
    bool starts_uniform(SlotId id) const {
        switch (program_.slots[id].storage) {
            case Storage::Constant:
            case Storage::Shared: return true;
            case Storage::Input: return id < options_.common.size() && options_.common[id];
            case Storage::Local: return options_.width > 1;
            case Storage::State:
            case Storage::Output: return false;
        }
        __builtin_unreachable();
    }

    void find_early_ends() {
        flow_.ends_early = options_.fuel;
        for (RoutineId id = 0; id < program_.routines.size(); ++id) {
            if (!flow_.reached[id]) continue;
            const Routine& routine = program_.routines[id];
            if (routine.terminator.kind == Terminator::Kind::Halt) flow_.ends_early = true;
            ir::for_each_instruction(routine, [&](const Instruction& instruction) {
                if (ir::may_fault(program_, instruction)) flow_.ends_early = true;
            });
        }
    }

    // --- Where slots are mentioned, and the loops ---

    void find_mentions() {
        mentions_.resize(program_.slots.size());
        for (RoutineId id = 0; id < program_.routines.size(); ++id) {
            if (!flow_.reached[id]) continue;
            auto mention = [&](SlotId slot) {
                if (slot == ir::kNoSlot) return;
                std::vector<RoutineId>& places = mentions_[slot];
                if (places.empty() || places.back() != id) places.push_back(id);
            };
            const Routine& routine = program_.routines[id];
            ir::for_each_instruction(routine, [&](const Instruction& instruction) {
                for (SlotId operand : instruction.operands) mention(operand);
                mention(instruction.result);
            });
            mention(routine.terminator.condition);
        }
    }

    void find_loops() {
        std::vector<std::vector<RoutineId>> into(edges_.size());
        for (RoutineId from = 0; from < edges_.size(); ++from)
            if (flow_.reached[from])
                for (RoutineId to : edges_[from]) into[to].push_back(from);
        add_loops(nest(edges_, flow_.reached, {0}), -1, into);
        innermost_.assign(edges_.size(), -1);
        // Inner loops come after the loops around them.
        for (std::size_t k = 0; k < loops_.size(); ++k)
            for (RoutineId routine : loops_[k].routines) innermost_[routine] = static_cast<int>(k);
        flow_.returns.assign(edges_.size(), false);
        for (RoutineId from = 0; from < edges_.size(); ++from)
            if (flow_.reached[from])
                for (RoutineId to : edges_[from])
                    if (heads_loop_around(to, from)) flow_.returns[from] = true;
    }

    void add_loops(const std::vector<Part>& parts, int parent,
                   const std::vector<std::vector<RoutineId>>& into) {
        for (const Part& part : parts) {
            if (!part.is_loop()) continue;
            Loop loop;
            loop.head = part.routine;
            loop.parent = parent;
            for_each_routine(part.body, [&](RoutineId id) { loop.routines.push_back(id); });
            std::sort(loop.routines.begin(), loop.routines.end());
            int ways = 0;
            for (RoutineId routine : loop.routines)
                for (RoutineId from : into[routine]) {
                    if (loop.has(from)) continue;
                    ++ways;
                    if (routine == loop.head) loop.way_in = from;
                }
            if (ways != 1) loop.way_in.reset();
            const int number = static_cast<int>(loops_.size());
            loops_.push_back(std::move(loop));
            add_loops(part.body, number, into);
        }
    }

    // --- What varies, and which routines part the lanes: both only grow ---

    void spread() {
        bool changed = true;
        while (changed) {
            changed = false;
            for (RoutineId id = 0; id < program_.routines.size(); ++id) {
                if (!flow_.reached[id]) continue;
                const Routine& routine = program_.routines[id];
                ir::for_each_instruction(routine, [&](const Instruction& instruction) {
                    const SlotId result = instruction.result;
                    if (result == ir::kNoSlot || !flow_.uniform[result]) return;
                    if (!varies(instruction) && computed_in_step(result, id)) return;
                    flow_.uniform[result] = false;
                    changed = true;
                });
                if (!flow_.parts[id] && parts(id)) {
                    flow_.parts[id] = true;
                    part(id);
                    changed = true;
                }
            }
        }
    }

    bool parts(RoutineId id) const {
        const Terminator& terminator = program_.routines[id].terminator;
        if (terminator.kind != Terminator::Kind::Branch) return false;
        if (terminator.target == terminator.otherwise) return false;
        if (!uniformity_.routines.empty() && uniformity_.routines[id].uniform_branch) return false;
        return !flow_.uniform[terminator.condition];
    }

    bool varies(const Instruction& instruction) const {
        return ir::result_varies(instruction, [&](SlotId slot) { return !flow_.uniform[slot]; });
    }

    // Whether all lanes that ever look at the slot were there when it was written.
    bool computed_in_step(SlotId slot, RoutineId routine) const {
        if (flow_.together[routine] && !refilling_) return true;
        const std::vector<RoutineId>& places = mentions_[slot];
        if (places.size() == 1) return true;
        for (int k = innermost_[routine]; k >= 0; k = loops_[k].parent)
            if (lives_in_step(slot, loops_[k], routine)) return true;
        // The routine before a loop, which sets out what the loop counts on.
        for (const Loop& loop : loops_)
            if (loop.way_in == routine && lives_in_step(slot, loop, routine)) return true;
        return false;
    }
    bool lives_in_step(SlotId slot, const Loop& loop, RoutineId writer) const {
        if (!loop.in_step || loop.parted.count(writer) > 0) return false;
        return std::all_of(mentions_[slot].begin(), mentions_[slot].end(), [&](RoutineId place) {
            return loop.has(place) || loop.way_in == place;
        });
    }

    // What lies between a branch that parts the lanes and the place where they meet again.
    void part(RoutineId branch) {
        const std::optional<RoutineId> meeting = meeting_[branch];
        std::vector<bool> seen(edges_.size());
        std::vector<RoutineId> between;
        auto enter = [&](RoutineId from) {
            for (RoutineId next : edges_[from])
                if (next != meeting && !seen[next]) {
                    seen[next] = true;
                    between.push_back(next);
                }
        };
        enter(branch);
        for (std::size_t k = 0; k < between.size(); ++k) enter(between[k]);
        for (RoutineId id : between) flow_.together[id] = false;
        for (int k = innermost_[branch]; k >= 0; k = loops_[k].parent) {
            Loop& loop = loops_[k];
            if (!meeting || !loop.has(*meeting) || seen[loop.head]) loop.in_step = false;
            loop.parted.insert(between.begin(), between.end());
        }
    }

    // --- Refilling ---

    // Worth it when a loop parts its lanes and no loop around it keeps them together.
    void decide_refill() {
        if (!options_.may_refill) return;
        for (const Loop& loop : loops_) {
            if (loop.in_step) continue;
            bool inside_steady = false;
            for (int k = loop.parent; k >= 0; k = loops_[k].parent)
                inside_steady = inside_steady || loops_[k].in_step;
            if (!inside_steady) leaving_.push_back(loop.head);
        }
        flow_.refills = !leaving_.empty();
        if (!flow_.refills) return;
        refilling_ = true;
        for (RoutineId head : leaving_) flow_.may_leave[head] = true;
        for (RoutineId id = 0; id < edges_.size(); ++id) flow_.together[id] = false;
        spread();
        demote_live_uniforms();
        spread();
    }

    // A uniform slot that waiting lanes still need must not be touched by those that come later:
    // only what lives within a routine, or within a loop that is never left early, stays uniform.
    void demote_live_uniforms() {
        for (SlotId id = 0; id < program_.slots.size(); ++id) {
            if (!flow_.uniform[id] || program_.slots[id].storage != Storage::Local) continue;
            if (mentions_[id].size() <= 1) continue;
            bool local_to_steady_loop = false;
            for (const Loop& loop : loops_)
                if (lives_in_step(id, loop, mentions_[id].front())) local_to_steady_loop = true;
            if (!local_to_steady_loop) flow_.uniform[id] = false;
        }
    }

    // --- Regions ---

    void make_regions() {
        bool again = true;
        while (again) {
            again = false;
            flow_.regions.clear();
            std::fill(flow_.region_of.begin(), flow_.region_of.end(), -1);
            for (RoutineId id = 0; id < edges_.size(); ++id)
                if (flow_.reached[id] && !flow_.together[id] && flow_.region_of[id] < 0)
                    again = !collect_region(id) || again;
        }
        for (Region& region : flow_.regions) nest_region(region);
        find_needed_outside();
        find_uniform_fuel();
    }

    // All routines that belong together with `start`; false when they part for good, so that what
    // comes after them has to join the region.
    bool collect_region(RoutineId start) {
        const int number = static_cast<int>(flow_.regions.size());
        flow_.regions.emplace_back();
        members_.resize(flow_.regions.size());
        std::vector<RoutineId>& members = members_.back();
        members.assign(1, start);
        flow_.region_of[start] = number;
        std::set<RoutineId> exits;
        if (into_.empty()) find_into();
        auto join = [&](RoutineId id) {
            if (!flow_.reached[id] || flow_.together[id] || flow_.region_of[id] >= 0) return;
            flow_.region_of[id] = number;
            members.push_back(id);
        };
        for (std::size_t k = 0; k < members.size(); ++k) {
            const RoutineId at = members[k];
            for (RoutineId next : edges_[at]) {
                join(next);
                if (flow_.together[next]) exits.insert(next);
            }
            for (RoutineId from : into_[at]) {
                join(from);
                // What a branch sends apart is one region, also where its ways never touch.
                // And those that do not go in wait where they all meet.
                if (!flow_.together[from] || !flow_.parts[from]) continue;
                for (RoutineId next : edges_[from]) {
                    join(next);
                    if (flow_.together[next]) exits.insert(next);
                }
            }
        }
        if (exits.size() > 1) {
            for (RoutineId exit : exits) flow_.together[exit] = false;
            return false;
        }
        if (!exits.empty()) flow_.regions.back().exit = *exits.begin();
        return true;
    }

    void find_into() {
        into_.resize(edges_.size());
        for (RoutineId from = 0; from < edges_.size(); ++from)
            if (flow_.reached[from])
                for (RoutineId to : edges_[from]) into_[to].push_back(from);
    }

    void nest_region(Region& region) {
        const auto number = static_cast<std::size_t>(&region - flow_.regions.data());
        std::vector<bool> wanted(edges_.size());
        for (RoutineId id : members_[number]) wanted[id] = true;
        if (wanted[0]) region.entries.push_back(0);
        for (RoutineId id : members_[number]) {
            const bool entered = std::any_of(into_[id].begin(), into_[id].end(),
                                             [&](RoutineId from) { return !wanted[from]; });
            if (entered && id != 0) region.entries.push_back(id);
        }
        region.parts = nest(edges_, wanted, region.entries);
    }

    // While a routine of a region runs, other lanes may wait for later routines, for the heads of
    // the loops around it, for the region's exit; where the kernel refills, for anything.
    void find_needed_outside() {
        const ir::Liveness liveness(program_);
        const ir::CrossingSlots& crossing = liveness.crossing();
        for (const Region& region : flow_.regions) {
            std::vector<RoutineId> order;
            for_each_routine(region.parts, [&](RoutineId id) { order.push_back(id); });
            if (order.size() > kMostRoutinesForMasks) continue;
            for (RoutineId at : order) {
                std::vector<bool>& needed = flow_.needed_outside[at];
                needed.assign(program_.slots.size(), false);
                auto wait_at = [&](RoutineId other) {
                    for (std::size_t column = 0; column < crossing.slots.size(); ++column)
                        if (liveness.live_in().has(other, column))
                            needed[crossing.slots[column]] = true;
                };
                bool later = false;
                for (RoutineId other : order) {
                    if (other == at) {
                        later = true;
                        if (is_head(at) || flow_.refills) wait_at(other);
                        continue;
                    }
                    if (flow_.refills || (later && !follows_only(at, other)) ||
                        heads_loop_around(other, at))
                        wait_at(other);
                }
                if (region.exit) wait_at(*region.exit);
            }
        }
    }
    bool is_head(RoutineId id) const { return innermost_[id] >= 0 && heads_loop_around(id, id); }
    bool heads_loop_around(RoutineId head, RoutineId routine) const {
        for (int k = innermost_[routine]; k >= 0; k = loops_[k].parent)
            if (loops_[k].head == head) return true;
        return false;
    }
    // `later` comes only after `first` has been passed, in the same turn of the loop around both:
    // then nobody waits there while `first` runs. Seen for chains of single ways in.
    bool follows_only(RoutineId first, RoutineId later) const {
        if (innermost_[first] != innermost_[later]) return false;
        RoutineId at = later;
        for (std::size_t k = 0; k < edges_.size(); ++k) {
            if (into_[at].size() != 1) return false;
            at = into_[at].front();
            if (at == first) return true;
            if (innermost_[at] != innermost_[first]) return false;
        }
        return false;
    }

    void find_uniform_fuel() {
        for (RoutineId id = 0; id < edges_.size(); ++id)
            if (flow_.reached[id] && program_.routines[id].terminator.back_edge &&
                !flow_.together[id])
                flow_.uniform_fuel = false;
    }

    const Program& program_;
    const FlowOptions& options_;
    Edges edges_;
    std::vector<std::vector<RoutineId>> into_;
    ir::UniformityReport uniformity_;  // of a program with collectives
    std::vector<std::optional<RoutineId>> meeting_;
    std::vector<std::vector<RoutineId>> mentions_;  // by slot
    std::vector<Loop> loops_;
    std::vector<int> innermost_;                   // by routine
    std::vector<std::vector<RoutineId>> members_;  // by region
    std::vector<RoutineId> leaving_;               // heads of loops
    bool refilling_ = false;
    Flow flow_;
};

}  // namespace

bool Flow::masked(RoutineId routine, SlotId slot) const {
    if (kept[slot]) return ends_early || !together[routine];
    if (together[routine] || uniform[slot]) return false;
    const std::vector<bool>& needed = needed_outside[routine];
    return needed.empty() || needed[slot];
}

FlowOptions flow_options(const Program& program, const KernelOptions& options) {
    FlowOptions flow;
    flow.width = options.elements ? 1 : options.width;
    flow.common = options.common;
    flow.common.resize(program.slots.size());
    flow.fuel = options.fuel;
    flow.may_refill = options.may_refill && !program.has_collectives();
    return flow;
}

Flow analyse_flow(const Program& program, const FlowOptions& options) {
    return Analysis(program, options).run();
}

}  // namespace dunlin::jit
