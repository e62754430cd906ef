#include "ir/fold.hpp"

#include "ir/interpret.hpp"

namespace dunlin::ir {

namespace {

constexpr std::int64_t kMaxFoldedElements = 4096;  // a larger array is not computed at load
constexpr std::int64_t kMaxFoldedBytes = 4 << 20;  // all constants made here together
constexpr std::int64_t kMaxCheapElements = 16;     // a larger one is made as fast as it is copied
constexpr int kMaxSweeps = 8;  // one suffices where definitions stand before uses

class Folder {
  public:
    explicit Folder(Program& program)
        : program_(program),
          pool_(program),
          definitions_(program.slots.size()),
          known_(program.slots.size(), kNoSlot) {
        for (Routine& routine : program.routines)
            for_each_instruction(routine, [&](const Instruction& instruction) {
                if (instruction.result != kNoSlot) ++definitions_[instruction.result];
            });
    }

    // True when a slot was found to be constant whose uses may have been passed already.
    bool sweep() {
        found_ = false;
        for (Routine& routine : program_.routines) {
            for (Instruction& instruction : routine.instructions) {
                use_known(instruction);
                evaluate_constant(instruction);
                remember(instruction);
            }
            use_known(routine.terminator.collective);
            fold_branch(routine.terminator);
        }
        return found_;
    }

  private:
    bool is_constant(SlotId id) const { return program_.slots[id].storage == Storage::Constant; }
    const Constant* constant_of(SlotId id) const {
        return &program_.constants[program_.slots[id].constant];
    }
    SlotId known_value(SlotId id) const {
        return id < known_.size() && known_[id] != kNoSlot ? known_[id] : id;
    }
    bool holds_one_value(SlotId id) const {
        return program_.slots[id].storage == Storage::Local && definitions_[id] == 1;
    }

    void use_known(Instruction& instruction) {
        for (std::size_t i = is_in_place(instruction.op) ? 1 : 0; i < instruction.operands.size();
             ++i)
            instruction.operands[i] = known_value(instruction.operands[i]);
    }

    bool is_worth_folding(const Instruction& instruction) const {
        if (instruction.result == kNoSlot || is_in_place(instruction.op)) return false;
        for (SlotId operand : instruction.operands)
            if (!is_constant(operand)) return false;
        const Type& type = program_.type_of(instruction.result);
        bool is_plain_copy =
            instruction.op == Op::Copy && program_.type_of(instruction.operands[0]) == type;
        std::int64_t count = element_count(type.shape);
        if (is_plain_copy || count > kMaxFoldedElements) return false;
        if (folded_bytes_ + byte_count(type) > kMaxFoldedBytes) return false;
        return holds_one_value(instruction.result) || info(instruction.op).cost > 1 ||
               count <= kMaxCheapElements;
    }

    void evaluate_constant(Instruction& instruction) {
        if (!is_worth_folding(instruction)) return;
        std::vector<const Constant*> operands;
        for (SlotId operand : instruction.operands) operands.push_back(constant_of(operand));
        const Type type = program_.type_of(instruction.result);
        std::optional<Constant> value =
            evaluate(instruction.op, instruction.attributes, operands, type);
        if (!value) return;
        folded_bytes_ += byte_count(type);
        instruction.op = Op::Copy;
        instruction.operands = {pool_.slot_for(*value)};
        instruction.attributes.clear();
    }

    void remember(const Instruction& instruction) {
        if (instruction.op != Op::Copy || !holds_one_value(instruction.result)) return;
        SlotId value = instruction.operands[0];
        if (!is_constant(value) || known_[instruction.result] != kNoSlot) return;
        if (program_.type_of(value) != program_.type_of(instruction.result)) return;
        known_[instruction.result] = value;
        found_ = true;
    }

    void fold_branch(Terminator& terminator) {
        if (terminator.kind != Terminator::Kind::Branch) return;
        terminator.condition = known_value(terminator.condition);
        if (!is_constant(terminator.condition)) return;
        bool taken = constant_of(terminator.condition)->at<bool>();
        Terminator jump;
        jump.kind = Terminator::Kind::Jump;
        jump.target = taken ? terminator.target : terminator.otherwise;
        jump.statement = terminator.statement;
        terminator = jump;
    }

    Program& program_;
    ConstantPool pool_;
    std::vector<std::uint32_t> definitions_;  // how often each slot is written in the whole program
    std::vector<SlotId> known_;               // the constant slot that a slot is equal to
    std::int64_t folded_bytes_ = 0;
    bool found_ = false;
};

}  // namespace

void fold(Program& program) {
    Folder folder(program);
    for (int sweep = 0; sweep < kMaxSweeps && folder.sweep(); ++sweep) {
    }
}

}  // namespace dunlin::ir
