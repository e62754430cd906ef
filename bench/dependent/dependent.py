"""The peers of the benchmark `dependent` in Python.

    dependent.py numpy|numba|jax rows|heat N SWEEPS RESULT.npy
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "common"))
import peer  # noqa: E402


def plate(n):
    heat = np.zeros((n, n))
    heat[0, :] = 1
    return heat


def with_numpy():
    def rows(n, _):
        x = np.zeros((n, n))
        for i in range(n):
            x[i, :] = x[:, i] + i
        return x

    def heat(n, sweeps):
        now = plate(n)
        following = now.copy()
        for _ in range(sweeps):  # written in place, without temporary arrays
            inner = following[1:-1, 1:-1]
            np.add(now[:-2, 1:-1], now[2:, 1:-1], out=inner)
            inner += now[1:-1, :-2]
            inner += now[1:-1, 2:]
            inner *= 0.25
            now, following = following, now
        return now

    return {"rows": rows, "heat": heat}


def with_numba():
    import numba

    parallel = peer.threads() > 1

    @numba.njit
    def rows(n, _):
        x = np.zeros((n, n))
        for i in range(n):
            x[i, :] = x[:, i] + i
        return x

    @numba.njit(parallel=parallel)
    def sweep(now, following):
        n = now.shape[0]
        for i in numba.prange(1, n - 1):
            for j in range(1, n - 1):
                following[i, j] = 0.25 * (now[i - 1, j] + now[i + 1, j] + now[i, j - 1] + now[i, j + 1])

    def heat(n, sweeps):
        now = plate(n)
        following = now.copy()
        for _ in range(sweeps):
            sweep(now, following)
            now, following = following, now
        return now

    rows(4, 0)
    heat(4, 1)  # compiled outside the time
    return {"rows": rows, "heat": heat}


def with_jax():
    import functools

    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    @functools.partial(jax.jit, static_argnums=0)
    def rows(n):
        return jax.lax.fori_loop(0, n, lambda i, x: x.at[i, :].set(x[:, i] + i), jnp.zeros((n, n)))

    @functools.partial(jax.jit, static_argnums=1)
    def heat(start, sweeps):
        def sweep(_, x):
            inner = 0.25 * (x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:])
            return x.at[1:-1, 1:-1].set(inner)

        return jax.lax.fori_loop(0, sweeps, sweep, start)

    return {
        "rows": lambda n, _: np.asarray(rows(n)),
        "heat": lambda n, sweeps: np.asarray(heat(jnp.asarray(plate(n)), sweeps)),
    }


def main():
    system, which, n, sweeps, target = sys.argv[1:]
    work = {"numpy": with_numpy, "numba": with_numba, "jax": with_jax}[system]()[which]
    if system == "jax":
        work(int(n), int(sweeps))  # compiled outside the time; shapes and turns are part of what is compiled
    np.save(target, peer.measure(lambda: work(int(n), int(sweeps))))


main()
