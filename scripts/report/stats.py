"""The few statistics of the report. The unit of analysis is the trial; nothing is pooled over machines."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional, Sequence

FEWEST_APART = 3  # to be told apart: of two and two that are alike, one pair in three would be
FEWEST = 6  # trials for a 95 % interval of a median: below six, not even the extremes reach 95 %


@dataclass(frozen=True)
class Interval:
    """A median of n values, with its 95 % interval by order statistics where n allows one.

    least and most are the extremes of the values: what is left to say where there is no interval."""

    median: float
    low: Optional[float]
    high: Optional[float]
    least: float
    most: float
    n: int

    @property
    def known(self):
        return self.low is not None

    @property
    def lower(self):
        """The lower end that a claim has to reckon with: of the interval, or of all values where there is none."""
        return self.low if self.known else self.least

    @property
    def upper(self):
        return self.high if self.known else self.most


@lru_cache(maxsize=None)
def interval_rank(n):
    """The rank r so that [x_(r), x_(n+1-r)] covers the median with at least 95 %; None below six values.

    The number of values below the median is binomial(n, 1/2): r is the largest with P(X <= r - 1) <= 2.5 %.
    David, Nagaraja: Order Statistics, 3rd edition, section 7.1."""
    if n < FEWEST:
        return None
    tail, rank = 0, 0
    for k in range(n // 2 + 1):
        tail += math.comb(n, k)
        if tail * 40 > 2**n:
            break
        rank = k + 1
    return rank or None


def median(values: Sequence[float]):
    """The median; of an even number of values, the mean of the middle two."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def interval(values) -> Optional[Interval]:
    """Median and interval of what is known of the values; None if nothing is."""
    ordered = sorted(v for v in values if v is not None)
    if not ordered:
        return None
    rank = interval_rank(len(ordered))
    low, high = (ordered[rank - 1], ordered[-rank]) if rank else (None, None)
    return Interval(median(ordered), low, high, ordered[0], ordered[-1], len(ordered))


def ratio_interval(numerators: dict, denominators: dict) -> Optional[Interval]:
    """Median and interval of per-block ratios, over the blocks (the keys) that both have."""
    ratios = [
        numerators[b] / denominators[b]
        for b in sorted(numerators.keys() & denominators.keys())
        if denominators[b] and numerators[b] is not None
    ]
    return interval(ratios)


def apart(a: Optional[Interval], b: Optional[Interval]) -> bool:
    """Whether a lies wholly below b, by their intervals; by all values where there are too few for one, but three."""
    return a is not None and b is not None and min(a.n, b.n) >= FEWEST_APART and a.upper < b.lower


def ranks(values: dict) -> dict:
    """Key to rank, 1 for the largest value; ties share the better rank's order by key, so that the answer is one."""
    ordered = sorted(values, key=lambda k: (-values[k], k))
    return {key: i + 1 for i, key in enumerate(ordered)}


def kendall(a: dict, b: dict) -> Optional[float]:
    """Kendall's tau-a of two rankings of one set: 1 the same order, -1 the reverse. Kendall, Biometrika 30, 1938."""
    keys = sorted(a.keys() & b.keys())
    pairs = [(p, q) for i, p in enumerate(keys) for q in keys[i + 1 :]]
    if not pairs:
        return None
    return sum((1 if (a[p] - a[q]) * (b[p] - b[q]) > 0 else -1) for p, q in pairs) / len(pairs)


def pareto(points: dict) -> list:
    """Keys of the points that no other is at least as large in both coordinates and larger in one, by the first."""
    front = [
        k
        for k, (x, y) in points.items()
        if not any((u >= x and v >= y) and (u > x or v > y) for j, (u, v) in points.items() if j != k)
    ]
    return sorted(front, key=lambda k: points[k])
