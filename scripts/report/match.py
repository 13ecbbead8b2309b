"""What several runs have in common, point by point, and what only one of them has."""

from dataclasses import dataclass
from functools import cached_property

from . import panels


@dataclass
class Shared:
    """A panel that several runs have: panels[i] is run i's, or None."""

    settings: dict
    panels: list
    place: str  # machine or run: what is beside what

    @cached_property
    def present(self):
        return [i for i, p in enumerate(self.panels) if p is not None and any(q.n for q in p.points)]

    @cached_property
    def series(self):
        """Keys of the workloads that every run which has the panel has, the control last."""
        sets = [{q.key for q in self.panels[i].points if q.n} for i in self.present]
        common = set.intersection(*sets) if sets else set()
        first = self.panels[self.present[0]]
        return [k for k in first.series if k in common]

    @cached_property
    def workers(self):
        """Per run, the number of workers at which it is compared: the largest that all have, else its largest."""
        found = {
            i: {n for n in self.panels[i].workers if {q.key for q in self.panels[i].at(n)} >= set(self.series)}
            for i in self.present
        }
        common = set.intersection(*found.values()) if found else set()
        if common:
            return {i: max(common) for i in self.present}
        return {i: max(found[i] or set(self.panels[i].workers)) for i in self.present}

    @property
    def even(self):
        """The number of workers that all have in common; None if there is none."""
        counts = set(self.workers.values())
        return counts.pop() if len(counts) == 1 else None

    def point(self, i, key):
        return next((q for q in self.panels[i].at(self.workers[i]) if q.key == key), None)

    def points(self, i):
        return [p for p in (self.point(i, k) for k in self.series) if p is not None]


class Match:
    """All points of several runs: in panels where runs can be compared, and the rest."""

    def __init__(self, runs, place):
        self.runs, self.place = runs, place
        pairs = [panels.at_edges(run) for run in runs]
        everything = panels.Naming([pair for own in pairs for pair in own])
        self.panels = [panels.panels_of(own, everything) for own in pairs]
        self.holders = self._holders()
        self.shared = self._shared(pairs)

    @property
    def workloads(self):
        """Ids of those that are compared."""
        return {workload for (workload, _), runs in self.holders.items() if len(runs) > 1}

    def _holders(self):
        """{identity of a line: the runs that measured it}."""
        found = {}
        for i, own in enumerate(self.panels):
            for point in (p for panel in own for p in panel.points if p.n):
                found.setdefault(point.identity, set()).add(i)
        return found

    def _shared(self, pairs):
        """Panels of what at least two runs have, named as if they had nothing else; most runs and workloads first.

        Of each group of comparable lines there is one for all that have the lines which all have, and one for each
        smaller set of runs that has further lines in common."""
        kinds = {}
        common = [[(k, e) for k, e in own if len(self.holders.get(panels.identity(e), ())) > 1] for own in pairs]
        common = [[(kinds.setdefault(panels.identity(e), k), e) for k, e in own] for own in common]
        naming = panels.Naming([pair for own in common for pair in own])
        groups = {}
        for i, own in enumerate(common):
            for panel in panels.panels_of(own, naming):
                groups.setdefault((panel.kind, repr(panel.settings)), {})[i] = panel
        found = [shared for group in groups.values() for shared in self._of_group(group)]
        return sorted(found, key=lambda s: (-len(s.present), -len(s.series), sorted(s.panels[s.present[0]].families)))

    def _of_group(self, group):
        lines = {p.identity for panel in group.values() for p in panel.points if p.n}
        for runs in sorted({frozenset(self.holders[line]) for line in lines}, key=lambda r: (-len(r), sorted(r))):
            inside = {line for line in lines if self.holders[line] >= runs}
            chosen = [group[i].only(inside) if i in runs else None for i in range(len(self.runs))]
            yield Shared(group[min(runs)].settings, chosen, self.place)

    def rest(self, shown):
        """What no figure shows. shown: per run, the coordinates of the points in figures.

        Gives the points that several runs have, {coordinates: {run: (point, panel)}}, and per run its own alone."""
        every = [{p.coordinates: (p, panel) for panel in own for p in panel.points if p.n} for own in self.panels]
        several, alone = {}, [[] for _ in self.runs]
        for i, points in enumerate(every):
            for at, found in points.items():
                if at in shown[i] or at in several:
                    continue
                by_run = {j: others[at] for j, others in enumerate(every) if at in others}
                if len(by_run) > 1:
                    several[at] = by_run
                else:
                    alone[i].append(found)
        return several, alone

    def in_the_way(self):
        """{workload that several runs have, but no two with one setting: the keys in which they differ}."""
        held = {}
        for i, run in enumerate(self.runs):
            for entry in (e for _, e in panels.at_edges(run) if panels.identity(e) in self.holders):
                held.setdefault(entry["workload"], {}).setdefault(i, []).append(panels.settings_of(entry))
        return {
            workload: _differing(list(by_run.values()))
            for workload, by_run in sorted(held.items())
            if len(by_run) > 1 and workload not in self.workloads
        }


def _differing(lists):
    """Keys whose values are not the same in all lists of settings."""
    keys = sorted({key for settings in lists for one in settings for key in one})
    values = [[{repr(one.get(key)) for one in settings} for settings in lists] for key in keys]
    return [key for key, seen in zip(keys, values) if any(other != seen[0] for other in seen[1:])]
