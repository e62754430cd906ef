#include "jit/segment.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace dunlin::jit {

namespace {

using ir::Form;
using ir::Instruction;
using ir::Op;
using ir::Program;
using ir::Shape;
using ir::SlotId;

constexpr std::int64_t kLeastElements = 8;     // of a loop whose lanes are elements
constexpr std::int64_t kLinesSideBySide = 16;  // scans of more lines are lanes of their own
constexpr std::int64_t kMostRowsHeld = 8;      // of an update that waits
constexpr std::int64_t kRowsForHeldOne = 4;    // so many rows for each that is held

bool is_reduction(const Instruction& instruction) {
    return ir::info(instruction.op).form == Form::Reduce && instruction.op != Op::ArgMin &&
           instruction.op != Op::ArgMax;
}

bool takes_neighbours(const Instruction& instruction) {
    const std::vector<std::int64_t>& axes = instruction.attributes;
    for (std::size_t k = 1; k < axes.size(); ++k)
        if (axes[k] != axes[0] + static_cast<std::int64_t>(k)) return false;
    return !axes.empty();
}

// The elements that an instruction's loop runs over, when it can be part of a group.
std::optional<Shape> loop_shape(const Program& program, const Instruction& instruction) {
    switch (ir::info(instruction.op).form) {
        case Form::Elementwise:
        case Form::Iota:
        case Form::Reshape:
        case Form::Transpose:
        case Form::View: return program.type_of(instruction.result).shape;
        case Form::Update: {
            Shape shape;
            for (const ir::AxisView& axis : ir::axis_views(instruction.attributes))
                if (axis.keeps_axis()) shape.push_back(axis.count);
            return shape;
        }
        case Form::Reduce:
            if (is_reduction(instruction) && takes_neighbours(instruction))
                return program.type_of(instruction.operands[0]).shape;
            return std::nullopt;
        case Form::Scan: {
            const Shape& shape = program.type_of(instruction.operands[0]).shape;
            const bool is_last =
                instruction.attributes[0] + 1 == static_cast<std::int64_t>(shape.size());
            if (is_last && ir::element_count(shape) < kLinesSideBySide * shape.back()) return shape;
            return std::nullopt;
        }
        default: return std::nullopt;
    }
}

class Cutter {
  public:
    Cutter(const Program& program, ir::RoutineId routine, const SegmentRules& rules,
           const Readings& readings)
        : program_(program),
          routine_(program.routines[routine]),
          rules_(rules),
          readings_(readings) {}

    std::vector<Segment> run() {
        for (std::size_t k = 0; k < routine_.instructions.size(); ++k) {
            if (readings_.not_made[k]) continue;
            number_ = k;
            const Instruction& instruction = routine_.instructions[k];
            std::optional<Shape> shape =
                rules_.is_large(instruction) ? loop_shape(program_, instruction) : std::nullopt;
            if (!shape || ir::element_count(*shape) < kLeastElements) {
                if (!may_run_before(instruction)) close();
                segments_.push_back(single(k));
                continue;
            }
            if (!group_ || group_->shape != *shape || !may_join(instruction, *shape)) close();
            if (!group_) {
                group_.emplace();
                group_->shape = *shape;
                group_->is_group = true;
            }
            join(instruction, *shape);
        }
        close();
        return std::move(segments_);
    }

  private:
    static Segment single(std::size_t number) {
        Segment segment;
        segment.instructions.push_back(number);
        segment.stored.push_back(false);
        return segment;
    }

    SlotId operand(std::size_t k) const { return readings_.slot(routine_, number_, k); }

    // Whether operand k of the instruction at hand is read at the element that is being computed,
    // and nowhere else.
    bool reads_in_place(std::size_t k, const Shape& shape) const {
        const Instruction& instruction = routine_.instructions[number_];
        const Form form = ir::info(instruction.op).form;
        const bool direct = form == Form::Elementwise || form == Form::Reduce ||
                            form == Form::Scan ||
                            (form == Form::Update && k + 1 == instruction.operands.size());
        if (!direct || program_.type_of(instruction.operands[k]).shape != shape) return false;
        const Reading* reading = readings_.find(number_, k);
        return reading == nullptr ||
               (reading->offset == 0 && reading->strides == ir::row_major_strides(shape) &&
                ir::element_count(program_.type_of(reading->slot).shape) ==
                    ir::element_count(shape));
    }

    // A small instruction that has nothing to do with the group at hand, and nothing to show for
    // itself, may come before it.
    bool may_run_before(const Instruction& instruction) const {
        if (!group_) return true;
        if (!ir::is_removable(program_, instruction)) return false;
        // A scalar lives in a variable; memory may be another array's until the group has run.
        if (ir::element_count(program_.type_of(instruction.result).shape) != 1) return false;
        for (SlotId operand : instruction.operands)
            if (written_.count(operand) > 0) return false;
        return read_.count(instruction.result) == 0 && written_.count(instruction.result) == 0 &&
               program_.slots[instruction.result].storage == ir::Storage::Local;
    }

    bool may_join(const Instruction& instruction, const Shape& shape) const {
        if (is_full_) return false;
        if (ir::info(instruction.op).form == Form::Scan && group_->reduced_axes > 0) return false;
        if (!fits_reductions(instruction, shape)) return false;
        if (ir::may_fault(program_, instruction) && (shows_ || reads_written(instruction)))
            return false;
        for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
            if (written_.count(operand(k)) == 0) continue;
            const auto element = elements_.find(operand(k));
            const bool is_element = element != elements_.end() && element->second;
            // The array that an update changes is not read by it.
            const bool is_target = ir::info(instruction.op).form == Form::Update && k == 0;
            if (is_target || !is_element || !reads_in_place(k, shape)) return false;
        }
        if (is_partial(instruction)) {
            if (read_.count(instruction.result) > 0 && !delay_of(instruction, shape)) return false;
        } else if (read_elsewhere_.count(instruction.result) > 0) {
            return false;
        }
        return !(written_.count(instruction.result) > 0 && !elements_.at(instruction.result));
    }

    // Where operand k is read when the loop is at an element; nothing when no fixed distances tell.
    std::optional<Reading> reading_of(std::size_t k, const Shape& shape) const {
        const Instruction& instruction = routine_.instructions[number_];
        if (const Reading* reading = readings_.find(number_, k)) {
            if (reading->strides.size() == shape.size()) return *reading;
            return std::nullopt;
        }
        const Form form = ir::info(instruction.op).form;
        const bool direct = form == Form::Elementwise || form == Form::Update;
        if (!direct || program_.type_of(operand(k)).shape != shape) return std::nullopt;
        return Reading{operand(k), ir::row_major_strides(shape), 0};
    }

    // How the update of an array that the group reads can be done by the group; nothing when it
    // cannot. An element is read at a fixed distance from the one that is written, so it is known
    // how far off the rows are that still need what the row at hand overwrites.
    std::optional<Delay> delay_of(const Instruction& instruction, const Shape& shape) const {
        if (ir::info(instruction.op).form != Form::Update || group_->reduced_axes > 0)
            return std::nullopt;
        const auto known = readings_in_group_.find(instruction.result);
        if (known == readings_in_group_.end()) return std::nullopt;
        const Shape& whole = program_.type_of(instruction.result).shape;
        const std::optional<Reading> target =
            part_of({instruction.result, ir::row_major_strides(whole), 0}, instruction.attributes);
        if (!target) return std::nullopt;
        const bool in_place = std::all_of(
            known->second.begin(), known->second.end(), [&](const std::optional<Reading>& reading) {
                return reading && reading->strides == target->strides &&
                       reading->offset == target->offset;
            });
        if (in_place) return Delay{.is_needed = false};
        if (shape.size() < 2) return std::nullopt;
        std::int64_t extent = 0;  // from the first element of a row to its last
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            if (target->strides[axis] <= 0) return std::nullopt;
            if (axis > 0) extent += (shape[axis] - 1) * target->strides[axis];
        }
        const std::int64_t row = target->strides[0];
        if (extent >= row) return std::nullopt;
        Delay delay;
        for (const std::optional<Reading>& reading : known->second) {
            if (!reading || reading->strides != target->strides) return std::nullopt;
            const std::int64_t distance = reading->offset - target->offset;
            if (extent - distance >= row)
                delay.behind = std::max(delay.behind, (extent - distance) / row);
            if (extent + distance >= row)
                delay.ahead = std::max(delay.ahead, (extent + distance) / row);
        }
        const std::int64_t held = delay.behind + delay.ahead;
        if (held > kMostRowsHeld || shape[0] < kRowsForHeldOne * (held + 1)) return std::nullopt;
        return delay;
    }

    // All reductions of a group take the same axes. Where these are several, the loop runs over
    // them as over one, so everything else must be read in its order.
    bool fits_reductions(const Instruction& instruction, const Shape& shape) const {
        const bool reduces = is_reduction(instruction);
        if (reduces && group_->reduced_axes > 0 &&
            (instruction.attributes.size() != group_->reduced_axes ||
             instruction.attributes[0] != static_cast<std::int64_t>(group_->first_reduced)))
            return false;
        const std::size_t axes = reduces ? instruction.attributes.size() : group_->reduced_axes;
        if (axes <= 1) return true;
        return is_flat_ && is_flat(instruction, shape);
    }
    bool is_flat(const Instruction& instruction, const Shape& shape) const {
        const Form form = ir::info(instruction.op).form;
        if (form == Form::Transpose || form == Form::View || form == Form::Update) return false;
        for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
            const Shape& own = program_.type_of(instruction.operands[k]).shape;
            if (ir::element_count(own) == 1) continue;
            if (ir::element_count(own) != ir::element_count(shape)) return false;
            const Reading* reading = readings_.find(number_, k);
            const Shape& axes = form == Form::Reshape ? shape : own;
            if (reading != nullptr && reading->strides != ir::row_major_strides(axes)) return false;
        }
        return true;
    }

    bool reads_written(const Instruction& instruction) const {
        for (std::size_t k = 0; k < instruction.operands.size(); ++k)
            if (written_.count(operand(k)) > 0) return true;
        return false;
    }

    // Its result is not the element that the loop is at.
    static bool is_partial(const Instruction& instruction) {
        const Form form = ir::info(instruction.op).form;
        return form == Form::Update || form == Form::Reduce || form == Form::Scan;
    }

    void join(const Instruction& instruction, const Shape& shape) {
        if (ir::info(instruction.op).form == Form::Update && read_.count(instruction.result) > 0) {
            const std::optional<Delay> delay = delay_of(instruction, shape);
            if (delay->is_needed) group_->delay = delay;
            is_full_ = true;
        }
        if (ir::info(instruction.op).form == Form::Scan) {
            group_->scans = true;
            is_full_ = true;
        }
        group_->instructions.push_back(number_);
        group_->stored.push_back(true);
        const bool is_update = ir::info(instruction.op).form == Form::Update;
        for (std::size_t k = is_update ? 1 : 0; k < instruction.operands.size(); ++k) {
            if (written_.count(operand(k)) > 0) continue;  // in a register
            read_.insert(operand(k));
            readings_in_group_[operand(k)].push_back(reading_of(k, shape));
            if (!reads_in_place(k, shape)) read_elsewhere_.insert(operand(k));
        }
        written_.insert(instruction.result);
        elements_[instruction.result] = !is_partial(instruction);
        if (program_.slots[instruction.result].storage != ir::Storage::Local) shows_ = true;
        is_flat_ = is_flat_ && is_flat(instruction, shape);
        if (!is_reduction(instruction)) return;
        group_->first_reduced = static_cast<std::size_t>(instruction.attributes[0]);
        group_->reduced_axes = instruction.attributes.size();
    }

    void close() {
        if (!group_) return;
        segments_.push_back(std::move(*group_));
        group_.reset();
        read_.clear();
        read_elsewhere_.clear();
        written_.clear();
        elements_.clear();
        shows_ = false;
        readings_in_group_.clear();
        is_flat_ = true;
        is_full_ = false;
    }

    const Program& program_;
    const ir::Routine& routine_;
    const SegmentRules& rules_;
    const Readings& readings_;
    std::size_t number_ = 0;  // of the instruction at hand
    std::vector<Segment> segments_;
    std::optional<Segment> group_;
    std::set<SlotId> read_;            // from memory, or as a scalar
    std::set<SlotId> read_elsewhere_;  // of these, not only at the element at hand
    std::map<SlotId, std::vector<std::optional<Reading>>> readings_in_group_;  // of read_
    std::set<SlotId> written_;
    std::map<SlotId, bool> elements_;  // of what is written: whether it is the element at hand
    bool is_flat_ = true;              // the loop may run over its axes as over one
    bool is_full_ = false;             // nothing may join
    bool shows_ = false;               // the group has written what the host may see
};

// What a group computes stays in registers when nobody reads it later.
void find_stored(const Program& program, ir::RoutineId id, const ir::Liveness& liveness,
                 const Readings& readings, std::vector<Segment>& segments) {
    const ir::Routine& routine = program.routines[id];
    std::set<SlotId> live = slots_read_after(program, id, liveness);
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
        std::set<SlotId> done;  // written later in the same group
        for (std::size_t k = segment->instructions.size(); k-- > 0;) {
            const Instruction& instruction = routine.instructions[segment->instructions[k]];
            const SlotId result = instruction.result;
            if (result == ir::kNoSlot) continue;
            const bool whole = !ir::is_in_place(instruction.op);
            const bool is_local = program.slots[result].storage == ir::Storage::Local;
            segment->stored[k] =
                !whole || ((!is_local || live.count(result) > 0) && done.count(result) == 0);
            if (whole) done.insert(result);
        }
        for (SlotId slot : done) live.erase(slot);
        // Operands that the group itself computes are read from registers.
        std::set<SlotId> written;
        for (std::size_t number : segment->instructions) {
            const Instruction& instruction = routine.instructions[number];
            for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
                const SlotId operand = readings.slot(routine, number, k);
                if (written.count(operand) == 0) live.insert(operand);
            }
            if (instruction.result != ir::kNoSlot && !ir::is_in_place(instruction.op))
                written.insert(instruction.result);
        }
    }
}

// Whether an instruction can be part of a group: then it reads its operands at any distances, but
// for the array that an update changes.
bool is_loop(const Program& program, const Instruction& instruction) {
    const std::optional<Shape> shape = loop_shape(program, instruction);
    return shape && ir::element_count(*shape) >= kLeastElements;
}

std::vector<Segment> cut(const Program& program, ir::RoutineId routine, const SegmentRules& rules,
                         const ir::Liveness& liveness, const Readings& readings) {
    std::vector<Segment> segments = Cutter(program, routine, rules, readings).run();
    find_stored(program, routine, liveness, readings, segments);
    return segments;
}

}  // namespace

Segments cut(const Program& program, const SegmentRules& rules,
             const std::function<bool(SlotId)>& is_in_memory) {
    const ir::Liveness liveness(program);
    const ReadingRules reading{[&](const Instruction& instruction, std::size_t k) {
                                   const bool is_target = ir::is_in_place(instruction.op) && k == 0;
                                   return !is_target && rules.is_large(instruction) &&
                                          is_loop(program, instruction);
                               },
                               is_in_memory};
    Segments result;
    for (ir::RoutineId id = 0; id < program.routines.size(); ++id) {
        result.readings.push_back(find_readings(program, id, reading, liveness));
        result.segments.push_back(cut(program, id, rules, liveness, result.readings.back()));
    }
    return result;
}

}  // namespace dunlin::jit
