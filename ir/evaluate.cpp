// One instruction over constants, by the Action that a run would use.
#include "ir/interpret_action.hpp"
#include "ir/interpret_memory.hpp"

namespace dunlin::ir {

namespace {

// Whether the result depends on the operands and attributes alone.
bool is_pure(Op op) {
    const Form form = info(op).form;
    return form != Form::Scalar && form != Form::Random && !is_effect(op) && !is_collective(op);
}

}  // namespace

std::optional<Constant> evaluate(Op op, const std::vector<std::int64_t>& attributes,
                                 const std::vector<const Constant*>& operands, const Type& result) {
    if (!is_pure(op)) return std::nullopt;
    Program program;
    Instruction instruction{op, static_cast<SlotId>(operands.size()), {}, attributes, 0};
    std::vector<std::byte*> places;
    for (const Constant* operand : operands) {
        instruction.operands.push_back(static_cast<SlotId>(program.slots.size()));
        program.slots.push_back({operand->type, Storage::Constant, {}, 0, -1});
        // Only read: no action writes to an operand that is not the result.
        places.push_back(const_cast<std::byte*>(operand->bytes.data()));
    }
    program.slots.push_back({result, Storage::Local, {}, 0, -1});
    Constant value{result, std::vector<std::byte>(static_cast<std::size_t>(byte_count(result)))};
    places.push_back(value.bytes.data());

    Frame frame;
    // As in a batch, an empty array has an address too.
    static std::byte nothing;
    for (std::byte*& place : places)
        if (place == nullptr) place = &nothing;
    frame.places = places.data();
    if (prepare({program, instruction}).action->run(frame) != Fault::None) return std::nullopt;
    make_canonical(result, value.bytes.data());
    return value;
}

}  // namespace dunlin::ir
