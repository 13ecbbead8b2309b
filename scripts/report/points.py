"""Comparable points with their trials, and who contended in them."""

from dataclasses import dataclass, field
from functools import cached_property

from . import stats, style, units


class Trial:
    """One measured trial that ended well."""

    def __init__(self, entry):
        self.entry = entry
        self.block, self.number = entry["block"], entry["trial"]
        self.metrics, self.window_ns = entry["metrics"], entry["window_ns"]
        self.contenders = entry.get("per_contender") or entry["per_worker"]
        self.workers = entry["per_worker"]

    def metric(self, name):
        return self.metrics.get(name)

    @cached_property
    def done(self):
        """What each contender did; whole operations where the record says so."""
        return [
            who["operations"] if who.get("effective_operations") is None else who["effective_operations"]
            for who in self.contenders
        ]

    @cached_property
    def shares(self):
        """Each contender's operations over its fair share of all; empty where too few were done to speak of shares."""
        total, n = sum(self.done), len(self.done)
        if n < 2 or sum(who["operations"] for who in self.contenders) < 100 * n or total <= 0:
            return []
        entitled = [who.get("entitlement_ratio") for who in self.contenders]
        if any(e is None or e <= 0 for e in entitled):
            entitled = [1 / n] * n
        return [x / (e * total) for x, e in zip(self.done, entitled)]

    @cached_property
    def last(self):
        """Index of the contender with the smallest share; None without shares, or where several got as little."""
        least = [i for i, share in enumerate(self.shares) if share == min(self.shares)]
        return least[0] if len(least) == 1 else None

    def gap(self):
        """(lower end, upper end, at least) of the longest gap, in ns; None if it isn't known."""
        upper = self.metric("longest_gap_ns")
        if upper is None:
            return None
        lower = max(0, upper - (self.metric("longest_gap_resolution_ns") or 0))
        return lower, upper, bool(self.metric("longest_gap_censored"))

    def gap_owner(self):
        owner = self.metric("longest_gap_contender")
        if owner is not None:
            return owner
        known = [(who.get("longest_gap_ns") or 0, -i) for i, who in enumerate(self.contenders)]
        return -max(known)[1] if known else None


@dataclass
class Point:
    """One workload with one value of everything that can be set, and its trials."""

    workload: str
    group: str
    family: str
    operation: str
    extra: tuple  # parameters that only this workload has in its panel
    workers: int
    oversubscribed: bool
    entries: list = field(default_factory=list)
    identity: tuple = ()  # all that was set, but for the workers
    beside: str = ""  # its companions, as text

    @cached_property
    def trials(self):
        return [Trial(e) for e in self.entries if e["status"] == "ok" and e["window_ns"] > 0]

    @property
    def key(self):
        return (self.workload,) + self.extra

    @property
    def n(self):
        return len(self.trials)

    @property
    def label(self):
        named = [self.workload] + [f"{k}={value_text(k, v)}" for k, v in self.extra]
        return " ".join(named + (["beside", self.beside] if self.beside else []))

    @property
    def colour(self):
        return style.colour(self.group)

    @property
    def probes(self):
        """The probe level of its trials."""
        return self.entries[0]["probes"]

    @property
    def coordinates(self):
        """What a point of another run must have to be the same one."""
        return self.identity, self.workers

    def by_block(self, metric):
        return {t.block: t.metric(metric) for t in self.trials if t.metric(metric) is not None}

    def interval(self, metric):
        return stats.interval(t.metric(metric) for t in self.trials)

    @cached_property
    def throughput(self):
        return self.interval("throughput_per_s")

    @cached_property
    def minimum_share(self):
        return self.interval("minimum_share_ratio")

    @cached_property
    def starved_trials(self):
        """In how many trials somebody got below 1 % of his entitlement."""
        return sum((t.metric("starved_contenders") or 0) >= 1 for t in self.trials)

    @cached_property
    def contenders(self):
        """How many, by the trial that had the most."""
        return max((len(t.contenders) for t in self.trials), default=self.workers)

    @cached_property
    def ranked_shares(self):
        """Per rank from the unluckiest on: the median of that rank's share over the trials."""
        rows = [sorted(t.shares) for t in self.trials if len(t.shares) == self.contenders]
        return [stats.median(column) for column in zip(*rows)] if rows else []

    @cached_property
    def contender_shares(self):
        """Per contender: the interval of its share over the trials."""
        rows = [t.shares for t in self.trials if len(t.shares) == self.contenders]
        return [stats.interval(column) for column in zip(*rows)] if rows else []

    @cached_property
    def worst(self):
        """(who came last most often, in how many trials, of how many); None without shares."""
        lasts = [t.last for t in self.trials if t.last is not None]
        if not lasts:
            return None
        who = max(sorted(set(lasts)), key=lasts.count)
        return who, lasts.count(who), len(lasts)

    def worst_is_constant(self):
        """Whether the same contender came last in more than half of the trials."""
        return self.worst is not None and 2 * self.worst[1] > self.worst[2]

    @cached_property
    def longest_gap(self):
        """The trial with the longest gap of all; None if no gap is known."""
        known = [t for t in self.trials if t.gap()]
        return max(known, key=lambda t: (t.gap()[1], -t.number)) if known else None

    def name_of(self, index, long=False):
        """w5, or for contenders that aren't workers what they are: client 5."""
        who = self.trials[0].contenders[index] if self.trials and index < len(self.trials[0].contenders) else {}
        if "class" in who:
            return f"{who['class'] or 'contender'}{units.NBSP}{index}"
        return f"worker{units.NBSP}{index}" if long else f"w{index}"

    @property
    def noun(self):
        """What its contenders are."""
        who = self.trials[0].contenders[0] if self.trials and self.trials[0].contenders else {}
        return (who["class"] or "contender") if "class" in who else "worker"

    def units_of(self, index):
        """OS indexes of the units where the contender's place is; empty if it is not pinned or not known."""
        if not self.trials or index >= len(self.trials[0].contenders):
            return []
        return self.trials[0].contenders[index].get("units") or []

    def typical(self):
        """The trial with the median minimum share (the lower of the middle two), or else the first with progress."""
        known = [t for t in self.trials if t.shares and t.entry["progress"]["end_ns"]]
        known.sort(key=lambda t: (min(t.shares), t.number))
        if known:
            return known[(len(known) - 1) // 2]
        return next((t for t in self.trials if t.entry["progress"]["end_ns"]), None)


def value_text(key, value):
    """A parameter's value as a person wrote it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return units.significant(value, 6)
    if isinstance(value, (units.Nanoseconds, units.Bytes)):
        return value.exact()
    if isinstance(value, int):
        if key.endswith(("bytes", "size")) and value >= 1024 and value % 1024 == 0:
            return units.size(value)
        return units.count(value)
    return str(value)
