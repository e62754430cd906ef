#include "lower_support.hpp"

namespace dunlin::frontend {
namespace {

using checked::kInt;
using checked::NodePtr;
using checked::Variable;
using ir::Op;

class LoweringLoops : public LoweringTest {};

// --- comprehensions
// -----------------------------------------------------------------------------------------------

TEST_F(LoweringLoops, AComprehensionFillsAnArray) {
    Variable* i = tree.variable("i");
    Variable* y = output(checked::ints({4}));
    tree.assign(y, tree.comprehension(y->type, tree.add(tree.read(i), tree.read(i)),
                                      tree.range(i, tree.number(0), tree.number(4), 4)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{0, 2, 4, 6}));
    EXPECT_EQ(report.turns, 0u) << "its turns cost no fuel";
}

TEST_F(LoweringLoops, AComprehensionHasARangeOfAnyTypeFromAnywhere) {
    ir::Type small{ir::DType::I8, {}};
    Variable* start = input("start", small);
    Variable* i = tree.variable("i", small);
    Variable* y = output({ir::DType::I8, {3}});
    NodePtr stop = tree.add(tree.read(start), tree.number(3, ir::DType::I8));
    tree.assign(y, tree.comprehension(y->type, tree.read(i),
                                      tree.range(i, tree.read(start), std::move(stop), 3)));
    lower_tree();
    bind(start, {124});
    run();
    EXPECT_EQ(this->y(), (Numbers{124, 125, 126}));
}

TEST_F(LoweringLoops, TheLoopsOfAComprehensionAreNested) {
    Variable* i = tree.variable("i");
    Variable* row = tree.variable("row", checked::ints({2}));
    Variable* y = output(checked::ints({2, 3, 2}));
    ir::Type matrix = checked::ints({3, 2});
    NodePtr rows = tree.operation(Op::Reshape, matrix, tree.numbers({1, 2, 3, 4, 5, 6}));
    tree.assign(y, tree.comprehension(y->type, tree.add(tree.read(row), tree.read(i)),
                                      tree.range(i, tree.number(0), tree.number(2), 2),
                                      tree.rows(row, std::move(rows))));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 7}));
}

TEST_F(LoweringLoops, AnInnerRangeMayStartAtTheOuterVariable) {
    Variable* i = tree.variable("i");
    Variable* j = tree.variable("j");
    Variable* y = output(checked::ints({2, 2}));
    NodePtr start = tree.add(tree.read(i), tree.read(i));
    NodePtr stop = tree.add(tree.add(tree.read(i), tree.read(i)), tree.number(2));
    tree.assign(y, tree.comprehension(y->type, tree.read(j),
                                      tree.range(i, tree.number(5), tree.number(7), 2),
                                      tree.range(j, std::move(start), std::move(stop), 2)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{10, 11, 12, 13}));
}

TEST_F(LoweringLoops, AComprehensionWithoutTurnsIsEmpty) {
    Variable* i = tree.variable("i");
    Variable* empty = tree.variable("empty", checked::ints({0}));
    Variable* y = output();
    NodePtr fault = tree.operation(Op::FloorDiv, kInt, tree.number(1), tree.read(i));
    tree.assign(empty, tree.comprehension(empty->type, std::move(fault),
                                          tree.range(i, tree.number(0), tree.number(0), 0)));
    tree.assign(y, tree.with_attributes(Op::ReduceSum, kInt, {0}, tree.read(empty)));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{0});
    EXPECT_EQ(status.outcome, ir::Outcome::Finished);
}

TEST_F(LoweringLoops, AComprehensionMayReadTheArrayItReplaces) {
    Variable* a = tree.variable("a", checked::ints({3}));
    Variable* i = tree.variable("i");
    Variable* y = output(checked::ints({3}));
    tree.assign(a, tree.numbers({1, 2, 3}));
    NodePtr back = tree.operation(Op::Sub, kInt, tree.number(2), tree.read(i));
    tree.assign(a, tree.comprehension(a->type, tree.element(tree.read(a), std::move(back)),
                                      tree.range(i, tree.number(0), tree.number(3), 3)));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{3, 2, 1}));
}

// --- loops
// --------------------------------------------------------------------------------------------------------

TEST_F(LoweringLoops, ForCountsItsTurnsHoweverTheVariableIsAssigned) {
    Variable* i = tree.variable("i");
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.count(tree.range(i, tree.number(0), tree.number(4), 4), [&] {
        tree.assign(i, tree.add(tree.read(i), tree.number(100)));
        tree.assign(y, tree.add(tree.read(y), tree.read(i)));
    });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{406});
    EXPECT_EQ(report.turns, 4u);
}

TEST_F(LoweringLoops, TheVariableKeepsItsLastValueAfterTheLoop) {
    Variable* i = tree.variable("i");
    Variable* y = output();
    tree.count(tree.range(i, tree.number(0), tree.number(4), 4), [] {});
    tree.assign(y, tree.read(i));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{3});
}

TEST_F(LoweringLoops, TheBoundsOfAForAreEvaluatedOnce) {
    Variable* i = tree.variable("i");
    Variable* n = tree.variable("n");
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.assign(n, tree.number(3));
    tree.count(tree.range(i, tree.number(0), tree.read(n)), [&] {
        tree.assign(n, tree.number(100));
        tree.assign(y, tree.add(tree.read(y), tree.number(1)));
    });
    tree.count(tree.range(n, tree.number(98), tree.read(n)),
               [&] { tree.assign(y, tree.add(tree.read(y), tree.number(10))); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{23});
}

TEST_F(LoweringLoops, ForTakesTheRowsThatTheArrayHadAtFirst) {
    Variable* a = tree.variable("a", checked::ints({3}));
    Variable* row = tree.variable("row");
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.assign(a, tree.numbers({1, 2, 3}));
    tree.count(tree.rows(row, tree.read(a)), [&] {
        tree.assign(a, tree.replaced(tree.read(a), tree.number(2), tree.number(50)));
        tree.assign(y, tree.add(tree.read(y), tree.read(row)));
    });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{6});
}

TEST_F(LoweringLoops, AnArrayThatTheBodyLeavesAloneIsNotCopied) {
    Variable* a = tree.variable("a", checked::ints({3}));
    Variable* row = tree.variable("row");
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.assign(a, tree.numbers({1, 2, 3}));
    tree.count(tree.rows(row, tree.read(a)),
               [&] { tree.assign(y, tree.add(tree.read(y), tree.read(row))); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{6});
    EXPECT_EQ(count_of(Op::Copy), 3u) << "two assignments and the counter";
}

TEST_F(LoweringLoops, ACounterReachesTheGreatestNumbersOfItsType) {
    ir::Type small{ir::DType::I8, {}};
    Variable* i = tree.variable("i", small);
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.count(
        tree.range(i, tree.number(-128, ir::DType::I8), tree.number(127, ir::DType::I8), 255),
        [&] { tree.assign(y, tree.add(tree.read(y), tree.number(1))); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{255});
}

TEST_F(LoweringLoops, AnEmptyRangeHasNoTurns) {
    Variable* n = input("n");
    Variable* i = tree.variable("i");
    Variable* y = output();
    tree.assign(y, tree.number(1));
    tree.count(tree.range(i, tree.number(5), tree.read(n)),
               [&] { tree.assign(y, tree.number(2)); });
    lower_tree();
    bind(n, {-3});
    run();
    EXPECT_EQ(this->y(), Numbers{1});
}

TEST_F(LoweringLoops, ContinueAndBreakInAFor) {
    Variable* i = tree.variable("i");
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.count(tree.range(i, tree.number(0), tree.number(100), 100), [&] {
        tree.when(tree.less(tree.read(i), tree.number(3)),
                  [&] { tree.add_statement(checked::Continue{}); });
        tree.when(tree.less(tree.number(5), tree.read(i)),
                  [&] { tree.add_statement(checked::Break{}); });
        tree.assign(y, tree.add(tree.read(y), tree.read(i)));
    });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{3 + 4 + 5});
    EXPECT_EQ(report.turns, 6u);
}

TEST_F(LoweringLoops, ContinueAndBreakInAWhile) {
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.repeat(tree.truth(true), [&] {
        tree.assign(y, tree.add(tree.read(y), tree.number(1)));
        tree.when(tree.less(tree.read(y), tree.number(3)),
                  [&] { tree.add_statement(checked::Continue{}); });
        tree.when(tree.less(tree.number(5), tree.read(y)),
                  [&] { tree.add_statement(checked::Break{}); });
    });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{6});
    EXPECT_EQ(report.turns, 5u);
}

TEST_F(LoweringLoops, AWhileEvaluatesItsConditionBeforeEveryTurn) {
    Variable* y = output();
    tree.assign(y, tree.number(1));
    tree.repeat(tree.less(tree.read(y), tree.number(100)),
                [&] { tree.assign(y, tree.add(tree.read(y), tree.read(y))); });
    tree.repeat(tree.truth(false), [&] { tree.assign(y, tree.number(0)); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{128});
    EXPECT_EQ(report.turns, 7u);
}

TEST_F(LoweringLoops, FuelRunsOutAtTheHeaderOfTheLoop) {
    Variable* y = output();
    tree.assign(y, tree.number(0));
    tree.line = 12;
    tree.repeat(tree.truth(true), [&] {
        tree.line = 13;
        tree.assign(y, tree.add(tree.read(y), tree.number(1)));
        tree.when(tree.less(tree.read(y), tree.number(50)),
                  [&] { tree.add_statement(checked::Continue{}); });
    });
    fuel = 10;
    lower_and_run();
    EXPECT_EQ(status.fault, ir::Fault::FuelExhausted);
    EXPECT_EQ(line_of(status.statement), 12);
    EXPECT_EQ(this->y(), Numbers{11});
}

}  // namespace
}  // namespace dunlin::frontend
