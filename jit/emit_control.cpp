// Routines, regions, masks, jumps and faults.
#include <algorithm>
#include <cassert>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::RoutineId;
using ir::Terminator;

namespace {

std::string label_of(RoutineId id) {
    return "L" + std::to_string(id);
}
std::string mask_of(RoutineId id) {
    return "m" + std::to_string(id);
}

bool part_holds(const Part& part, RoutineId id) {
    if (!part.is_loop()) return part.routine == id;
    return std::any_of(part.body.begin(), part.body.end(),
                       [id](const Part& inner) { return part_holds(inner, id); });
}

}  // namespace

void Emitter::write_program() {
    Edges edges;
    for (const ir::Routine& routine : program_.routines)
        edges.push_back(ir::successors(routine.terminator));
    std::vector<RoutineId> entries{0};
    for (RoutineId id : source_.collectives)
        entries.push_back(program_.routines[id].terminator.target);
    for_each_routine(nest(edges, flow_.reached, entries), [&](RoutineId id) {
        if (is_long()) end_unit();
        if (flow_.together[id]) {
            write_together(id);
            return;
        }
        const auto region = static_cast<std::size_t>(flow_.region_of[id]);
        if (written_regions_.insert(region).second) write_region(region);
    });
    end_unit();
}

// What is printed from here on may become another function.
void Emitter::end_unit() {
    source_.lines += out_.lines();
    cut_.units.push_back(out_.take());
    statement_ = ~ir::StatementId{0};
}

void Emitter::go_on_in_next_unit(bool in_braces) {
    const std::string label = "C" + std::to_string(cuts_++);
    if (in_braces) out_.line("}");
    out_.line("goto " + label + ";");
    end_unit();
    out_.label(label);
    if (in_braces) out_.line("{");
}

void Emitter::write_body(RoutineId id) {
    routine_ = id;
    write_lane_counts(id);
    if (options_.elements) {
        for (const Segment& segment : segments_.segments[id]) {
            if (is_long()) go_on_in_next_unit(/*in_braces=*/true);
            if (segment.is_group)
                write_group(segment);
            else
                write_instruction(program_.routines[id].instructions[segment.instructions[0]]);
        }
        return;
    }
    for (const ir::Instruction& instruction : program_.routines[id].instructions) {
        if (is_long()) go_on_in_next_unit(/*in_braces=*/true);
        write_instruction(instruction);
    }
}

// --- Routines that all living lanes pass together ---

void Emitter::write_together(RoutineId id) {
    masked_ = false;
    out_.label(label_of(id));
    out_.line("{");
    write_body(id);
    const Terminator& terminator = program_.routines[id].terminator;
    switch (terminator.kind) {
        case Terminator::Kind::Jump:
            if (terminator.back_edge) {
                write_fuel(terminator);
                write_counts();
            }
            if (flow_.returns[id]) out_.line("if (*stop != 0) goto stopped;");
            write_jump_together(id, terminator.target);
            break;
        case Terminator::Kind::Branch:
            if (flow_.returns[id]) out_.line("if (*stop != 0) goto stopped;");
            write_branch_together(id);
            break;
        case Terminator::Kind::Collective:
            out_.line("task->waits = " + std::to_string(phase_of_[id]) + ";");
            out_.line("goto wait" + std::to_string(phase_of_[id]) + ";");
            break;
        case Terminator::Kind::Halt:
            write_end(status_word(
                site({ir::Outcome::Halted, ir::Fault::None, terminator.statement, -1})));
            break;
        case Terminator::Kind::End: write_end("kernel::kFinished"); break;
    }
    out_.line("}");
}

void Emitter::write_jump_together(RoutineId, RoutineId to) {
    if (flow_.together[to]) {
        out_.line("goto " + label_of(to) + ";");
        return;
    }
    out_.line(mask_of(to) + " = live;");
    out_.line("goto R" + std::to_string(flow_.region_of[to]) + ";");
}

void Emitter::write_branch_together(RoutineId from) {
    const Terminator& terminator = program_.routines[from].terminator;
    const Value condition = read(terminator.condition, {});
    const RoutineId yes = terminator.target;
    const RoutineId no = terminator.otherwise;
    if (!flow_.parts[from]) {
        const bool is_one = condition.meaning == Meaning::Scalar;
        const std::string of_all = "V::any(live && V::mask(" + condition.text + "))";
        out_.line("if (" + (is_one ? condition.text : of_all) + ") {");
        write_jump_together(from, yes);
        out_.line("} else {");
        write_jump_together(from, no);
        out_.line("}");
        return;
    }
    // The lanes part. A way that leads straight to where they meet needs no mask.
    const std::string truth = "V::mask(" + condition.text + ")";
    if (!flow_.together[yes]) out_.line(mask_of(yes) + " = live && " + truth + ";");
    if (!flow_.together[no]) out_.line(mask_of(no) + " = live && !" + truth + ";");
    const RoutineId inside = flow_.together[yes] ? no : yes;
    if (flow_.together[inside])
        out_.line("goto " + label_of(inside) + ";");
    else
        out_.line("goto R" + std::to_string(flow_.region_of[inside]) + ";");
}

// The VMs of the mask at hand end with this status.
void Emitter::write_end(const std::string& status) {
    if (width_ == 1) {
        out_.line("status = " + status + ";");
        out_.line("goto finish;");
        return;
    }
    const std::string mask = masked_ ? "m" : "live";
    out_.line("status = V::select(" + mask + ", V::u32(" + status + "), status);");
    if (!masked_) {
        out_.line("live = V::no_lanes();");
        out_.line("goto finish;");
    } else {
        out_.line("live = live && !m;");
    }
}

// --- Regions ---

void Emitter::write_region(std::size_t number) {
    const Region& region = flow_.regions[number];
    out_.label("R" + std::to_string(number));
    write_parts(region.parts);
    masked_ = false;
    if (flow_.refills) {
        out_.line("goto finish;");
    } else if (region.exit) {
        if (flow_.ends_early) out_.line("if (V::none(live)) goto finish;");
        out_.line("goto " + label_of(*region.exit) + ";");
    } else {
        out_.line("goto finish;");
    }
}

void Emitter::write_parts(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
        if (is_long()) go_on_in_next_unit(/*in_braces=*/false);
        if (part.is_loop())
            write_loop(part);
        else
            write_masked(part.routine);
    }
}

// The routines of a loop at which lanes may wait when it begins or goes round: its head, where it
// is entered from outside, and the heads of inner loops that may be left early.
std::vector<RoutineId> Emitter::pending_in(const Part& loop) const {
    std::vector<RoutineId> pending;
    for_each_routine(loop.body, [&](RoutineId id) {
        bool waits = id == loop.routine || flow_.may_leave[id];
        for (RoutineId from = 0; from < program_.routines.size() && !waits; ++from) {
            if (!flow_.reached[from] || part_holds(loop, from)) continue;
            const std::vector<RoutineId> next = ir::successors(program_.routines[from].terminator);
            waits = std::find(next.begin(), next.end(), id) != next.end();
        }
        if (waits) pending.push_back(id);
    });
    return pending;
}

std::string Emitter::any_pending(const std::vector<RoutineId>& routines) const {
    std::string text;
    for (RoutineId id : routines) text += (text.empty() ? "" : " || ") + mask_of(id);
    return text;
}

// Loops and conditions are jumps to labels, so that a kernel can be cut anywhere between.
void Emitter::write_loop(const Part& loop) {
    const std::string pending = any_pending(pending_in(loop));
    const std::string again = "W" + std::to_string(loop.routine);
    const std::string after = "X" + std::to_string(loop.routine);
    out_.label(again);
    out_.line("if (V::none(" + pending + ")) goto " + after + ";");
    write_parts(loop.body);
    out_.line("if (*stop != 0) goto stopped;");
    if (flow_.may_leave[loop.routine]) {
        // With few lanes left in the loop, the others go on: to their ends, and to new VMs.
        out_.line("{");
        out_.line("const V::mask inside = " + pending + ";");
        out_.line(
            "if (V::count_lanes(inside) <= V::kLanes / 2 && (next < task->end || "
            "V::any(live && !inside))) goto " +
            after + ";");
        out_.line("}");
    }
    out_.line("goto " + again + ";");
    out_.label(after);
}

void Emitter::write_masked(RoutineId id) {
    masked_ = true;
    const std::string after = "E" + std::to_string(id);
    out_.line("if (V::none(" + mask_of(id) + ")) goto " + after + ";");
    out_.line("m = " + mask_of(id) + ";");
    out_.line(mask_of(id) + " = V::no_lanes();");
    out_.line("{");
    write_body(id);
    write_terminator_masked(id);
    out_.line("}");
    out_.label(after);
}

void Emitter::write_terminator_masked(RoutineId id) {
    const Terminator& terminator = program_.routines[id].terminator;
    auto go = [&](RoutineId to, const std::string& lanes) {
        if (!flow_.together[to])
            out_.line(mask_of(to) + " = " + mask_of(to) + " || " + lanes + ";");
    };
    switch (terminator.kind) {
        case Terminator::Kind::Jump:
            if (terminator.back_edge) {
                write_fuel(terminator);
                write_counts();
            }
            go(terminator.target, "m");
            break;
        case Terminator::Kind::Branch: {
            const Value condition = read(terminator.condition, {});
            if (condition.meaning == Meaning::Scalar) {
                out_.line("if (" + condition.text + ") {");
                go(terminator.target, "m");
                out_.line("} else {");
                go(terminator.otherwise, "m");
                out_.line("}");
                break;
            }
            const std::string truth = "V::mask(" + condition.text + ")";
            go(terminator.target, "(m && " + truth + ")");
            go(terminator.otherwise, "(m && !" + truth + ")");
            break;
        }
        case Terminator::Kind::Halt:
            write_end(status_word(
                site({ir::Outcome::Halted, ir::Fault::None, terminator.statement, -1})));
            break;
        case Terminator::Kind::End: write_end("kernel::kFinished"); break;
        case Terminator::Kind::Collective:
            assert(false && "the uniformity pass lets no collective stand in a region");
    }
}

// --- Fuel, faults, counts ---

void Emitter::write_fuel(const Terminator& terminator) {
    if (!options_.fuel) return;
    const Meaning meaning = flow_.uniform_fuel ? Meaning::Scalar : lanes();
    const std::string zero = meaning == Meaning::Scalar ? "fuel == 0" : "fuel == V::u64(0)";
    fault({zero, meaning}, ir::Fault::FuelExhausted, terminator.statement, -1);
    if (meaning == Meaning::Scalar)
        out_.line("--fuel;");
    else
        out_.line("fuel = V::select(" + std::string(masked_ ? "m" : "live") +
                  ", fuel - V::u64(1), fuel);");
}

void Emitter::write_counts() {
    if (!options_.counts) return;
    if (width_ == 1) {
        out_.line("++turns;");
        return;
    }
    out_.line("turns += V::count_lanes(" + std::string(masked_ ? "m" : "live") + ");");
}

// What a routine computes in each lane, as far as it may differ between VMs, counts once for each
// lane that takes part, and once for each that there is.
void Emitter::write_lane_counts(RoutineId id) {
    if (!options_.counts || width_ == 1) return;
    std::int64_t elements = 0;
    for (const ir::Instruction& instruction : program_.routines[id].instructions)
        if (instruction.result != ir::kNoSlot && !flow_.uniform[instruction.result])
            elements += ir::element_count(type_of(instruction.result).shape);
    if (elements == 0) return;
    const std::string times = std::to_string(elements) + "ull * ";
    out_.line("worked += " + times + "static_cast<unsigned long long>(V::count_lanes(" +
              (masked_ ? "m" : "live") + "));");
    out_.line("offered += " + times + "V::kLanes;");
}

std::size_t Emitter::site(const ir::VmStatus& status, const ir::Instruction* print) {
    if (print == nullptr) {
        for (std::size_t k = 0; k < source_.sites.size(); ++k) {
            const Site& known = source_.sites[k];
            if (known.print == nullptr && known.status.outcome == status.outcome &&
                known.status.fault == status.fault && known.status.statement == status.statement &&
                known.status.text == status.text)
                return k;
        }
    }
    source_.sites.push_back({status, print});
    return source_.sites.size() - 1;
}

std::string Emitter::status_word(std::size_t number) const {
    const bool faulted = source_.sites[number].status.outcome == ir::Outcome::Faulted;
    return "(kernel::kFirstSite + " + std::to_string(number) +
           (faulted ? "u | kernel::kFaulted)" : "u)");
}

void Emitter::fault(const Value& bad, ir::Fault code, ir::StatementId statement,
                    std::int32_t text) {
    const std::string word = status_word(site({ir::Outcome::Faulted, code, statement, text}));
    if (width_ == 1) {
        out_.line("if (" + bad.text + ") {");
        out_.line("status = " + word + ";");
        out_.line("goto finish;");
        out_.line("}");
        return;
    }
    const std::string mask = masked_ ? "m" : "live";
    out_.line("if (const V::mask ending = " + mask + " && V::mask(" + bad.text +
              "); V::any(ending)) {");
    out_.line("status = V::select(ending, V::u32(" + word + "), status);");
    out_.line("live = live && !ending;");
    if (masked_)
        out_.line("m = m && !ending;");
    else
        out_.line("if (V::none(live)) goto finish;");
    out_.line("}");
}

}  // namespace dunlin::jit
