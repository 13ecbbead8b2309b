"""What the comparisons share: runs of Fairground whose record is read and thrown away, and tables of series."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
PROGRAM = os.environ.get("FAIRGROUND_BIN", BUILD / "bin" / "fairground")


def build(*targets, tests=False):
    """The release preset, with the tests' parts if wanted, and targets that it leaves out."""
    subprocess.run([ROOT / "scripts" / "build", "release", *(["-DFAIRGROUND_TESTS=ON"] if tests else [])], check=True)
    if targets:
        subprocess.run(["cmake", "--build", BUILD, "--target", *targets], check=True, stdout=subprocess.DEVNULL)


def run(*arguments, environment=None):
    """The measured trials of `fairground run`, in the order of the record; ends the script if one is not ok.

    At the level `edges`, unless --probes is among the arguments."""
    if "--probes" not in arguments:
        arguments += ("--probes", "edges")
    with tempfile.TemporaryDirectory(prefix="fairground-versus-") as folder:
        done = subprocess.run([PROGRAM, "run", *map(str, arguments), "--json", "--out", folder + "/run"],
                              capture_output=True, text=True, check=False, env=dict(os.environ, **(environment or {})))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    trials = [line for line in lines if line["record"] == "trial" and line["role"] == "measured"]
    for trial in trials:
        if trial["status"] != "ok":
            sys.exit(f"{trial['workload']}: {trial['status']}: {trial['reason']}")
    return trials or sys.exit(done.stderr)


def cpu_ns(trial):
    """CPU time of all workers over their operations, ns."""
    return (sum(w["user_ns"] + w["system_ns"] for w in trial["per_worker"])
            / sum(w["operations"] for w in trial["per_worker"]))


def google_benchmark(program, *arguments):
    """The rows that a program made with Google Benchmark writes."""
    out = subprocess.run([BUILD / "versus" / program, *arguments, "--benchmark_format=json"], check=True,
                         capture_output=True, text=True).stdout
    return json.loads(out)["benchmarks"]


class Series:
    """Figures that are measured in rounds, each by its name."""

    def __init__(self):
        self.values = {}

    def add(self, **figures):
        for name, value in figures.items():
            self.values.setdefault(name, []).append(value)

    def show(self, digits=3):
        width = max(map(len, self.values)) + 2
        print(f"{'':<{width}}{'median':>9}{'least':>9}{'most':>9}")
        for name, values in self.values.items():
            print(f"{name:<{width}}" + "".join(f"{f(values):9.{digits}f}" for f in (statistics.median, min, max)))
