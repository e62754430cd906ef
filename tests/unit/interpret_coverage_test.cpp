// No operation goes without a test of its own.
#include <algorithm>

#include "tests/unit/interpret_cases.hpp"

namespace dunlin::ir {

namespace {

template <typename Case>
bool has_case(const std::vector<Case>& cases, std::string_view op) {
    return std::any_of(cases.begin(), cases.end(), [&](const Case& test) { return test.op == op; });
}

// Effects have no result that a row could state; these tests stand in interpret_effects_test.cpp.
bool is_tested_as_effect(Op op) {
    return op == Op::Print || op == Op::Require;
}

}  // namespace

TEST(InterpretCoverage, EveryOperationHasACase) {
    for (Op op : all_ops()) {
        const std::string_view name = info(op).name;
        const bool covered = has_case(scalar_rule_cases(), name) ||
                             has_case(array_rule_cases(), name) ||
                             has_case(batch_rule_cases(), name) || is_tested_as_effect(op);
        EXPECT_TRUE(covered) << name << " has no case";
    }
}

// evaluate has a value for functions of the operands alone.
TEST(InterpretCoverage, EvaluateKnowsNothingOfVms) {
    const Constant block = constant_of("u64 = 0");
    const Constant truth = constant_of("bool = true");
    const Type number{DType::I64, {}};
    EXPECT_FALSE(evaluate(Op::VmId, {}, {}, number));
    EXPECT_FALSE(evaluate(Op::VmCount, {}, {}, number));
    EXPECT_FALSE(evaluate(Op::FirstTurn, {}, {}, {DType::Bool, {}}));
    EXPECT_FALSE(evaluate(Op::RandomBits, {}, {&block}, {DType::U64, {}}));
    EXPECT_FALSE(evaluate(Op::Require, {3, -1}, {&truth}, number));
    EXPECT_FALSE(evaluate(Op::Print, {-1}, {&truth}, number));
    EXPECT_FALSE(evaluate(Op::BatchSum, {}, {&block}, {DType::U64, {}}));
}

}  // namespace dunlin::ir
