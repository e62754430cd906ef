// The table of built-in functions and names, from builtins.def and builtin_names.def.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/microcode.hpp"

namespace dunlin::frontend {

enum class Builtin : std::uint8_t {
#define BUILTIN(id, name, parameters, family, op, text) id,
#include "frontend/builtins.def"
#undef BUILTIN
};

enum class BuiltinName : std::uint8_t {
#define BUILTIN_NAME(id, name, text) id,
#include "frontend/builtin_names.def"
#undef BUILTIN_NAME
};

enum class Family : std::uint8_t {
    Conversion,
    Float1,
    Float2,
    Float3,
    Float1Test,
    Number1,
    Number2,
    Rounding1,
    Test1,
    Bits1,
    Bits2,
    Special,
};

struct BuiltinInfo {
    std::string_view name;
    std::string_view parameters;
    Family family;
    ir::Op op;
    std::string_view text;
};

struct BuiltinNameInfo {
    std::string_view name;
    std::string_view text;
};

const BuiltinInfo& info(Builtin builtin);
const BuiltinNameInfo& info(BuiltinName name);
std::optional<Builtin> find_builtin(std::string_view name);
std::optional<BuiltinName> find_builtin_name(std::string_view name);
std::vector<Builtin> all_builtins();
std::vector<BuiltinName> all_builtin_names();

// The names in a parameter text: "x, axis = all" gives {"x", "axis"}; a rest parameter keeps its
// dots.
std::vector<std::string> parameter_names(std::string_view parameters);

// The conversions are also names of element types; `int` and `float` depend on how the program is
// loaded.
std::optional<ir::DType> conversion_type(Builtin builtin, ir::DType int_type, ir::DType float_type);

}  // namespace dunlin::frontend
