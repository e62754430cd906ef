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

int bytes_of(std::string_view type) {
    if (type.ends_with("64")) return 8;
    if (type.ends_with("32")) return 4;
    return type.ends_with("16") ? 2 : 1;
}

// The name in the object.
std::string label(const Function& function, int width) {
    return " __asm__(\"dunlin_w" + std::to_string(width) + "_" + std::string(function.name) + "_" +
           std::string(function.type) + "\");\n";
}

// A function of vectors that are wider than a register: they are passed in pieces of so many
// lanes.
std::string declaration_in_pieces(const Function& function, int width, int lanes) {
    const std::string name(function.name);
    const std::string type(function.type);
    const std::string piece = type + "_piece";
    const int arguments = function.shape == Shape::Two ? 2 : 1;
    std::string parameters;
    std::string pieces;
    for (int argument = 0; argument < arguments; ++argument) {
        const std::string x = argument == 0 ? "x" : "y";
        for (int first = 0; first < width; first += lanes) {
            if (!pieces.empty()) {
                parameters += ",";
                pieces += ",";
            }
            parameters += piece;
            pieces += "__builtin_shufflevector(" + x + "," + x;
            for (int lane = first; lane < first + lanes; ++lane)
                pieces += "," + std::to_string(lane);
            pieces += ")";
        }
    }
    return "typedef Element<" + type + "> " + piece + " __attribute__((ext_vector_type(" +
           std::to_string(lanes) + ")));\n[[gnu::const]] " + type + " " + name + "_in_pieces(" +
           parameters + ")" + label(function, width) + "static inline " + type + " " + name + "(" +
           type + " x" + (arguments == 2 ? "," + type + " y" : "") + "){return " + name +
           "_in_pieces(" + pieces + ");}\n";
}

// The function as the kernel's compiler sees it: the sorts are templates, the others overloads
// without effects.
std::string declaration(const Function& function, int width) {
    const std::string name(function.name);
    const std::string type(function.type);
    const std::string keys = "template <> void " + name + "<" + type + ">(Element<" + type + ">*";
    const std::string end = label(function, width);
    const std::string result = "[[gnu::const]] " + type + " " + name + "(" + type;
    switch (function.shape) {
        case Shape::One: return result + ")" + end;
        case Shape::Two: return result + "," + type + ")" + end;
        case Shape::Block:
            return "[[gnu::const]] RandomBlock " + name + "(" + type + "," + type + "," + type +
                   ")" + end;
        case Shape::Places: return keys + ",Element<i32>*,Count,bool)" + end;
        case Shape::Keys: return keys + ",Count,bool)" + end;
    }
    __builtin_unreachable();
}

// As it is called under each instruction set.
std::string declarations(const Function& function, int width) {
    std::string whole = declaration(function, width);
    const int bytes = width * bytes_of(function.type);
    const bool is_plain = function.shape == Shape::One || function.shape == Shape::Two;
    if (!is_plain || width == 1 || bytes <= 32) return whole;
    auto in_pieces = [&](int register_bytes) -> std::string {
        if (bytes <= register_bytes) return whole;
        return declaration_in_pieces(function, width, register_bytes / bytes_of(function.type));
    };
    return "#if defined(__AVX512F__)\n" + in_pieces(64) + "#elif defined(__AVX__)\n" +
           in_pieces(32) + "#else\n" + whole + "#endif\n";
}

// What the specialisations above are of.
std::string template_of(Shape shape, std::string_view name) {
    if (shape != Shape::Places && shape != Shape::Keys) return "";
    return "template <class T> void " + std::string(name) + "(Element<T>*" +
           (shape == Shape::Places ? ",Element<i32>*" : "") + ",Count,bool);\n";
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
        text += declarations(function, width);
        last = function.name;
    }
    if (text.empty()) return text;
    const std::string lanes = width == 1 ? "lane" : "lane" + std::to_string(width);
    return "namespace dunlin::" + lanes + " {\n" + text + "}\n";
}

}  // namespace dunlin::jit
