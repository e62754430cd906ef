// The peer of the benchmark `ode`: SIMD C by hand.
//   ode RHO.npy STEPS FINAL.npy
// One, two or four vectors of 16 systems run side by side; which is best depends on the compiler
// and the machine, so it is tried first, outside the time.
#include "bench/common/peer.h"

typedef float Vector __attribute__((vector_size(64)));
enum { kLanes = 16, kBlock = 4 * kLanes };

#define INTERLEAVE 1
#define KERNEL one_vector
#include "bench/ode/ode_kernel.h"
#define INTERLEAVE 2
#define KERNEL two_vectors
#include "bench/ode/ode_kernel.h"
#define INTERLEAVE 4
#define KERNEL four_vectors
#include "bench/ode/ode_kernel.h"

// A block of 64 systems; its results are turned from [vector][component][lane] to
// [system][component].
static void run_block(int interleave, const float* rho, float* final, long steps) {
    Vector rhos[4], finals[12];
    memcpy(rhos, rho, sizeof rhos);
    if (interleave == 1)
        for (int v = 0; v < 4; ++v) one_vector(rhos + v, finals + 3 * v, steps);
    else if (interleave == 2)
        for (int v = 0; v < 4; v += 2) two_vectors(rhos + v, finals + 3 * v, steps);
    else
        four_vectors(rhos, finals, steps);
    for (int system = 0; system < kBlock; ++system)
        for (int c = 0; c < 3; ++c)
            final[3 * system + c] = finals[3 * (system / kLanes) + c][system % kLanes];
}

typedef struct {
    const float* rho;
    float* final;
    long systems, steps;
    int interleave;
} Job;

static void work(void* data) {
    const Job* job = (const Job*)data;
#pragma omp parallel for schedule(static)
    for (long first = 0; first < job->systems; first += kBlock)
        run_block(job->interleave, job->rho + first, job->final + 3 * first, job->steps);
}

static int best_interleave(const float* rho) {
    float final[3 * kBlock];
    int best = 1;
    double least = 1e9;
    for (int round = 0; round < 5; ++round) {
        for (int interleave = 1; interleave <= 4; interleave *= 2) {
            const double start = peer_now();
            run_block(interleave, rho, final, 5000);
            const double seconds = peer_now() - start;
            if (seconds < least) least = seconds, best = interleave;
        }
    }
    return best;
}

int main(int count, char** arguments) {
    if (count != 4) peer_fail("RHO.npy STEPS FINAL.npy are wanted", arguments[0]);
    const PeerArray rho = peer_load(arguments[1], "<f4");
    if (rho.rows % kBlock) peer_fail("the number of systems is not a multiple of 64", arguments[1]);
    float* final = (float*)peer_allocate((size_t)rho.rows * 3 * sizeof(float));
    Job job = {(const float*)rho.data, final, rho.rows, atol(arguments[2]), 1};
    job.interleave = best_interleave(job.rho);
    peer_measure(work, &job);
    peer_save(arguments[3], "<f4", final, rho.rows, 3, sizeof(float));
}
