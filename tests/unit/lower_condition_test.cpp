#include "lower_support.hpp"

namespace dunlin::frontend {
namespace {

using checked::kBool;
using checked::kInt;
using checked::NodePtr;
using checked::Variable;
using ir::Op;

class LoweringConditions : public LoweringTest {};

// --- conditions
// ---------------------------------------------------------------------------------------------------

TEST_F(LoweringConditions, AConditionChoosesOneSide) {
    Variable* x = input("x");
    Variable* y = output();
    NodePtr quotient = tree.operation(Op::FloorDiv, kInt, tree.number(12), tree.read(x));
    tree.assign(y, tree.choice(tree.less(tree.number(0), tree.read(x)), std::move(quotient),
                               tree.number(-1)));
    lower_tree();
    bind(x, {4});
    run();
    EXPECT_EQ(this->y(), Numbers{3});
    bind(x, {0});
    run();
    EXPECT_EQ(this->y(), Numbers{-1});
    EXPECT_EQ(status.outcome, ir::Outcome::Finished);
}

TEST_F(LoweringConditions, OfAConstantConditionOnlyOneSideIsThere) {
    Variable* y = output();
    tree.assign(y, tree.choice(tree.truth(false), tree.add(tree.number(1), tree.number(1)),
                               tree.number(5)));
    tree.when(
        tree.truth(true), [&] { tree.assign(y, tree.add(tree.read(y), tree.number(1))); },
        [&] { tree.assign(y, tree.number(0)); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{6});
    EXPECT_EQ(branches(), 0u);
    EXPECT_EQ(count_of(Op::Add), 1u);
}

TEST_F(LoweringConditions, AChoiceMayReadTheVariableItIsAssignedTo) {
    Variable* a = tree.variable("a", checked::ints({2}));
    Variable* y = output(checked::ints({2}));
    tree.assign(a, tree.numbers({3, 4}));
    NodePtr first = tree.element(tree.read(a), tree.number(0));
    NodePtr changed = tree.replaced(tree.numbers({7, 8}), tree.number(0), std::move(first));
    tree.assign(a,
                tree.choice(tree.less(tree.element(tree.read(a), tree.number(1)), tree.number(9)),
                            std::move(changed), tree.read(a)));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{3, 8}));
}

TEST_F(LoweringConditions, IfHasTwoSides) {
    Variable* x = input("x");
    Variable* y = output();
    tree.when(
        tree.less(tree.read(x), tree.number(3)), [&] { tree.assign(y, tree.number(1)); },
        [&] { tree.assign(y, tree.number(2)); });
    tree.when(tree.less(tree.read(x), tree.number(2)),
              [&] { tree.assign(y, tree.add(tree.read(y), tree.number(10))); });
    lower_tree();
    for (auto [value, expected] : {std::pair{1, 11}, {2, 1}, {3, 2}}) {
        bind(x, {value});
        run();
        EXPECT_EQ(this->y(), Numbers{expected}) << value;
    }
}

TEST_F(LoweringConditions, TheRightSideOfAndIsGuardedByTheLeft) {
    Variable* i = input("i");
    Variable* y = output(kBool);
    NodePtr fits = tree.less(tree.read(i), tree.number(2));
    NodePtr large = tree.less(tree.number(5), tree.element(tree.numbers({9, 1}), tree.read(i)));
    tree.assign(y, tree.logical(true, std::move(fits), std::move(large)));
    lower_tree();
    EXPECT_EQ(branches(), 1u);
    for (auto [value, expected] : {std::pair{0, 1}, {1, 0}, {2, 0}}) {
        bind(i, {value});
        run();
        EXPECT_EQ(this->y(), Numbers{expected}) << value;
        EXPECT_EQ(status.outcome, ir::Outcome::Finished);
    }
}

TEST_F(LoweringConditions, TheRightSideOfOrIsGuardedByTheLeft) {
    Variable* i = input("i");
    Variable* y = output(kBool);
    NodePtr beyond = tree.less(tree.number(1), tree.read(i));
    NodePtr large = tree.less(tree.number(5), tree.element(tree.numbers({9, 1}), tree.read(i)));
    tree.assign(y, tree.logical(false, std::move(beyond), std::move(large)));
    lower_tree();
    for (auto [value, expected] : {std::pair{0, 1}, {1, 0}, {2, 1}}) {
        bind(i, {value});
        run();
        EXPECT_EQ(this->y(), Numbers{expected}) << value;
    }
}

TEST_F(LoweringConditions, AHarmlessRightSideNeedsNoBranch) {
    Variable* i = input("i");
    Variable* y = output(kBool);
    tree.assign(y, tree.logical(true, tree.less(tree.number(0), tree.read(i)),
                                tree.less(tree.read(i), tree.number(9))));
    lower_tree();
    EXPECT_EQ(branches(), 0u);
    bind(i, {5});
    run();
    EXPECT_EQ(this->y(), Numbers{1});
}

TEST_F(LoweringConditions, ADivisionIsHarmlessOnlyByAConstant) {
    Variable* i = input("i");
    Variable* y = output(kBool);
    auto quotient = [&](NodePtr divisor) {
        return tree.less(tree.number(1),
                         tree.operation(Op::FloorDiv, kInt, tree.number(9), std::move(divisor)));
    };
    tree.assign(
        y, tree.logical(true, tree.less(tree.number(0), tree.read(i)), quotient(tree.number(3))));
    tree.assign(
        y, tree.logical(true, tree.less(tree.number(0), tree.read(i)), quotient(tree.read(i))));
    lower_tree();
    EXPECT_EQ(branches(), 1u);
}

}  // namespace
}  // namespace dunlin::frontend
