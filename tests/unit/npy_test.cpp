#include "runtime/npy.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace dunlin {
namespace {

namespace fs = std::filesystem;

// A folder that is gone when the test ends.
class NpyFile : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("dunlin_npy_" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

    fs::path folder_;
};

std::string npy(const std::string& header, const std::string& data, int version = 1) {
    std::string bytes = "\x93NUMPY";
    bytes += {static_cast<char>(version), '\0'};
    for (int k = 0; k < (version == 1 ? 2 : 4); ++k)
        bytes += static_cast<char>(header.size() >> (8 * k));
    return bytes + header + data;
}

std::string header(const std::string& descr, const std::string& shape, bool fortran = false) {
    return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
           ", 'shape': " + shape + ", }\n";
}

Result<Array> parse(const std::string& bytes) {
    return runtime::parse_npy(std::as_bytes(std::span(bytes)));
}

std::string parsed_text(const std::string& bytes) {
    auto array = parse(bytes);
    return array ? to_string(array->type) + " " + format(*array)
                 : "error: " + array.error().message;
}

template <typename T>
std::string bytes_of(std::initializer_list<T> values) {
    std::string bytes;
    for (T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    return bytes;
}

std::string reversed(std::string bytes, std::size_t element) {
    for (std::size_t k = 0; k < bytes.size(); k += element)
        std::reverse(bytes.begin() + k, bytes.begin() + k + element);
    return bytes;
}

TEST(NpyParse, EveryElementType) {
    EXPECT_EQ(parsed_text(npy(header("|b1", "(2,)"), std::string("\1\0", 2))),
              "bool[2] [true, false]");
    EXPECT_EQ(parsed_text(npy(header("|i1", "(1,)"), "\xff")), "i8[1] [-1]");
    EXPECT_EQ(parsed_text(npy(header("<i1", "(1,)"), "\xff")), "i8[1] [-1]");
    EXPECT_EQ(parsed_text(npy(header("|u1", "(1,)"), "\xff")), "u8[1] [255]");
    EXPECT_EQ(parsed_text(npy(header("<i2", "(1,)"), bytes_of<std::int16_t>({-300}))),
              "i16[1] [-300]");
    EXPECT_EQ(parsed_text(npy(header("<u2", "(1,)"), bytes_of<std::uint16_t>({65535}))),
              "u16[1] [65535]");
    EXPECT_EQ(parsed_text(npy(header("<i4", "(1,)"), bytes_of<std::int32_t>({-70000}))),
              "i32[1] [-70000]");
    EXPECT_EQ(parsed_text(npy(header("<u4", "(1,)"), bytes_of<std::uint32_t>({4000000000}))),
              "u32[1] [4000000000]");
    EXPECT_EQ(parsed_text(npy(header("<i8", "(1,)"), bytes_of<std::int64_t>({-5}))), "i64[1] [-5]");
    EXPECT_EQ(parsed_text(npy(header("<u8", "(1,)"), bytes_of<std::uint64_t>({~0ull}))),
              "u64[1] [18446744073709551615]");
    EXPECT_EQ(parsed_text(npy(header("<f4", "(2,)"), bytes_of<float>({0.1f, 2}))),
              "f32[2] [0.1, 2.0]");
    EXPECT_EQ(parsed_text(npy(header("<f8", "()"), bytes_of<double>({1e22}))), "f64 1e22");
}

TEST(NpyParse, BigEndianElements) {
    EXPECT_EQ(parsed_text(npy(header(">i4", "(2,)"), reversed(bytes_of<std::int32_t>({1, -2}), 4))),
              "i32[2] [1, -2]");
    EXPECT_EQ(parsed_text(npy(header(">f8", "(1,)"), reversed(bytes_of<double>({0.5}), 8))),
              "f64[1] [0.5]");
    EXPECT_EQ(parsed_text(npy(header(">u1", "(1,)"), "\x07")), "u8[1] [7]");
}

TEST(NpyParse, FortranOrder) {
    std::string data = bytes_of<std::int16_t>({1, 4, 2, 5, 3, 6});
    EXPECT_EQ(parsed_text(npy(header("<i2", "(2, 3)", true), data)),
              "i16[2, 3] [[1, 2, 3], [4, 5, 6]]");
    EXPECT_EQ(parsed_text(npy(header("<i2", "(2, 3)"), data)), "i16[2, 3] [[1, 4, 2], [5, 3, 6]]");
}

TEST(NpyParse, VersionsOneToThree) {
    for (int version : {1, 2, 3})
        EXPECT_EQ(parsed_text(npy(header("|u1", "(2,)"), "\1\2", version)), "u8[2] [1, 2]")
            << version;
    EXPECT_EQ(parsed_text(npy(header("|u1", "(2,)"), "\1\2", 4)),
              "error: version 4 of .npy is not known; 1, 2 and 3 are");
}

TEST(NpyParse, HeadersThatOthersWrite) {
    EXPECT_EQ(
        parsed_text(npy("{\"shape\":(2L,),\"descr\":\"|u1\",\"fortran_order\":False}  \n", "\1\2")),
        "u8[2] [1, 2]");
    EXPECT_EQ(parsed_text(npy(header("|u1", "(0, 3)"), "")), "u8[0, 3] []");
}

// A piece of each message is enough to know it by.
void expect_error(const std::string& bytes, const std::string& piece) {
    auto array = parse(bytes);
    ASSERT_FALSE(array) << "accepted; expected: " << piece;
    EXPECT_EQ(array.error().code, "npy");
    EXPECT_NE(array.error().message.find(piece), std::string::npos) << array.error().message;
}

TEST(NpyParse, WhatIsNotANpyFile) {
    expect_error("", "the file is empty");
    expect_error("PK\3\4 a zip file, as .npz is", "does not begin with");
    expect_error("\x93NUM", "cut short within its header");
    expect_error("\x93NUMPY\1", "cut short within its header");
    expect_error(npy(header("<f8", "(3,)"), "").substr(0, 30), "cut short within its header");
}

TEST(NpyParse, TornData) {
    expect_error(npy(header("<f8", "(3,)"), "12345678"), "f64[3] needs 24 bytes, 8 are there");
    expect_error(npy(header("<f8", "()"), "1234567"), "cut short");
}

TEST(NpyParse, BrokenHeaders) {
    expect_error(npy("", ""), "does not begin with '{'");
    expect_error(npy("{}", ""), "needs 'descr'");
    expect_error(npy("{'descr': '<f8'", ""), "',' is missing");
    expect_error(npy("{'descr': 8, }", ""), "'descr' is not a string");
    expect_error(npy("{'descr': '<f8', 'fortran_order': 1, }", ""), "not True or False");
    expect_error(npy("{'shape': (1, -2), }", ""), "not a tuple of sizes");
    expect_error(npy("{'shape': [1], }", ""), "not a tuple of sizes");
    expect_error(npy("{'what': 1}", ""), "unknown key 'what'");
    expect_error(npy(header("|u1", "(1,)") + "x", "\1"), "something follows");
    expect_error(npy("{'shape': (99999999999999999999,)}", ""), "not a tuple of sizes");
}

TEST(NpyParse, SizesThatOverflow) {
    expect_error(npy(header("<f8", "(1000000000000000000,)"), ""), "is too large");
    expect_error(npy(header("<f8", "(4294967296, 4294967296)"), ""), "is too large");
    expect_error(npy(header("<f8", "(0, 4294967296, 4294967296)"), ""), "is too large");
    expect_error(npy(header("<f8", "(1000000000,)"), ""), "needs 8000000000 bytes, 0 are there");
}

TEST(NpyParse, ElementTypesWithoutACounterpart) {
    expect_error(npy(header("|O", "(1,)"), "12345678"), "pickled Python objects");
    expect_error(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", ""),
                 "records with fields");
    for (const char* descr :
         {"<c16", "<f2", "<U5", "<M8", "", "<", "<f", "<f9", "<b2", "?f8", "<i3"})
        expect_error(npy(header(descr, "(1,)"), std::string(16, ' ')), "has no counterpart");
}

TEST_F(NpyFile, WhatIsSavedIsLoaded) {
    double values[] = {1, 2.5, -3, 1e-7, 0, 6};
    ASSERT_FALSE(save_npy(path("a.npy"), Array::view(values, {2, 3})));
    auto array = load_npy(path("a.npy"));
    ASSERT_TRUE(array) << array.error().message;
    EXPECT_EQ(array->type, (Type{DType::F64, {2, 3}}));
    EXPECT_TRUE(array->contiguous());
    EXPECT_EQ(std::memcmp(array->data, values, sizeof values), 0);
    EXPECT_EQ(files(), 1u);  // no temporary file is left
}

TEST_F(NpyFile, EveryTypeAndShapeIsWrittenInAFormThatParses) {
    std::vector<std::byte> zeros(64);
    for (int k = 0; k <= static_cast<int>(DType::F64); ++k) {
        for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 2}, Shape{0}}) {
            Array array = Array::over(static_cast<DType>(k), zeros.data(), shape);
            ASSERT_FALSE(save_npy(path("t.npy"), array));
            auto loaded = load_npy(path("t.npy"));
            ASSERT_TRUE(loaded) << loaded.error().message;
            EXPECT_EQ(loaded->type, array.type);
        }
    }
    EXPECT_EQ(runtime::npy_header({DType::F32, {3, 4}}).size() % 64, 0u);
}

TEST_F(NpyFile, StridedArraysAreSavedRowMajor) {
    std::int32_t values[] = {1, 2, 3, 4};
    Array array = Array::view(values, {2, 2});
    std::swap(array.strides[0], array.strides[1]);
    ASSERT_FALSE(save_npy(path("s.npy"), array));
    EXPECT_EQ(format(*load_npy(path("s.npy"))), "[[1, 3], [2, 4]]");
}

TEST_F(NpyFile, AFailedWriteLosesNothing) {
    std::int32_t value = 7;
    ASSERT_FALSE(save_npy(path("keep.npy"), Array::view(&value, {1})));
    auto failure = save_npy(path("missing/keep.npy"), Array::view(&value, {1}));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, "file");
    EXPECT_NE(failure->message.find("No such file"), std::string::npos) << failure->message;
    EXPECT_EQ(format(*load_npy(path("keep.npy"))), "[7]");
}

TEST_F(NpyFile, ADirectoryIsNotReplaced) {
    fs::create_directory(path("folder"));
    std::int32_t value = 7;
    auto failure = save_npy(path("folder"), Array::view(&value, {1}));
    ASSERT_TRUE(failure);
    EXPECT_NE(failure->message.find("is a directory"), std::string::npos);
    EXPECT_TRUE(fs::is_directory(path("folder")));
}

TEST_F(NpyFile, DevicesAndLinksAreWrittenThrough) {
    std::int32_t value = 7;
    EXPECT_FALSE(save_npy("/dev/null", Array::view(&value, {1})));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    ASSERT_FALSE(save_npy(path("real.npy"), Array::view(&value, {1})));
    fs::create_symlink(path("real.npy"), path("link.npy"));
    value = 8;
    ASSERT_FALSE(save_npy(path("link.npy"), Array::view(&value, {1})));
    EXPECT_TRUE(fs::is_symlink(path("link.npy")));
    EXPECT_EQ(format(*load_npy(path("real.npy"))), "[8]");
}

TEST_F(NpyFile, FilesThatCannotBeLoaded) {
    auto message = [](const std::string& file) {
        auto array = load_npy(file);
        return array ? std::string("loaded") : array.error().message;
    };
    EXPECT_NE(message(path("none.npy")).find("No such file"), std::string::npos);
    EXPECT_NE(message(folder_.string()).find("is a directory"), std::string::npos);
    EXPECT_NE(message(write("empty.npy", "")).find("the file is empty"), std::string::npos);
    EXPECT_NE(message("/dev/zero").find("not a regular file"), std::string::npos);
    std::string torn = message(write("torn.npy", npy(header("<f8", "(3,)"), "12345678")));
    EXPECT_NE(torn.find("torn.npy: the file is cut short"), std::string::npos) << torn;
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    EXPECT_NE(message(path("pipe")).find("not a regular file"), std::string::npos);
}

TEST_F(NpyFile, TheArrayKeepsItsFileMapped) {
    std::vector<std::int64_t> values(100000, 42);
    ASSERT_FALSE(save_npy(path("big.npy"), Array::view(values.data(), {100000})));
    Array kept;
    {
        auto array = load_npy(path("big.npy"));
        ASSERT_TRUE(array);
        kept = array->row(99999);
    }
    fs::remove(path("big.npy"));
    EXPECT_EQ(format(kept), "42");
}

}  // namespace
}  // namespace dunlin
