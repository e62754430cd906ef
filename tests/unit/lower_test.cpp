#include "frontend/lower.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "checked_tree.hpp"
#include "ir/interpret.hpp"
#include "ir/layout.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"

namespace dunlin::frontend {
namespace {

using checked::Instance;
using checked::kBool;
using checked::kInt;
using checked::NodePtr;
using checked::Tree;
using checked::Variable;
using ir::Op;
using Numbers = std::vector<std::int64_t>;

// A lowered program with memory for one VM; states keep their values from one run to the next.
class Lowering : public ::testing::Test {
  protected:
    void lower_tree() {
        lowered = lower(tree.program, tree.sources);
        ASSERT_TRUE(lowered.diagnostics.empty());
        ASSERT_EQ(ir::verify(lowered.program), std::vector<std::string>())
            << ir::print_microcode(lowered.program);
        ir::lay_out(lowered.program);
        for (const ir::Slot& slot : lowered.program.slots)
            memory.emplace_back(static_cast<std::size_t>(ir::byte_count(slot.type)));
    }
    void bind(Variable* variable, const Numbers& values) {
        ir::Constant constant = ir::vector_constant(variable->type.dtype, values);
        memory[slot_named(variable->name)] = constant.bytes;
    }
    std::size_t slot_named(const std::string& name) const {
        for (std::size_t id = 0; id < lowered.program.slots.size(); ++id)
            if (lowered.program.slots[id].name == name) return id;
        ADD_FAILURE() << "no slot " << name;
        return 0;
    }
    Numbers value_of(const std::string& name) const {
        std::size_t id = slot_named(name);
        ir::Constant constant{lowered.program.slots[id].type, memory[id]};
        Numbers values;
        for (std::int64_t k = 0; k < constant.count(); ++k)
            values.push_back(constant.at<std::int64_t>(k));
        return values;
    }
    // What the lone output `y` is after one run.
    Numbers y() const { return value_of("y"); }
    void run() {
        ir::RunRequest request;
        request.program = &lowered.program;
        for (std::size_t id = 0; id < memory.size(); ++id) {
            auto storage = lowered.program.slots[id].storage;
            bool bound = storage != ir::Storage::Local && storage != ir::Storage::Constant;
            request.bindings.push_back(bound ? ir::Binding{memory[id].data(), 0} : ir::Binding{});
        }
        status = {};
        request.statuses = &status;
        request.fuel = fuel;
        request.first_turn = first_turn;
        request.print_vm = 0;
        request.print = [this](ir::StatementId, const std::vector<ir::PrintItem>& items) {
            prints.push_back(items.at(0).text != nullptr ? *items.at(0).text : "");
        };
        report = ir::interpret(request);
    }
    void lower_and_run() {
        lower_tree();
        if (!HasFatalFailure()) run();
    }
    std::size_t count_of(Op op) const {
        std::size_t count = 0;
        for (const ir::Routine& routine : lowered.program.routines)
            ir::for_each_instruction(routine, [&](const ir::Instruction& instruction) {
                count += instruction.op == op ? 1 : 0;
            });
        return count;
    }
    std::size_t branches() const {
        return static_cast<std::size_t>(std::count_if(
            lowered.program.routines.begin(), lowered.program.routines.end(),
            [](const auto& r) { return r.terminator.kind == ir::Terminator::Kind::Branch; }));
    }
    int line_of(ir::StatementId statement) const {
        return lowered.program.statements.at(statement).line;
    }
    Variable* input(const std::string& name, const ir::Type& type = kInt) {
        return tree.port(PortKind::Input, name, type);
    }
    Variable* output(const ir::Type& type = kInt) { return tree.port(PortKind::Output, "y", type); }
    // fn name(a) = a + amount
    Instance* adder(const std::string& name, std::int64_t amount) {
        Instance* made = tree.enter(name, {kInt});
        Variable* a = tree.parameter("a");
        tree.give_back(tree.add(tree.read(a), tree.number(amount)));
        tree.leave();
        return made;
    }

    Tree tree;
    Lowered lowered;
    std::vector<std::vector<std::byte>> memory;
    std::uint64_t fuel = ~std::uint64_t{0};
    bool first_turn = true;
    ir::VmStatus status;
    ir::RunReport report;
    std::vector<std::string> prints;
};

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

// --- conditions
// ---------------------------------------------------------------------------------------------------

TEST_F(Lowering, AConditionChoosesOneSide) {
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

TEST_F(Lowering, OfAConstantConditionOnlyOneSideIsThere) {
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

TEST_F(Lowering, AChoiceMayReadTheVariableItIsAssignedTo) {
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

TEST_F(Lowering, IfHasTwoSides) {
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

TEST_F(Lowering, TheRightSideOfAndIsGuardedByTheLeft) {
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

TEST_F(Lowering, TheRightSideOfOrIsGuardedByTheLeft) {
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

TEST_F(Lowering, AHarmlessRightSideNeedsNoBranch) {
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

TEST_F(Lowering, ADivisionIsHarmlessOnlyByAConstant) {
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

// --- comprehensions
// -----------------------------------------------------------------------------------------------

TEST_F(Lowering, AComprehensionFillsAnArray) {
    Variable* i = tree.variable("i");
    Variable* y = output(checked::ints({4}));
    tree.assign(y, tree.comprehension(y->type, tree.add(tree.read(i), tree.read(i)),
                                      tree.range(i, tree.number(0), tree.number(4), 4)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{0, 2, 4, 6}));
    EXPECT_EQ(report.turns, 0u) << "its turns cost no fuel";
}

TEST_F(Lowering, AComprehensionHasARangeOfAnyTypeFromAnywhere) {
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

TEST_F(Lowering, TheLoopsOfAComprehensionAreNested) {
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

TEST_F(Lowering, AnInnerRangeMayStartAtTheOuterVariable) {
    Variable* i = tree.variable("i");
    Variable* j = tree.variable("j");
    Variable* y = output(checked::ints({2, 2}));
    tree.assign(y, tree.comprehension(
                       y->type, tree.read(j), tree.range(i, tree.number(5), tree.number(7), 2),
                       tree.range(j, tree.read(i), tree.add(tree.read(i), tree.number(2)), 2)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{5, 6, 6, 7}));
}

TEST_F(Lowering, AComprehensionWithoutTurnsIsEmpty) {
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

TEST_F(Lowering, AComprehensionMayReadTheArrayItReplaces) {
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

TEST_F(Lowering, ForCountsItsTurnsHoweverTheVariableIsAssigned) {
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

TEST_F(Lowering, TheVariableKeepsItsLastValueAfterTheLoop) {
    Variable* i = tree.variable("i");
    Variable* y = output();
    tree.count(tree.range(i, tree.number(0), tree.number(4), 4), [] {});
    tree.assign(y, tree.read(i));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{3});
}

TEST_F(Lowering, TheBoundsOfAForAreEvaluatedOnce) {
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

TEST_F(Lowering, ForTakesTheRowsThatTheArrayHadAtFirst) {
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

TEST_F(Lowering, AnArrayThatTheBodyLeavesAloneIsNotCopied) {
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

TEST_F(Lowering, ACounterReachesTheGreatestNumbersOfItsType) {
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

TEST_F(Lowering, AnEmptyRangeHasNoTurns) {
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

TEST_F(Lowering, ContinueAndBreakInAFor) {
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

TEST_F(Lowering, ContinueAndBreakInAWhile) {
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

TEST_F(Lowering, AWhileEvaluatesItsConditionBeforeEveryTurn) {
    Variable* y = output();
    tree.assign(y, tree.number(1));
    tree.repeat(tree.less(tree.read(y), tree.number(100)),
                [&] { tree.assign(y, tree.add(tree.read(y), tree.read(y))); });
    tree.repeat(tree.truth(false), [&] { tree.assign(y, tree.number(0)); });
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{128});
    EXPECT_EQ(report.turns, 7u);
}

TEST_F(Lowering, FuelRunsOutAtTheHeaderOfTheLoop) {
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

// --- functions
// ----------------------------------------------------------------------------------------------------

TEST_F(Lowering, AFunctionMayBeCalledWithItsOwnResult) {
    Instance* add_two = adder("add_two", 2);
    Variable* y = output();
    NodePtr inner = tree.call(add_two, tree.number(1));
    NodePtr other = tree.call(add_two, tree.number(10));
    tree.assign(y, tree.add(tree.call(add_two, std::move(inner)), std::move(other)));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{17});
    EXPECT_EQ(lowered.program.routines.size(), 1u);
    EXPECT_EQ(count_of(Op::Copy), 0u);
}

TEST_F(Lowering, AnAssignedParameterIsACopy) {
    Instance* twice = tree.enter("twice", {kInt});
    Variable* a = tree.parameter("a", kInt, true);
    tree.assign(a, tree.add(tree.read(a), tree.read(a)));
    tree.give_back(tree.read(a));
    tree.leave();
    Variable* x = tree.variable("x");
    Variable* y = output();
    tree.assign(x, tree.number(5));
    tree.assign(y, tree.call(twice, tree.read(x)));
    tree.assign(y, tree.add(tree.read(y), tree.read(x)));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{15});
}

TEST_F(Lowering, AResultStaysWhenTheFunctionIsCalledAgain) {
    Instance* change = tree.enter("change", {checked::ints({2})});
    Variable* a = tree.parameter("a", checked::ints({2}), true);
    Variable* i = tree.parameter("i");
    tree.assign(a, tree.replaced(tree.read(a), tree.read(i), tree.number(7)));
    tree.give_back(tree.read(a));
    tree.leave();
    Variable* y = output(checked::ints({2}));
    NodePtr first = tree.call(change, tree.numbers({1, 2}), tree.number(0));
    NodePtr second = tree.call(change, tree.numbers({1, 2}), tree.number(1));
    tree.assign(y, tree.operation(Op::Sub, y->type, std::move(first), std::move(second)));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{6, -5}));
}

TEST_F(Lowering, AFunctionReturnsEarly) {
    Instance* sign = tree.enter("sign", {kInt});
    Variable* a = tree.parameter("a");
    tree.when(tree.less(tree.read(a), tree.number(0)), [&] { tree.give_back(tree.number(-1)); });
    tree.when(
        tree.less(tree.number(0), tree.read(a)), [&] { tree.give_back(tree.number(1)); },
        [&] { tree.give_back(tree.number(0)); });
    tree.leave();
    Variable* x = input("x");
    Variable* y = output();
    tree.assign(y, tree.call(sign, tree.read(x)));
    lower_tree();
    for (auto [value, expected] : {std::pair{-5, -1}, {0, 0}, {5, 1}}) {
        bind(x, {value});
        run();
        EXPECT_EQ(this->y(), Numbers{expected}) << value;
    }
}

TEST_F(Lowering, AFunctionReturnsOutOfALoop) {
    Instance* find = tree.enter("find", {kInt});
    Variable* a = tree.parameter("a", checked::ints({4}));
    Variable* i = tree.variable("i");
    tree.count(tree.range(i, tree.number(0), tree.number(4), 4), [&] {
        tree.when(tree.less(tree.number(5), tree.element(tree.read(a), tree.read(i))),
                  [&] { tree.give_back(tree.read(i)); });
    });
    tree.give_back(tree.number(-1));
    tree.leave();
    Variable* y = output();
    NodePtr second = tree.call(find, tree.numbers({1, 2, 3, 4}));
    tree.assign(y, tree.add(tree.call(find, tree.numbers({1, 2, 9, 9})), std::move(second)));
    lower_and_run();
    EXPECT_EQ(this->y(), Numbers{1});
}

TEST_F(Lowering, AFunctionReadsANameOfTheFileWhileItIsReplaced) {
    Variable* a = tree.variable("a", checked::ints({3}));
    Variable* y = output(checked::ints({3}));
    Instance* reversed = tree.enter("reversed", {a->type});
    Variable* i = tree.variable("i");
    NodePtr back = tree.operation(Op::Sub, kInt, tree.number(2), tree.read(i));
    tree.give_back(tree.comprehension(a->type, tree.element(tree.read(a), std::move(back)),
                                      tree.range(i, tree.number(0), tree.number(3), 3)));
    tree.leave();
    tree.assign(a, tree.numbers({1, 2, 3}));
    tree.assign(a, tree.call(reversed));
    tree.assign(y, tree.read(a));
    lower_and_run();
    EXPECT_EQ(this->y(), (Numbers{3, 2, 1}));
}

TEST_F(Lowering, AProcedureIsCalledForItsEffects) {
    Instance* say = tree.enter("say");
    tree.print("hello", tree.number(1));
    tree.leave();
    tree.add_statement(checked::Evaluate{tree.call(say)});
    tree.add_statement(checked::Evaluate{tree.call(say)});
    lower_and_run();
    EXPECT_EQ(prints, (std::vector<std::string>{"hello", "hello"}));
    EXPECT_EQ(lowered.program.texts.size(), 1u);
}

TEST_F(Lowering, WhatFollowsAHaltIsNotThere) {
    Instance* stop = tree.enter("stop", {kInt});
    tree.add_statement(checked::Halt{});
    tree.leave();
    Variable* y = output();
    tree.assign(y, tree.number(4));
    tree.assign(y, tree.add(tree.call(stop), tree.number(1)));
    tree.print("never", tree.number(1));
    lower_and_run();
    EXPECT_EQ(status.outcome, ir::Outcome::Halted);
    EXPECT_EQ(this->y(), Numbers{4});
    EXPECT_EQ(count_of(Op::Print), 0u);
    EXPECT_EQ(lowered.program.routines.size(), 2u) << "the code, and the end that is never reached";
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

// --- programs that grow without measure
// ---------------------------------------------------------------------------

class Growing : public Lowering {
  protected:
    // f1 is `first`; each of the others calls the one before it twice.
    void double_forty_times(Instance* first) {
        Instance* last = first;
        for (int k = 2; k <= 40; ++k) {
            Instance* next = tree.enter("f" + std::to_string(k), {kInt});
            Variable* a = tree.parameter("a");
            NodePtr left = tree.call(last, tree.read(a));
            tree.give_back(tree.add(std::move(left), tree.call(last, tree.read(a))));
            tree.leave();
            last = next;
        }
        Variable* y = output();
        tree.line = 90;
        tree.assign(y, tree.call(last, tree.number(1)));
        tree.assign(y, tree.call(last, tree.number(2)));
    }
    void expect_refused() {
        std::clock_t start = std::clock();
        lowered = lower(tree.program, tree.sources);
        double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        ASSERT_EQ(lowered.diagnostics.size(), 1u);
        const ir::Diagnostic& diagnostic = lowered.diagnostics[0];
        EXPECT_EQ(diagnostic.code, ir::Code::program_too_large);
        EXPECT_EQ(tree.sources.place(diagnostic.span.file, diagnostic.span.begin).line, 90);
        ASSERT_FALSE(diagnostic.notes.empty());
        EXPECT_NE(diagnostic.notes[0].second.find("'f1'"), std::string::npos);
        EXPECT_LT(seconds, 10.0) << "also in a build with sanitizers";
    }
};

TEST_F(Growing, AChainOfFunctionsThatDoublesIsRefused) {
    double_forty_times(adder("f1", 1));
    expect_refused();
}

TEST_F(Growing, EvenWhereItsFunctionsDoNothing) {
    Instance* last = tree.enter("f1");
    tree.leave();
    for (int k = 2; k <= 40; ++k) {
        Instance* next = tree.enter("f" + std::to_string(k));
        tree.add_statement(checked::Evaluate{tree.call(last)});
        tree.add_statement(checked::Evaluate{tree.call(last)});
        tree.leave();
        last = next;
    }
    tree.line = 90;
    tree.add_statement(checked::Evaluate{tree.call(last)});
    expect_refused();
}

}  // namespace
}  // namespace dunlin::frontend
