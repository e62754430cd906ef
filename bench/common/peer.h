// What every peer in C or C++ needs: .npy files, a clock, and the protocol of bench/run. A peer is
// a program that reads its inputs from files, does its work several times, writes the result of the
// work to a file, so that it can be compared, and prints one line of JSON:
//
//   {"seconds": [0.0123, 0.0119]}
//
// How often it repeats is in the environment: BENCH_REPEAT (how many times at most) and
// BENCH_BUDGET (seconds, after which no repetition begins). BENCH_THREADS says how many threads it
// may use.
#pragma once

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline double peer_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline double peer_setting(const char* name, double otherwise) {
    const char* text = getenv(name);
    return text ? atof(text) : otherwise;
}

static inline void peer_fail(const char* what, const char* which) {
    fprintf(stderr, "%s: %s\n", which, what);
    exit(2);
}

// An array read from a file. The elements are mapped, not copied; rows is the first size, columns
// the product of the others.
typedef struct {
    const void* data;
    long rows;
    long columns;
} PeerArray;

static inline PeerArray peer_load(const char* path, const char* dtype) {
    int file = open(path, O_RDONLY);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) peer_fail("cannot be read", path);
    const char* bytes = (const char*)mmap(NULL, (size_t)facts.st_size, PROT_READ,
                                          MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED || memcmp(bytes, "\x93NUMPY\x01", 7) != 0)
        peer_fail("is not a .npy file of version 1", path);
    const size_t header = 10u + (unsigned char)bytes[8] + 256u * (unsigned char)bytes[9];
    char text[512] = {0};
    memcpy(text, bytes + 10, header - 10 < 511 ? header - 10 : 511);
    if (!strstr(text, dtype)) peer_fail("has another element type", path);
    const char* at = strstr(text, "'shape':");
    if (!at) peer_fail("has no shape", path);
    PeerArray array = {bytes + header, 1, 1};
    at = strchr(at, '(') + 1;
    for (int axis = 0; *at && *at != ')'; ++axis) {
        char* end;
        const long size = strtol(at, &end, 10);
        if (end == at) break;
        if (axis == 0)
            array.rows = size;
        else
            array.columns *= size;
        at = *end == ',' ? end + 1 : end;
    }
    close(file);
    return array;
}

// Writes an array of rows × columns elements; of one axis when columns is 0.
static inline void peer_save(const char* path, const char* dtype, const void* data, long rows,
                             long columns, size_t element) {
    char header[129];
    char shape[64];
    if (columns == 0)
        snprintf(shape, sizeof shape, "(%ld,)", rows);
    else
        snprintf(shape, sizeof shape, "(%ld, %ld)", rows, columns);
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
    const int length = snprintf(
        header + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", dtype, shape);
    header[10 + length] = ' ';
    header[127] = '\n';
    FILE* file = fopen(path, "wb");
    const size_t count = (size_t)rows * (size_t)(columns ? columns : 1);
    if (!file || fwrite(header, 128, 1, file) != 1 || fwrite(data, element, count, file) != count)
        peer_fail("cannot be written", path);
    fclose(file);
}

// Does the work again and again, and prints how long each time took.
static inline void peer_measure(void (*work)(void*), void* data) {
    const int repeat = (int)peer_setting("BENCH_REPEAT", 5);
    const double budget = peer_setting("BENCH_BUDGET", 1);
    const double begin = peer_now();
    printf("{\"seconds\": [");
    for (int k = 0; k < repeat && (k == 0 || peer_now() - begin < budget); ++k) {
        const double start = peer_now();
        work(data);
        printf("%s%.9f", k ? ", " : "", peer_now() - start);
    }
    printf("]}\n");
}

// Memory on whole pages, written once, so that no page is fetched while the clock runs.
static inline void* peer_allocate(size_t bytes) {
    void* memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!memory) peer_fail("does not fit", "memory");
    memset(memory, 0, bytes);
    return memory;
}
