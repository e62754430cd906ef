#include "tests/random/modes.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::random_programs {

namespace {

enum class Division : std::uint8_t {
    Whole,   // the batch in one piece
    Pieces,  // in three
    Chunks,  // in a stream of four or so
    Alone    // some VMs, each by itself
};

struct Manner {
    std::string name;
    ExecutionOptions execution;
    Division division = Division::Whole;
    bool turn_by_turn = false;  // a call of `run` for each turn
};

// How many VMs are run alone. More take long, and find little more.
constexpr std::int64_t kAlone = 5;

bool machine_has(InstructionSet instructions) {
#if defined(__x86_64__)
    switch (instructions) {
        case InstructionSet::Avx2: return __builtin_cpu_supports("avx2") != 0;
        case InstructionSet::Avx512: return __builtin_cpu_supports("avx512f") != 0;
        default: return true;
    }
#else
    return instructions == InstructionSet::Native || instructions == InstructionSet::Baseline;
#endif
}

std::vector<Piece> pieces_of(std::int64_t vms, Division division) {
    if (division == Division::Whole || vms == 1) return {{0, vms}};
    std::vector<Piece> pieces;
    if (division == Division::Alone) {
        std::int64_t count = std::min(vms, kAlone);
        for (std::int64_t k = 0; k < count; ++k)
            pieces.push_back({count == 1 ? 0 : k * (vms - 1) / (count - 1), 1});
        return pieces;
    }
    for (std::int64_t first = 0, k = 0; first < vms; ++k) {  // small, larger, the rest
        std::int64_t size = k == 0 ? std::max<std::int64_t>(1, vms / 7) : k == 1 ? vms / 2 : vms;
        size = std::clamp<std::int64_t>(size, 1, vms - first);
        pieces.push_back({first, size});
        first += size;
    }
    return pieces;
}

Failure run_all(Batch& batch, std::int64_t steps, bool turn_by_turn) {
    for (std::int64_t k = 0; k < (turn_by_turn ? steps : 1); ++k)
        if (auto report = batch.run(turn_by_turn ? 1 : steps); !report) return report.error();
    return {};
}

BatchOptions options_of(const Plan& plan, const Manner& manner, std::vector<std::string>& prints) {
    BatchOptions options;
    options.vms = plan.vms;
    options.execution = manner.execution;
    options.seed = plan.seed;
    options.fuel = plan.fuel;
    options.print_vm = plan.print_vm;
    options.print = [&prints](const PrintedLine& line) {
        prints.push_back(std::to_string(line.line) + ": " + line.text);
    };
    return options;
}

// What can be seen of a batch that has been run.
Observation look_at(const Program& program, const Batch& batch) {
    Observation seen;
    seen.piece = {batch.first_vm(), batch.vms()};
    for (std::int64_t vm = 0; vm < batch.vms(); ++vm) seen.statuses.push_back(batch.status(vm));
    for (const Port& port : program.ports()) {
        auto array = batch.read(port.name);
        if (!array) continue;  // an input
        auto bytes = static_cast<std::size_t>(array->count() * size_of(port.type.dtype));
        seen.ports.push_back({port.name, port.type, {array->data, array->data + bytes}});
    }
    return seen;
}

Observation failed(const Error& error) {
    Observation seen;
    seen.error = error.message;
    return seen;
}

Observation run_piece(const Program& program, const Plan& plan, const Manner& manner, Piece piece) {
    std::vector<std::string> prints;
    BatchOptions options = options_of(plan, manner, prints);
    if (piece.vms != plan.vms) options.piece = piece;
    Batch batch(program, std::move(options));
    auto error = bind(batch, plan);
    if (!error) error = run_all(batch, plan.steps, manner.turn_by_turn);
    if (error) return failed(*error);
    Observation seen = look_at(program, batch);
    seen.prints = std::move(prints);
    return seen;
}

std::vector<Observation> run_chunks(const Program& program, const Plan& plan,
                                    const Manner& manner) {
    std::vector<std::string> prints;
    std::vector<Observation> seen;
    Stream stream(program, options_of(plan, manner, prints));
    auto error = bind(stream, plan);
    if (!error) error = stream.prepare(plan.vms / 4 + 1);
    if (error) return {failed(*error)};
    auto report = stream.run(plan.steps, [&](const Batch& chunk) -> Failure {
        seen.push_back(look_at(program, chunk));
        seen.back().prints = std::exchange(prints, {});
        return {};
    });
    if (!report) return {failed(report.error())};
    return seen;
}

Way way_of(const Manner& manner) {
    return {manner.name, [manner](const Program& program, const Plan& plan) {
                std::vector<Observation> seen;
                // VMs that meet cannot be run apart, and one turn is not taken apart.
                bool apart = manner.division != Division::Whole;
                if (apart && (program.has_collectives() || plan.vms == 1)) return seen;
                if (manner.turn_by_turn && plan.steps == 1) return seen;
                if (manner.division == Division::Chunks) return run_chunks(program, plan, manner);
                for (Piece piece : pieces_of(plan.vms, manner.division))
                    seen.push_back(run_piece(program, plan, manner, piece));
                return seen;
            }};
}

}  // namespace

Plan plan_of(const RandomProgram& source) {
    Plan plan{source.vms, source.steps, source.seed, source.fuel, source.print_vm, {}};
    for (const Data& data : source.data) {
        Shape shape = data.type.shape;
        if (data.per_vm) shape.insert(shape.begin(), source.vms);
        plan.values.push_back(
            {data.name, Array::over(data.type.dtype, data.bytes.data(), shape), ""});
    }
    return plan;
}

Observation run_reference(const Program& program, const Plan& plan) {
    ExecutionOptions interpreter;
    interpreter.device = Device::Interpreter;
    return run_piece(program, plan, {"reference", interpreter, Division::Whole, false},
                     {0, plan.vms});
}

std::vector<Way> interpreter_ways() {
    ExecutionOptions interpreter;
    interpreter.device = Device::Interpreter;
    return {way_of({"interpreter-pieces", interpreter, Division::Pieces, false}),
            way_of({"interpreter-chunks", interpreter, Division::Chunks, false}),
            way_of({"interpreter-alone", interpreter, Division::Alone, false}),
            way_of({"interpreter-turns", interpreter, Division::Whole, true})};
}

std::vector<Way> cpu_ways() {
    std::vector<Way> ways;
    auto add = [&](std::string name, ExecutionOptions execution,
                   Division division = Division::Whole, bool turn_by_turn = false) {
        ways.push_back(way_of({std::move(name), execution, division, turn_by_turn}));
    };
    constexpr InstructionSet kNative = InstructionSet::Native;
    add("auto", {});
    add("auto-turns", {}, Division::Whole, true);
    add("cpu", {Device::Cpu, Lanes::Auto, 0, 0, kNative});
    add("cpu-pieces", {Device::Cpu, Lanes::Auto, 0, 1, kNative}, Division::Pieces);
    add("cpu-chunks", {Device::Cpu, Lanes::Auto, 0, 1, kNative}, Division::Chunks);
    add("cpu-alone", {Device::Cpu, Lanes::Auto, 0, 1, kNative}, Division::Alone);
    add("cpu-turns", {Device::Cpu, Lanes::Auto, 0, 1, kNative}, Division::Whole, true);
    struct Set {
        std::string suffix;
        InstructionSet instructions;
    };
    for (const auto& [suffix, set] :
         {Set{"", kNative}, Set{"-baseline", InstructionSet::Baseline},
          Set{"-avx2", InstructionSet::Avx2}, Set{"-avx512", InstructionSet::Avx512}}) {
        if (!machine_has(set)) continue;
        add("cpu-vm-1" + suffix, {Device::Cpu, Lanes::Vm, 1, 1, set});
        add("cpu-vm-16" + suffix, {Device::Cpu, Lanes::Vm, 16, 1, set});
        add("cpu-vm-32" + suffix, {Device::Cpu, Lanes::Vm, 32, 1, set});
        add("cpu-element" + suffix, {Device::Cpu, Lanes::Element, 0, 1, set});
    }
    add("cpu-vm-threads", {Device::Cpu, Lanes::Vm, 16, 3, kNative});
    add("cpu-element-threads", {Device::Cpu, Lanes::Element, 0, 3, kNative});
    return ways;
}

std::vector<Way> all_ways() {
    std::vector<Way> ways = interpreter_ways();
    for (Way& way : cpu_ways()) ways.push_back(std::move(way));
    return ways;
}

std::optional<std::vector<Way>> ways_named(std::string_view names) {
    if (names == "interpreter") return interpreter_ways();
    if (names == "cpu") return cpu_ways();
    std::vector<Way> known = all_ways();
    if (names == "all") return known;
    std::vector<Way> ways;
    while (!names.empty()) {
        std::string_view name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Way& way) { return way.name == name; });
        if (found == known.end()) return {};
        ways.push_back(*found);
    }
    return ways;
}

}  // namespace dunlin::random_programs
