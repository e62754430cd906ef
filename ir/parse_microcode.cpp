#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>

#include "ir/text.hpp"

namespace dunlin::ir {

namespace {

// Reads the text of microcode from left to right. The first thing that is wrong is kept; from then
// on every reading function does nothing and gives a default, so that callers need look only where
// they loop.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool failed() const { return !error_.message.empty(); }
    const MicrocodeError& error() const { return error_; }
    void fail(std::string message) {
        if (!failed()) error_ = {line_, std::move(message)};
        rest_ = {};
    }

    bool at_end() const { return rest_.empty(); }
    bool at_line_end() {
        skip_spaces();
        return rest_.empty() || rest_.front() == '\n';
    }
    void end_line() {
        if (!at_line_end()) return fail("unexpected text at the end of the line");
        if (rest_.empty()) return;
        rest_.remove_prefix(1);
        ++line_;
    }

    bool accept(char wanted) {
        skip_spaces();
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char wanted) {
        if (!accept(wanted)) fail(std::string("expected '") + wanted + "'");
    }
    // The next letters, digits and underscores; empty when something else stands there.
    std::string_view word() {
        std::string_view found = peek_word();
        rest_.remove_prefix(found.size());
        return found;
    }
    bool accept_word(std::string_view wanted) {
        if (peek_word() != wanted) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }
    // The text up to a space, a bracket, a comma or the line's end: a literal.
    std::string_view literal() {
        skip_spaces();
        std::string_view found = rest_.substr(0, rest_.find_first_of(" \t\r\n,[]{}#"));
        rest_.remove_prefix(found.size());
        return found;
    }

    template <typename Integer>
    Integer integer() {
        skip_spaces();
        Integer value{};
        auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (problem != std::errc{}) {
            fail("expected a number");
            return 0;
        }
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }
    // A letter and a number: a slot (s) or a routine (r).
    std::uint32_t numbered(char letter) {
        expect(letter);
        if (failed()) return 0;
        return integer<std::uint32_t>();
    }
    std::string string() {
        std::string text;
        expect('"');
        while (!failed() && !rest_.empty() && rest_.front() != '"' && rest_.front() != '\n')
            text += character();
        expect('"');
        return text;
    }
    bool next_is(char wanted) {
        skip_spaces();
        return !rest_.empty() && rest_.front() == wanted;
    }

  private:
    static bool is_word_letter(char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_';
    }
    void skip_spaces() {
        while (!rest_.empty() &&
               (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\r'))
            rest_.remove_prefix(1);
        if (!rest_.empty() && rest_.front() == '#')
            rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    }
    std::string_view peek_word() {
        skip_spaces();
        std::size_t length = 0;
        while (length < rest_.size() && is_word_letter(rest_[length])) ++length;
        return rest_.substr(0, length);
    }
    char character() {
        char letter = rest_.front();
        rest_.remove_prefix(1);
        if (letter != '\\') return letter;
        if (rest_.empty()) return '\\';
        char kind = rest_.front();
        rest_.remove_prefix(1);
        if (kind == 'n') return '\n';
        if (kind == '"' || kind == '\\') return kind;
        unsigned value = 0;
        auto end = rest_.data() + std::min<std::size_t>(rest_.size(), 2);
        auto parsed = std::from_chars(rest_.data(), end, value, 16);
        if (kind != 'x' || parsed.ec != std::errc{} || parsed.ptr != rest_.data() + 2) {
            fail("an escape is \\n, \\\", \\\\ or \\x and two digits");
            return ' ';
        }
        rest_.remove_prefix(2);
        return static_cast<char>(value);
    }

    std::string_view rest_;
    int line_ = 1;
    MicrocodeError error_;
};

const std::unordered_map<std::string_view, Op>& ops_by_name() {
    static const auto table = [] {
        std::unordered_map<std::string_view, Op> by_name;
        for (Op op : all_ops()) by_name.emplace(info(op).name, op);
        return by_name;
    }();
    return table;
}

// Values of elements, by type.

template <typename Bits, typename Float>
bool parse_element(std::string_view text, Float& value) {
    constexpr std::string_view kNanBits = "nan:";
    if (text == "nan") {
        value = std::numeric_limits<Float>::quiet_NaN();
        return true;
    }
    if (text.starts_with(kNanBits)) {
        Bits bits = 0;
        text.remove_prefix(kNanBits.size());
        auto parsed = std::from_chars(text.data(), text.data() + text.size(), bits);
        std::memcpy(&value, &bits, sizeof value);
        return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() &&
               value != value;
    }
    auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && value == value;
}

template <typename Value>
bool parse_element(std::string_view text, Value& value) {
    if constexpr (std::is_same_v<Value, bool>) {
        value = text == "true";
        return value || text == "false";
    } else if constexpr (std::is_same_v<Value, float>) {
        return parse_element<std::uint32_t, float>(text, value);
    } else if constexpr (std::is_same_v<Value, double>) {
        return parse_element<std::uint64_t, double>(text, value);
    } else {
        auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    }
}

void read_element(Reader& reader, Constant& constant) {
    std::string_view text = reader.literal();
    with_cpp_type(constant.type.dtype, [&](auto sample) {
        decltype(sample) value{};
        if (!parse_element(text, value)) reader.fail("expected a value of the constant's type");
        std::byte bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        constant.bytes.insert(constant.bytes.end(), bytes, bytes + sizeof value);
    });
}

Constant read_constant(Reader& reader, const Type& type) {
    Constant constant{type, {}};
    if (type.is_scalar()) {
        read_element(reader, constant);
        return constant;
    }
    reader.expect('[');
    if (!reader.accept(']')) {
        do read_element(reader, constant);
        while (!reader.failed() && reader.accept(','));
        reader.expect(']');
    }
    if (constant.bytes.size() != static_cast<std::size_t>(byte_count(type)))
        reader.fail("expected " + std::to_string(constant.count()) + " values");
    return constant;
}

Type read_type(Reader& reader) {
    Type type;
    std::optional<DType> dtype = dtype_named(reader.word());
    if (!dtype) reader.fail("expected an element type");
    type.dtype = dtype.value_or(DType::Bool);
    if (reader.accept('[')) {
        do type.shape.push_back(reader.integer<std::int64_t>());
        while (!reader.failed() && reader.accept(','));
        reader.expect(']');
    }
    std::optional<std::int64_t> count = checked_count(type.shape);
    if (!count || *count > kMaxBytes / size_of(type.dtype)) {
        reader.fail("the shape is negative or too large");
        type.shape.clear();
    }
    return type;
}

// Items are numbered from 0 in order; the number in the text is for the reader's eye, and must be
// right.
void expect_number(Reader& reader, std::uint32_t found, std::size_t wanted) {
    if (found != wanted) reader.fail("expected number " + std::to_string(wanted));
}

void read_statement(Reader& reader, Program& program) {
    Statement statement;
    expect_number(reader, reader.integer<std::uint32_t>(), program.statements.size());
    statement.file = reader.integer<std::uint32_t>();
    reader.expect(':');
    statement.line = reader.integer<std::int32_t>();
    reader.expect(':');
    statement.column = reader.integer<std::int32_t>();
    reader.expect('-');
    statement.end_column = reader.integer<std::int32_t>();
    program.statements.push_back(statement);
}

std::optional<Storage> storage_named(std::string_view name) {
    for (Storage storage : {Storage::Local, Storage::Constant, Storage::Input, Storage::Shared,
                            Storage::State, Storage::Output})
        if (name_of(storage) == name) return storage;
    return std::nullopt;
}

void read_slot(Reader& reader, Program& program) {
    Slot slot;
    expect_number(reader, reader.numbered('s'), program.slots.size());
    std::optional<Storage> storage = storage_named(reader.word());
    if (!storage) reader.fail("expected local, constant, input, shared, state or output");
    slot.storage = storage.value_or(Storage::Local);
    slot.type = read_type(reader);
    if (reader.next_is('"')) slot.name = reader.string();
    if (reader.accept('@')) slot.offset = reader.integer<std::int64_t>();
    if (slot.storage == Storage::Constant) {
        reader.expect('=');
        slot.constant = static_cast<std::uint32_t>(program.constants.size());
        program.constants.push_back(read_constant(reader, slot.type));
    }
    program.slots.push_back(std::move(slot));
}

std::optional<SlotId> slot_named(std::string_view word) {
    SlotId id = 0;
    if (word.size() < 2 || word.front() != 's') return std::nullopt;
    auto parsed = std::from_chars(word.data() + 1, word.data() + word.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size()) return std::nullopt;
    return id;
}

StatementId read_statement_number(Reader& reader) {
    return reader.accept('!') ? reader.integer<StatementId>() : 0;
}

// `op s1 s2 {attributes} !statement`, the operation's name being read already.
Instruction read_instruction(Reader& reader, std::string_view name, SlotId result) {
    Instruction instruction;
    instruction.result = result;
    auto op = ops_by_name().find(name);
    if (op == ops_by_name().end()) {
        reader.fail("unknown operation");
        return instruction;
    }
    instruction.op = op->second;
    while (reader.next_is('s')) instruction.operands.push_back(reader.numbered('s'));
    if (reader.accept('{') && !reader.accept('}')) {
        do instruction.attributes.push_back(reader.integer<std::int64_t>());
        while (!reader.failed() && reader.accept(','));
        reader.expect('}');
    }
    instruction.statement = read_statement_number(reader);
    return instruction;
}

// Reads a terminator whose first word has been read; false when the word begins none.
bool read_terminator(Reader& reader, std::string_view name, Terminator& terminator) {
    if (name == "jump") {
        terminator.kind = Terminator::Kind::Jump;
        terminator.target = reader.numbered('r');
        terminator.back_edge = reader.accept_word("back");
    } else if (name == "branch") {
        terminator.kind = Terminator::Kind::Branch;
        terminator.condition = reader.numbered('s');
        terminator.target = reader.numbered('r');
        terminator.otherwise = reader.numbered('r');
    } else if (name == "halt") {
        terminator.kind = Terminator::Kind::Halt;
    } else if (name == "end") {
        terminator.kind = Terminator::Kind::End;
    } else {
        return false;
    }
    terminator.statement = read_statement_number(reader);
    return true;
}

// One line of a routine. True when it ends the routine.
bool read_routine_line(Reader& reader, Routine& routine) {
    std::string_view name;
    SlotId result = kNoSlot;
    std::string_view first = reader.word();
    if (reader.accept('=')) {
        std::optional<SlotId> slot = slot_named(first);
        if (!slot) reader.fail("expected a slot before '='");
        result = slot.value_or(kNoSlot);
        name = reader.word();
    } else {
        name = first;
        if (read_terminator(reader, name, routine.terminator)) return true;
    }
    Instruction instruction = read_instruction(reader, name, result);
    if (!reader.accept_word("then")) {
        routine.instructions.push_back(std::move(instruction));
        return false;
    }
    routine.terminator.kind = Terminator::Kind::Collective;
    routine.terminator.collective = std::move(instruction);
    routine.terminator.target = reader.numbered('r');
    routine.terminator.statement = read_statement_number(reader);
    return true;
}

void read_routine(Reader& reader, Program& program) {
    Routine routine;
    reader.expect(':');
    reader.end_line();
    bool ended = false;
    while (!ended && !reader.failed()) {
        if (reader.at_end()) return reader.fail("the routine does not end");
        if (!reader.at_line_end()) ended = read_routine_line(reader, routine);
        reader.end_line();
    }
    program.routines.push_back(std::move(routine));
}

void read_item(Reader& reader, Program& program) {
    std::string_view word = reader.word();
    if (word == "file") {
        expect_number(reader, reader.integer<std::uint32_t>(), program.files.size());
        program.files.push_back(reader.string());
    } else if (word == "statement") {
        read_statement(reader, program);
    } else if (word == "text") {
        expect_number(reader, reader.integer<std::uint32_t>(), program.texts.size());
        program.texts.push_back(reader.string());
    } else if (word == "slot") {
        read_slot(reader, program);
    } else if (word == "r" + std::to_string(program.routines.size())) {
        return read_routine(reader, program);
    } else {
        reader.fail("expected file, statement, text, slot or routine r" +
                    std::to_string(program.routines.size()));
    }
    reader.end_line();
}

}  // namespace

std::variant<Program, MicrocodeError> parse_microcode(std::string_view text) {
    Program program;
    Reader reader(text);
    while (!reader.at_end() && reader.at_line_end()) reader.end_line();
    if (!reader.accept_word("program")) reader.fail("expected 'program'");
    if (reader.accept_word("vm_bytes")) {
        reader.expect('=');
        program.vm_bytes = reader.integer<std::int64_t>();
    }
    reader.end_line();
    while (!reader.at_end()) {
        if (reader.at_line_end())
            reader.end_line();
        else
            read_item(reader, program);
    }
    if (reader.failed()) return reader.error();
    return program;
}

}  // namespace dunlin::ir
