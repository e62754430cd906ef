// The front end's whole interface: source text in, microcode or diagnostics out.
//
//   parse.hpp    text to tree                          (E01)
//   resolve.hpp  which names a scope has, recursion    (E03, E06)
//   check.hpp    types and shapes: a checked tree      (E02, E03, E05)
//   assigned.hpp every name assigned before it is read (E0302)
//   lower.hpp    checked tree to microcode
//   ir pipeline  optimisation, uniformity (E04), layout
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "frontend/library.hpp"
#include "ir/microcode.hpp"
#include "ir/pipeline.hpp"

namespace dunlin::frontend {

// A value written by a person or a host. A literal (`3`, `[1, 2.5]`) is weak: it takes the type
// that the program says.
struct LiteralValue {
    ir::Constant constant;
    bool weak = true;
};

inline constexpr std::size_t kMaxInstructions = 500'000;

struct CompileOptions {
    ir::DType int_type = ir::DType::I64;
    ir::DType float_type = ir::DType::F64;
    std::map<std::string, LiteralValue> params;
    const Library* library = nullptr;
    // Reads an imported file, by the path that `resolve_import` made from the importing file's name
    // and the words of the import.
    std::function<std::optional<std::string>(const std::string& path)> read_file;
    int test = -1;  // compile this `test` block instead of the program
    std::size_t max_instructions = kMaxInstructions;  // after functions have been expanded
    ir::PassObserver observer;
};

enum class PortKind : std::uint8_t { Input, Shared, State, Output };

ir::Storage storage_of(PortKind kind);

// A name through which the host and the program exchange arrays.
struct Port {
    PortKind kind{};
    std::string name;
    ir::Type type;
    ir::SlotId slot = ir::kNoSlot;
    int line = 0;
};

struct ParamInfo {
    std::string name;
    ir::Constant value;
    bool bound = false;  // by the options, not by the default
    int line = 0;
};

struct TestInfo {
    std::string name;
    int line = 0;
};

struct StageTiming {
    std::string stage;
    double milliseconds = 0;
};

struct Compiled {
    ir::SourceMap sources;
    std::vector<ir::Diagnostic> diagnostics;  // errors and warnings, in the order of the source
    bool ok = false;                          // no errors: `program` may be run
    ir::Program program;
    std::vector<Port> ports;  // in the order of the source
    std::vector<ParamInfo> params;
    std::vector<TestInfo> tests;
    std::string tree;  // print_tree of the program's own file
    std::vector<StageTiming> timings;
};

Compiled compile(const std::string& file_name, const std::string& text,
                 const CompileOptions& options);

// "3", "-2.5", "[1, 2.5]", "true": for the command line. The message says what is wrong.
std::variant<LiteralValue, std::string> parse_literal(const std::string& text);

// A literal's value as the wanted type: weak ones adopt it, others convert where that loses
// nothing; a value of fewer axes broadcasts. The message says why it does not fit.
std::variant<ir::Constant, std::string> fit_literal(const LiteralValue& value,
                                                    const ir::Type& wanted);

// What `dunlin doc` prints.
struct DocEntry {
    std::string name;
    std::string signature;  // "sum(x, axis = all, keepdims = false)"
    std::string text;
    std::string origin;  // "built in", "stdlib/statistics.dun:12", or "module stats"
};
std::vector<DocEntry> documentation(const Library& library);

}  // namespace dunlin::frontend
