#include "lower_support.hpp"

namespace dunlin::frontend {
namespace {

using checked::Instance;
using checked::kInt;
using checked::NodePtr;
using checked::Variable;
using ir::Op;

class Lowering : public LoweringTest {};

// --- ports and places
// ---------------------------------------------------------------------------------------------

TEST_F(Lowering, PortsAreListedInTheOrderOfTheSource) {
    Variable* x = input("x", checked::ints({3}));
    tree.line = 4;
    tree.port(PortKind::State, "s");
    Variable* y = output(checked::ints({3}));
    tree.assign(y, tree.add(tree.read(x), tree.number(1)));
    lower_tree();
    ASSERT_EQ(lowered.ports.size(), 3u);
    EXPECT_EQ(lowered.ports[0].name, "x");
    EXPECT_EQ(lowered.ports[1].line, 4);
    EXPECT_EQ(lowered.ports[2].kind, PortKind::Output);
    EXPECT_EQ(lowered.program.slots[lowered.ports[2].slot].storage, ir::Storage::Output);
    bind(x, {1, 2, 3});
    run();
    EXPECT_EQ(y->name, "y");
    EXPECT_EQ(this->y(), (Numbers{2, 3, 4}));
}

TEST_F(Lowering, AnInstructionKnowsItsPlace) {
    Variable* y = output();
    tree.line = 7;
    tree.assign(y, tree.add(tree.number(1), tree.number(2)));
    lower_tree();
    const ir::Instruction& add = lowered.program.routines[0].instructions.at(0);
    EXPECT_EQ(lowered.program.statements[add.statement], (ir::Statement{0, 7, 3, 7}));
    EXPECT_EQ(lowered.program.files, std::vector<std::string>{"test.dun"});
    EXPECT_EQ(lowered.statement_spans.size(), lowered.program.statements.size());
}

TEST_F(Lowering, CodeOfTheLibraryHasThePlaceOfTheCall) {
    Variable* y = output();
    tree.file = tree.library_file;
    tree.line = 50;
    Instance* inner = adder("inner", 1);
    Instance* outer = tree.enter("outer", {kInt});
    tree.give_back(tree.add(tree.call(inner, tree.number(1)), tree.number(1)));
    tree.leave();
    tree.file = tree.user_file;
    tree.line = 9;
    tree.assign(y, tree.call(outer));
    lower_and_run();
    for (const ir::Instruction& instruction : lowered.program.routines[0].instructions)
        EXPECT_EQ(line_of(instruction.statement), 9);
    EXPECT_EQ(lowered.program.files.size(), 1u);
    EXPECT_EQ(this->y(), Numbers{3});
}

TEST_F(Lowering, ColumnsCountCharactersAndEndWithTheLine) {
    ir::FileId file = tree.sources.add("wide.dun", "äö\nab = ü + é\nc");
    Variable* y = output();
    tree.assign(y, tree.add(tree.number(1), tree.number(2)));
    auto& assign = std::get<checked::Assign>(tree.program.main->body[0]->what);
    assign.value->span = {file, 10, 16};  // from "ü" into the third line
    lower_tree();
    const ir::Instruction& add = lowered.program.routines[0].instructions.at(0);
    const ir::Statement& place = lowered.program.statements[add.statement];
    EXPECT_EQ(lowered.program.files[place.file], "wide.dun");
    EXPECT_EQ(place.line, 2);
    EXPECT_EQ(place.column, 6);
    EXPECT_EQ(place.end_column, 11);
}

// --- assignment
// ---------------------------------------------------------------------------------------------------

TEST_F(Lowering, AnElementwiseResultGoesStraightIntoItsVariable) {
    Variable* x = tree.variable("x");
    Variable* y = output();
    tree.assign(x, tree.number(5));
    tree.assign(x, tree.add(tree.read(x), tree.number(2)));
    tree.assign(y, tree.read(x));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{7});
    EXPECT_EQ(count_of(Op::Copy), 2u);
}

TEST_F(Lowering, AnOperationThatMovesElementsDoesNotOverwriteItsOperand) {
    Variable* x = tree.variable("x", checked::ints({3}));
    Variable* y = output(checked::ints({3}));
    std::vector<std::int64_t> reversed;
    ir::append(reversed, {ir::AxisView::Range, 2, -1, 3});
    tree.assign(x, tree.numbers({1, 2, 3}));
    tree.assign(x, tree.with_attributes(Op::View, x->type, reversed, tree.read(x)));
    tree.assign(y, tree.read(x));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{3, 2, 1}));
}

TEST_F(Lowering, AssigningAnArrayCopiesIt) {
    Variable* a = tree.variable("a", checked::ints({2}));
    Variable* b = tree.variable("b", checked::ints({2}));
    Variable* y = output(checked::ints({2}));
    tree.assign(a, tree.numbers({1, 2}));
    tree.assign(b, tree.read(a));
    tree.assign(a, tree.replaced(tree.read(a), tree.number(0), tree.number(9)));
    tree.assign(y, tree.add(tree.read(b), tree.read(a)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{10, 4}));
}

TEST_F(Lowering, AnElementIsReplacedInPlace) {
    Variable* a = tree.variable("a", checked::ints({2}));
    Variable* y = output(checked::ints({2}));
    tree.assign(a, tree.numbers({1, 2}));
    tree.assign(a, tree.replaced(tree.read(a), tree.number(1), tree.number(9)));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{1, 9}));
    EXPECT_EQ(count_of(Op::Copy), 2u);
}

TEST_F(Lowering, AChangedCopyLeavesTheOriginal) {
    Variable* a = tree.variable("a", checked::ints({2}));
    Variable* b = tree.variable("b", checked::ints({2}));
    Variable* y = output(checked::ints({2}));
    tree.assign(a, tree.numbers({1, 2}));
    tree.assign(b, tree.replaced(tree.read(a), tree.number(1), tree.number(9)));
    tree.assign(y, tree.add(tree.read(a), tree.read(b)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{2, 11}));
}

TEST_F(Lowering, AnUpdateReadsTheOldArrayForItsOtherOperands) {
    Variable* a = tree.variable("a", checked::ints({3}));
    Variable* y = output(checked::ints({3}));
    tree.assign(a, tree.numbers({2, 0, 1}));
    // a[a] = a: every element goes where it says
    tree.assign(a, tree.with_attributes(Op::Scatter, a->type, {0}, tree.read(a), tree.read(a),
                                        tree.read(a)));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{0, 1, 2}));
}

TEST_F(Lowering, ALetNameMayStandForTheTargetItself) {
    Variable* a = tree.variable("a", checked::ints({2}));
    Variable* y = output(checked::ints({2}));
    Variable* name = tree.hidden(a->type);
    tree.assign(a, tree.numbers({1, 5}));
    NodePtr index = tree.element(tree.read(name), tree.number(0));
    NodePtr value = tree.add(tree.element(tree.read(name), tree.number(1)), tree.number(1));
    tree.assign(a, tree.let(name, tree.read(a),
                            tree.replaced(tree.read(a), std::move(index), std::move(value))));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{1, 6}));
}

TEST_F(Lowering, TwoResultsAreExchanged) {
    Instance* swap = tree.enter("swap", {kInt, kInt});
    Variable* p = tree.parameter("p");
    Variable* q = tree.parameter("q");
    tree.give_back(tree.read(q), tree.read(p));
    tree.leave();
    Variable* a = tree.variable("a");
    Variable* b = tree.variable("b");
    Variable* y = output(checked::ints({2}));
    tree.assign(a, tree.number(1));
    tree.assign(b, tree.number(2));
    tree.assign_results({a, b}, tree.call(swap, tree.read(a), tree.read(b)));
    tree.assign(y, tree.replaced(tree.numbers({0, 0}), tree.number(0), tree.read(a)));
    tree.assign(y, tree.replaced(tree.read(y), tree.number(1), tree.read(b)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{2, 1}));
}

TEST_F(Lowering, AResultMayBeUnwanted) {
    Instance* pair = tree.enter("pair", {kInt, kInt});
    tree.give_back(tree.number(1), tree.number(2));
    tree.leave();
    Variable* y = output();
    tree.assign_results({nullptr, y}, tree.call(pair));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{2});
}

// --- faults, effects, state
// ---------------------------------------------------------------------------------------

TEST_F(Lowering, AnOutputIsNeverHalfWritten) {
    Variable* i = tree.variable("i");
    Variable* y = output(checked::ints({3}));
    tree.assign(y, tree.numbers({7, 8, 9}));
    tree.line = 5;
    NodePtr divisor = tree.operation(Op::Sub, kInt, tree.number(2), tree.read(i));
    NodePtr body = tree.operation(Op::FloorDiv, kInt, tree.number(8), std::move(divisor));
    tree.assign(y, tree.comprehension(y->type, std::move(body),
                                      tree.range(i, tree.number(0), tree.number(3), 3)));
    lower_and_run();
    EXPECT_EQ(status.fault, ir::Fault::DivideByZero);
    EXPECT_EQ(line_of(status.statement), 5);
    EXPECT_EQ(this->y(), (Numbers{7, 8, 9}));
}

TEST_F(Lowering, AFalseAssertStopsTheVm) {
    Variable* y = output();
    tree.assign(y, tree.number(1));
    tree.require(tree.less(tree.number(1), tree.read(y)), "too small");
    tree.assign(y, tree.number(2));
    lower_and_run();
    EXPECT_EQ(status.fault, ir::Fault::AssertFailed);
    ASSERT_EQ(status.text, 0);
    EXPECT_EQ(lowered.program.texts[0], "too small");
    EXPECT_EQ(this->y(), Numbers{1});
}

TEST_F(Lowering, AStateIsInitialisedInTheFirstTurnOnly) {
    Variable* s = tree.port(PortKind::State, "s");
    Variable* y = output();
    tree.add_statement(checked::InitialiseState{s, tree.number(10)});
    tree.assign(s, tree.add(tree.read(s), tree.number(1)));
    tree.assign(y, tree.read(s));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{11});
    first_turn = false;
    run();
    EXPECT_EQ(this->y(), Numbers{12});
}

TEST_F(Lowering, EveryDrawTakesFreshBlocks) {
    ir::Type five{ir::DType::U32, {5}}, three{ir::DType::U64, {3}};
    Variable* a = tree.port(PortKind::Output, "a", five);
    Variable* b = tree.port(PortKind::Output, "b", five);
    Variable* c = tree.port(PortKind::Output, "c", three);
    tree.assign(a, tree.node(five, checked::RandomNode{}));
    tree.assign(b, tree.node(five, checked::RandomNode{}));
    tree.assign(c, tree.node(three, checked::RandomNode{}));
    lower_and_run();
    EXPECT_EQ(value_of("$draws"), Numbers{2 + 2 + 2});
    EXPECT_NE(value_of("a"), value_of("b"));
    run();
    EXPECT_EQ(value_of("$draws"), Numbers{12}) << "the stream goes on in the next turn";
}

TEST_F(Lowering, AProgramThatDrawsNothingHasNoStream) {
    Variable* y = output();
    tree.assign(y, tree.number(1));
    lower_tree();
    for (const ir::Slot& slot : lowered.program.slots) EXPECT_NE(slot.storage, ir::Storage::State);
}

TEST_F(Lowering, ACollectiveEndsItsRoutine) {
    Variable* x = input("x");
    Variable* y = output();
    checked::CollectiveNode sum{Op::BatchSum, {}};
    sum.operands.push_back(tree.read(x));
    tree.assign(y, tree.add(tree.node(kInt, std::move(sum)), tree.number(1)));
    lower_tree();
    ASSERT_EQ(lowered.program.routines.size(), 2u);
    EXPECT_EQ(lowered.program.routines[0].terminator.kind, ir::Terminator::Kind::Collective);
    bind(x, {4});
    run();
    EXPECT_EQ(this->y(), Numbers{5});
}

TEST_F(Lowering, AnEmptyProgramIsAnEnd) {
    lower_and_run();
    ASSERT_EQ(lowered.program.routines.size(), 1u);
    EXPECT_EQ(lowered.program.routines[0].terminator.kind, ir::Terminator::Kind::End);
    EXPECT_EQ(status.outcome, ir::Outcome::Finished);
}

}  // namespace
}  // namespace dunlin::frontend
