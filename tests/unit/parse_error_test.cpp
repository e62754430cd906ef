// What the parser says of programs that are wrong: the code, the place, the words, the help, one
// message a slip, and how much of the rest it still reads.
#include <gtest/gtest.h>

#include <string>

#include "frontend/parse.hpp"

using namespace dunlin;

namespace {

struct Parsed {
    ir::SourceMap sources;
    frontend::ParsedFile file;
    explicit Parsed(const std::string& source)
        : file(frontend::parse(sources, sources.add("test.dun", source))) {}
    std::string tree() const { return frontend::print_tree(file.statements); }
};

// A line for each diagnostic: "2:5 E0104 the message | the help".
std::string errors(const std::string& source) {
    Parsed parsed(source);
    std::string text;
    for (const ir::Diagnostic& found : parsed.file.diagnostics) {
        ir::Place place = parsed.sources.place(found.span.file, found.span.begin);
        text += std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
                std::string(code_text(found.code)) + " " + found.message;
        if (!found.help.empty()) text += " | " + found.help;
        text += "\n";
    }
    return text;
}

// The words under the carets, a line for each diagnostic.
std::string marked(const std::string& source) {
    Parsed parsed(source);
    std::string text;
    for (const ir::Diagnostic& found : parsed.file.diagnostics)
        text += std::string(parsed.sources.text_of(found.span)) + "\n";
    return text;
}

std::string tree(const std::string& source) {
    return Parsed(source).tree();
}

constexpr const char* kNameHelp = " is a word of the language and cannot be a name\n";

}  // namespace

TEST(ParseErrors, Characters) {
    EXPECT_EQ(errors("x = 1\ny = \xff 2"),
              "2:5 E0101 the source is not valid UTF-8: byte 0xff at offset 10, line 2\n");
    EXPECT_EQ(errors("x = $5"), "1:5 E0105 unknown character '$'\n");
    EXPECT_EQ(errors(std::string("x = 1 \0", 7)), "1:7 E0105 unknown character U+0000\n");
    EXPECT_EQ(errors("x = \x01"), "1:5 E0105 unknown character U+0001\n");
    EXPECT_EQ(errors("x = 1\u00a0+ 2"),
              "1:6 E0105 unknown character U+00A0 | this is an unusual space: write a plain one\n");
    EXPECT_EQ(errors("x = “abc”"),
              "1:5 E0105 unknown character '“' | texts stand in plain double quotes: \"text\"\n");
    EXPECT_EQ(errors("x = a ? b : c"),
              "1:7 E0105 unknown character '?' | a choice is written: if c { a } else { b }\n");
    EXPECT_EQ(errors("x = a \\\n + b"),
              "1:7 E0105 unknown character '\\' | a line goes on after an operator or a comma, "
              "and inside brackets\n");
    EXPECT_EQ(errors("x = a × b"), "1:7 E0105 unknown character '×' | to multiply, write *\n");
}

TEST(ParseErrors, Numbers) {
    EXPECT_EQ(errors("x = 1."),
              "1:5 E0107 '1.' is not a number | a digit stands after the point: 1.0\n");
    EXPECT_EQ(errors("x = .5"),
              "1:5 E0107 '.5' is not a number | a digit stands before the point: 0.5\n");
    EXPECT_EQ(errors("x = 1__0"),
              "1:5 E0107 '1__0' is not a number | single underscores may stand between digits\n");
    EXPECT_EQ(errors("x = 1_"),
              "1:5 E0107 '1_' is not a number | single underscores may stand between digits\n");
    EXPECT_EQ(
        errors("x = 0b102"),
        "1:5 E0107 '0b102' is not a number | digits of base 16, 2 or 8 follow 0x, 0b or 0o\n");
    EXPECT_EQ(errors("x = 2e"), "1:5 E0107 '2e' is not a number | an exponent has digits: 2e-3\n");
    EXPECT_EQ(errors("x = 12abc"),
              "1:5 E0107 '12abc' is not a number | a sign stands between a number and a name: "
              "2 * x\n");
    EXPECT_EQ(errors("x = 1.5.2"),
              "1:5 E0107 '1.5.2' is not a number | a number has one point at most\n");
    EXPECT_EQ(errors("x = 007"),
              "1:5 E0107 '007' begins with a zero | an octal number begins with 0o\n");
    EXPECT_EQ(marked("x = 1.\ny = 12abc + 1"), "1.\n12abc\n");
    EXPECT_EQ(tree("x = 1.\ny = .5 + 1"), "assign x = 1\nassign y = (+ 5 1)\n");
}

TEST(ParseErrors, LiteralsTooLarge) {
    EXPECT_EQ(errors("x = 18446744073709551616"),
              "1:5 E0108 the literal is larger than 2^64 - 1 | a float is written with a point or "
              "an exponent\n");
    EXPECT_EQ(errors("x = 0x1_0000_0000_0000_0000").substr(0, 10), "1:5 E0108 ");
    EXPECT_EQ(errors("x = -9223372036854775809"),
              "1:5 E0108 the literal is less than -2^63 | a float is written with a point or an "
              "exponent\n");
    EXPECT_EQ(errors("x = 1e309"),
              "1:5 E0108 the literal is larger than any float | infinity is written inf\n");
    EXPECT_EQ(errors("x = 1" + std::string(400, '0') + ".0").substr(0, 10), "1:5 E0108 ");
    EXPECT_EQ(errors("x = 0." + std::string(400, '0') + "1"), "");
}

TEST(ParseErrors, Texts) {
    EXPECT_EQ(errors("print \"abc\nx = )"),
              "1:7 E0109 the string does not end on its line | close it with \"\n"
              "2:5 E0106 ')' closes nothing\n");
    EXPECT_EQ(errors("print \"abc\\"),
              "1:7 E0109 the string does not end on its line | close it with \"\n");
    EXPECT_EQ(errors("print 'abc'"),
              "1:7 E0104 a text in single quotes | texts stand in double quotes: \"text\"\n");
    for (const char* escape : {"\\q", "\\u{}", "\\u{110000}", "\\u{D800}", "\\u{12", "\\u{zz}"})
        EXPECT_EQ(errors("print \"a" + std::string(escape) + "\"").substr(0, 10), "1:9 E0114 ")
            << escape;
    EXPECT_EQ(errors("print \"\\q\""),
              "1:8 E0114 a backslash before 'q' | the escapes are \\n \\t \\\" \\\\ \\u{1F600}\n");
}

TEST(ParseErrors, BracketsThatDoNotMatch) {
    EXPECT_EQ(errors("x = )\ny = 1"), "1:5 E0106 ')' closes nothing\n");
    EXPECT_EQ(errors("x = (1 + 2"), "1:5 E0106 '(' is never closed\n");
    EXPECT_EQ(errors("x = (1, 2]\ny = ["),
              "1:10 E0106 '(' is closed by ']'\n2:5 E0106 '[' is never closed\n");
    EXPECT_EQ(errors("fn f() {\n x = 1\n"), "1:8 E0106 '{' is never closed\n");
    EXPECT_EQ(errors("if c { a = 1 } }\nx = 1"), "1:16 E0106 '}' closes nothing\n");
    EXPECT_EQ(errors("fn f() { x = ( }\ny = 1"), "1:14 E0106 '(' is never closed\n");
    EXPECT_EQ(tree("fn f() {\n x = 1\n"), "fn f()\n  assign x = 1\n");
}

TEST(ParseErrors, BothBracketsAreShown) {
    Parsed crossed("x = (1,\n 2]");
    ASSERT_EQ(crossed.file.diagnostics.size(), 1u);
    ASSERT_EQ(crossed.file.diagnostics[0].notes.size(), 1u);
    EXPECT_EQ(crossed.file.diagnostics[0].span.begin, 10u);
    EXPECT_EQ(crossed.file.diagnostics[0].notes[0].first.begin, 4u);
    EXPECT_EQ(crossed.file.diagnostics[0].notes[0].second, "'(' stands here");
}

TEST(ParseErrors, AForgottenBracketEndsWhereAStatementBegins) {
    const char* source = "a = f(1, 2\nreturn a\n\nb = (3\nparam n = 1\nc = 4";
    EXPECT_EQ(errors(source),
              "1:6 E0106 '(' is never closed\n"
              "4:5 E0106 '(' is never closed\n");
    EXPECT_EQ(tree("a = f(1, 2\nprint a"), "assign a = (call f 1 2)\nprint a\n");
}

TEST(ParseErrors, Conditions) {
    EXPECT_EQ(errors("if x = 3 { halt }"),
              "1:6 E0104 expected '{' after the condition, found '=' | to compare, write ==\n");
    EXPECT_EQ(errors("while x:\n  y = 1"),
              "1:8 E0104 expected '{' after the condition, found ':' | a block stands in braces: "
              "{ ... }\n");
    EXPECT_EQ(
        errors("if c then { halt }"),
        "1:6 E0104 expected '{' after the condition, found 'then' | a block stands in braces: "
        "{ ... }\n");
    EXPECT_EQ(errors("if c\n{ x = 1 }\ny = 1 2"),
              "1:5 E0104 expected '{' after the condition, found the end of the line | the '{' "
              "stands on the same line\n"
              "3:7 E0104 expected the end of the statement, found '2'\n");
    EXPECT_EQ(errors("if { x = 1 }"), "1:4 E0104 expected an expression after 'if', found '{'\n");
    EXPECT_EQ(errors("if a { } else if b { }"),
              "1:15 E0104 expected '{' after 'else', found the word 'if' | write elif\n");
    EXPECT_EQ(errors("else { x = 1 }"),
              "1:1 E0104 expected a statement, found the word 'else' | it follows the '}' of an "
              "if\n");
    EXPECT_EQ(errors("x = if c { 1 }\n"),
              "1:15 E0104 expected 'else', found the end of the line | an if that gives a value "
              "has an else: if c { a } else { b }\n");
    EXPECT_EQ(errors("x = if c { 1 2 } else { 3 }"),
              "1:14 E0104 expected '}' after the value, found '2'\n");
    EXPECT_EQ(errors("x = a if c else b"),
              "1:7 E0104 expected the end of the statement, found the word 'if' | a choice is "
              "written if c { a } else { b }\n");
}

TEST(ParseErrors, Loops) {
    EXPECT_EQ(errors("for i 0..10 { print j k }"),
              "1:7 E0104 expected 'in' after 'i', found '0' | a loop is written for i in 0..n "
              "{ }\n");
    EXPECT_EQ(tree("for i = 0..10 { print i }"), "for i in (.. 0 10)\n  print i\n");
    EXPECT_EQ(errors("for (i = 0; i < n) { }"),
              "1:5 E0104 expected a name after 'for', found '(' | a loop is written for i in 0..n "
              "{ }\n");
    EXPECT_EQ(errors("x = [i for i]"), "1:13 E0104 expected 'in' after 'i', found ']'\n");
    EXPECT_EQ(errors("x = 0..3..4"),
              "1:9 E0104 expected the end of the statement, found '..' | a range has one start "
              "and one end\n");
}

TEST(ParseErrors, Functions) {
    EXPECT_EQ(errors("fn f(x): x"),
              "1:8 E0104 expected '=' or '{' after the parameters, found ':' | a block stands in "
              "braces: { ... }\n");
    EXPECT_EQ(errors("fn f(x) -> float { return x }"),
              "1:9 E0104 '->' is not an operator | a lambda is written x => e; what a function "
              "returns is not declared\n");
    EXPECT_EQ(tree("fn f(x) -> float { return x }"), "fn f(x)\n  return x\n");
    EXPECT_EQ(errors("fn 3() = 1"), "1:4 E0104 expected a name after 'fn', found '3'\n");
    EXPECT_EQ(errors("fn f = 1"), "1:6 E0104 expected '(' after the function's name, found '='\n");
    EXPECT_EQ(errors("fn f(1) = 1"), "1:6 E0104 expected a parameter or ')', found '1'\n");
    EXPECT_EQ(errors("fn f(a b) = 1"), "1:8 E0104 expected ',' or ')', found 'b'\n");
    EXPECT_EQ(errors("fn f(a: 3) = 1"), "1:9 E0104 expected a type after ':', found '3'\n");
    EXPECT_EQ(errors("fn f(a..., b) = 1"),
              "1:6 E0104 the parameter that takes the rest is the last one\n");
    EXPECT_EQ(errors("fn f(a... = 2) = 1"),
              "1:6 E0104 the parameter that takes the rest has no default\n");
    EXPECT_EQ(errors("f = (a + 1) => a"),
              "1:6 E0104 expected a name before '=>' | a lambda is written x => e, or (a, b) => "
              "e\n");
}

TEST(ParseErrors, CallsAndBrackets) {
    EXPECT_EQ(errors("x = f(a b)"), "1:9 E0104 expected ',' or ')', found 'b'\n");
    EXPECT_EQ(errors("\nx = f(\n  a\n  b)"),
              "4:3 E0104 expected ',' or ')' to close '(' opened at line 2, found 'b'\n");
    EXPECT_EQ(errors("x = [1 2]"), "1:8 E0104 expected ',' or ']', found '2'\n");
    EXPECT_EQ(errors("x = a[]"), "1:7 E0104 expected an index, found ']'\n");
    EXPECT_EQ(errors("x = a[1:2:3:4]"),
              "1:12 E0104 expected ',' or ']', found ':' | a slice has three parts at most: start "
              ": stop : step\n");
    EXPECT_EQ(errors("x = (1,, 2)"), "1:8 E0104 expected an expression after ',', found ','\n");
    EXPECT_EQ(errors("x = ()"),
              "1:5 E0104 nothing stands in the parentheses | an empty array is written []\n");
    EXPECT_EQ(errors("f(a=1, 2)"),
              "1:8 E0104 an argument without a name after one with a name | arguments with names "
              "come last\n");
    EXPECT_EQ(errors("f(a + 1 = 2)"),
              "1:9 E0104 expected the name of an argument before '=' | to compare, write ==\n");
    EXPECT_EQ(errors("x = a.5"), "1:7 E0104 expected a name after '.', found '5'\n");
    EXPECT_EQ(errors("x = reduce(+, y)"),
              "1:13 E0104 expected an expression after '+', found ','\n");
}

TEST(ParseErrors, Expressions) {
    EXPECT_EQ(errors("x = 1 +\n"),
              "1:8 E0104 expected an expression after '+', found the end of the file\n");
    EXPECT_EQ(errors("x = ;"), "1:5 E0104 expected an expression after '=', found ';'\n");
    EXPECT_EQ(errors("fn f() { x = 1 + }"),
              "1:18 E0104 expected an expression after '+', found '}'\n");
    EXPECT_EQ(errors("a < b < c"), "1:7 E0104 comparisons do not chain | write a < b and b < c\n");
    EXPECT_EQ(errors("x = a == not b"),
              "1:10 E0104 expected an expression after '==', found the word 'not' | a not inside "
              "an expression stands in parentheses\n");
    EXPECT_EQ(errors("x = 1 + if c { 1 } else { 2 }"),
              "1:9 E0104 expected an expression after '+', found the word 'if' | an if inside an "
              "expression stands in parentheses\n");
    EXPECT_EQ(errors("x = 1 2"), "1:7 E0104 expected the end of the statement, found '2'\n");
    EXPECT_EQ(errors("x = 1 \"a\""), "1:7 E0104 expected the end of the statement, found a text\n");
}

TEST(ParseErrors, SignsOfOtherLanguages) {
    EXPECT_EQ(errors("x = a && b"), "1:7 E0104 '&&' is not an operator | write and\n");
    EXPECT_EQ(errors("x = a || b"), "1:7 E0104 '||' is not an operator | write or\n");
    EXPECT_EQ(errors("x = !a"), "1:5 E0104 '!' is not an operator | write not\n");
    EXPECT_EQ(errors("x := 1"), "1:3 E0104 ':=' is not an operator | to assign, write =\n");
    EXPECT_EQ(errors("x++"), "1:2 E0104 '++' is not an operator | write x += 1\n");
    EXPECT_EQ(errors("--x"), "1:1 E0104 '--' is not an operator | write x -= 1\n");
    EXPECT_EQ(tree("if a && !b || c { halt }"), "if (or (and a (not b)) c)\n  halt\n");
}

TEST(ParseErrors, WordsOfOtherLanguages) {
    EXPECT_EQ(errors("def f(x): return x"),
              "1:1 E0104 'def' is not a word of Dunlin | a function is written fn f(x) = e, or fn "
              "f(x) { ... return e }\n");
    for (const char* word : {"let", "var", "const"})
        EXPECT_EQ(errors(std::string(word) + " x = 3"),
                  "1:1 E0104 '" + std::string(word) +
                      "' is not a word of Dunlin | a name is made by assigning to it: x = e\n");
    EXPECT_EQ(errors("float x = 3"),
              "1:1 E0104 'float' is not a word of Dunlin | a type stands after the name: x: int = "
              "e\n");
    EXPECT_EQ(errors("x = lambda y: y"),
              "1:5 E0104 'lambda' is not a word of Dunlin | a lambda is written x => e, or (a, b) "
              "=> e\n");
    EXPECT_EQ(tree("let x = 3\ny = 1"), "assign y = 1\n");
}

TEST(ParseErrors, WordsThatCannotBeNames) {
    EXPECT_EQ(errors("state = 3"), "1:7 E0104 expected a name after 'state', found '=' | 'state'" +
                                       std::string(kNameHelp));
    EXPECT_EQ(errors("x = in + 3"),
              "1:5 E0104 expected an expression after '=', found the word 'in' | 'in'" +
                  std::string(kNameHelp));
    EXPECT_EQ(errors("fn test(x) = 1"),
              "1:4 E0104 expected a name after 'fn', found the word 'test' | 'test'" +
                  std::string(kNameHelp));
}

TEST(ParseErrors, OtherStatements) {
    EXPECT_EQ(errors("import 3"),
              "1:8 E0104 expected a module's name or a path in quotes, found '3'\n");
    EXPECT_EQ(errors("fail x"), "1:6 E0104 expected a text in quotes after 'fail', found 'x'\n");
    EXPECT_EQ(errors("assert x, y"), "1:11 E0104 expected a text in quotes after ',', found 'y'\n");
    EXPECT_EQ(errors("print"),
              "1:6 E0104 expected an expression after 'print', found the end of the file\n");
    EXPECT_EQ(errors("test \"a\" x"),
              "1:10 E0104 expected '{' after the name of the test, found 'x' | a block stands in "
              "braces: { ... }\n");
    EXPECT_EQ(errors("x: float\n"),
              "1:9 E0104 expected '=' and a value, found the end of the line\n");
    EXPECT_EQ(errors("x = y = 3"),
              "1:7 E0104 expected the end of the statement, found '=' | one assignment a "
              "statement; to compare, write ==\n");
    EXPECT_EQ(errors("until x { }"),
              "1:1 E0104 'until' is not a word of Dunlin | write while not c { }\n");
    EXPECT_EQ(errors("repeat { }"),
              "1:8 E0104 expected the end of the statement, found '{' | a block follows if, elif, "
              "else, while, for, fn or test\n");
}

TEST(ParseErrors, Targets) {
    const std::string title = " E0110 this cannot be assigned to | ";
    EXPECT_EQ(errors("f(1) = 3"), "1:1" + title + "a function is written fn f(x) = e\n");
    EXPECT_EQ(errors("a + b = 4"), "1:1" + title + "to compare, write ==\n");
    EXPECT_EQ(errors("(a, b) = c"),
              "1:1" + title + "write the targets without parentheses: a, b = e\n");
    EXPECT_EQ(errors("a[1][2] = 3"), "1:1" + title + "write the indices together: a[i, j]\n");
    EXPECT_EQ(errors("x, a.b = 3"),
              "1:4" + title + "a target is a name, or elements of one: x, a[i], a[1:3, :]\n");
    EXPECT_EQ(errors("5 += 3").substr(0, 10), "1:1 E0110 ");
    EXPECT_EQ(errors("a, b += 1"), "1:4 E0110 an assignment with an operator has one target\n");
    EXPECT_EQ(errors("a, b: int = 1"), "1:4 E0110 a type is said of one name at a time\n");
    EXPECT_EQ(errors("a[1]: int = 1"), "1:1 E0110 a type is said of a name\n");
    EXPECT_EQ(tree("f(1) = 3\nif (a, b) { x = 1\n 5 = 6 }"), "if (tuple a b)\n  assign x = 1\n");
}

TEST(ParseErrors, OneMessageASlip) {
    EXPECT_EQ(errors("x = a b c d e; y = ) ]"), "1:20 E0106 ')' closes nothing\n");
    EXPECT_EQ(errors("x = f(\n a b,\n c d,\n e f)\ny = 1 2"),
              "2:4 E0104 expected ',' or ')' to close '(' opened at line 1, found 'b'\n"
              "5:7 E0104 expected the end of the statement, found '2'\n");
}

TEST(ParseErrors, BlocksAreReadBehindABadHeader) {
    const char* source =
        "if x = 1 {\n y = 1 2\n}\nwhile + {\n z = ]\n}\nfn f(x): {\n w = 3 4\n}\n"
        "for i 3 {\n v = 5 6\n}\nu = if a + { 1 } else { 2 }\nt = 7";
    Parsed parsed(source);
    std::string lines;
    for (const ir::Diagnostic& found : parsed.file.diagnostics)
        lines += std::to_string(parsed.sources.place(0, found.span.begin).line) + " ";
    EXPECT_EQ(lines, "1 2 4 5 7 8 10 11 13 ");
    EXPECT_EQ(parsed.tree(),
              "if x\n  assign y = 1\nfn f(x)\n  assign w = 3\nfor i in 3\n  assign v = 5\n"
              "assign t = 7\n");
}

TEST(ParseErrors, StopAfterTwenty) {
    std::string source;
    for (int i = 0; i < 1000; ++i) source += "x = 1 2\n";
    EXPECT_EQ(Parsed(source).file.diagnostics.size(), 20u);
}
