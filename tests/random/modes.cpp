#include "tests/random/modes.hpp"

#include <algorithm>

namespace dunlin::random_programs {

namespace {

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

Failure bind_all(Batch& batch, const RandomProgram& source) {
    for (const Data& data : source.data) {
        Shape shape = data.type.shape;
        if (data.per_vm) shape.insert(shape.begin(), source.vms);
        if (auto error = batch.bind(data.name, Array::over(data.type.dtype, data.bytes.data(), shape)))
            return error;
    }
    return {};
}

Failure run_all(Batch& batch, std::int64_t steps, bool turn_by_turn) {
    for (std::int64_t k = 0; k < (turn_by_turn ? steps : 1); ++k)
        if (auto report = batch.run(turn_by_turn ? 1 : steps); !report) return report.error();
    return {};
}

Observation observe(const Program& program, const Plan& plan, const Mode& mode, Piece piece) {
    Observation seen;
    seen.piece = piece;
    BatchOptions options;
    options.vms = plan.vms;
    if (piece.vms != plan.vms) options.piece = piece;
    options.execution = mode.execution;
    options.seed = plan.seed;
    options.fuel = plan.fuel;
    options.print_vm = plan.print_vm;
    options.print = [&](const PrintedLine& line) {
        seen.prints.push_back(std::to_string(line.line) + ": " + line.text);
    };
    Batch batch(program, std::move(options));
    auto error = plan.bind(batch);
    if (!error) error = run_all(batch, plan.steps, mode.turn_by_turn);
    if (error) {
        seen.error = error->message;
        return seen;
    }
    for (std::int64_t vm = 0; vm < piece.vms; ++vm) seen.statuses.push_back(batch.status(vm));
    for (const Port& port : program.ports()) {
        auto array = batch.read(port.name);
        if (!array) continue;  // an input
        auto bytes = static_cast<std::size_t>(array->count() * size_of(port.type.dtype));
        seen.ports.push_back({port.name, port.type, {array->data, array->data + bytes}});
    }
    return seen;
}

}  // namespace

std::vector<Mode> interpreter_modes() {
    ExecutionOptions interpreter;
    interpreter.device = Device::Interpreter;
    return {{"interpreter-pieces", interpreter, Division::Pieces, false},
            {"interpreter-alone", interpreter, Division::Alone, false},
            {"interpreter-turns", interpreter, Division::Whole, true}};
}

std::vector<Mode> cpu_modes() {
    auto cpu = [](Lanes lanes, int width, int threads, InstructionSet instructions) {
        return ExecutionOptions{Device::Cpu, lanes, width, threads, instructions};
    };
    constexpr InstructionSet kNative = InstructionSet::Native;
    std::vector<Mode> modes = {
        {"cpu", cpu(Lanes::Auto, 0, 0, kNative), Division::Whole, false},
        {"cpu-vm-1", cpu(Lanes::Vm, 1, 1, kNative), Division::Whole, false},
        {"cpu-vm-16", cpu(Lanes::Vm, 16, 1, kNative), Division::Whole, false},
        {"cpu-vm-32", cpu(Lanes::Vm, 32, 1, kNative), Division::Whole, false},
        {"cpu-element", cpu(Lanes::Element, 0, 1, kNative), Division::Whole, false},
        {"cpu-threads", cpu(Lanes::Auto, 0, 3, kNative), Division::Whole, false},
        {"cpu-pieces", cpu(Lanes::Auto, 0, 1, kNative), Division::Pieces, false},
        {"cpu-alone", cpu(Lanes::Auto, 0, 1, kNative), Division::Alone, false},
        {"cpu-turns", cpu(Lanes::Auto, 0, 1, kNative), Division::Whole, true},
    };
    struct Set {
        const char* name;
        InstructionSet instructions;
    };
    for (auto [name, instructions] : {Set{"baseline", InstructionSet::Baseline},
                                      Set{"avx2", InstructionSet::Avx2},
                                      Set{"avx512", InstructionSet::Avx512}}) {
        if (!machine_has(instructions)) continue;
        modes.push_back({std::string("cpu-vm-16-") + name, cpu(Lanes::Vm, 16, 1, instructions),
                         Division::Whole, false});
        modes.push_back({std::string("cpu-element-") + name, cpu(Lanes::Element, 0, 1, instructions),
                         Division::Whole, false});
    }
    return modes;
}

std::vector<Mode> all_modes() {
    std::vector<Mode> modes = interpreter_modes();
    for (Mode& mode : cpu_modes()) modes.push_back(std::move(mode));
    return modes;
}

std::optional<std::vector<Mode>> modes_named(std::string_view names) {
    if (names == "interpreter") return interpreter_modes();
    if (names == "cpu") return cpu_modes();
    std::vector<Mode> known = all_modes();
    if (names == "all") return known;
    std::vector<Mode> modes;
    while (!names.empty()) {
        std::string_view name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Mode& mode) { return mode.name == name; });
        if (found == known.end()) return {};
        modes.push_back(*found);
    }
    return modes;
}

Plan plan_of(const RandomProgram& source) {
    return {source.vms,  source.steps,    source.seed,
            source.fuel, source.print_vm, [&source](Batch& batch) { return bind_all(batch, source); }};
}

std::vector<Way> ways_of(const std::vector<Mode>& modes) {
    std::vector<Way> ways;
    for (const Mode& mode : modes) {
        ways.push_back({mode.name, [mode](const Program& program, const Plan& plan) {
            std::vector<Observation> seen;
            // VMs that meet cannot be run apart, and one turn is not taken apart.
            bool apart = mode.division != Division::Whole;
            if (apart && (program.has_collectives() || plan.vms == 1)) return seen;
            if (mode.turn_by_turn && plan.steps == 1) return seen;
            for (Piece piece : pieces_of(plan.vms, mode.division))
                seen.push_back(observe(program, plan, mode, piece));
            return seen;
        }});
    }
    return ways;
}

Observation run_reference(const Program& program, const Plan& plan) {
    ExecutionOptions interpreter;
    interpreter.device = Device::Interpreter;
    return observe(program, plan, {"reference", interpreter, Division::Whole, false}, {0, plan.vms});
}

}  // namespace dunlin::random_programs
