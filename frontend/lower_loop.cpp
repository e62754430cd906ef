#include <algorithm>

#include "frontend/checked_walk.hpp"
#include "frontend/lower_internal.hpp"

namespace dunlin::frontend {

using namespace checked;
using ir::AxisView;
using ir::Op;
using ir::SlotId;
using ir::StatementId;
using CheckedStatement = checked::Statement;

namespace {

bool is_zero(const Node& node) {
    const auto* constant = std::get_if<ConstantNode>(&node.what);
    return constant != nullptr && constant->value.at<std::int64_t>() == 0;
}

void append_whole_axes(std::vector<std::int64_t>& attributes, const ir::Shape& shape,
                       std::size_t first) {
    for (std::size_t axis = first; axis < shape.size(); ++axis)
        ir::append(attributes, {AxisView::Range, 0, 1, shape[axis]});
}

const Node& source_of(const Loop& loop) {
    return loop.array ? *loop.array : *loop.start;
}

}  // namespace

// The counter runs from `start` to before `stop`. Both have the counter's type, so that the counter
// cannot pass its greatest number: it is compared before it is moved on.
Lowering::Count Lowering::begin_count(SlotId counter, SlotId start, SlotId stop,
                                      StatementId place) {
    Count count{counter, code_.routine(), code_.routine()};
    ir::RoutineId body = code_.routine();
    code_.copy(start, counter, place);
    code_.jump(count.head, place);
    code_.open(count.head);
    SlotId more = code_.slot({ir::DType::Bool, {}});
    code_.emit(Op::Lt, more, {counter, stop}, {}, place);
    code_.branch(more, body, count.exit, place);
    code_.open(body);
    return count;
}

void Lowering::end_count(const Count& count, StatementId place, bool back_edge) {
    SlotId one = integer(code_.slot_at(count.counter).type.dtype, 1);
    code_.emit(Op::Add, count.counter, {count.counter, one}, {}, place);
    code_.jump(count.head, place, back_edge);
    code_.open(count.exit);
}

void Lowering::take_row(SlotId array, SlotId counter, SlotId row, StatementId place) {
    std::vector<std::int64_t> attributes;
    ir::append(attributes, {AxisView::MovingIndex});
    append_whole_axes(attributes, code_.slot_at(array).type.shape, 1);
    code_.emit(Op::View, row, {array, counter}, std::move(attributes), place);
}

// Zero first: the array is whole before its elements are written one by one, and its life begins
// here.
void Lowering::into(const Node& node, const ComprehensionNode& comprehension, Target target) {
    StatementId place = statement(node.span);
    if (!target.free) return code_.copy(value(node), target.slot, place);
    code_.copy(integer(node.type.dtype, 0), target.slot, place);
    const auto& loops = comprehension.loops;
    if (std::any_of(loops.begin(), loops.end(), [](const Loop& loop) { return loop.trips == 0; }))
        return;
    std::vector<Turn> turns(loops.size());
    for (std::size_t k = 0; k < loops.size(); ++k) {
        bool depends = questions_.reads(source_of(loops[k]), [&](const Variable& read) {
            return std::any_of(loops.begin(), loops.begin() + static_cast<std::ptrdiff_t>(k),
                               [&](const Loop& outer) { return outer.variable == &read; });
        });
        if (!depends) turns[k].source = value(source_of(loops[k]));
    }
    comprehension_turns(node, comprehension, turns, 0, target.slot);
}

void Lowering::comprehension_turns(const Node& node, const ComprehensionNode& comprehension,
                                   std::vector<Turn>& turns, std::size_t depth, SlotId target) {
    StatementId place = statement(node.span);
    if (depth < turns.size()) {
        begin_turn(comprehension.loops[depth], turns[depth], place);
        comprehension_turns(node, comprehension, turns, depth + 1, target);
        return end_count(turns[depth].count, place, false);
    }
    std::vector<SlotId> operands{target};
    std::vector<std::int64_t> attributes;
    for (const Turn& turn : turns) {
        operands.push_back(turn.count.counter);
        ir::append(attributes, {AxisView::MovingIndex});
    }
    append_whole_axes(attributes, node.type.shape, turns.size());
    operands.push_back(value(*comprehension.body));
    code_.emit(Op::Update, target, std::move(operands), std::move(attributes), place);
}

// A range from 0 is counted by its own variable, which nothing assigns inside an expression.
void Lowering::begin_turn(const Loop& loop, Turn& turn, StatementId place) {
    if (turn.source == ir::kNoSlot) turn.source = value(source_of(loop));
    bool is_own_counter = !loop.array && is_zero(*loop.start);
    ir::Type type{is_own_counter ? loop.variable->type.dtype : ir::DType::I64, {}};
    SlotId variable = slot_of(*loop.variable);
    SlotId counter = is_own_counter ? variable : code_.slot(type);
    turn.count =
        begin_count(counter, integer(type.dtype, 0), integer(type.dtype, *loop.trips), place);
    if (loop.array) return take_row(turn.source, counter, variable, place);
    if (is_own_counter) return;
    SlotId offset = counter;
    if (loop.variable->type != type) {
        offset = code_.slot(loop.variable->type);
        code_.emit(Op::Convert, offset, {counter}, {}, place);
    }
    code_.emit(Op::Add, variable, {turn.source, offset}, {}, place);
}

void Lowering::lower(const CheckedStatement& at, const While& loop, bool) {
    auto known = constant_condition(*loop.condition);
    if (known == false) return;
    StatementId place = statement(at.span);
    ir::RoutineId head = code_.routine(), exit = code_.routine();
    code_.jump(head, place);
    code_.open(head);
    if (!known) {
        SlotId condition = value(*loop.condition);
        ir::RoutineId body = code_.routine();
        code_.branch(condition, body, exit, statement(loop.condition->span));
        code_.open(body);
    }
    loops_.push_back({exit, std::nullopt, head, place});
    lower(loop.body, loop.body.size(), false);
    loops_.pop_back();
    code_.jump(head, place, true);
    code_.open(exit);
}

// The counter is hidden: the body may assign the variable, its array, or the names in its bounds
// without changing the number of turns.
void Lowering::lower(const CheckedStatement& at, const For& loop, bool) {
    StatementId place = statement(at.span);
    SlotId source = value(source_of(loop.loop));
    if (loop.loop.array) source = unchanged_by(loop, source, place);
    SlotId stop = loop.loop.array ? integer(ir::DType::I64, code_.slot_at(source).type.shape[0])
                                  : unchanged_by(loop, value(*loop.loop.stop), place);
    if (loop.loop.trips == 0) return;
    SlotId start = loop.loop.array ? integer(ir::DType::I64, 0) : source;
    SlotId counter = code_.slot(code_.slot_at(stop).type);
    Count count = begin_count(counter, start, stop, statement(source_of(loop.loop).span));
    SlotId variable = slot_of(*loop.loop.variable);
    if (loop.loop.array)
        take_row(source, counter, variable, place);
    else
        code_.copy(counter, variable, place);
    loops_.push_back({count.exit, std::nullopt, std::nullopt, place});
    lower(loop.body, loop.body.size(), false);
    if (auto step = loops_.back().step) {
        code_.jump(*step, place);
        code_.open(*step);
    }
    loops_.pop_back();
    end_count(count, place, true);
}

// A slot that keeps the value which `slot` has now, while the loop runs.
SlotId Lowering::unchanged_by(const For& loop, SlotId slot, StatementId place) {
    auto is_slot = [&](const Variable& variable) { return is_bound_to(variable, slot); };
    if (!is_slot(*loop.loop.variable) && !questions_.assigns(loop.body, is_slot)) return slot;
    SlotId snapshot = code_.slot(code_.slot_at(slot).type);
    code_.copy(slot, snapshot, place);
    return snapshot;
}

}  // namespace dunlin::frontend
