// Liveness: where a slot holds a value that may still be read.
//
// States and outputs are read by the host whenever a VM stops: at the end, at a halt, at an
// instruction that may fault, and where fuel may run out or the run may be interrupted (back-edges
// and collectives).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::ir {

// Sets of slots, one for each routine, one bit for each slot that needs one.
class SlotSets {
  public:
    SlotSets(std::size_t rows, std::size_t columns)
        : words_((columns + 63) / 64), bits_(rows * words_) {}

    std::size_t words() const { return words_; }
    std::uint64_t* row(std::size_t row) { return bits_.data() + row * words_; }
    const std::uint64_t* row(std::size_t row) const { return bits_.data() + row * words_; }
    bool has(std::size_t row, std::size_t column) const {
        return (bits_[row * words_ + column / 64] >> (column % 64) & 1) != 0;
    }
    void add(std::size_t row, std::size_t column) {
        bits_[row * words_ + column / 64] |= std::uint64_t{1} << (column % 64);
    }
    void remove(std::size_t row, std::size_t column) {
        bits_[row * words_ + column / 64] &= ~(std::uint64_t{1} << (column % 64));
    }

  private:
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

// The slots whose values pass from one routine to another: most temporaries do not, and need no bit
// in any set. Columns number them from 0.
struct CrossingSlots {
    explicit CrossingSlots(const Program& program);

    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::vector<std::uint32_t>
        column_of;              // by slot; kNone for a slot that lives inside one routine
    std::vector<SlotId> slots;  // by column
};

class Liveness {
  public:
    explicit Liveness(const Program& program);

    const CrossingSlots& crossing() const { return crossing_; }
    // Of the crossing slots, those that are live when a routine begins, and when it ends (after it
    // has read its condition or run its collective). One row a routine.
    const SlotSets& live_in() const { return live_in_; }
    const SlotSets& live_out() const { return live_out_; }

    // Goes through a routine from its end to its beginning, with its collective first.
    // `counts(instruction, is_live)` is told whether the result is live after it, and says whether
    // the instruction stays: the operands of one that does not are not read.
    using Counts = std::function<bool(const Instruction&, bool is_live)>;
    void walk_back(RoutineId routine, const Counts& counts);

  private:
    void find_effects(RoutineId routine);
    void solve();
    bool update(RoutineId routine);
    void show_host(SlotSets& sets, std::size_t row) const;
    bool is_live(SlotId slot) const;
    void set_live(SlotId slot, bool live);

    const Program& program_;
    CrossingSlots crossing_;
    SlotSets read_first_;  // read in the routine before anything is written there
    SlotSets written_;     // wholly written in the routine
    SlotSets live_in_;
    SlotSets live_out_;
    SlotSets seen_by_host_;  // one row: states and outputs
    SlotSets live_now_;      // one row, for walk_back
    std::vector<char>
        live_inside_;  // by slot, of those that live inside one routine; for walk_back
};

}  // namespace dunlin::ir
