// Loops over elements that end in a scan along the last axis, of fewer lines than lanes. The order
// is that of docs/numerics.md: blocks of 4096 are scanned each for itself, which threads share, and
// then what came before a block is joined to all of it.
#include <algorithm>

#include "ir/reduction_order.hpp"
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::Shape;
using ir::Strides;

void Emitter::write_scan_nest(Loop& loop) {
    const Instruction& instruction = *loop.steps.back().instruction;
    const DType dtype = type_of(instruction.result).dtype;
    loop.length = loop.shape.back();
    loop.outer = Shape(loop.shape.begin(), loop.shape.end() - 1);
    for (const Access& access : loop.accesses) {
        loop.outer_strides.emplace_back(access.strides.begin(), access.strides.end() - 1);
        loop.inner_strides.push_back({access.strides.back()});
    }
    const std::int64_t blocks = (loop.length + ir::kReduceBlock - 1) / ir::kReduceBlock;
    const std::int64_t items = ir::element_count(loop.outer) * blocks;
    const std::string carries = fresh("carries");
    if (blocks > 1) declare_scratch(carries, dtype, items);
    const std::int64_t work =
        std::min(loop.length, ir::kReduceBlock) * static_cast<std::int64_t>(loop.steps.size());
    write_pieces(items, work, [&](const std::string& begin, const std::string& end) {
        const std::string item = begin_loop(begin, end);
        Point line;
        line.axes.resize(loop.outer.size());
        const std::string count = std::to_string(blocks);
        name_axes(loop.outer, loop.outer.size(), "(" + item + " / " + count + ")", 1, line);
        const auto [first, last] = name_block(item, loop.length);
        write_scan_block(loop, line, first, last);
        out_.line("}");
    });
    if (blocks > 1) add_carries(loop, carries, blocks);
    end_scratch();
}

// Elements are computed in lanes, put down, and scanned one after the other.
void Emitter::write_scan_block(const Loop& loop, const Point& line, const std::string& first,
                               const std::string& last) {
    const LoopStep& scan = loop.steps.back();
    const Instruction& instruction = *scan.instruction;
    const DType dtype = type_of(instruction.result).dtype;
    const Access& result = loop.accesses[*scan.store];
    const std::string type = type_text(Meaning::Scalar, dtype);
    const std::string vector = std::to_string(kElementLanes);
    const std::string local = fresh("local");
    const std::string elements = fresh("elements");
    const std::string at = fresh("i");
    out_.line(type + " " + local + "{};");
    out_.line(memory_type(dtype) + " " + elements + "[" + vector + "];");
    out_.line("S::i64 " + at + " = " + first + ";");
    auto turn = [&](const std::string& count) {
        Point point = line;
        point.axes.push_back({false, 0, at});
        write_steps(loop, point, count);
        out_.line("V::store_lanes(" + elements + ", " + type_text(Meaning::Lanes, dtype) + "(" +
                  element_of(loop, scan.operands[0], point, count) + "));");
        const std::string lane = begin_loop("0", count);
        const std::string element = type + "(S::load_element(" + elements + " + " + lane + "))";
        out_.line(local + " = " + at + " + " + lane + " == " + first + " ? " + element + " : " +
                  type + "(" +
                  combine_text(instruction.op, Meaning::Scalar, dtype, local, element) + ");");
        point.axes.back().text = "(" + at + " + " + lane + ")";
        out_.line("S::store_element(" +
                  access_place(result, point, joint_strides(loop, *scan.store)) + ", " +
                  memory_type(dtype) + "(" + for_host(result.slot, Meaning::Scalar, local) + "));");
        out_.line("}");
    };
    out_.line("for (; " + at + " + " + vector + " <= " + last + "; " + at + " += " + vector +
              ") {");
    turn(vector);
    out_.line("}");
    const std::string rest = fresh("n");
    out_.line("if (const S::i64 " + rest + " = " + last + " - " + at + "; " + rest + " > 0) {");
    turn(rest);
    out_.line("}");
}

// What the blocks of a line before one come to, and then all elements of that block with it.
void Emitter::add_carries(const Loop& loop, const std::string& carries, std::int64_t blocks) {
    const LoopStep& scan = loop.steps.back();
    const ir::Op op = scan.instruction->op;
    const Access& result = loop.accesses[*scan.store];
    const DType dtype = type_of(result.slot).dtype;
    const std::string type = type_text(Meaning::Scalar, dtype);
    const std::string block = std::to_string(ir::kReduceBlock);
    const std::string length = std::to_string(loop.length);
    const std::string count = std::to_string(blocks);
    const std::int64_t lines = ir::element_count(loop.outer);
    auto place = [&](Point line, const std::string& at) {
        line.axes.push_back({false, 0, "(" + at + ")"});
        return access_place(result, line, joint_strides(loop, *scan.store));
    };
    {
        const std::string number = begin_loop("0", std::to_string(lines));
        Point line;
        line.axes.resize(loop.outer.size());
        name_axes(loop.outer, loop.outer.size(), number, 1, line);
        const std::string carry = fresh("carry");
        out_.line(type + " " + carry + " = S::load_element(" + place(line, block + " - 1") + ");");
        const std::string b = begin_loop("1", count);
        out_.line("S::store_element(" + carries + " + " + number + " * " + count + " + " + b +
                  ", " + memory_type(dtype) + "(" + carry + "));");
        const std::string end = fresh("last");
        out_.line("const S::i64 " + end + " = (" + b + " + 1) * " + block + " < " + length +
                  " ? (" + b + " + 1) * " + block + " : " + length + ";");
        out_.line(carry + " = " + type + "(" +
                  combine_text(op, Meaning::Scalar, dtype, carry,
                               type + "(S::load_element(" + place(line, end + " - 1") + "))") +
                  ");");
        out_.line("}");
        out_.line("}");
    }
    write_pieces(
        lines * blocks, ir::kReduceBlock, [&](const std::string& begin, const std::string& end) {
            const std::string item = begin_loop(begin, end);
            out_.line("if (" + item + " % " + count + " == 0) continue;");
            Point line;
            line.axes.resize(loop.outer.size());
            name_axes(loop.outer, loop.outer.size(), "(" + item + " / " + count + ")", 1, line);
            const std::string lanes_type = type_text(Meaning::Lanes, dtype);
            const std::string carry = fresh("carry");
            out_.line("const " + lanes_type + " " + carry + " = " + lanes_type +
                      "(S::load_element(" + carries + " + " + item + "));");
            const std::string vector = std::to_string(kElementLanes);
            const auto [first, last] = name_block(item, loop.length);
            const std::string at = fresh("i");
            out_.line("for (S::i64 " + at + " = " + first + "; " + at + " < " + last + "; " + at +
                      " += " + vector + ") {");
            const std::string n = name_count(at, last);
            const std::string whole = place(line, at);
            std::string value =
                lanes_type + "(" +
                combine_text(op, Meaning::Lanes, dtype, carry,
                             lanes_type + "(V::load_part(" + whole + ", " + n + "))") +
                ")";
            value = for_host(result.slot, Meaning::Lanes, value);
            out_.line("V::store_part(" + whole + ", " + value + ", " + n + ");");
            out_.line("}");
            out_.line("}");
        });
}

}  // namespace dunlin::jit
