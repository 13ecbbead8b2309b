import dataclasses

from report import model


def test_semaphores_of_one_permit_stand_beside_locks_and_others_do_not(runs_of):
    (run,) = runs_of("tour")
    company = [p for p in run.panels if p.comparable()]
    assert {q.workload for q in company[0].points} == {
        "mutex",
        "spin",
        "ck-ticket",
        "tbb-queuing",
        "none",
        "sem-posix",
        "sem-std",
    }
    assert company[1].settings["permits"] == 4
    assert {q.workload for q in company[1].points} == {"sem-posix", "sem-std"}


def test_different_operations_are_never_in_one_panel(runs_of):
    (run,) = runs_of("tour")
    for panel in run.panels:
        assert len({p.operation for p in panel.points}) == 1


def test_a_parameter_of_one_workload_makes_a_series_and_a_common_one_a_panel(runs_of):
    (run,) = runs_of("tour")
    entries = [dict(e) for e in run.record.trials if e["workload"] in ("mutex", "spin") and e["workers"] == 8]
    for e in entries:
        e["parameters"] = dict(e["parameters"], inside=100 if e["block"] else 200)
        if e["workload"] == "spin":
            e["parameters"]["backoff"] = e["block"] == 1
    fresh = model.Run(dataclasses.replace(run.record, trials=entries))
    assert sorted(p.settings["inside"] for p in fresh.panels if p.points) == [100, 200]
    labels = {q.label for p in fresh.panels for q in p.points}
    assert {"spin backoff=on", "spin backoff=off", "mutex"} == labels


def test_unfinished_trials_are_no_points(runs_of):
    (run,) = runs_of("troubled")
    assert all(t.entry["status"] == "ok" for p in run.panels for q in p.points for t in q.trials)
    assert len(run.troubled) == 5


def test_unknown_metrics_leave_no_interval(runs_of):
    (run,) = runs_of("nulls")
    unknown = [q for p in run.panels for q in p.points if q.workload == "mutex"]
    assert unknown and all(q.throughput is None and q.minimum_share is None and q.longest_gap is None for q in unknown)


def test_clients_are_the_contenders_of_an_echo_server(runs_of):
    (run,) = runs_of("tour")
    echo = next(q for p in run.panels for q in p.points if q.workload == "tcp-echo")
    assert echo.noun == "client" and echo.contenders == 6 and echo.name_of(2) == "client\u00a02"


def test_runs_on_one_machine_are_told_apart(runs_of):
    names = [r.name for r in runs_of("one", "tour")]
    assert len(set(names)) == 2


def test_common_beginnings_are_left_out():
    assert model.without_common_start(["my big VM", "my small VM"]) == ["big VM", "small VM"]
    assert model.without_common_start(["a", "a b"]) == ["a", "a b"]
    assert model.without_common_start(["a b"]) == ["a b"]


def test_figures_are_of_trials_at_edges_only(runs_of):
    (run,) = runs_of("single")
    trials = [dict(run.record.trials[0], probes=level, trial=k) for k, level in enumerate(("edges", "sampled", "full"))]
    fresh = model.Run(dataclasses.replace(run.record, trials=trials))
    assert [t.number for p in fresh.panels for q in p.points for t in q.trials] == [0]
