"""ode: the Lorenz system in fixed steps of Tsitouras's method, f32; every VM has its own rho."""
import array

from .contest import Case, Contestant, equal_files, near_files, ratio_gate, run_case
from .npy import write_npy
from .session import BENCH, C_FLAGS, STRICT

SIMD_C = {
    "C gcc strict": ("gcc", STRICT),
    "C gcc contracted": ("gcc", ["-ffp-contract=fast"]),
    "C clang strict": ("clang-19", STRICT),
    "C clang contracted": ("clang-19", ["-ffp-contract=fast"]),
}


def run(session):
    session.compiled("ode", "gcc", ["ode/ode.c"], C_FLAGS + STRICT)  # without it there is nothing to compare with
    steps = session.pick(1000, 1000, 50)
    sizes = session.pick([2**10, 2**14, 2**18, 2**23], [2**8, 2**10, 2**12, 2**14], [64, 128])
    asked = session.pick(2**18, 2**14, 128)  # large, and yet run often enough for a steady ratio
    found = {size: run_size(session, size, steps) for size in sizes}
    ratio_gate(session, "ode", f"the hand-written SIMD C, the best of its builds, {asked:,} VMs", 0.9, found[asked])


def run_size(session, size, steps):
    rho = session.path("ode", f"rho-{size}.npy")
    write_npy(rho, "<f4", array.array("f", (21 * k / size for k in range(size))), (size,))
    strict = session.path("ode", f"C-gcc-strict-{size}.npy")

    def peer(name):
        compiler, flags = SIMD_C[name]
        target = session.path("ode", f"{name.replace(' ', '-')}-{size}.npy")

        def command(threads):
            threaded = ["-fopenmp"] if threads > 1 else []
            return [session.compiled("ode", compiler, ["ode/ode.c"], C_FLAGS + flags + threaded), rho, steps, target]

        if target == strict:
            check = None
        elif flags is STRICT:
            check = equal_files(session, [(target, strict)])
        else:
            check = near_files(session, target, strict, 1e-2)
        return Contestant(name, command, can_thread=compiler == "gcc", check=check)

    def dunlin(name, program):
        target = session.path("ode", f"{program}-{size}.npy")
        return Contestant(
            name, lambda threads: session.dunlin_run(f"ode/{program}.dun", threads=threads, param={"steps": steps},
                                                     **{"in": {"rho": rho}}, out={"final": target}),
            is_dunlin=True, can_thread=True, check=equal_files(session, [(target, strict)]))

    def numba(threads):
        return [session.python("numba"), BENCH / "ode" / "ode_numba.py", rho, steps, numba_target]

    numba_target = session.path("ode", f"numba-{size}.npy")
    contestants = [peer(name) for name in SIMD_C]
    contestants += [dunlin("dunlin", "ode"), dunlin("dunlin, scalars", "ode_scalars"),
                    Contestant("numba", numba, can_thread=True,
                               check=near_files(session, numba_target, strict, 1e-2))]
    case = Case("ode", "lorenz", size, size * steps / 1e9, "G steps/s", contestants, set(SIMD_C),
                rounds=1 if size > 2**20 else 0)
    rows = run_case(session, case)
    return rows.get("dunlin")
