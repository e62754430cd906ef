// What an expression turned out to be while it is checked.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "frontend/builtins.hpp"
#include "frontend/checked.hpp"
#include "frontend/modules.hpp"

namespace dunlin::frontend {

struct Scope;

// A function is known at load: which one, and for a lambda where its other names are looked up.
struct FunctionValue {
    std::variant<FunctionRef, const ast::Lambda*, Builtin, ast::BinaryOp> what;
    Scope* scope = nullptr;  // of a lambda
};

// A value, or the reason why there is none. Move-only, since it owns its tree.
//
// An array may be a load-time constant, a tree, or both: both, when the constant has been found by
// looking through a name, whose reading must stay visible to the check of definite assignment. A
// weak value (literals, and what is computed from them) is always a constant, of type i64 or f64,
// that takes the type of what it meets.
struct Value {
    enum class Kind : std::uint8_t {
        Nothing,  // an error has been reported
        Array,
        Function,
        Tuple,    // (a, b): `items`
        Results,  // a call that gives not exactly one value: `node`, `result_types`
    };

    Kind kind = Kind::Nothing;
    ir::Span span;
    ir::Type type;
    bool weak = false;
    std::optional<ir::Constant> constant;
    checked::NodePtr node;
    FunctionValue function;
    std::vector<Value> items;
    std::vector<ir::Type> result_types;

    explicit operator bool() const { return kind != Kind::Nothing; }
    bool is_array() const { return kind == Kind::Array; }
    bool is_pure_constant() const { return constant && !node; }
    const ir::Shape& shape() const { return type.shape; }
    ir::DType dtype() const { return type.dtype; }
};

Value constant_value(ir::Constant constant, ir::Span span, bool weak = false);
Value function_value(const FunctionValue& function, ir::Span span);
Value node_value(checked::NodePtr node);

// A value that can be had twice: a constant, or the reading of a variable.
bool is_copyable(const Value& value);
Value copy(const Value& value);

checked::NodePtr make_node(ir::Span span, ir::Type type, decltype(checked::Node::what) what);

// The tree of an array value: its node, or its constant as one. Leaves nothing behind.
checked::NodePtr take_node(Value&& value);

// Values as the operands of an operation.
template <typename... Values>
std::vector<Value> operands(Values... values) {
    std::vector<Value> result;
    (result.push_back(std::move(values)), ...);
    return result;
}

// "float[64]" in the words of the program: a weak value is "an integer literal".
std::string describe(const Value& value);
std::string describe(const ir::Type& type);

}  // namespace dunlin::frontend
