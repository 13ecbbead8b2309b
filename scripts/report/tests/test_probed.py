"""What is drawn of the probe levels above `edges`, with and without trials at `edges`."""

import json

import pytest

from report import model, one, reader
from report.tests.fixtures import invent, make

HISTOGRAM = {"count": 4_000, "buckets": [[64, 3_000], [300, 900], [900, 100]], "disturbed": False}
ACQUISITIONS = [[0, 1_000, 2_000, 5_000], [1, 1_500, 5_000, 9_000], [0, 5_500, 9_000, 9_500], [1, 9_200, None, None]]
WINDOWS = [{"name": "longest-wait", "begin_ns": 0, "end_ns": 10_000, "cut": False, "acquisitions": ACQUISITIONS}]


def looked_at(folder, levels, workloads=None):
    """A run of the tour, each trial as if at each of the levels; its record and its timelines in the folder."""
    lines = make.tour()
    measured = [line for line in lines if line["record"] == "trial" and line["role"] == "measured"]
    rest = [line for line in lines if line not in measured]
    if workloads:
        measured = [line for line in measured if line["workload"] in workloads]
    for level in levels:
        for line in measured:
            metrics = dict(line["metrics"])
            if level != "edges":
                jain = [{"window": w, "jain_ratio": 0.5, "random_jain_ratio": 0.7} for w in (2, 8, 32)]
                metrics.update(wait_ns=HISTOGRAM, short_term_jain=jain, longest_wait_ns=4_500)
            rest.insert(-1, dict(line, probes=level, metrics=metrics, timeline_file=f"timeline-{level}.json"))
    for number, line in enumerate([line for line in rest if line["record"] == "trial"]):
        line["trial"] = number
    (folder / "timeline-full.json").write_text(json.dumps({"windows": WINDOWS}))
    path = folder / "run.jsonl"
    path.write_bytes(invent.written(rest))
    (run,) = [model.Run(reader.read(path))]
    model.name_runs([run])
    return run


def kinds(run):
    return {figure.kind for figure in one.Report(run).everything()}


@pytest.mark.parametrize("workloads", [None, {"mutex"}])
def test_the_timeline_needs_no_trial_at_edges(tmp_path, workloads):
    drawn = kinds(looked_at(tmp_path, ["full"], workloads))
    assert {"timeline", "starved"} <= drawn and "waits" not in drawn
    text, said = one.render(looked_at(tmp_path, ["full"], workloads))
    assert "--probes edges,full" in said[-1] and "Probes: <code>edges" not in text


def test_what_one_lock_alone_was_looked_at_for_is_drawn(tmp_path):
    run = looked_at(tmp_path, ["edges", "sampled", "full"], {"mutex"})
    assert {"starved", "waits", "shortterm", "timeline"} <= kinds(run)
    assert {e["probes"] for panel in run.panels for p in panel.points for e in p.entries} == {"edges"}
    assert "slow down" not in " ".join(one.Report(run).headline.sentences)


def test_the_timeline_tells_who_waited_for_longest(tmp_path):
    figures = one.Report(looked_at(tmp_path, ["full"], {"mutex"})).everything()
    (found,) = [figure for figure in figures if figure.kind == "timeline"]
    assert found.title == "W1 waited 3.5\u00a0µs for mutex, and others took the lock at least 1\u00a0time"
