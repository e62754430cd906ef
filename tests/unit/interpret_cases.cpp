#include "tests/unit/interpret_cases.hpp"

namespace dunlin::ir {

namespace {

Op op_named(const std::string& name) {
    for (Op op : all_ops())
        if (info(op).name == name) return op;
    ADD_FAILURE() << "no operation is called " << name;
    return Op::Copy;
}

bool is_fault(const OperationCase& test) {
    return !test.type.empty();
}

std::string type_of_result(const OperationCase& test) {
    return is_fault(test) ? test.type : test.expected.substr(0, test.expected.find(" ="));
}

std::string program_text(const OperationCase& test) {
    std::string text;
    std::string operands;
    for (std::size_t i = 0; i < test.operands.size(); ++i) {
        text += "slot s" + std::to_string(i) + " constant " + test.operands[i] + "\n";
        operands += " s" + std::to_string(i);
    }
    const std::string result = "s" + std::to_string(test.operands.size());
    text += "slot " + result + " output " + type_of_result(test) + " \"y\"\nr0:\n";
    if (is_in_place(op_named(test.op))) {
        text += "  " + result + " = copy s0 !1\n";
        operands.replace(0, 3, " " + result);
    }
    text += "  " + result + " = " + test.op + operands;
    if (!test.attributes.empty()) text += " {" + test.attributes + "}";
    return text + " !2\n  end !3\n";
}

void check_program(const OperationCase& test) {
    TestBatch batch(program_text(test));
    batch.run();
    const VmStatus& status = batch.statuses[0];
    if (!is_fault(test)) {
        EXPECT_EQ(status.outcome, Outcome::Finished);
        EXPECT_EQ(batch.text("y"), text_of(constant_of(test.expected)));
        return;
    }
    EXPECT_EQ(status.outcome, Outcome::Faulted);
    EXPECT_EQ(name_of(status.fault), test.expected);
    EXPECT_EQ(status.statement, 2u);
    // Nothing was written: the output is zero, or what an update in place began with.
    const Type type = batch.value("y").type;
    const Constant zeros{type, std::vector<std::byte>(static_cast<std::size_t>(byte_count(type)))};
    const bool in_place = is_in_place(op_named(test.op));
    EXPECT_EQ(batch.text("y"), in_place ? text_of(constant_of(test.operands[0])) : text_of(zeros));
}

void check_evaluate(const OperationCase& test) {
    const TestBatch batch(program_text(test));
    const Instruction& instruction = batch.program.routines[0].instructions.back();
    std::vector<Constant> constants;
    for (const std::string& operand : test.operands) constants.push_back(constant_of(operand));
    std::vector<const Constant*> operands;
    for (const Constant& constant : constants) operands.push_back(&constant);
    const std::optional<Constant> result =
        evaluate(instruction.op, instruction.attributes, operands, batch.value("y").type);
    ASSERT_EQ(result.has_value(), !is_fault(test));
    if (result) {
        EXPECT_EQ(text_of(*result), text_of(constant_of(test.expected)));
    }
}

}  // namespace

void check_case(const OperationCase& test) {
    std::string shown = test.op;
    for (const std::string& operand : test.operands) shown += " (" + operand + ")";
    SCOPED_TRACE(shown + " {" + test.attributes + "}");
    check_program(test);
    check_evaluate(test);
}

}  // namespace dunlin::ir
