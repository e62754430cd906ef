#include "frontend/library.hpp"

#include <gtest/gtest.h>

namespace dunlin::frontend {
namespace {

constexpr std::string_view kCore = R"(# A file of functions.

# Twice x.
# In two lines.
fn twice(x) = 2 * x

test "twice" {
    assert twice(1) == 2
}
fn long_one(a,
            b = 2) {
    # inside
# at the margin, inside
    return a +
        b
}

# above a test
test "long_one" { assert long_one(1) == 3 }
fn last(x) = x)";

Library make_library() {
    return Library({{"stdlib/core.dun", kCore},
                    {"stdlib/modules/stats.dun", "fn twice(x) = x + x\n"},
                    {"stdlib/modules/empty.dun", ""}});
}

TEST(Library, APieceBeginsWithTheCommentsAboveIt) {
    Library library = make_library();
    const LibraryPiece* piece = library.find("twice");
    ASSERT_NE(piece, nullptr);
    EXPECT_EQ(piece->text, "# Twice x.\n# In two lines.\nfn twice(x) = 2 * x");
    EXPECT_EQ(piece->first_line, 3);
    EXPECT_EQ(piece->file, "stdlib/core.dun");
    EXPECT_EQ(piece->module, "");
}

TEST(Library, APieceEndsBeforeTheNextTopLevelItem) {
    Library library = make_library();
    const LibraryPiece* piece = library.find("long_one");
    ASSERT_NE(piece, nullptr);
    EXPECT_TRUE(piece->text.starts_with("fn long_one(a,"));
    EXPECT_TRUE(piece->text.ends_with("        b\n}")) << piece->text;
    EXPECT_EQ(piece->first_line, 10);
}

TEST(Library, TheLastPieceNeedsNoLineEnd) {
    Library library = make_library();
    ASSERT_NE(library.find("last"), nullptr);
    EXPECT_EQ(library.find("last")->text, "fn last(x) = x");
}

TEST(Library, ModulesHaveTheirOwnNames) {
    Library library = make_library();
    ASSERT_NE(library.find("twice", "stats"), nullptr);
    EXPECT_EQ(library.find("twice", "stats")->text, "fn twice(x) = x + x");
    EXPECT_EQ(library.find("last", "stats"), nullptr);
    EXPECT_EQ(library.find("long_one", "nowhere"), nullptr);
    EXPECT_TRUE(library.has_module("stats"));
    EXPECT_TRUE(library.has_module("empty"));
    EXPECT_FALSE(library.has_module("core"));
    EXPECT_FALSE(library.has_module(""));
}

TEST(Library, OnlyFunctionsArePieces) {
    Library library = make_library();
    EXPECT_EQ(library.pieces().size(), 4u);
    EXPECT_EQ(library.find("test"), nullptr);
}

}  // namespace
}  // namespace dunlin::frontend
