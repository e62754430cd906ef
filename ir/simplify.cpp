#include "ir/simplify.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "ir/simplify_moves.hpp"

namespace dunlin::ir {

namespace {

constexpr std::int64_t kMaxSearchedElements = 4096;

// The one value of all elements of a constant, as a scalar constant; nothing for other slots.
std::optional<Constant> single_value(const Program& program, SlotId id) {
    const Slot& slot = program.slots[id];
    if (slot.storage != Storage::Constant) return std::nullopt;
    const Constant& constant = program.constants[slot.constant];
    std::int64_t count = constant.count();
    if (count == 0 || count > kMaxSearchedElements) return std::nullopt;
    auto bytes = static_cast<std::size_t>(size_of(constant.type.dtype));
    for (std::size_t at = bytes; at < constant.bytes.size(); at += bytes)
        if (std::memcmp(&constant.bytes[at], constant.bytes.data(), bytes) != 0)
            return std::nullopt;
    return Constant{
        Type{constant.type.dtype, {}},
        {constant.bytes.begin(), constant.bytes.begin() + static_cast<std::ptrdiff_t>(bytes)}};
}

// What is known of the routine's instructions so far: which one gave a slot its present value. An
// entry is void once the slot, or an operand that the instruction had, has been written again.
class Definitions {
  public:
    explicit Definitions(const Program& program)
        : versions_(program.slots.size()), entries_(program.slots.size()) {}

    void begin_routine() { ++routine_; }
    void define(const Instruction& instruction) {
        SlotId result = instruction.result;
        if (result == kNoSlot) return;
        Entry& entry = entries_[result];
        bool reads_itself = std::find(instruction.operands.begin(), instruction.operands.end(),
                                      result) != instruction.operands.end();
        entry = {};
        if (!reads_itself && instruction.operands.size() == 1) {
            SlotId operand = instruction.operands[0];
            entry = {routine_, instruction.op, operand, version(operand), instruction.attributes};
        }
        ++versions_[result];
    }
    // The operand x when the slot now holds `op x`, and x has not been written since.
    std::optional<SlotId> operand_of(SlotId id, Op op) const {
        const Entry* entry = find(id, op);
        return entry ? std::optional(entry->operand) : std::nullopt;
    }
    const std::vector<std::int64_t>* attributes_of(SlotId id, Op op) const {
        const Entry* entry = find(id, op);
        return entry ? &entry->attributes : nullptr;
    }

  private:
    struct Entry {
        std::uint32_t routine = 0;
        Op op{};
        SlotId operand = kNoSlot;
        std::uint32_t operand_version = 0;
        std::vector<std::int64_t> attributes;
    };
    std::uint32_t version(SlotId id) const { return id < versions_.size() ? versions_[id] : 0; }
    const Entry* find(SlotId id, Op op) const {
        if (id >= entries_.size()) return nullptr;
        const Entry& entry = entries_[id];
        bool holds = entry.routine == routine_ && entry.op == op && entry.operand != kNoSlot &&
                     entry.operand_version == version(entry.operand);
        return holds ? &entry : nullptr;
    }

    // Slots made by the pass itself are constants, which are never written: they have no entry.
    std::vector<std::uint32_t> versions_;
    std::vector<Entry> entries_;
    std::uint32_t routine_ = 0;
};

class Simplifier {
  public:
    explicit Simplifier(Program& program)
        : program_(program), pool_(program), definitions_(program) {}

    void run() {
        for (Routine& routine : program_.routines) {
            definitions_.begin_routine();
            for (Instruction& instruction : routine.instructions) {
                simplify_instruction(instruction);
                definitions_.define(instruction);
            }
            std::erase_if(routine.instructions, [&](const Instruction& instruction) {
                return is_pointless(instruction);
            });
            turn_branch(routine.terminator);
        }
    }

  private:
    void simplify_instruction(Instruction& instruction);
    bool simplify_arithmetic(Instruction& instruction);
    bool simplify_division(Instruction& instruction);
    bool simplify_power(Instruction& instruction);
    bool simplify_bits(Instruction& instruction);
    bool simplify_shift(Instruction& instruction);
    bool simplify_choice(Instruction& instruction);
    bool simplify_twice(Instruction& instruction);
    bool is_pointless(const Instruction& instruction) const;
    void turn_branch(Terminator& terminator);

    DType dtype_of(const Instruction& instruction) const {
        return program_.type_of(instruction.operands[0]).dtype;
    }
    bool is_float_op(const Instruction& instruction) const {
        return is_float(dtype_of(instruction));
    }

    // Whether the operand is a constant whose elements are all `value` (floats: with this very sign
    // of zero).
    bool is_value(SlotId id, double value) const {
        std::optional<Constant> constant = single_value(program_, id);
        if (!constant) return false;
        if (is_float(constant->type.dtype)) {
            double found = constant->at<double>();
            return found == value && std::signbit(found) == std::signbit(value);
        }
        return *constant == scalar_constant(constant->type.dtype, static_cast<std::int64_t>(value));
    }
    // The logarithm when the operand is an integer constant 2^k > 0 throughout.
    std::optional<int> power_of_two(SlotId id) const {
        std::optional<Constant> constant = single_value(program_, id);
        if (!constant) return std::nullopt;
        auto bits = constant->at<std::uint64_t>();
        bool negative =
            kind_of(constant->type.dtype) == Kind::Signed && constant->at<std::int64_t>() <= 0;
        if (negative || !std::has_single_bit(bits)) return std::nullopt;
        return std::countr_zero(bits);
    }

    bool become_copy(Instruction& instruction, SlotId source) {
        instruction.op = Op::Copy;
        instruction.operands = {source};
        instruction.attributes.clear();
        return true;
    }
    bool become_value(Instruction& instruction, std::int64_t value) {
        DType dtype = program_.type_of(instruction.result).dtype;
        return become_copy(instruction, pool_.slot_for(scalar_constant(dtype, value)));
    }
    bool become(Instruction& instruction, Op op, SlotId first, const Constant& second) {
        instruction.op = op;
        instruction.operands = {first, pool_.slot_for(second)};
        return true;
    }

    Program& program_;
    ConstantPool pool_;
    Definitions definitions_;
};

// Sums, products and differences.
bool Simplifier::simplify_arithmetic(Instruction& instruction) {
    SlotId a = instruction.operands[0];
    SlotId b = instruction.operands[1];
    bool floats = is_float_op(instruction);
    switch (instruction.op) {
        case Op::Add: {
            double nothing = floats ? -0.0 : 0.0;
            if (is_value(b, nothing)) return become_copy(instruction, a);
            if (is_value(a, nothing)) return become_copy(instruction, b);
            return false;
        }
        case Op::Sub:
            if (is_value(b, 0.0)) return become_copy(instruction, a);
            if (a == b && !floats) return become_value(instruction, 0);
            return false;
        case Op::Mul:
            if (is_value(b, 1.0)) return become_copy(instruction, a);
            if (is_value(a, 1.0)) return become_copy(instruction, b);
            if (!floats && (is_value(a, 0.0) || is_value(b, 0.0)))
                return become_value(instruction, 0);
            return false;
        default: return false;
    }
}

// The reciprocal of a float constant when it is exact: then dividing by the one is multiplying by
// the other.
template <typename Float>
std::optional<Float> exact_reciprocal(Float divisor) {
    int exponent = 0;
    Float reciprocal = 1 / divisor;
    bool exact = std::abs(std::frexp(divisor, &exponent)) == Float(0.5) &&
                 std::isfinite(reciprocal) && 1 / reciprocal == divisor;
    return exact ? std::optional(reciprocal) : std::nullopt;
}

bool Simplifier::simplify_division(Instruction& instruction) {
    SlotId a = instruction.operands[0];
    SlotId b = instruction.operands[1];
    DType dtype = dtype_of(instruction);
    if (instruction.op == Op::Div) {
        std::optional<Constant> divisor = single_value(program_, b);
        if (!divisor) return false;
        if (is_value(b, 1.0)) return become_copy(instruction, a);
        if (dtype == DType::F32) {
            auto reciprocal = exact_reciprocal(divisor->at<float>());
            return reciprocal &&
                   become(instruction, Op::Mul, a, scalar_constant(dtype, *reciprocal));
        }
        auto reciprocal = exact_reciprocal(divisor->at<double>());
        return reciprocal && become(instruction, Op::Mul, a, scalar_constant(dtype, *reciprocal));
    }
    if (is_float(dtype)) return false;
    std::optional<int> shift = power_of_two(b);
    if (!shift) return false;
    if (*shift == 0)
        return instruction.op == Op::Mod ? become_value(instruction, 0)
                                         : become_copy(instruction, a);
    // Floor division shifts, and the remainder has the divisor's sign: it is the low bits.
    if (instruction.op == Op::FloorDiv)
        return become(instruction, Op::Shr, a, scalar_constant(dtype, *shift));
    std::uint64_t low_bits = (std::uint64_t{1} << *shift) - 1;
    return become(instruction, Op::And, a, scalar_constant(dtype, low_bits));
}

bool Simplifier::simplify_power(Instruction& instruction) {
    SlotId base = instruction.operands[0];
    SlotId exponent = instruction.operands[1];
    if (is_value(exponent, 0.0)) return become_value(instruction, 1);
    if (is_value(exponent, 1.0)) return become_copy(instruction, base);
    if (!is_value(exponent, 2.0)) return false;
    instruction.op = Op::Mul;
    instruction.operands = {base, base};
    return true;
}

// And, or, exclusive or: of bools, and of the bits of integers.
bool Simplifier::simplify_bits(Instruction& instruction) {
    SlotId a = instruction.operands[0];
    SlotId b = instruction.operands[1];
    double all = kind_of(dtype_of(instruction)) == Kind::Bool ? 1.0 : -1.0;
    if (a == b)
        return instruction.op == Op::Xor ? become_value(instruction, 0)
                                         : become_copy(instruction, a);
    for (auto [x, constant] : {std::pair(a, b), std::pair(b, a)}) {
        bool zeros = is_value(constant, 0.0);
        bool ones = is_value(constant, all);
        if (instruction.op == Op::And && zeros) return become_value(instruction, 0);
        if (instruction.op == Op::And && ones) return become_copy(instruction, x);
        if (instruction.op == Op::Or && ones)
            return become_value(instruction, static_cast<std::int64_t>(all));
        if (instruction.op != Op::And && zeros) return become_copy(instruction, x);
    }
    return false;
}

bool Simplifier::simplify_shift(Instruction& instruction) {
    if (!is_value(instruction.operands[1], 0.0)) return false;
    return become_copy(instruction, instruction.operands[0]);
}

// Select, least and greatest, comparisons with itself.
bool Simplifier::simplify_choice(Instruction& instruction) {
    const auto& operands = instruction.operands;
    if (instruction.op == Op::Select) {
        if (operands[1] == operands[2]) return become_copy(instruction, operands[1]);
        if (is_value(operands[0], 1.0)) return become_copy(instruction, operands[1]);
        if (is_value(operands[0], 0.0)) return become_copy(instruction, operands[2]);
        return false;
    }
    if (operands[0] != operands[1]) return false;
    if (instruction.op == Op::Min || instruction.op == Op::Max)
        return become_copy(instruction, operands[0]);
    if (is_float_op(instruction)) return false;  // NaN differs from itself
    return become_value(instruction, instruction.op == Op::Eq || instruction.op == Op::Le);
}

// Operations that undo themselves, and moves of moves.
bool Simplifier::simplify_twice(Instruction& instruction) {
    SlotId operand = instruction.operands[0];
    std::optional<SlotId> inner = definitions_.operand_of(operand, instruction.op);
    if (!inner || *inner == instruction.result) return false;
    bool moves = instruction.op == Op::Reshape || instruction.op == Op::Transpose;
    if (instruction.op == Op::Transpose) {
        const auto& before = *definitions_.attributes_of(operand, Op::Transpose);
        for (std::int64_t& axis : instruction.attributes)
            axis = before[static_cast<std::size_t>(axis)];
    }
    if (moves) {
        instruction.operands[0] = *inner;
        simplify_move(program_, instruction);
        return true;
    }
    if (program_.type_of(operand) != program_.type_of(instruction.result)) return false;
    return become_copy(instruction, *inner);
}

void Simplifier::simplify_instruction(Instruction& instruction) {
    switch (instruction.op) {
        case Op::Add:
        case Op::Sub:
        case Op::Mul: simplify_arithmetic(instruction); break;
        case Op::Div:
        case Op::FloorDiv:
        case Op::Mod: simplify_division(instruction); break;
        case Op::IntPow: simplify_power(instruction); break;
        case Op::And:
        case Op::Or:
        case Op::Xor: simplify_bits(instruction); break;
        case Op::Shl:
        case Op::Shr:
        case Op::Rotl: simplify_shift(instruction); break;
        case Op::Select:
        case Op::Min:
        case Op::Max:
        case Op::Eq:
        case Op::Ne:
        case Op::Lt:
        case Op::Le: simplify_choice(instruction); break;
        case Op::Convert:
            if (dtype_of(instruction) == program_.type_of(instruction.result).dtype)
                instruction.op = Op::Copy;
            break;
        case Op::Not:
        case Op::Neg:
        case Op::BitReverse: simplify_twice(instruction); break;
        case Op::Reshape:
        case Op::Transpose:
            if (!simplify_twice(instruction)) simplify_move(program_, instruction);
            break;
        case Op::Concat:
        case Op::View:
        case Op::Update: simplify_move(program_, instruction); break;
        default: break;
    }
}

// A slot copied to itself; a requirement that always holds.
bool Simplifier::is_pointless(const Instruction& instruction) const {
    if (instruction.op == Op::Copy) return instruction.operands[0] == instruction.result;
    return instruction.op == Op::Require && is_value(instruction.operands[0], 1.0);
}

void Simplifier::turn_branch(Terminator& terminator) {
    if (terminator.kind != Terminator::Kind::Branch) return;
    std::optional<SlotId> opposite = definitions_.operand_of(terminator.condition, Op::Not);
    if (!opposite) return;
    // A scalar not has a scalar operand, since nothing larger broadcasts to it.
    terminator.condition = *opposite;
    std::swap(terminator.target, terminator.otherwise);
}

}  // namespace

void simplify(Program& program) {
    Simplifier(program).run();
}

}  // namespace dunlin::ir
