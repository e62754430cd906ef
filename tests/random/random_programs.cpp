// Random programs, run in all ways: the same bits, or it is a bug.
//
//   random_programs [--count N] [--seed S] [--seconds T] [--modes NAMES] [--show K] [--save FOLDER]
//   random_programs --replay FOLDER|FILE [--modes NAMES]
//
// `--function-lines N` cuts kernels into functions of so many lines, as long ones are.
//
// Program number k is made from seed S + k. A difference is reduced to a small program, which is
// printed, and saved as a test in the folder given. Ends with 1 when there was a difference, or
// when too many programs are refused by the compiler, which is a finding, too.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "jit/kernel_source.hpp"
#include "tests/random/generator.hpp"
#include "tests/random/modes.hpp"
#include "tests/random/reduce.hpp"
#include "tests/random/saved.hpp"
#include "tests/random/summary.hpp"

namespace dunlin::random_programs {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kProgress{30};
constexpr std::chrono::seconds kReductionTime{300};
// More programs than one in so many that are refused are a failure.
constexpr int kAcceptedForRefused = 33;

struct Arguments {
    std::int64_t count = 1000;
    std::uint64_t seed = 0;
    double seconds = 1e9;
    int show = 1;
    std::string save;
    std::string replay;
    std::string modes = "interpreter";
    bool bad = false;
};

Arguments read_arguments(int count, char** texts) {
    Arguments arguments;
    for (int k = 1; k < count; k += 2) {
        std::string name = texts[k];
        std::string value = k + 1 < count ? texts[k + 1] : "";
        arguments.bad = arguments.bad || k + 1 == count;
        if (name == "--count")
            arguments.count = std::atoll(value.c_str());
        else if (name == "--seed")
            arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
        else if (name == "--seconds")
            arguments.seconds = std::atof(value.c_str());
        else if (name == "--show")
            arguments.show = std::atoi(value.c_str());
        else if (name == "--save")
            arguments.save = value;
        else if (name == "--replay")
            arguments.replay = value;
        else if (name == "--modes")
            arguments.modes = value;
        else if (name == "--function-lines")
            jit::set_function_lines(std::strtoull(value.c_str(), nullptr, 10));
        else
            arguments.bad = true;
    }
    return arguments;
}

class Driver {
  public:
    Driver(const Arguments& arguments, std::vector<Way> ways)
        : arguments_(arguments), ways_(std::move(ways)) {}

    int run() {
        const Clock::time_point begin = Clock::now();
        Clock::time_point told = begin;
        for (std::int64_t k = 0; k < arguments_.count; ++k) {
            if (std::chrono::duration<double>(Clock::now() - begin).count() > arguments_.seconds)
                break;
            one(arguments_.seed + static_cast<std::uint64_t>(k));
            if (Clock::now() - told > kProgress) {
                std::fprintf(stderr, "%s\n", summary_.line().c_str());
                told = Clock::now();
            }
        }
        std::printf("%s", summary_.text().c_str());
        bool refused = summary_.refused() * kAcceptedForRefused > summary_.programs();
        return differences_ == 0 && !refused ? 0 : 1;
    }

  private:
    void one(std::uint64_t seed) {
        Choices choices(seed);
        RandomProgram source = generate(choices);
        std::string text = source.text();
        summary_.spent_on("generating");
        auto program = Program::from_text("random.dun", text, source.load_options());
        summary_.spent_on("loading");
        if (!program || !program->ok()) return refused(seed, source, program);
        Plan plan = plan_of(source);
        Observation reference = run_reference(*program, plan);
        summary_.spent_on("reference");
        summary_.note(source, *program, reference);
        if (!reference.error.empty()) {
            std::printf("seed %llu: %s\n%s\n", static_cast<unsigned long long>(seed),
                        reference.error.c_str(), source.text().c_str());
            ++differences_;
            return;
        }
        summary_.spent_on("summing up");
        std::optional<Difference> difference;
        for (std::size_t k = 0; k < ways_.size() && !difference; ++k) {
            difference = compare(*program, plan, reference, {ways_[k]});
            summary_.spent_on(ways_[k].name);
        }
        if (difference) found(seed, source, *difference);
        summary_.spent_on("reducing");
    }

    void refused(std::uint64_t seed, const RandomProgram& source, const Result<Program>& program) {
        std::string code = program ? "" : program.error().code;
        std::string text = program ? "" : program.error().message;
        if (program)
            for (const Diagnostic& diagnostic : program->diagnostics())
                if (diagnostic.severity == Severity::Error) {
                    code = diagnostic.code;
                    text = diagnostic.rendered;
                    break;
                }
        if (summary_.note_refused(code) > arguments_.show) return;
        RandomProgram small = reduce(
            source,
            [&](const RandomProgram& candidate) { return is_refused_with(candidate, code); },
            kReductionTime);
        std::printf("seed %llu is refused: %s\nreduced:\n%s\n",
                    static_cast<unsigned long long>(seed), text.c_str(), small.text().c_str());
    }

    static bool is_refused_with(const RandomProgram& source, const std::string& code) {
        auto program = Program::from_text("random.dun", source.text(), source.load_options());
        if (!program) return program.error().code == code;
        for (const Diagnostic& diagnostic : program->diagnostics())
            if (diagnostic.severity == Severity::Error) return diagnostic.code == code;
        return false;
    }

    void found(std::uint64_t seed, const RandomProgram& source, const Difference& difference) {
        ++differences_;
        std::printf("seed %llu, way %s: %s\n", static_cast<unsigned long long>(seed),
                    difference.mode.c_str(), difference.text.c_str());
        std::fflush(stdout);
        if (++shown_[kind_of(difference)] > arguments_.show) return;
        std::vector<Way> way;
        for (const Way& each : ways_)
            if (each.name == difference.mode) way.push_back(each);
        // A wrong value must not become a kernel that does not compile.
        auto fails = [&](const RandomProgram& candidate) {
            auto other = compare(candidate, way);
            return other && class_of(*other) == class_of(difference);
        };
        RandomProgram small = reduce(source, fails, kReductionTime);
        auto still = compare(small, way);
        std::string words = "Found by tests/random, seed " + std::to_string(seed) + ", way " +
                            difference.mode + ":\n" + (still ? still->text : difference.text);
        std::string folder =
            arguments_.save.empty()
                ? (std::filesystem::temp_directory_path() / "random_programs").string()
                : arguments_.save;
        std::string name = "seed_" + std::to_string(seed);
        std::printf("%s\nreduced to %d lines (%lld VMs, %lld turns):\n%s", words.c_str(),
                    count_lines(small), static_cast<long long>(small.vms),
                    static_cast<long long>(small.steps), small.text().c_str());
        auto error = save(small, folder, name, words);
        std::printf("%s\n\n", error ? error->message.c_str()
                                    : ("saved as " + folder + "/" + name + ".dun").c_str());
        std::fflush(stdout);
    }

    // Of an error, a status, a value or a printed line.
    static std::string class_of(const Difference& difference) {
        const std::string& text = difference.text;
        return text.substr(0, 2) == "VM" ? text.substr(text.find_first_of(":,"), 1)
                                         : text.substr(0, 5);
    }

    // Differences that read alike but for their numbers are shown a few times only.
    static std::string kind_of(const Difference& difference) {
        std::string kind = difference.mode + ": ";
        for (char c : difference.text)
            if (!std::isdigit(static_cast<unsigned char>(c))) kind += c;
        return kind.substr(0, kind.find('\n'));
    }

    const Arguments& arguments_;
    std::vector<Way> ways_;
    Summary summary_;
    std::map<std::string, int> shown_;
    int differences_ = 0;
};

int replay(const std::string& place, const std::vector<Way>& ways) {
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    if (fs::is_directory(place)) {
        for (const auto& entry : fs::recursive_directory_iterator(place))
            if (entry.path().extension() == ".dun") files.push_back(entry.path().string());
        std::sort(files.begin(), files.end());
    } else {
        files.push_back(place);
    }
    int run = 0;
    int differences = 0;
    for (const std::string& file : files) {
        auto saved = load_saved(file);
        if (!saved) continue;  // for example a test of an error
        ++run;
        Observation reference = run_reference(saved->program, saved->plan);
        auto difference = compare(saved->program, saved->plan, reference, ways);
        if (!difference) continue;
        ++differences;
        std::printf("%s, way %s: %s\n", file.c_str(), difference->mode.c_str(),
                    difference->text.c_str());
    }
    std::printf("%d of %zu programs run, %d differ\n", run, files.size(), differences);
    return differences == 0 && (run > 0 || files.empty()) ? 0 : 1;
}

}  // namespace

}  // namespace dunlin::random_programs

int main(int count, char** texts) {
    using namespace dunlin::random_programs;
    setenv("DUNLIN_CACHE", "off", 1);  // programs that are run once would fill it
    Arguments arguments = read_arguments(count, texts);
    auto ways = ways_named(arguments.modes);
    if (arguments.bad || !ways) {
        std::fprintf(stderr, "see the head of tests/random/random_programs.cpp; the modes are:");
        for (const Way& way : all_ways()) std::fprintf(stderr, " %s", way.name.c_str());
        std::fprintf(stderr, "\n");
        return 2;
    }
    if (!arguments.replay.empty()) return replay(arguments.replay, *ways);
    return Driver(arguments, *ways).run();
}
