#include "frontend/value.hpp"

#include <cassert>

namespace dunlin::frontend {

Value constant_value(ir::Constant constant, ir::Span span, bool weak) {
    Value value;
    value.kind = Value::Kind::Array;
    value.span = span;
    value.type = constant.type;
    value.weak = weak;
    value.constant = std::move(constant);
    return value;
}

Value function_value(const FunctionValue& function, ir::Span span) {
    Value value;
    value.kind = Value::Kind::Function;
    value.span = span;
    value.function = function;
    return value;
}

Value node_value(checked::NodePtr node) {
    Value value;
    value.kind = Value::Kind::Array;
    value.span = node->span;
    value.type = node->type;
    value.node = std::move(node);
    return value;
}

bool is_copyable(const Value& value) {
    return value.is_array() &&
           (!value.node || std::holds_alternative<checked::ReadNode>(value.node->what));
}

Value copy(const Value& value) {
    assert(is_copyable(value));
    Value result;
    result.kind = value.kind;
    result.span = value.span;
    result.type = value.type;
    result.weak = value.weak;
    result.constant = value.constant;
    if (value.node)
        result.node =
            make_node(value.node->span, value.type, std::get<checked::ReadNode>(value.node->what));
    return result;
}

checked::NodePtr make_node(ir::Span span, ir::Type type, decltype(checked::Node::what) what) {
    return std::make_unique<checked::Node>(checked::Node{span, std::move(type), std::move(what)});
}

checked::NodePtr take_node(Value&& value) {
    assert(value.is_array());
    if (value.node) return std::move(value.node);
    assert(value.constant);
    return make_node(value.span, value.type, checked::ConstantNode{std::move(*value.constant)});
}

std::string describe(const ir::Type& type) {
    return ir::to_string(type);
}

std::string describe(const Value& value) {
    switch (value.kind) {
        case Value::Kind::Nothing: return "nothing";
        case Value::Kind::Function: return "a function";
        case Value::Kind::Tuple: return "a tuple of " + std::to_string(value.items.size());
        case Value::Kind::Results:
            return value.result_types.empty()
                       ? "no value"
                       : std::to_string(value.result_types.size()) + " values";
        case Value::Kind::Array: break;
    }
    if (!value.weak) return describe(value.type);
    std::string kind = ir::is_float(value.dtype()) ? "a float literal" : "an integer literal";
    return value.type.is_scalar() ? kind : kind + " of shape " + ir::to_string(value.shape());
}

}  // namespace dunlin::frontend
