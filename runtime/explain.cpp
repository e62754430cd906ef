// Views of a loaded program, for `dunlin explain`.
#include <algorithm>
#include <optional>

#include "ir/pipeline.hpp"
#include "ir/text.hpp"
#include "jit/describe.hpp"
#include "jit/kernel.hpp"
#include "runtime/convert.hpp"
#include "runtime/program.hpp"

namespace dunlin::runtime {

namespace {

// A row of a table: cells are padded to the width of their column.
using Row = std::vector<std::string>;

std::string table(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
    }
    std::string text;
    for (const Row& row : rows) {
        std::string line = " ";
        for (std::size_t k = 0; k < row.size(); ++k)
            line += " " + row[k] + std::string(widths[k] - row[k].size() + 1, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

// The first and the last place of the code that mentions a slot.
struct Mention {
    std::string first;
    std::string last;
    int first_line = 0;
    int last_line = 0;
};

class MentionFinder {
  public:
    explicit MentionFinder(const ir::Program& program)
        : program_(program), mentions_(program.slots.size()) {
        for (ir::RoutineId id = 0; id < program.routines.size(); ++id) {
            int number = 0;
            const ir::Routine& routine = program.routines[id];
            auto place = [&] { return "r" + std::to_string(id) + ":" + std::to_string(number); };
            ir::for_each_instruction(routine, [&](const ir::Instruction& instruction) {
                for (ir::SlotId slot : instruction.operands)
                    mention(slot, place(), instruction.statement);
                mention(instruction.result, place(), instruction.statement);
                ++number;
            });
            mention(routine.terminator.condition, place(), routine.terminator.statement);
        }
    }

    const std::optional<Mention>& of(ir::SlotId slot) const { return mentions_[slot]; }

  private:
    void mention(ir::SlotId slot, const std::string& place, ir::StatementId statement) {
        if (slot == ir::kNoSlot) return;
        int line = range_of(program_, statement).line;
        std::optional<Mention>& known = mentions_[slot];
        if (!known) known = Mention{place, place, line, line};
        known->last = place;
        known->first_line = std::min(known->first_line, line);
        known->last_line = std::max(known->last_line, line);
    }

    const ir::Program& program_;
    std::vector<std::optional<Mention>> mentions_;
};

std::string lines_text(const Mention& mention) {
    std::string text = "line " + std::to_string(mention.first_line);
    if (mention.last_line != mention.first_line) text += "-" + std::to_string(mention.last_line);
    return text;
}

std::string bytes_text(std::int64_t bytes) {
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string local_table(const ir::Program& program, const MentionFinder& mentions) {
    std::vector<ir::SlotId> locals;
    for (ir::SlotId id = 0; id < program.slots.size(); ++id)
        if (program.slots[id].storage == ir::Storage::Local && program.slots[id].offset >= 0)
            locals.push_back(id);
    std::stable_sort(locals.begin(), locals.end(), [&](ir::SlotId a, ir::SlotId b) {
        return program.slots[a].offset < program.slots[b].offset;
    });
    std::vector<Row> rows{{"offset", "bytes", "slot", "type", "name", "from", "to", "source"}};
    for (ir::SlotId id : locals) {
        const auto& mention = mentions.of(id);
        if (!mention) continue;
        const ir::Slot& slot = program.slots[id];
        rows.push_back({std::to_string(slot.offset), std::to_string(ir::byte_count(slot.type)),
                        "s" + std::to_string(id), ir::to_string(slot.type), slot.name,
                        mention->first, mention->last, lines_text(*mention)});
    }
    return rows.size() == 1 ? "" : table(rows);
}

std::string storage_table(const ir::Program& program, ir::Storage storage,
                          const std::string& heading) {
    std::vector<Row> rows;
    std::int64_t total = 0;
    for (ir::SlotId id = 0; id < program.slots.size(); ++id) {
        const ir::Slot& slot = program.slots[id];
        if (slot.storage != storage) continue;
        std::int64_t bytes = ir::byte_count(slot.type);
        total += bytes;
        rows.push_back(
            {std::to_string(bytes), "s" + std::to_string(id), ir::to_string(slot.type), slot.name});
    }
    if (rows.empty()) return "";
    rows.insert(rows.begin(), Row{"bytes", "slot", "type", "name"});
    return "\n" + heading + ": " + bytes_text(total) + "\n" + table(rows);
}

}  // namespace

std::string memory_map(const ir::Program& program) {
    MentionFinder mentions(program);
    std::string text = "VM memory: " + bytes_text(program.vm_bytes) + " per VM\n";
    text += local_table(program, mentions);
    text += storage_table(program, ir::Storage::State, "state, per VM");
    text += storage_table(program, ir::Storage::Output, "outputs, per VM");
    text += storage_table(program, ir::Storage::Input, "inputs, per VM");
    text += storage_table(program, ir::Storage::Shared, "shared, for all VMs");
    text += storage_table(program, ir::Storage::Constant, "constants, for all VMs");
    return text;
}

}  // namespace dunlin::runtime

namespace dunlin {

namespace {

Error unknown_name(const std::string& what, std::string_view name,
                   const std::vector<std::string>& known) {
    std::string nearest = nearest_name(name, known);
    std::string all;
    for (const std::string& candidate : known) all += (all.empty() ? "" : ", ") + candidate;
    return {"unknown_name", "no " + what + " is called '" + std::string(name) + "'",
            nearest.empty() ? "there are " + all : "did you mean '" + nearest + "'?"};
}

// The kernel for a batch whose inputs differ from VM to VM, without fuel and prints: the plainest
// one.
Result<std::string> kernel_view(const ir::Program& program, const ExecutionOptions& execution,
                                std::string_view stage) {
    const auto set = runtime::usable_set(execution.instructions);
    if (!set) return set.error();
    jit::KernelOptions options;
    options.elements = execution.lanes == Lanes::Element;
    if (execution.width != 0) options.width = execution.width;
    if (stage == "segments") return jit::describe_segments(program, options);
    const jit::KernelSource source = jit::emit_kernel(program, options);
    if (stage == "kernel") return source.text;
    jit::CompileOptions compile;
    compile.instruction_set = *set;
    compile.output = jit::CompileOutput::Assembly;
    auto compiled = jit::compile_cpu(jit::whole_text(source), compile);
    if (auto* failure = std::get_if<jit::CompileFailure>(&compiled))
        return Error{"kernel", "the kernel could not be compiled: " + failure->log, ""};
    return std::get<jit::Compiled>(compiled).bytes;
}

}  // namespace

Result<std::string> Program::explain(std::string_view stage, std::string_view after,
                                     const ExecutionOptions& execution) const {
    const std::vector<std::string> stages{"ast",      "microcode", "memory",
                                          "segments", "kernel",    "asm"};
    if (std::find(stages.begin(), stages.end(), stage) == stages.end())
        return unknown_name("stage", stage, stages);
    const bool of_kernel = stage == "segments" || stage == "kernel" || stage == "asm";
    if (!after.empty() && (stage == "ast" || of_kernel))
        return Error{"bad_request", "passes work on microcode, which is not in this stage", ""};
    if (stage == "ast") return implementation_->compiled.tree;
    if (!ok()) return Error{"bad_request", "the program has errors, so there is no microcode", ""};
    if (of_kernel) return kernel_view(implementation_->compiled.program, execution, stage);
    auto shown = [&](const ir::Program& program) {
        return stage == "memory" ? runtime::memory_map(program) : ir::print_microcode(program);
    };
    if (after.empty()) return shown(implementation_->compiled.program);

    std::vector<std::string> passes{
        "lower"};  // as it comes from the front end, before the first pass
    for (std::string_view pass : ir::pass_names()) passes.emplace_back(pass);
    if (std::find(passes.begin(), passes.end(), after) == passes.end())
        return unknown_name("pass", after, passes);
    // Programs in the middle of the pipeline are not kept, so it runs once more, watched.
    std::string text;
    frontend::CompileOptions options = implementation_->compile_options;
    options.observer = [&](std::string_view pass, const ir::Program& program) {
        if (pass == after) text = shown(program);
    };
    frontend::compile(implementation_->file, implementation_->text, options);
    return text;
}

}  // namespace dunlin
