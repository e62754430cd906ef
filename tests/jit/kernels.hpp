// What the tests of this folder share: compiling, or failing the test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "jit/compile_cpu.hpp"
#include "jit/machine_code.hpp"

namespace dunlin::jit {

/// The object of a text that must compile; empty, and the test has failed, if it does not.
inline std::string compiled(std::string_view text, const CompileOptions& options = {}) {
    const auto result = compile_cpu(text, options);
    if (const auto* failure = std::get_if<CompileFailure>(&result)) {
        ADD_FAILURE() << failure->log;
        return "";
    }
    return std::get<Compiled>(result).bytes;
}

/// The log of a text that must not compile.
inline std::string log_of(std::string_view text, const CompileOptions& options = {}) {
    const auto result = compile_cpu(text, options);
    if (const auto* failure = std::get_if<CompileFailure>(&result)) return failure->log;
    ADD_FAILURE() << "it compiles: " << text;
    return "";
}

inline MachineCode loaded(std::string_view object, std::span<const HostSymbol> host = {}) {
    auto result = MachineCode::load(object, host);
    if (const auto* failure = std::get_if<LoadFailure>(&result)) {
        ADD_FAILURE() << failure->message;
        return {};
    }
    return std::move(std::get<MachineCode>(result));
}

inline MachineCode code_of(std::string_view text, const CompileOptions& options = {}) {
    return loaded(compiled(text, options));
}

/// The instruction sets that this processor has.
inline std::vector<InstructionSet> usable_sets() {
    std::vector<InstructionSet> sets;
    for (const auto set :
         {InstructionSet::Baseline, InstructionSet::Avx2, InstructionSet::Avx512}) {
        if (set <= instruction_set_of_this_cpu()) sets.push_back(set);
    }
    return sets;
}

}  // namespace dunlin::jit
