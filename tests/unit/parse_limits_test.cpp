// Sources made to hurt: each is answered with a diagnostic or a tree, without deep recursion. What
// is deep here would overflow the stack, and what is slow would be noticed, if a limit were
// missing.
#include <gtest/gtest.h>

#include <string>

#include "frontend/parse.hpp"

using namespace dunlin;

namespace {

std::string repeated(const std::string& piece, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += piece;
    return text;
}

// The codes of the diagnostics, with spaces between.
std::string codes(const std::string& source) {
    ir::SourceMap sources;
    std::string text;
    for (const auto& found : frontend::parse(sources, sources.add("t.dun", source)).diagnostics)
        text += (text.empty() ? "" : " ") + std::string(code_text(found.code));
    return text;
}

constexpr int kMany = 20'000;

}  // namespace

TEST(ParseLimits, Brackets) {
    for (const char* opener : {"(", "[", "f(", "a[", "[("})
        EXPECT_EQ(codes("x = " + repeated(opener, 100'000)), "E0103") << opener;
    EXPECT_EQ(codes(repeated("if c {", 30'000)), "E0103");
    EXPECT_EQ(codes("x = " + repeated("if c { ", 30'000)), "E0103");
    int most = frontend::kMaxBrackets;
    EXPECT_EQ(codes("x = " + repeated("(", most) + "1" + repeated(")", most)), "");
    EXPECT_EQ(codes("x = " + repeated("(", most + 1) + "1" + repeated(")", most + 1)), "E0103");
    EXPECT_EQ(codes(repeated("if c {\n", most) + "x = 1\n" + repeated("}\n", most)), "");
    EXPECT_EQ(codes(repeated(")", kMany)), "E0106");
    EXPECT_EQ(codes("x = " + repeated("([", 50) + repeated(")", kMany)), "E0106");
}

TEST(ParseLimits, Operators) {
    for (const char* piece : {"- ", "not ", "~", "a ** ", "1 + ", "x => ", "a or ", "- + "})
        EXPECT_EQ(codes("y = " + repeated(piece, kMany) + "1"), "E0103") << piece;
    EXPECT_EQ(codes("y = " + repeated("not ", 100'000) + "1"), "E0103");
    for (const char* piece : {"(1)", "[1]", ".a"})
        EXPECT_EQ(codes("y = f" + repeated(piece, 10'000)), "E0103") << piece;
    EXPECT_EQ(codes("y = if c { 1 }" + repeated(" elif c { 1 }", 5'000) + " else { 1 }"), "E0103");
    EXPECT_EQ(codes("y = " + repeated("if ", kMany)), "E0104");
    EXPECT_EQ(codes(repeated("if ", kMany)), "E0104");
}

TEST(ParseLimits, TheDepthOfATreeIsExact) {
    int most = frontend::ast::kMaxDepth;
    EXPECT_EQ(codes("y = " + repeated("1 + ", most - 1) + "1"), "");
    EXPECT_EQ(codes("y = " + repeated("1 + ", most) + "1"), "E0103");
    EXPECT_EQ(codes("if c { if c { y = " + repeated("1 + ", most - 3) + "1 } }"), "");
    EXPECT_EQ(codes("if c { if c { y = " + repeated("1 + ", most - 2) + "1 } }"), "E0103");
}

TEST(ParseLimits, LongIsNotDeep) {
    EXPECT_EQ(codes("x = [" + repeated("1,", 10'000) + "]"), "");
    EXPECT_EQ(codes("x = f(" + repeated("a, ", 10'000) + ")"), "");
    EXPECT_EQ(codes(repeated("x = 1\n", 5'000)), "");
    EXPECT_EQ(codes("if c { }" + repeated(" elif c { }", 5'000)), "");
    EXPECT_EQ(codes("x = 0" + std::string(1'000'000, '1')), "E0107");
    EXPECT_EQ(codes(std::string(2'000'000, 'a')), "");
    EXPECT_EQ(codes("print \"" + std::string(1'000'000, '\\') + "\""), "");
    EXPECT_EQ(codes("print \"" + repeated("\\u{", 100'000) + "\""), "E0114");
}

TEST(ParseLimits, LettersOutsideOfAsciiAreAsQuick) {
    EXPECT_EQ(codes(repeated("é", 500'000)), "");
    EXPECT_EQ(codes("# " + repeated("变", 300'000)), "");
    EXPECT_EQ(codes("print \"" + repeated("→", 300'000) + "\""), "");
}

TEST(ParseLimits, Size) {
    EXPECT_EQ(codes("x = " + std::string(10'000'000, '1')), "E0102");
    EXPECT_EQ(codes(std::string(frontend::kMaxSourceBytes, ' ')), "");
    EXPECT_EQ(codes(std::string(frontend::kMaxSourceBytes + 1, ' ')), "E0102");
    EXPECT_EQ(codes(repeated("+ ", 300'000)), "E0102");
    EXPECT_EQ(codes(std::string(4'000'000, '\n')), "E0102");
    EXPECT_EQ(codes(std::string(1'000'000, '"')), "E0102");
}

TEST(ParseLimits, ErrorsEverywhere) {
    EXPECT_EQ(codes(std::string(50'000, '$')), "E0105");
    EXPECT_EQ(codes(std::string(50'000, '\0')), "E0105");
    EXPECT_EQ(codes(repeated("x = 1 2;", 40'000)), "E0104");
    EXPECT_EQ(codes(repeated("else ", kMany)), "E0104");
    EXPECT_EQ(codes(repeated("1.", kMany)), "E0107");
    std::string twenty = "E0105";
    for (int i = 1; i < 20; ++i) twenty += " E0105";
    EXPECT_EQ(codes(repeated("$\n", 10'000)), twenty);
}

// A simple generator of pseudo-random numbers, so that a failure can be met again.
TEST(ParseLimits, NonsenseIsAnswered) {
    const std::string pieces[] = {
        "(",   ")",  "[",    "]", "{", "}",    "if ", "else ",  "elif ",  "fn ", "x",      " = ",
        "+",   "**", "=>",   ",", ":", "\n",   ";",   "\"",     "1",      ".",   "..",     "for ",
        "in ", "#",  "not ", "-", "é", "\r\n", "(+)", "while ", "print ", "0x",  "return "};
    std::uint64_t state = 1;
    for (int round = 0; round < 500; ++round) {
        std::string source;
        for (int i = 0; i < 60; ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            source += pieces[(state >> 33) % std::size(pieces)];
        }
        ir::SourceMap sources;
        frontend::ParsedFile parsed = frontend::parse(sources, sources.add("t.dun", source));
        EXPECT_LE(parsed.diagnostics.size(), 20u);
        for (const ir::Diagnostic& found : parsed.diagnostics) {
            EXPECT_LE(found.span.end, source.size() + 1) << source;
            EXPECT_NE(render(found, sources), "");
        }
        frontend::print_tree(parsed.statements);
    }
}
