// How diagnostics look to a person.
#include "ir/diagnostic.hpp"

#include <gtest/gtest.h>

#include <set>

namespace dunlin::ir {
namespace {

Span span_of(const SourceMap& sources, FileId file, std::string_view words) {
    std::size_t begin = sources.text(file).find(words);
    EXPECT_NE(begin, std::string::npos);
    return {file, static_cast<std::uint32_t>(begin),
            static_cast<std::uint32_t>(begin + words.size())};
}

// The diagnostic of one file at the given words, with a label.
std::string rendered(std::string text, std::string_view words, std::string label = {}) {
    SourceMap sources;
    FileId file = sources.add("a.dun", std::move(text));
    Diagnostic diagnostic{
        Code::unknown_name, span_of(sources, file, words), {}, std::move(label), {}, {}};
    return render(diagnostic, sources);
}

TEST(diagnostic, shows_place_line_carets_label_and_help) {
    SourceMap sources;
    FileId file = sources.add("wave.dun", "\n\n\n\n\n\nu = a + b\n");
    Diagnostic diagnostic;
    diagnostic.code = Code::shapes_do_not_broadcast;
    diagnostic.span = span_of(sources, file, "a + b");
    diagnostic.label = "a is float[64], b is float[32]";
    diagnostic.help = "sizes must be equal, or one of them 1";
    EXPECT_EQ(render(diagnostic, sources),
              "error[E0203]: shapes do not broadcast\n"
              "  --> wave.dun:7:5\n"
              "   |\n"
              " 7 | u = a + b\n"
              "   |     ^^^^^ a is float[64], b is float[32]\n"
              "   = help: sizes must be equal, or one of them 1\n");
}

TEST(diagnostic, message_stands_in_place_of_the_title) {
    SourceMap sources;
    FileId file = sources.add("a.dun", "summ(x)");
    Diagnostic diagnostic{Code::unknown_name, {file, 0, 4}, "unknown name 'summ'", {}, {}, {}};
    EXPECT_TRUE(render(diagnostic, sources).starts_with("error[E0301]: unknown name 'summ'\n"));
}

TEST(diagnostic, warnings_say_that_they_are) {
    SourceMap sources;
    FileId file = sources.add("a.dun", "pi = 3");
    Diagnostic diagnostic{Code::builtin_redefined, {file, 0, 2}, {}, {}, {}, {}};
    EXPECT_TRUE(render(diagnostic, sources).starts_with("warning[W0301]: a built-in name"));
    EXPECT_TRUE(is_warning(Code::builtin_redefined));
    EXPECT_FALSE(is_warning(Code::unknown_name));
}

TEST(diagnostic, notes_have_their_own_places_in_one_column) {
    SourceMap sources;
    FileId file = sources.add("a.dun", "f(1)\n\n\n\n\n\n\n\n\ny = x\n");
    Diagnostic diagnostic;
    diagnostic.code = Code::unknown_name;
    diagnostic.span = span_of(sources, file, "x");
    diagnostic.notes = {{span_of(sources, file, "f(1)"), "in f, called here"}};
    EXPECT_EQ(render(diagnostic, sources),
              "error[E0301]: unknown name\n"
              "   --> a.dun:10:5\n"
              "    |\n"
              " 10 | y = x\n"
              "    |     ^\n"
              "note: in f, called here\n"
              "   --> a.dun:1:1\n"
              "    |\n"
              "  1 | f(1)\n"
              "    | ^^^^\n");
}

TEST(diagnostic, without_a_file_has_no_place) {
    Diagnostic diagnostic{Code::param_unbound, {}, {}, {}, "give it with --param", {}};
    EXPECT_EQ(render(diagnostic, SourceMap{}),
              "error[E0501]: a param without a value\n"
              "   = help: give it with --param\n");
}

TEST(diagnostic, columns_count_characters_and_carets_stand_under_them) {
    EXPECT_EQ(rendered("größe = abc", "abc"),
              "error[E0301]: unknown name\n"
              "  --> a.dun:1:9\n"
              "   |\n"
              " 1 | größe = abc\n"
              "   |         ^^^\n");
}

TEST(diagnostic, a_tab_takes_four_columns) {
    EXPECT_EQ(rendered("\tx", "x"),
              "error[E0301]: unknown name\n"
              "  --> a.dun:1:2\n"
              "   |\n"
              " 1 |     x\n"
              "   |     ^\n");
}

TEST(diagnostic, several_lines_are_marked_to_the_end_of_the_first) {
    EXPECT_EQ(rendered("y = [1,\r\n 2]\n", "[1,\r\n 2]", "ragged"),
              "error[E0301]: unknown name\n"
              "  --> a.dun:1:5\n"
              "   |\n"
              " 1 | y = [1,\n"
              "   |     ^^^ ragged\n");
}

TEST(diagnostic, an_empty_span_has_one_caret) {
    EXPECT_EQ(rendered("y =", ""),
              "error[E0301]: unknown name\n"
              "  --> a.dun:1:1\n"
              "   |\n"
              " 1 | y =\n"
              "   | ^\n");
}

TEST(diagnostic, the_end_of_a_file_is_a_place) {
    SourceMap sources;
    FileId file = sources.add("a.dun", "y =\n");
    Diagnostic diagnostic{Code::unexpected_token, {file, 4, 4}, {}, {}, {}, {}};
    EXPECT_EQ(render(diagnostic, sources),
              "error[E0104]: unexpected text\n"
              "  --> a.dun:2:1\n"
              "   |\n"
              " 2 |\n"
              "   | ^\n");
}

TEST(diagnostic, a_span_beyond_the_file_is_brought_inside) {
    SourceMap sources;
    FileId file = sources.add("a.dun", "y");
    Diagnostic diagnostic{Code::unexpected_token, {file, 90, 80}, {}, {}, {}, {}};
    EXPECT_NE(render(diagnostic, sources).find("a.dun:1:2"), std::string::npos);
}

TEST(diagnostic, a_long_line_is_shown_around_the_words) {
    std::string text = rendered(std::string(5000, 'a') + " here " + std::string(5000, 'b'), "here");
    EXPECT_NE(text.find("a.dun:1:5002"), std::string::npos);
    EXPECT_NE(text.find("…aaa"), std::string::npos);
    EXPECT_NE(text.find("bbb…"), std::string::npos);
    EXPECT_LT(text.size(), 400u);
    std::size_t line = text.find(" 1 | ");
    std::size_t carets = text.find("   | ", line);
    std::string_view shown = std::string_view(text).substr(line, carets - line);
    std::size_t cut_mark = std::string_view("…").size() - 1;  // bytes beyond its one column
    EXPECT_EQ(shown.find("here") - cut_mark, text.find("^^^^") - carets);
}

TEST(diagnostic, a_long_marked_piece_is_shown_from_its_beginning) {
    std::string text = rendered("y = " + std::string(5000, 'c'), std::string(5000, 'c'));
    EXPECT_NE(text.find("y = ccc"), std::string::npos);
    EXPECT_NE(text.find("^^^"), std::string::npos);
    EXPECT_LT(text.size(), 400u);
}

TEST(diagnostic, a_line_of_ten_megabytes_costs_little) {
    std::string text = rendered(std::string(10 << 20, '(') + "x", "x");
    EXPECT_NE(text.find("(x\n"), std::string::npos);
    EXPECT_LT(text.size(), 400u);
}

TEST(diagnostic, terminals_are_safe_from_what_is_shown) {
    SourceMap sources;
    FileId file = sources.add("a\x1b[2J.dun", "x\x1b[31m \xc2\x9b\xe2\x80\xae \xff y");
    Diagnostic diagnostic{Code::unknown_character,
                          span_of(sources, file, "y"),
                          "\x07",
                          "\x1b",
                          "\b",
                          {{span_of(sources, file, "y"), "\x1b"}}};
    std::string text = render(diagnostic, sources);
    for (char letter : text)
        EXPECT_TRUE(letter == '\n' || static_cast<unsigned char>(letter) >= 0x20);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(diagnostic, codes_are_unique_and_titles_plain) {
    std::set<std::string_view> codes;
    for (Code code : all_codes()) {
        EXPECT_TRUE(codes.insert(code_text(code)).second) << code_text(code);
        EXPECT_EQ(code_text(code).size(), 5u);
        EXPECT_FALSE(title_of(code).empty());
    }
}

TEST(source_map, a_piece_counts_lines_from_its_first) {
    SourceMap sources;
    FileId file = sources.add("std.dun", "fn f(x) =\n x\n", 40, true);
    EXPECT_TRUE(sources.is_library(file));
    EXPECT_EQ(sources.place(file, 11).line, 41);
    EXPECT_EQ(sources.place(file, 11).column, 2);
    EXPECT_EQ(sources.line_text(file, 41), " x");
    EXPECT_EQ(sources.line_text(file, 39), "");
    EXPECT_EQ(sources.line_text(file, 99), "");
    EXPECT_EQ(sources.text_of({file, 3, 7}), "f(x)");
}

TEST(nearest_name, finds_a_slip) {
    std::vector<std::string> names{"sum", "mean", "cumsum", "reshape", "transpose"};
    EXPECT_EQ(nearest_name("summ", names), "sum");
    EXPECT_EQ(nearest_name("maen", names), "mean");
    EXPECT_EQ(nearest_name("reshpae", names), "reshape");
    EXPECT_EQ(nearest_name("Transpose", names), "transpose");
    EXPECT_EQ(nearest_name("tarnspsoe", names), "transpose");
}

TEST(nearest_name, is_silent_when_nothing_is_near) {
    std::vector<std::string> names{"sum", "mean", "x"};
    EXPECT_EQ(nearest_name("velocity", names), "");
    EXPECT_EQ(nearest_name("y", names), "");
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name(std::string(100000, 'a'), names), "");
    EXPECT_EQ(nearest_name("sum", {"sum"}), "");
}

TEST(nearest_name, of_equally_near_names_takes_the_first) {
    EXPECT_EQ(nearest_name("cot", {"cat", "cut"}), "cat");
    EXPECT_EQ(nearest_name("X", {"y", "x"}), "x");
}

}  // namespace
}  // namespace dunlin::ir
