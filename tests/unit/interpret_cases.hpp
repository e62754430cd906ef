// What is asked of single operations, as tables: a row is an operation, its operands and what must
// come out. Every operation has at least one row (interpret_coverage_test.cpp sees to it).
#pragma once

#include <string>
#include <vector>

#include "tests/unit/interpret_support.hpp"

namespace dunlin::ir {

// Operands and result are constants as microcode text: "i32[2] = [1, 2]". A result that is the name
// of a fault says that the operation faults; `type` is then the type that the result would have
// had.
struct OperationCase {
    std::string op;
    std::vector<std::string> operands;
    std::string attributes;
    std::string expected;
    std::string type = "";
};
const std::vector<OperationCase>& scalar_rule_cases();  // interpret_scalar_rules_test.cpp
const std::vector<OperationCase>& array_rule_cases();   // interpret_array_rules_test.cpp

// Runs the case twice: as a program of one instruction, and by `evaluate`.
void check_case(const OperationCase& test);

// An operation that depends on the VM or the batch: a program for four VMs with an output "y".
// An input "x" gets `input`, if there is one.
struct BatchCase {
    std::string op;
    std::string program;
    std::string input;
    std::string expected;
};
const std::vector<BatchCase>& batch_rule_cases();  // interpret_batch_rules_test.cpp

}  // namespace dunlin::ir
