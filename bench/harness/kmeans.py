"""kmeans: system B's, over points in columns; the first assignment alone, and the whole."""
import array

from .contest import Case, Contestant, equal_files, ratio_gate, run_case
from .npy import write_npy
from .session import BENCH, Failed

FORTRAN = ["common/peer.f90", "kmeans/kmeans.f90"]
FLAGS = {"gfortran": ["-O3", "-march=native"], "gfortran -Ofast": ["-Ofast", "-march=native"]}
CLASSES = 5
WHOLE = 1_000_000  # assignments, more than are ever made


def run(session):
    dimension = session.pick(1000, 1000, 100)
    sizes = session.pick([250, 500, 1000, 2000], [50, 100, 200, 400], [20, 60])
    for name, turns in (("assignment", 1), ("whole", WHOLE)):
        for size in sizes:
            rows = run_size(session, name, dimension, size, turns)
        ratio_gate(session, "kmeans", f"{name}: gfortran -O3 -march=native", 2.0, rows.get("dunlin"))


def nearly_same(session, mine, theirs):
    """A check for who may round as it likes: some points lie half-way between two centres."""

    def check():
        found = session.compare(mine, theirs)
        if not found["comparable"] or found["different"] > found["count"] // 50:
            raise Failed(f"classes are not those of the reference: {found}")
        return f"{found['different']} points differ" if found["different"] else "bit-equal"

    return check


def run_size(session, name, dimension, size, turns):
    points = session.path("kmeans", f"points-{size}.npy")
    write_npy(points, "<f8", array.array("d", range(dimension * size)), (dimension, size))

    def target(who):
        return session.path("kmeans", f"{name}-{size}-{who.replace(' ', '-')}.npy")

    def same(who):
        return equal_files(session, [(target(who), target("gfortran-reference"))])

    def fortran(who):
        def command(threads):
            flags = FLAGS[who] + (["-fopenmp"] if threads > 1 else [])
            program = session.compiled("kmeans", "gfortran", FORTRAN, flags)
            return [program, dimension, size, CLASSES, turns, target(who)]

        check = nearly_same(session, target(who), target("gfortran-reference")) if "-Ofast" in who else same(who)
        return Contestant(who, command, can_thread=True, check=check)

    def dunlin(who, program):
        options = {"param": {"m": dimension, "n": size, "k": CLASSES, "turns": turns}, "in": {"points": points},
                   "out": {"class": target(who)}}
        return Contestant(who, lambda threads: session.dunlin_run(f"kmeans/{program}.dun", threads=threads, **options),
                          is_dunlin=True, can_thread=True, check=same(who))

    def python(library):
        return Contestant(
            library, lambda threads: [session.python(library), BENCH / "kmeans" / "kmeans.py", library, dimension, size,
                                      CLASSES, turns, target(library)],
            can_thread=library != "numpy", check=same(library))

    reference = session.compiled("kmeans_reference", "gfortran", FORTRAN, ["-O1"])
    session.measured([reference, dimension, size, CLASSES, turns, target("gfortran-reference")], repeat=1)
    contestants = [fortran(who) for who in FLAGS]
    contestants += [dunlin("dunlin", "kmeans"), dunlin("dunlin, a loop", "kmeans_loop")]
    contestants += [python(library) for library in ("numpy", "numba", "jax")]
    return run_case(session, Case("kmeans", name, size, dimension * size / 1e9, None, contestants, {"gfortran"}))
