// Loading, explaining and documenting, through the public header.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/dunlin.hpp"

namespace dunlin {
namespace {

TEST(Program, PortsParamsAndTests) {
    LoadOptions options;
    options.params["n"] = "3";
    auto program = Program::from_text("p.dun",
                                      "param n: int = 2\n"
                                      "param scale: float = 0.5\n"
                                      "input x: float[n]\n"
                                      "shared w: f32\n"
                                      "state s: int = 0\n"
                                      "output y = x * scale\n"
                                      "test \"one\" { assert true }\n",
                                      options);
    ASSERT_TRUE(program);
    ASSERT_TRUE(program->ok()) << program->diagnostics()[0].rendered;
    ASSERT_EQ(program->ports().size(), 4u);
    EXPECT_EQ(name_of(program->ports()[0].kind), "input");
    EXPECT_EQ(to_string(program->ports()[0].type), "f64[3]");
    EXPECT_EQ(program->port("w")->kind, PortKind::Shared);
    EXPECT_EQ(program->port("y")->line, 6);
    EXPECT_EQ(program->port("z"), nullptr);
    ASSERT_EQ(program->params().size(), 2u);
    EXPECT_EQ(program->params()[0].value, "3");
    EXPECT_TRUE(program->params()[0].bound);
    EXPECT_EQ(program->params()[1].value, "0.5");
    EXPECT_FALSE(program->params()[1].bound);
    ASSERT_EQ(program->tests().size(), 1u);
    EXPECT_EQ(program->tests()[0].name, "one");
    EXPECT_TRUE(program->load_test(0)->ok());
    EXPECT_EQ(program->source_line("p.dun", 5), "state s: int = 0");
    EXPECT_EQ(program->source_line("p.dun", 99), "");
}

TEST(Program, DiagnosticsAreData) {
    auto program = Program::from_text("p.dun", "a = zeros(3)\nb = zeros(4)\noutput c = a + b\n");
    ASSERT_TRUE(program);
    EXPECT_FALSE(program->ok());
    ASSERT_EQ(program->diagnostics().size(), 1u);
    const Diagnostic& diagnostic = program->diagnostics()[0];
    EXPECT_EQ(diagnostic.code, "E0203");
    EXPECT_EQ(diagnostic.severity, Severity::Error);
    EXPECT_EQ(diagnostic.range.file, "p.dun");
    EXPECT_EQ(diagnostic.range.line, 3);
    EXPECT_EQ(diagnostic.range.column, 12);
    EXPECT_EQ(diagnostic.range.end_column, 17);
    EXPECT_TRUE(diagnostic.rendered.starts_with("error[E0203]: "));
    EXPECT_EQ(Batch(*program).prepare()->code, "bad_request");
}

TEST(Program, FilesThatCannotBeRead) {
    EXPECT_EQ(Program::from_file("/no/such/file.dun").error().code, "file");
    EXPECT_EQ(Program::from_file("/").error().code, "file");
    EXPECT_EQ(Program::from_file("/dev/zero").error().code, "file");
}

TEST(Program, OptionsThatCannotBeMeant) {
    LoadOptions params;
    params.params["n"] = "[1,";
    EXPECT_EQ(Program::from_text("p.dun", "param n: int = 2\n", params).error().code,
              "bad_literal");
    LoadOptions types;
    types.int_type = DType::F32;
    EXPECT_EQ(Program::from_text("p.dun", "x = 1\n", types).error().code, "bad_request");
}

TEST(Program, IntAndFloatMeanWhatIsAsked) {
    LoadOptions options;
    options.int_type = DType::I32;
    options.float_type = DType::F32;
    auto program = Program::from_text("p.dun", "output a = 1\noutput b = 1.0\n", options);
    ASSERT_TRUE(program && program->ok());
    EXPECT_EQ(to_string(program->port("a")->type), "i32");
    EXPECT_EQ(to_string(program->port("b")->type), "f32");
}

TEST(Explain, Stages) {
    auto program =
        Program::from_text("p.dun", "input x: float[4]\ns = x + 1\noutput y = sum(s * s)\n");
    ASSERT_TRUE(program && program->ok());
    EXPECT_FALSE(program->explain("ast")->empty());
    EXPECT_TRUE(program->explain("microcode")->starts_with("program vm_bytes="));
    std::string memory = *program->explain("memory");
    EXPECT_TRUE(memory.starts_with("VM memory: ")) << memory;
    EXPECT_NE(memory.find("inputs, per VM: 32 bytes"), std::string::npos) << memory;
    EXPECT_NE(memory.find("outputs, per VM: 8 bytes"), std::string::npos) << memory;
}

TEST(Explain, NamesThatAreNotThere) {
    auto program = Program::from_text("p.dun", "output y = 1\n");
    ASSERT_TRUE(program && program->ok());
    EXPECT_EQ(program->explain("microcodes").error().help, "did you mean 'microcode'?");
    EXPECT_EQ(program->explain("microcode", "no such pass").error().code, "unknown_name");
    EXPECT_EQ(program->explain("ast", "fold").error().code, "bad_request");
}

TEST(Documentation, HasEveryKindOfFunction) {
    std::vector<DocEntry> entries = documentation();
    auto has = [&](const std::string& name) {
        return std::any_of(entries.begin(), entries.end(), [&](const DocEntry& entry) {
            return entry.name == name && !entry.signature.empty() && !entry.text.empty() &&
                   !entry.origin.empty();
        });
    };
    EXPECT_TRUE(has("sqrt"));
    EXPECT_TRUE(has("sum"));
    EXPECT_GT(entries.size(), 100u);
}

TEST(Doctor, TheSelfTestPasses) {
    std::vector<DoctorFact> facts = doctor();
    ASSERT_FALSE(facts.empty());
    for (const DoctorFact& fact : facts) EXPECT_TRUE(fact.ok) << fact.name << ": " << fact.value;
}

}  // namespace
}  // namespace dunlin
