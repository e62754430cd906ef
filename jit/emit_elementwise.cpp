// Operations element by element, and those without operands.
#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::Op;
using ir::SlotId;

void Emitter::note_statement(const Instruction& instruction) {
    if (instruction.statement == statement_) return;
    statement_ = instruction.statement;
    out_.line("#line " + std::to_string(statement_ + 1) + " \"statement\"");
}

void Emitter::write_instruction(const Instruction& instruction) {
    note_statement(instruction);
    switch (ir::info(instruction.op).form) {
        case ir::Form::Elementwise: return write_elementwise(instruction);
        case ir::Form::Iota: return write_iota(instruction);
        case ir::Form::Scalar: return write_fact(instruction);
        case ir::Form::Random: return write_random(instruction);
        case ir::Form::Reduce:
            if (instruction.op == Op::ArgMin || instruction.op == Op::ArgMax)
                return write_search(instruction);
            return write_reduce(instruction);
        case ir::Form::Scan: return write_scan(instruction);
        case ir::Form::Order: return write_sort(instruction);
        case ir::Form::MatMul: return write_matmul(instruction);
        case ir::Form::Reshape: return write_reshape(instruction);
        case ir::Form::Transpose: return write_transpose(instruction);
        case ir::Form::Concat: return write_concat(instruction);
        case ir::Form::View: return write_view(instruction);
        case ir::Form::Update: return write_update(instruction);
        case ir::Form::Gather: return write_gather(instruction);
        case ir::Form::Scatter: return write_scatter(instruction);
        case ir::Form::Print: return write_print(instruction);
        case ir::Form::Require: return write_require(instruction);
        case ir::Form::Batch:
        case ir::Form::BatchPick:
        case ir::Form::BatchSort: return;  // they end a routine
    }
}

// Integer division by zero and negative integer powers: all elements are looked at before any is
// computed.
void Emitter::check_operand(const Instruction& instruction) {
    if (!ir::may_fault(program_, instruction) || count_of(instruction.result) == 0) return;
    const SlotId slot = instruction.operands[1];
    const DType dtype = type_of(slot).dtype;
    const bool power = instruction.op == Op::IntPow;
    const Meaning meaning = meaning_of(slot);
    const std::string bad = fresh("bad");
    const std::string truth = type_text(meaning, DType::Bool);
    const std::string zero = type_text(meaning, dtype) + "(0)";
    out_.line(truth + " " + bad + " = " + truth + "(false);");
    count_loop(count_of(slot), unrolled(instruction), [&](const At& at) {
        const std::string test = read(slot, at).text + (power ? " < " : " == ") + zero;
        out_.line(bad + " = " + bad + " || " + truth + "(" + test + ");");
    });
    fault({bad, meaning}, power ? ir::Fault::NegativePower : ir::Fault::DivideByZero,
          instruction.statement, -1);
}

// Division by a constant is inlined, since the compiler makes a multiplication of it.
std::string Emitter::element_operation(const Instruction& instruction, Meaning meaning,
                                       const std::vector<std::string>& operands) const {
    const SlotId last = instruction.operands.back();
    const DType dtype = type_of(last).dtype;
    const bool divides = instruction.op == Op::FloorDiv || instruction.op == Op::Mod;
    if (divides && ir::is_integer(dtype) && program_.slots[last].storage == ir::Storage::Constant &&
        count_of(last) == 1)
        return prefix(meaning) + (instruction.op == Op::Mod ? "floor_mod<" : "floor_div<") +
               type_text(meaning, dtype) + ">(" + operands[0] + ", " + operands[1] + ")";
    return operation_text(instruction.op, meaning, dtype, type_of(instruction.result).dtype,
                          operands);
}

void Emitter::write_elementwise(const Instruction& instruction) {
    check_operand(instruction);
    const ir::Type& result = type_of(instruction.result);
    const Meaning meaning = joint_meaning(instruction);
    std::vector<ir::Strides> accesses{ir::row_major_strides(result.shape)};
    for (SlotId operand : instruction.operands)
        accesses.push_back(ir::broadcast_strides(type_of(operand).shape, result.shape));
    walk(result.shape, accesses, unrolled(instruction),
         [&](const Point& point, const std::vector<ir::Strides>& strides) {
             std::vector<std::string> operands;
             for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
                 const SlotId operand = instruction.operands[k];
                 const DType dtype = type_of(operand).dtype;
                 const Value value = read(operand, point.at(strides[k + 1]));
                 operands.push_back(as(value, meaning, dtype));
             }
             write(instruction.result, point.at(strides[0]),
                   {element_operation(instruction, meaning, operands), meaning});
         });
}

void Emitter::write_iota(const Instruction& instruction) {
    const ir::Type& result = type_of(instruction.result);
    const std::int64_t start = instruction.attributes[0];
    const std::int64_t step = instruction.attributes[1];
    count_loop(result.shape[0], unrolled(instruction), [&](const At& at) {
        if (at.fixed) {
            const auto value =
                static_cast<std::uint64_t>(start) +
                static_cast<std::uint64_t>(step) * static_cast<std::uint64_t>(at.number);
            write(
                instruction.result, at,
                {integer_literal(result.dtype, static_cast<std::int64_t>(value)), Meaning::Scalar});
        } else {
            const std::string value = "S::add(" + integer_literal(DType::I64, start) + ", S::mul(" +
                                      integer_literal(DType::I64, step) + ", S::i64(" + at.text +
                                      ")))";
            write(instruction.result, at,
                  {"S::convert<" + type_text(Meaning::Scalar, result.dtype) + ">(" + value + ")",
                   Meaning::Scalar});
        }
    });
}

void Emitter::write_fact(const Instruction& instruction) {
    const DType dtype = type_of(instruction.result).dtype;
    switch (instruction.op) {
        case Op::VmId:
            return write(instruction.result, {},
                         {prefix(lanes()) + "convert<" + lanes_type(dtype) + ">(vm)", lanes()});
        case Op::VmCount:
            return write(
                instruction.result, {},
                {"S::convert<" + type_text(Meaning::Scalar, dtype) + ">(S::i64(run->vm_count))",
                 Meaning::Scalar});
        default: return write(instruction.result, {}, {"run->first_turn != 0", Meaning::Scalar});
    }
}

// Element k comes from block draw + k / per_block.
void Emitter::write_random(const Instruction& instruction) {
    const ir::Type& result = type_of(instruction.result);
    const bool wide = result.dtype == DType::U64;
    const std::int64_t per_block = wide ? 2 : 4;
    const std::int64_t count = count_of(instruction.result);
    const std::string in = prefix(lanes());
    const std::string type = in + "u64";
    const Value draw =
        bind({in_lanes(read(instruction.operands[0], {}), DType::U64), lanes()}, DType::U64);
    auto write_block = [&](const At& block, std::int64_t words) {
        const std::string name = fresh("r");
        out_.line("const " + in + "RandomBlock " + name + " = " + in + "random_block(" +
                  in_lanes({"S::u64(run->seed)", Meaning::Scalar}, DType::U64) + ", " + in +
                  "convert<" + type + ">(vm), " + in + "add(" + draw.text + ", " + type +
                  "(S::u64(" + block.str() + "))));");
        for (std::int64_t k = 0; k < words; ++k) {
            At at;
            if (block.fixed)
                at.number = block.number * per_block + k;
            else
                at = {false, 0,
                      block.text + " * " + std::to_string(per_block) + " + " + std::to_string(k)};
            std::string word = name + ".word[" + std::to_string(wide ? 2 * k : k) + "]";
            if (wide)
                word = in + "join_words(" + word + ", " + name + ".word[" +
                       std::to_string(2 * k + 1) + "])";
            write(instruction.result, at, {word, lanes()});
        }
    };
    const std::int64_t whole = count / per_block;
    count_loop(whole, unrolled(instruction),
               [&](const At& block) { write_block(block, per_block); });
    if (count % per_block != 0) write_block({true, whole, ""}, count % per_block);
}

}  // namespace dunlin::jit
