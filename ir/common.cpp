#include "ir/common.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace dunlin::ir {

namespace {

// A number for each value that the routine meets: equal numbers, equal values.
using Value = std::int64_t;
// An operation with its attributes, the result's type, and the operands' values.
using Expression = std::vector<std::int64_t>;

bool commutes(Op op) {
    switch (op) {
        case Op::Add:
        case Op::Mul:
        case Op::Min:
        case Op::Max:
        case Op::And:
        case Op::Or:
        case Op::Xor:
        case Op::Eq:
        case Op::Ne: return true;
        default: return false;
    }
}

class RoutineSharing {
  public:
    explicit RoutineSharing(const Program& program) : program_(program) {}

    void share(Instruction& instruction) {
        if (instruction.result == kNoSlot) return;
        if (!is_shareable(instruction)) return define(instruction);
        Expression expression = expression_of(instruction);
        auto [found, is_new] = made_.try_emplace(std::move(expression));
        Made& made = found->second;
        if (!is_new && value_of(made.slot) == made.value) {
            values_[instruction.result] = made.value;
            instruction.op = Op::Copy;
            instruction.operands = {made.slot};
            instruction.attributes.clear();
            return;
        }
        define(instruction);
        made = {instruction.result, value_of(instruction.result)};
    }

  private:
    struct Made {
        SlotId slot = kNoSlot;
        Value value = -1;  // what the slot held then: it holds it no more when its value is another
    };

    bool is_shareable(const Instruction& instruction) const {
        if (instruction.op == Op::Copy || is_in_place(instruction.op)) return false;
        return !instruction.operands.empty() || program_.type_of(instruction.result).is_scalar();
    }
    Value value_of(SlotId slot) {
        auto [found, is_new] = values_.try_emplace(slot, next_);
        next_ += is_new;
        return found->second;
    }
    void define(const Instruction& instruction) {
        bool same = instruction.op == Op::Copy && program_.type_of(instruction.operands[0]) ==
                                                      program_.type_of(instruction.result);
        values_[instruction.result] = same ? value_of(instruction.operands[0]) : next_++;
    }
    Expression expression_of(const Instruction& instruction) {
        const Type& type = program_.type_of(instruction.result);
        Expression expression{static_cast<std::int64_t>(instruction.op),
                              static_cast<std::int64_t>(type.dtype),
                              static_cast<std::int64_t>(type.rank()),
                              static_cast<std::int64_t>(instruction.operands.size())};
        expression.insert(expression.end(), type.shape.begin(), type.shape.end());
        auto first = static_cast<std::ptrdiff_t>(expression.size());
        for (SlotId operand : instruction.operands) expression.push_back(value_of(operand));
        if (commutes(instruction.op)) std::sort(expression.begin() + first, expression.end());
        expression.insert(expression.end(), instruction.attributes.begin(),
                          instruction.attributes.end());
        return expression;
    }

    const Program& program_;
    std::unordered_map<SlotId, Value> values_;
    std::map<Expression, Made> made_;
    Value next_ = 0;
};

}  // namespace

void share_common(Program& program) {
    for (Routine& routine : program.routines) {
        RoutineSharing sharing(program);
        for (Instruction& instruction : routine.instructions) sharing.share(instruction);
    }
}

}  // namespace dunlin::ir
