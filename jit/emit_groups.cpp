// Loops whose lanes are elements of arrays: what a group of segment.hpp becomes.
//
// The last axis of the loop goes in steps of a vector; where it does not come out even, the last
// step reads and writes fewer lanes. Axes that all arrays pass as one are one loop. Long loops are
// cut into pieces, which threads share.
#include <algorithm>
#include <cassert>

#include "ir/reduction_order.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Form;
using ir::Instruction;
using ir::Op;
using ir::Shape;
using ir::SlotId;
using ir::Strides;

namespace {

constexpr std::int64_t kLeastForThreads = 1 << 15;  // elements
constexpr std::int64_t kGrain = 1 << 13;            // elements of a piece
constexpr std::int64_t kBeyondCaches = 32 << 20;    // bytes that a loop passes

bool is_reduction(Op op) {
    return ir::info(op).form == Form::Reduce;
}

}  // namespace

// How operand k of an instruction of a group is reached from the element that the loop is at.
Emitter::Access Emitter::access_of(std::size_t number, std::size_t k, const Shape& shape) {
    const ir::Routine& routine = program_.routines[routine_];
    const Instruction& instruction = routine.instructions[number];
    const SlotId slot = instruction.operands[k];
    const Shape& own = type_of(slot).shape;
    const Reading* reading = segments_.readings[routine_].find(number, k);
    Access access{slot, ir::row_major_strides(own), 0, std::nullopt};
    if (reading != nullptr) access = {reading->slot, reading->strides, reading->offset, {}};
    const Form form = ir::info(instruction.op).form;
    if (rearranges(instruction) && reading != nullptr) return access;
    switch (form) {
        case Form::Reshape: access.strides = ir::row_major_strides(shape); break;
        case Form::Transpose: {
            access.strides.clear();
            const Strides strides = ir::row_major_strides(own);
            for (std::int64_t axis : instruction.attributes)
                access.strides.push_back(strides[static_cast<std::size_t>(axis)]);
            break;
        }
        case Form::View: {
            const ViewStart start = view_start(instruction, 1);
            access.strides = start.strides;
            access.fixed = start.fixed;
            access.moving = start.moving;
            break;
        }
        default: {
            // Axes that the operand lacks, or has one element of, are passed standing still.
            Strides strides(shape.size() - own.size(), 0);
            for (std::size_t axis = 0; axis < own.size(); ++axis)
                strides.push_back(own[axis] == 1 ? 0 : access.strides[axis]);
            access.strides = std::move(strides);
        }
    }
    return access;
}

void Emitter::write_group(const Segment& group) {
    const ir::Routine& routine = program_.routines[routine_];
    out_.line("{");
    Loop loop;
    loop.shape = group.shape;
    loop.first_reduced = group.first_reduced;
    loop.reduced_axes = group.reduced_axes;
    // What is looked at before, and the ways of reading and writing.
    for (std::size_t k = 0; k < group.instructions.size(); ++k) {
        const Instruction& instruction = routine.instructions[group.instructions[k]];
        note_statement(instruction);
        LoopStep step;
        step.instruction = &instruction;
        step.stored = group.stored[k];
        const Form form = ir::info(instruction.op).form;
        if (form == Form::Elementwise) check_operand(instruction);
        const std::size_t first = form == Form::Update ? instruction.operands.size() - 1 : 0;
        const std::size_t end = form == Form::View ? 1 : instruction.operands.size();
        for (std::size_t operand = first; operand < end; ++operand) {
            const auto known = loop.computed.find(
                segments_.readings[routine_].slot(routine, group.instructions[k], operand));
            if (known != loop.computed.end()) {
                step.operands.push_back({true, known->second, 0});
                continue;
            }
            step.operands.push_back({false, 0, loop.accesses.size()});
            loop.accesses.push_back(access_of(group.instructions[k], operand, group.shape));
        }
        if (form == Form::Update) {
            const ViewStart start = view_start(instruction, 1);
            step.store = loop.accesses.size();
            loop.accesses.push_back({instruction.result, start.strides, start.fixed, start.moving});
        } else if (!is_reduction(instruction.op)) {
            // An arange also counts along its result.
            if (step.stored || form == Form::Iota) {
                step.store = loop.accesses.size();
                loop.accesses.push_back(
                    {instruction.result, ir::row_major_strides(group.shape), 0, std::nullopt});
            }
            loop.computed[instruction.result] = loop.steps.size();
        }
        loop.steps.push_back(std::move(step));
    }
    find_loop_ways(loop);
    if (ir::element_count(group.shape) > 0 && group.scans)
        write_scan_nest(loop);
    else if (ir::element_count(group.shape) > 0 && group.delay)
        write_delayed_nest(loop, *group.delay);
    else if (ir::element_count(group.shape) > 0)
        write_loop_nest(loop);
    else
        write_empty_reductions(loop);
    out_.line("}");
}

// What the accesses of a loop allow.
void Emitter::find_loop_ways(Loop& loop) const {
    std::set<SlotId> written;
    for (const LoopStep& step : loop.steps)
        if (step.store && step.stored) written.insert(loop.accesses[*step.store].slot);
    std::int64_t bytes = 0;
    bool reads_written = false;
    for (const LoopStep& step : loop.steps)
        for (const LoopOperand& operand : step.operands)
            if (!operand.is_computed && written.count(loop.accesses[operand.access].slot) > 0)
                reads_written = true;
    for (const Access& access : loop.accesses)
        if (count_of(access.slot) == ir::element_count(loop.shape))
            bytes += ir::byte_count(type_of(access.slot));
    loop.may_repeat = !reads_written;
    loop.streams = !reads_written && bytes >= kBeyondCaches;
}

// Sums of nothing.
void Emitter::write_empty_reductions(const Loop& loop) {
    for (const LoopStep& step : loop.steps)
        if (is_reduction(step.instruction->op)) write_reduce(*step.instruction);
}

void Emitter::write_loop_nest(Loop& loop) {
    if (loop.reduced_axes > 0) {
        const auto begin = loop.shape.begin() + static_cast<std::ptrdiff_t>(loop.first_reduced);
        const auto end = begin + static_cast<std::ptrdiff_t>(loop.reduced_axes);
        const std::int64_t results = ir::element_count(Shape(loop.shape.begin(), begin)) *
                                     ir::element_count(Shape(end, loop.shape.end()));
        const bool at_the_end = ir::element_count(Shape(end, loop.shape.end())) == 1;
        const bool is_short = ir::element_count(Shape(begin, end)) <= ir::kReduceLanes;
        if (!at_the_end || (is_short && results >= kElementLanes))
            write_row_reductions(loop);
        else
            write_last_axis_reductions(loop);
        return;
    }
    std::vector<Strides> strides;
    for (const Access& access : loop.accesses) strides.push_back(access.strides);
    Shape kept = loop.shape;
    merge_axes(kept, strides);
    if (kept.empty()) {
        kept.push_back(1);
        for (Strides& all : strides) all.push_back(0);
    }
    loop.length = kept.back();
    kept.pop_back();
    loop.outer = kept;
    for (const Strides& all : strides) {
        loop.outer_strides.emplace_back(all.begin(), all.end() - 1);
        loop.inner_strides.push_back({all.back()});
    }
    write_plain_nest(loop);
}

// The loop's last axes are reduced.
void Emitter::write_last_axis_reductions(Loop& loop) {
    const auto first = static_cast<std::ptrdiff_t>(loop.first_reduced);
    // Kept and reduced axes are merged each for themselves.
    Shape kept(loop.shape.begin(), loop.shape.begin() + first);
    Shape reduced(loop.shape.begin() + first, loop.shape.end());
    std::vector<Strides> outer;
    std::vector<Strides> inner;
    for (const Access& access : loop.accesses) {
        outer.emplace_back(access.strides.begin(), access.strides.begin() + first);
        inner.emplace_back(access.strides.begin() + first, access.strides.end());
    }
    merge_axes(reduced, inner);
    loop.length = ir::element_count(reduced);
    if (reduced.empty()) {
        reduced.push_back(1);
        for (Strides& all : inner) all.push_back(0);
    }
    outer.push_back(ir::row_major_strides(kept));  // of the results
    merge_axes(kept, outer);
    loop.result_strides = outer.back();
    outer.pop_back();
    loop.outer = kept;
    loop.outer_strides = outer;
    loop.inner_strides = inner;
    loop.inner_shape = reduced;
    write_reducing_nest(loop);
}

// Loops over the outer axes, around `inside`; threads take pieces of the first one when there is
// enough to do.
void Emitter::write_pieces(
    std::int64_t count, std::int64_t work_of_one,
    const std::function<void(const std::string& begin, const std::string& end)>& inside) {
    const std::string pieces = fresh("piece");
    const bool shared = count > 1 && count * work_of_one >= kLeastForThreads;
    if (!shared) {
        inside("0", std::to_string(count));
        return;
    }
    const std::int64_t grain = std::max<std::int64_t>(1, kGrain / work_of_one);
    out_.line("const auto " + pieces + " = [=](S::i64 begin, S::i64 end) {");
    inside("begin", "end");
    out_.line("};");
    out_.line("if (run->parallel == nullptr) {");
    out_.line("for (S::i64 from = 0; from < " + std::to_string(count) +
              "; from += " + std::to_string(grain * 64) + ") {");
    out_.line("if (*run->stop != 0) goto stopped;");
    out_.line("const S::i64 to = from + " + std::to_string(grain * 64) + ";");
    out_.line(pieces + "(from, to < " + std::to_string(count) + " ? to : " + std::to_string(count) +
              ");");
    out_.line("}");
    out_.line("} else {");
    out_.line("run->parallel(run, &kernel::call_piece<decltype(" + pieces + ")>, &" + pieces +
              ", " + std::to_string(count) + ", " + std::to_string(grain) + ");");
    out_.line("if (*run->stop != 0) goto stopped;");
    out_.line("}");
}

void Emitter::write_plain_nest(Loop& loop) {
    const bool one_axis = loop.outer.empty();
    const std::int64_t weight = static_cast<std::int64_t>(loop.steps.size());
    const std::int64_t first_axis =
        one_axis ? (loop.length + kElementLanes - 1) / kElementLanes : loop.outer.front();
    std::int64_t work = one_axis ? kElementLanes : loop.length;
    for (std::size_t axis = 1; axis < loop.outer.size(); ++axis) work *= loop.outer[axis];
    write_pieces(first_axis, work * weight, [&](const std::string& begin, const std::string& end) {
        Point point;
        for (std::size_t axis = 0; axis < loop.outer.size(); ++axis)
            point.axes.push_back({false, 0,
                                  begin_loop(axis == 0 ? begin : "0",
                                             axis == 0 ? end : std::to_string(loop.outer[axis]))});
        const std::string vector = std::to_string(kElementLanes);
        if (one_axis)
            write_inner_loop(loop, point, "(" + begin + ") * " + vector,
                             "(" + end + ") * " + vector);
        else
            write_inner_loop(loop, point, "0", std::to_string(loop.length));
        for (std::size_t axis = 0; axis < loop.outer.size(); ++axis) out_.line("}");
        if (loop.streams) out_.line("V::end_stream();");
    });
}

std::pair<std::string, std::string> Emitter::name_block(const std::string& number,
                                                        std::int64_t length) {
    const std::string all = std::to_string(length);
    if (length <= ir::kReduceBlock) return {"0", all};
    const std::int64_t blocks = (length + ir::kReduceBlock - 1) / ir::kReduceBlock;
    const std::string block = std::to_string(ir::kReduceBlock);
    const std::string first = fresh("first");
    const std::string last = fresh("last");
    out_.line("const S::i64 " + first + " = " + number + " % " + std::to_string(blocks) + " * " +
              block + ";");
    out_.line("const S::i64 " + last + " = " + first + " + " + block + " < " + all + " ? " + first +
              " + " + block + " : " + all + ";");
    return {first, last};
}

std::string Emitter::name_count(const std::string& at, const std::string& end) {
    const std::string name = fresh("n");
    const std::string vector = std::to_string(kElementLanes);
    out_.line("const S::i64 " + name + " = " + end + " - " + at + " < " + vector + " ? " + end +
              " - " + at + " : " + vector + ";");
    return name;
}

// Where `number` stands in a walk over the axes of the shape, all but one of them: it counts what
// is passed along them, and `below` steps within the last.
void Emitter::name_axes(const Shape& shape, std::size_t left_out, const std::string& number,
                        std::int64_t below, Point& point) {
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (axis == left_out) continue;
        const std::string name = fresh("i");
        out_.line("const S::i64 " + name + " = " + number + " / " + std::to_string(below) + " % " +
                  std::to_string(shape[axis]) + ";");
        point.axes[axis] = {false, 0, name};
        below *= shape[axis];
    }
}

// "for (...) {"; the name of its counter.
std::string Emitter::begin_loop(const std::string& begin, const std::string& end) {
    std::string name = fresh("i");
    out_.line("for (S::i64 " + name + " = " + begin + "; " + name + " < " + end + "; ++" + name +
              ") {");
    return name;
}

// The last axis, or a part of it that begins at a whole vector. `end` may lie beyond the axis.
void Emitter::write_inner_loop(const Loop& loop, Point point, const std::string& begin,
                               const std::string& end) {
    const std::string at = fresh("i");
    const std::string vector = std::to_string(kElementLanes);
    const std::int64_t rest = loop.length % kElementLanes;
    const std::int64_t whole = loop.length - rest;
    point.axes.push_back({false, 0, at});
    if (whole > 0) {
        std::string last = end;
        if (rest != 0 && end != std::to_string(loop.length))
            last = "(" + end + " < " + std::to_string(whole) + " ? " + end + " : " +
                   std::to_string(whole) + ")";
        else if (rest != 0)
            last = std::to_string(whole);
        out_.line("for (S::i64 " + at + " = " + begin + "; " + at + " < " + last + "; " + at +
                  " += " + vector + ") {");
        write_steps(loop, point, vector);
        out_.line("}");
    }
    if (rest == 0) return;
    out_.line("if (" + end + " > " + std::to_string(whole) + ") {");
    if (whole > 0 && loop.may_repeat) {
        // The last vector lies over the one before, and comes to the same there.
        out_.line("const S::i64 " + at + " = " + std::to_string(loop.length - kElementLanes) + ";");
        write_steps(loop, point, vector);
    } else {
        out_.line("const S::i64 " + at + " = " + std::to_string(whole) + ";");
        write_steps(loop, point, std::to_string(rest));
    }
    out_.line("}");
}

Strides Emitter::joint_strides(const Loop& loop, std::size_t access) const {
    Strides strides = loop.outer_strides[access];
    strides.insert(strides.end(), loop.inner_strides[access].begin(),
                   loop.inner_strides[access].end());
    return strides;
}

// The lanes of an access, `count` of them. The last stride says how far apart they are.
std::string Emitter::load_access(const Loop& loop, std::size_t number, const Point& point,
                                 const std::string& count) {
    const Access& access = loop.accesses[number];
    const DType dtype = type_of(access.slot).dtype;
    const std::string type = type_text(Meaning::Lanes, dtype);
    const Strides strides = joint_strides(loop, number);
    if (count_of(access.slot) == 1 || is_filled(access.slot))
        return type + "(" + read(access.slot, {}).text + ")";
    const std::string place = access_place(access, point, strides);
    const std::int64_t apart = strides.back();
    if (apart == 0) return type + "(S::load_element(" + place + "))";
    const bool whole = count == std::to_string(kElementLanes);
    if (apart == 1)
        return whole ? "V::load_lanes(" + place + ")"
                     : "V::load_part(" + place + ", " + count + ")";
    const std::string bytes = std::to_string(apart * ir::size_of(dtype));
    return "V::load_vms(" + place + ", " + bytes + ", int(" + count + "))";
}

std::string Emitter::element_of(const Loop& loop, const LoopOperand& operand, const Point& point,
                                const std::string& count) {
    if (operand.is_computed) return "e" + std::to_string(operand.step);
    const DType dtype = type_of(loop.accesses[operand.access].slot).dtype;
    return bind({load_access(loop, operand.access, point, count), Meaning::Lanes}, dtype).text;
}

std::string Emitter::access_place(const Access& access, const Point& point,
                                  const Strides& strides) {
    At at = point.at(strides, {true, access.fixed, ""});
    std::string text = at.str();
    if (access.moving) text = access.moving->text + " + " + text;
    return "s" + std::to_string(access.slot) + " + (" + text + ")";
}

void Emitter::store_access(const Loop& loop, std::size_t number, const Point& point,
                           const std::string& count, const std::string& value) {
    const Access& access = loop.accesses[number];
    const DType dtype = type_of(access.slot).dtype;
    const Strides strides = joint_strides(loop, number);
    const std::string place = access_place(access, point, strides);
    const std::string text = for_host(access.slot, Meaning::Lanes, value);
    const bool whole = count == std::to_string(kElementLanes);
    if (!loop.row_of_target.empty() && number == *loop.steps.back().store) {
        const std::string row = loop.row_of_target + " + (" + point.at(strides).str() + ")";
        out_.line((whole ? "V::store_lanes(" + row + ", " + text
                         : "V::store_part(" + row + ", " + text + ", " + count) +
                  ");");
        return;
    }
    if (strides.back() == 1) {
        out_.line((whole ? std::string(loop.streams ? "V::stream_lanes(" : "V::store_lanes(") +
                               place + ", " + text
                         : "V::store_part(" + place + ", " + text + ", " + count) +
                  ");");
        return;
    }
    // Also a single element, at a stride of 0: only the first lane counts then.
    const std::string bytes = std::to_string(strides.back() * ir::size_of(dtype));
    out_.line("V::store_strided(" + place + ", " + bytes + ", " + text + ", V::first_lanes(" +
              count + "));");
}

// The statements of the loop's body. Results are in e0, e1, ...
void Emitter::write_steps(const Loop& loop, const Point& point, const std::string& count) {
    std::map<std::size_t, std::string> loaded;
    for (std::size_t k = 0; k < loop.steps.size(); ++k) {
        const LoopStep& step = loop.steps[k];
        const Instruction& instruction = *step.instruction;
        note_statement(instruction);
        // What a reduction or a scan takes, they read themselves.
        const Form form = ir::info(instruction.op).form;
        if (form == Form::Reduce || form == Form::Scan) continue;
        std::vector<std::string> operands;
        for (const LoopOperand& operand : step.operands) {
            if (operand.is_computed) {
                operands.push_back("e" + std::to_string(operand.step));
                continue;
            }
            std::string& name = loaded[operand.access];
            if (name.empty()) {
                const DType dtype = type_of(loop.accesses[operand.access].slot).dtype;
                name =
                    bind({load_access(loop, operand.access, point, count), Meaning::Lanes}, dtype)
                        .text;
            }
            operands.push_back(name);
        }
        const DType dtype = type_of(instruction.result).dtype;
        const std::string type = type_text(Meaning::Lanes, dtype);
        std::string value;
        if (form == Form::Iota) {
            value = "V::convert<" + type + ">(V::add(V::i64(" +
                    integer_literal(DType::I64, instruction.attributes[0]) + "), V::mul(V::i64(" +
                    integer_literal(DType::I64, instruction.attributes[1]) + "), V::add(V::i64(" +
                    point.at(joint_strides(loop, *step.store)).str() +
                    "), V::lane_numbers<V::i64>()))))";
        } else if (form == Form::Elementwise) {
            value = element_operation(instruction, Meaning::Lanes, operands);
        } else {
            value = operands.back();
        }
        const std::string name = "e" + std::to_string(k);
        out_.line("const " + type + " " + name + " = " + value + ";");
        if (step.stored && step.store) store_access(loop, *step.store, point, count, name);
    }
}

// --- Reductions over the last axes ---

// Block after block: sixteen accumulators, which are the lanes of one vector, then their folding;
// what the blocks come to is a sequence that is reduced in the same order.
void Emitter::write_reducing_nest(Loop& loop) {
    assert(loop.inner_shape.size() == 1);
    const std::int64_t blocks = (loop.length + ir::kReduceBlock - 1) / ir::kReduceBlock;
    const std::int64_t results = ir::element_count(loop.outer);
    std::vector<std::size_t> reductions;
    for (std::size_t k = 0; k < loop.steps.size(); ++k)
        if (is_reduction(loop.steps[k].instruction->op)) reductions.push_back(k);
    std::vector<std::string> partial;
    for (std::size_t k : reductions) {
        const DType dtype = type_of(loop.steps[k].instruction->operands[0]).dtype;
        partial.push_back(fresh("partial"));
        if (blocks > 1) declare_scratch(partial.back(), dtype, blocks * results);
    }
    const std::int64_t work =
        std::min(loop.length, ir::kReduceBlock) * static_cast<std::int64_t>(loop.steps.size());
    write_pieces(results * blocks, work, [&](const std::string& begin, const std::string& end) {
        const std::string number = begin_loop(begin, end);
        const std::string outer = blocks > 1 ? number + " / " + std::to_string(blocks) : number;
        Point point;
        point.axes.resize(loop.outer.size());
        name_axes(loop.outer, loop.outer.size(), "(" + outer + ")", 1, point);
        write_block(loop, point, reductions, partial, number, blocks);
        out_.line("}");
    });
    if (blocks == 1) {
        end_scratch();
        return;
    }
    for (std::size_t r = 0; r < reductions.size(); ++r) {
        const Instruction& instruction = *loop.steps[reductions[r]].instruction;
        const DType dtype = type_of(instruction.operands[0]).dtype;
        const std::string type = type_text(Meaning::Scalar, dtype);
        const std::string k = fresh("k");
        const std::string row = begin_loop("0", std::to_string(results));
        write(instruction.result, {false, 0, row},
              {"S::reduce<" + type + ", S::" + rule_of(instruction.op) + ">(" +
                   std::to_string(blocks) + ", [&](S::Count " + k + ") { return S::load_element(" +
                   partial[r] + " + " + row + " * " + std::to_string(blocks) + " + " + k + "); })",
               Meaning::Scalar});
        out_.line("}");
    }
    end_scratch();
}

// One block of every reduction of the loop.
void Emitter::write_block(const Loop& loop, Point point, const std::vector<std::size_t>& reductions,
                          const std::vector<std::string>& partial, const std::string& number,
                          std::int64_t blocks) {
    const auto [begin, end] = name_block(number, loop.length);
    const std::string vector = std::to_string(kElementLanes);
    std::vector<std::string> sums;
    for (std::size_t k : reductions) {
        const DType dtype = type_of(loop.steps[k].instruction->operands[0]).dtype;
        sums.push_back(fresh("sum"));
        out_.line(type_text(Meaning::Lanes, dtype) + " " + sums.back() + ";");
    }
    const std::string at = fresh("i");
    auto turn = [&](const std::string& count, bool starts) {
        Point inside = point;
        inside.axes.push_back({false, 0, at});
        write_steps(loop, inside, count);
        for (std::size_t r = 0; r < reductions.size(); ++r) {
            const LoopStep& step = loop.steps[reductions[r]];
            const DType dtype = type_of(step.instruction->operands[0]).dtype;
            const std::string element = element_of(loop, step.operands[0], inside, count);
            if (starts) {
                out_.line(sums[r] + " = " + element + ";");
                continue;
            }
            const std::string joined =
                combine_text(step.instruction->op, Meaning::Lanes, dtype, sums[r], element);
            // Lanes beyond the end add nothing.
            const bool whole = count == vector;
            out_.line(sums[r] + " = " +
                      (whole ? joined
                             : "V::select(V::first_lanes(" + count + "), " +
                                   type_text(Meaning::Lanes, dtype) + "(" + joined + "), " +
                                   sums[r] + ")") +
                      ";");
        }
    };
    out_.line("{");
    out_.line("S::i64 " + at + " = " + begin + ";");
    const std::string start_count = name_count(at, end);
    out_.line("{");
    turn(start_count, true);
    out_.line("}");
    out_.line("for (" + at + " += " + vector + "; " + at + " + " + vector + " <= " + end + "; " +
              at + " += " + vector + ") {");
    turn(vector, false);
    out_.line("}");
    out_.line("if (" + at + " < " + end + ") {");
    const std::string rest = fresh("n");
    out_.line("const S::i64 " + rest + " = " + end + " - " + at + ";");
    turn(rest, false);
    out_.line("}");
    for (std::size_t r = 0; r < reductions.size(); ++r) {
        const Instruction& instruction = *loop.steps[reductions[r]].instruction;
        const DType dtype = type_of(instruction.operands[0]).dtype;
        const std::string type = type_text(Meaning::Scalar, dtype);
        const std::string value = "V::fold_lanes<S::" + std::string(rule_of(instruction.op)) +
                                  ">(" + sums[r] + ", " + start_count + ")";
        if (blocks > 1)
            out_.line("S::store_element(" + partial[r] + " + " + number + ", " + type + "(" +
                      value + "));");
        else
            write(instruction.result, point.at(loop.result_strides), {value, Meaning::Scalar});
    }
    out_.line("}");
}

}  // namespace dunlin::jit
