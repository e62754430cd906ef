#include "ir/copies.hpp"

#include <algorithm>
#include <vector>

namespace dunlin::ir {

namespace {

bool is_plain_copy(const Program& program, const Instruction& instruction) {
    return instruction.op == Op::Copy &&
           program.type_of(instruction.operands[0]) == program.type_of(instruction.result);
}

// Hosts see what states and outputs hold when a VM stops, so that a write to them must not move
// over a fault.
bool is_seen_at_faults(const Program& program, SlotId id) {
    Storage storage = program.slots[id].storage;
    return storage == Storage::State || storage == Storage::Output;
}

// `t = add a b` ... `x = copy t` becomes `x = add a b`, where t is a temporary of just these two, x
// is not touched between them, and the write of x does not move over a fault that would show it.
class WriteThrough {
  public:
    explicit WriteThrough(Program& program)
        : program_(program),
          mentions_(program.slots.size()),
          last_mention_(program.slots.size()),
          definition_(program.slots.size()) {
        for (const Routine& routine : program.routines) {
            for_each_instruction(routine, [&](const Instruction& instruction) {
                for (SlotId operand : instruction.operands) ++mentions_[operand];
                if (instruction.result != kNoSlot) ++mentions_[instruction.result];
            });
            if (routine.terminator.kind == Terminator::Kind::Branch)
                ++mentions_[routine.terminator.condition];
        }
    }

    void run() {
        for (Routine& routine : program_.routines) run(routine);
    }

  private:
    // Positions count on from routine to routine, so that what was noted of an earlier one is out
    // of date by itself.
    void run(Routine& routine) {
        begin_ = position_;
        last_fault_ = 0;
        std::vector<bool> removed(routine.instructions.size());
        for (std::size_t i = 0; i < routine.instructions.size(); ++i, ++position_) {
            Instruction& instruction = routine.instructions[i];
            if (may_write_through(routine, instruction)) {
                SlotId target = instruction.result;
                routine.instructions[definition_[instruction.operands[0]] - begin_].result = target;
                definition_[target] = definition_[instruction.operands[0]];
                last_mention_[target] = position_;
                removed[i] = true;
                continue;
            }
            note(instruction);
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < removed.size(); ++i) {
            if (removed[i]) continue;
            if (kept != i) routine.instructions[kept] = std::move(routine.instructions[i]);
            ++kept;
        }
        routine.instructions.resize(kept);
    }

    void note(const Instruction& instruction) {
        for (SlotId operand : instruction.operands) last_mention_[operand] = position_;
        if (may_fault(program_, instruction)) last_fault_ = position_;
        if (instruction.result == kNoSlot) return;
        last_mention_[instruction.result] = position_;
        definition_[instruction.result] = position_;
    }

    bool may_write_through(const Routine& routine, const Instruction& copy) const {
        if (!is_plain_copy(program_, copy)) return false;
        SlotId temporary = copy.operands[0];
        SlotId target = copy.result;
        std::size_t definition = definition_[temporary];
        bool is_temporary = program_.slots[temporary].storage == Storage::Local &&
                            mentions_[temporary] == 2 && definition >= begin_ &&
                            temporary != target;
        if (!is_temporary) return false;
        const Instruction& maker = routine.instructions[definition - begin_];
        if (maker.result != temporary || is_in_place(maker.op)) return false;
        if (is_seen_at_faults(program_, target) && last_fault_ > definition) return false;
        bool is_elementwise = info(maker.op).form == Form::Elementwise;
        return last_mention_[target] < definition ||
               (last_mention_[target] == definition && is_elementwise);
    }

    Program& program_;
    std::vector<std::uint32_t> mentions_;    // of each slot, in the whole program
    std::vector<std::size_t> last_mention_;  // position of the last instruction that names the slot
    std::vector<std::size_t> definition_;    // position of the last instruction that wrote the slot
    std::size_t position_ = 1;               // 0 stands for never
    std::size_t begin_ = 1;
    std::size_t last_fault_ = 0;
};

// Reads of a copy become reads of the original.
class ReadThrough {
  public:
    explicit ReadThrough(Program& program)
        : program_(program), versions_(program.slots.size()), copies_(program.slots.size()) {}

    void run() {
        for (Routine& routine : program_.routines) {
            ++routine_;
            for (Instruction& instruction : routine.instructions) {
                redirect(instruction);
                note(instruction);
            }
            Terminator& terminator = routine.terminator;
            if (terminator.kind == Terminator::Kind::Collective) redirect(terminator.collective);
            if (terminator.kind == Terminator::Kind::Branch)
                terminator.condition = original_of(terminator.condition);
        }
    }

  private:
    struct Copy {
        std::uint32_t routine = 0;
        SlotId original = kNoSlot;
        std::uint32_t version = 0;  // of the copy
        std::uint32_t original_version = 0;
    };

    SlotId original_of(SlotId id) const {
        const Copy& copy = copies_[id];
        bool holds = copy.routine == routine_ && copy.version == versions_[id] &&
                     copy.original_version == versions_[copy.original];
        return holds ? copy.original : id;
    }

    void redirect(Instruction& instruction) {
        bool is_elementwise = info(instruction.op).form == Form::Elementwise;
        for (std::size_t i = is_in_place(instruction.op) ? 1 : 0; i < instruction.operands.size();
             ++i) {
            SlotId original = original_of(instruction.operands[i]);
            if (original != instruction.result || is_elementwise)
                instruction.operands[i] = original;
        }
    }

    void note(const Instruction& instruction) {
        SlotId result = instruction.result;
        if (result == kNoSlot) return;
        ++versions_[result];
        SlotId original = instruction.operands.empty() ? kNoSlot : instruction.operands[0];
        if (is_plain_copy(program_, instruction) && original != result)
            copies_[result] = {routine_, original, versions_[result], versions_[original]};
    }

    Program& program_;
    std::vector<std::uint32_t> versions_;  // how often each slot has been written so far
    std::vector<Copy> copies_;
    std::uint32_t routine_ = 0;
};

}  // namespace

void forward_copies(Program& program) {
    WriteThrough(program).run();
    ReadThrough(program).run();
}

}  // namespace dunlin::ir
