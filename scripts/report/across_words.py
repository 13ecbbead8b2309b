"""Findings over several runs: what holds within each machine, side by side. No absolute rate is judged across them."""

from . import differences, stats, units, words
from .one import FAMILY_NAMES

DEFINITIONS = (
    (
        "ratio within a machine",
        (
            "Per block, one workload’s throughput over the baseline’s in the same block; the median of the blocks with"
            " its 95 % order-statistic interval."
        ),
    ),
    (
        "rank",
        (
            "The order of the medians within one machine. Two workloads whose intervals overlap have ranks all the"
            " same: a rank is not a verdict."
        ),
    ),
    (
        "across machines",
        (
            "Machines are no replicates, so nothing is averaged over them; operations per second are what one machine"
            " does."
        ),
    ),
)


MOST_NAMES = 6  # of workloads in a sentence


class Findings:
    """The headline of several runs."""

    def __init__(self, report):
        self.report, self.runs = report, report.runs
        self.what = differences.word(report.runs) + "s"
        self.names = {i: run.short for i, run in enumerate(report.runs)}
        self.focus = report.company[0] if report.company else None
        statements = self._statements()
        self.title = statements[0]
        self.lede = statements[1:] + self._alone() + self._caution()
        self.kicker = self._kicker() if self.focus else f"{len(self.runs)} runs"

    def _statements(self):
        if self.focus:
            found = [s for s in (self._starved(self.focus), self._fastest()) if s]
            return found or [f"No difference between the workloads is shown on any of the {self.what}."]
        if self.report.shared:
            first = [s for s in map(self._starved, self.report.shared) if s] or [self._lone(self.report.shared[0])]
            return first[:1] + ["Nothing else was run beside it, so no ratio and no rank can be told."]
        return [self._nothing()]

    def _lone(self, shared):
        """What a workload did in each run that has it."""
        key = shared.series[0]
        points = {i: shared.point(i, key) for i in shared.present}
        known = {i: p for i, p in points.items() if p is not None and p.throughput}
        if not known:
            return f"Of what these runs share, {points[shared.present[0]].label}, no throughput is known."
        label = next(iter(known.values())).label
        parts = [
            f"{units.rate(p.throughput.median)} with {units.plural(p.workers, 'worker')} on {self.names[i]}"
            for i, p in known.items()
        ]
        return f"{label} did {units.listed(parts)}."

    def _nothing(self):
        """Why nothing is compared."""
        unquoted = [run.short for run, own in zip(self.runs, self.report.match.panels) if not own and run.measured]
        if unquoted:
            return (
                f"Runs are compared by what was measured with probes at edges, and {units.listed(unquoted)}"
                f" {'has' if len(unquoted) == 1 else 'have'} nothing of it: run it with --probes edges too."
            )
        in_the_way = self.report.match.in_the_way()
        if not in_the_way:
            return "These runs have no workload in common, so nothing is compared."
        keys = sorted({k for found in in_the_way.values() for k in found})
        verb = "differs" if len(keys) == 1 else "differ"
        differ = f"their {_some(keys)} {verb}" if keys else "no two points are alike"
        return f"More than one run has {_some(in_the_way)}, but {differ}, so nothing is compared."

    def _alone(self):
        """What only one run has; empty if all have all."""
        parts = []
        for run, found in zip(self.runs, self.report.rest[1]):
            labels = list(dict.fromkeys(p.label for p, _ in found))
            if labels:
                parts.append(f"{run.short} has {_some(labels)}")
        if not parts:
            return []
        return [f"Only {units.listed(parts, 'and only')}, as listed below."]

    def _kicker(self):
        families = units.listed(FAMILY_NAMES.get(f, f) for f in self.focus.panels[self.focus.present[0]].families)
        many = units.in_words(len(self.focus.present))
        count = (
            f"{units.plural(self.focus.even, 'worker')} on each of {many} {self.what}"
            if self.focus.even
            else f"{many} {self.what}"
        )
        return f"{words.capital(families)} · {count}"

    def _caution(self):
        wrong = differences.software_that_differs(self.report)
        out = (
            [
                f"The {units.listed(wrong)} differ, which a comparison requires to be the same: no difference below is"
                " the machines’ alone."
            ]
            if wrong
            else []
        )
        if differences.mode(self.runs) == "across machines":
            out.append(
                "Across machines Fairground compares ratios, ranks and scaling within each machine. Operations per"
                " second are shown as what one machine does, and get no verdict."
            )
        return out

    def _starved(self, shared):
        """Where somebody went short behind the same workload, and where nobody did."""
        best = None
        for key in shared.series:
            points = {i: shared.point(i, key) for i in shared.present}
            points = {i: p for i, p in points.items() if p is not None and not words.is_control(p)}
            known = {i: words.judged(p) for i, p in points.items() if p.minimum_share}
            short = [i for i, state in known.items() if state in (words.STARVED, words.SHORT)]
            fair = [i for i in known if i not in short]
            if short and (
                best is None
                or len(short) > len(best[1])
                or (len(short) == len(best[1]) and self._least(points, short) < self._least(best[3], best[1]))
            ):
                best = (key, short, fair, points)
        if best is None:
            return ""
        key, short, fair, points = best
        point = points[short[0]]
        first, *more = [
            f"on {self.names[i]}" if k == 0 else f"{units.percent(points[i].minimum_share.median)} on {self.names[i]}"
            for k, i in enumerate(short)
        ]
        got = units.listed([f"{units.percent(points[short[0]].minimum_share.median)} of a fair share {first}"] + more)
        if len(short) == len(points):
            many = f"both {self.what}" if len(points) == 2 else f"all {units.in_words(len(points))} {self.what}"
            return (
                f"{words.capital(words.behind(point))} {point.label} somebody went short on {many}: the last"
                f" {point.noun} got {got}."
            )
        rest = "".join(f"; on {self.names[i]} it got {self._share(points[i])}" for i in fair)
        return f"{words.capital(words.behind(point))} {point.label} the last {point.noun} got {got}{rest}."

    @staticmethod
    def _share(point):
        """In percent, with the interval where that leaves open whether somebody went short."""
        share = point.minimum_share
        wide = f" ({words.ends_of(share)})" if words.judged(point) == words.OPEN else ""
        return units.percent(share.median) + wide

    @staticmethod
    def _least(points, short):
        return min(points[i].minimum_share.median for i in short)

    def _fastest(self):
        """Which workload is the fastest on each machine, where the second is shown to be slower."""
        winners, open_ = {}, []
        for i in self.focus.present:
            known = sorted(
                (p for p in self.focus.points(i) if p.throughput and not words.is_control(p)),
                key=lambda p: -p.throughput.median,
            )
            if len(known) < 2:
                continue
            if all(stats.apart(p.throughput, known[0].throughput) for p in known[1:]):
                winners.setdefault(known[0].label, []).append(i)
            else:
                open_.append(i)
        if not winners:
            return ""
        noun = words.noun_of(self.focus.points(self.focus.present[0]), 1)
        parts = []
        for label, where in sorted(winners.items(), key=lambda w: (-len(w[1]), w[0])):
            is_fastest = f" is the fastest {noun}" if not parts else ""
            parts.append(f"{label}{is_fastest} on {units.listed(self.names[i] for i in where)}")
        text = ", ".join(parts)
        if open_:
            text += f"; on {units.listed(self.names[i] for i in open_)} no fastest is shown"
        return text + "."


def _some(names):
    """The first few of many names."""
    names = list(names)
    if len(names) <= MOST_NAMES:
        return units.listed(names)
    return units.listed(names[: MOST_NAMES - 1] + [f"{len(names) - MOST_NAMES + 1} more"])


def ranks_title(orders, what, place):
    """Whether the order of the workloads is the same on all machines. orders: per machine, ranks by workload."""
    if all(o == orders[0] for o in orders[1:]):
        return f"The order by {what} is the same on {'both' if len(orders) == 2 else 'all'} {place}s"
    first = {min(o, key=o.get) for o in orders}
    if len(first) == 1:
        return (
            f"The order by {what} changes with the {place}, but {' '.join(map(str, first.pop()[:1]))} is first on each"
        )
    return f"The order by {what} depends on the {place}"


LITTLE = 0.01  # of one worker's rate: a workload that keeps less has fallen off


def scaling_title(shared, runs, kept):
    """What the most workers leave of the rate, and whether it takes more workers than units to fall off.

    kept: per run, per workload, (ratio to the fewest workers, number of workers)."""
    by_key = {}
    for i, found in kept.items():
        for key, (ratio, n) in found.items():
            by_key.setdefault(key, {})[i] = (ratio, n)
    if not by_key:
        return "How the rate changes with more workers"
    key = min(by_key, key=lambda k: min(r.median for r, _ in by_key[k].values()))
    found = by_key[key]
    label = next(p.label for i in found for p in [shared.point(i, key)] if p)
    fell = {i for i, (r, _) in found.items() if r.upper < LITTLE}
    held = {i for i, (r, _) in found.items() if r.lower >= LITTLE}
    crowded = {i for i, (_, n) in found.items() if n > runs[i].machine["units"]}
    if fell and held and fell | held == set(found) and fell == crowded:
        return f"Only where workers outnumber units does {label} fall below {units.factor(LITTLE)} of its rate"
    parts = [f"{units.factor(r.median)} with {n} workers on {runs[i].short}" for i, (r, n) in found.items()]
    return f"Of its rate, {label} keeps {units.listed(parts[:3])}"


def forest_title(rows, baseline, place):
    """Who is on one side of 1 on every machine, and who changes sides.

    rows: {label: {run: interval of throughput over the baseline's}}."""
    faster, slower, changes = [], [], []
    for label, by_run in rows.items():
        up = [i for i, r in by_run.items() if r.lower > 1]
        down = [i for i, r in by_run.items() if r.upper < 1]
        if up and down:
            changes.append(label)
        elif len(up) == len(by_run) and up:
            faster.append(label)
        elif len(down) == len(by_run) and down:
            slower.append(label)
    parts = []
    if faster:
        parts.append(f"{units.listed(faster)} did more than {baseline} on every {place}")
    if slower:
        parts.append(f"{units.listed(slower)} did less{' than ' + baseline if not faster else ''} on every {place}")
    if changes:
        parts.append(f"{units.listed(changes)} {'changes' if len(changes) == 1 else 'change'} sides")
    return "; ".join(parts[:2]) if parts else f"Against {baseline}, no workload is on one side on every {place}"


def shares_title(shared, names):
    """Who went short where, for the figure of all shares."""
    short = []
    for i in shared.present:
        worst = words.worst_of([p for p in shared.points(i) if p.minimum_share and not words.is_control(p)])
        if worst and words.judged(worst) in (words.STARVED, words.SHORT):
            short.append(f"{units.share(worst.minimum_share.median)} on {names[i]} ({worst.label})")
    if not short:
        return f"Nobody is shown to go short on any of the {shared.place}s"
    return f"The unluckiest got {units.listed(short)}"


def progress_title(shown, names, place):
    """shown: [(run, row)]. Where somebody stood still the longest part of the window."""
    worst = {}
    for i, row in shown:
        if words.is_control(row.point):
            continue
        empty = max((sum(b - a for a, b in runs) / row.window for runs in row.holes.runs), default=0)
        if empty > worst.get(i, (0, None))[0]:
            worst[i] = (empty, row.point.label)
    if not worst:
        return f"Nobody stood still for a whole interval on any of the {place}s"
    parts = [f"{units.percent(part)} of the time on {names[i]} ({label})" for i, (part, label) in sorted(worst.items())]
    return f"Somebody stood still for {units.listed(parts[:3])}"
