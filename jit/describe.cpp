#include "jit/describe.hpp"

#include <algorithm>
#include <set>

#include "ir/liveness.hpp"
#include "jit/flow.hpp"
#include "jit/places.hpp"

namespace dunlin::jit {

namespace {

using ir::Instruction;
using ir::Program;
using ir::RoutineId;
using ir::SlotId;

std::string lines_of(const Program& program, const std::set<ir::StatementId>& statements) {
    std::set<std::int32_t> lines;
    for (ir::StatementId id : statements)
        if (id < program.statements.size()) lines.insert(program.statements[id].line);
    if (lines.empty()) return "";
    std::string text = ", line " + std::to_string(*lines.begin());
    if (lines.size() > 1) text += " to " + std::to_string(*lines.rbegin());
    return text;
}

std::string plural(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void list_routines(const std::vector<Part>& parts, std::string& text) {
    for (const Part& part : parts) {
        if (!text.empty() && text.back() != '(') text += ' ';
        if (!part.is_loop()) {
            text += "r" + std::to_string(part.routine);
            continue;
        }
        text += '(';
        list_routines(part.body, text);
        text += ')';
    }
}

std::string describe_vms(const Program& program, const KernelOptions& options) {
    const Flow flow = analyse_flow(program, flow_options(program, options));
    std::string text = "lanes are VMs, " + std::to_string(options.width) + " together\n";
    if (flow.refills) text += "lanes whose VM has ended take the next one\n";
    if (program.has_collectives()) text += "VMs wait for each other at collectives\n";
    std::size_t together = 0;
    std::size_t uniform = 0;
    std::size_t differing = 0;
    for (RoutineId id = 0; id < program.routines.size(); ++id)
        together += flow.reached[id] && flow.together[id];
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        if (program.slots[id].storage != ir::Storage::Local) continue;
        ++(flow.uniform[id] ? uniform : differing);
    }
    text += plural(together, "routine") + " passed by all lanes together\n";
    for (const Region& region : flow.regions) {
        std::string routines;
        list_routines(region.parts, routines);
        text += "region under masks: " + routines;
        if (region.exit) text += ", lanes meet at r" + std::to_string(*region.exit);
        text += "\n";
    }
    text += plural(uniform, "value") + " the same in all lanes, " + std::to_string(differing) +
            " that may differ\n";
    return text;
}

std::string describe_elements(const Program& program, const KernelOptions& options) {
    const Flow flow = analyse_flow(program, flow_options(program, options));
    const Places places = choose_places(program, flow, true);
    const Segments all = cut(program, places);
    std::string text = "lanes are elements, 16 together; VMs run one after the other\n";
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        if (!flow.reached[id]) continue;
        for (const Segment& segment : all.segments[id]) {
            if (!segment.is_group) continue;
            std::set<ir::StatementId> statements;
            std::set<SlotId> read;
            std::set<SlotId> computed;
            std::size_t written = 0;
            for (std::size_t k = 0; k < segment.instructions.size(); ++k) {
                const std::size_t number = segment.instructions[k];
                const ir::Routine& routine = program.routines[id];
                const Instruction& instruction = routine.instructions[number];
                statements.insert(instruction.statement);
                for (std::size_t n = 0; n < instruction.operands.size(); ++n) {
                    const SlotId operand = all.readings[id].slot(routine, number, n);
                    if (computed.count(operand) == 0 &&
                        ir::element_count(program.type_of(operand).shape) > 1)
                        read.insert(operand);
                }
                computed.insert(instruction.result);
                written += segment.stored[k];
            }
            text += "r" + std::to_string(id) + ": loop over " + ir::to_string(segment.shape) +
                    ": " + plural(segment.instructions.size(), "instruction") + ", " +
                    plural(read.size(), "array") + " read, " + std::to_string(written) +
                    " written" + lines_of(program, statements) + "\n";
        }
    }
    return text;
}

}  // namespace

std::string describe_segments(const Program& program, const KernelOptions& options) {
    return options.elements ? describe_elements(program, options) : describe_vms(program, options);
}

}  // namespace dunlin::jit
