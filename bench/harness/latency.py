"""latency: from the start of the command to the result, cold and from the cache; what compiling takes."""
import os
import shutil
import subprocess
import time

from .contest import Row, gate
from .session import BENCH, Failed, Skipped, last_line

PATIENCE = 10  # seconds; what takes so long to compile is compiled once


def run(session):
    runs = session.pick(21, 7, 1)
    times = commands(session, runs)
    limits = {"dunlin, cold": 0.120, "dunlin, cached": 0.030}
    for name, most in limits.items():
        found = times.get(name)
        gate(session, "latency", f"a ten-line program, {name.split(', ')[1]}: ≤ {1000 * most:.0f} ms",
             f"{1000 * found:.1f} ms" if found else "not measured", found <= most if found else None)
    compile_gate(session, "a kernel compiled", "latency/ten_lines.dun", 0.025, runs)
    statements = session.pick(4000, 4000, 100)
    compile_gate(session, f"{statements:,} statements compiled", long_program(session, statements), 2.0,
                 max(1, runs // 7))


def commands(session, runs):
    """Median seconds of commands, from start to end, in turns."""
    program = str(BENCH / "latency" / "ten_lines.dun")
    warm = session.path("latency", "warm", "x")[:-2]
    os.makedirs(warm, mode=0o700, exist_ok=True)
    dunlin = [session.dunlin, "run", program, "--device", session.device]
    todo = {
        "dunlin, cold": lambda k: (dunlin, fresh(session, k)),
        "dunlin, cached": lambda k: (dunlin, warm),
        "python, import numpy": lambda k: ([session.python("numpy"), "-c", "import numpy"], None),
        "julia, nothing": lambda k: ([need("julia"), "-e", "1 + 1"], None),
    }
    seconds = {name: [] for name in todo}
    for k in range(runs + 1):  # the first of each fills the caches
        for name, make in todo.items():
            try:
                words, cache = make(k)
                seconds[name].append(timed(session, words, cache))
            except Skipped as reason:
                session.skipped.add(f"latency: {name}: {reason}")
    medians = {}
    for name, found in seconds.items():
        if not found:
            continue
        kept = sorted(found[1:] or found)
        medians[name] = kept[len(kept) // 2]
        check = "0.60577" if "dunlin" in name else "it ends well"
        session.rows.append(Row("latency", "start to result", 1, name, 1, kept[0], medians[name], 0, None, check))
    return medians


def need(command):
    if not shutil.which(command):
        raise Skipped(f"{command} is not installed")
    return command


def fresh(session, k):
    folder = session.path("latency", f"cold-{k}", "x")[:-2]
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder


def timed(session, words, cache):
    environment = session.environment(1, cache=cache)
    start = time.perf_counter()
    done = subprocess.run(session.pinned(1) + words, capture_output=True, text=True, env=environment)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise Failed(f"{words[0]}: exit code {done.returncode}: {last_line(done.stderr)}")
    if words[0] == session.dunlin and "last = 0.60577" not in done.stdout:
        raise Failed(f"the ten-line program says {done.stdout!r}")
    return seconds


def compile_gate(session, what, program, most, runs):
    """What a first run takes longer than the best of the later ones, with an empty cache and then with a full one."""
    colds, cacheds = [], []
    for k in range(runs):
        cache = session.path("latency", f"{what.replace(' ', '-')}-{k}", "x")[:-2]
        os.makedirs(cache, mode=0o700, exist_ok=True)
        for found in (colds, cacheds):
            facts = session.measured(session.dunlin_run(program, threads=1), cache=cache, repeat=5)
            found.append(facts["prepare"] + facts["first"] - min(facts["seconds"]))
        if colds[-1] > PATIENCE:
            break
    colds.sort()
    cacheds.sort()
    cold, cached = colds[len(colds) // 2], cacheds[len(cacheds) // 2]
    session.rows.append(Row("latency", what, 1, "dunlin", 1, colds[0], cold, 0, None, "runs", cold=cold, cached=cached))
    if session.device == "interp":
        gate(session, "latency", f"{what}: ≤ {1000 * most:.0f} ms", "nothing is compiled", None)
    else:
        gate(session, "latency", f"{what}: ≤ {1000 * most:.0f} ms", f"{1000 * cold:.1f} ms", cold <= most)


def long_program(session, statements):
    """Straight code of so many statements, each with names, numbers and a function."""
    lines = ["x0 = 1.5", "x1 = 2.5"]
    for k in range(2, statements - 1):
        share = f"{k / statements:.4f}"
        lines.append(f"x{k} = sin(x{k - 1}) * {share} + x{k - 2} * vm_id - sqrt(abs(x{k - 1} - x{k - 2}))")
    lines.append(f"output y = x{statements - 2}")
    path = session.path("latency", "long.dun")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path
