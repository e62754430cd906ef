// Print and require.
#include <algorithm>

#include "jit/emitter.hpp"

namespace dunlin::jit {

using ir::DType;
using ir::Instruction;
using ir::SlotId;

// The values of the VM whose prints are wanted go to the worker's memory; the host makes a line of
// them.
void Emitter::write_print(const Instruction& instruction) {
    if (!options_.prints) return;
    const std::size_t number = site({}, &instruction);
    if (width_ == 1) {
        out_.line("if (vm == run->print_vm) {");
    } else {
        out_.line("if (const V::mask chosen = V::mask(vm == V::i64(run->print_vm)) && " +
                  std::string(masked_ ? "m" : "live") + "; V::any(chosen)) {");
        out_.line("const int lane = V::first_lane(chosen);");
    }
    std::int64_t end = 0;
    for (SlotId operand : instruction.operands) {
        const DType dtype = type_of(operand).dtype;
        const std::int64_t size = ir::size_of(dtype);
        const std::int64_t begin = (end + size - 1) / size * size;
        end = begin + size * count_of(operand);
        const std::string array = fresh("p");
        out_.line(memory_type(dtype) + "* " + array + " = reinterpret_cast<" + memory_type(dtype) +
                  "*>(printed + " + std::to_string(begin) + ");");
        const bool by_number = places_.home[operand] == Home::Variables && count_of(operand) > 1;
        count_loop(count_of(operand), by_number, [&](const At& at) {
            const Value value = read(operand, at);
            const std::string element = value.meaning == Meaning::Scalar
                                            ? value.text
                                            : "V::extract(" + type_text(value.meaning, dtype) +
                                                  "(" + value.text + "), lane)";
            out_.line("S::store_element(" + array + " + (" + at.str() + "), " +
                      type_text(Meaning::Scalar, dtype) + "(" + element + "));");
        });
    }
    scratch_bytes_ = std::max(scratch_bytes_, end);
    out_.line("run->print(run, " + std::to_string(number) + ", run->print_vm, printed);");
    out_.line("}");
}

void Emitter::write_require(const Instruction& instruction) {
    const Value wanted = read(instruction.operands[0], {});
    fault({"!" + wanted.text, wanted.meaning}, static_cast<ir::Fault>(instruction.attributes[0]),
          instruction.statement, static_cast<std::int32_t>(instruction.attributes[1]));
}

}  // namespace dunlin::jit
