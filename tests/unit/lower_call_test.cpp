#include <ctime>

#include "lower_support.hpp"

namespace dunlin::frontend {
namespace {

using checked::Instance;
using checked::kInt;
using checked::NodePtr;
using checked::Variable;
using ir::Op;

class LoweringCalls : public LoweringTest {};

// --- functions
// ----------------------------------------------------------------------------------------------------

TEST_F(LoweringCalls, AFunctionMayBeCalledWithItsOwnResult) {
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

TEST_F(LoweringCalls, AnAssignedParameterIsACopy) {
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

TEST_F(LoweringCalls, AResultStaysWhenTheFunctionIsCalledAgain) {
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

TEST_F(LoweringCalls, AFunctionReturnsEarly) {
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

TEST_F(LoweringCalls, AFunctionReturnsOutOfALoop) {
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

TEST_F(LoweringCalls, AFunctionReadsANameOfTheFileWhileItIsReplaced) {
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

TEST_F(LoweringCalls, AProcedureIsCalledForItsEffects) {
    Instance* say = tree.enter("say");
    tree.print("hello", tree.number(1));
    tree.leave();
    tree.add_statement(checked::Evaluate{tree.call(say)});
    tree.add_statement(checked::Evaluate{tree.call(say)});
    lower_and_run();
    EXPECT_EQ(prints, (std::vector<std::string>{"hello", "hello"}));
    EXPECT_EQ(lowered.program.texts.size(), 1u);
}

TEST_F(LoweringCalls, WhatFollowsAHaltIsNotThere) {
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

// --- programs that grow without measure
// ---------------------------------------------------------------------------

class Growing : public LoweringTest {
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
