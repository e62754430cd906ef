// What the parser makes of programs that are right: the printed tree of each form, the precedence
// of each pair of operators, and where statements end.
#include "frontend/parse.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace dunlin;

namespace {

// The printed tree; the diagnostics instead, when there are any.
std::string tree(const std::string& source) {
    ir::SourceMap sources;
    frontend::ParsedFile parsed = frontend::parse(sources, sources.add("test.dun", source));
    std::string text;
    for (const ir::Diagnostic& found : parsed.diagnostics) text += render(found, sources);
    if (text.empty()) text = frontend::print_tree(parsed.statements);
    return text;
}

// The tree of an expression.
std::string expr(const std::string& source) {
    std::string text = tree("x = " + source + "\n");
    const std::string begin = "assign x = ";
    if (!text.starts_with(begin)) return text;
    return text.substr(begin.size(), text.size() - begin.size() - 1);
}

// The only statement of a source, and its file.
struct Only {
    ir::SourceMap sources;
    frontend::ParsedFile parsed;
    explicit Only(const std::string& source)
        : parsed(frontend::parse(sources, sources.add("test.dun", source))) {}
    template <class Node>
    const Node& get() const {
        return std::get<Node>(parsed.statements.at(0)->node);
    }
};

}  // namespace

TEST(ParseStatements, Assignments) {
    EXPECT_EQ(tree("x = 1"), "assign x = 1\n");
    EXPECT_EQ(tree("x: f32[3] = e"), "assign x: f32[3] = e\n");
    EXPECT_EQ(tree("x: int = 1, 2"), "assign x: int = (tuple 1 2)\n");
    EXPECT_EQ(tree("x: float[n, 2 * m,] = e"), "assign x: float[n (* 2 m)] = e\n");
    EXPECT_EQ(tree("q, r = f(x)"), "assign q r = (call f x)\n");
    EXPECT_EQ(tree("a, b = b, a"), "assign a b = (tuple b a)\n");
    EXPECT_EQ(tree("a[i] = 1; a[1:3, :] = 2; a[mask] = 0"),
              "assign (index a i) = 1\nassign (index a 1:3 :) = 2\nassign (index a mask) = 0\n");
    EXPECT_EQ(tree("a[i], b = c"), "assign (index a i) b = c\n");
}

TEST(ParseStatements, CompoundAssignments) {
    for (const char* op : {"+", "-", "*", "/", "//", "%", "@", "**", "&", "|", "^", "<<", ">>"})
        EXPECT_EQ(tree("x " + std::string(op) + "= y"), "assign x " + std::string(op) + "= y\n");
    EXPECT_EQ(tree("a[1:3, :] *= 2"), "assign (index a 1:3 :) *= 2\n");
}

TEST(ParseStatements, Branches) {
    EXPECT_EQ(tree("if a { x = 1 }"), "if a\n  assign x = 1\n");
    EXPECT_EQ(tree("if a { x = 1 } elif b { x = 2 } elif c { } else { x = 3 }"),
              "if a\n  assign x = 1\nelif b\n  assign x = 2\nelif c\nelse\n  assign x = 3\n");
}

TEST(ParseStatements, Loops) {
    EXPECT_EQ(tree("while c { break; continue }"), "while c\n  break\n  continue\n");
    EXPECT_EQ(tree("for i in 0..n { halt }"), "for i in (.. 0 n)\n  halt\n");
    EXPECT_EQ(tree("for _ in a { }"), "for _ in a\n");
}

TEST(ParseStatements, Functions) {
    EXPECT_EQ(tree("fn f() = 1"), "fn f() = 1\n");
    EXPECT_EQ(tree("fn f(a, b: float[n], k = 2, c: int = 3) = a"),
              "fn f(a, b: float[n], k = 2, c: int = 3) = a\n");
    EXPECT_EQ(tree("fn f(x, dims...) { return x }"), "fn f(x, dims...)\n  return x\n");
    EXPECT_EQ(tree("fn f(a, b,) = x => a"), "fn f(a, b) = (=> (x) a)\n");
    EXPECT_EQ(tree("fn f() { fn g() = 1\n return g(), 2 }"),
              "fn f()\n  fn g() = 1\n  return (tuple (call g) 2)\n");
    EXPECT_EQ(tree("fn f() { return }"), "fn f()\n  return\n");
}

TEST(ParseStatements, DocComments) {
    EXPECT_EQ(tree("# first\n#   second\r\nfn f() = 1"), "# first\n#   second\nfn f() = 1\n");
    EXPECT_EQ(tree("# apart\n\nfn f() = 1"), "fn f() = 1\n");
    EXPECT_EQ(tree("x = 1 # beside\nfn f() = 1"), "assign x = 1\nfn f() = 1\n");
    EXPECT_EQ(tree("# before\nx = 1; fn f() = 1"), "assign x = 1\nfn f() = 1\n");
    EXPECT_EQ(tree("fn f() {\n  # inner\n  fn g() = 1\n}"), "fn f()\n  # inner\n  fn g() = 1\n");
    EXPECT_EQ(Only("#bare\n# \n#\nfn f() = 1").get<frontend::ast::Function>().doc, "bare\n\n");
}

TEST(ParseStatements, OneWordAndText) {
    EXPECT_EQ(tree("halt"), "halt\n");
    EXPECT_EQ(tree("assert a < b"), "assert (< a b)\n");
    EXPECT_EQ(tree("assert c, \"why\""), "assert c, \"why\"\n");
    EXPECT_EQ(tree("fail \"why\""), "fail \"why\"\n");
    EXPECT_EQ(tree("print a, \"b\", c + 1"), "print a \"b\" (+ c 1)\n");
    EXPECT_EQ(tree("print (a), b"), "print a b\n");
    EXPECT_EQ(tree("test \"name\" { assert true }"), "test \"name\"\n  assert true\n");
    EXPECT_EQ(tree("import \"geometry.dun\"\nimport stats"),
              "import \"geometry.dun\"\nimport stats\n");
    EXPECT_EQ(tree("f(x)\na, b"), "expression (call f x)\nexpression (tuple a b)\n");
}

TEST(ParseStatements, Declarations) {
    EXPECT_EQ(tree("param n: int = 64\nparam m = 3"), "param n: int = 64\nparam m = 3\n");
    EXPECT_EQ(tree("input x: float[n]"), "input x: float[n]\n");
    EXPECT_EQ(tree("shared W: float[4, n]"), "shared W: float[4 n]\n");
    EXPECT_EQ(tree("state v: float[2] = [0, 0]"), "state v: float[2] = [0 0]\n");
    EXPECT_EQ(tree("output a = e; output b: float[2]; output c: float = e"),
              "output a = e\noutput b: float[2]\noutput c: float = e\n");
}

TEST(ParseExpressions, Literals) {
    EXPECT_EQ(expr("42"), "42");
    EXPECT_EQ(expr("1_000"), "1000");
    EXPECT_EQ(expr("0xff"), "255");
    EXPECT_EQ(expr("0xDEAD_beef"), "3735928559");
    EXPECT_EQ(expr("0b101"), "5");
    EXPECT_EQ(expr("0o17"), "15");
    EXPECT_EQ(expr("0"), "0");
    EXPECT_EQ(expr("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(expr("1.5"), "1.5");
    EXPECT_EQ(expr("1_000.5"), "1000.5");
    EXPECT_EQ(expr("2e-3"), "0.002");
    EXPECT_EQ(expr("2E+3"), "2000.0");
    EXPECT_EQ(expr("1.7976931348623157e308"), "1.7976931348623157e+308");
    EXPECT_EQ(expr("4.9e-324"), "5e-324");
    EXPECT_EQ(expr("1e-999"), "0.0");
    EXPECT_EQ(expr("0e999"), "0.0");
    EXPECT_EQ(expr("true and false"), "(and true false)");
    EXPECT_EQ(expr("[inf, nan, pi, e]"), "[inf nan pi e]");
}

TEST(ParseExpressions, TheMinusOfALiteralIsPartOfIt) {
    EXPECT_EQ(expr("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(expr("- 5"), "(- 5)");
    EXPECT_EQ(expr("-(5)"), "(- 5)");
    EXPECT_EQ(expr("--5"), "(- -5)");
    EXPECT_EQ(expr("-5 ** 2"), "(- (** 5 2))");
    EXPECT_EQ(expr("a -5"), "(- a 5)");
    EXPECT_EQ(expr("-1.5"), "(- 1.5)");
}

TEST(ParseExpressions, Texts) {
    EXPECT_EQ(tree(R"(print "a\n\t\"\\\u{e9}\u{1F600}")"), "print \"a\\n\\t\\\"\\\\é😀\"\n");
    EXPECT_EQ(tree("print \"# no comment, (no bracket\""), "print \"# no comment, (no bracket\"\n");
    EXPECT_EQ(tree("print \"\""), "print \"\"\n");
}

TEST(ParseExpressions, Names) {
    EXPECT_EQ(expr("größe + 变量2 + _ + ひらがな"), "(+ (+ (+ größe 变量2) _) ひらがな)");
    EXPECT_EQ(expr("iffy + notes + inner + e1"), "(+ (+ (+ iffy notes) inner) e1)");
    EXPECT_EQ(expr("stats.mean(x).y"), "(. (call (. stats mean) x) y)");
}

TEST(ParseExpressions, EachLevelBindsTighterThanTheOneBefore) {
    const std::vector<std::vector<std::string>> levels = {
        {"or"}, {"and"},    {"==", "!=", "<", "<=", ">", ">="}, {"|"}, {"^"}, {"&"}, {"<<", ">>"},
        {".."}, {"+", "-"}, {"*", "/", "//", "%", "@"},         {"**"}};
    for (std::size_t loose = 0; loose < levels.size(); ++loose)
        for (std::size_t tight = loose + 1; tight < levels.size(); ++tight)
            for (const std::string& l : levels[loose])
                for (const std::string& t : levels[tight]) {
                    EXPECT_EQ(expr("a " + l + " b " + t + " c"), "(" + l + " a (" + t + " b c))");
                    EXPECT_EQ(expr("a " + t + " b " + l + " c"), "(" + l + " (" + t + " a b) c)");
                }
}

TEST(ParseExpressions, OperatorsOfOneLevelBindFromTheLeft) {
    for (const char* op :
         {"or", "and", "|", "^", "&", "<<", ">>", "+", "-", "*", "/", "//", "%", "@"}) {
        std::string o = op;
        EXPECT_EQ(expr("a " + o + " b " + o + " c"), "(" + o + " (" + o + " a b) c)");
    }
    EXPECT_EQ(expr("a + b - c"), "(- (+ a b) c)");
    EXPECT_EQ(expr("a << b >> c"), "(>> (<< a b) c)");
    EXPECT_EQ(expr("a * b // c @ d"), "(@ (// (* a b) c) d)");
}

TEST(ParseExpressions, Powers) {
    EXPECT_EQ(expr("a ** b ** c"), "(** a (** b c))");
    EXPECT_EQ(expr("-x ** 2"), "(- (** x 2))");
    EXPECT_EQ(expr("2 ** -1"), "(** 2 -1)");
    EXPECT_EQ(expr("2 ** -x ** 3"), "(** 2 (- (** x 3)))");
    EXPECT_EQ(expr("a ** ~-b * c"), "(* (** a (~ (- b))) c)");
    EXPECT_EQ(expr("f(x)[0] ** 2"), "(** (index (call f x) 0) 2)");
}

TEST(ParseExpressions, PrefixOperators) {
    EXPECT_EQ(expr("not a == b"), "(not (== a b))");
    EXPECT_EQ(expr("not not a and b"), "(and (not (not a)) b)");
    EXPECT_EQ(expr("-a * ~b"), "(* (- a) (~ b))");
    EXPECT_EQ(expr("- + ~a"), "(- (+ (~ a)))");
    EXPECT_EQ(expr("a - -b"), "(- a (- b))");
    EXPECT_EQ(expr("a + +b"), "(+ a (+ b))");
}

TEST(ParseExpressions, Ranges) {
    EXPECT_EQ(expr("0..10"), "(.. 0 10)");
    EXPECT_EQ(expr("0..10_000"), "(.. 0 10000)");
    EXPECT_EQ(expr("a + 1 .. b - 1"), "(.. (+ a 1) (- b 1))");
    EXPECT_EQ(expr("1.5..2.5"), "(.. 1.5 2.5)");
}

TEST(ParseExpressions, CallsAndSubscripts) {
    EXPECT_EQ(expr("f()"), "(call f)");
    EXPECT_EQ(expr("sum(a, axis=0,)"), "(call sum a axis=0)");
    EXPECT_EQ(expr("f(x => x, if c { 1 } else { 2 })"), "(call f (=> (x) x) (if c 1 2))");
    EXPECT_EQ(expr("f(1)(2)[3]"), "(index (call (call f 1) 2) 3)");
    EXPECT_EQ(expr("a[i]"), "(index a i)");
    EXPECT_EQ(expr("a[i, j,]"), "(index a i j)");
    EXPECT_EQ(expr("a[1:3]"), "(index a 1:3)");
    EXPECT_EQ(expr("a[:, ::2, 1:, :2, 1:2:3, ::]"), "(index a : ::2 1: :2 1:2:3 :)");
    EXPECT_EQ(expr("a[-1, None]"), "(index a -1 None)");
    EXPECT_EQ(expr("a[i : i + 3]"), "(index a i:(+ i 3))");
}

TEST(ParseExpressions, ArraysAndTuples) {
    EXPECT_EQ(expr("[]"), "[]");
    EXPECT_EQ(expr("[1, [2, 3], 4,]"), "[1 [2 3] 4]");
    EXPECT_EQ(expr("[i * j for i in 0..n, j in xs]"), "[(* i j) for i in (.. 0 n) for j in xs]");
    EXPECT_EQ(expr("(a)"), "a");
    EXPECT_EQ(expr("(a,)"), "(tuple a)");
    EXPECT_EQ(expr("(a, b,)"), "(tuple a b)");
    EXPECT_EQ(expr("a, b"), "(tuple a b)");
}

TEST(ParseExpressions, Choices) {
    EXPECT_EQ(expr("if c { a } else { b }"), "(if c a b)");
    EXPECT_EQ(expr("if c { a } elif d { b } elif e { f } else { g }"),
              "(if c a (if d b (if e f g)))");
    EXPECT_EQ(expr("(if c { a } else { b }) + 1"), "(+ (if c a b) 1)");
    EXPECT_EQ(expr("if c { if d { 1 } else { 2 } } else { x => 3 }"),
              "(if c (if d 1 2) (=> (x) 3))");
    EXPECT_EQ(expr("[if c { a } else { b }]"), "[(if c a b)]");
}

TEST(ParseExpressions, Lambdas) {
    EXPECT_EQ(expr("x => x + 1"), "(=> (x) (+ x 1))");
    EXPECT_EQ(expr("(a, b) => a * b"), "(=> (a b) (* a b))");
    EXPECT_EQ(expr("(a, b,) => a"), "(=> (a b) a)");
    EXPECT_EQ(expr("(a) => a"), "(=> (a) a)");
    EXPECT_EQ(expr("() => 1"), "(=> () 1)");
    EXPECT_EQ(expr("x => y => x or y"), "(=> (x) (=> (y) (or x y)))");
    EXPECT_EQ(expr("x => if x { 1 } else { 2 }"), "(=> (x) (if x 1 2))");
}

TEST(ParseExpressions, OperatorsAsFunctions) {
    for (const char* op : {"or", "and", "==", "!=", "<", "<=", ">",  ">=", "|", "^", "&",
                           "<<", ">>",  "+",  "-",  "*", "/",  "//", "%",  "@", "**"}) {
        std::string o = op;
        EXPECT_EQ(expr("reduce((" + o + "), x)"), "(call reduce (" + o + ") x)");
        EXPECT_EQ(expr("outer(( " + o + "\t), x)"), "(call outer (" + o + ") x)");
    }
}

TEST(ParseLines, ALineEndEndsAStatement) {
    EXPECT_EQ(tree("\n\n a = 1 \n\n;; b = 2 ; c = 3;\n# end"),
              "assign a = 1\nassign b = 2\nassign c = 3\n");
    EXPECT_EQ(tree(""), "");
    EXPECT_EQ(tree(" # nothing"), "");
}

TEST(ParseLines, ALineGoesOnAfterAnOperatorOrAComma) {
    for (const char* op : {"or", "and", "==", "!=", "<", "<=", ">", ">=", "|", "^", "&",
                           "<<", ">>",  "..", "+",  "-", "*",  "/", "//", "%", "@", "**"}) {
        std::string o = op;
        EXPECT_EQ(expr("a " + o + " # why\n\n b"), "(" + o + " a b)");
    }
    EXPECT_EQ(expr("\n a"), "a");
    EXPECT_EQ(expr("a,\n b"), "(tuple a b)");
    EXPECT_EQ(expr("x =>\n x"), "(=> (x) x)");
    EXPECT_EQ(expr("not\n x"), "(not x)");
    EXPECT_EQ(expr("~\n x"), "(~ x)");
    EXPECT_EQ(tree("x +=\n 1"), "assign x += 1\n");
    EXPECT_EQ(tree("a\n-b"), "expression a\nexpression (- b)\n");
}

TEST(ParseLines, ALineGoesOnInsideBrackets) {
    EXPECT_EQ(expr("f(\n a\n ,\n b\n)"), "(call f a b)");
    EXPECT_EQ(expr("[\n 1\n, 2,\n]"), "[1 2]");
    EXPECT_EQ(expr("(a\n + b)"), "(+ a b)");
    EXPECT_EQ(expr("a[\n 1\n]"), "(index a 1)");
}

TEST(ParseLines, BracesBringLineEndsBack) {
    EXPECT_EQ(expr("(if c {\n a\n}\nelse {\n b\n})"), "(if c a b)");
    EXPECT_EQ(expr("if c {\n\n a }\n\nelif d\n{ b } else {\n c\n}").substr(0, 5), "error");
    EXPECT_EQ(tree("fn f() {\n a = 1\n\n b = 2 }"), "fn f()\n  assign a = 1\n  assign b = 2\n");
}

TEST(ParseLines, ElseMayBeginALine) {
    EXPECT_EQ(tree("if a { x = 1 }\n\n# so\nelif b { x = 2 }\nelse { x = 3 }"),
              "if a\n  assign x = 1\nelif b\n  assign x = 2\nelse\n  assign x = 3\n");
}

TEST(ParseLines, OtherLineEnds) {
    EXPECT_EQ(tree("\xef\xbb\xbf"
                   "a = 1\r\nb = [2,\r\n 3]\r\n"),
              "assign a = 1\nassign b = [2 3]\n");
}

TEST(ParseSpans, AreBytesOfTheSource) {
    Only file("größe = (α + 1) * b\n");
    const auto& assign = file.get<frontend::ast::Assign>();
    const auto& product = std::get<frontend::ast::Binary>(assign.value->node);
    EXPECT_EQ(file.sources.text_of(file.parsed.statements[0]->span), "größe = (α + 1) * b");
    EXPECT_EQ(file.sources.text_of(assign.value->span).substr(0, 2), "α");
    EXPECT_EQ(file.sources.text_of(product.left->span), "α + 1");
    EXPECT_EQ(file.sources.text_of(product.op_span), "*");
}

TEST(ParseSpans, OfPieces) {
    Only file("a[1:, k] : f32[2] = f(x)(y=2).m\n");
    Only call("f(x)(y=2).m\n");
    const auto& member =
        std::get<frontend::ast::Member>(call.get<frontend::ast::ExpressionStatement>().value->node);
    EXPECT_EQ(call.sources.text_of(member.object->span), "f(x)(y=2)");
    EXPECT_EQ(call.sources.text_of(member.name.span), "m");
    EXPECT_TRUE(file.parsed.statements.empty());
    EXPECT_EQ(file.sources.text_of(file.parsed.diagnostics.at(0).span), "a[1:, k]");
}
