// dunlin test: every .dun file that is named, or lies below a folder that is named.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <new>
#include <thread>

#include "repl/command.hpp"
#include "repl/output.hpp"
#include "repl/test_file.hpp"

namespace dunlin::repl {

namespace {

namespace fs = std::filesystem;

struct TestArguments {
    std::vector<std::string> paths;
    bool verbose = false;
    TestWishes wishes;
    Format format = Format::Text;
};

Result<std::vector<std::string>> files_below(const fs::path& folder) {
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator next(folder, error);
    while (!error && next != fs::recursive_directory_iterator()) {
        if (next->path().extension() == ".dun" && next->is_regular_file())
            files.push_back(next->path().string());
        next.increment(error);
    }
    if (error) return Error{"file", "cannot read " + folder.string() + ": " + error.message(), ""};
    std::sort(files.begin(), files.end());
    return files;
}

Result<std::vector<std::string>> all_files(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (!fs::exists(path, error))
                return Error{"file", "there is no file or folder " + path, ""};
            files.push_back(path);
            continue;
        }
        auto below = files_below(path);
        if (!below) return below.error();
        if (below->empty()) return Error{"file", "there is no .dun file below " + path, ""};
        files.insert(files.end(), below->begin(), below->end());
    }
    return files;
}

std::vector<Check> test_one(const std::string& file, const TestWishes& wishes) {
    try {
        return test_file(file, wishes);
    } catch (const std::bad_alloc&) {
        return {{file, {"the memory is exhausted"}}};
    }
}

// Files are independent of one another, so that several threads can share them out.
std::vector<std::vector<Check>> test_all(const std::vector<std::string>& files,
                                         const TestWishes& wishes) {
    std::vector<std::vector<Check>> results(files.size());
    std::atomic<std::size_t> next{0};
    auto work = [&] {
        for (std::size_t k = next++; k < files.size(); k = next++)
            results[k] = test_one(files[k], wishes);
    };
    std::vector<std::thread> others;
    for (unsigned k = 1; k < std::thread::hardware_concurrency(); ++k) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    return results;
}

void report(const Check& check, const TestArguments& arguments) {
    bool passed = check.failures.empty();
    if (arguments.format == Format::Json) {
        write_line({{"type", "check"},
                    {"name", check.name},
                    {"passed", passed},
                    {"failures", check.failures}});
        return;
    }
    if (passed && !arguments.verbose) return;
    fmt::print("{} {}\n", passed ? "passed" : "FAILED", check.name);
    for (const std::string& failure : check.failures) fmt::print("  {}\n", failure);
}

int run_tests(const TestArguments& arguments) {
    auto files = all_files(arguments.paths);
    if (!files) {
        report_error(files.error(), arguments.format);
        return kBadCommand;
    }
    int passed = 0;
    int failed = 0;
    for (const std::vector<Check>& checks : test_all(*files, arguments.wishes)) {
        for (const Check& check : checks) {
            report(check, arguments);
            ++(check.failures.empty() ? passed : failed);
        }
    }
    if (passed + failed == 0) {
        report_error({"bad_request", "there is nothing to test",
                      "expectations and test blocks are what is tested"},
                     arguments.format);
        return kBadCommand;
    }
    if (arguments.format == Format::Json)
        write_line({{"type", "total"}, {"passed", passed}, {"failed", failed}});
    else
        fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? kFine : kRejected;
}

}  // namespace

void add_test_command(CLI::App& app, Action& chosen) {
    auto arguments = std::make_shared<TestArguments>();
    CLI::App* command =
        app.add_subcommand("test", "Run test blocks, and compare with expectations in comments");
    command
        ->add_option("PATH", arguments->paths, "files, and folders with all that lies below them")
        ->required()
        ->type_name("");
    command->add_flag("--verbose", arguments->verbose, "list what passed, too");
    command->add_flag("--alone", arguments->wishes.alone,
                      "check also that N VMs give what N runs of one VM give, to the bit");
    command->add_flag("--modes", arguments->wishes.modes,
                      "check also that every way of running a program gives the same bits");
    add_format_option(*command, arguments->format);
    command->footer(
        "Expectations stand in comments, on the line that they speak of:\n"
        "  print 3 / 2       # expect: 1.5\n"
        "  output y = x      # expect: [1, 2]\n"
        "  z = a + b         # error: E0203\n"
        "  k = 1 // i        # fault: divide_by_zero\n"
        "Directives stand on comment lines of their own:\n"
        "  # vms: 8   # print-vm: 3   # seed: 7   # fuel: 100   # steps: 3   # int: i32   # float: "
        "f32\n"
        "  # param: n=3   # set: x=[1,2]   # in: x=data.npy\n"
        "\n"
        "Examples:\n"
        "  dunlin test wave.dun\n"
        "  dunlin test --verbose --alone tests/conformance");
    command->callback(
        [arguments, &chosen] { chosen = [arguments] { return run_tests(*arguments); }; });
}

}  // namespace dunlin::repl
