// Objects are placed, joined and protected; and no bytes, however wrong, do more than give an
// error.
#include "jit/machine_code.hpp"

#include <elf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

#include "tests/jit/kernels.hpp"

namespace dunlin::jit {

namespace {

std::string message_of(std::variant<MachineCode, LoadFailure> result) {
    const auto* failure = std::get_if<LoadFailure>(&result);
    return failure == nullptr ? "" : failure->message;
}

std::string message_of_text(const char* text) {
    return message_of(MachineCode::load(compiled(text)));
}

// --- What code may contain

TEST(MachineCode, ConstantsTablesAndData) {
    const MachineCode code = code_of(R"(
        typedef int Lanes __attribute__((ext_vector_type(16)));
        static int counter = 40;
        static int zeros[1000];
        extern "C" int count() { return ++counter; }
        extern "C" int zero(int i) { return zeros[i] += 1; }
        extern "C" void ramp(int* result) {
            *(Lanes*)result += Lanes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        }
        extern "C" const char* name_of(int i) {
            static const char* const names[] = {"zero", "one", "two"};
            return names[i];
        }
        extern "C" int choose(int i, int (*f)(int)) {
            switch (i) {
                case 0: return f(10);
                case 1: return f(20) + 1;
                case 2: return f(35) - 1;
                case 3: return f(4) * f(5);
                case 4: return f(6) / 2;
                default: return 0;
            }
        }
    )");
    EXPECT_EQ(code.function<int()>("count")(), 41);
    EXPECT_EQ(code.function<int()>("count")(), 42);
    EXPECT_EQ(code.function<int(int)>("zero")(999), 1);
    alignas(64) int ramp[16] = {};
    code.function<void(int*)>("ramp")(ramp);
    EXPECT_EQ(ramp[15], 16);
    EXPECT_STREQ(code.function<const char*(int)>("name_of")(2), "two");
    const auto same = [](int i) { return i; };
    const auto choose = code.function<int(int, int (*)(int))>("choose");
    EXPECT_EQ(choose(1, same), 21);
    EXPECT_EQ(choose(3, same), 20);
    EXPECT_EQ(choose(7, same), 0);
}

TEST(MachineCode, NamesThatAreNotThere) {
    const MachineCode code = code_of("extern \"C\" int one() { return 1; } static int own;");
    EXPECT_EQ(code.symbol("two"), nullptr);
    EXPECT_EQ(code.symbol("own"), nullptr);
    EXPECT_EQ(MachineCode().symbol("one"), nullptr);
}

TEST(MachineCode, ManyImagesAtOnce) {
    const std::string object = compiled("static int n; extern \"C\" int next() { return ++n; }");
    std::vector<MachineCode> codes;
    for (int i = 0; i < 100; ++i) codes.push_back(loaded(object));
    for (const MachineCode& code : codes) EXPECT_EQ(code.function<int()>("next")(), 1);
    const MachineCode moved = std::move(codes[50]);
    EXPECT_EQ(moved.function<int()>("next")(), 2);
    EXPECT_EQ(codes[50].symbol("next"), nullptr);
}

// --- Names that others define

int add_of_host(int a, int b) {
    return a + b;
}
int table_of_host[] = {5, 6, 7};

TEST(MachineCode, FunctionsAndTablesOfTheHost) {
    const std::string object = compiled(R"(
        extern "C" int add_of_host(int, int);
        extern "C" int table_of_host[];
        extern "C" int use(int i) { return add_of_host(table_of_host[i], 100); }
        extern "C" auto address() { return add_of_host; }
    )");
    const HostSymbol host[] = {
        {"add_of_host", reinterpret_cast<const void*>(&add_of_host)},
        {"table_of_host", table_of_host},
    };
    const MachineCode code = loaded(object, host);
    EXPECT_EQ(code.function<int(int)>("use")(2), 107);
    using Add = int(int, int);
    EXPECT_EQ(code.function<Add*()>("address")(), &add_of_host);
    EXPECT_EQ(message_of(MachineCode::load(object, {host + 1, 1})), "nobody defines add_of_host");
}

TEST(MachineCode, FunctionsThatCompilersCallUnasked) {
    const MachineCode code = code_of(R"(
        typedef unsigned long size_t;
        extern "C" float down(float x) { return __builtin_floorf(x); }
        extern "C" float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
        extern "C" void clear(char* memory, size_t size) { __builtin_memset(memory, 7, size); }
        extern "C" long divided(long high, long by) { return (long)(((__int128)high << 32) / by); }
    )",
                                     {.instruction_set = InstructionSet::Baseline});
    EXPECT_EQ(code.function<float(float)>("down")(-1.5f), -2.0f);
    EXPECT_EQ(code.function<float(float, float, float)>("fused")(3, 4, 5), 17.0f);
    char memory[100] = {};
    code.function<void(char*, std::size_t)>("clear")(memory, sizeof memory);
    EXPECT_EQ(memory[99], 7);
    EXPECT_EQ(code.function<long(long, long)>("divided")(12, 6), 2l << 32);
}

TEST(MachineCode, ObjectsAreJoined) {
    const std::string even = compiled(R"(
        extern "C" bool is_odd(unsigned n);
        extern "C" bool is_even(unsigned n) { return n == 0 ? true : is_odd(n - 1); }
    )");
    const std::string odd = compiled(R"(
        extern "C" bool is_even(unsigned n);
        extern "C" bool is_odd(unsigned n) { return n == 0 ? false : is_even(n - 1); }
    )");
    const std::string_view both[] = {even, odd};
    const auto result = MachineCode::load(both);
    ASSERT_EQ(std::get_if<LoadFailure>(&result), nullptr);
    const auto is_even = std::get<MachineCode>(result).function<bool(unsigned)>("is_even");
    EXPECT_TRUE(is_even(10));
    EXPECT_FALSE(is_even(7));
}

TEST(MachineCode, OfSeveralDefinitionsAtMostOneIsStrong) {
    const std::string weak = compiled(R"(
        extern "C" __attribute__((weak, noinline)) int chosen() { return 1; }
        extern "C" int by_weak() { return chosen(); }
    )");
    const std::string strong = compiled("extern \"C\" int chosen() { return 2; }");
    const std::string_view weak_first[] = {weak, strong};
    const std::string_view strong_first[] = {strong, weak};
    for (const auto& objects : {weak_first, strong_first}) {
        const auto result = MachineCode::load({objects, 2});
        ASSERT_EQ(std::get_if<LoadFailure>(&result), nullptr);
        EXPECT_EQ(std::get<MachineCode>(result).function<int()>("by_weak")(), 2);
    }
    const std::string_view weak_twice[] = {weak, strong, weak};
    EXPECT_EQ(message_of(MachineCode::load(weak_twice)), "two objects define by_weak");
    const std::string_view strong_twice[] = {strong, strong};
    EXPECT_EQ(message_of(MachineCode::load(strong_twice)), "two objects define chosen");
}

// --- Protection

/// "r-xp" or the like, of the page at the address; empty where nothing is.
std::string rights_at(const void* address) {
    std::ifstream maps("/proc/self/maps");
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    for (std::string line; std::getline(maps, line);) {
        std::istringstream fields(line);
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        std::string rights;
        fields >> std::hex >> begin >> dash >> end >> rights;
        if (begin <= wanted && wanted < end) return rights;
    }
    return "";
}

TEST(MachineCode, NoPageIsWritableAndExecutable) {
    const void* function = nullptr;
    {
        const MachineCode code = code_of(R"(
            extern "C" const int table[3] = {1, 2, 3};
            extern "C" int data[3] = {1, 2, 3};
            extern "C" int zeros[3] = {};
            extern "C" int function(int i) { return table[i] + data[i] + zeros[i]; }
        )");
        function = code.symbol("function");
        EXPECT_EQ(rights_at(function), "r-xp");
        EXPECT_EQ(rights_at(code.symbol("table")), "r--p");
        EXPECT_EQ(rights_at(code.symbol("data")), "rw-p");
        EXPECT_EQ(rights_at(code.symbol("zeros")), "rw-p");
    }
    EXPECT_EQ(rights_at(function), "") << "the memory must be given back";
}

TEST(MachineCodeDeathTest, NamesFunctionsForPerf) {
    // In a process of its own: the variable is looked at once.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto load_and_read_map = [] {
        setenv("DUNLIN_PERF", "1", 1);
        const MachineCode code = code_of("extern \"C\" int kernel_of_test() { return 1; }");
        const std::string file = "/tmp/perf-" + std::to_string(getpid()) + ".map";
        std::ifstream map(file);
        std::uintptr_t address = 0;
        std::size_t size = 0;
        std::string name;
        map >> std::hex >> address >> size >> name;
        std::remove(file.c_str());
        const auto function = reinterpret_cast<std::uintptr_t>(code.symbol("kernel_of_test"));
        std::exit(address == function && size > 0 && name == "kernel_of_test" ? 3 : 4);
    };
    EXPECT_EXIT(load_and_read_map(), testing::ExitedWithCode(3), "");
}

// --- What is refused

TEST(MachineCode, WhatKernelsHaveNoUseForIsRefused) {
    EXPECT_NE(message_of_text("thread_local int x; extern \"C\" int f() { return x++; }")
                  .find("thread-local"),
              std::string::npos);
    EXPECT_NE(message_of_text("extern \"C\" int f() { return *(volatile int*)0; } int x = f();")
                  .find("constructors"),
              std::string::npos);
    EXPECT_NE(message_of_text(R"(extern "C" int f() { return 1; }
                                 extern "C" __attribute__((weak)) int g();
                                 extern "C" auto h() { return g; })")
                  .find("nobody defines g"),
              std::string::npos);
    EXPECT_NE(message_of_text(R"(extern "C" int f() { return 1; }
                                 extern "C" int (*choose())() { return f; }
                                 extern "C" int g() __attribute__((ifunc("choose")));)")
                  .find("of a kind that kernels do not have"),
              std::string::npos);
    EXPECT_EQ(message_of_text(""), "");
    EXPECT_EQ(message_of(MachineCode::load(std::span<const std::string_view>())),
              "there is nothing to load");
}

TEST(MachineCode, OtherFilesAreRefused) {
    EXPECT_EQ(message_of(MachineCode::load("")),
              "not a kernel's object: it ends within its header");
    EXPECT_EQ(message_of(MachineCode::load(std::string(1000, 'x'))),
              "not a kernel's object: it is no ELF file");
    std::ifstream itself("/proc/self/exe", std::ios::binary);
    const std::string program{std::istreambuf_iterator<char>(itself), {}};
    EXPECT_EQ(message_of(MachineCode::load(program)),
              "not a kernel's object: it is no relocatable object for x86-64");
}

// An object with most of what objects have: two sections of code, constants, data, zeros, calls.
std::string varied_object() {
    return compiled(R"(
        typedef float Lanes __attribute__((ext_vector_type(16)));
        extern "C" float floorf(float);
        extern "C" float table[];
        float table[20] = {1, 2, 3};
        static int zeros[100];
        static const char* names[] = {"one", "two"};
        template <class T> __attribute__((noinline)) T twice(T x) { return x + x; }
        extern "C" float f(int i, Lanes* lanes) {
            *lanes *= 2.5f;
            return floorf(table[i]) + names[i][0] + twice(zeros[i]++) + twice((float)i);
        }
    )",
                    {.instruction_set = InstructionSet::Baseline});
}

TEST(MachineCode, NoTruncatedObjectDoesMoreThanFail) {
    const std::string object = varied_object();
    ASSERT_EQ(message_of(MachineCode::load(object)), "");
    for (std::size_t length = 0; length < object.size(); ++length) {
        // On the heap, so that a sanitizer sees every byte read behind the end.
        const std::vector<char> part(object.begin(), object.begin() + length);
        const auto result = MachineCode::load(std::string_view(part.data(), length));
        ASSERT_NE(std::get_if<LoadFailure>(&result), nullptr) << length;
    }
}

TEST(MachineCode, NoChangedByteDoesMoreThanFail) {
    const std::string object = varied_object();
    int failures = 0;
    for (std::size_t i = 0; i < object.size(); ++i) {
        for (const unsigned char flipped : {0x01, 0x10, 0x80, 0xff}) {
            std::vector<char> changed(object.begin(), object.end());
            changed[i] = static_cast<char>(changed[i] ^ flipped);
            const auto result = MachineCode::load({changed.data(), changed.size()});
            failures += std::holds_alternative<LoadFailure>(result) ? 1 : 0;
        }
    }
    EXPECT_GT(failures, 500) << "most of the structure must be looked at";
}

/// Changes the first relocation of a type; false if there is none.
bool change_relocation(std::string& object, std::uint64_t type,
                       const std::function<void(Elf64_Rela&)>& change) {
    Elf64_Ehdr header;
    std::memcpy(&header, object.data(), sizeof header);
    for (int i = 0; i < header.e_shnum; ++i) {
        Elf64_Shdr section;
        std::memcpy(&section, object.data() + header.e_shoff + i * sizeof section, sizeof section);
        if (section.sh_type != SHT_RELA) continue;
        for (std::uint64_t at = 0; at < section.sh_size; at += sizeof(Elf64_Rela)) {
            char* const place = object.data() + section.sh_offset + at;
            Elf64_Rela relocation;
            std::memcpy(&relocation, place, sizeof relocation);
            if (ELF64_R_TYPE(relocation.r_info) != type) continue;
            change(relocation);
            std::memcpy(place, &relocation, sizeof relocation);
            return true;
        }
    }
    return false;
}

TEST(MachineCode, RelocationsThatCannotBeAreRefused) {
    const std::string object = compiled(
        "extern \"C\" float floorf(float); extern \"C\" float f(float x) { return floorf(x) + 1; }",
        {.instruction_set = InstructionSet::Baseline});
    const auto message_after = [&object](const std::function<void(Elf64_Rela&)>& change) {
        std::string changed = object;
        EXPECT_TRUE(change_relocation(changed, R_X86_64_PLT32, change));
        return message_of(MachineCode::load(changed));
    };
    EXPECT_EQ(message_after([](Elf64_Rela& r) { r.r_info = ELF64_R_INFO(r.r_info >> 32, 32); }),
              "not a kernel's object: a relocation is of type 32");
    EXPECT_EQ(
        message_after([](Elf64_Rela& r) { r.r_info = ELF64_R_INFO(r.r_info >> 32, R_X86_64_32); }),
        "floorf lies too far away");
    EXPECT_EQ(message_after([](Elf64_Rela& r) { r.r_info = ELF64_R_INFO(9999, R_X86_64_PLT32); }),
              "not a kernel's object: a relocation has no symbol");
    EXPECT_EQ(message_after([](Elf64_Rela& r) { r.r_offset = ~std::uint64_t{0} - 2; }),
              "not a kernel's object: a relocation lies outside");
    EXPECT_EQ(message_after([](Elf64_Rela& r) { r.r_addend = std::int64_t{1} << 62; }),
              "floorf lies too far away");
}

}  // namespace

}  // namespace dunlin::jit
