#include "ir/microcode.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace dunlin::ir {

namespace {

constexpr OpInfo kOpInfos[] = {
#define OPERATION(name, text, arity, form, typing, kinds, linear, cost, meaning) \
    {text, arity, Form::form, Typing::typing, kinds, Linear::linear, cost, meaning},
#include "ir/ops.def"
#undef OPERATION
};

constexpr std::string_view kFaultNames[] = {
    "none",
#define FAULT(name, text, meaning) text,
#include "ir/faults.def"
#undef FAULT
};

// Larger constants are not searched for values that cannot fault.
constexpr std::int64_t kMaxSearchedElements = 4096;

// True when the slot is a constant integer array whose every element, taken as an i64, satisfies
// `holds`.
template <typename Predicate>
bool every_constant_element(const Program& program, SlotId id, Predicate holds) {
    const Slot& slot = program.slots[id];
    if (slot.storage != Storage::Constant) return false;
    const Constant& constant = program.constants[slot.constant];
    if (constant.count() > kMaxSearchedElements) return false;
    for (std::int64_t k = 0; k < constant.count(); ++k)
        if (!holds(constant.at<std::int64_t>(k))) return false;
    return true;
}

bool division_may_fault(const Program& program, const Instruction& instruction) {
    SlotId divisor = instruction.operands[1];
    if (is_float(program.type_of(divisor).dtype)) return false;
    return !every_constant_element(program, divisor, [](std::int64_t value) { return value != 0; });
}

bool power_may_fault(const Program& program, const Instruction& instruction) {
    SlotId exponent = instruction.operands[1];
    if (kind_of(program.type_of(exponent).dtype) == Kind::Unsigned) return false;
    return !every_constant_element(program, exponent,
                                   [](std::int64_t value) { return value >= 0; });
}

bool view_may_fault(const Instruction& instruction) {
    std::vector<AxisView> axes = axis_views(instruction.attributes);
    return std::any_of(axes.begin(), axes.end(), [](const AxisView& axis) { return axis.moves(); });
}

bool indices_may_fault(const Program& program, const Instruction& instruction) {
    const Shape& shape = program.type_of(instruction.operands[0]).shape;
    std::size_t indices =
        instruction.operands.size() - (instruction.op == Op::Scatter ? std::size_t{2} : 1);
    for (std::size_t k = 0; k < indices; ++k) {
        std::int64_t size = shape[static_cast<std::size_t>(instruction.attributes[0]) + k];
        SlotId index = instruction.operands[k + 1];
        std::int64_t least = kind_of(program.type_of(index).dtype) == Kind::Unsigned ? 0 : -size;
        auto inside = [=](std::int64_t value) { return value >= least && value < size; };
        if (!every_constant_element(program, index, inside)) return true;
    }
    return false;
}

std::size_t hash_of(const Constant& constant) {
    std::string_view bytes(reinterpret_cast<const char*>(constant.bytes.data()),
                           constant.bytes.size());
    std::size_t hash = std::hash<std::string_view>{}(bytes);
    auto mix = [&hash](std::size_t value) { hash = hash * 0x9E3779B97F4A7C15u + value; };
    mix(static_cast<std::size_t>(constant.type.dtype));
    for (std::int64_t size : constant.type.shape) mix(static_cast<std::size_t>(size));
    return hash;
}

}  // namespace

const OpInfo& info(Op op) {
    return kOpInfos[static_cast<std::size_t>(op)];
}

std::vector<Op> all_ops() {
    std::vector<Op> ops;
    for (std::size_t i = 0; i < std::size(kOpInfos); ++i) ops.push_back(static_cast<Op>(i));
    return ops;
}

std::string_view name_of(Fault fault) {
    return kFaultNames[static_cast<std::size_t>(fault)];
}

std::string_view name_of(Storage storage) {
    switch (storage) {
        case Storage::Local: return "local";
        case Storage::Constant: return "constant";
        case Storage::Input: return "input";
        case Storage::Shared: return "shared";
        case Storage::State: return "state";
        case Storage::Output: return "output";
    }
    __builtin_unreachable();
}

void append(std::vector<std::int64_t>& attributes, const AxisView& axis) {
    attributes.insert(attributes.end(), {axis.mode, axis.start, axis.step, axis.count});
}

std::vector<AxisView> axis_views(const std::vector<std::int64_t>& attributes) {
    std::vector<AxisView> axes;
    for (std::size_t i = 0; i + 3 < attributes.size(); i += 4)
        axes.push_back({static_cast<AxisView::Mode>(attributes[i]), attributes[i + 1],
                        attributes[i + 2], attributes[i + 3]});
    return axes;
}

bool Program::has_collectives() const {
    return std::any_of(routines.begin(), routines.end(), [](const Routine& routine) {
        return routine.terminator.kind == Terminator::Kind::Collective;
    });
}

std::vector<RoutineId> successors(const Terminator& terminator) {
    switch (terminator.kind) {
        case Terminator::Kind::Jump:
        case Terminator::Kind::Collective: return {terminator.target};
        case Terminator::Kind::Branch: return {terminator.target, terminator.otherwise};
        case Terminator::Kind::Halt:
        case Terminator::Kind::End: return {};
    }
    __builtin_unreachable();
}

bool may_fault(const Program& program, const Instruction& instruction) {
    switch (instruction.op) {
        case Op::FloorDiv:
        case Op::Mod: return division_may_fault(program, instruction);
        case Op::IntPow: return power_may_fault(program, instruction);
        case Op::View:
        case Op::Update: return view_may_fault(instruction);
        case Op::Gather:
        case Op::Scatter: return indices_may_fault(program, instruction);
        case Op::Require:
        case Op::BatchGet: return true;
        default: return false;
    }
}

bool is_removable(const Program& program, const Instruction& instruction) {
    return !is_effect(instruction.op) && !is_collective(instruction.op) &&
           !may_fault(program, instruction);
}

ConstantPool::ConstantPool(Program& program) : program_(program) {
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const Slot& slot = program.slots[id];
        if (slot.storage == Storage::Constant)
            by_hash_.emplace(hash_of(program.constants[slot.constant]), id);
    }
}

SlotId ConstantPool::slot_for(const Constant& constant) {
    std::size_t hash = hash_of(constant);
    auto [first, last] = by_hash_.equal_range(hash);
    for (auto entry = first; entry != last; ++entry)
        if (program_.constants[program_.slots[entry->second].constant] == constant)
            return entry->second;
    auto id = static_cast<SlotId>(program_.slots.size());
    auto index = static_cast<std::uint32_t>(program_.constants.size());
    program_.constants.push_back(constant);
    program_.slots.push_back({constant.type, Storage::Constant, {}, index, -1});
    by_hash_.emplace(hash, id);
    return id;
}

}  // namespace dunlin::ir
