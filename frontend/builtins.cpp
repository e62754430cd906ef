#include "frontend/builtins.hpp"

#include <unordered_map>

namespace dunlin::frontend {

namespace {

constexpr BuiltinInfo kBuiltins[] = {
#define BUILTIN(id, name, parameters, family, op, text) \
    {name, parameters, Family::family, ir::Op::op, text},
#include "frontend/builtins.def"
#undef BUILTIN
};

constexpr BuiltinNameInfo kNames[] = {
#define BUILTIN_NAME(id, name, text) {name, text},
#include "frontend/builtin_names.def"
#undef BUILTIN_NAME
};

}  // namespace

const BuiltinInfo& info(Builtin builtin) {
    return kBuiltins[static_cast<int>(builtin)];
}
const BuiltinNameInfo& info(BuiltinName name) {
    return kNames[static_cast<int>(name)];
}

std::optional<Builtin> find_builtin(std::string_view name) {
    static const auto* by_name = [] {
        auto* map = new std::unordered_map<std::string_view, Builtin>;
        for (Builtin builtin : all_builtins()) map->emplace(info(builtin).name, builtin);
        return map;
    }();
    auto found = by_name->find(name);
    if (found == by_name->end()) return std::nullopt;
    return found->second;
}

std::optional<BuiltinName> find_builtin_name(std::string_view name) {
    for (BuiltinName candidate : all_builtin_names())
        if (info(candidate).name == name) return candidate;
    return std::nullopt;
}

std::vector<Builtin> all_builtins() {
    std::vector<Builtin> result;
    for (std::size_t i = 0; i < std::size(kBuiltins); ++i)
        result.push_back(static_cast<Builtin>(i));
    return result;
}

std::vector<BuiltinName> all_builtin_names() {
    std::vector<BuiltinName> result;
    for (std::size_t i = 0; i < std::size(kNames); ++i)
        result.push_back(static_cast<BuiltinName>(i));
    return result;
}

std::vector<std::string> parameter_names(std::string_view parameters) {
    std::vector<std::string> names;
    while (!parameters.empty()) {
        std::size_t comma = parameters.find(',');
        std::string_view part = parameters.substr(0, comma);
        parameters = comma == std::string_view::npos ? "" : parameters.substr(comma + 1);
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        names.emplace_back(part.substr(0, part.find(' ')));
    }
    return names;
}

std::optional<ir::DType> conversion_type(Builtin builtin, ir::DType int_type,
                                         ir::DType float_type) {
    if (info(builtin).family != Family::Conversion) return std::nullopt;
    if (builtin == Builtin::ToInt) return int_type;
    if (builtin == Builtin::ToFloat) return float_type;
    return ir::dtype_named(info(builtin).name);
}

}  // namespace dunlin::frontend
