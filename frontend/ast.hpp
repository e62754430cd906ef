// The tree of a source file, as written: no names resolved, no types known. `parse` makes it;
// nobody changes it.
//
// Nodes are plain structs in a std::variant, so that a visitor that forgets one does not compile.
// Every node carries the Span of the words it stands for. The depth of a tree is bounded
// (kMaxDepth), so that walking it by recursion is safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ir/diagnostic.hpp"

namespace dunlin::frontend::ast {

using ir::Span;

inline constexpr int kMaxDepth = 500;

struct Expr;
struct Statement;
using ExprPtr = std::unique_ptr<Expr>;
using Block = std::vector<std::unique_ptr<Statement>>;

struct Name {
    std::string text;
    Span span;
};

// Binary operators, loosest first, as in the table of language.md.
enum class BinaryOp : std::uint8_t {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    MatMul,
    Power,
};
enum class UnaryOp : std::uint8_t { Not, Negate, Plus, Complement };
std::string_view text_of(BinaryOp op);  // "<="
std::string_view text_of(UnaryOp op);

// --- expressions
// ------------------------------------------------------------------------------------------------

struct IntegerLiteral {
    std::uint64_t value = 0;
    bool negative = false;  // a minus sign written directly before the number is part of it:
                            // -9223372036854775808
};
struct FloatLiteral {
    double value = 0;
};
struct BoolLiteral {
    bool value = false;
};
struct TextLiteral {  // only in print, assert, fail, test, import; anywhere else the checker
                      // refuses it
    std::string text;
};
struct NoneLiteral {};  // only as a subscript
struct Identifier {
    std::string name;
};
struct Member {  // module.name
    ExprPtr object;
    Name name;
};
struct Unary {
    UnaryOp op{};
    ExprPtr operand;
};
struct Binary {  // comparisons do not chain: `a < b < c` is a syntax error with a help line
    BinaryOp op{};
    Span op_span;
    ExprPtr left, right;
};
struct Conditional {  // if c { a } elif d { b } else { z }: an elif is a Conditional in `otherwise`
    ExprPtr condition, then, otherwise;
};
struct Argument {
    std::optional<Name> name;
    ExprPtr value;
};
struct Call {
    ExprPtr callee;
    std::vector<Argument> arguments;
};
struct Subscript {  // an index (`index` set) or a slice; the parts of a slice may be absent
    bool is_slice = false;
    ExprPtr index;
    ExprPtr start, stop, step;
    Span span;
};
struct Index {
    ExprPtr base;
    std::vector<Subscript> subscripts;
};
struct ArrayLiteral {
    std::vector<ExprPtr> items;
};
struct Generator {
    Name variable;
    ExprPtr source;  // a range or an array
};
struct Comprehension {
    ExprPtr body;
    std::vector<Generator> generators;
};
struct Lambda {
    std::vector<Name> parameters;
    ExprPtr body;
};
struct OperatorFunction {  // (+); (-) is the binary one
    BinaryOp op{};
};
struct Tuple {  // (a, b), and a bare `a, b` at the right of an assignment or after return; (a,) has
                // one item
    std::vector<ExprPtr> items;
};

struct Expr {
    Span span;
    std::variant<IntegerLiteral, FloatLiteral, BoolLiteral, TextLiteral, NoneLiteral, Identifier,
                 Member, Unary, Binary, Conditional, Call, Index, ArrayLiteral, Comprehension,
                 Lambda, OperatorFunction, Tuple>
        node;
};

// A type as written: float, f32[3], int[n, 2 * m].
struct TypeName {
    Name element;
    std::vector<ExprPtr> sizes;
    Span span;
};

// --- statements
// -------------------------------------------------------------------------------------------------

struct Assign {  // x = e   x: T = e   q, r = f()   a[i] += e
    std::vector<ExprPtr>
        targets;  // Identifier or Index of an Identifier: the parser has checked it
    std::optional<TypeName> type;  // one target only
    std::optional<BinaryOp> op;    // compound: one target only
    ExprPtr value;
};
struct IfBranch {
    ExprPtr condition;
    Block body;
};
struct If {
    std::vector<IfBranch> branches;
    Block otherwise;
};
struct While {
    ExprPtr condition;
    Block body;
};
struct For {
    Name variable;
    ExprPtr source;  // a range or an array
    Block body;
};
struct Break {};
struct Continue {};
struct Return {
    ExprPtr value;  // null for a bare return
};
struct Halt {};
struct Assert {
    ExprPtr condition;
    std::optional<std::string> message;
};
struct Fail {
    std::string message;
};
struct Print {
    std::vector<ExprPtr> items;
};
struct Parameter {
    Name name;
    std::optional<TypeName> type;
    ExprPtr default_value;
    bool rest = false;  // `dims...`: takes the remaining positional arguments
};
struct Function {
    Name name;
    std::vector<Parameter> parameters;
    ExprPtr expression;  // fn f(x) = e; null when it has a block
    Block body;
    std::string doc;  // the comment lines directly before it, without the `#`
};
struct Test {
    std::string name;
    Block body;
};
struct Import {
    bool is_path = false;
    Name target;  // the path, or the module's name
};
enum class DeclarationKind : std::uint8_t { Param, Input, Shared, State, Output };
struct Declaration {
    DeclarationKind kind{};
    Name name;
    std::optional<TypeName> type;
    ExprPtr value;  // may be null
};
struct ExpressionStatement {
    ExprPtr value;
};

struct Statement {
    Span span;
    std::variant<Assign, If, While, For, Break, Continue, Return, Halt, Assert, Fail, Print,
                 Function, Test, Import, Declaration, ExpressionStatement>
        node;
};

}  // namespace dunlin::frontend::ast
