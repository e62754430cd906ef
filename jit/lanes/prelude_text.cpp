#include "jit/lanes/prelude_text.hpp"

#include <cassert>
#include <initializer_list>
#include <set>
#include <vector>

#include "jit/lanes/library.hpp"
#include "jit/lanes/pieces.hpp"
#include "jit/lanes/prelude_files.hpp"

namespace dunlin::jit {

namespace {

using Names = std::vector<std::string_view>;

const Names kScalarLanes = {"lanes_scalar.h", "memory_scalar.h"};
const Names kWideLanes = {"lanes_wide.h", "memory_wide.h", "vms_wide.h"};
// What is written in the dialect.
const Names kRules = {"arith.h", "combine.h", "reduce.h", "random.h"};
// What the lane library has on the CPU.
const Names kInLibrary = {"sort.h",       "philox.h",      "math_tables.h", "math_parts.h",
                          "math_exp.h",   "math_log.h",    "math_trig.h",   "math_arc.h",
                          "math_power.h", "math_special.h"};

std::string_view header(std::string_view name) {
    for (const PreludeFile& file : prelude_files())
        if (file.name == name) return file.text;
    assert(false && "not an embedded header");
    return {};
}

Pieces pieces_of(std::initializer_list<Names> lists) {
    std::vector<std::string_view> texts;
    for (const Names& names : lists)
        for (std::string_view name : names) texts.push_back(header(name));
    return Pieces(texts);
}

const Pieces& scalar_pieces() {
    static const Pieces pieces = pieces_of({kScalarLanes, kRules});
    return pieces;
}
const Pieces& wide_pieces() {
    static const Pieces pieces = pieces_of({kWideLanes, kRules});
    return pieces;
}
const Pieces& cuda_pieces() {
    static const Pieces pieces = pieces_of({kScalarLanes, kRules, kInLibrary});
    return pieces;
}

std::set<std::string_view> names_of_both(std::string_view kernel) {
    std::set<std::string_view> names = names_after("S::", kernel);
    names.merge(names_after("V::", kernel));
    return names;
}

// What the library declares stands on types that are pieces.
std::string with_library(const Pieces& pieces, int width, std::set<std::string_view> names) {
    const std::string declarations = library_declarations(width, names);
    names.merge(words_of(declarations));
    return pieces.closure(names) + declarations;
}

std::string aliases(const std::string& lanes) {
    return "namespace S = dunlin::lane;\nnamespace V = dunlin::" + lanes + ";\n";
}

}  // namespace

std::string cpu_prelude_text(int width, std::string_view kernel) {
    assert(width == 1 || width == 16 || width == 32);
    if (width == 1)
        return with_library(scalar_pieces(), 1, names_of_both(kernel)) + aliases("lane");
    const std::string lanes = std::to_string(width);
    return with_library(scalar_pieces(), 1, names_after("S::", kernel)) +
           "#define DUNLIN_LANE_WIDTH " + lanes + "\n" +
           with_library(wide_pieces(), width, names_after("V::", kernel)) + aliases("lane" + lanes);
}

std::string cuda_prelude_text(std::string_view kernel) {
    return cuda_pieces().closure(names_of_both(kernel)) + aliases("lane");
}

std::string_view kernel_abi_text() {
    return header("kernel_abi.h");
}

}  // namespace dunlin::jit
