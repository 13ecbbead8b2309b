"""docs/locks.md is made of what is documented and of records alone. The record here is invented."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "scripts/guide"
writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no scripts/guidec beside it
loader = SourceFileLoader("guide", str(GUIDE))
guide = importlib.util.module_from_spec(importlib.util.spec_from_loader("guide", loader))
loader.exec_module(guide)
sys.dont_write_bytecode = writing

from report import probed  # noqa: E402
from report.tests.fixtures import invent  # noqa: E402

MS = invent.MS


def toml(path):
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def bucket_of(ns):
    """The histogram's bucket of a value, by the reader's own rule."""
    return next(b for b in range(10000) if probed.lowest(b + 1) > ns)


def sampled(entry, number, disturbed):
    """An edges trial once more at `sampled`, all its waits 5 µs but for one in fifty of 80 ms; invented."""
    waits = [[bucket_of(5_000), 980], [bucket_of(80 * MS), 20]]
    metrics = dict(entry["metrics"], throughput_per_s=1.0, wait_ns={"disturbed": disturbed, "buckets": waits})
    return dict(entry, trial=number, probes="sampled", metrics=metrics)


@pytest.fixture
def lines():
    """An invented run with 1, 2 and 8 workers on 2 units, six trials; the waits of spin are disturbed."""
    inventor = invent.Inventor(41, invent.VM, invent.S, intervals=10)
    invent.add_locks(inventor, 6, (1, 2, 8))
    for entry in inventor.entries:
        if entry["workload"] == "ck-ticket" and entry["workers"] == 8:  # too little was done for shares
            entry["metrics"].update(minimum_share_ratio=None, starved_contenders=0)
            for who in entry["per_worker"]:
                who.update(operations=5, effective_operations=None, starved=False)
    for k, entry in enumerate(list(inventor.entries)):
        inventor.entries.append(sampled(entry, 10_000 + k, entry["workload"] == "spin"))
    return invent.record(inventor, 6)


@pytest.fixture
def store(tmp_path):
    """Stores lines as the reference run of an invented machine; the folder of all."""

    def write(lines, name="invented", footer=True):
        path = tmp_path / "reference" / name / "run.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(invent.written(lines, footer))
        return tmp_path / "reference"

    return write


def rows(text):
    """{primitive: [cells]} of a page with one machine."""
    cells = [[c.strip() for c in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row for row in cells}


def page(folder):
    return guide.page(toml("docs/locks.toml"), guide.read_machines(folder)).replace(guide.units.NBSP, " ")


def trials_of(lines, workload, workers, probes="edges"):
    return [
        e
        for e in lines
        if e["record"] == "trial" and (e["workload"], e["workers"], e["probes"]) == (workload, workers, probes)
    ]


def test_cells_are_medians_of_the_record(lines, store):
    for k, entry in enumerate(trials_of(lines, "mutex", 8)):
        gaps = {"longest_gap_ns": (k + 1) * MS, "longest_gap_resolution_ns": 0, "longest_gap_censored": False}
        entry["metrics"].update(throughput_per_s=1000.0 * (k + 1), minimum_share_ratio=0.81 + k / 50, **gaps)
        entry["metrics"].update(window_too_short=False, starved_contenders=0)
    row = rows(page(store(lines)))["mutex"]
    assert row[3] == "`invented`"
    assert row[6:8] == ["3.5 k/s · 0.86 · 3.5 ms · fair", "80 ms"]


def test_gaps_say_what_their_brackets_say(lines, store):
    for entry in trials_of(lines, "mutex", 8):
        entry["metrics"].update(longest_gap_ns=9 * MS, longest_gap_resolution_ns=3 * MS, longest_gap_censored=True)
    for entry in trials_of(lines, "tbb-queuing", 8):
        entry["metrics"].update(longest_gap_ns=9 * MS, longest_gap_resolution_ns=3 * MS, window_too_short=False)
    found = rows(page(store(lines)))
    assert " · ≥ 6 ms · " in found["mutex"][6]
    assert " · ≤ 9 ms · " in found["tbb-queuing"][6]


def test_what_is_not_in_the_record_is_left_open(lines, store):
    found = rows(page(store(lines)))
    assert found["spin"][6].endswith("starved") or found["spin"][6].endswith("short")
    assert re.fullmatch(r"\(\S+ \S+\)", found["spin"][7])  # disturbed
    assert re.fullmatch(r"\S+ \S+ · — · .+ · even", found["ck-ticket"][6])
    assert found["scl"][3:8] == ["`invented`", "—", "—", "—", "—"]
    assert "none" not in found


def test_missing_trials_are_told(lines, store):
    for entry in trials_of(lines, "mutex", 2)[:2] + trials_of(lines, "spin", 1):
        invent.failed(entry, "unsupported")
    found = rows(page(store(lines)))
    assert found["mutex"][5].endswith(" · 4 trials") and "trial" not in found["mutex"][6]
    assert found["spin"][4] == "unsupported"


def test_several_machines_have_a_row_each(lines, store):
    store(lines, "a")
    text = page(store(lines, "b"))
    at = next(k for k, line in enumerate(text.splitlines()) if line.startswith("| `spin`"))
    assert "| `a` |" in text.splitlines()[at] and text.splitlines()[at + 1].startswith("|  |  |  | `b` | ")
    assert "6 trials of 1 s" in text and "`a` (2-core VM" in text and "and `b` (" in text


def test_records_that_give_no_verdict_are_refused(lines, store):
    with pytest.raises(guide.UserError, match="no footer"):
        page(store(lines, footer=False))


def test_one_cell_never_holds_two_points(lines, store):
    trials_of(lines, "mutex", 8)[0]["parameters"] = {"inside": 200, "outside": 100}
    with pytest.raises(guide.UserError, match=r"mutex with 8\sworkers twice"):
        page(store(lines))


def primitives():
    """Ids of all locks and semaphores in the sources."""
    return {
        found
        for family in guide.FAMILIES
        for path in (ROOT / "workloads" / family).glob("*.c*")
        if not path.stem.endswith("_test")
        for found in re.findall(r'\.id = "([^"]+)"', path.read_text(encoding="utf-8"))
    } - guide.NO_PRIMITIVES


def test_every_primitive_is_described_and_measured():
    assert len(primitives()) >= 60
    assert set(guide.read_facts(ROOT / "docs/locks.toml")) == primitives()
    points = toml("workloads/suites/locks.toml")["point"]
    assert all(sorted(p["workload"]) == sorted(primitives()) for p in points)


def run(*arguments):
    return subprocess.run([GUIDE, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_stored_page_is_what_the_reference_gives():
    done = run("--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_check_finds_a_difference(lines, store, tmp_path):
    options = ["--reference", store(lines), "-o", tmp_path / "locks.md"]
    assert run(*options, "--check").returncode == 1
    assert run(*options).returncode == 0
    assert run(*options, "--check").returncode == 0
    (tmp_path / "locks.md").write_text((tmp_path / "locks.md").read_text().replace("mutex", "mutes", 1))
    done = run(*options, "--check")
    assert done.returncode == 1 and "run scripts/guide" in done.stderr


def test_bad_input_is_one_sentence(tmp_path):
    done = run("--reference", tmp_path / "nowhere")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
