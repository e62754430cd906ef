#include <charconv>
#include <cmath>
#include <limits>

#include "ir/text.hpp"
#include "ir/utf8.hpp"

namespace dunlin::ir {

namespace {

// A string in quotes; what is not printable stands as \xNN, byte by byte, so that any bytes come
// back.
std::string quoted(std::string_view text) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string result = "\"";
    for (std::size_t at = 0; at < text.size();) {
        Character character = decode_character(text, at);
        std::string_view bytes = text.substr(at, static_cast<std::size_t>(character.bytes));
        at += bytes.size();
        if (bytes == "\n") {
            result += "\\n";
        } else if (bytes == "\"" || bytes == "\\") {
            result += '\\';
            result += bytes;
        } else if (character.valid && is_printable(character.code)) {
            result += bytes;
        } else {
            for (char byte : bytes) {
                auto value = static_cast<unsigned char>(byte);
                result += {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
            }
        }
    }
    return result + "\"";
}

template <typename Bits, typename Float>
std::string float_text(Float value) {
    if (std::isnan(value)) {
        Bits bits, canonical;
        Float quiet = std::numeric_limits<Float>::quiet_NaN();
        std::memcpy(&bits, &value, sizeof value);
        std::memcpy(&canonical, &quiet, sizeof quiet);
        return bits == canonical ? "nan" : "nan:" + std::to_string(bits);
    }
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    if (text.find_first_of(".einf") == std::string::npos) text += ".0";
    return text;
}

std::string element_text(const Constant& constant, std::int64_t k) {
    switch (constant.type.dtype) {
        case DType::Bool: return constant.at<bool>(k) ? "true" : "false";
        case DType::F32: return float_text<std::uint32_t>(constant.at<float>(k));
        case DType::F64: return float_text<std::uint64_t>(constant.at<double>(k));
        case DType::U64: return std::to_string(constant.at<std::uint64_t>(k));
        default: return std::to_string(constant.at<std::int64_t>(k));
    }
}

std::string constant_text(const Constant& constant) {
    if (constant.type.is_scalar()) return element_text(constant, 0);
    std::string text = "[";
    for (std::int64_t k = 0; k < constant.count(); ++k) {
        if (k > 0) text += ", ";
        text += element_text(constant, k);
    }
    return text + "]";
}

std::string slot_name(SlotId id) {
    return "s" + std::to_string(id);
}
std::string routine_name(RoutineId id) {
    return "r" + std::to_string(id);
}
std::string statement_name(StatementId id) {
    return " !" + std::to_string(id);
}

std::string statement_text(const Statement& statement) {
    return std::to_string(statement.file) + ":" + std::to_string(statement.line) + ":" +
           std::to_string(statement.column) + "-" + std::to_string(statement.end_column);
}

std::string slot_text(const Program& program, SlotId id) {
    const Slot& slot = program.slots[id];
    std::string text = "slot " + slot_name(id) + " " + std::string(name_of(slot.storage)) + " " +
                       to_string(slot.type);
    if (!slot.name.empty()) text += " " + quoted(slot.name);
    if (slot.offset >= 0) text += " @" + std::to_string(slot.offset);
    if (slot.storage == Storage::Constant)
        text += " = " + constant_text(program.constants[slot.constant]);
    return text;
}

std::string instruction_text(const Instruction& instruction) {
    std::string text;
    if (instruction.result != kNoSlot) text = slot_name(instruction.result) + " = ";
    text += info(instruction.op).name;
    for (SlotId operand : instruction.operands) text += " " + slot_name(operand);
    if (!instruction.attributes.empty()) {
        text += " {";
        for (std::size_t i = 0; i < instruction.attributes.size(); ++i)
            text += (i > 0 ? ", " : "") + std::to_string(instruction.attributes[i]);
        text += "}";
    }
    return text + statement_name(instruction.statement);
}

std::string terminator_text(const Terminator& terminator) {
    std::string statement = statement_name(terminator.statement);
    std::string target = " " + routine_name(terminator.target);
    switch (terminator.kind) {
        case Terminator::Kind::Jump:
            return "jump" + target + (terminator.back_edge ? " back" : "") + statement;
        case Terminator::Kind::Branch:
            return "branch " + slot_name(terminator.condition) + target + " " +
                   routine_name(terminator.otherwise) + statement;
        case Terminator::Kind::Collective:
            return instruction_text(terminator.collective) + " then" + target + statement;
        case Terminator::Kind::Halt: return "halt" + statement;
        case Terminator::Kind::End: return "end" + statement;
    }
    __builtin_unreachable();
}

}  // namespace

std::string print_microcode(const Program& program) {
    std::string text = "program vm_bytes=" + std::to_string(program.vm_bytes) + "\n";
    for (std::size_t i = 0; i < program.files.size(); ++i)
        text += "file " + std::to_string(i) + " " + quoted(program.files[i]) + "\n";
    for (std::size_t i = 0; i < program.statements.size(); ++i)
        text +=
            "statement " + std::to_string(i) + " " + statement_text(program.statements[i]) + "\n";
    for (std::size_t i = 0; i < program.texts.size(); ++i)
        text += "text " + std::to_string(i) + " " + quoted(program.texts[i]) + "\n";
    for (SlotId id = 0; id < program.slots.size(); ++id) text += slot_text(program, id) + "\n";
    for (RoutineId id = 0; id < program.routines.size(); ++id) {
        const Routine& routine = program.routines[id];
        text += routine_name(id) + ":\n";
        for (const Instruction& instruction : routine.instructions)
            text += "  " + instruction_text(instruction) + "\n";
        text += "  " + terminator_text(routine.terminator) + "\n";
    }
    return text;
}

}  // namespace dunlin::ir
