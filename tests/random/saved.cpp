#include "tests/random/saved.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "repl/specification.hpp"

namespace dunlin::random_programs {

namespace {

namespace fs = std::filesystem;

// How many VMs and turns of loops a program has that does not say so.
constexpr std::int64_t kVms = 37;
constexpr std::uint64_t kFuel = 10'000;

Array array_of(const Data& data, std::int64_t vms) {
    Shape shape = data.type.shape;
    if (data.per_vm) shape.insert(shape.begin(), vms);
    return Array::over(data.type.dtype, data.bytes.data(), shape);
}

// Whether the text of the elements says all there is to them.
bool is_literal(const Array& array) {
    for (std::int64_t k = 0; k < array.count(); ++k) {
        if (array.type.dtype == DType::F64) {
            double value = array.elements<double>()[k];
            if (std::isnan(value) && std::bit_cast<std::uint64_t>(value) != 0x7ff8000000000000)
                return false;
        } else if (array.type.dtype == DType::F32) {
            float value = array.elements<float>()[k];
            if (std::isnan(value) && std::bit_cast<std::uint32_t>(value) != 0x7fc00000)
                return false;
        }
    }
    return true;
}

// Floats are written as f64, so that each is rounded to its own value.
std::string literal_of(const Array& array) {
    if (array.count() == 0) return array.type.dtype == DType::Bool ? "true" : "0";
    if (array.type.dtype != DType::F32) return format(array);
    return format(*contiguous_copy(array, DType::F64));
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// What is to be expected, by line.
class Expectations {
  public:
    Expectations(const Program& program, const RandomProgram& source) : program_(program) {
        BatchOptions options;
        options.vms = source.vms;
        options.seed = source.seed;
        options.fuel = source.fuel;
        options.print_vm = source.print_vm;
        options.execution.device = Device::Interpreter;
        options.print = [this](const PrintedLine& line) {
            std::string& text = printed_[line.line];
            text += (text.empty() ? "" : " | ") + line.text;
        };
        Batch batch(program, options);
        if (bind(batch, plan_of(source)) || !batch.run(source.steps)) return;
        note_ports(batch);
        note_faults(batch);
    }

    std::string comment(int line) const {
        std::string text;
        if (auto found = printed_.find(line); found != printed_.end())
            text += "  # expect: " + found->second;
        if (auto found = faults_.find(line); found != faults_.end()) text += found->second;
        return text;
    }

  private:
    void note_ports(const Batch& batch) {
        for (const Port& port : program_.ports()) {
            auto array = batch.read(port.name);
            if (array) printed_[port.line] = format(batch.vms() == 1 ? array->row(0) : *array);
        }
    }

    void note_faults(const Batch& batch) {
        std::map<std::pair<int, std::string>, std::int64_t> vms;
        for (const FaultGroup& group : batch.faults())
            vms[{group.range.line, group.fault}] += group.vms;
        for (const auto& [place, count] : vms)
            faults_[place.first] += "  # fault: " + place.second + " " + std::to_string(count);
    }

    const Program& program_;
    std::map<int, std::string> printed_;  // or the value of the port that is declared there
    std::map<int, std::string> faults_;
};

std::string head(const RandomProgram& source, const std::string& words) {
    std::ostringstream text;
    for (const std::string& line : lines_of(words)) text << "# " << line << "\n";
    text << "# vms: " << source.vms << "\n# seed: " << source.seed << "\n";
    if (source.steps != 1) text << "# steps: " << source.steps << "\n";
    if (source.fuel) text << "# fuel: " << *source.fuel << "\n";
    if (source.vms > 1) text << "# print-vm: " << source.print_vm << "\n";
    if (source.int_type != DType::I64) text << "# int: " << name_of(source.int_type) << "\n";
    if (source.float_type != DType::F64) text << "# float: " << name_of(source.float_type) << "\n";
    for (const auto& [name, value] : source.params)
        text << "# param: " << name << "=" << value << "\n";
    return text.str();
}

}  // namespace

Failure save(const RandomProgram& source, const std::string& folder, const std::string& name,
             const std::string& words) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    std::string text = head(source, words);
    for (const Data& data : source.data) {
        Array array = array_of(data, source.vms);
        if (is_literal(array)) {
            text += "# set: " + data.name + "=" + literal_of(array) + "\n";
            continue;
        }
        std::string file = name + "." + data.name + ".npy";
        if (auto error = save_npy((fs::path(folder) / file).string(), array)) return error;
        text += "# in: " + data.name + "=" + file + "\n";
    }
    auto above = static_cast<int>(lines_of(text).size());
    // Loaded with its head, so that the lines are those of the file.
    std::string whole = text + source.text();
    auto program = Program::from_text(name + ".dun", whole, source.load_options());
    if (!program || !program->ok()) return Error{"bad_request", "the program is not accepted", ""};
    Expectations expected(*program, source);
    int line = 0;
    for (const std::string& code : lines_of(whole)) {
        ++line;
        if (line > above) text += code + expected.comment(line) + "\n";
    }
    std::ofstream file(fs::path(folder) / (name + ".dun"), std::ios::binary);
    if (!(file << text)) return Error{"file", "cannot write to " + folder, ""};
    return {};
}

std::optional<Saved> load_saved(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    repl::TestSpecification specification = repl::read_specification(content.str());
    auto program = Program::from_text(path, content.str(), specification.load);
    if (!program || !program->ok()) return {};
    Plan plan;
    plan.steps = specification.steps;
    plan.seed = specification.seed;
    plan.fuel = specification.fuel.value_or(kFuel);
    for (const auto& [name, literal] : specification.values)
        plan.values.push_back({name, {}, literal});
    for (const auto& [name, input] : specification.inputs) {
        auto array = load_npy((fs::path(path).parent_path() / input).string());
        if (!array) return {};
        plan.values.push_back({name, *array, ""});
    }
    // The values that are bound may say how many VMs there are.
    BatchOptions options;
    options.vms = specification.vms;
    if (!options.vms && specification.values.empty() && specification.inputs.empty())
        options.vms = kVms;
    Batch batch(*program, options);
    if (bind(batch, plan) || batch.prepare()) return {};
    plan.vms = batch.vms();
    plan.print_vm = specification.print_vm.value_or(plan.vms / 2);
    return Saved{std::move(*program), std::move(plan)};
}

}  // namespace dunlin::random_programs
