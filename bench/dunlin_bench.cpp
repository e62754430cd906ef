// Runs Dunlin programs for the benchmarks, in process and through the public interface alone, and
// compares results. bench/run starts it; docs/benchmarks.md says how.
//
//   dunlin_bench run FILE [options]     prints one line of JSON with times and memory
//   dunlin_bench compare A.npy B.npy    says whether they are equal, or how far apart
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/dunlin.hpp"

namespace {

using nlohmann::json;

struct RunArguments {
    std::string file;
    std::optional<std::int64_t> vms;
    std::vector<std::string> inputs;   // NAME=FILE.npy
    std::vector<std::string> values;   // NAME=LITERAL
    std::vector<std::string> params;   // NAME=LITERAL
    std::vector<std::string> outputs;  // NAME=FILE.npy
    std::vector<std::string> means;    // NAME, of outputs of which a host in pieces keeps the mean
    std::string float_type = "f64";
    std::string device = "auto";
    std::string lanes = "auto";
    int width = 0;
    int threads = 1;
    std::uint64_t seed = 0;
    int repeat = 5;
    double budget = 1;       // seconds, after which no repetition begins
    std::int64_t piece = 0;  // how many VMs are run at a time; 0 for all
};

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

[[noreturn]] void fail(const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(2);
}

void require(const dunlin::Failure& failure) {
    if (failure) fail(failure->message + "  " + failure->help);
}

std::pair<std::string, std::string> split(const std::string& text) {
    auto equals = text.find('=');
    if (equals == std::string::npos) fail("NAME=VALUE is wanted, not " + text);
    return {text.substr(0, equals), text.substr(equals + 1)};
}

template <typename Value>
Value choose(const std::string& option, const std::string& text,
             const std::vector<std::pair<std::string, Value>>& choices) {
    for (const auto& [name, value] : choices)
        if (name == text) return value;
    fail(option + " cannot be " + text);
}

dunlin::Program load(const RunArguments& arguments) {
    dunlin::LoadOptions options;
    options.float_type =
        choose<dunlin::DType>("--float", arguments.float_type,
                              {{"f64", dunlin::DType::F64}, {"f32", dunlin::DType::F32}});
    for (const std::string& param : arguments.params) options.params.insert(split(param));
    auto program = dunlin::Program::from_file(arguments.file, options);
    if (!program) fail(program.error().message);
    for (const auto& diagnostic : program->diagnostics())
        std::fprintf(stderr, "%s\n", diagnostic.rendered.c_str());
    if (!program->ok()) std::exit(1);
    return *program;
}

dunlin::BatchOptions batch_options(const RunArguments& arguments) {
    using dunlin::Device, dunlin::Lanes;
    dunlin::BatchOptions options;
    options.vms = arguments.vms;
    options.seed = arguments.seed;
    options.execution.device = choose<Device>(
        "--device", arguments.device,
        {{"auto", Device::Auto}, {"cpu", Device::Cpu}, {"interp", Device::Interpreter}});
    options.execution.lanes =
        choose<Lanes>("--lanes", arguments.lanes,
                      {{"auto", Lanes::Auto}, {"vm", Lanes::Vm}, {"element", Lanes::Element}});
    options.execution.width = arguments.width;
    options.execution.threads = arguments.threads;
    return options;
}

void bind_all(dunlin::Batch& batch, const RunArguments& arguments) {
    for (const std::string& input : arguments.inputs) {
        auto [name, path] = split(input);
        auto array = dunlin::load_npy(path);
        if (!array) fail(array.error().message);
        require(batch.bind(name, *array));
    }
    for (const std::string& value : arguments.values) {
        auto [name, literal] = split(value);
        require(batch.set(name, literal));
    }
}

// Bytes that one VM declares: its inputs, states and outputs.
std::int64_t declared_bytes(const dunlin::Program& program) {
    std::int64_t bytes = 0;
    for (const dunlin::Port& port : program.ports()) {
        if (port.kind == dunlin::PortKind::Shared) continue;
        std::int64_t count = dunlin::size_of(port.type.dtype);
        for (std::int64_t size : port.type.shape) count *= size;
        bytes += count;
    }
    return bytes;
}

std::int64_t peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

double run_once(dunlin::Batch& batch) {
    auto report = batch.run();
    if (!report) fail(report.error().message);
    return report->seconds;
}

void save_outputs(const dunlin::Batch& batch, const RunArguments& arguments) {
    for (const std::string& output : arguments.outputs) {
        auto [name, path] = split(output);
        auto array = batch.read(name);
        if (!array) fail(array.error().message);
        require(dunlin::save_npy(path, *array));
    }
}

// What stopped VMs, for a benchmark of which none should stop.
json faults_of(const dunlin::Batch& batch) {
    json faults = json::array();
    for (const dunlin::FaultGroup& group : batch.faults())
        faults.push_back({{"fault", group.fault},
                          {"line", group.range.line},
                          {"vms", group.vms},
                          {"first_vm", group.first_vm}});
    return faults;
}

// The whole batch, again and again. Outputs are those of the first run. What the first run takes
// longer than the best is what was compiled or loaded in it.
void run_whole(const dunlin::Program& program, const RunArguments& arguments, json& result) {
    const double begin = now();
    dunlin::Batch batch(program, batch_options(arguments));
    bind_all(batch, arguments);
    require(batch.prepare());
    result["prepare"] = now() - begin;
    result["first"] = run_once(batch);
    save_outputs(batch, arguments);
    std::vector<double> seconds = {result["first"]};
    while (static_cast<int>(seconds.size()) < arguments.repeat && now() - begin < arguments.budget)
        seconds.push_back(run_once(batch));
    result["seconds"] = seconds;
    result["faults"] = faults_of(batch);
    result["vms"] = batch.vms();
    result["memory_bytes"] = batch.memory_bytes();
    result["vm_memory_bytes"] = batch.vm_memory_bytes();
}

// The batch in pieces, as a host does that keeps only a summary: the means of outputs.
void run_pieces(const dunlin::Program& program, const RunArguments& arguments, json& result) {
    const double begin = now();
    const std::int64_t vms = arguments.vms.value_or(1);
    std::vector<std::pair<std::string, double>> sums;
    for (const std::string& output : arguments.means) sums.emplace_back(output, 0.0);
    std::int64_t memory = 0;
    for (std::int64_t first = 0; first < vms; first += arguments.piece) {
        dunlin::BatchOptions options = batch_options(arguments);
        options.piece = dunlin::Piece{first, std::min(arguments.piece, vms - first)};
        dunlin::Batch batch(program, options);
        bind_all(batch, arguments);
        run_once(batch);
        memory = std::max(memory, batch.memory_bytes());
        for (auto& [name, sum] : sums) {
            auto values = batch.read(name);
            if (!values) fail(values.error().message);
            const double* element = values->elements<double>();
            if (!element) fail(name + " is not an array of f64");
            for (std::int64_t k = 0; k < values->count(); ++k) sum += element[k];
        }
    }
    result["seconds"] = {now() - begin};
    result["vms"] = vms;
    result["memory_bytes"] = memory;
    for (const auto& [name, sum] : sums) result["means"][name] = sum / static_cast<double>(vms);
}

int run(const RunArguments& arguments) {
    json result;
    const double begin = now();
    dunlin::Program program = load(arguments);
    result["load"] = now() - begin;
    for (const dunlin::Timing& timing : program.timings())
        result["stages"][timing.stage] = timing.milliseconds / 1000;
    result["declared_bytes"] = declared_bytes(program);
    if (arguments.piece > 0)
        run_pieces(program, arguments, result);
    else
        run_whole(program, arguments, result);
    result["peak_bytes"] = peak_bytes();
    std::printf("%s\n", result.dump().c_str());
    return 0;
}

double element_at(const dunlin::Array& array, std::int64_t k) {
    using dunlin::DType;
    switch (array.type.dtype) {
        case DType::F64: return array.elements<double>()[k];
        case DType::F32: return array.elements<float>()[k];
        case DType::I64: return static_cast<double>(array.elements<std::int64_t>()[k]);
        case DType::I32: return array.elements<std::int32_t>()[k];
        case DType::Bool:
        case DType::U8: return array.elements<std::uint8_t>()[k];
        default: fail("elements of this type are not compared");
    }
}

// How far two arrays of the same number of elements are apart: the greatest of
// abs(a - b) / (1 + abs(b)). Sizes of 1 do not matter, so that the result of one VM equals that of
// a host that knows no VMs.
int compare(const std::string& first, const std::string& second) {
    auto a = dunlin::load_npy(first);
    auto b = dunlin::load_npy(second);
    if (!a) fail(a.error().message);
    if (!b) fail(b.error().message);
    json result = {{"count", a->count()}};
    const bool comparable = a->type.dtype == b->type.dtype && a->count() == b->count() &&
                            a->contiguous() && b->contiguous();
    result["comparable"] = comparable;
    if (!comparable) {
        result["equal"] = false;
        result["why"] = to_string(a->type) + " beside " + to_string(b->type);
        std::printf("%s\n", result.dump().c_str());
        return 0;
    }
    const auto bytes = static_cast<std::size_t>(a->count() * dunlin::size_of(a->type.dtype));
    const bool equal = std::memcmp(a->data, b->data, bytes) == 0;
    double distance = 0;
    std::int64_t different = 0;
    for (std::int64_t k = 0; !equal && k < a->count(); ++k) {
        const double x = element_at(*a, k), y = element_at(*b, k);
        const double apart = std::abs(x - y) / (1 + std::abs(y));
        different += x != y;
        if (!(apart <= distance)) distance = apart;  // NaN counts, too
    }
    result["equal"] = equal;
    result["different"] = different;
    result["distance"] = std::isfinite(distance) ? distance : 1e300;
    std::printf("%s\n", result.dump().c_str());
    return 0;
}

}  // namespace

int main(int count, char** texts) {
    CLI::App app("Runs Dunlin programs for the benchmarks");
    app.require_subcommand(1);
    RunArguments arguments;
    CLI::App* run_command = app.add_subcommand("run", "run a program several times");
    run_command->add_option("FILE", arguments.file)->required();
    run_command->add_option("--vms", arguments.vms);
    run_command->add_option("--in", arguments.inputs);
    run_command->add_option("--set", arguments.values);
    run_command->add_option("--param", arguments.params);
    run_command->add_option("--out", arguments.outputs);
    run_command->add_option("--float", arguments.float_type);
    run_command->add_option("--device", arguments.device);
    run_command->add_option("--lanes", arguments.lanes);
    run_command->add_option("--width", arguments.width);
    run_command->add_option("--threads", arguments.threads);
    run_command->add_option("--seed", arguments.seed);
    run_command->add_option("--repeat", arguments.repeat)->envname("BENCH_REPEAT");
    run_command->add_option("--budget", arguments.budget)->envname("BENCH_BUDGET");
    run_command->add_option("--piece", arguments.piece);
    run_command->add_option("--mean", arguments.means);
    std::string first, second;
    CLI::App* compare_command = app.add_subcommand("compare", "compare two .npy files");
    compare_command->add_option("A", first)->required();
    compare_command->add_option("B", second)->required();
    CLI11_PARSE(app, count, texts);
    return *run_command ? run(arguments) : compare(first, second);
}
