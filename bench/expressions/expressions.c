// The peer of the benchmark `expressions`: loops fused by hand.
//   expressions affine|mathematics|sum A.npy B.npy C.npy RESULT.npy
// Compiled twice: with -ffast-math, which lets gcc use libmvec, to be measured; strictly, to be
// compared with.
#include <math.h>

#include "bench/common/peer.h"

typedef struct {
    const double* restrict a, * restrict b, * restrict c;
    double* restrict result;
    long count;
} Job;

static void affine(void* data) {
    const Job job = *(const Job*)data;
#pragma omp parallel for schedule(static)
    for (long k = 0; k < job.count; ++k)
        job.result[k] = 2 * job.a[k] + 3 * job.b[k] - job.c[k] * job.a[k] / (job.b[k] + 1.5);
}

static void mathematics(void* data) {
    const Job job = *(const Job*)data;
#pragma omp parallel for schedule(static)
    for (long k = 0; k < job.count; ++k)
        job.result[k] = sqrt(job.a[k]) + sin(job.a[k]) * cos(job.b[k]) * exp(job.c[k]);
}

static void sum(void* data) {
    const Job job = *(const Job*)data;
    double total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
    for (long k = 0; k < job.count; ++k)
        total += sqrt(job.a[k] * job.a[k] + job.b[k] * job.b[k]) + job.a[k] * job.b[k] * job.c[k];
    job.result[0] = total;
}

int main(int count, char** arguments) {
    if (count != 6) peer_fail("WHICH A.npy B.npy C.npy RESULT.npy are wanted", arguments[0]);
    const PeerArray a = peer_load(arguments[2], "<f8");
    const PeerArray b = peer_load(arguments[3], "<f8");
    const PeerArray c = peer_load(arguments[4], "<f8");
    const int sums = strcmp(arguments[1], "sum") == 0;
    const long results = sums ? 1 : a.rows;
    double* result = (double*)peer_allocate((size_t)results * sizeof(double));
    Job job = {(const double*)a.data, (const double*)b.data, (const double*)c.data, result, a.rows};
    peer_measure(sums ? sum : strcmp(arguments[1], "affine") == 0 ? affine : mathematics, &job);
    peer_save(arguments[5], "<f8", result, results, 0, sizeof(double));
}
