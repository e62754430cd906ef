#include "jit/places.hpp"

#include <algorithm>

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Program;
using ir::SlotId;
using ir::Storage;

constexpr std::int64_t kMostVariables = 16;   // elements of an array kept in variables
constexpr std::int64_t kMostUnrolled = 64;    // elements that one unrolled instruction computes
constexpr std::int64_t kAlwaysUnrolled = 2;   // fewer than make a loop worth its lines
constexpr std::int64_t kAlignment = 128;      // of arrays in memory: a vector of 32 words

std::int64_t count_of(const Program& program, SlotId slot) {
    return ir::element_count(program.type_of(slot).shape);
}

// How many elements an instruction computes, or looks at.
std::int64_t work_of(const Program& program, const Instruction& instruction) {
    std::int64_t work = 1;
    for (SlotId operand : instruction.operands)
        work = std::max(work, count_of(program, operand));
    if (instruction.result != ir::kNoSlot)
        work = std::max(work, count_of(program, instruction.result));
    if (instruction.op == ir::Op::MatMul)
        work = count_of(program, instruction.result) *
               program.type_of(instruction.operands[0]).shape.back();
    return work;
}

bool has_moving_index(const Instruction& instruction) {
    for (const ir::AxisView& axis : ir::axis_views(instruction.attributes))
        if (axis.moves()) return true;
    return false;
}

// Whether every index is known when the kernel is written.
bool has_fixed_indices(const Instruction& instruction) {
    switch (ir::info(instruction.op).form) {
        case Form::Order:
        case Form::Gather:
        case Form::Scatter: return false;
        case Form::View:
        case Form::Update: return !has_moving_index(instruction);
        default: return true;
    }
}

class Chooser {
  public:
    Chooser(const Program& program, const Flow& flow, int width)
        : program_(program), flow_(flow), width_(width) {}

    Places run() {
        places_.home.assign(program_.slots.size(), Home::None);
        places_.offset.assign(program_.slots.size(), -1);
        places_.constants.assign(program_.slots.size(), -1);
        choose_first();
        settle();
        place_arrays();
        return std::move(places_);
    }

  private:
    void choose_first() {
        for (SlotId id = 0; id < program_.slots.size(); ++id) {
            const Storage storage = program_.slots[id].storage;
            const bool small = count_of(program_, id) <= kMostVariables;
            if (storage == Storage::Constant)
                places_.home[id] = Home::Fixed;
            else if (small)
                places_.home[id] = Home::Variables;
            else
                places_.home[id] = in_memory(id);
        }
    }

    Home in_memory(SlotId id) const {
        if (!flow_.uniform[id]) return Home::Tile;
        return program_.slots[id].storage == Storage::Local ? Home::Plain : Home::Fixed;
    }

    // An array stays in variables only when all that touch it are written out element by element;
    // that depends on the other arrays that they touch.
    void settle() {
        bool changed = true;
        while (changed) {
            changed = false;
            for (ir::RoutineId routine = 0; routine < program_.routines.size(); ++routine) {
                if (!flow_.reached[routine]) continue;
                ir::for_each_instruction(
                    program_.routines[routine], [&](const Instruction& instruction) {
                        const bool can_unroll = work_of(program_, instruction) <= kMostUnrolled &&
                                                has_fixed_indices(instruction);
                        if (can_unroll) return;
                        auto move_out = [&](SlotId slot) {
                            if (slot == ir::kNoSlot || count_of(program_, slot) <= 1) return;
                            if (places_.home[slot] != Home::Variables) return;
                            places_.home[slot] = in_memory(slot);
                            changed = true;
                        };
                        for (SlotId operand : instruction.operands) move_out(operand);
                        move_out(instruction.result);
                    });
            }
        }
    }

    void place_arrays() {
        for (SlotId id = 0; id < program_.slots.size(); ++id) {
            const std::int64_t bytes = ir::byte_count(program_.type_of(id));
            if (program_.slots[id].storage == Storage::Constant) {
                if (count_of(program_, id) > 1)
                    places_.constants[id] = take(places_.constant_bytes, bytes);
            } else if (places_.home[id] == Home::Tile) {
                places_.offset[id] = take(places_.memory_bytes, bytes * width_);
            } else if (places_.home[id] == Home::Plain) {
                places_.offset[id] = take(places_.memory_bytes, bytes);
            }
        }
        places_.memory_bytes = (places_.memory_bytes + kAlignment - 1) / kAlignment * kAlignment;
    }
    static std::int64_t take(std::int64_t& end, std::int64_t bytes) {
        const std::int64_t begin = (end + kAlignment - 1) / kAlignment * kAlignment;
        end = begin + bytes;
        return begin;
    }

    const Program& program_;
    const Flow& flow_;
    int width_;
    Places places_;
};

}  // namespace

Places choose_places(const Program& program, const Flow& flow, int width) {
    return Chooser(program, flow, width).run();
}

bool is_unrolled(const Program& program, const Places& places, const Instruction& instruction) {
    if (!has_fixed_indices(instruction)) return false;
    if (work_of(program, instruction) <= kAlwaysUnrolled) return true;
    auto in_variables = [&](SlotId slot) {
        return slot != ir::kNoSlot && places.home[slot] == Home::Variables &&
               count_of(program, slot) > 1;
    };
    return in_variables(instruction.result) ||
           std::any_of(instruction.operands.begin(), instruction.operands.end(), in_variables);
}

}  // namespace dunlin::jit
