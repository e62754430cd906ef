// The functions of the lane library as loops over arrays, for one instruction set and one meaning
// of a lane. library_kernels.cpp is compiled nine times, as the library is; its tables are plain,
// so that nothing compiled for a larger processor is shared with code that runs everywhere.
#pragma once

#include <cstddef>

namespace dunlin::tests {

/// Applies one function to `count` elements of type `type`, a multiple of 32.
struct LibraryKernel {
    const char* name;
    const char* type;
    void (*run)(const void* a, const void* b, void* result, std::size_t count);
};

struct LibraryKernels {
    const LibraryKernel* first;
    int count;
};

#define DUNLIN_LIBRARY_KERNELS(set)                         \
    extern "C" LibraryKernels library_kernels_##set##_1();  \
    extern "C" LibraryKernels library_kernels_##set##_16(); \
    extern "C" LibraryKernels library_kernels_##set##_32();
DUNLIN_LIBRARY_KERNELS(baseline)
DUNLIN_LIBRARY_KERNELS(avx2)
DUNLIN_LIBRARY_KERNELS(avx512)
#undef DUNLIN_LIBRARY_KERNELS

/// The same from the prelude itself, compiled with the interpreter's compiler.
extern "C" LibraryKernels library_kernels_of_interpreter();

}  // namespace dunlin::tests
