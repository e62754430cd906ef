// Microcode: what a program means. This header is the specification; everybody shares it.
//
// A Program is code (routines) and data (slots), kept apart. It has already been specialised: every
// type, shape and `param` is fixed, every function is expanded in place. One VM runs it from
// routine 0; a batch is many VMs that run the same program over their own slots.
//
// A Slot is a typed place. Its storage says who owns the bytes:
//   Local     VM memory, laid out by the layout pass; lives during one run. Slots may share bytes.
//   Constant  the program's constant pool; never written
//   Input     one value per VM, bound by the host; never written
//   Shared    one value for the whole batch, bound by the host; never written
//   State     one value per VM, zero before the first turn, kept from turn to turn
//   Output    one value per VM, zero at the start of every turn, handed back
// The host finds inputs, shared values, states and outputs by storage and name.
//
// A Routine is a straight run of instructions that ends in a terminator: jump, branch, collective,
// halt or end. An Instruction has one operation, operand slots, one result slot (kNoSlot for
// effects), attributes, and a statement, which is its place in the source. Slots are variables, not
// values: they may be written many times. An operand never overlaps the result, with two
// exceptions: where the form is Update or Scatter operand 0 *is* the result, and where it is
// Elementwise an operand may be the very slot of the result (`s1 = add s1 s2`), since each element
// is read before it is written. Slots that merely share bytes are never operand and result of one
// instruction.
//
// Faults: an instruction that faults (see `may_fault`) writes nothing; the VM stops with the
// fault's code and the instruction's statement. Fuel: a jump marked `back_edge` costs one unit
// before it is taken; when none is left the VM stops with fuel_exhausted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/constant.hpp"
#include "ir/diagnostic.hpp"
#include "ir/types.hpp"

namespace dunlin::ir {

enum class Op : std::uint8_t {
#define OPERATION(name, text, arity, form, typing, kinds, linear, cost, meaning) name,
#include "ir/ops.def"
#undef OPERATION
};

// How shapes and attributes of an operation go together.
enum class Form : std::uint8_t {
    Elementwise,  // operands broadcast to the result; no attributes
    Iota,         // result has rank 1; attributes {start, step}
    Scalar,       // result is a scalar; no operands
    Random,       // operand is a scalar u64 block number; result u32 or u64 of any shape: element k
             // comes from the block operand + k / n and its word (u32, n = 4) or word pair (u64, n
             // = 2, low word first) k % n
    Reduce,     // attributes: reduced axes, ascending; the result lacks them
    Scan,       // attribute {axis}; result has the operand's shape
    Order,      // attributes {axis, descending}; result has the operand's shape
    MatMul,     // both operands of rank >= 2
    Reshape,    // equal element counts
    Transpose,  // attributes: a permutation of the axes
    Concat,     // attribute {axis}; at least one operand
    View,       // operands: array, moving starts...; attributes: four per axis of the array, see
                // AxisView
    Update,     // operands: array, moving starts..., value; attributes as View; value broadcasts to
                // the view's shape
    Gather,     // operands: array, k index arrays of one shape I; attribute {axis}: the k axes from
             // `axis` on are replaced by I; indices are integers, negative ones count from the end
    Scatter,    // operands: array, k index arrays, value; attribute {axis}; value broadcasts to
                // Gather's result
    Print,      // attributes: one per item, the number of a text (>= 0), or -1 for the next operand
    Require,    // attributes {fault, text or -1}; operand is a scalar bool
    Batch,      // a collective of one value; result has the operand's shape
    BatchPick,  // operands: value, scalar integer; result has the value's shape
    BatchSort,  // operands: scalar key, value; result has the value's shape
};

// How element types of an operation go together.
enum class Typing : std::uint8_t {
    Any,  // any element type that `kinds` allows for the result (or, without one, for the operands)
    Same,     // all operands and the result are equal
    Convert,  // any to any
    Test,     // any allowed to bool
    Compare,  // two equal ones to bool
    Select,   // bool, T, T to T
    Index,    // any allowed to an integer
    View,     // first (and last, for Update) equal the result; moving starts are scalar integers
    Gather,   // first (and last, for Scatter) equal the result; index arrays have one integer type
    Pick,     // T, integer to T
    SortBy,   // any key, T to T
};

enum class Linear : std::uint8_t { No, Linear };

struct OpInfo {
    std::string_view name;
    int arity;
    Form form;
    Typing typing;
    std::string_view kinds;
    Linear linear;
    int cost;
    std::string_view meaning;
};

const OpInfo& info(Op op);
std::vector<Op> all_ops();
inline bool is_collective(Op op) {
    Form form = info(op).form;
    return form == Form::Batch || form == Form::BatchPick || form == Form::BatchSort;
}
inline bool is_effect(Op op) {
    return info(op).form == Form::Print || info(op).form == Form::Require;
}
inline bool is_in_place(Op op) {
    return info(op).form == Form::Update || info(op).form == Form::Scatter;
}

enum class Fault : std::uint8_t {
    None = 0,
#define FAULT(name, text, meaning) name,
#include "ir/faults.def"
#undef FAULT
};
std::string_view name_of(Fault fault);

// One axis of a View or Update: which indices of the source axis are taken.
struct AxisView {
    enum Mode : std::int64_t {
        Range = 0,        // start, start + step, ... (count of them); the axis is kept
        Index = 1,        // the index `start`; the axis is dropped
        MovingIndex = 2,  // the index in the next moving operand; the axis is dropped
        MovingRange =
            3,  // as Range, `start` is added to the next moving operand (after a negative one has
                // had the size added); the axis is kept; every index must lie inside, else a fault
    };
    Mode mode = Range;
    std::int64_t start = 0;
    std::int64_t step = 1;
    std::int64_t count = 0;

    bool keeps_axis() const { return mode == Range || mode == MovingRange; }
    bool moves() const { return mode == MovingIndex || mode == MovingRange; }
};
void append(std::vector<std::int64_t>& attributes, const AxisView& axis);
std::vector<AxisView> axis_views(const std::vector<std::int64_t>& attributes);

using SlotId = std::uint32_t;
using RoutineId = std::uint32_t;
using StatementId = std::uint32_t;
inline constexpr SlotId kNoSlot = ~SlotId{0};

enum class Storage : std::uint8_t { Local, Constant, Input, Shared, State, Output };
std::string_view name_of(Storage storage);

struct Slot {
    Type type;
    Storage storage = Storage::Local;
    std::string name;            // the program's name for it; empty for a temporary
    std::uint32_t constant = 0;  // Storage::Constant: index into Program::constants
    std::int64_t offset =
        -1;  // Storage::Local: bytes from the start of VM memory, set by the layout pass

    bool operator==(const Slot&) const = default;
};

struct Instruction {
    Op op{};
    SlotId result = kNoSlot;
    std::vector<SlotId> operands;
    std::vector<std::int64_t> attributes;
    StatementId statement = 0;

    bool operator==(const Instruction&) const = default;
};

struct Terminator {
    enum class Kind : std::uint8_t {
        Jump,        // to `target`
        Branch,      // to `target` when `condition` (a scalar bool) is true, else to `otherwise`
        Collective,  // `collective` among all live VMs, then to `target`
        Halt,        // the statement `halt`: this VM stops here, in good order
        End,         // the end of the program; there is exactly one
    };
    Kind kind = Kind::End;
    SlotId condition = kNoSlot;
    RoutineId target = 0;
    RoutineId otherwise = 0;
    bool back_edge = false;  // Jump only: costs fuel
    Instruction collective;
    StatementId statement = 0;

    bool operator==(const Terminator&) const = default;
};

struct Routine {
    std::vector<Instruction> instructions;
    Terminator terminator;

    bool operator==(const Routine&) const = default;
};

// A statement's place: the innermost line of the user's own files, and the words the statement or
// expression covers.
struct Statement {
    std::uint32_t file = 0;  // index into Program::files
    std::int32_t line = 0;
    std::int32_t column = 0;
    std::int32_t end_column = 0;

    bool operator==(const Statement&) const = default;
};

struct Program {
    std::vector<Slot> slots;
    std::vector<Constant> constants;  // in the order of the Constant slots, one each
    std::vector<Routine> routines;
    std::vector<Statement> statements;
    std::vector<std::string> files;  // names, for messages
    std::vector<std::string> texts;  // strings of print, assert and fail
    std::int64_t vm_bytes = 0;       // VM memory for Local slots, set by the layout pass

    const Type& type_of(SlotId slot) const { return slots[slot].type; }
    bool has_collectives() const;
    bool operator==(const Program&) const = default;
};

// The routines a terminator may go to.
std::vector<RoutineId> successors(const Terminator& terminator);
// Calls visit(instruction) for the instructions of a routine and, at its end, for its collective.
template <typename RoutineType, typename Visitor>
void for_each_instruction(RoutineType& routine, Visitor&& visit) {
    for (auto& instruction : routine.instructions) visit(instruction);
    if (routine.terminator.kind == Terminator::Kind::Collective)
        visit(routine.terminator.collective);
}

// Whether the instruction may stop its VM, given its operand types and (for View) its attributes.
bool may_fault(const Program& program, const Instruction& instruction);
// Free of effects and of dependence on anything but its operands (and the VM's identity): may be
// dropped when unused.
bool is_removable(const Program& program, const Instruction& instruction);

// Makes a constant slot, sharing equal constants.
class ConstantPool {
  public:
    explicit ConstantPool(Program& program);
    SlotId slot_for(const Constant& constant);

  private:
    Program& program_;
    std::unordered_multimap<std::size_t, SlotId> by_hash_;
};

}  // namespace dunlin::ir
