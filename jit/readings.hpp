// Ways of reading an array that cost no copy.
//
// A reshape, a transpose or a slice with known bounds makes an array whose elements lie in another
// one at fixed distances. Instructions that run as loops over elements read them there, as long as
// the other array has not changed in between; when all who want the elements can do so, the array
// itself is never made.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ir/interpret_memory.hpp"
#include "ir/liveness.hpp"
#include "ir/microcode.hpp"

namespace dunlin::jit {

// A reshape, a transpose or a view.
bool rearranges(const ir::Instruction& instruction);

// Where the elements of a value lie: `offset` and, along its axes, `strides`, in elements of
// `slot`. Of a reshape, transpose or view, the value is its result, else the operand.
struct Reading {
    ir::SlotId slot = ir::kNoSlot;
    ir::Strides strides;
    std::int64_t offset = 0;
};

// The part of an array of that shape, whose elements lie at these distances, that a view with known
// bounds takes; nothing when one moves.
std::optional<Reading> part_of(const Reading& whole, const std::vector<std::int64_t>& attributes);

// Of one routine. Instructions and operands are counted as they stand there.
struct Readings {
    std::map<std::pair<std::size_t, std::size_t>, Reading> of_operand;
    std::vector<bool> not_made;  // by instruction: nobody needs its result

    // How an operand is read when not where it stands; null otherwise.
    const Reading* find(std::size_t instruction, std::size_t operand) const;
    // The slot that is really read.
    ir::SlotId slot(const ir::Routine& routine, std::size_t instruction, std::size_t operand) const;
};

struct ReadingRules {
    // Whether an instruction can read its operand k at any distances.
    std::function<bool(const ir::Instruction&, std::size_t k)> reads_anywhere;
    // Whether the slot's elements have addresses.
    std::function<bool(ir::SlotId)> is_in_memory;
};

Readings find_readings(const ir::Program& program, ir::RoutineId routine, const ReadingRules& rules,
                       const ir::Liveness& liveness);

// What is read when the routine's instructions have run: by its end, or by what comes after.
std::set<ir::SlotId> slots_read_after(const ir::Program& program, ir::RoutineId routine,
                                      const ir::Liveness& liveness);

}  // namespace dunlin::jit
