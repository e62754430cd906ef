#include "ir/verify.hpp"

#include <algorithm>
#include <set>

#include "ir/verify_instruction.hpp"

namespace dunlin::ir {

namespace {

constexpr std::size_t kMaxErrors = 50;  // a broken program is broken in one way many times

class Verifier {
  public:
    explicit Verifier(const Program& program) : program_(program) {}

    std::vector<std::string> run() {
        check_slots();
        check_statements();
        if (errors_.empty()) check_routines();
        if (errors_.empty()) check_layout();
        return std::move(errors_);
    }

  private:
    void complain(std::string place, std::string_view error) {
        if (errors_.size() < kMaxErrors)
            errors_.push_back(std::move(place) + ": " + std::string(error));
    }
    static std::string slot_name(std::size_t id) { return "slot s" + std::to_string(id); }

    void check_slots();
    void check_constant(std::size_t id);
    void check_statements();
    void check_routines();
    void check_instruction(std::size_t routine, std::size_t index, const Instruction& instruction);
    void check_terminator(std::size_t routine, const Terminator& terminator);
    void check_layout();
    void check_offset(SlotId id);
    void check_placed(SlotId id);
    bool is_local(SlotId id) const;
    void check_bytes_apart(std::size_t routine, const Instruction& instruction);
    bool is_laid_out() const;

    const Program& program_;
    std::vector<std::string> errors_;
    std::size_t constants_seen_ = 0;
    std::set<std::pair<Storage, std::string_view>> names_;
};

void Verifier::check_slots() {
    for (std::size_t id = 0; id < program_.slots.size(); ++id) {
        const Slot& slot = program_.slots[id];
        std::optional<std::int64_t> count = checked_count(slot.type.shape);
        if (!count || *count > kMaxBytes / size_of(slot.type.dtype)) {
            complain(slot_name(id), "the shape is negative or too large");
            continue;
        }
        if (slot.storage == Storage::Constant) check_constant(id);
        bool of_host = slot.storage != Storage::Local && slot.storage != Storage::Constant;
        if (of_host && slot.name.empty())
            complain(slot_name(id), "the host cannot find it without a name");
        if (of_host && !names_.emplace(slot.storage, slot.name).second)
            complain(slot_name(id), "another slot of this storage has the same name");
        if (slot.offset < -1) complain(slot_name(id), "the offset is negative");
        if (slot.storage != Storage::Local && slot.offset != -1)
            complain(slot_name(id), "only a local slot has a place in VM memory");
    }
    if (constants_seen_ != program_.constants.size())
        complain("constants", "there are more constants than constant slots");
}

void Verifier::check_constant(std::size_t id) {
    const Slot& slot = program_.slots[id];
    if (slot.constant != constants_seen_++ || slot.constant >= program_.constants.size())
        return complain(slot_name(id), "constants must be in the order of their slots");
    const Constant& constant = program_.constants[slot.constant];
    if (constant.type != slot.type) return complain(slot_name(id), "the constant has another type");
    if (constant.bytes.size() != static_cast<std::size_t>(byte_count(slot.type)))
        return complain(slot_name(id), "the constant has the wrong number of bytes");
    bool is_wrong_bool = slot.type.dtype == DType::Bool &&
                         std::any_of(constant.bytes.begin(), constant.bytes.end(),
                                     [](std::byte byte) { return byte > std::byte{1}; });
    if (is_wrong_bool) complain(slot_name(id), "a bool is neither 0 nor 1");
}

void Verifier::check_statements() {
    for (std::size_t i = 0; i < program_.statements.size(); ++i)
        if (program_.statements[i].file >= program_.files.size())
            complain("statement " + std::to_string(i), "there is no such file");
}

void Verifier::check_routines() {
    std::size_t ends = 0;
    for (std::size_t id = 0; id < program_.routines.size(); ++id) {
        const Routine& routine = program_.routines[id];
        for (std::size_t i = 0; i < routine.instructions.size(); ++i)
            check_instruction(id, i, routine.instructions[i]);
        check_terminator(id, routine.terminator);
        ends += routine.terminator.kind == Terminator::Kind::End;
    }
    if (ends != 1) complain("program", "there must be exactly one end");
}

void Verifier::check_instruction(std::size_t routine, std::size_t index,
                                 const Instruction& instruction) {
    std::string error = instruction_error(program_, instruction);
    if (error.empty() && is_collective(instruction.op)) error = "a collective must end its routine";
    if (error.empty() && instruction.statement >= program_.statements.size())
        error = "there is no such statement";
    if (!error.empty())
        complain("r" + std::to_string(routine) + " instruction " + std::to_string(index) + " (" +
                     std::string(info(instruction.op).name) + ")",
                 error);
}

void Verifier::check_terminator(std::size_t routine, const Terminator& terminator) {
    std::string place = "r" + std::to_string(routine) + " terminator";
    for (RoutineId target : successors(terminator))
        if (target >= program_.routines.size()) complain(place, "there is no such routine");
    if (terminator.statement >= program_.statements.size())
        complain(place, "there is no such statement");
    if (terminator.back_edge && terminator.kind != Terminator::Kind::Jump)
        complain(place, "only a jump is a back-edge");
    if (terminator.kind == Terminator::Kind::Branch) {
        if (terminator.condition >= program_.slots.size())
            complain(place, "the condition is no slot of the program");
        else if (program_.type_of(terminator.condition) != Type{DType::Bool, {}})
            complain(place, "the condition must be a scalar bool");
    }
    if (terminator.kind == Terminator::Kind::Collective) {
        const Instruction& collective = terminator.collective;
        std::string error = instruction_error(program_, collective);
        if (error.empty() && !is_collective(collective.op)) error = "this is no collective";
        if (error.empty() && collective.statement >= program_.statements.size())
            error = "there is no such statement";
        if (!error.empty()) complain(place, error);
    }
}

bool Verifier::is_laid_out() const {
    return program_.vm_bytes != 0 || std::any_of(program_.slots.begin(), program_.slots.end(),
                                                 [](const Slot& slot) { return slot.offset >= 0; });
}

// Once one slot has a place in VM memory, every local slot that is used has one.
void Verifier::check_layout() {
    if (program_.vm_bytes < 0) return complain("program", "VM memory has a negative size");
    if (!is_laid_out()) return;
    if (program_.vm_bytes % 4 != 0) complain("program", "VM memory is not made of whole words");
    for (SlotId id = 0; id < program_.slots.size(); ++id)
        if (program_.slots[id].offset >= 0) check_offset(id);
    if (!errors_.empty()) return;
    for (std::size_t id = 0; id < program_.routines.size(); ++id) {
        const Terminator& terminator = program_.routines[id].terminator;
        if (terminator.kind == Terminator::Kind::Branch) check_placed(terminator.condition);
        for_each_instruction(program_.routines[id], [&](const Instruction& instruction) {
            for (SlotId operand : instruction.operands) check_placed(operand);
            if (instruction.result != kNoSlot) check_placed(instruction.result);
            check_bytes_apart(id, instruction);
        });
    }
}

bool Verifier::is_local(SlotId id) const {
    return program_.slots[id].storage == Storage::Local;
}

void Verifier::check_placed(SlotId id) {
    if (is_local(id) && program_.slots[id].offset < 0)
        complain(slot_name(id), "is used but has no place in VM memory");
}

void Verifier::check_offset(SlotId id) {
    const Slot& slot = program_.slots[id];
    if (slot.offset % size_of(slot.type.dtype) != 0)
        complain(slot_name(id), "the offset is not aligned");
    std::int64_t bytes = byte_count(slot.type);
    if (bytes > program_.vm_bytes || slot.offset > program_.vm_bytes - bytes)
        complain(slot_name(id), "lies outside VM memory");
}

void Verifier::check_bytes_apart(std::size_t routine, const Instruction& instruction) {
    if (instruction.result == kNoSlot || !is_local(instruction.result)) return;
    const Slot& result = program_.slots[instruction.result];
    for (SlotId id : instruction.operands) {
        if (id == instruction.result || !is_local(id)) continue;
        const Slot& operand = program_.slots[id];
        bool apart = operand.offset >= result.offset + byte_count(result.type) ||
                     result.offset >= operand.offset + byte_count(operand.type);
        if (!apart)
            complain("r" + std::to_string(routine), "operand s" + std::to_string(id) +
                                                        " shares bytes with the result s" +
                                                        std::to_string(instruction.result));
    }
}

}  // namespace

std::vector<std::string> verify(const Program& program) {
    return Verifier(program).run();
}

}  // namespace dunlin::ir
