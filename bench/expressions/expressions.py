"""The peers of the benchmark `expressions` in Python.

    expressions.py numpy|numexpr|numba|jax affine|mathematics|sum A.npy B.npy C.npy RESULT.npy
"""
import pathlib
import re
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "common"))
import peer  # noqa: E402

TEXTS = {
    "affine": "2 * a + 3 * b - c * a / (b + 1.5)",
    "mathematics": "sqrt(a) + sin(a) * cos(b) * exp(c)",
    "sum": "sqrt(a * a + b * b) + a * b * c",
}


def with_numpy(which, a, b, c):
    code = compile(TEXTS[which], which, "eval")
    names = {"sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "exp": np.exp, "a": a, "b": b, "c": c}
    if which == "sum":
        return lambda: np.sum(eval(code, names))
    return lambda: eval(code, names)


def with_numexpr(which, a, b, c):
    import numexpr

    numexpr.set_num_threads(peer.threads())
    if which == "sum":
        text = f"sum({TEXTS[which]})"
        return lambda: numexpr.evaluate(text, {"a": a, "b": b, "c": c})
    result = np.empty_like(a)
    return lambda: numexpr.evaluate(TEXTS[which], {"a": a, "b": b, "c": c}, out=result)


def with_numba(which, a, b, c):
    import math

    import numba

    names = {"sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "exp": math.exp, "range": numba.prange}
    text = re.sub(r"\b([abc])\b", r"\1[k]", TEXTS[which])
    if which == "sum":
        body = f"    total = 0.0\n    for k in range(len(a)):\n        total += {text}\n    return total\n"
    else:
        body = f"    for k in range(len(a)):\n        result[k] = {text}\n    return result\n"
    exec(f"def loop(a, b, c, result):\n{body}", names)
    loop = numba.njit(fastmath=True, parallel=peer.threads() > 1)(names["loop"])
    result = np.empty_like(a)
    loop(a[:8], b[:8], c[:8], result[:8])  # compiled outside the time
    return lambda: loop(a, b, c, result)


def with_jax(which, a, b, c):
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    code = compile(TEXTS[which], which, "eval")
    names = {"sqrt": jnp.sqrt, "sin": jnp.sin, "cos": jnp.cos, "exp": jnp.exp}

    def expression(a, b, c):
        value = eval(code, {**names, "a": a, "b": b, "c": c})
        return jnp.sum(value) if which == "sum" else value

    compiled = jax.jit(expression)
    a, b, c = jnp.asarray(a), jnp.asarray(b), jnp.asarray(c)
    compiled(a, b, c).block_until_ready()
    return lambda: compiled(a, b, c).block_until_ready()


def main():
    system, which, *paths, target = sys.argv[1:]
    a, b, c = (np.load(path) for path in paths)
    work = {"numpy": with_numpy, "numexpr": with_numexpr, "numba": with_numba, "jax": with_jax}[system]
    result = peer.measure(work(which, a, b, c))
    np.save(target, np.atleast_1d(np.asarray(result, dtype=np.float64)))


main()
