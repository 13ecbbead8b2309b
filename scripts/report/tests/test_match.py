"""What several runs share is found point by point, and nothing else is lost."""

import dataclasses
import itertools

import pytest

from report import across, model


def with_trials(run, name, keep, change=lambda entry: {}):
    """The run with only the trials that `keep` says, changed, under another name."""
    trials = [dict(e, **change(e)) for e in run.record.trials if keep(e)]
    made = model.Run(dataclasses.replace(run.record, trials=trials))
    made.name = made.short = name
    return made


def of(*workloads):
    return lambda entry: entry["workload"] in workloads


def inside(value):
    return lambda entry: {"parameters": dict(entry["parameters"], inside=value)}


def labels(report, k):
    return {p.label for p, _ in report.rest[1][k]}


def test_one_more_workload_in_one_run_takes_nothing_from_what_is_shared(runs_of):
    (run,) = runs_of("tour")
    more = with_trials(run, "more", of("mutex", "spin", "tbb-queuing"))
    odd = dict(next(e for e in more.record.trials if e["workload"] == "tbb-queuing"), parameters={"other": 1})
    more.record.trials.append(odd)
    report = across.Report([more, with_trials(run, "less", of("mutex", "spin"))])
    (shared,) = report.company
    assert shared.present == [0, 1] and len(shared.series) == 2 and shared.settings["inside"] == 100
    assert labels(report, 0) == {"tbb-queuing"} and labels(report, 1) == set()
    text, sentences = across.render(report.runs)
    assert "Only in more: 3" in text and any(s.startswith("Only more has tbb-queuing") for s in sentences)


def test_a_parameter_of_one_workload_has_to_be_the_same_too(runs_of):
    (run,) = runs_of("tour")
    tuned = lambda e: {"parameters": dict(e["parameters"], backoff=5)} if e["workload"] == "spin" else {}
    report = across.Report(
        [with_trials(run, "a", of("mutex", "spin")), with_trials(run, "b", of("mutex", "spin"), tuned)]
    )
    assert [len(s.series) for s in report.shared] == [1] and labels(report, 0) == {"spin"}


@pytest.mark.parametrize(
    "key, value", [("pin", "scatter"), ("as", "processes"), ("time_ns", 7), ("workload_version", 2)]
)
def test_what_is_set_differently_is_named(runs_of, key, value):
    (run,) = runs_of("tour")
    runs = [with_trials(run, "a", of("mutex", "spin")), with_trials(run, "b", of("mutex"), lambda e: {key: value})]
    report = across.Report(runs)
    assert report.shared == [] and labels(report, 0) == {"mutex", "spin"} and labels(report, 1) == {"mutex"}
    name = {"time_ns": "time", "workload_version": "version"}.get(key, key)
    said = across.render(runs)[1][0]
    assert said == f"More than one run has mutex, but their {name} differs, so nothing is compared."


def test_what_two_of_three_share_is_compared_too(runs_of):
    (run,) = runs_of("tour")
    runs = [with_trials(run, "a", of("mutex", "spin", "ck-ticket")), with_trials(run, "b", of("mutex", "spin"))]
    runs.append(with_trials(run, "c", of("mutex", "ck-ticket", "none")))
    report = across.Report(runs)
    found = {tuple(s.present): sorted(w for (w, *_) in s.series) for s in report.shared}
    assert found == {(0, 1, 2): ["mutex"], (0, 1): ["mutex", "spin"], (0, 2): ["ck-ticket", "mutex"]}
    assert labels(report, 2) == {"none"}


def test_workloads_without_company_are_told_with_their_numbers(runs_of):
    (run,) = runs_of("tour")
    one = lambda e: e["workload"] == "matrix" and e["workers"] == 2
    runs = [with_trials(run, "a", one), with_trials(run, "b", one)]
    text, sentences = across.render(runs)
    assert sentences[0].startswith("matrix did 82") and "on a and 82" in sentences[0] and "Each on its own" in text


def test_companions_are_part_of_a_point(runs_of):
    (run,) = runs_of("tour")
    beside = lambda n: lambda e: {"companions": [{"workload": "null", "workers": n, "parameters": {}}]}
    for other, shared in ((1, 1), (2, 0)):
        runs = [with_trials(run, n, of("mutex"), beside(w)) for n, w in (("a", 1), ("b", other))]
        assert len(across.Report(runs).shared) == shared


def test_runs_with_other_probes_besides_are_the_same(runs_of):
    (run,) = runs_of("tour")
    other = with_trials(run, "b", of("mutex", "spin"))
    other.record.trials += [dict(e, probes="sampled", trial=900 + k) for k, e in enumerate(list(other.record.trials))]
    report = across.Report([with_trials(run, "a", of("mutex", "spin")), other])
    assert [len(s.series) for s in report.company] == [2] and report.rest == ({}, [[], []])


@pytest.mark.parametrize("names", itertools.combinations(("one", "tour", "desktop", "single"), 2), ids="-".join)
def test_every_point_is_in_a_figure_or_in_a_table(runs_of, names):
    """Each has its numbers once: the throughput of each point of each run is somewhere on the page."""
    from report import units

    runs = runs_of(*names)
    text = across.render(runs)[0]
    for run in runs:
        for point in (p for panel in run.panels for p in panel.points if p.n and p.throughput):
            assert units.rate(point.throughput.median) in text, (run.name, point.label, point.workers)


def test_a_further_plugin_is_no_difference_and_another_file_is(runs_of):
    (run,) = runs_of("tour")
    less = with_trials(run, "less", of("mutex", "spin"))
    less.record.plugins = [p for p in run.record.plugins if p["name"] == "locks"]
    runs = [with_trials(run, "more", lambda e: True), less]
    said = " ".join(across.render(runs)[1])
    assert "differ, which" not in said
    less.record.plugins = [dict(p, sha256="0" * 64) for p in less.record.plugins]
    said = " ".join(across.render(runs)[1])
    assert "The plugins differ, which a comparison requires to be the same" in said
