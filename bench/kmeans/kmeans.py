"""The peers of the benchmark `kmeans` in Python.

    kmeans.py numpy|numba|jax M N K TURNS CLASS.npy
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "common"))
import peer  # noqa: E402


def first_centres(points, k):
    n = points.shape[1]
    return points[:, [j * (n - 1) // (k - 1) for j in range(k)]].copy()


def cluster(points, k, turns, assign, move_centres):
    centres = first_centres(points, k)
    classes = assign(points, centres)
    for _ in range(turns - 1):
        centres = move_centres(points, classes, centres)
        newer = assign(points, centres)
        same = (newer == classes).all()
        classes = newer
        if same:
            break
    return np.asarray(classes, dtype=np.int64)


def move_centres(points, classes, centres):
    centres = centres.copy()
    for j in range(centres.shape[1]):
        members = points[:, classes == j]
        if members.shape[1]:
            centres[:, j] = members.mean(axis=1)
    return centres


def with_numpy(k):
    def assign(points, centres):
        distances = np.empty((k, points.shape[1]))
        for j in range(k):  # quicker, and smaller, than one array of all differences
            distances[j] = ((points - centres[:, j, None]) ** 2).sum(axis=0)
        return distances.argmin(axis=0)

    return assign, move_centres


def with_numba(k):
    import numba

    @numba.njit(fastmath=False, parallel=peer.threads() > 1)
    def assign(points, centres):
        m, n = points.shape
        classes = np.zeros(n, dtype=np.int64)
        for i in numba.prange(n):
            least = np.inf
            for j in range(k):
                distance = 0.0
                for d in range(m):
                    difference = points[d, i] - centres[d, j]
                    distance += difference * difference
                if distance < least:
                    least = distance
                    classes[i] = j
        return classes

    return assign, move_centres


def with_jax(k):
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    @jax.jit
    def assign(points, centres):
        distances = jnp.stack([((points - centres[:, j, None]) ** 2).sum(axis=0) for j in range(k)])
        return distances.argmin(axis=0)

    @jax.jit
    def means(points, classes, centres):
        member = classes[:, None] == jnp.arange(k)[None, :]
        count = member.sum(axis=0)
        return jnp.where(count > 0, points @ member.astype(points.dtype) / jnp.maximum(count, 1), centres)

    return assign, means


def main():
    system, *sizes, target = sys.argv[1:]
    m, n, k, turns = map(int, sizes)
    points = np.arange(float(m * n)).reshape(m, n)
    assign, means = {"numpy": with_numpy, "numba": with_numba, "jax": with_jax}[system](k)
    if system == "numba":
        points = np.asfortranarray(points)  # points one after the other
    centres = first_centres(points, k)
    means(points, assign(points, centres), centres)  # compiled outside the time
    if system == "jax":
        import jax

        points = jax.numpy.asarray(points)
    result = peer.measure(lambda: cluster(points, k, turns, assign, means))
    np.save(target, result)


main()
