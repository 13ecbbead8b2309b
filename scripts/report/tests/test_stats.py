import math
import random

import pytest

from report import stats


@pytest.mark.parametrize(
    "n, rank", [(1, None), (5, None), (6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (30, 10), (100, 40)]
)
def test_ranks_are_those_of_the_binomial_table(n, rank):
    assert stats.interval_rank(n) == rank


@pytest.mark.parametrize("n", range(6, 60))
def test_rank_covers_95_percent_and_the_next_one_does_not(n):
    def coverage(r):
        return 1 - 2 * sum(math.comb(n, k) for k in range(r)) / 2**n

    rank = stats.interval_rank(n)
    assert coverage(rank) >= 0.95
    assert coverage(rank + 1) < 0.95


def test_interval_of_twenty_is_the_sixth_and_the_fifteenth():
    found = stats.interval(range(1, 21))
    assert (found.median, found.low, found.high, found.n) == (10.5, 6, 15, 20)


def test_below_six_there_is_no_interval_and_claims_go_by_the_extremes():
    found = stats.interval([3, 1, 2, 9, 4])
    assert not found.known
    assert (found.median, found.lower, found.upper) == (3, 1, 9)


def test_unknown_values_are_left_out():
    assert stats.interval([None, 2, None]).n == 1
    assert stats.interval([None]) is None


def test_interval_covers_the_median_of_a_skewed_distribution():
    generator = random.Random(4)
    hits = 0
    for _ in range(2000):
        found = stats.interval([generator.expovariate(1.0) for _ in range(12)])
        hits += found.low <= math.log(2) <= found.high
    assert hits >= 0.95 * 2000 - 3 * math.sqrt(2000 * 0.05 * 0.95)


def test_ratios_are_taken_within_blocks():
    found = stats.ratio_interval({0: 10, 1: 30, 2: 5}, {0: 1, 1: 3, 7: 9})
    assert (found.median, found.n) == (10, 2)
    assert stats.ratio_interval({0: 1}, {1: 1}) is None
    assert stats.ratio_interval({0: 1}, {0: 0}) is None


def test_apart_needs_disjoint_intervals():
    low, middle, high = stats.interval(range(1, 11)), stats.interval(range(5, 15)), stats.interval(range(21, 31))
    assert stats.apart(low, high)
    assert not stats.apart(low, middle)
    assert not stats.apart(high, low)
    assert not stats.apart(None, high)


def test_ranks_and_kendall():
    assert stats.ranks({"a": 1, "b": 3, "c": 2}) == {"b": 1, "c": 2, "a": 3}
    assert stats.kendall({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2, "c": 3}) == 1
    assert stats.kendall({"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 2, "c": 1}) == -1
    assert stats.kendall({"a": 1, "b": 2, "c": 3}, {"a": 2, "b": 1, "c": 3}) == pytest.approx(1 / 3)
    assert stats.kendall({"a": 1}, {"a": 1}) is None


def test_front_leaves_out_what_is_beaten_in_both():
    points = {"fast": (0.1, 9), "fair": (0.9, 1), "beaten": (0.05, 5), "middle": (0.5, 4)}
    assert stats.pareto(points) == ["fast", "middle", "fair"]
