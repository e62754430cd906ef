"""halting: random programs of system A on the word machine; first the sampler, then the runs."""
import os
import struct

from .contest import Case, Contestant, equal_files, ratio_gate, run_case
from .session import C_FLAGS

RESULTS = ["steps", "halted", "memory", "printed", "printed_count"]
MACHINES = {
    "C++ gcc switch": ("g++", "switch"),
    "C++ gcc goto": ("g++", "goto"),
    "C++ clang switch": ("clang++-19", "switch"),
    "C++ clang goto": ("clang++-19", "goto"),
}
CXX_FLAGS = ["-std=c++20", "-pthread"]


def run(session):
    limit = session.pick(1_000_000, 100_000, 1000)
    sizes = session.pick([1000, 10_000, 30_000, 100_000], [100, 300, 1000, 3000], [50, 200])
    for size in sizes:
        last = run_machines(session, sample(session, size), size, limit)
    ratio_gate(session, "halting", "a plain C++ interpreter, the best of its builds", 0.9, last)


def npy_elements(path):
    """The bytes of the elements, and the header as text, of a small file."""
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack("<H", content[8:10])[0]
    return content[10 + length:], content[10:10 + length].decode()


def counts(session):
    """The tables of derivations, made by Dunlin; each as an array of one axis."""
    tables = {name: session.path("halting", f"{name}.npy") for name in ("blocks", "statements")}
    if not os.path.exists(tables["blocks"]):
        session.measured(session.dunlin_run("halting/halting_counts.dun", out=tables))
    return tables


def sample(session, size):
    """Draws programs with the sampler in C++ and with that in Dunlin, as a contest; gives the images."""
    reference = session.path("halting", f"images-{size}.npy")
    drawn = session.path("halting", f"drawn-{size}.npy")

    def sampler():
        return session.compiled("sampler", "g++", ["halting/sampler.cpp"], ["-std=c++20", "-O2", "-ffp-contract=off"])

    def dunlin(threads):
        return session.dunlin_run("halting/halting_sampler.dun", threads=threads, vms=size, seed=1,
                                  set=vectors(session), out={"image": drawn})

    session.run([sampler(), size, 1, reference])
    case = Case("halting", "sampler", size, size / 1e6, "M programs/s",
                [Contestant("C++", lambda threads: [sampler(), size, 1, reference]),
                 Contestant("dunlin", dunlin, is_dunlin=True, can_thread=True,
                            check=equal_files(session, [(drawn, reference)]))], {"C++"})
    run_case(session, case)
    return reference


def vectors(session):
    """The tables as literals, which are the same for every VM."""
    values = {}
    for name, path in counts(session).items():
        content, _ = npy_elements(path)
        numbers = struct.unpack(f"<{len(content) // 8}d", content)
        values[name] = "[" + ", ".join(map(repr, numbers)) + "]"
    return values


def run_machines(session, images, size, limit):
    reference = session.path("halting", f"reference-{size}", "steps.npy")

    def folder(name):
        return os.path.dirname(session.path("halting", f"{name.replace(' ', '-')}-{size}", "steps.npy"))

    def check(name):
        pairs = [(f"{folder(name)}/{result}.npy", f"{os.path.dirname(reference)}/{result}.npy") for result in RESULTS]
        return equal_files(session, pairs)

    def peer(name):
        compiler, way = MACHINES[name]

        def command(threads):
            program = session.compiled("word_machine", compiler, ["halting/word_machine.cpp"], C_FLAGS + CXX_FLAGS)
            return [program, way, images, limit, folder(name)]

        return Contestant(name, command, can_thread=way == "goto", check=check(name))

    def dunlin(threads):
        outputs = {result: f"{folder('dunlin')}/{result}.npy" for result in RESULTS}
        return session.dunlin_run("halting/halting.dun", threads=threads, param={"limit": limit},
                                  **{"in": {"image": images}}, out=outputs)

    steps = make_reference(session, images, limit, os.path.dirname(reference), size)
    contestants = [peer(name) for name in MACHINES]
    contestants.append(Contestant("dunlin", dunlin, is_dunlin=True, can_thread=True, check=check("dunlin")))
    rows = run_case(session, Case("halting", "machine", size, steps / 1e9, "G steps/s", contestants, set(MACHINES)))
    return rows.get("dunlin")


def make_reference(session, images, limit, folder, size):
    """Runs the plain interpreter without optimization, to compare all others with; gives the sum of the steps."""
    program = session.compiled("word_machine_reference", "g++", ["halting/word_machine.cpp"], ["-O1", *CXX_FLAGS])
    session.measured([program, "switch", images, limit, folder], repeat=1)
    content, _ = npy_elements(f"{folder}/steps.npy")
    steps = struct.unpack(f"<{size}q", content)
    halted, _ = npy_elements(f"{folder}/halted.npy")
    late = 1 - sum(halted) / size
    session.notes.append(f"halting: of {size:,} programs {100 * late:.2f} % made {limit:,} steps without halting; "
                         f"{sum(steps):,} steps in all")
    return sum(steps)
