"""expressions: three expressions over large arrays of doubles."""
from .contest import Case, Contestant, near_files, ratio_gate, run_case
from .session import BENCH

FLAGS = {"measured": ["-O3", "-march=native", "-ffast-math"], "strict": ["-O2", "-ffp-contract=off"]}
WHICH = ["affine", "mathematics", "sum"]
PYTHONS = ["numpy", "numexpr", "numba", "jax"]
TOLERANCE = {"affine": 1e-14, "mathematics": 1e-13, "sum": 1e-11}


def run(session):
    sizes = session.pick([10_000, 100_000, 1_000_000, 10_000_000], [1000, 10_000, 100_000, 1_000_000], [100, 5000])
    for which in WHICH:
        for size in sizes:
            rows = run_size(session, which, size)
        ratio_gate(session, "expressions", f"{which}: gcc -ffast-math with libmvec", 1.0, rows.get("dunlin"))


def data(session, size):
    program = session.compiled("data", "gcc", ["common/data.c"], ["-O2"])
    files = {}
    for seed, (name, low, high) in enumerate([("a", 0, 10), ("b", 0, 10), ("c", -2, 2)]):
        files[name] = session.path("expressions", f"{name}-{size}.npy")
        session.run([program, size, seed, low, high, files[name]])
    return files


def run_size(session, which, size):
    files = data(session, size)
    arrays = list(files.values())

    def target(name):
        return session.path("expressions", f"{which}-{size}-{name.replace(' ', '-')}.npy")

    def near(name):
        return near_files(session, target(name), target("strict"), TOLERANCE[which])

    def compiled(kind, threads):
        flags = FLAGS[kind] + (["-fopenmp"] if threads > 1 else []) + ["-lm"]
        return session.compiled("expressions", "gcc", ["expressions/expressions.c"], flags)

    def dunlin(name, program, **options):
        named = {"in": files, "out": {"result": target(name)}, **options}
        return Contestant(
            name, lambda threads: session.dunlin_run(f"expressions/{program}.dun", threads=threads, **named),
            is_dunlin=True, can_thread=True, check=near(name))

    def python(library):
        return Contestant(
            library, lambda threads: [session.python(library), BENCH / "expressions" / "expressions.py", library, which,
                                      *arrays, target(library)],
            can_thread=library != "numpy", check=near(library))

    session.measured([compiled("strict", 1), which, *arrays, target("strict")], repeat=1)
    contestants = [
        Contestant("C gcc", lambda threads: [compiled("measured", threads), which, *arrays, target("C gcc")],
                   can_thread=True, check=near("C gcc")),
        dunlin("dunlin", which, param={"n": size}),
    ]
    if which != "sum":
        contestants.append(dunlin("dunlin, a VM each", f"{which}_batch"))
    contestants += [python(library) for library in PYTHONS]
    return run_case(session, Case("expressions", which, size, size / 1e9, "G elements/s", contestants, {"C gcc"}))
