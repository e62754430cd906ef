"""dependent: turns that each need the one before. Row i = column i + i; and a heat stencil in many sweeps."""
from .contest import Case, Contestant, equal_files, ratio_gate, run_case
from .session import BENCH

FORTRAN = ["common/peer.f90", "dependent/dependent.f90"]
PYTHONS = ["numpy", "numba", "jax"]


def run(session):
    for size in session.pick([250, 500, 1000, 2000], [50, 100, 200, 400], [20, 50]):
        rows = run_size(session, "rows", size, 0)
        if size == session.pick(1000, 400, 50):
            ratio_gate(session, "dependent", "row i = column i + i: the best of the others", 1.5, rows.get("dunlin"))
    sweeps = session.pick(1000, 50, 7)
    for size in session.pick([250, 500, 1000, 2000], [50, 100, 200, 400], [20, 50]):
        rows = run_size(session, "heat", size, sweeps)
    ratio_gate(session, "dependent", f"heat, {sweeps} sweeps: the best of the others", 1.5, rows.get("dunlin"))


def run_size(session, which, size, sweeps):
    reference = session.path("dependent", f"{which}-{size}-reference.npy")

    def target(who):
        return session.path("dependent", f"{which}-{size}-{who.replace(' ', '-')}.npy")

    def same(who):
        return equal_files(session, [(target(who), reference)])

    def fortran(who, way):
        def command(threads):
            flags = ["-O3", "-march=native"] + (["-fopenmp"] if threads > 1 else [])
            return [session.compiled("dependent", "gfortran", FORTRAN, flags), way, size, sweeps, target(who)]

        return Contestant(who, command, can_thread=which == "heat", check=same(who))

    def python(library):
        return Contestant(
            library, lambda threads: [session.python(library), BENCH / "dependent" / "dependent.py", library, which,
                                      size, sweeps, target(library)],
            can_thread=library != "numpy" and which == "heat", check=same(library))

    params = {"n": size} if which == "rows" else {"n": size, "sweeps": sweeps}
    options = {"param": params, "out": {"result": target("dunlin")}}
    program = session.compiled("dependent_reference", "gfortran", FORTRAN, ["-O1"])
    session.measured([program, which, size, sweeps, reference], repeat=1)
    contestants = [fortran("gfortran", which)]
    if which == "heat":
        contestants.append(fortran("gfortran, whole", "heat_whole"))
    others = [contestant.name for contestant in contestants] + PYTHONS
    contestants.append(
        Contestant("dunlin", lambda threads: session.dunlin_run(f"dependent/{which}.dun", threads=threads, **options),
                   is_dunlin=True, can_thread=True, check=same("dunlin")))
    contestants += [python(library) for library in PYTHONS]
    unit = "G cells/s" if which == "heat" else None
    work = size * size * (sweeps or 1) / 1e9
    large = size * size * sweeps > 10**9
    return run_case(session, Case("dependent", which, size, work, unit, contestants, set(others),
                                  rounds=2 if large else 0))
