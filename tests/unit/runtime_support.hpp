// What the tests of batches, kernels and streams share.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/batch.hpp"
#include "runtime/dunlin.hpp"

namespace dunlin {

inline Program loaded(const std::string& text) {
    auto program = Program::from_text("test.dun", text);
    EXPECT_TRUE(program);
    EXPECT_TRUE(program->ok()) << (program->diagnostics().empty()
                                       ? ""
                                       : program->diagnostics()[0].rendered);
    return *program;
}

// A kernel cache of its own for the tests of this process, and the usual policy and no hook after
// each test.
class RuntimeTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        static const std::string folder = [] {
            std::string name = (std::filesystem::temp_directory_path() / "dunlin-XXXXXX").string();
            return std::string(mkdtemp(name.data()));
        }();
        setenv("DUNLIN_CACHE", folder.c_str(), 1);
        static const struct Remover {
            ~Remover() {
                std::error_code error;
                std::filesystem::remove_all(folder, error);
            }
        } remover;
    }
    void TearDown() override {
        runtime::set_kernel_hook({});
        runtime::auto_policy() = {};
    }

    // Kernels as soon as there is one.
    static void hurry() {
        runtime::auto_policy().trial = 0;
        runtime::auto_policy().lookup = 0;
        runtime::auto_policy().compilation = 0;
        runtime::auto_policy().compilation_of_byte = 0;
    }
};

// All that can be seen of a run, as text and bytes.
struct Sight {
    std::vector<std::string> ports;  // name and bytes
    std::vector<std::string> statuses;
    std::vector<std::string> prints;
    RunReport report;

    // What must not depend on who ran it.
    bool operator==(const Sight& other) const {
        return ports == other.ports && statuses == other.statuses && prints == other.prints;
    }
};

inline std::string text_of(const VmStatus& status) {
    return std::to_string(static_cast<int>(status.outcome)) + " " + status.fault + " " +
           status.message + " " + std::to_string(status.range.line);
}

inline void look(const Program& program, const Batch& batch, Sight& sight) {
    std::size_t k = 0;
    for (const Port& port : program.ports()) {
        auto array = batch.read(port.name);
        if (!array) continue;  // an input
        const auto bytes = static_cast<std::size_t>(array->count() * size_of(array->type.dtype));
        if (k == sight.ports.size()) sight.ports.push_back(port.name + ": ");
        sight.ports[k++].append(reinterpret_cast<const char*>(array->data), bytes);
    }
    for (std::int64_t vm = 0; vm < batch.vms(); ++vm)
        sight.statuses.push_back(text_of(batch.status(vm)));
}

using Binder = std::function<Failure(Batch&)>;

inline Sight run(const Program& program, BatchOptions options, std::int64_t steps = 1,
                 const Binder& bind = {}) {
    Sight sight;
    options.print = [&](const PrintedLine& line) {
        sight.prints.push_back(std::to_string(line.line) + ": " + line.text);
    };
    Batch batch(program, options);
    if (bind) {
        EXPECT_FALSE(bind(batch));
    }
    auto report = batch.run(steps);
    EXPECT_TRUE(report) << report.error().message;
    if (!report) return sight;
    sight.report = *report;
    look(program, batch, sight);
    return sight;
}

inline BatchOptions of_vms(std::int64_t vms, Device device = Device::Auto) {
    BatchOptions options;
    options.vms = vms;
    options.execution.device = device;
    return options;
}

}  // namespace dunlin
