// Writes an array of doubles that are spread evenly, by a mixing of their number (Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014).
//   data COUNT SEED LOW HIGH FILE.npy [COLUMNS]
// With COLUMNS, each of the COUNT entries is a row of so many.
#include "bench/common/peer.h"

static double spread(uint64_t number, uint64_t seed) {
    uint64_t x = (number + 1) * 0x9E3779B97F4A7C15u + seed * 0xD1B54A32D192ED03u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

int main(int count, char** arguments) {
    if (count < 6) peer_fail("COUNT SEED LOW HIGH FILE.npy are wanted", arguments[0]);
    const long rows = atol(arguments[1]), columns = count > 6 ? atol(arguments[6]) : 0;
    const long length = rows * (columns ? columns : 1);
    const uint64_t seed = strtoull(arguments[2], NULL, 10);
    const double low = atof(arguments[3]), high = atof(arguments[4]);
    double* values = (double*)peer_allocate((size_t)length * sizeof(double));
    for (long k = 0; k < length; ++k) values[k] = low + (high - low) * spread((uint64_t)k, seed);
    peer_save(arguments[5], "<f8", values, rows, columns, sizeof(double));
}
