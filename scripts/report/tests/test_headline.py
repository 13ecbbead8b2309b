"""The sentences that a reader who stops after the first screen gets."""

from report import headline
from report.tests.fixtures import invent, make
from report.tests.test_words import MS, point, trial


def test_price_needs_both_differences():
    fast = point([trial([0.6, 1.4], b, rate=9000) for b in range(6)], "fast")
    fair = point([trial([0.99, 1.01], b, rate=1000) for b in range(6)], "fair")
    assert "9 times as much" in headline.price([fast, fair])
    alike = point([trial([0.6, 1.4], b, rate=1000) for b in range(6)], "alike")
    assert headline.price([fast, alike]).startswith("No lock is shown to be fair: the last worker got most behind fast")


def test_price_says_nothing_of_a_ratio_whose_interval_holds_one():
    fast = point([trial([0.6, 1.4], b, rate=r) for b, r in enumerate((900, 1000, 1100, 1200, 1300, 1400))], "fast")
    fair = point([trial([0.99, 1.01], b, rate=1000) for b in range(6)], "fair")
    assert headline.price([fast, fair]).endswith("that fast, at 1.15\u00a0k/s, is faster is not shown.")


def test_the_control_is_no_contestant():
    none = point([trial([0.99, 1.01], b, rate=10**6) for b in range(6)], "none", "control")
    lock = point([trial([0.8, 1.2], b, rate=1000) for b in range(6)], "lock")
    assert headline.price([none, lock]) == ""
    assert headline.others([none, lock], lock) == ""


def ticket(rate=169, turns=(14, 15, 15, 16), blocks=6, slice_ns=3.2 * MS):
    """A lock that goes round, with too few turns for a share."""
    entries = []
    for b in range(blocks):
        entries.append(trial([t / 10000 for t in turns], b, rate, 60 * MS, minimum_share_ratio=None))
        entries[-1]["episode_thresholds"] = {"slice_ns": slice_ns}
    return point(entries, "ck-ticket", "queue")


def fast(share=0.63, rate=642e3):
    return point([trial([share, 1, 1, 3 - share], b, rate, 37 * MS) for b in range(6)], "mutex", "blocking")


def test_a_slow_fair_lock_is_told_by_its_turns():
    assert headline.price([fast(), ticket()]).replace("\u00a0", " ") == (
        "The only fair lock, ck-ticket, gave each of 4 workers 14 to 16 turns but did 169 /s where mutex did 642 k/s,"
        " 3\u202f800 times as much (95 % interval 3\u202f800 to 3\u202f800): each hand-over took 5.92 ms, where a time"
        " slice lasts 3.2 ms."
    )


def test_turns_are_even_only_where_every_trial_shows_it():
    assert headline.handed_round(ticket()) == (14, 16)
    assert headline.handed_round(ticket(turns=(13, 15, 15, 16))) is None
    assert headline.handed_round(ticket(turns=(2, 2, 2, 2))) is None
    assert headline.handed_round(ticket(blocks=2)) is None
    assert headline.handed_round(fast()) is None


def test_slices_are_spoken_of_where_a_turn_is_as_long():
    assert "time slice" not in headline.price([fast(), ticket(rate=1000)])
    for unknown in (None, 0, "x", True):
        assert "time slice" not in headline.price([fast(), ticket(slice_ns=unknown)])
    bare = ticket()
    for entry in bare.entries:
        entry["episode_thresholds"] = None
    assert "time slice" not in headline.price([fast(), bare])


def test_the_slowest_of_the_fair_is_named():
    fair = point([trial([0.95, 1.05], b, 187e3) for b in range(6)], "tbb-queuing", "queue")
    assert headline.price([fast(), fair, ticket()]).startswith("The slowest fair lock, ck-ticket,")


def test_fairness_without_a_price():
    quick = point([trial([0.95, 1.05], b, 9e5 + b) for b in range(6)], "quick", "queue")
    said = headline.price([fast(), quick]).replace("\u00a0", " ")
    assert said.startswith("Fairness had no price that is shown: quick, the fastest at 900 k/s, gave even its last")


def test_what_is_slow_and_not_even_is_told_by_its_rate_and_gap():
    fair = point([trial([0.997, 1.003], b, 187e3) for b in range(6)], "tbb-queuing", "queue")
    said = headline.price([fast(), fair, ticket(rate=20, turns=(1, 2, 3, 9))]).replace("\u00a0", " ")
    assert said.startswith("The only fair lock, tbb-queuing, gave even its last worker 99.7 % of a fair share but did")
    assert said.endswith(
        "; ck-ticket did 20 /s, too little to speak of shares, and nobody stood still for longer than 60 ms."
    )


def test_none_can_be_told_to_be_fair():
    unknown = [ticket(turns=(1, 2, 9, 9), rate=r) for r in (10, 20)]
    assert headline.price(unknown).startswith("Which lock was fair can't be told")


def test_others_are_told_by_the_fastest_and_all_that_went_short():
    spin = point([trial([0.1, 1.9], b, 2e5, starvation_episodes=3) for b in range(6)])
    slow = point([trial([0.4, 1.6], b, 1e5) for b in range(6)], "slow", "spin")
    assert headline.others([spin, fast(), slow], spin).replace("\u00a0", " ") == (
        "Behind mutex somebody went short too: the last worker got 63 % of a fair share, and nobody stood still"
        " for longer than 37 ms; somebody went short behind slow (0.40) as well."
    )
    fair = fast(0.9)
    assert headline.others([spin, fair], spin).startswith("The other lock gave even the last worker at least 0.90")
    assert headline.others([spin, fair, ticket()], spin).startswith("Mutex gave")


def of_tour(tmp_path, change):
    """The headline of the demo's invented twin, each of its trials changed."""
    from report import model, reader

    lines = make.tour()
    for line in lines:
        if line["record"] == "trial":
            change(line)
    path = tmp_path / "run.jsonl"
    path.write_bytes(invent.written(lines))
    return headline.headline(model.Run(reader.read(path)))


def even(line):
    """Nobody goes short anywhere."""
    line["metrics"].update(minimum_share_ratio=0.97, starvation_episodes=0, starved_contenders=0)


def unknown(line):
    line["metrics"].update(minimum_share_ratio=None, starved_contenders=0)


def worst_alone(line):
    even(line)
    if line["workload"] == "tcp-echo":
        line["metrics"].update(minimum_share_ratio=0.3)


def test_a_tour_has_three_sentences_whatever_was_found(tmp_path):
    for change in (lambda line: None, even, worst_alone):
        said = of_tour(tmp_path, change).sentences
        assert len(said) == 3 and all(s.endswith(".") for s in said), said
        assert "air" in said[2] and ("ck-ticket" in said[2] or "No lock" in said[2]), said
    assert "can't be told" in of_tour(tmp_path, unknown).sentences[1]


def test_probes_without_edges_are_not_called_failures(tmp_path):
    found = of_tour(tmp_path, lambda line: line.update(probes="sampled"))
    assert found.title == of_tour(tmp_path, lambda line: None).title
    assert found.lede[-1].startswith("Probes at sampled slow down what they look at")
    assert "--probes edges,sampled" in found.lede[-1]


def test_metrics_that_are_not_known_here_are_ignored(tmp_path):
    from report import model, one, reader

    histogram = {"mean": 12.5, "p50": 10, "count": 3, "disturbed": True, "buckets": [[1, 2], [9, 1]]}
    more = {
        "wait_ns": histogram,
        "hold_ns": None,
        "handover_ns": dict(histogram, disturbed=False),
        "short_term_jain": [{"window": 16, "jain_ratio": 0.5, "standard_error": None}],
        "handover_matrix": [[1, 2], [3, 4]],
        "reacquire_distance": {"mean": 2.0, "maximum": 9, "histogram": [[1, 2]]},
        "something_new": ["x", {}],
    }
    lines = make.tour()
    for line in lines:
        if line["record"] == "trial":
            line["metrics"].update(more)
            line.update(timeline_file="timeline/3.bin", something_new={"a": [1]})
    closed = dict(lines[-2], status="failed", window_ns=0, trial=999, block=0)  # its window never opened
    closed["metrics"] = {key: None for key in closed["metrics"]}
    closed["null_reasons"] = {f"metrics.{key}": "no-window" for key in closed["metrics"]}
    path = tmp_path / "run.jsonl"
    path.write_bytes(invent.written(lines[:-1] + [closed, lines[-1]]))
    run = model.Run(reader.read(path))
    model.name_runs([run])
    text, sentences = one.render(run)
    assert sentences[-1].startswith("1 of ") and "No trial" not in text


def test_headline_of_the_invented_runs(runs_of):
    (one,) = runs_of("one")
    assert headline.headline(one).title.startswith("Worker\u00a05 was starved: behind spin it got")
    (single,) = runs_of("single")
    assert headline.headline(single).title.startswith("matrix did")
    (troubled,) = runs_of("troubled")
    assert "5 of" in headline.headline(troubled).lede[-1] and "1 crashed" in headline.headline(troubled).lede[-1]


def test_a_run_in_which_nothing_ended_well(tmp_path):
    from report import model, one, reader

    lines = [line for line in make.troubled() if line["record"] != "trial" or line["status"] != "ok"]
    path = tmp_path / "run.jsonl"
    path.write_bytes(invent.written(lines))
    run = model.Run(reader.read(path))
    model.name_runs([run])
    text, sentences = one.render(run)
    assert sentences[0] == "No trial ended well." and "What did not go well" in text
