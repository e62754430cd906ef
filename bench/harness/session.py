"""One run of the benchmarks: what it is to do, what this machine has, and how peers are built and started."""
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent

# How much is measured: rounds over all contestants, repetitions in a process, seconds after which none begins.
SCALES = {
    "full": {"rounds": 3, "repeat": 25, "budget": 1.0},
    "quick": {"rounds": 2, "repeat": 5, "budget": 0.3},
    "check": {"rounds": 1, "repeat": 1, "budget": 0.0},
}
LIMIT = 900  # seconds that a process may take

C_FLAGS = ["-O3", "-march=native", "-fno-math-errno"]
STRICT = ["-ffp-contract=off"]
THREADED_LIBRARIES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
                      "NUMEXPR_MAX_THREADS", "BENCH_THREADS"]


class Skipped(Exception):
    """A contestant that cannot run here, and why."""


class Failed(Exception):
    """A contestant that should run, and does not."""


@dataclass
class Session:
    scale: str
    more_threads: int  # measured beside one thread, when above 1
    device: str
    core: int
    build_folder: Path
    peers_only: bool = False
    kernel_options: list = field(default_factory=list)  # of dunlin_bench: the width and the lanes of kernels
    work: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="dunlin-bench-")))
    # Filled while it runs: programs and Pythons found, then what is reported.
    built: dict = field(default_factory=dict)
    pythons: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    gates: list = field(default_factory=list)
    failures: list = field(default_factory=list)
    skipped: set = field(default_factory=set)

    def pick(self, full, quick, check):
        """What goes with the scale of this run."""
        return {"full": full, "quick": quick, "check": check}[self.scale]

    @property
    def rounds(self):
        return SCALES[self.scale]["rounds"]

    @property
    def dunlin(self):
        return str(self.build_folder / "repl" / "dunlin")

    @property
    def dunlin_bench(self):
        return str(self.build_folder / "bench" / "dunlin_bench")

    def threads(self):
        return [1] + ([self.more_threads] if self.more_threads > 1 else [])

    def path(self, *parts):
        path = self.work.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(path)

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    # ---- Processes

    def pinned(self, threads):
        """The words in front of a command that keep it on as many cores as it has threads."""
        if not shutil.which("taskset"):
            return []
        cores = sorted(os.sched_getaffinity(0), key=lambda core: (core != self.core, core))
        return ["taskset", "-c", ",".join(map(str, cores[:threads]))]

    def environment(self, threads=1, **settings):
        environment = dict(os.environ)
        environment.update({name: str(threads) for name in THREADED_LIBRARIES})
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        scale = SCALES[self.scale]
        environment["BENCH_REPEAT"] = str(settings.get("repeat") or scale["repeat"])
        environment["BENCH_BUDGET"] = str(scale["budget"])
        if settings.get("cache"):
            environment["DUNLIN_CACHE"] = settings["cache"]
        return environment

    def measured(self, command, threads=1, **settings):
        """Runs a contestant, and gives the JSON of its last line."""
        words = self.pinned(threads) + list(map(str, command))
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT,
                                  env=self.environment(threads, **settings))
        except subprocess.TimeoutExpired:
            raise Failed(f"took longer than {LIMIT} s") from None
        if done.returncode != 0:
            raise Failed(f"exit code {done.returncode}: {last_line(done.stderr)}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def run(self, command):
        """Runs a helper that has nothing to do with the time."""
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=LIMIT)
        if done.returncode != 0:
            raise Failed(f"{command[0]}: {last_line(done.stderr)}")
        return done.stdout

    # ---- Peers

    def compiled(self, name, compiler, sources, flags):
        """The path of a program built from sources in bench/; built once."""
        key = (name, compiler, *sources, *flags)
        if key not in self.built:
            self.built[key] = self.build(name, compiler, sources, flags)
        program = self.built[key]
        if isinstance(program, Skipped):
            raise program
        return program

    def build(self, name, compiler, sources, flags):
        if not shutil.which(compiler):
            return Skipped(f"{compiler} is not installed")
        target = self.path("peers", f"{name}-{len(self.built)}")
        folders = ["-J", str(Path(target).parent)] if compiler == "gfortran" else ["-I", str(BENCH.parent)]
        words = [compiler, *folders, *[str(BENCH / source) for source in sources], *flags, "-o", target]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0:
            return Skipped(f"{compiler} does not build it: {last_line(done.stderr)}")
        return target

    def python(self, library):
        """A Python that has this library, and NumPy."""
        if library not in self.pythons:
            self.pythons[library] = find_python(library)
        if self.pythons[library] is None:
            raise Skipped(f"{library} is not installed")
        return self.pythons[library]

    def dunlin_run(self, program, *options, **named):
        """The command that runs a Dunlin program in process. Of the named options, a dictionary gives one option
        for each of its entries."""
        command = [self.dunlin_bench, "run", str(BENCH / program), "--device", self.device, *self.kernel_options,
                   *map(str, options)]
        for option, value in named.items():
            if isinstance(value, dict):
                for name, content in value.items():
                    command += [f"--{option}", f"{name}={content}"]
            else:
                command += [f"--{option}", str(value)]
        return command

    def compare(self, first, second):
        return json.loads(self.run([self.dunlin_bench, "compare", first, second]))


def find_python(library):
    for python in [os.environ.get("BENCH_PYTHON"), sys.executable, shutil.which("python3"), "/usr/bin/python3"]:
        if python and os.path.exists(python):
            done = subprocess.run([python, "-c", f"import numpy, {library}"], capture_output=True)
            if done.returncode == 0:
                return python
    return None


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "nothing was said"


def version_of(command):
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def machine_facts(session):
    facts = {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "load": os.getloadavg()[0],
        "dunlin": version_of([session.dunlin, "--version"]),
    }
    for compiler in ("gcc", "clang-19", "gfortran"):
        facts[compiler] = version_of([compiler, "--version"])
    return facts
