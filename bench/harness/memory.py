"""memory: what a batch needs beyond what its program declares, and 10^8 VMs with flat memory."""
import math
import os
import subprocess
import time

from .contest import Row, gate
from .session import BENCH, Failed, last_line

PIECE = 2**20
MIB = 2**20


def run(session):
    per_vm(session)
    flat(session)


def per_vm(session):
    """Peaks at four sizes: between the largest two, what each further VM costs."""
    sizes = session.pick([10**5, 10**6, 3 * 10**6, 10**7], [10**4, 3 * 10**4, 10**5, 3 * 10**5], [1000, 4000])
    peaks, lines = [], []
    for size in sizes:
        files = inputs(session, size)
        facts = session.measured(session.dunlin_run("memory/swing.dun", threads=1, **{"in": files}), repeat=1)
        if facts["faults"] or facts["vms"] != size:
            raise Failed(f"the batch did not run as it should: {facts}")
        declared = facts["declared_bytes"]
        peaks.append(facts["peak_bytes"])
        lines.append(f"  {size:>12,} VMs: peak {facts['peak_bytes'] / MIB:8.1f} MiB, declared "
                     f"{declared * size / MIB:8.1f} MiB, computed beforehand {facts['memory_bytes'] / MIB:8.1f} MiB")
        session.rows.append(Row("memory", "swing", size, "dunlin", 1, facts["first"], facts["first"],
                                size / facts["first"] / 1e6, "M VMs/s", "no fault",
                                memory={"peak_bytes": facts["peak_bytes"], "declared_bytes": declared * size,
                                        "memory_bytes": facts["memory_bytes"]}))
        for path in files.values():
            os.remove(path)
    beyond = (peaks[-1] - peaks[-2]) / (sizes[-1] - sizes[-2]) - declared
    share = peaks[-1] / (declared * sizes[-1])
    heading = f"memory of memory/swing.dun, which declares {declared} bytes for each VM:"
    session.notes.append("\n".join([heading] + lines))
    judged = session.scale == "full"  # below, the process itself is most of its memory
    gate(session, "memory", "beyond what is declared: ≤ 16 bytes a VM", f"{beyond:.1f} bytes",
         beyond <= 16 if judged else None)
    gate(session, "memory", "peak: ≤ 1.2 × inputs + state + outputs", f"{share:.2f} ×",
         share <= 1.2 if judged else None)


def inputs(session, size):
    program = session.compiled("data", "gcc", ["common/data.c"], ["-O2"])
    files = {name: session.path("memory", f"{name}-{size}.npy") for name in ("start", "pull")}
    session.run([program, size, 1, 0, 1, files["start"], 4])
    session.run([program, size, 2, 0, 1, files["pull"]])
    return files


def flat(session):
    """The pi program at four sizes: by the command line, and in pieces by a host that keeps the mean alone."""
    sizes = session.pick([10**5, 10**6, 10**7, 10**8], [10**4, 10**5, 3 * 10**5, 10**6], [1000, 10_000])
    peaks, lines = {"dunlin run": [], "in pieces": []}, []
    for size in sizes:
        means = []
        for who, measure in (("dunlin run", by_command), ("in pieces", by_pieces)):
            seconds, peak, mean = measure(session, size)
            check_mean(mean, size)
            means.append(mean)
            peaks[who].append(peak)
            lines.append(f"  {size:>12,} VMs, {who:<10}: peak {peak / MIB:8.1f} MiB, {seconds:8.2f} s")
            session.rows.append(Row("memory", "pi", size, who, 1, seconds, seconds, size / seconds / 1e6, "M VMs/s",
                                    "near pi", memory={"peak_bytes": peak}))
        if abs(means[0] - means[1]) > 1e-9:
            raise Failed(f"the means of {size:,} estimates differ: {means}")
    session.notes.append("memory of the pi program:\n" + "\n".join(lines))
    for who, found in peaks.items():
        growth = (found[-1] - found[-2]) / MIB
        asked = f"pi, {sizes[-1]:,} VMs, {who}: flat, ≤ 64 MiB above {sizes[-2]:,}"
        gate(session, "memory", asked, f"{growth:+.1f} MiB", growth <= 64 if session.scale == "full" else None)


def check_mean(mean, size):
    spread = math.sqrt(math.pi * (4 - math.pi) / (10 * size))
    if not abs(mean - math.pi) < 6 * spread:
        raise Failed(f"the mean of {size:,} estimates of pi is {mean}")


def by_pieces(session, size):
    facts = session.measured(session.dunlin_run("memory/pi.dun", threads=1, vms=size, piece=PIECE, mean="estimate"))
    return facts["seconds"][0], facts["peak_bytes"], facts["means"]["estimate"]


def by_command(session, size):
    """Starts the command, and asks the system what its peak was."""
    words = session.pinned(1) + [session.dunlin, "run", str(BENCH / "memory" / "pi.dun"), "--vms", str(size),
                                 "--device", session.device]
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=session.environment(1))
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        raise Failed(f"dunlin run: exit code {process.returncode}: {last_line(errors)}")
    return seconds, usage.ru_maxrss * 1024, float(output.split(" mean ")[1].split()[0])
