// For the tests of lowering and of definite assignment: checked trees built by hand, as the checker
// would make them.
//
// Everything that is made lies on `line` of a file whose lines are ten characters long.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "frontend/checked.hpp"

namespace dunlin::frontend::checked {

inline const ir::Type kInt{ir::DType::I64, {}};
inline const ir::Type kBool{ir::DType::Bool, {}};
inline ir::Type ints(ir::Shape shape) {
    return {ir::DType::I64, std::move(shape)};
}

class Tree {
  public:
    Tree();

    // --- variables and functions ---
    Variable* variable(const std::string& name, const ir::Type& type = kInt);
    Variable* hidden(const ir::Type& type = kInt);
    Variable* port(PortKind kind, const std::string& name, const ir::Type& type = kInt);
    // Makes an instance; what is made from now on belongs to it, until `leave`.
    Instance* enter(const std::string& name, const std::vector<ir::Type>& results = {});
    void leave();
    Variable* parameter(const std::string& name, const ir::Type& type = kInt,
                        bool is_assigned = false);

    // --- expressions ---
    NodePtr node(const ir::Type& type, decltype(Node::what) what) const;
    NodePtr number(std::int64_t value, ir::DType dtype = ir::DType::I64) const;
    NodePtr truth(bool value) const;
    NodePtr numbers(const std::vector<std::int64_t>& values) const;
    NodePtr read(Variable* variable) const;
    template <typename... Operands>
    NodePtr operation(ir::Op op, const ir::Type& type, Operands... operands) const {
        return with_attributes(op, type, {}, std::move(operands)...);
    }
    template <typename... Operands>
    NodePtr with_attributes(ir::Op op, const ir::Type& type, std::vector<std::int64_t> attributes,
                            Operands... operands) const {
        return node(
            type, OperationNode{op, list<NodePtr>(std::move(operands)...), std::move(attributes)});
    }
    NodePtr add(NodePtr left, NodePtr right) const;
    NodePtr less(NodePtr left, NodePtr right) const;
    NodePtr element(NodePtr array, NodePtr index) const;  // of an array of rank 1
    NodePtr replaced(NodePtr array, NodePtr index, NodePtr value) const;
    NodePtr choice(NodePtr condition, NodePtr then, NodePtr otherwise) const;
    NodePtr logical(bool is_and, NodePtr left, NodePtr right) const;
    NodePtr let(Variable* variable, NodePtr value, NodePtr body) const;
    template <typename... Arguments>
    NodePtr call(Instance* instance, Arguments... arguments) const {
        ir::Type type = instance->results.empty() ? kInt : instance->results[0]->type;
        return node(type, CallNode{instance, list<NodePtr>(std::move(arguments)...)});
    }
    Loop range(Variable* variable, NodePtr start, NodePtr stop,
               std::optional<std::int64_t> trips = std::nullopt) const;
    Loop rows(Variable* variable, NodePtr array) const;
    template <typename... Loops>
    NodePtr comprehension(const ir::Type& type, NodePtr body, Loops... loops) const {
        return node(type, ComprehensionNode{list<Loop>(std::move(loops)...), std::move(body)});
    }

    // --- statements: added to the innermost block that is open ---
    void add_statement(decltype(Statement::what) what);
    void assign(Variable* target, NodePtr value);
    void assign_results(std::vector<Variable*> targets, NodePtr call);
    template <typename... Values>
    void give_back(Values... values) {
        add_statement(Return{list<NodePtr>(std::move(values)...)});
    }
    void require(NodePtr condition, const std::string& message = {});
    void print(const std::string& text, NodePtr value);
    // Blocks: `body()` adds the statements.
    template <typename Then>
    void when(NodePtr condition, Then then) {
        add_statement(If{std::move(condition), block(then), {}});
    }
    template <typename Then, typename Otherwise>
    void when(NodePtr condition, Then then, Otherwise otherwise) {
        Block first = block(then), second = block(otherwise);
        add_statement(If{std::move(condition), std::move(first), std::move(second)});
    }
    template <typename Body>
    void repeat(NodePtr condition, Body body) {
        int header = line;
        Block inner = block(body);
        std::swap(line, header);
        add_statement(While{std::move(condition), std::move(inner)});
        std::swap(line, header);
    }
    template <typename Body>
    void count(Loop loop, Body body) {
        int header = line;
        Block inner = block(body);
        std::swap(line, header);
        add_statement(For{std::move(loop), std::move(inner)});
        std::swap(line, header);
    }

    Span span() const;

    Program program;
    ir::SourceMap sources;
    ir::FileId file = 0;  // where what is made stands
    ir::FileId user_file = 0, library_file = 0;
    int line = 1;

  private:
    template <typename Item, typename... Items>
    static std::vector<Item> list(Items... items) {
        std::vector<Item> items_list;
        (items_list.push_back(std::move(items)), ...);
        return items_list;
    }
    template <typename Body>
    Block block(Body body) {
        blocks_.emplace_back();
        body();
        Block made = std::move(blocks_.back());
        blocks_.pop_back();
        return made;
    }

    std::vector<Instance*> instances_;  // the one that is open last
    std::vector<Block> blocks_;         // those that are open inside of instances
    std::vector<std::size_t> outer_blocks_;
};

}  // namespace dunlin::frontend::checked
