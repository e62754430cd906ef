// What libdunlin_clang.so and the program that opens it agree on: one function, in plain C, so that
// neither side sees the other's C++. The module alone includes headers of Clang and LLVM.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Part of the function's name, so that a module of another build is not found, rather than
/// misunderstood. It changes whenever the struct or its meaning does.
#define DUNLIN_CLANG_COMPILE dunlin_clang_compile_1

enum DunlinClangOutput {
    kDunlinClangObject,
    kDunlinClangAssembly,
    kDunlinClangIntermediateCode,
};

struct DunlinClangRequest {
    /// C++ that includes nothing, `text[text_length]` being 0, and its name in messages.
    const char* text;
    size_t text_length;
    const char* name;
    /// As in -target-cpu, and the widest vectors, in bits, that the code generator should choose.
    const char* target_cpu;
    int register_bits;
    enum DunlinClangOutput output;

    /// Called at most once each, before the function returns: with what was made, and with
    /// errors and warnings in words. The bytes are gone after the call.
    void (*take_output)(void* receiver, const char* bytes, size_t length);
    void (*take_log)(void* receiver, const char* bytes, size_t length);
    void* receiver;

    /// Filled in by the function, in seconds.
    double front_end_time;
    double optimisation_time;
    double code_generation_time;
};

/// Returns whether it compiled. May be called from several threads at once.
typedef int DunlinClangCompile(struct DunlinClangRequest* request);

#ifdef __cplusplus
}
#endif
