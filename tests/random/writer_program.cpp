// The program from the first line to the last, and what its run needs.
#include <algorithm>
#include <random>

#include "tests/random/generator.hpp"
#include "tests/random/input_data.hpp"
#include "tests/random/writer.hpp"

namespace dunlin::random_programs {

namespace {

// How much all VMs together may do, in element operations of the interpreter or so.
constexpr std::int64_t kWork = 120'000;
constexpr std::int64_t kWorkOfLargeArrays = 250'000;

}  // namespace

RandomProgram Writer::write() {
    if (choices_.once_in(5)) program_.int_type = DType::I32;
    if (choices_.once_in(4)) program_.float_type = DType::F32;
    choose_profile();
    choose_types();
    choose_run();
    stats_ = choices_.once_in(6);
    if (stats_) program_.statements.push_back({"import stats", {}, {}, "import", {}});
    params();
    ports();
    // A function costs when it is called; what stands above the body leaves most for the body.
    std::int64_t work = work_left_;
    for (std::int64_t k = choices_.between(0, 3); k > 0; --k) {
        work_left_ = work / 6;
        function();
    }
    work_left_ = work / 8;
    // Where nothing can fault, there is something to see of VMs that fault later.
    bool risky = std::exchange(risky_, false);
    states();
    place_.top_level = true;
    place_.together = true;
    for (std::int64_t k = choices_.between(1, 2); k > 0; --k) output(program_.statements);
    risky_ = risky;
    work_left_ = work;
    for (std::int64_t k = choices_.between(1, 14); k > 0; --k) statement(program_.statements);
    last_outputs();
    if (choices_.once_in(4)) functions_to_the_end();
    return std::move(program_);
}

// Functions can be called above the line on which they are written.
void Writer::functions_to_the_end() {
    std::stable_partition(
        program_.statements.begin(), program_.statements.end(),
        [](const Statement& statement) { return !statement.feature.starts_with("function"); });
}

void Writer::choose_run() {
    std::int64_t many = largest_ <= 64 ? 100 : largest_ <= 600 ? 20 : 3;
    switch (choices_.below(4)) {
        case 0: program_.vms = choices_.between(1, std::min<std::int64_t>(many, 3)); break;
        case 1: program_.vms = choices_.between(1, std::min<std::int64_t>(many, 12)); break;
        default: program_.vms = choices_.between(1, many); break;
    }
    // Where kernels go over from one group of lanes to the next; and enough VMs for many groups.
    if (many == 100 && choices_.once_in(5))
        program_.vms = choices_.one_of({16, 17, 31, 32, 33, 64, 65});
    if (many == 100 && choices_.once_in(25)) program_.vms = choices_.between(200, 700);
    program_.steps = choices_.once_in(3) ? choices_.between(2, 3) : 1;
    program_.seed = choices_.once_in(3) ? choices_.bits() : choices_.below(10);
    program_.print_vm = choices_.between(0, program_.vms - 1);
    if (choices_.once_in(12))
        program_.fuel = choices_.between(3, 60);
    else if (choices_.once_in(3))
        program_.fuel = 2000;
    std::int64_t work = largest_ > 1000 ? kWorkOfLargeArrays : kWork;
    work_left_ = std::max<std::int64_t>(work / (program_.vms * program_.steps), 400);
}

void Writer::params() {
    for (std::int64_t k = choices_.between(0, 2); k > 0; --k) {
        std::string name = fresh("n");
        std::int64_t size = choices_.percent(70) ? some_size() : choices_.between(1, 4);
        std::string value = "#" + std::to_string(size);
        if (choices_.once_in(4)) {
            program_.params[name] = std::to_string(size);
            value = "7";
        }
        program_.statements.push_back(
            {"param " + name + ": int = " + value, {}, {}, "param", {name}});
        sizes_by_name_.emplace_back(name, size);
        names_.push_back({name, {program_.int_type, {}}, false, true, false});
    }
    if (choices_.once_in(4)) {
        std::string name = fresh("n");
        program_.statements.push_back({"param " + name + ": f64 = 0.75", {}, {}, "param", {name}});
        names_.push_back({name, {DType::F64, {}}, false, true, false});
    }
}

void Writer::ports() {
    std::mt19937_64 random(choices_.bits());
    std::int64_t inputs = choices_.between(1, 3);
    std::int64_t all = inputs + choices_.between(0, 2);
    for (std::int64_t k = 0; k < all; ++k) {
        bool shared = k >= inputs;
        Type type = k == 0 ? Type{some_number(), some_shape(1)} : some_type();
        std::string name = fresh(shared ? "w" : "x");
        Data data{name, type, !shared && !choices_.once_in(4), {}};
        bool hard = choices_.once_in(4);
        data.bytes = random_elements(
            type.dtype, count_of(type.shape) * (data.per_vm ? program_.vms : 1), hard, random);
        std::string word = shared ? "shared" : "input";
        program_.statements.push_back(
            {word + " " + name + ": " + type_text(type), {}, {}, word, {name}});
        program_.data.push_back(std::move(data));
        names_.push_back({name, type, true, shared, false});
    }
}

void Writer::states() {
    for (std::int64_t k = choices_.between(0, 2); k > 0; --k) {
        Type type = some_type();
        std::string name = fresh("s");
        Statement made{"state " + name + ": " + type_text(type), {}, {}, "state", {name}};
        if (choices_.percent(80)) {
            made.text += " = $w0";
            made.parts.push_back(expression(type, 1));
        }
        program_.statements.push_back(std::move(made));
        names_.push_back({name, type, true, false, true});
    }
}

// What has been computed and has no output yet gets one.
void Writer::last_outputs() {
    std::size_t outputs = 0;
    for (std::size_t k = names_.size(); k-- > 0 && outputs < 12;) {
        const Name name = names_[k];
        if (name.text[0] != 'v' && name.text[0] != 'c') continue;
        std::string output = fresh("z");
        program_.statements.push_back(
            {"output " + output + " = $0", {read(name)}, {}, "output", {output}});
        ++outputs;
    }
}

RandomProgram generate(Choices& choices) {
    return Writer(choices).write();
}

}  // namespace dunlin::random_programs
