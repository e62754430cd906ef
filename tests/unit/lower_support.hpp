// For the tests of lowering: a tree is built, lowered, laid out and run by the interpreter.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "checked_tree.hpp"
#include "frontend/lower.hpp"
#include "ir/interpret.hpp"
#include "ir/layout.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"

namespace dunlin::frontend {

using Numbers = std::vector<std::int64_t>;

// A lowered program with memory for one VM; states keep their values from one run to the next.
class LoweringTest : public ::testing::Test {
  protected:
    void lower_tree() {
        lowered = lower(tree.program, tree.sources);
        ASSERT_TRUE(lowered.diagnostics.empty());
        for (const ir::Slot& slot : lowered.program.slots)
            memory.emplace_back(static_cast<std::size_t>(ir::byte_count(slot.type)));
        ASSERT_EQ(ir::verify(lowered.program), std::vector<std::string>())
            << ir::print_microcode(lowered.program);
        ir::lay_out(lowered.program);
    }
    void bind(checked::Variable* variable, const Numbers& values) {
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
    std::size_t count_of(ir::Op op) const {
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
    checked::Variable* input(const std::string& name, const ir::Type& type = checked::kInt) {
        return tree.port(PortKind::Input, name, type);
    }
    checked::Variable* output(const ir::Type& type = checked::kInt) {
        return tree.port(PortKind::Output, "y", type);
    }
    // fn name(a) = a + amount
    checked::Instance* adder(const std::string& name, std::int64_t amount) {
        checked::Instance* made = tree.enter(name, {checked::kInt});
        checked::Variable* a = tree.parameter("a");
        tree.give_back(tree.add(tree.read(a), tree.number(amount)));
        tree.leave();
        return made;
    }

    checked::Tree tree;
    Lowered lowered;
    std::vector<std::vector<std::byte>> memory;
    std::uint64_t fuel = ~std::uint64_t{0};
    bool first_turn = true;
    ir::VmStatus status;
    ir::RunReport report;
    std::vector<std::string> prints;
};

}  // namespace dunlin::frontend
