// The Lorenz system in fixed steps of Tsitouras's method, 16 systems to a vector and INTERLEAVE
// vectors side by side, so that one's additions fill the latency of the other's. The operations are
// those of ode.tsit5_step in stdlib/modules/ode.dun, in the same order. Included once for each
// INTERLEAVE, with the name of the function in KERNEL.

#define EACH                    \
    for (int c = 0; c < 3; ++c) \
        for (int v = 0; v < INTERLEAVE; ++v)
#define SLOPE(k, u)                                                        \
    for (int v = 0; v < INTERLEAVE; ++v) {                                 \
        k[0][v] = dt * (10.0f * (u[1][v] - u[0][v]));                      \
        k[1][v] = dt * (u[0][v] * (rho[v] - u[2][v]) - u[1][v]);           \
        k[2][v] = dt * (u[0][v] * u[1][v] - (float)(8.0 / 3.0) * u[2][v]); \
    }
#define C(number) ((float)(number))

static void KERNEL(const Vector* rhos, Vector* finals, long steps) {
    const float dt = 0.001f;
    Vector u[3][INTERLEAVE], s[3][INTERLEAVE], rho[INTERLEAVE];
    Vector k1[3][INTERLEAVE], k2[3][INTERLEAVE], k3[3][INTERLEAVE];
    Vector k4[3][INTERLEAVE], k5[3][INTERLEAVE], k6[3][INTERLEAVE];
    for (int v = 0; v < INTERLEAVE; ++v) {
        rho[v] = rhos[v];
        u[0][v] = 1.0f - (Vector){0};
        u[1][v] = u[2][v] = (Vector){0};
    }
    for (long step = 0; step < steps; ++step) {
        SLOPE(k1, u)
        EACH s[c][v] = u[c][v] + C(0.161) * k1[c][v];
        SLOPE(k2, s)
        EACH s[c][v] =
            u[c][v] + (C(-0.008480655492356989) * k1[c][v] + C(0.335480655492357) * k2[c][v]);
        SLOPE(k3, s)
        EACH s[c][v] =
            u[c][v] + (C(2.8971530571054935) * k1[c][v] - C(6.359448489975075) * k2[c][v] +
                       C(4.3622954328695815) * k3[c][v]);
        SLOPE(k4, s)
        EACH s[c][v] =
            u[c][v] + (C(5.325864828439257) * k1[c][v] - C(11.748883564062828) * k2[c][v] +
                       C(7.4955393428898365) * k3[c][v] - C(0.09249506636175525) * k4[c][v]);
        SLOPE(k5, s)
        EACH s[c][v] =
            u[c][v] + (C(5.86145544294642) * k1[c][v] - C(12.92096931784711) * k2[c][v] +
                       C(8.159367898576159) * k3[c][v] - C(0.071584973281401) * k4[c][v] -
                       C(0.028269050394068383) * k5[c][v]);
        SLOPE(k6, s)
        EACH u[c][v] =
            u[c][v] + (C(0.09646076681806523) * k1[c][v] + C(0.01) * k2[c][v] +
                       C(0.4798896504144996) * k3[c][v] + C(1.379008574103742) * k4[c][v] -
                       C(3.290069515436081) * k5[c][v] + C(2.324710524099774) * k6[c][v]);
    }
    EACH finals[3 * v + c] = u[c][v];
}

#undef C
#undef SLOPE
#undef EACH
#undef INTERLEAVE
#undef KERNEL
