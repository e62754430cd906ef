#include <algorithm>
#include <array>
#include <vector>

#include "jit/lanes/library.hpp"

// The library's own names. Their types are Clang's vectors, and nobody calls them here.
#define DECLARE(width, name, type)                                \
    extern "C" void dunlin_baseline_w##width##_##name##_##type(); \
    extern "C" void dunlin_avx2_w##width##_##name##_##type();     \
    extern "C" void dunlin_avx512_w##width##_##name##_##type();
#define DECLARE_Wide(name, type) DECLARE(16, name, type) DECLARE(32, name, type)
#define DECLARE_All(name, type) DECLARE(1, name, type) DECLARE_Wide(name, type)
#define LANE_FUNCTION(name, type, shape, lanes) DECLARE_##lanes(name, type)
#include "jit/lanes/library.def"

namespace dunlin::jit {

namespace {

using Code = void (*)();

// One name that kernels call, and the code for each instruction set.
struct Symbol {
    std::string_view name;
    std::array<Code, 3> code;
};

constexpr Symbol kSymbols[] = {
#define ENTER(width, name, type)                                                            \
    {"dunlin_w" #width "_" #name "_" #type,                                                 \
     {&dunlin_baseline_w##width##_##name##_##type, &dunlin_avx2_w##width##_##name##_##type, \
      &dunlin_avx512_w##width##_##name##_##type}},
#define ENTER_Wide(name, type) ENTER(16, name, type) ENTER(32, name, type)
#define ENTER_All(name, type) ENTER(1, name, type) ENTER_Wide(name, type)
#define LANE_FUNCTION(name, type, shape, lanes) ENTER_##lanes(name, type)
#include "jit/lanes/library.def"
};

std::vector<HostSymbol> symbols_for(InstructionSet set) {
    std::vector<HostSymbol> symbols;
    for (const Symbol& symbol : kSymbols)
        symbols.push_back({symbol.name, reinterpret_cast<const void*>(
                                            symbol.code[static_cast<std::size_t>(set)])});
    std::sort(symbols.begin(), symbols.end(),
              [](const HostSymbol& a, const HostSymbol& b) { return a.name < b.name; });
    return symbols;
}

enum class Shape { One, Two, Block, Places, Keys };
enum class Lanes { All, Wide };

struct Function {
    std::string_view name;
    std::string_view type;
    Shape shape;
    Lanes lanes;
};

constexpr Function kFunctions[] = {
#define LANE_FUNCTION(name, type, shape, lanes) {#name, #type, Shape::shape, Lanes::lanes},
#include "jit/lanes/library.def"
};

// The function as the kernel's compiler sees it: the sorts are templates, the others overloads
// without effects.
std::string signature(const Function& function) {
    const std::string name(function.name);
    const std::string type(function.type);
    const std::string keys = "template <> void " + name + "<" + type + ">(Element<" + type + ">*";
    switch (function.shape) {
        case Shape::One: return "[[gnu::const]] " + type + " " + name + "(" + type + ")";
        case Shape::Two:
            return "[[gnu::const]] " + type + " " + name + "(" + type + "," + type + ")";
        case Shape::Block:
            return "[[gnu::const]] RandomBlock " + name + "(" + type + "," + type + "," + type +
                   ")";
        case Shape::Places: return keys + ",Element<i32>*,Count,bool)";
        case Shape::Keys: return keys + ",Count,bool)";
    }
    __builtin_unreachable();
}

// What the specialisations above are of.
std::string template_of(Shape shape, std::string_view name) {
    if (shape != Shape::Places && shape != Shape::Keys) return "";
    return "template <class T> void " + std::string(name) + "(Element<T>*" +
           (shape == Shape::Places ? ",Element<i32>*" : "") + ",Count,bool);\n";
}

// The label is the name in the object.
std::string declaration(const Function& function, int width) {
    return signature(function) + " __asm__(\"dunlin_w" + std::to_string(width) + "_" +
           std::string(function.name) + "_" + std::string(function.type) + "\");\n";
}

}  // namespace

std::span<const HostSymbol> lane_library(InstructionSet set) {
    static const std::array<std::vector<HostSymbol>, 3> symbols = {
        symbols_for(InstructionSet::Baseline), symbols_for(InstructionSet::Avx2),
        symbols_for(InstructionSet::Avx512)};
    return symbols[static_cast<std::size_t>(set)];
}

std::string library_declarations(int width, const std::set<std::string_view>& names) {
    std::string text;
    std::string_view last;
    for (const Function& function : kFunctions) {
        if (!names.contains(function.name)) continue;
        if (width == 1 && function.lanes == Lanes::Wide) continue;
        if (function.name != last) text += template_of(function.shape, function.name);
        text += declaration(function, width);
        last = function.name;
    }
    if (text.empty()) return text;
    const std::string lanes = width == 1 ? "lane" : "lane" + std::to_string(width);
    return "namespace dunlin::" + lanes + " {\n" + text + "}\n";
}

}  // namespace dunlin::jit
