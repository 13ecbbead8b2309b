"""Who ran beside whom, and what each took from the other: the pairs of a run, with what their trials say."""

import json
import math
from dataclasses import dataclass, field
from functools import cached_property

from . import stats, units, words
from .points import value_text

FEW = 8  # pairs, up to which companions have rows of their own


@dataclass
class Side:
    """The subject of a pair, or one of its companions: what it did alone and beside the others, one party a block."""

    label: str
    parties: list = field(default_factory=list)

    def _over(self, value):
        return stats.interval(value(p) for p in self.parties)

    @cached_property
    def slowdown(self):
        """How many times less it did per second than alone; infinite where it did nothing. None: not known."""
        return self._over(lambda p: _inverse(p.get("throughput_ratio")))

    @cached_property
    def loss(self):
        """The part of its throughput that it lost: 0 nothing, 1 all; below 0 it gained."""
        return self._over(lambda p: None if p.get("throughput_ratio") is None else 1 - p["throughput_ratio"])

    def share(self, when):
        """Its minimum share, "alone" or "beside"."""
        return self._over(lambda p: p.get(f"minimum_share_{when}_ratio"))

    @cached_property
    def share_loss(self):
        """By how much its minimum share fell."""
        return self._over(
            lambda p: _difference(p.get("minimum_share_alone_ratio"), p.get("minimum_share_beside_ratio"))
        )

    def longest_gap(self, when):
        """The longest of all trials, ns; None if none is known."""
        known = [p[key] for p in self.parties if p.get(key := f"longest_gap_{when}_ns") is not None]
        return max(known, default=None)

    def starved(self, when):
        """Whether somebody in it was starved."""
        below = any((p.get(f"starved_{when}") or 0) >= 1 for p in self.parties)
        episodes = self._over(lambda p: p.get(f"starvation_episodes_{when}"))
        return words.starves(below, self.share(when), episodes)


@dataclass
class Pair:
    """A subject beside certain companions."""

    subject: Side
    companions: list  # of Side, in their order in the record

    @property
    def sides(self):
        return [self.subject] + self.companions

    @property
    def beside(self):
        return " + ".join(side.label for side in self.companions)

    @property
    def n(self):
        return len(self.subject.parties)


def _inverse(ratio):
    return None if ratio is None else 1 / ratio if ratio > 0 else math.inf


def _difference(a, b):
    return None if a is None or b is None else a - b


def _settings(entry):
    """What can be set of a trial or of a companion, flat."""
    own = {k: entry[k] for k in ("workers", "as", "pin") if k in entry}
    if entry.get("time_ns"):
        own["time"] = units.duration(entry["time_ns"])
    return {**(entry.get("parameters") or {}), **own}


class _Names:
    """Short names: the workload, and of its settings those that differ between the entries of that workload."""

    def __init__(self, entries):
        self.values = {}
        for entry in entries:
            for key, value in _settings(entry).items():
                self.values.setdefault((entry.get("workload"), key), set()).add(repr(value))

    def __call__(self, entry):
        workload = entry.get("workload") or "?"
        varied = [
            f"{k.replace('_', '-')}={value_text(k, v)}"
            for k, v in sorted(_settings(entry).items())
            if len(self.values.get((entry.get("workload"), k), ())) > 1
        ]
        return " ".join([workload] + varied)


class Neighbours:
    """All pairs of a run. subjects: rows, the most sensitive first; columns: companions, the most harmful first."""

    def __init__(self, run):
        found = {}
        told = list(self._told(run))
        subjects = _Names([measured for measured, _ in told])
        companions = _Names([c for measured, _ in told for c in measured["companions"]])
        for measured, parties in told:
            everybody = [measured] + measured["companions"]
            key = json.dumps([[e.get("workload"), _settings(e)] for e in everybody], sort_keys=True)
            if key not in found:
                sides = [Side(companions(c)) for c in measured["companions"]]
                found[key] = Pair(Side(subjects(measured)), sides)
            for party in parties:
                index = party["companion"]
                if index is None or index < len(found[key].companions):
                    (found[key].subject if index is None else found[key].companions[index]).parties.append(party)
        pairs = list(found.values())
        if len(pairs) <= FEW:
            pairs += self._turned(pairs)
        self.pairs = [p for p in pairs if p.subject.slowdown is not None]
        self.cells = {(p.subject.label, p.beside): p for p in self.pairs}
        self.subjects = self._ordered({p.subject.label for p in self.pairs}, self.sensitivity)
        self.columns = self._ordered({p.beside for p in self.pairs}, self.harm)

    @staticmethod
    def _turned(pairs):
        """Of a companion that is nowhere a subject: what it lost itself, in rows of its own."""
        subjects = {p.subject.label for p in pairs}
        return [
            Pair(side, [p.subject] + [other for other in p.companions if other is not side])
            for p in pairs
            for side in p.companions
            if side.label not in subjects
        ]

    @staticmethod
    def _told(run):
        """(measured trial, parties) of each comparison whose measured trial ended well, at the probe level `edges`."""
        good = [e for e in run.measured if e["status"] == "ok" and e["probes"] == "edges"]
        measured = {e["trial"]: e for e in good if e.get("companions")}
        for entry in run.record.trials:
            told = entry.get("interference")
            if told and told["of"] in measured:
                yield measured[told["of"]], told["parties"]

    @staticmethod
    def _ordered(labels, weight):
        return sorted(labels, key=lambda label: (-weight(label), label))

    def sensitivity(self, subject):
        """What a subject loses on the whole: the mean over its companions of the median loss, a gain counted as 0."""
        return _mean(max(0.0, p.subject.loss.median) for p in self.pairs if p.subject.label == subject)

    def harm(self, beside):
        """What companions cost on the whole: the mean over their subjects of the median loss, a gain counted as 0."""
        return _mean(max(0.0, p.subject.loss.median) for p in self.pairs if p.beside == beside)

    @cached_property
    def worst(self):
        """The pair with the largest slow-down, of those that were looked at in the most blocks."""
        most = max(p.n for p in self.pairs)
        known = [p for p in self.pairs if p.n == most]
        return max(known, key=lambda p: (p.subject.slowdown.median, p.subject.label, p.beside))

    @property
    def newly_starved(self):
        """Pairs in which the subject starves beside its companions and not alone."""
        return [p for p in self.pairs if p.subject.starved("beside") and not p.subject.starved("alone")]


def _mean(values):
    values = list(values)
    return sum(values) / len(values)
