// A Dunlin program as a tree that can be printed, taken apart and put together again, with all that
// a run of it needs.
//
// Statements and expressions are text with places for parts. So there is no node for each form of
// the language: whoever builds a node writes how it reads.
//
//   $0 $1 ...     part 0, 1, ... of the node
//   $w0           the same, where the context says the type of a bare number: `x + $w1`
//   $b0           block 0 of a statement, in braces; " else $b1" vanishes with an empty block
//   #17           the size 17; a size is marked so that all of its kind can be made smaller
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/dunlin.hpp"

namespace dunlin::random_programs {

struct Expression {
    Type type;
    std::string text;
    std::vector<Expression> parts;
    std::string feature;  // what it is counted as; empty when it is nothing new
    std::string reads;    // the name that it reads, when it reads one
    bool number = false;  // a bare number or truth value: it takes the type of what it meets
    bool moves = false;   // for sure not known when the program is loaded
    bool uniform = true;  // for sure the same in all VMs
};

struct Statement;
using Block = std::vector<Statement>;

struct Statement {
    std::string text;
    std::vector<Expression> parts;
    std::vector<Block> blocks;
    std::string feature;
    std::vector<std::string> assigns;  // the names that it gives a value, whole or in part
    bool fixed = false;                // it goes only with the block that it stands in
};

// What is bound to an input or a shared value. An input with a value for each VM has the VM axis in
// front.
struct Data {
    std::string name;
    Type type;
    bool per_vm = false;
    std::vector<std::byte> bytes;
};

struct RandomProgram {
    Block statements;
    std::vector<Data> data;
    DType int_type = DType::I64;
    DType float_type = DType::F64;
    std::map<std::string, std::string> params;
    std::int64_t vms = 1;
    std::int64_t steps = 1;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> fuel;
    std::int64_t print_vm = 0;

    std::string text() const;
    LoadOptions load_options() const;
};

std::int64_t count_of(const Shape& shape);
std::int64_t bytes_of(const Type& type);
bool is_float(DType dtype);
bool is_integer(DType dtype);
bool is_signed(DType dtype);

// The text of an expression by itself. Where it says its type, a bare number is written 5, not
// i8(5).
std::string to_text(const Expression& expression, bool bare_number = false);

// Calls for every expression below a statement or an expression, itself included; outer ones first.
void for_each_expression(Expression& expression, const std::function<void(Expression&)>& call);
void for_each_expression(Block& block, const std::function<void(Expression&)>& call);
// Calls for every statement in a block and below, outer ones first.
void for_each_statement(Block& block, const std::function<void(Statement&)>& call);

// How often each feature occurs.
std::map<std::string, int> count_features(const RandomProgram& program);
// The words of the program's text: names of functions among them.
std::map<std::string, int> count_words(const RandomProgram& program);

}  // namespace dunlin::random_programs
