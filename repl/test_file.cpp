#include "repl/test_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "repl/specification.hpp"

namespace dunlin::repl {

namespace {

// How many VMs show that VMs do not depend on one another, in files that do not say.
constexpr std::int64_t kVmsAlone = 5;
// How many VMs are compared in all modes: more than a tile of lanes, and not whole tiles.
constexpr std::int64_t kVmsInModes = 37;
// And how many turns their loops may take: a program may be meant for one VM only, and never end in
// others.
constexpr std::uint64_t kFuelAlone = 100'000;

bool contains(const std::string& text, std::string_view piece) {
    return text.find(piece) != std::string::npos;
}

// The first word of a text, which is removed from it with the blanks that follow.
std::string take_word(std::string& text) {
    std::size_t end = std::min(text.find(' '), text.size());
    std::string word = text.substr(0, end);
    text.erase(0, std::min(text.find_first_not_of(' ', end), text.size()));
    return word;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string result;
    for (const std::string& text : texts) result += (result.empty() ? "" : " | ") + text;
    return result;
}

// What happened in one fault at one line, over all VMs.
struct FaultAtLine {
    std::string fault;
    std::string messages;
    SourceRange range;
    std::int64_t vms = 0;
    bool expected = false;
};

// For test blocks, of which there are many: one of each kind of kernel.
std::vector<Mode> main_modes(const Program& program) {
    std::vector<Mode> kinds;
    for (const Mode& mode : modes(program)) {
        const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const Mode& other) {
            return (other.execution.width == 1) == (mode.execution.width == 1) &&
                   other.execution.lanes == mode.execution.lanes;
        });
        if (!known) kinds.push_back(mode);
    }
    return kinds;
}

class FileTest {
  public:
    explicit FileTest(const std::string& path) : path_(path) {}

    std::vector<Check> run(const TestWishes& wishes);

  private:
    bool read();
    void run_program(const Program& program, bool block, Check& check);
    void check_blocks(const Program& program);
    void check_alone(const Program& program);
    void check_modes(const Program& program, bool block, const std::string& name);

    BatchOptions batch_options() const;
    BatchOptions alone_options() const;
    Failure bind(Batch& batch, const Program& program, bool block) const;
    void note_diagnostics(const Program& program);
    void note_outputs(const Program& program, const Batch& batch);
    std::string fault_text(const Program& program, const Batch& batch,
                           const FaultAtLine& fault) const;
    void note_faults(const Program& program, const Batch& batch, Check& check);
    std::vector<int> lines_of(const Diagnostic& diagnostic) const;
    bool matches(const Expectation& expectation, const Diagnostic& diagnostic) const;
    bool matches(const Expectation& expectation, const FaultAtLine& fault) const;
    void judge_diagnostics(Check& check);
    void judge_values(Check& check);
    void judge_faults(Check& check);
    void compare_with_whole(const Program& program, const Batch& whole, std::int64_t vm,
                            Check& check);

    static void fail(Check& check, int line, const std::string& text) {
        check.failures.push_back(fmt::format("line {}: {}", line, text));
    }

    std::string path_;
    std::string text_;
    TestSpecification specification_;
    std::vector<Diagnostic> diagnostics_;
    std::map<int, std::vector<std::string>> printed_;  // by line
    std::map<int, std::vector<std::string>> outputs_;
    std::vector<FaultAtLine> faults_;
    std::vector<Check> checks_;
    TestWishes wishes_;
};

bool FileTest::read() {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream content;
    if (!(content << file.rdbuf())) return false;
    text_ = content.str();
    specification_ = read_specification(text_);
    return true;
}

std::vector<int> FileTest::lines_of(const Diagnostic& diagnostic) const {
    std::vector<int> lines;
    if (diagnostic.range.file == path_) lines.push_back(diagnostic.range.line);
    for (const DiagnosticNote& note : diagnostic.notes)
        if (note.range.file == path_) lines.push_back(note.range.line);
    return lines;
}

// A diagnostic that has no place in this file, for example one about a param that it lacks, may be
// expected anywhere.
bool FileTest::matches(const Expectation& expectation, const Diagnostic& diagnostic) const {
    bool error = diagnostic.severity == Severity::Error;
    if (expectation.kind != (error ? ExpectationKind::Error : ExpectationKind::Warning))
        return false;
    std::string fragment = expectation.text;
    if (take_word(fragment) != diagnostic.code) return false;
    std::vector<int> lines = lines_of(diagnostic);
    if (!lines.empty() && std::find(lines.begin(), lines.end(), expectation.line) == lines.end())
        return false;
    return contains(diagnostic.message, fragment) || contains(diagnostic.label, fragment) ||
           contains(diagnostic.help, fragment);
}

// "NAME", "NAME 3", "NAME text", "NAME 3 text"
bool FileTest::matches(const Expectation& expectation, const FaultAtLine& fault) const {
    std::string rest = expectation.text;
    if (take_word(rest) != fault.fault || expectation.line != fault.range.line ||
        fault.range.file != path_)
        return false;
    if (!rest.empty() && rest.find_first_not_of("0123456789") != 0) {
        if (take_word(rest) != std::to_string(fault.vms)) return false;
    }
    return contains(fault.messages, rest);
}

// The same error may be met when the program and when its test blocks are loaded.
void FileTest::note_diagnostics(const Program& program) {
    for (const Diagnostic& diagnostic : program.diagnostics()) {
        bool known = std::any_of(
            diagnostics_.begin(), diagnostics_.end(),
            [&](const Diagnostic& other) { return other.rendered == diagnostic.rendered; });
        if (!known) diagnostics_.push_back(diagnostic);
    }
}

void FileTest::judge_diagnostics(Check& check) {
    std::vector<bool> met(specification_.expectations.size());
    for (const Diagnostic& diagnostic : diagnostics_) {
        bool expected = false;
        for (std::size_t k = 0; k < met.size() && !expected; ++k) {
            // Each expectation is for one diagnostic; but several in an imported file have nowhere
            // else to be expected.
            bool open = !met[k] || lines_of(diagnostic).empty();
            expected = open && matches(specification_.expectations[k], diagnostic);
            met[k] = met[k] || expected;
        }
        if (expected || diagnostic.severity == Severity::Warning) continue;
        fail(check, diagnostic.range.line,
             fmt::format("{}not expected: {} {}{}",
                         diagnostic.range.file == path_ ? "" : "in " + diagnostic.range.file + ", ",
                         diagnostic.code, diagnostic.message,
                         diagnostic.label.empty() ? "" : " (" + diagnostic.label + ")"));
    }
    for (std::size_t k = 0; k < met.size(); ++k) {
        const Expectation& expectation = specification_.expectations[k];
        bool of_diagnostic = expectation.kind == ExpectationKind::Error ||
                             expectation.kind == ExpectationKind::Warning;
        if (of_diagnostic && !met[k])
            fail(check, expectation.line, "not reported: " + expectation.text);
    }
}

BatchOptions FileTest::batch_options() const {
    BatchOptions options;
    options.vms = specification_.vms;
    options.seed = specification_.seed;
    options.fuel = specification_.fuel;
    options.print_vm = specification_.print_vm;
    return options;
}

BatchOptions FileTest::alone_options() const {
    BatchOptions options = batch_options();
    options.print_vm = -1;
    if (!options.fuel) options.fuel = kFuelAlone;
    return options;
}

// A test block need not have the program's inputs.
Failure FileTest::bind(Batch& batch, const Program& program, bool block) const {
    for (const auto& [name, literal] : specification_.values) {
        if (block && !program.port(name)) continue;
        if (auto error = batch.set(name, literal)) return error;
    }
    for (const auto& [name, file] : specification_.inputs) {
        if (block && !program.port(name)) continue;
        auto array = load_npy((std::filesystem::path(path_).parent_path() / file).string());
        if (!array) return array.error();
        if (auto error = batch.bind(name, *array)) return error;
    }
    return {};
}

void FileTest::note_outputs(const Program& program, const Batch& batch) {
    for (const Port& port : program.ports()) {
        auto array = batch.read(port.name);
        if (!array) continue;  // an input
        outputs_[port.line].push_back(format(batch.vms() == 1 ? array->row(0) : *array));
    }
}

std::string FileTest::fault_text(const Program& program, const Batch& batch,
                                 const FaultAtLine& fault) const {
    std::string text = "fault " + fault.fault;
    if (batch.vms() > 1) text += fmt::format(" in {} of {} VMs", fault.vms, batch.vms());
    if (fault.range.file != path_) text += " in " + fault.range.file;
    std::string message = fault.messages.substr(0, fault.messages.find('\n'));
    if (!message.empty()) text += ": " + message;
    std::string line = program.source_line(fault.range.file, fault.range.line);
    return text + "\n           " + line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

void FileTest::note_faults(const Program& program, const Batch& batch, Check& check) {
    std::vector<FaultAtLine> met;
    for (const FaultGroup& group : batch.faults()) {
        auto same = std::find_if(met.begin(), met.end(), [&](const FaultAtLine& other) {
            return other.fault == group.fault && other.range.file == group.range.file &&
                   other.range.line == group.range.line;
        });
        if (same == met.end())
            same = met.insert(met.end(), {group.fault, "", group.range, 0, false});
        same->vms += group.vms;
        same->messages += group.message + "\n";
    }
    for (FaultAtLine& fault : met) {
        for (const Expectation& expectation : specification_.expectations)
            fault.expected = fault.expected || (expectation.kind == ExpectationKind::Fault &&
                                                matches(expectation, fault));
        if (!fault.expected) fail(check, fault.range.line, fault_text(program, batch, fault));
        faults_.push_back(fault);
    }
}

void FileTest::run_program(const Program& program, bool block, Check& check) {
    BatchOptions options = batch_options();
    options.print = [this](const PrintedLine& line) {
        if (line.file == path_) printed_[line.line].push_back(line.text);
    };
    Batch batch(program, options);
    if (auto error = bind(batch, program, block)) {
        check.failures.push_back(error->message);
        return;
    }
    auto report = batch.run(specification_.steps);
    if (!report) {
        check.failures.push_back(report.error().message);
        return;
    }
    note_outputs(program, batch);
    note_faults(program, batch, check);
}

void FileTest::judge_values(Check& check) {
    std::map<int, std::vector<std::string>> expected;
    for (const Expectation& expectation : specification_.expectations)
        if (expectation.kind == ExpectationKind::Value)
            expected[expectation.line].push_back(expectation.text);
    for (const auto& [line, texts] : expected) {
        std::string text = joined(texts);
        const auto& source = printed_.count(line) ? printed_ : outputs_;
        auto found = source.find(line);
        if (found == source.end()) {
            fail(check, line, "expected " + text + "\n           but nothing was printed here");
        } else if (joined(found->second) != text) {
            fail(check, line,
                 "expected " + text + "\n           found    " + joined(found->second));
        }
    }
    for (const auto& [line, texts] : printed_)
        if (!expected.count(line)) fail(check, line, "printed, but not expected: " + joined(texts));
}

void FileTest::judge_faults(Check& check) {
    for (const Expectation& expectation : specification_.expectations) {
        if (expectation.kind != ExpectationKind::Fault) continue;
        bool met = std::any_of(faults_.begin(), faults_.end(), [&](const FaultAtLine& fault) {
            return matches(expectation, fault);
        });
        if (!met) fail(check, expectation.line, "no such fault: " + expectation.text);
    }
}

void FileTest::check_blocks(const Program& program) {
    for (int number = 0; number < static_cast<int>(program.tests().size()); ++number) {
        const TestBlock& block = program.tests()[static_cast<std::size_t>(number)];
        Check check{fmt::format("{}: test \"{}\"", path_, block.name), {}};
        auto loaded = program.load_test(number);
        if (!loaded) {
            check.failures.push_back(loaded.error().message);
        } else {
            note_diagnostics(*loaded);
            if (loaded->ok()) {
                run_program(*loaded, true, check);
                if (wishes_.modes) check_modes(*loaded, true, check.name);
            } else if (specification_.expects(ExpectationKind::Error)) {
                continue;  // judged with the file
            } else {
                check.failures.push_back("it has errors");
            }
        }
        checks_.push_back(std::move(check));
    }
}

void FileTest::compare_with_whole(const Program& program, const Batch& whole, std::int64_t vm,
                                  Check& check) {
    BatchOptions options = alone_options();
    options.vms = whole.vms();
    options.piece = Piece{vm, 1};
    Batch alone(program, options);
    if (auto error = bind(alone, program, false)) return check.failures.push_back(error->message);
    auto report = alone.run(specification_.steps);
    if (!report) return check.failures.push_back(report.error().message);
    if (!(alone.status(0) == whole.status(vm)))
        check.failures.push_back(fmt::format("VM {}: status differs", vm));
    for (const Port& port : program.ports()) {
        auto here = alone.read(port.name);
        if (!here) continue;  // an input
        Array there = whole.read(port.name)->row(vm);
        auto bytes = static_cast<std::size_t>(there.count() * size_of(there.type.dtype));
        if (bytes > 0 && std::memcmp(here->data, there.data, bytes) != 0) {
            check.failures.push_back(fmt::format("VM {}: {} is {} alone, {} in the batch", vm,
                                                 port.name, format(here->row(0)), format(there)));
        }
    }
}

void FileTest::check_alone(const Program& program) {
    if (program.has_collectives()) return;
    Check check{path_ + ": alone", {}};
    BatchOptions options = alone_options();
    // Values that are bound may say how many VMs there are.
    if (!options.vms && specification_.values.empty() && specification_.inputs.empty())
        options.vms = kVmsAlone;
    Batch whole(program, options);
    auto failure = bind(whole, program, false);
    auto report = failure ? Result<RunReport>(*failure) : whole.run(specification_.steps);
    if (!report)
        check.failures.push_back(report.error().message);
    else
        for (std::int64_t vm = 0; vm < whole.vms(); ++vm)
            compare_with_whole(program, whole, vm, check);
    checks_.push_back(std::move(check));
}

// Every way of running it gives the same bits.
void FileTest::check_modes(const Program& program, bool block, const std::string& name) {
    Check check{name + ": modes", {}};
    BatchOptions options = batch_options();
    if (!options.fuel) options.fuel = kFuelAlone;
    if (!options.vms && specification_.values.empty() && specification_.inputs.empty() && !block) {
        options.vms = kVmsInModes;
        options.print_vm = kVmsInModes / 2;
    }
    auto differences = verify(
        program, options, [&](Batch& batch) { return bind(batch, program, block); },
        specification_.steps, block ? main_modes(program) : modes(program));
    if (!differences) {
        check.failures.push_back(differences.error().message);
    } else {
        for (const Difference& difference : *differences)
            check.failures.push_back(difference.mode + ": " + difference.text);
    }
    checks_.push_back(std::move(check));
}

std::vector<Check> FileTest::run(const TestWishes& wishes) {
    wishes_ = wishes;
    Check check{path_, {}};
    if (!read()) return {{path_, {"cannot be read"}}};
    check.failures = specification_.problems;
    auto program = Program::from_text(path_, text_, specification_.load);
    if (!program) return {{path_, {program.error().message}}};

    bool checks_something = !specification_.expectations.empty() || specification_.asserts;
    // Files for others to import, which may be wrong on purpose, are tests only when they say so.
    bool for_import = std::filesystem::path(path_).parent_path().filename() == "modules";
    if (for_import && !checks_something && program->tests().empty()) return {};

    note_diagnostics(*program);
    check_blocks(*program);
    bool runs =
        program->ok() && (specification_.expects(ExpectationKind::Value) ||
                          specification_.expects(ExpectationKind::Fault) || specification_.asserts);
    if (runs) run_program(*program, false, check);
    judge_diagnostics(check);
    judge_values(check);
    judge_faults(check);
    if (!checks_something && specification_.shows && program->tests().empty())
        check.failures.push_back("checks nothing: it has neither an expectation nor a test block");
    if (wishes.alone && runs) check_alone(*program);
    if (wishes.modes && runs) check_modes(*program, false, path_);
    if (checks_something || !check.failures.empty())
        checks_.insert(checks_.begin(), std::move(check));
    return std::move(checks_);
}

}  // namespace

std::vector<Check> test_file(const std::string& path, const TestWishes& wishes) {
    return FileTest(path).run(wishes);
}

}  // namespace dunlin::repl
