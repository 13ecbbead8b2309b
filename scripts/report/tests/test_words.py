"""What the sentences claim, and what they must not."""

import pytest

from report import words
from report.model import Point
from report.tests.fixtures import make

MS = 1_000_000


def trial(shares, block, rate=1000.0, gap=2 * MS, **metrics):
    """A trial of the given shares."""
    n = len(shares)
    who = [
        {
            "worker": i,
            "units": [i % 2],
            "operations": round(s * 10000),
            "effective_operations": None,
            "entitlement_ratio": 1 / n,
            "longest_gap_ns": gap,
        }
        for i, s in enumerate(shares)
    ]
    known = {
        "throughput_per_s": rate,
        "minimum_share_ratio": min(shares),
        "longest_gap_ns": gap,
        "longest_gap_resolution_ns": 0,
        "longest_gap_censored": False,
        "longest_gap_contender": min(range(n), key=lambda i: shares[i]),
        "starvation_episodes": 0,
        "starved_contenders": 0,
    }
    known.update(metrics)
    return {
        "status": "ok",
        "window_ns": 10**9,
        "block": block,
        "trial": block,
        "metrics": known,
        "per_worker": who,
        "progress": {"end_ns": [], "operations": []},
    }


def point(many, name="spin", group="spin", family="locks"):
    return Point(name, group, family, "acquisition", (), len(many[0]["per_worker"]), True, many)


def test_starved_takes_a_short_share_and_episodes():
    low = [trial([0.2, 1.2, 1.3, 1.3], b, starvation_episodes=3) for b in range(6)]
    assert (
        words.verdict(point(low)).replace("\u00a0", " ")
        == "Worker 0 was starved: behind spin it got 20 % of a fair share and once stood still for 2 ms."
    )


def test_without_episodes_somebody_only_went_short():
    assert "Worker\u00a00 went short" in words.verdict(point([trial([0.2, 1.2, 1.3, 1.3], b) for b in range(6)]))


def test_below_one_percent_is_starved_without_episodes():
    assert words.judged(point([trial([0.001, 2.0], b, starved_contenders=1) for b in range(6)])) == words.STARVED


def test_an_interval_across_one_half_leaves_it_open():
    mixed = [trial([s, 2 - s], b, starvation_episodes=5) for b, s in enumerate((0.3, 0.35, 0.4, 0.6, 0.7, 0.8))]
    assert words.judged(point(mixed)) == words.OPEN
    assert "is open" in words.verdict(point(mixed))


def test_too_few_trials_claim_what_each_shows():
    assert words.judged(point([trial([s, 2 - s], b) for b, s in enumerate((0.3, 0.4))])) == words.SHORT
    assert words.judged(point([trial([s, 2 - s], b) for b, s in enumerate((0.3, 0.6))])) == words.OPEN


def test_who_changes_is_not_named():
    turns = [
        trial([0.2, 0.9, 1.9] if b % 3 == 0 else [0.9, 0.2, 1.9] if b % 3 == 1 else [1.9, 0.9, 0.2], b)
        for b in range(6)
    ]
    assert words.verdict(point(turns)).startswith(
        "Behind spin somebody went short: the last of 3\u00a0workers got 20\u00a0% of a fair share"
    )


def test_gap_of_somebody_else_is_not_given_to_the_last():
    other = [trial([0.2, 1.8], b, longest_gap_contender=1) for b in range(6)]
    assert "; worker\u00a01 once stood still" in words.verdict(point(other))


@pytest.mark.parametrize(
    "metrics, text",
    [
        ({"longest_gap_censored": True}, "at least 5 ms"),
        ({"window_too_short": True}, "at least 5 ms"),
        ({"longest_gap_resolution_ns": 2 * MS}, "between 3 ms and 5 ms"),
        ({"longest_gap_resolution_ns": MS // 10}, "5 ms"),
        ({"longest_gap_resolution_ns": 5 * MS}, "at most 5 ms"),
    ],
)
def test_gaps_say_what_their_bracket_allows(metrics, text):
    found = point([trial([1.0, 1.0], 0, gap=5 * MS, **metrics)]).trials[0]
    assert words.gap_words(found).replace("\u00a0", " ") == text


def test_price_needs_both_differences():
    fast = point([trial([0.6, 1.4], b, rate=9000) for b in range(6)], "fast")
    fair = point([trial([0.99, 1.01], b, rate=1000) for b in range(6)], "fair")
    assert "9 times as much" in words.price([fast, fair])
    alike = point([trial([0.6, 1.4], b, rate=1000) for b in range(6)], "alike")
    assert words.price([fast, alike]) == ""


def test_price_says_nothing_of_a_ratio_whose_interval_holds_one():
    fast = point([trial([0.6, 1.4], b, rate=r) for b, r in enumerate((900, 1000, 1100, 1200, 1300, 1400))], "fast")
    fair = point([trial([0.99, 1.01], b, rate=1000) for b in range(6)], "fair")
    assert words.price([fast, fair]) == ""


def test_the_control_is_no_contestant():
    none = point([trial([0.99, 1.01], b, rate=10**6) for b in range(6)], "none", "control")
    lock = point([trial([0.8, 1.2], b, rate=1000) for b in range(6)], "lock")
    assert words.price([none, lock]) == ""
    assert "none" not in words.tradeoff_title([none, lock])


def test_headline_of_the_invented_runs(runs_of):
    (one,) = runs_of("one")
    assert words.headline(one).title.startswith("Worker\u00a05 was starved: behind spin it got")
    (single,) = runs_of("single")
    assert words.headline(single).title.startswith("matrix did")
    (troubled,) = runs_of("troubled")
    assert "5 of" in words.headline(troubled).lede[-1] and "1 crashed" in words.headline(troubled).lede[-1]


def test_a_run_in_which_nothing_ended_well(tmp_path):
    from report import model, one, reader

    lines = [line for line in make.troubled() if line["record"] != "trial" or line["status"] != "ok"]
    path = tmp_path / "run.jsonl"
    path.write_bytes(make.written(lines))
    run = model.Run(reader.read(path))
    model.name_runs([run])
    text, sentences = one.render(run)
    assert sentences[0] == "No trial ended well." and "What did not go well" in text
