#include "frontend/assigned.hpp"

#include <gtest/gtest.h>

#include "checked_tree.hpp"

namespace dunlin::frontend {
namespace {

using checked::Break;
using checked::Continue;
using checked::Halt;
using checked::Instance;
using checked::kBool;
using checked::kInt;
using checked::NodePtr;
using checked::Tree;
using checked::Variable;

class Assigned : public ::testing::Test {
  protected:
    int line_of(ir::Span span) const { return tree.sources.place(span.file, span.begin).line; }
    // "x:3" for each finding: the name and the line of the read.
    std::vector<std::string> findings() {
        diagnostics = find_unassigned(tree.program, tree.sources);
        std::vector<std::string> found;
        for (const ir::Diagnostic& diagnostic : diagnostics) {
            EXPECT_EQ(diagnostic.code, ir::Code::read_before_assigned);
            std::size_t end = diagnostic.message.find('\'', 1);
            found.push_back(diagnostic.message.substr(1, end - 1) + ":" +
                            std::to_string(line_of(diagnostic.span)));
        }
        return found;
    }
    bool is_fine() { return findings().empty(); }
    // A condition that is known only while running.
    NodePtr unknown() { return tree.less(tree.number(0), tree.read(flag)); }
    void set(Variable* variable) { tree.assign(variable, tree.number(1)); }
    void use(Variable* variable) { tree.print("", tree.read(variable)); }
    auto setting(Variable* variable) {
        return [this, variable] { set(variable); };
    }

    Tree tree;
    Variable* flag = tree.port(PortKind::Input, "flag");
    Variable* x = tree.variable("x");
    std::vector<ir::Diagnostic> diagnostics;
};

using Found = std::vector<std::string>;

TEST_F(Assigned, ANameMayBeReadAfterItsAssignment) {
    set(x);
    use(x);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, ANameIsReadTooEarly) {
    tree.line = 3;
    use(x);
    tree.line = 4;
    set(x);
    EXPECT_EQ(findings(), Found{"x:3"});
    EXPECT_EQ(diagnostics[0].message, "'x' may be read before it is assigned");
    ASSERT_EQ(diagnostics[0].notes.size(), 1u);
    EXPECT_EQ(line_of(diagnostics[0].notes[0].first), 4);
    EXPECT_EQ(diagnostics[0].notes[0].second, "assigned here, after it is read");
    EXPECT_FALSE(diagnostics[0].help.empty());
}

TEST_F(Assigned, TheValueOfAnAssignmentIsReadFirst) {
    tree.line = 2;
    tree.assign(x, tree.add(tree.read(x), tree.number(1)));
    EXPECT_EQ(findings(), Found{"x:2"});
}

TEST_F(Assigned, OnlyTheFirstReadOfANameIsReported) {
    Variable* z = tree.variable("z");
    for (int line : {5, 6, 7}) {
        tree.line = line;
        use(x);
        if (line == 6) use(z);
    }
    EXPECT_EQ(findings(), (Found{"x:5", "z:6"}));
}

TEST_F(Assigned, AssignedOnOneSideOnly) {
    tree.line = 2;
    tree.when(unknown(), setting(x));
    tree.line = 3;
    use(x);
    EXPECT_EQ(findings(), Found{"x:3"});
    ASSERT_EQ(diagnostics[0].notes.size(), 1u);
    EXPECT_EQ(line_of(diagnostics[0].notes[0].first), 2);
    EXPECT_EQ(diagnostics[0].notes[0].second, "assigned here, but not on every path");
}

TEST_F(Assigned, AssignedOnBothSides) {
    tree.when(unknown(), setting(x), setting(x));
    use(x);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, ASideThatDoesNotComeBackDoesNotCount) {
    tree.when(unknown(), setting(x), [&] { tree.add_statement(Halt{}); });
    use(x);
    Variable* z = tree.variable("z");
    tree.when(unknown(), setting(z), [&] { tree.require(tree.truth(false), "why"); });
    use(z);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, OfAConstantConditionOneSideCounts) {
    tree.when(tree.truth(true), setting(x), [] {});
    use(x);
    Variable* z = tree.variable("z");
    tree.when(tree.truth(false), [&] { use(z); });
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, ChoicesAndShortCircuitsReadOnlyWhatTheyEvaluate) {
    Variable* b = tree.variable("b", kBool);
    tree.print("", tree.choice(tree.truth(true), tree.number(1), tree.read(x)));
    tree.print("", tree.logical(true, tree.truth(false), tree.read(b)));
    tree.print("", tree.logical(false, tree.truth(true), tree.read(b)));
    EXPECT_TRUE(is_fine());
    tree.line = 9;
    tree.print("", tree.choice(unknown(), tree.number(1), tree.read(x)));
    tree.line = 8;
    tree.print("", tree.logical(true, tree.truth(true), tree.read(b)));
    EXPECT_EQ(findings(), (Found{"b:8", "x:9"}));
}

TEST_F(Assigned, AWhileMayHaveNoTurn) {
    tree.repeat(unknown(), [&] {
        set(x);
        use(x);
    });
    tree.line = 4;
    use(x);
    EXPECT_EQ(findings(), Found{"x:4"});
}

TEST_F(Assigned, TheConditionOfAWhileIsReadBeforeItsBody) {
    tree.line = 4;
    tree.repeat(tree.less(tree.read(x), tree.number(3)), setting(x));
    EXPECT_EQ(findings(), Found{"x:4"});
}

TEST_F(Assigned, AnEndlessLoopIsLeftByItsBreaks) {
    Variable* z = tree.variable("z");
    tree.repeat(tree.truth(true), [&] {
        tree.when(unknown(), [&] {
            set(x);
            set(z);
            tree.add_statement(Break{});
        });
        set(x);
        tree.when(unknown(), [&] { tree.add_statement(Break{}); });
    });
    tree.line = 6;
    use(x);
    use(z);
    EXPECT_EQ(findings(), Found{"z:6"});
}

TEST_F(Assigned, NothingFollowsALoopWithoutAnEnd) {
    tree.repeat(tree.truth(true), [] {});
    use(x);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, AForMayHaveNoTurn) {
    Variable* i = tree.variable("i");
    tree.count(tree.range(i, tree.number(0), tree.read(flag)), setting(x));
    tree.line = 3;
    use(x);
    tree.line = 4;
    use(i);
    EXPECT_EQ(findings(), (Found{"x:3", "i:4"}));
    tree.program.main->body.clear();
    tree.line = 3;
    tree.count(tree.range(i, tree.number(0), tree.number(0), 0), setting(x));
    use(x);
    EXPECT_EQ(findings(), Found{"x:3"});
}

TEST_F(Assigned, AForWithAKnownNumberOfTurnsHasOne) {
    Variable* i = tree.variable("i");
    tree.count(tree.range(i, tree.number(0), tree.number(3), 3), setting(x));
    use(x);
    use(i);
    Variable* z = tree.variable("z");
    tree.count(tree.rows(i, tree.numbers({1, 2})), setting(z));
    use(z);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, AContinueOrABreakMaySkipAnAssignment) {
    Variable* i = tree.variable("i");
    Variable* z = tree.variable("z");
    tree.count(tree.range(i, tree.number(0), tree.number(3), 3), [&] {
        tree.when(unknown(), [&] { tree.add_statement(Continue{}); });
        set(x);
    });
    tree.count(tree.range(i, tree.number(0), tree.number(3), 3), [&] {
        tree.when(unknown(), [&] { tree.add_statement(Break{}); });
        set(z);
    });
    tree.line = 3;
    use(x);
    use(z);
    EXPECT_EQ(findings(), (Found{"x:3", "z:3"}));
}

TEST_F(Assigned, AssignmentsBeforeAContinueCount) {
    Variable* i = tree.variable("i");
    tree.count(tree.range(i, tree.number(0), tree.number(3), 3), [&] {
        set(x);
        tree.when(unknown(), [&] { tree.add_statement(Continue{}); });
        tree.add_statement(Break{});
    });
    use(x);
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, PortsOfTheHostAreAlwaysAssignedButOutputsAreNot) {
    use(tree.port(PortKind::Shared, "shared"));
    use(tree.port(PortKind::State, "state"));
    tree.line = 2;
    use(tree.port(PortKind::Output, "result"));
    EXPECT_EQ(findings(), Found{"result:2"});
}

TEST_F(Assigned, HiddenNamesAreTheCheckersOwnMatter) {
    use(tree.hidden());
    EXPECT_TRUE(is_fine());
}

TEST_F(Assigned, TheVariableOfAComprehensionIsAssigned) {
    Variable* i = tree.variable("i");
    tree.print("", tree.comprehension(checked::ints({3}), tree.read(i),
                                      tree.range(i, tree.number(0), tree.number(3), 3)));
    EXPECT_TRUE(is_fine());
}

// fn reader() = x
class AssignedFunctions : public Assigned {
  protected:
    Instance* function_reading(Variable* variable, const std::string& name, int line) {
        Instance* made = tree.enter(name, {kInt});
        tree.line = line;
        tree.give_back(tree.read(variable));
        tree.leave();
        return made;
    }
};

TEST_F(AssignedFunctions, AFunctionReadsANameOfTheFileWhereItIsCalled) {
    Instance* reader = function_reading(x, "reader", 2);
    tree.line = 5;
    tree.print("", tree.call(reader));
    tree.line = 6;
    set(x);
    tree.print("", tree.call(reader));
    EXPECT_EQ(findings(), Found{"x:2"});
    ASSERT_EQ(diagnostics[0].notes.size(), 2u);
    EXPECT_EQ(line_of(diagnostics[0].notes[1].first), 5);
    EXPECT_EQ(diagnostics[0].notes[1].second, "'reader' is called here");
}

TEST_F(AssignedFunctions, AFunctionIsFineOnceTheNameIsAssigned) {
    Instance* reader = function_reading(x, "reader", 2);
    set(x);
    tree.print("", tree.call(reader));
    EXPECT_TRUE(is_fine());
}

TEST_F(AssignedFunctions, FunctionsAreFollowedThroughFunctions) {
    Instance* reader = function_reading(x, "reader", 2);
    Instance* outer = tree.enter("outer", {kInt});
    tree.line = 3;
    tree.give_back(tree.call(reader));
    tree.leave();
    tree.line = 7;
    tree.print("", tree.call(outer));
    EXPECT_EQ(findings(), Found{"x:2"});
    ASSERT_EQ(diagnostics[0].notes.size(), 1u);
    EXPECT_EQ(line_of(diagnostics[0].notes[0].first), 7);
    EXPECT_EQ(diagnostics[0].notes[0].second, "'outer' is called here, and comes to 'reader'");
}

TEST_F(AssignedFunctions, ALambdaReadsTheNamesOfTheFunctionAroundIt) {
    Instance* outer = tree.enter("outer", {kInt});
    Variable* a = tree.parameter("a");
    Variable* z = tree.variable("z");
    Instance* early = function_reading(z, "a lambda", 3);
    Instance* fine = function_reading(a, "a lambda", 4);
    tree.line = 5;
    tree.print("", tree.call(fine));
    tree.print("", tree.call(early));
    set(z);
    tree.give_back(tree.call(early));
    tree.leave();
    tree.line = 7;
    tree.print("", tree.call(outer, tree.number(1)));
    EXPECT_EQ(findings(), Found{"z:3"});
    EXPECT_EQ(line_of(diagnostics[0].notes.back().first), 5);
}

TEST_F(AssignedFunctions, AFunctionThatDoesNotComeBackEndsThePath) {
    Instance* stop = tree.enter("stop");
    tree.require(tree.truth(false), "no way");
    tree.leave();
    tree.when(unknown(), setting(x),
              [&] { tree.add_statement(checked::Evaluate{tree.call(stop)}); });
    use(x);
    EXPECT_TRUE(is_fine());
}

TEST_F(AssignedFunctions, ALoopThatReturnsInItsTurnEndsThePath) {
    Instance* first = tree.enter("first", {kInt});
    Variable* i = tree.variable("i");
    Variable* z = tree.variable("z");
    tree.count(tree.range(i, tree.number(0), tree.number(3), 3),
               [&] { tree.give_back(tree.read(i)); });
    tree.give_back(tree.read(z));
    tree.leave();
    tree.print("", tree.call(first));
    EXPECT_TRUE(is_fine());
}

TEST_F(AssignedFunctions, TwoInstancesOfAFunctionReportOneError) {
    for (int k = 0; k < 2; ++k) {
        tree.line = 2;
        Instance* made = tree.enter("generic", {kInt});
        Variable* z = tree.variable("z");
        tree.line = 3;
        tree.give_back(tree.read(z));
        tree.leave();
        tree.line = 5;
        tree.print("", tree.call(made));
    }
    EXPECT_EQ(findings(), Found{"z:3"});
}

TEST_F(AssignedFunctions, FunctionsThatDoubleAreWalkedOnce) {
    Instance* last = function_reading(x, "f1", 2);
    for (int k = 2; k <= 60; ++k) {
        Instance* next = tree.enter("f" + std::to_string(k), {kInt});
        NodePtr left = tree.call(last);
        tree.give_back(tree.add(std::move(left), tree.call(last)));
        tree.leave();
        last = next;
    }
    tree.print("", tree.call(last));
    EXPECT_EQ(findings(), Found{"x:2"});
}

TEST_F(Assigned, FindingsComeInTheOrderOfTheSource) {
    Variable* z = tree.variable("z");
    tree.line = 20;
    use(z);
    tree.line = 10;
    use(x);
    EXPECT_EQ(findings(), (Found{"x:10", "z:20"}));
}

}  // namespace
}  // namespace dunlin::frontend
