#include "ir/pipeline.hpp"

#include <cassert>
#include <chrono>
#include <cstdio>

#include "ir/common.hpp"
#include "ir/copies.hpp"
#include "ir/dead.hpp"
#include "ir/fold.hpp"
#include "ir/layout.hpp"
#include "ir/simplify.hpp"
#include "ir/straighten.hpp"
#include "ir/uniform.hpp"
#include "ir/verify.hpp"

namespace dunlin::ir {

namespace {

struct Pass {
    std::string_view name;
    void (*run)(Program&, PipelineReport&);
};

// The passes, in order. The second round of folding finds what sharing and forwarding have brought
// together.
constexpr Pass kPasses[] = {
    {"fold", [](Program& program, PipelineReport&) { fold(program); }},
    {"simplify", [](Program& program, PipelineReport&) { simplify(program); }},
    {"straighten", [](Program& program, PipelineReport&) { straighten(program); }},
    {"common", [](Program& program, PipelineReport&) { share_common(program); }},
    {"copies", [](Program& program, PipelineReport&) { forward_copies(program); }},
    {"fold-again", [](Program& program, PipelineReport&) { fold(program); }},
    {"simplify-again", [](Program& program, PipelineReport&) { simplify(program); }},
    {"dead", [](Program& program, PipelineReport&) { remove_dead(program); }},
    {"uniform", [](Program& program,
                   PipelineReport& report) { report.complaints = check_collectives(program); }},
    {"layout", [](Program& program, PipelineReport&) { lay_out(program); }},
};

[[maybe_unused]] bool is_well_formed(std::string_view pass, const Program& program) {
    std::vector<std::string> errors = verify(program);
    for (const std::string& error : errors)
        std::fprintf(stderr, "after %.*s: %s\n", static_cast<int>(pass.size()), pass.data(),
                     error.c_str());
    return errors.empty();
}

}  // namespace

PipelineReport run_pipeline(Program& program, const PassObserver& observer) {
    using Clock = std::chrono::steady_clock;
    PipelineReport report;
    assert(is_well_formed("lowering", program));
    for (const Pass& pass : kPasses) {
        Clock::time_point begin = Clock::now();
        pass.run(program, report);
        std::chrono::duration<double, std::milli> spent = Clock::now() - begin;
        report.timings.push_back({pass.name, spent.count()});
        assert(is_well_formed(pass.name, program));
        if (observer) observer(pass.name, program);
    }
    return report;
}

std::vector<std::string_view> pass_names() {
    std::vector<std::string_view> names;
    for (const Pass& pass : kPasses) names.push_back(pass.name);
    return names;
}

}  // namespace dunlin::ir
