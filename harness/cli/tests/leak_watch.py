"""The supervisor's own descriptors, threads and children stay flat, and its memory but for what it keeps of each trial
for the summary, while it runs trials for FAIRGROUND_WATCH_S seconds (default 600), of every ending.

Not one of the ordinary tests: ctest has it with the label `slow`."""
import os
import pathlib
import signal
import statistics
import subprocess
import time

SECONDS = float(os.environ.get("FAIRGROUND_WATCH_S", 600))
TRIAL_BYTES = 6 << 10  # what may be kept of a trial for the summary

SUITE = """
name = "watch"
trials = {blocks}
[[point]]
workload = ["mutex", "sem-named", "sem-sysv", "pipes"]
as = ["threads", "processes"]
workers = 3
time = "20ms"
warmup = "5ms"
[[point]]
workload = ["file-write", "files-churn", "tcp-echo", "processes"]
workers = 2
time = "20ms"
warmup = "5ms"
[[point]]
workload = "hostile"
workers = 2
time = "20ms"
warmup = "5ms"
deadline = "200ms"
set = {{ where = ["setup", "run"], how = ["segv", "sleep", "child-setsid"], after = "0ns" }}
"""


class Look:
    """The supervisor at one moment."""

    def __init__(self, pid):
        proc = pathlib.Path(f"/proc/{pid}")
        self.bytes = int((proc / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        self.descriptors = len(os.listdir(proc / "fd"))
        self.threads = len(os.listdir(proc / "task"))
        self.children = len((proc / "task" / str(pid) / "children").read_text().split())


def grown(looks, what):
    """By how much the median of the last quarter is above that of the second eighth; the first is for warming up."""
    eighth = len(looks) // 8
    values = [getattr(look, what) for look in looks]
    return statistics.median(values[-2 * eighth:]) - statistics.median(values[eighth:2 * eighth])


def test_the_test_would_notice():
    class Fake:
        def __init__(self, k):
            self.leak, self.flat = 5 + k // 100, 5 + k % 7

    looks = [Fake(k) for k in range(800)]
    assert grown(looks, "leak") > 0 and grown(looks, "flat") == 0


def trials_of(folder):
    return (folder / "out" / "run.jsonl").read_bytes().count(b'"record":"trial"')


def test_the_supervisor_stays_flat(program, hostile):
    (program.folder / "watch.toml").write_text(SUITE.format(blocks=max(10, int(SECONDS))))
    running = program.start("run", "watch.toml", "--plugin", hostile / "hostile.so", "--out", "out",
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    record = program.folder / "out" / "run.jsonl"
    while not record.exists() or trials_of(program.folder) == 0:
        assert running.poll() is None
        time.sleep(0.05)
    looks, seen = [], []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert running.poll() is None, "the suite was too short"
        looks.append(Look(running.pid))
        seen.append(record.stat().st_size)
        time.sleep(SECONDS / 2000 + 0.01)
    done = trials_of(program.folder)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    program.assert_nothing_left()
    between = done * (seen[-1] - seen[len(seen) // 8]) / seen[-1]  # trials, about
    figures = {what: grown(looks, what) for what in ("descriptors", "threads", "children", "bytes")}
    print(f"{done} trials in {SECONDS:g} s, {len(looks)} looks; grown by {figures}; first and last:",
          vars(looks[0]), vars(looks[-1]))
    assert figures["descriptors"] <= 0 and figures["threads"] <= 0 and figures["children"] <= 0, figures
    assert figures["bytes"] <= (1 << 20) + TRIAL_BYTES * between, figures
