#include "tests/unit/interpret_support.hpp"

#include <algorithm>
#include <stdexcept>

namespace dunlin::ir {

Program program_of(const std::string& text) {
    std::variant<Program, MicrocodeError> parsed = parse_microcode(text);
    if (const auto* error = std::get_if<MicrocodeError>(&parsed)) {
        throw std::runtime_error("line " + std::to_string(error->line) + ": " + error->message +
                                 "\n" + text);
    }
    Program program = std::get<Program>(std::move(parsed));
    for (const std::string& problem : verify(program))
        throw std::runtime_error(problem + "\n" + text);
    return program;
}

Constant constant_of(const std::string& text) {
    const Program program =
        program_of("program vm_bytes=0\nfile 0 \"t\"\nstatement 0 0:1:1-2\nslot s0 constant " +
                   text + "\nr0:\n  end !0\n");
    return program.constants.front();
}

std::string text_of(const Constant& constant) {
    Program program;
    program.constants.push_back(constant);
    program.slots.push_back({constant.type, Storage::Constant, {}, 0, -1});
    const std::string text = print_microcode(program);
    const std::string before = "slot s0 constant ";
    const std::size_t begin = text.find(before) + before.size();
    return text.substr(begin, text.find('\n', begin) - begin);
}

namespace {

std::string with_preamble(const std::string& body) {
    const bool has_header = body.rfind("program", 0) == 0;
    std::string text = has_header ? body.substr(0, body.find('\n') + 1) : "program vm_bytes=0\n";
    text += "file 0 \"test\"\n";
    for (int k = 0; k < 10; ++k) {
        const std::string number = std::to_string(k);
        text += "statement " + number + " 0:" + std::to_string(k + 1) + ":1-2\n";
    }
    text += "text 0 \"first\"\ntext 1 \"second\"\n";
    return text + (has_header ? body.substr(body.find('\n') + 1) : body);
}

}  // namespace

TestBatch::TestBatch(const std::string& body, std::int64_t vms)
    : program(program_of(with_preamble(body))), statuses(vms), vms_(vms) {
    request.program = &program;
    request.vms = vms;
    request.vm_count = vms;
    request.statuses = statuses.data();
    request.bindings.resize(program.slots.size());
    for (SlotId id = 0; id < program.slots.size(); ++id) {
        const Slot& slot = program.slots[id];
        if (slot.storage == Storage::Local || slot.storage == Storage::Constant) continue;
        const std::int64_t bytes = byte_count(slot.type);
        const bool shared = slot.storage == Storage::Shared;
        // Anything but zeros, so that it shows who clears what; states begin as zeros.
        const std::byte before{slot.storage == Storage::State ? std::uint8_t{0} : std::uint8_t{1}};
        memory_[id].assign(static_cast<std::size_t>(bytes * (shared ? 1 : vms)), before);
        request.bindings[id] = {memory_[id].data(), shared ? 0 : bytes};
    }
}

SlotId TestBatch::slot(const std::string& name) const {
    for (SlotId id = 0; id < program.slots.size(); ++id)
        if (program.slots[id].name == name) return id;
    throw std::runtime_error("no slot is named " + name);
}

void TestBatch::bind(const std::string& name, const Constant& values) {
    std::vector<std::byte>& memory = memory_.at(slot(name));
    ASSERT_EQ(memory.size(), values.bytes.size()) << name;
    std::copy(values.bytes.begin(), values.bytes.end(), memory.begin());
}

void TestBatch::share(const std::string& name, const Constant& value) {
    bind(name, value);
}

RunReport TestBatch::run() {
    return interpret(request);
}

Constant TestBatch::value(const std::string& name) const {
    const SlotId id = slot(name);
    Type type = program.type_of(id);
    if (vms_ != 1) type.shape.insert(type.shape.begin(), vms_);
    return {type, memory_.at(id)};
}

}  // namespace dunlin::ir
