"""What the sentences claim, and what they must not."""

import pytest

from report import words
from report.points import Point

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


def test_starved_in_one_trial_is_said_with_the_number_of_trials():
    shares = (0.0, 0.04, 0.1, 0.39, 0.6, 0.61)
    lows = [trial([s, 1.2, 1.8 - s], b, gap=700 * MS, starved_contenders=int(s == 0)) for b, s in enumerate(shares)]
    assert words.verdict(point(lows)).replace("\u00a0", " ") == (
        "Behind spin somebody was starved in 1 of 6 trials: the last of 3 workers on 2 units got 24 % of a fair share"
        " (95 % interval 0 % to 61 %), and one once stood still for 700 ms."
    )


def test_who_never_ran_is_starved_even_if_too_little_was_done_for_shares():
    idle = [trial([0.003, 0], b, minimum_share_ratio=None, starved_contenders=1) for b in range(6)]
    assert words.verdict(point(idle)).startswith("Behind spin somebody was starved, and one once stood still")


def test_an_interval_below_four_fifths_has_somebody_going_short():
    mixed = [trial([s, 2 - s], b, starvation_episodes=5) for b, s in enumerate((0.0, 0.1, 0.2, 0.3, 0.5, 0.61))]
    assert words.judged(point(mixed)) == words.SHORT
    assert "went short" in words.verdict(point(mixed))


def test_what_lots_would_give_is_no_shortage():
    few = [trial([0.7, 1.3], b, random_minimum_share_ratio=0.65) for b in range(6)]
    assert words.judged(point(few)) == words.OPEN
    many = [trial([0.7, 1.3], b, random_minimum_share_ratio=0.99) for b in range(6)]
    assert words.judged(point(many)) == words.SHORT


def test_an_interval_across_four_fifths_leaves_it_open():
    mixed = [trial([s, 2 - s], b, starvation_episodes=5) for b, s in enumerate((0.6, 0.7, 0.75, 0.8, 0.85, 0.9))]
    assert words.judged(point(mixed)) == words.OPEN
    assert words.verdict(point(mixed)).replace("\u00a0", " ") == (
        "Nobody is shown to go short: behind spin the last worker got 78 % of a fair share (95 % interval 60 % to"
        " 90 %)."
    )


def test_too_few_trials_claim_what_each_shows():
    assert words.judged(point([trial([s, 2 - s], b) for b, s in enumerate((0.3, 0.4))])) == words.SHORT
    assert words.judged(point([trial([s, 2 - s], b) for b, s in enumerate((0.3, 0.9))])) == words.OPEN


def test_who_changes_is_not_named():
    turns = [
        trial([0.2, 0.9, 1.9] if b % 3 == 0 else [0.9, 0.2, 1.9] if b % 3 == 1 else [1.9, 0.9, 0.2], b)
        for b in range(6)
    ]
    assert words.verdict(point(turns)).startswith(
        "Behind spin somebody went short: the last of 3\u00a0workers on 2\u00a0units got 20\u00a0% of a fair share"
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


def test_nobody_is_last_where_several_got_as_little():
    idle = point([trial([0, 0, 1.5, 1.5], b, starved_contenders=2) for b in range(6)])
    assert idle.worst is None and words.shares_title([idle]).startswith("In each trial several workers got as little")
    assert words.verdict(idle).startswith("Behind spin somebody was starved: the last of 4")
