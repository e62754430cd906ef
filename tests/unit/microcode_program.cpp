#include "tests/unit/microcode_program.hpp"

#include <regex>
#include <sstream>

#include "ir/text.hpp"
#include "ir/verify.hpp"

namespace dunlin::ir {

namespace {

std::string with_header(std::string_view slots_and_routines) {
    std::string text = "program\nfile 0 \"test.dun\"\n";
    for (int i = 0; i < 10; ++i) {
        std::string line = std::to_string(i + 1);
        text += "statement " + std::to_string(i) + " 0:" + line + ":1-2\n";
    }
    return text + "text 0 \"first\"\ntext 1 \"second\"\n" + std::string(slots_and_routines);
}

}  // namespace

Program parsed(std::string_view slots_and_routines) {
    auto result = parse_microcode(with_header(slots_and_routines));
    if (auto* error = std::get_if<MicrocodeError>(&result)) {
        ADD_FAILURE() << "line " << error->line - 14 << ": " << error->message;
        return {};
    }
    return std::get<Program>(std::move(result));
}

Program well_formed(std::string_view slots_and_routines) {
    Program program = parsed(slots_and_routines);
    for (const std::string& error : verify(program)) ADD_FAILURE() << error;
    return program;
}

std::string routines_of(const Program& program) {
    std::string text = print_microcode(program);
    std::size_t begin = text.find("\nr0:");
    if (begin == std::string::npos) return {};
    return std::regex_replace(text.substr(begin), std::regex(" ![0-9]+"), "");
}

std::string slot_line(const Program& program, SlotId id) {
    std::istringstream lines(print_microcode(program));
    std::string wanted = "slot s" + std::to_string(id) + " ";
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(wanted)) return line;
    return {};
}

testing::AssertionResult mentions(const std::vector<std::string>& errors, std::string_view text) {
    for (const std::string& error : errors)
        if (error.find(text) != std::string::npos) return testing::AssertionSuccess();
    auto failure = testing::AssertionFailure() << "no error mentions '" << text << "' among";
    for (const std::string& error : errors) failure << "\n  " << error;
    return failure;
}

}  // namespace dunlin::ir
