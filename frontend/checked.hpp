// The checked tree: the program with every name resolved, every type and shape known, every
// conversion explicit, and every function specialised. `check` makes it; `find_unassigned` and
// `lower` read it; nothing in it can be wrong any more, but for names that are read before they are
// assigned.
//
// An Instance is a function (or lambda, or the program itself) for one combination of argument
// types, shapes, load-time constants and functions. Lowering expands an instance in place at every
// call; an instance is never active twice at once, because recursion is refused, so a Variable has
// at most one place at a time.
//
// Expressions are pure but for RandomNode (draws from the VM's stream) and calls of instances that
// contain effects or collectives. Functions never assign variables that are not their own. Operands
// are evaluated from left to right.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "frontend/compile.hpp"
#include "ir/microcode.hpp"

namespace dunlin::frontend::checked {

using ir::Span;

struct Variable {
    std::string name;
    ir::Type type;
    ir::Storage storage = ir::Storage::Local;
    Span declared;
    bool hidden = false;  // made by the checker; always assigned before it is read
};

struct Instance;
struct Node;
struct Statement;
using NodePtr = std::unique_ptr<Node>;
using Block = std::vector<std::unique_ptr<Statement>>;

// --- expressions: every node has a type; its operands' types fit its operation as ir/verify.hpp
// demands -----------------

struct ConstantNode {
    ir::Constant value;
};
struct ReadNode {
    Variable* variable = nullptr;
};
// Any operation that is not a collective, an effect or RandomBits. Update and Scatter are written
// as functions of their first operand; assigning the result to the variable that the first operand
// reads happens in place.
struct OperationNode {
    ir::Op op{};
    std::vector<NodePtr> operands;
    std::vector<std::int64_t> attributes;
};
struct RandomNode {};  // fresh random bits of the node's type (u32 or u64, any shape)
struct ConditionalNode {
    NodePtr condition, then, otherwise;
};
struct ShortCircuitNode {  // scalar `and`, `or`: the right side is evaluated only when it decides
    bool is_and = false;
    NodePtr left, right;
};
// One loop of a comprehension or of a `for`. A range runs from `start` to before `stop` (scalars of
// the variable's type); an array gives its rows along the first axis.
struct Loop {
    Variable* variable = nullptr;
    NodePtr start, stop;                // a range
    NodePtr array;                      // or an array; one of the two is set
    std::optional<std::int64_t> trips;  // known at load (always, in a comprehension)
};
struct ComprehensionNode {  // result shape: the trips of the loops, then the shape of the body. Its
                            // turns cost no fuel.
    std::vector<Loop> loops;
    NodePtr body;
};
struct LetNode {  // gives a value a (hidden) name inside an expression: assign `variable`, then
                  // `body` is the node's value
    Variable* variable = nullptr;
    NodePtr value, body;
};
struct CallNode {  // the node's type is that of the first result
    Instance* instance = nullptr;
    std::vector<NodePtr> arguments;  // one per parameter of the instance
};
struct CollectiveNode {
    ir::Op op{};
    std::vector<NodePtr> operands;
};

struct Node {
    Span span;
    ir::Type type;
    std::variant<ConstantNode, ReadNode, OperationNode, RandomNode, ConditionalNode,
                 ShortCircuitNode, ComprehensionNode, LetNode, CallNode, CollectiveNode>
        what;
};

// --- statements
// ---------------------------------------------------------------------------------------------------

struct Assign {  // the value has the variable's type
    Variable* target = nullptr;
    NodePtr value;
};
struct AssignResults {  // q, r = f(): one target per result; null where the result is not wanted
    std::vector<Variable*> targets;
    NodePtr call;  // a CallNode
};
struct InitialiseState {  // only in the first turn of the batch
    Variable* target = nullptr;
    NodePtr value;
};
struct Evaluate {  // a call for its effects
    NodePtr value;
};
struct If {
    NodePtr condition;
    Block then, otherwise;
};
struct While {
    NodePtr condition;
    Block body;
};
struct For {
    Loop loop;
    Block body;
};
struct Break {};
struct Continue {};
struct Return {  // out of the instance; values go to Instance::results
    std::vector<NodePtr> values;
};
struct Halt {};
struct Require {  // assert and fail: faults when the condition is false
    NodePtr condition;
    ir::Fault fault{};
    std::optional<std::string> message;
};
struct PrintItem {
    std::string text;  // when there is no value
    NodePtr value;
};
struct Print {
    std::vector<PrintItem> items;
};

struct Statement {
    Span span;
    std::variant<Assign, AssignResults, InitialiseState, Evaluate, If, While, For, Break, Continue,
                 Return, Halt, Require, Print>
        what;
};

struct Instance {
    std::string name;  // for messages: "slope", "a lambda", "the program"
    Span declared;
    std::vector<Variable*> parameters;  // those that are passed while running; load-time constants
                                        // and functions are not
    std::vector<bool>
        parameter_assigned;          // whether the body assigns it: then the argument is copied
    std::vector<Variable*> results;  // hidden; assigned by Return
    std::vector<std::unique_ptr<Variable>>
        variables;  // all that belong to it, parameters and results among them
    Block body;
};

struct Program {
    Instance* main = nullptr;
    std::vector<std::unique_ptr<Instance>> instances;
    std::vector<std::pair<PortKind, Variable*>> ports;  // in the order of the source
};

}  // namespace dunlin::frontend::checked
