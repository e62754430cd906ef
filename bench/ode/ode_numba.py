"""The peer of the benchmark `ode` in Numba: the same steps, one system after the other.

    ode_numba.py RHO.npy STEPS FINAL.npy
"""
import pathlib
import sys

import numba
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "common"))
import peer  # noqa: E402

C = [[np.float32(c) for c in row] for row in (
    [0.161],
    [-0.008480655492356989, 0.335480655492357],
    [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
    [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
    [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
    [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
)]
((A11,), (A21, A22), (A31, A32, A33), (A41, A42, A43, A44), (A51, A52, A53, A54, A55),
 (B1, B2, B3, B4, B5, B6)) = C
DT, SIGMA, BETA = np.float32(0.001), np.float32(10), np.float32(8 / 3)
ONE, ZERO = np.float32(1), np.float32(0)


@numba.njit(inline="always")
def slope(rho, x, y, z):
    return DT * (SIGMA * (y - x)), DT * (x * (rho - z) - y), DT * (x * y - BETA * z)


@numba.njit(parallel=peer.threads() > 1)
def integrate(rhos, finals, steps):
    for system in numba.prange(len(rhos)):
        rho = rhos[system]
        x, y, z = ONE, ZERO, ZERO
        for _ in range(steps):
            x1, y1, z1 = slope(rho, x, y, z)
            x2, y2, z2 = slope(rho, x + A11 * x1, y + A11 * y1, z + A11 * z1)
            x3, y3, z3 = slope(rho, x + (A21 * x1 + A22 * x2), y + (A21 * y1 + A22 * y2), z + (A21 * z1 + A22 * z2))
            x4, y4, z4 = slope(rho, x + (A31 * x1 + A32 * x2 + A33 * x3), y + (A31 * y1 + A32 * y2 + A33 * y3),
                               z + (A31 * z1 + A32 * z2 + A33 * z3))
            x5, y5, z5 = slope(rho, x + (A41 * x1 + A42 * x2 + A43 * x3 + A44 * x4),
                               y + (A41 * y1 + A42 * y2 + A43 * y3 + A44 * y4),
                               z + (A41 * z1 + A42 * z2 + A43 * z3 + A44 * z4))
            x6, y6, z6 = slope(rho, x + (A51 * x1 + A52 * x2 + A53 * x3 + A54 * x4 + A55 * x5),
                               y + (A51 * y1 + A52 * y2 + A53 * y3 + A54 * y4 + A55 * y5),
                               z + (A51 * z1 + A52 * z2 + A53 * z3 + A54 * z4 + A55 * z5))
            x = x + (B1 * x1 + B2 * x2 + B3 * x3 + B4 * x4 + B5 * x5 + B6 * x6)
            y = y + (B1 * y1 + B2 * y2 + B3 * y3 + B4 * y4 + B5 * y5 + B6 * y6)
            z = z + (B1 * z1 + B2 * z2 + B3 * z3 + B4 * z4 + B5 * z5 + B6 * z6)
        finals[system, 0], finals[system, 1], finals[system, 2] = x, y, z


def main():
    rhos = np.load(sys.argv[1])
    finals = np.empty((len(rhos), 3), np.float32)
    integrate(rhos[:1], finals[:1], 1)  # compiled outside the time
    peer.measure(lambda: integrate(rhos, finals, int(sys.argv[2])))
    np.save(sys.argv[3], finals)


main()
