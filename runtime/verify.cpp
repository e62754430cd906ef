// The same batch in every way it can be run, compared bit for bit.
#include <algorithm>
#include <cstring>

#include "jit/instruction_set.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin {

namespace {

constexpr std::size_t kMostDifferences = 8;  // of one mode
constexpr std::int64_t kPieceVms = 7;

// All that can be seen of a run.
struct Seen {
    struct Port {
        std::string name;
        Type type;
        std::vector<std::byte> bytes;  // of all VMs
    };
    std::vector<Port> ports;
    std::vector<VmStatus> statuses;
    std::vector<std::string> prints;
};

void look(const Program& program, const Batch& batch, Seen& seen) {
    std::size_t number = 0;
    for (const Port& port : program.ports()) {
        auto array = batch.read(port.name);
        if (!array) continue;  // an input
        if (number == seen.ports.size()) seen.ports.push_back({port.name, port.type, {}});
        const auto bytes = static_cast<std::size_t>(array->count() * size_of(port.type.dtype));
        std::vector<std::byte>& all = seen.ports[number++].bytes;
        if (bytes > 0) all.insert(all.end(), array->data, array->data + bytes);
    }
    for (std::int64_t vm = 0; vm < batch.vms(); ++vm) seen.statuses.push_back(batch.status(vm));
}

Result<Seen> see(const Program& program, BatchOptions options,
                 const std::function<Failure(Batch&)>& bind, std::int64_t steps) {
    Seen seen;
    options.print = [&seen](const PrintedLine& line) {
        seen.prints.push_back(line.file + ":" + std::to_string(line.line) + ": " + line.text);
    };
    Batch batch(program, options);
    if (auto error = bind(batch)) return *error;
    auto report = batch.run(steps);
    if (!report) return report.error();
    if (report->interrupted) return Error{"interrupted", "interrupted", ""};
    look(program, batch, seen);
    return seen;
}

Result<Seen> see_in_pieces(const Program& program, const BatchOptions& options,
                           const std::function<Failure(Batch&)>& bind, std::int64_t steps,
                           std::int64_t piece_vms, std::int64_t vms) {
    Seen all;
    for (std::int64_t first = 0; first < vms; first += piece_vms) {
        BatchOptions piece = options;
        piece.vms = vms;
        piece.piece = Piece{first, std::min(piece_vms, vms - first)};
        auto seen = see(program, piece, bind, steps);
        if (!seen) return seen.error();
        if (first == 0)
            all.ports = std::move(seen->ports);
        else
            for (std::size_t k = 0; k < all.ports.size(); ++k)
                all.ports[k].bytes.insert(all.ports[k].bytes.end(), seen->ports[k].bytes.begin(),
                                          seen->ports[k].bytes.end());
        all.statuses.insert(all.statuses.end(), seen->statuses.begin(), seen->statuses.end());
        all.prints.insert(all.prints.end(), seen->prints.begin(), seen->prints.end());
    }
    return all;
}

std::string status_text(const VmStatus& status) {
    if (status.outcome == Outcome::Finished) return "finished";
    if (status.outcome == Outcome::Halted) return "halted";
    return status.fault + " at " + status.range.file + ":" + std::to_string(status.range.line) +
           ":" + std::to_string(status.range.column) +
           (status.message.empty() ? "" : " \"" + status.message + "\"");
}

std::string bits_of(const std::byte* element, int size) {
    std::string text = "0x";
    for (int k = size; k-- > 0;) {
        constexpr char kDigits[] = "0123456789abcdef";
        const auto value = static_cast<unsigned>(element[k]);
        text += kDigits[value >> 4];
        text += kDigits[value & 15];
    }
    return text;
}

class Comparison {
  public:
    Comparison(const Mode& mode, std::vector<Difference>& differences)
        : mode_(mode), differences_(differences) {}

    void compare(const Seen& expected, const Seen& found) {
        if (expected.statuses.size() != found.statuses.size())
            return note("the number of VMs differs");
        for (std::size_t vm = 0; vm < expected.statuses.size(); ++vm)
            if (!(expected.statuses[vm] == found.statuses[vm]))
                note("VM " + std::to_string(vm) + ": " + status_text(found.statuses[vm]) +
                     ", expected " + status_text(expected.statuses[vm]));
        for (std::size_t k = 0; k < expected.ports.size(); ++k)
            compare_port(expected.ports[k], found.ports[k],
                         static_cast<std::int64_t>(expected.statuses.size()));
        if (expected.prints != found.prints) compare_prints(expected.prints, found.prints);
    }

  private:
    void note(const std::string& text) {
        if (noted_++ < kMostDifferences) differences_.push_back({mode_.name, text});
    }

    void compare_port(const Seen::Port& expected, const Seen::Port& found, std::int64_t vms) {
        if (expected.bytes == found.bytes) return;
        const int size = size_of(expected.type.dtype);
        const auto count = static_cast<std::int64_t>(expected.bytes.size()) / size /
                           std::max<std::int64_t>(1, vms);
        for (std::int64_t k = 0; k < count * vms; ++k) {
            const std::byte* wanted = expected.bytes.data() + k * size;
            const std::byte* got = found.bytes.data() + k * size;
            if (std::memcmp(wanted, got, static_cast<std::size_t>(size)) == 0) continue;
            auto value = [&](const std::byte* place) {
                return format(Array::over(expected.type.dtype, place, {})) + " (" +
                       bits_of(place, size) + ")";
            };
            note("VM " + std::to_string(k / count) + ", " + expected.name + ", element " +
                 std::to_string(k % count) + ": " + value(got) + ", expected " + value(wanted));
        }
    }

    void compare_prints(const std::vector<std::string>& expected,
                        const std::vector<std::string>& found) {
        const std::size_t common = std::min(expected.size(), found.size());
        for (std::size_t k = 0; k < common; ++k)
            if (expected[k] != found[k])
                return note("printed " + found[k] + ", expected " + expected[k]);
        note("printed " + std::to_string(found.size()) + " lines, expected " +
             std::to_string(expected.size()));
    }

    const Mode& mode_;
    std::vector<Difference>& differences_;
    std::size_t noted_ = 0;
};

Mode cpu_mode(const std::string& name, int width, int threads, InstructionSet instructions) {
    Mode mode;
    mode.name = "cpu, " + name;
    mode.execution.device = Device::Cpu;
    mode.execution.lanes = Lanes::Vm;
    mode.execution.width = width;
    mode.execution.threads = threads;
    mode.execution.instructions = instructions;
    return mode;
}

}  // namespace

std::vector<Mode> modes(const Program& program) {
    std::vector<Mode> result{
        cpu_mode("1 lane", 1, 1, InstructionSet::Native),
        cpu_mode("16 lanes", 16, 1, InstructionSet::Native),
        cpu_mode("32 lanes", 32, 1, InstructionSet::Native),
        cpu_mode("16 lanes, 3 threads", 16, 3, InstructionSet::Native),
        cpu_mode("1 lane, baseline", 1, 1, InstructionSet::Baseline),
    };
    result.push_back(cpu_mode("lanes of elements", 16, 1, InstructionSet::Native));
    result.back().execution.lanes = Lanes::Element;
    const jit::InstructionSet best = jit::instruction_set_of_this_cpu();
    if (best > jit::InstructionSet::Avx2)
        result.push_back(cpu_mode("16 lanes, avx2", 16, 1, InstructionSet::Avx2));
    if (!program.has_collectives()) {
        result.push_back(cpu_mode("16 lanes, in pieces", 16, 1, InstructionSet::Native));
        result.back().piece_vms = kPieceVms;
    }
    return result;
}

Result<std::vector<Difference>> verify(const Program& program, const BatchOptions& options,
                                       const std::function<Failure(Batch&)>& bind,
                                       std::int64_t steps, const std::vector<Mode>& modes) {
    BatchOptions reference = options;
    reference.execution = {};
    reference.execution.device = Device::Interpreter;
    auto expected = see(program, reference, bind, steps);
    if (!expected) return expected.error();
    std::vector<Difference> differences;
    for (const Mode& mode : modes) {
        BatchOptions chosen = options;
        chosen.execution = mode.execution;
        const auto vms = static_cast<std::int64_t>(expected->statuses.size());
        auto found = mode.piece_vms > 0 && vms > mode.piece_vms
                         ? see_in_pieces(program, chosen, bind, steps, mode.piece_vms, vms)
                         : see(program, chosen, bind, steps);
        if (!found && found.error().code == "interrupted") return found.error();
        if (!found)
            differences.push_back({mode.name, found.error().message});
        else
            Comparison(mode, differences).compare(*expected, *found);
    }
    return differences;
}

}  // namespace dunlin
