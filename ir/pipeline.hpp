// The passes over microcode, in order. The list is in pipeline.cpp and reads like a table of
// contents.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/diagnostic.hpp"
#include "ir/microcode.hpp"

namespace dunlin::ir {

struct PassTiming {
    std::string_view name;
    double milliseconds = 0;
};

// What went wrong with a program, placed by statement: the caller, who knows the source, makes a
// Diagnostic of it.
struct Complaint {
    Code code{};
    StatementId statement = 0;
    std::string message;
    std::string label;
    std::string help;
    std::vector<std::pair<StatementId, std::string>> notes;
};

struct PipelineReport {
    std::vector<PassTiming> timings;
    std::vector<Complaint>
        complaints;  // from the uniformity pass; the program must not be run when there are any
};

// Called after every pass with its name and the program as it stands.
using PassObserver = std::function<void(std::string_view pass, const Program&)>;

PipelineReport run_pipeline(Program& program, const PassObserver& observer = {});
std::vector<std::string_view> pass_names();

}  // namespace dunlin::ir
