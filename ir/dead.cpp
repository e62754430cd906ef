#include "ir/dead.hpp"

#include <vector>

#include "ir/liveness.hpp"
#include "ir/straighten.hpp"

namespace dunlin::ir {

namespace {

// Slots that lead, through any chain of instructions in any order, to something that can be seen.
// This finds variables that only feed themselves, such as a counter that nobody reads, which
// liveness alone cannot.
class UsefulSlots {
  public:
    explicit UsefulSlots(const Program& program)
        : useful_(program.slots.size()), writers_(program.slots.size()) {
        for (SlotId id = 0; id < program.slots.size(); ++id) {
            Storage storage = program.slots[id].storage;
            if (storage == Storage::State || storage == Storage::Output) mark(id);
        }
        for (const Routine& routine : program.routines) {
            for_each_instruction(routine, [&](const Instruction& instruction) {
                if (!is_removable(program, instruction)) mark_operands(instruction);
                if (instruction.result != kNoSlot)
                    writers_[instruction.result].push_back(&instruction);
            });
            if (routine.terminator.kind == Terminator::Kind::Branch)
                mark(routine.terminator.condition);
        }
        while (!pending_.empty()) {
            SlotId id = pending_.back();
            pending_.pop_back();
            for (const Instruction* writer : writers_[id]) mark_operands(*writer);
        }
    }
    bool has(SlotId id) const { return useful_[id]; }

  private:
    void mark(SlotId id) {
        if (useful_[id]) return;
        useful_[id] = true;
        pending_.push_back(id);
    }
    void mark_operands(const Instruction& instruction) {
        for (SlotId operand : instruction.operands) mark(operand);
    }

    std::vector<bool> useful_;
    std::vector<std::vector<const Instruction*>> writers_;
    std::vector<SlotId> pending_;
};

void remove_useless_instructions(Program& program) {
    UsefulSlots useful(program);
    for (Routine& routine : program.routines)
        std::erase_if(routine.instructions, [&](const Instruction& instruction) {
            return is_removable(program, instruction) && !useful.has(instruction.result);
        });
}

void remove_overwritten_results(Program& program) {
    Liveness liveness(program);
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        Routine& routine = program.routines[id];
        std::vector<const Instruction*> dead;  // from the last to the first
        liveness.walk_back(id, [&](const Instruction& instruction, bool is_live) {
            bool stays = is_live || !is_removable(program, instruction);
            if (!stays) dead.push_back(&instruction);
            return stays;
        });
        std::vector<Instruction> kept;
        for (Instruction& instruction : routine.instructions) {
            bool is_dead = !dead.empty() && dead.back() == &instruction;
            if (is_dead)
                dead.pop_back();
            else
                kept.push_back(std::move(instruction));
        }
        routine.instructions = std::move(kept);
    }
}

template <typename Visitor>
void for_each_mention(Program& program, Visitor&& visit) {
    for (Routine& routine : program.routines) {
        for_each_instruction(routine, [&](Instruction& instruction) {
            for (SlotId& operand : instruction.operands) visit(operand);
            if (instruction.result != kNoSlot) visit(instruction.result);
        });
        if (routine.terminator.kind == Terminator::Kind::Branch)
            visit(routine.terminator.condition);
    }
}

void drop_unused_slots(Program& program) {
    std::vector<bool> used(program.slots.size());
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        Storage storage = program.slots[id].storage;
        used[id] = storage != Storage::Local && storage != Storage::Constant;
    }
    for_each_mention(program, [&](SlotId& id) { used[id] = true; });
    std::vector<SlotId> renumbered(program.slots.size());
    std::vector<Slot> slots;
    std::vector<Constant> constants;
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        if (!used[id]) continue;
        renumbered[id] = static_cast<SlotId>(slots.size());
        Slot& slot = slots.emplace_back(std::move(program.slots[id]));
        if (slot.storage != Storage::Constant) continue;
        constants.push_back(std::move(program.constants[slot.constant]));
        slot.constant = static_cast<std::uint32_t>(constants.size() - 1);
    }
    program.slots = std::move(slots);
    program.constants = std::move(constants);
    for_each_mention(program, [&](SlotId& id) { id = renumbered[id]; });
}

// Visits the numbers of texts among an instruction's attributes.
template <typename Visitor>
void for_each_text(Program& program, Visitor&& visit) {
    for (Routine& routine : program.routines)
        for (Instruction& instruction : routine.instructions) {
            if (!is_effect(instruction.op)) continue;
            std::size_t first = instruction.op == Op::Require ? 1 : 0;
            for (std::size_t i = first; i < instruction.attributes.size(); ++i)
                if (instruction.attributes[i] >= 0) visit(instruction.attributes[i]);
        }
}

void drop_unused_texts(Program& program) {
    std::vector<bool> used(program.texts.size());
    for_each_text(program,
                  [&](std::int64_t& text) { used[static_cast<std::size_t>(text)] = true; });
    std::vector<std::int64_t> renumbered(program.texts.size());
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < program.texts.size(); ++i) {
        if (!used[i]) continue;
        renumbered[i] = static_cast<std::int64_t>(texts.size());
        texts.push_back(std::move(program.texts[i]));
    }
    program.texts = std::move(texts);
    for_each_text(program,
                  [&](std::int64_t& text) { text = renumbered[static_cast<std::size_t>(text)]; });
}

}  // namespace

void remove_dead(Program& program) {
    straighten(program);
    do {
        remove_useless_instructions(program);
        remove_overwritten_results(program);
    } while (straighten(program));
    drop_unused_slots(program);
    drop_unused_texts(program);
}

}  // namespace dunlin::ir
