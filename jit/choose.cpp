#include "jit/choose.hpp"

#include <algorithm>

#include "jit/flow.hpp"

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Program;
using ir::SlotId;

constexpr std::int64_t kFewVms = 3;           // run one after the other
constexpr std::int64_t kVmsForElements = 16;  // with fewer, large arrays are worth lanes
constexpr std::int64_t kLargeArray = 64;      // elements
constexpr std::int64_t kHugeArray = 1024;
constexpr std::int64_t kTileBytes = 1 << 20;  // of arrays, that still stay in the cache
constexpr std::size_t kMostRoutines = 2000;   // to look at more is not worth the time

struct Arrays {
    std::int64_t largest = 0;  // elements of the largest result
    std::int64_t bytes = 0;    // per VM
};

Arrays arrays_of(const Program& program) {
    Arrays arrays;
    arrays.bytes = program.vm_bytes;
    for (const ir::Slot& slot : program.slots) {
        const bool is_constant = slot.storage == ir::Storage::Constant;
        const bool is_shared = slot.storage == ir::Storage::Shared;
        if (slot.storage != ir::Storage::Local && !is_constant && !is_shared)
            arrays.bytes += ir::byte_count(slot.type);
    }
    for (const ir::Routine& routine : program.routines)
        ir::for_each_instruction(routine, [&](const Instruction& instruction) {
            if (instruction.result == ir::kNoSlot) return;
            for (SlotId operand : instruction.operands)
                arrays.largest =
                    std::max(arrays.largest, ir::element_count(program.type_of(operand).shape));
            arrays.largest = std::max(arrays.largest,
                                      ir::element_count(program.type_of(instruction.result).shape));
        });
    return arrays;
}

bool looks_up(const Flow& flow, const Instruction& instruction) {
    const Form form = ir::info(instruction.op).form;
    std::size_t end = instruction.operands.size();
    if (form == Form::Update || form == Form::Scatter)
        --end;
    else if (form != Form::View && form != Form::Gather)
        return false;
    for (std::size_t k = 1; k < end; ++k)
        if (!flow.uniform[instruction.operands[k]]) return true;
    return false;
}

// What the VMs do where they have parted, and how wide the values are that differ between them.
struct Work {
    int lookups = 0;
    int others = 0;
    int narrow = 0;
    int wide = 0;
};

Work work_of(const Program& program, const Flow& flow) {
    Work work;
    for (ir::RoutineId id = 0; id < program.routines.size(); ++id) {
        if (!flow.reached[id]) continue;
        for (const Instruction& instruction : program.routines[id].instructions) {
            if (instruction.result == ir::kNoSlot || flow.uniform[instruction.result]) continue;
            if (!flow.together[id]) ++(looks_up(flow, instruction) ? work.lookups : work.others);
            const int size = ir::size_of(program.type_of(instruction.result).dtype);
            if (size == 4) ++work.narrow;
            if (size == 8) ++work.wide;
        }
    }
    return work;
}

}  // namespace

LaneChoice choose_lanes(const Program& program, const std::vector<bool>& common, std::int64_t vms) {
    LaneChoice choice;
    const Arrays arrays = arrays_of(program);
    choice.elements = (vms < kVmsForElements && arrays.largest >= kLargeArray) ||
                      (arrays.bytes * 16 > kTileBytes && arrays.largest >= kHugeArray);
    if (choice.elements) return choice;
    if (vms <= kFewVms) {
        choice.width = 1;
        return choice;
    }
    if (program.routines.size() > kMostRoutines) return choice;
    FlowOptions options;
    options.common = common;
    options.may_refill = !program.has_collectives();
    const Flow flow = analyse_flow(program, options);
    const Work work = work_of(program, flow);
    if (work.lookups > 0 && 10 * work.lookups >= work.others)
        choice.width = 1;
    else if (work.narrow > 4 * work.wide)
        choice.width = 32;
    return choice;
}

}  // namespace dunlin::jit
