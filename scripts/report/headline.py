"""The first thing said of a run: who got starved, what the others did, and what fairness cost."""

import math

from . import panels, stats, units, words
from .words import FAIR, SHORT, STARVED


class Headline:
    """What a reader who stops after the first screen knows. focus: the panel and number of workers it is about."""

    def __init__(self, title, lede, panel, workers, point):
        self.title, self.lede, self.panel, self.workers, self.point = title, lede, panel, workers, point

    @property
    def sentences(self):
        return [self.title] + self.lede


def headline(run):
    """Three sentences wherever two contended workloads can be compared, and what did not end well."""
    everything = [(p, panel) for panel in run.panels for p in panel.points if p.n]
    if not everything:
        return Headline("No trial ended well.", cautions(run), None, None, None)
    shared = [(p, panel) for p, panel in everything if _tells(p) and not words.is_control(p)]
    if not shared:
        point, panel = max(everything, key=lambda pair: len(_contestants(pair[1].at(pair[0].workers))))
        lede = [s for s in (price(panel.at(point.workers)),) if s]
        return Headline(alone(point), lede + cautions(run), panel, point.workers, point)
    point, panel = worst_pair(shared)
    company = panel.at(point.workers)
    title = words.verdict(point)
    if words.judged(point) == FAIR:
        title = nobody([p for p, _ in shared])
    if len(_contestants(company)) < 2:
        lede = _elsewhere(everything) or [speed(point)]
    else:
        lede = [others(company, point) or speed(point), price(company)]
    return Headline(title, [s for s in lede if s] + cautions(run), panel, point.workers, point)


def disturbed(run):
    """That probes changed what is quoted, where there is nothing better; empty if nothing was measured so."""
    levels = sorted({p.probes for panel in run.panels for p in panel.points if p.n} - {panels.LEVELS[0]})
    if not levels:
        return ""
    return (
        f"Probes at {units.listed(levels)} slow down what they look at, and nothing else was measured: with"
        f" --probes {','.join(panels.LEVELS[:1] + tuple(levels))}, throughput, shares and gaps come from trials without"
        " them."
    )


def _tells(point):
    """Whether it is known who got to work."""
    return point.minimum_share is not None or words.judged(point) == STARVED


def _contestants(points):
    return [
        p for p in points if not words.is_control(p) and p.contenders > 1 and p.throughput and p.throughput.median > 0
    ]


def _elsewhere(everything):
    """Of the largest company, where the headline's workload has none: its worst, and the price of fairness."""
    panel, workers = max(
        ((panel, p.workers) for p, panel in everything), key=lambda at: (len(_contestants(at[0].at(at[1]))), at[1])
    )
    company = _contestants(panel.at(workers))
    return [words.verdict(words.worst_of(company)), price(company)] if len(company) > 1 else []


def worst_pair(pairs):
    """The (point, panel) that the headline is about: the worst off.

    Of those that its interval can't tell from it, the one with the longest gap; where nobody went short, the one in the
    largest company."""
    worst, _ = min(pairs, key=lambda pair: words.severity(pair[0]))
    state = words.judged(worst)
    alike = [
        (p, panel)
        for p, panel in pairs
        if words.judged(p) == state and not stats.apart(worst.minimum_share, p.minimum_share)
    ]
    if state in (STARVED, SHORT):
        return max(alike, key=lambda pair: (_longest([pair[0]])[0], pair[0].workers, pair[0].label))
    return max(alike, key=lambda pair: (len(pair[1].at(pair[0].workers)), pair[0].workers, pair[0].label))


def _longest(points):
    """(length, trial) of the longest gap in several points; (0, None) if none is known."""
    trials = [p.longest_gap for p in points if p.longest_gap]
    return max(((t.gap()[1], t) for t in trials), key=lambda found: found[0], default=(0, None))


def _stood(points):
    """, and nobody stood still for longer than 28 ms; where that was not seen to its end, somebody for at least 28 ms;
    empty if it isn't known."""
    trial = _longest(points)[1]
    if not trial:
        return ""
    if (length := words.gap_words(trial)).startswith("at least"):
        return f", and somebody stood still for {length}"
    return f", and nobody stood still for longer than {units.duration(trial.gap()[1])}"


def others(points, worst):
    """What the other workloads of the panel did to their last contender."""
    rest = [p for p in _contestants(points) if p is not worst and p.minimum_share]
    if not rest:
        return ""
    least = min(p.minimum_share.lower for p in rest)
    short = [p for p in rest if words.judged(p) in (STARVED, SHORT)]
    if not short and (not worst.minimum_share or least > worst.minimum_share.upper):
        noun = words.noun_of(points, 1)
        what = f"The other {noun}" if len(rest) == 1 else f"Every other {noun}"
        if len(rest) + 1 < len(_contestants(points)):  # of some there is too little to tell
            what = words.capital(units.listed(p.label for p in rest))
        return f"{what} gave even the last {worst.noun} at least {_least(least)} of a fair share{_stood(rest)}."
    fastest = max(rest, key=lambda p: (p.throughput.median, p.label))
    also = "somebody went short too: " if fastest in short else ""
    short = [p for p in short if p is not fastest]
    worst_first = sorted(short, key=words.severity)[:4]
    names = units.listed(f"{p.label} ({units.share(p.minimum_share.median)})" for p in worst_first)
    more = f"; somebody went short {words.behind(short[0])} {names} {'as well' if also else 'too'}" if short else ""
    return (
        f"{words.capital(words.behind(fastest))} {fastest.label} {also}the last {fastest.noun} got"
        f" {words.share_words(fastest.minimum_share)}{_stood([fastest])}{more}."
    )


def _least(share):
    """A share for `at least`: never rounded up."""
    return units.share(math.floor(share * 100) / 100)


FEWEST_TURNS = 3  # of each contender, in each of as many trials: fewer can be even by luck


def handed_round(point):
    """(fewest, most) turns of a contender over all trials, where too few were done to speak of shares and yet in each
    trial all had as many, but for those cut at the window's two ends; None otherwise."""
    done = [t.done for t in point.trials]
    if point.minimum_share or point.contenders < 2 or len(done) < stats.FEWEST_APART:
        return None
    if any(len(turns) < 2 or min(turns) < FEWEST_TURNS or max(turns) - min(turns) > 2 for turns in done):
        return None
    return round(min(map(min, done))), round(max(map(max, done)))


def _gave(point):
    """What a fair workload gave its contenders."""
    turns = handed_round(point)
    if turns:
        span = f"{turns[0]} to {turns[1]}" if turns[0] < turns[1] else str(turns[0])
        return f"gave each of {units.plural(point.contenders, point.noun)} {span} turns"
    return f"gave even its last {point.noun} {words.share_words(point.minimum_share)}"


def price(points):
    """What fairness cost, and what was slower still; empty for less than two workloads."""
    known = _contestants(points)
    return f"{_price(known)}{_untold(known)}." if len(known) > 1 else ""


def _untold(known):
    """The slowest of all, where too little was done to tell whether it was fair."""
    slowest = min(known, key=lambda p: (p.throughput.median, p.label))
    if slowest.minimum_share or handed_round(slowest) or not any(p.minimum_share for p in known):
        return ""
    rate = units.rate(slowest.throughput.median)
    return f"; {slowest.label} did {rate}, too little to speak of shares{_stood([slowest])}"


def _price(known):
    """The slowest of the fair against the fastest; or that none was fair."""
    noun = words.noun_of(known, 1)
    fastest = max(known, key=lambda p: (p.throughput.median, p.label))
    fair = [p for p in known if words.judged(p) == FAIR or handed_round(p)]
    if not fair:
        return _none_fair(known, fastest, noun)
    slowest = min(fair, key=lambda p: (p.throughput.median, p.label))
    rate = units.rate(slowest.throughput.median)
    if slowest is fastest:
        first = all(stats.apart(p.throughput, fastest.throughput) for p in known if p is not fastest)
        end = "" if first else ", and none is shown to be faster"
        speed_ = f"the fastest at {rate}" if first else f"at {rate}"
        return f"Fairness had no price that is shown: {slowest.label}, {speed_}, {_gave(slowest)}{end}"
    name = f"The slowest fair {noun}, {slowest.label}," if len(fair) > 1 else f"The only fair {noun}, {slowest.label},"
    ratio = stats.ratio_interval(fastest.by_block("throughput_per_s"), slowest.by_block("throughput_per_s"))
    if ratio is None or ratio.lower <= 1.05:
        return (
            f"{name} did {rate} and {_gave(slowest)}; that {fastest.label}, at {units.rate(fastest.throughput.median)},"
            " is faster is not shown"
        )
    too = ", fair as well," if fastest in fair else ""
    ends = f"{words.interval_name(ratio)} {units.significant(ratio.lower)} to {units.significant(ratio.upper)}"
    return (
        f"{name} {_gave(slowest)} but did {rate} where {fastest.label}{too} did"
        f" {units.rate(fastest.throughput.median)}, {units.significant(ratio.median, 2)} times as much"
        f" ({ends}){_slices(slowest)}"
    )


def _none_fair(known, fastest, noun):
    told = [p for p in known if p.minimum_share]
    if not told:
        rates = units.listed(f"{p.label} {units.rate(p.throughput.median)}" for p in known[:4])
        return f"Which {noun} was fair can't be told, as too little was done: {rates}"
    fairest = max(told, key=lambda p: (p.minimum_share.median, p.label))
    start = (
        f"No {noun} is shown to be fair: the last {fairest.noun} got most behind {fairest.label},"
        f" {words.share_words(fairest.minimum_share)}, at {units.rate(fairest.throughput.median)}"
    )
    if fairest is fastest:
        return f"{start}, and none was faster"
    return f"{start}; {fastest.label} did {units.rate(fastest.throughput.median)}"


def _slices(point):
    """How long a hand-over took, where it was in the order of a worker's slice of time or more; else empty."""
    known = [t.entry.get("episode_thresholds") for t in point.trials]
    slices = [t.get("slice_ns") for t in known if isinstance(t, dict)]
    slices = [s for s in slices if isinstance(s, (int, float)) and not isinstance(s, bool) and 0 < s < 1e18]
    turn = 1e9 / point.throughput.median
    if not slices or turn < 0.5 * stats.median(slices):
        return ""
    return (
        f": each hand-over took {units.duration(turn)}, where a time slice lasts"
        f" {units.significant(stats.median(slices) / 1e6, 2)}{units.NBSP}ms"
    )


def speed(point):
    """What one point did."""
    found = point.throughput
    if found is None:
        return f"{point.label}: nothing is known of its throughput."
    name = words.interval_name(found)
    ends = f" ({name} {units.rate(found.lower)} to {units.rate(found.upper)})" if found.n > 1 else ""
    return f"{point.label} did {units.rate(found.median)} with {units.plural(point.workers, 'worker')}{ends}."


def alone(point):
    """The headline of a run in which nobody had anybody to share with, or too little was done to tell."""
    return speed(point)


def nobody(points):
    least = min(points, key=lambda p: (p.minimum_share.lower, p.label))
    return (
        f"Nobody was starved: {'even ' if len(points) > 1 else ''}{words.behind(least)} {least.label}, the last"
        f" {least.noun} got {words.share_words(least.minimum_share)}."
    )


def cautions(run):
    """What is to be known before the rest is believed."""
    return [s for s in (disturbed(run), trouble(run)) if s]


def trouble(run):
    """How many trials did not end well, by how; empty if all did."""
    counts = {}
    for entry in run.record.trials:
        if entry["status"] != "ok":
            counts[entry["status"]] = counts.get(entry["status"], 0) + 1
    if not counts:
        return ""
    what = {
        "unsupported": "unsupported here",
        "hung": "hung",
        "crashed": "crashed",
        "failed": "failed",
        "interrupted": "interrupted",
    }
    parts = units.listed(f"{units.count(n)} {what[s]}" for s, n in sorted(counts.items()))
    return f"{sum(counts.values())} of {units.plural(len(run.record.trials), 'trial')} did not end well: {parts}."
