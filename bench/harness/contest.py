"""Contests: several programs that do the same work, measured in turns, their results compared first."""
import math
import os
import statistics
from dataclasses import dataclass, field

from .session import Failed, Skipped


@dataclass
class Contestant:
    name: str
    command: object  # a function of the number of threads that gives the command; it may raise Skipped
    is_dunlin: bool = False
    can_thread: bool = False
    check: object = None  # a function that gives a text, or raises Failed


@dataclass
class Case:
    benchmark: str
    name: str
    size: int
    work: float  # of one run, in units of the rate
    unit: str  # of the rate: "G steps/s"; None shows the time alone
    contestants: list
    reference: object  # the names of those whose best is the measure, or None
    rounds: int = 0  # 0: as the scale says


@dataclass
class Row:
    benchmark: str
    case: str
    size: int
    contestant: str
    threads: int
    best: float
    median: float
    rate: float
    unit: str
    check: str
    ratio: float = None  # how many times as fast as the reference with the same threads
    cold: float = None  # seconds until the first result, less those of a run: nothing in the cache
    cached: float = None  # the same, with all in the cache
    memory: dict = field(default_factory=dict)


def run_case(session, case):
    """Measures a case with each number of threads; gives the rows with one thread, by contestant."""
    print(f"  {case.name}, {case.size:,}", flush=True)
    found = {}
    for threads in session.threads():
        racers = [Racer(session, case, contestant, threads) for contestant in case.contestants
                  if (threads == 1 or contestant.can_thread) and not (session.peers_only and contestant.is_dunlin)]
        for _ in range(case.rounds or session.rounds):
            for racer in racers:
                racer.run()
        rows = [racer.row() for racer in racers if racer.seconds]
        set_ratios(rows, case)
        session.rows += rows
        if threads == 1:
            found = {row.contestant: row for row in rows}
    return found


class Racer:
    """A contestant in one case, over the rounds. A peer that cannot run here is skipped, with the reason; Dunlin
    must run, and whoever runs must have the right result."""

    def __init__(self, session, case, contestant, threads):
        self.session, self.case, self.contestant, self.threads = session, case, contestant, threads
        self.seconds, self.starts, self.check, self.facts = [], [], None, {}
        name = f"{case.benchmark}-{case.name}-{case.size}-{contestant.name}-{threads}".replace(" ", "_")
        self.cache = session.path("caches", name.replace("/", "_"))
        os.makedirs(self.cache, mode=0o700, exist_ok=True)
        self.out = False

    def run(self):
        if self.out:
            return
        facts = self.measured()
        if facts is None:
            return
        try:
            if facts.get("faults"):
                raise Failed(f"VMs faulted: {facts['faults'][0]}")
            if self.check is None:
                self.check = self.contestant.check() if self.contestant.check else "reference"
            self.note(facts)
        except Failed as reason:
            self.leave(reason)

    def measured(self):
        try:
            command = self.contestant.command(self.threads)
            settings = {"cache": self.cache} if self.contestant.is_dunlin else {}
            return self.session.measured(command, self.threads, **settings)
        except Skipped as reason:
            self.skip(reason)
        except (Failed, ValueError, IndexError) as reason:
            if self.contestant.is_dunlin:
                self.leave(reason)
            else:
                self.skip(reason)
        return None

    def skip(self, reason):
        self.out, self.seconds = True, []
        self.session.skipped.add(f"{self.case.benchmark}: {self.contestant.name}: {reason}")

    def leave(self, reason):
        """No time is reported of a contestant whose result is wrong."""
        self.out, self.seconds = True, []
        self.session.failures.append(f"{self.case.benchmark}, {self.case.name}, {self.case.size:,}, "
                                     f"{self.threads} threads: {self.contestant.name}: {reason}")

    def note(self, facts):
        self.seconds += facts["seconds"]
        self.facts = facts
        if "first" in facts:
            self.starts.append(facts["load"] + facts["prepare"] + facts["first"])

    def row(self):
        best = min(self.seconds)
        row = Row(self.case.benchmark, self.case.name, self.case.size, self.contestant.name, self.threads, best,
                  statistics.median(self.seconds), self.case.work / best, self.case.unit, self.check)
        if len(self.seconds) > len(self.starts) and self.starts:
            row.cold = self.starts[0] - best
            row.cached = min(self.starts[1:]) - best if self.starts[1:] else None
        if "memory_bytes" in self.facts:
            row.memory = {name: self.facts[name] for name in ("memory_bytes", "vm_memory_bytes", "peak_bytes")}
        return row


def set_ratios(rows, case):
    if not case.reference:
        return
    measures = [row.best for row in rows if row.contestant in case.reference]
    for row in rows:
        if measures:
            row.ratio = min(measures) / row.best


def equal_files(session, pairs):
    """A check: these pairs of files are equal to the bit."""

    def check():
        for mine, theirs in pairs:
            found = session.compare(mine, theirs)
            if not found["equal"]:
                raise Failed(f"{os.path.basename(mine)} is not that of the reference: {found}")
        return "bit-equal"

    return check


def near_files(session, mine, theirs, tolerance):
    """A check: the arrays differ by no more than tolerance * (1 + abs) in any element."""

    def check():
        found = session.compare(mine, theirs)
        if found["equal"]:
            return "bit-equal"
        if not found["comparable"] or not found["distance"] <= tolerance:
            raise Failed(f"{os.path.basename(mine)} is not near the reference: {found}")
        return f"within {found['distance']:.0e}"

    return check


def gate(session, benchmark, asked, measured, met):
    """One of the numbers to reach: what was asked, what was measured, and whether it is met. Times at the tiny
    sizes of a check say nothing."""
    if session.scale == "check":
        return
    session.gates.append({"benchmark": benchmark, "asked": asked, "measured": measured, "met": met})


def ratio_gate(session, benchmark, what, least, row):
    if row is None or row.ratio is None:
        gate(session, benchmark, f"{what}: ≥ {least:g}×", "not measured", None)
    else:
        gate(session, benchmark, f"{what}: ≥ {least:g}×", f"{row.ratio:.2f}×", row.ratio >= least)


def slopes(rows):
    """How the time of each contestant with one thread grows with the size: the exponent, by least squares."""
    lines = {}
    for row in rows:
        if row.threads == 1:
            lines.setdefault((row.benchmark, row.case, row.contestant), []).append(row)
    result = []
    for (benchmark, case, contestant), points in lines.items():
        x = [math.log(row.size) for row in points]
        y = [math.log(row.best) for row in points]
        if len(set(x)) < 2:
            continue
        slope = statistics.linear_regression(x, y).slope
        result.append({"benchmark": benchmark, "case": case, "contestant": contestant, "slope": slope,
                       "sizes": [row.size for row in points]})
    return result
