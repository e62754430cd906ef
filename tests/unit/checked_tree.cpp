#include "checked_tree.hpp"

namespace dunlin::frontend::checked {

namespace {

constexpr int kLines = 200;
constexpr std::uint32_t kLineBytes = 11;

std::string ruled_text() {
    std::string text;
    for (int k = 0; k < kLines; ++k) text += "0123456789\n";
    return text;
}

}  // namespace

Tree::Tree() {
    user_file = file = sources.add("test.dun", ruled_text());
    library_file = sources.add("stdlib/some.dun", ruled_text(), 1, true);
    program.main = enter("the program");
}

Span Tree::span() const {
    std::uint32_t begin = static_cast<std::uint32_t>(line - 1) * kLineBytes;
    return {file, begin + 2, begin + 6};
}

Variable* Tree::variable(const std::string& name, const ir::Type& type) {
    auto made = std::make_unique<Variable>();
    made->name = name;
    made->type = type;
    made->declared = span();
    Variable* variable = made.get();
    instances_.back()->variables.push_back(std::move(made));
    return variable;
}

Variable* Tree::hidden(const ir::Type& type) {
    Variable* made = variable("", type);
    made->hidden = true;
    return made;
}

Variable* Tree::port(PortKind kind, const std::string& name, const ir::Type& type) {
    Variable* made = variable(name, type);
    constexpr ir::Storage kStorages[] = {ir::Storage::Input, ir::Storage::Shared,
                                         ir::Storage::State, ir::Storage::Output};
    made->storage = kStorages[static_cast<int>(kind)];
    program.ports.emplace_back(kind, made);
    return made;
}

Instance* Tree::enter(const std::string& name, const std::vector<ir::Type>& results) {
    auto made = std::make_unique<Instance>();
    made->name = name;
    made->declared = span();
    Instance* instance = made.get();
    program.instances.push_back(std::move(made));
    instances_.push_back(instance);
    outer_blocks_.push_back(blocks_.size());
    for (const ir::Type& type : results) instance->results.push_back(hidden(type));
    return instance;
}

void Tree::leave() {
    instances_.pop_back();
    outer_blocks_.pop_back();
}

Variable* Tree::parameter(const std::string& name, const ir::Type& type, bool is_assigned) {
    Variable* made = variable(name, type);
    instances_.back()->parameters.push_back(made);
    instances_.back()->parameter_assigned.push_back(is_assigned);
    return made;
}

NodePtr Tree::node(const ir::Type& type, decltype(Node::what) what) const {
    return std::make_unique<Node>(Node{span(), type, std::move(what)});
}

NodePtr Tree::number(std::int64_t value, ir::DType dtype) const {
    return node({dtype, {}}, ConstantNode{ir::scalar_constant(dtype, value)});
}

NodePtr Tree::truth(bool value) const {
    return node(kBool, ConstantNode{ir::bool_constant(value)});
}

NodePtr Tree::numbers(const std::vector<std::int64_t>& values) const {
    ir::Constant constant = ir::vector_constant(ir::DType::I64, values);
    ir::Type type = constant.type;
    return node(type, ConstantNode{std::move(constant)});
}

NodePtr Tree::read(Variable* variable) const {
    return node(variable->type, ReadNode{variable});
}

NodePtr Tree::add(NodePtr left, NodePtr right) const {
    ir::Type type{left->type.dtype, *ir::broadcast(left->type.shape, right->type.shape)};
    return operation(ir::Op::Add, type, std::move(left), std::move(right));
}

NodePtr Tree::less(NodePtr left, NodePtr right) const {
    return operation(ir::Op::Lt, kBool, std::move(left), std::move(right));
}

NodePtr Tree::element(NodePtr array, NodePtr index) const {
    std::vector<std::int64_t> attributes;
    ir::append(attributes, {ir::AxisView::MovingIndex});
    ir::Type type{array->type.dtype, {}};
    return with_attributes(ir::Op::View, type, attributes, std::move(array), std::move(index));
}

NodePtr Tree::replaced(NodePtr array, NodePtr index, NodePtr value) const {
    std::vector<std::int64_t> attributes;
    ir::append(attributes, {ir::AxisView::MovingIndex});
    ir::Type type = array->type;
    return with_attributes(ir::Op::Update, type, attributes, std::move(array), std::move(index),
                           std::move(value));
}

NodePtr Tree::choice(NodePtr condition, NodePtr then, NodePtr otherwise) const {
    ir::Type type = then->type;
    return node(type, ConditionalNode{std::move(condition), std::move(then), std::move(otherwise)});
}

NodePtr Tree::logical(bool is_and, NodePtr left, NodePtr right) const {
    return node(kBool, ShortCircuitNode{is_and, std::move(left), std::move(right)});
}

NodePtr Tree::let(Variable* variable, NodePtr value, NodePtr body) const {
    ir::Type type = body->type;
    return node(type, LetNode{variable, std::move(value), std::move(body)});
}

Loop Tree::range(Variable* variable, NodePtr start, NodePtr stop,
                 std::optional<std::int64_t> trips) const {
    return {variable, std::move(start), std::move(stop), nullptr, trips};
}

Loop Tree::rows(Variable* variable, NodePtr array) const {
    std::int64_t trips = array->type.shape[0];
    return {variable, nullptr, nullptr, std::move(array), trips};
}

void Tree::add_statement(decltype(Statement::what) what) {
    bool in_block = blocks_.size() > outer_blocks_.back();
    Block& block = in_block ? blocks_.back() : instances_.back()->body;
    block.push_back(std::make_unique<Statement>(Statement{span(), std::move(what)}));
}

void Tree::assign(Variable* target, NodePtr value) {
    add_statement(Assign{target, std::move(value)});
}

void Tree::assign_results(std::vector<Variable*> targets, NodePtr call) {
    add_statement(AssignResults{std::move(targets), std::move(call)});
}

void Tree::require(NodePtr condition, const std::string& message) {
    Require require{std::move(condition), ir::Fault::AssertFailed, std::nullopt};
    if (!message.empty()) require.message = message;
    add_statement(std::move(require));
}

void Tree::print(const std::string& text, NodePtr value) {
    Print print;
    print.items.push_back({text, nullptr});
    print.items.push_back({"", std::move(value)});
    add_statement(std::move(print));
}

}  // namespace dunlin::frontend::checked
