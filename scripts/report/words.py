"""Findings in words, by rules over the numbers.

A sentence claims nothing that the intervals don't carry: where there are too few trials for an interval, it claims what
every single trial shows, and otherwise says that nothing is shown."""

import math

from . import stats, style, units
from .units import NBSP

SHORT, STARVED, OPEN, FAIR, UNKNOWN = "short", "starved", "open", "fair", "unknown"


def is_control(point):
    return point.group == "control"


def behind(point):
    """behind the lock, in the workload."""
    return "behind" if point.family in ("locks", "semaphores") or is_control(point) else "in"


def judged(point):
    """How the unluckiest contender of a point fared: starved, short, open, fair, or unknown.

    short: the minimum share is below half a fair one, by its interval. starved: it is, and there was at least one
    episode of starvation by the resource in the typical trial; or somebody got below 1 % of his entitlement."""
    share = point.minimum_share
    if share is None:
        return UNKNOWN
    starved = point.interval("starved_contenders")
    episodes = point.interval("starvation_episodes")
    if starved is not None and starved.lower >= 1:
        return STARVED
    if share.upper < style.SHORT:
        return STARVED if episodes is not None and episodes.lower >= 1 else SHORT
    return FAIR if share.lower >= style.SHORT else OPEN


def severity(point):
    """For sorting: the worst first."""
    order = {STARVED: 0, SHORT: 1, OPEN: 2, FAIR: 3, UNKNOWN: 4}
    share = point.minimum_share
    return (is_control(point), order[judged(point)], share.median if share else 2.0, point.label, point.workers)


def noun_of(points, many=2):
    """What the workloads of some points are called together: locks, semaphores, workloads."""
    families = {p.family for p in points}
    word = "semaphore" if families == {"semaphores"} else "lock" if families <= {"locks", "semaphores"} else "workload"
    return word if many == 1 else word + "s"


def worst_of(points):
    known = [p for p in points if p.n]
    return min(known, key=severity) if known else None


def gap_words(trial):
    """A trial's longest gap in words: 980 ms; at least 980 ms; between 0.9 and 1.2 s."""
    lower, upper, censored = trial.gap()
    if censored or trial.metric("window_too_short"):
        return "at least" + NBSP + units.duration(lower)
    if upper - lower > 0.1 * upper:
        return (
            f"between {units.duration(lower)} and {units.duration(upper)}"
            if lower
            else "at most" + NBSP + units.duration(upper)
        )
    return units.duration(upper)


def still(point, who=None, named=True):
    """… and once stood still for 980 ms; empty if no gap is known or it was too short to speak of."""
    trial = point.longest_gap
    if trial is None or trial.gap()[1] < 1e6:
        return ""
    owner = trial.gap_owner()
    if not named:
        return f", and one once stood still for {gap_words(trial)}"
    if who is not None and owner == who:
        return f" and once stood still for {gap_words(trial)}"
    return f"; {point.name_of(owner, long=True)} once stood still for {gap_words(trial)}"


def share_words(interval):
    return units.percent(interval.median) + " of a fair share"


def verdict(point):
    """One sentence on how the unluckiest contender of this point fared."""
    state, share = judged(point), point.minimum_share
    where = f"{behind(point)} {point.label}"
    if state == UNKNOWN:
        return f"{capital(where)}, too little was done to speak of shares."
    if state == FAIR:
        return f"{capital(where)}, nobody went short: the last {point.noun} got {share_words(share)}."
    if state == OPEN:
        ends = f"{units.share(share.lower)} to {units.share(share.upper)}"
        return (
            f"{capital(where)}, whether anybody goes short is open: the last {point.noun} got"
            f" {units.share(share.median)} of a fair share ({interval_name(share)} {ends})."
        )
    verb = "was starved" if state == STARVED else "went short"
    if point.worst_is_constant():
        who = point.worst[0]
        return (
            f"{capital(point.name_of(who, long=True))} {verb}: {where} it got {share_words(share)}{still(point, who)}."
        )
    return (
        f"{capital(where)} somebody {verb}: the last of {units.plural(point.contenders, point.noun)} got"
        f" {share_words(share)}{still(point, named=False)}."
    )


def interval_name(interval):
    return "95" + NBSP + "% interval" if interval.known else f"over {units.plural(interval.n, 'trial')}"


def capital(text):
    return text[:1].upper() + text[1:]


def others(points, worst):
    """What the other workloads of the panel did to their last contender."""
    rest = [p for p in points if p is not worst and not is_control(p) and p.minimum_share]
    if not rest or worst.minimum_share is None:
        return ""
    short = [p for p in rest if judged(p) in (STARVED, SHORT)]
    if short:
        names = units.listed(
            f"{p.label} ({units.share(p.minimum_share.median)})" for p in sorted(short, key=severity)[:4]
        )
        return f"Somebody went short {behind(short[0])} {names} too."
    least = min(p.minimum_share.lower for p in rest)
    if all(judged(p) == FAIR for p in rest) and least > worst.minimum_share.upper:
        what = f"The other {noun_of(points, 1)}" if len(rest) == 1 else f"Every other {noun_of(points, 1)}"
        return (
            f"{what} gave even its last {worst.noun} at least {units.share(math.floor(least * 100) / 100)} of a fair"
            " share."
        )
    return ""


def price(points):
    """What fairness cost: the fairest against the fastest, where both differences are shown."""
    known = [p for p in points if not is_control(p) and p.minimum_share and p.throughput]
    if len(known) < 2:
        return ""
    fairest = max(known, key=lambda p: (p.minimum_share.median, p.label))
    fastest = max(known, key=lambda p: (p.throughput.median, p.label))
    rest = [p for p in known if p is not fastest]
    if fairest is fastest:
        if all(
            stats.apart(p.minimum_share, fastest.minimum_share) and stats.apart(p.throughput, fastest.throughput)
            for p in rest
        ):
            return f"{fastest.label} was both the fairest and the fastest, at {units.rate(fastest.throughput.median)}."
        return ""
    ratio = stats.ratio_interval(fastest.by_block("throughput_per_s"), fairest.by_block("throughput_per_s"))
    if ratio is None or ratio.lower <= 1.05 or not stats.apart(fastest.minimum_share, fairest.minimum_share):
        return ""
    ends = f"{interval_name(ratio)} {units.significant(ratio.lower)} to {units.significant(ratio.upper)}"
    return (
        f"The fairest, {fairest.label} ({units.share(fairest.minimum_share.median)}), did"
        f" {units.rate(fairest.throughput.median)}; {fastest.label}, with {units.share(fastest.minimum_share.median)},"
        f" did {units.significant(ratio.median, 2)} times as much ({ends})."
    )


def slowest(points):
    """How far the slowest was behind the fastest, where that is shown and is a factor of two or more."""
    known = [p for p in points if not is_control(p) and p.throughput and p.throughput.median > 0]
    if len(known) < 2:
        return ""
    fastest = max(known, key=lambda p: (p.throughput.median, p.label))
    least = min(known, key=lambda p: (p.throughput.median, p.label))
    ratio = stats.ratio_interval(fastest.by_block("throughput_per_s"), least.by_block("throughput_per_s"))
    if ratio is None or ratio.lower < 2:
        return ""
    ends = f"{interval_name(ratio)} {units.significant(ratio.lower)} to {units.significant(ratio.upper)}"
    few = ", too little to speak of shares," if least.minimum_share is None and least.contenders > 1 else ""
    return (
        f"{least.label} did {units.rate(least.throughput.median)}{few} and"
        f" {fastest.label} {units.significant(ratio.median, 2)} times as much ({ends})."
    )


class Headline:
    """What a reader who stops after the first screen knows. focus: the panel and number of workers it is about."""

    def __init__(self, title, lede, panel, workers, point):
        self.title, self.lede, self.panel, self.workers, self.point = title, lede, panel, workers, point

    @property
    def sentences(self):
        return [self.title] + self.lede


def headline(run):
    """The finding of a run: who got starved, or that nobody was."""
    everything = [(p, panel) for panel in run.panels for p in panel.points if p.n]
    if not everything:
        return Headline("No trial ended well.", [trouble(run)], None, None, None)
    shared = [(p, panel) for p, panel in everything if p.minimum_share is not None and not is_control(p)]
    if not shared:
        point, panel = everything[0]
        return Headline(alone(point), [s for s in (trouble(run),) if s], panel, point.workers, point)
    point, panel = worst_pair(shared)
    company = panel.at(point.workers)
    lede = [others(company, point), price(company) or slowest(company), trouble(run)]
    title = verdict(point)
    if judged(point) == FAIR:
        title = nobody([p for p, _ in shared])
    return Headline(title, [s for s in lede if s], panel, point.workers, point)


def worst_pair(pairs):
    """The (point, panel) that the headline is about: the worst off.

    Of those that its interval can't tell from it, the one with the longest gap; where nobody went short, the one in the
    largest company."""
    worst, _ = min(pairs, key=lambda pair: severity(pair[0]))
    state = judged(worst)
    alike = [
        (p, panel) for p, panel in pairs if judged(p) == state and not stats.apart(worst.minimum_share, p.minimum_share)
    ]
    if state in (STARVED, SHORT):
        return max(
            alike,
            key=lambda pair: (
                pair[0].longest_gap.gap()[1] if pair[0].longest_gap else 0,
                pair[0].workers,
                pair[0].label,
            ),
        )
    return max(alike, key=lambda pair: (len(pair[1].at(pair[0].workers)), pair[0].workers, pair[0].label))


def nobody(points):
    least = min(points, key=lambda p: (p.minimum_share.lower, p.label))
    return (
        f"Nobody was starved: {'even ' if len(points) > 1 else ''}{behind(least)} {least.label}, the last"
        f" {least.noun} got {share_words(least.minimum_share)}."
    )


def alone(point):
    """The headline of a run in which nobody had anybody to share with."""
    speed = point.throughput
    if speed is None:
        return f"{point.label}: nothing is known of its throughput."
    ends = f" ({interval_name(speed)} {units.rate(speed.lower)} to {units.rate(speed.upper)})" if speed.n > 1 else ""
    return f"{point.label} did {units.rate(speed.median)} with {units.plural(point.workers, 'worker')}{ends}."


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


# ---- titles of figures ----


def scaling_title(panel):
    """What more workers did to the rate, from the fewest to the most."""
    kept = {}
    for key in panel.series:
        line = [p for p in panel.line(key) if p.throughput]
        if len(line) >= 2 and not is_control(line[0]) and line[0].workers < line[-1].workers:
            ratio = stats.ratio_interval(line[-1].by_block("throughput_per_s"), line[0].by_block("throughput_per_s"))
            if ratio:
                kept[key] = (ratio, line[0], line[-1])
    if not kept:
        return "How the rate changes with more workers"
    fewest = {a.workers for _, a, _ in kept.values()}
    base = f"the rate of {units.plural(min(fewest), 'worker')}" if len(fewest) == 1 else "the fewest workers’ rate"
    base = "one worker’s rate" if fewest == {1} else base
    least = min(kept, key=lambda k: kept[k][0].median)
    most = max(kept, key=lambda k: kept[k][0].median)
    (low, _, last), (high, _, top) = kept[least], kept[most]
    if len(kept) > 1 and last.workers == top.workers and stats.apart(low, high):
        start = (
            f"Every {noun_of(panel.points, 1)} loses"
            if all(r.upper < 1 for r, *_ in kept.values()) and len(kept) > 2
            else None
        )
        text = f"of {base}, {last.label} keeps {units.factor(low.median)} and {top.label} {units.factor(high.median)}"
        return f"{start} by sharing: {text}" if start else f"With {last.workers} workers, {text}"
    if len(kept) == 1:
        ends = f"({interval_name(low)} {units.factor(low.lower)} to {units.factor(low.upper)})"
        return f"{last.label}: {units.plural(last.workers, 'worker')} do {units.factor(low.median)} of {base} {ends}"
    return (
        f"From {kept[least][1].workers} to {last.workers} workers, no difference between the {noun_of(panel.points)} is"
        " shown"
    )


def shares_title(points):
    """Whether it is the place that makes the unluckiest go short."""
    worst = worst_of(points)
    if worst is None or worst.minimum_share is None:
        return "Too little was done to speak of shares"
    if judged(worst) not in (STARVED, SHORT):
        ends = [i for p in points if not is_control(p) for i in p.contender_shares if i]
        return (
            f"By the medians, every {worst.noun} got between {units.share(min(i.median for i in ends))} and "
            f"{units.share(max(i.median for i in ends))} of a fair share"
        )
    who, times, trials = worst.worst
    if not worst.worst_is_constant():
        return f"Who comes last {behind(worst)} {worst.label} changes from trial to trial"
    name, place = worst.name_of(who), worst.units_of(who)
    same = [i for i in range(worst.contenders) if i != who and place and worst.units_of(i) == place]
    spared = [i for i in same if worst.contender_shares[i] and worst.contender_shares[i].lower >= style.SHORT]
    if spared and len(place) == 1:
        noun = f"{units.in_words(len(spared))} other{'s' if len(spared) > 1 else ''}"
        return f"The place is not the cause: {name} went short, {noun} on PU{NBSP}{place[0]} did not"
    return f"{capital(name)} came last {behind(worst)} {worst.label} in {times} of {units.plural(trials, 'trial')}"


def progress_title(shown, long):
    """Who stood still, in the trials that are shown: [(point, trial, Holes)].

    long: the part of a window that is worth speaking of."""
    holes = [
        (b - a, point, trial, who, runs)
        for point, trial, found in shown
        if not is_control(point)
        for who, runs in enumerate(found.runs)
        for a, b in runs
    ]
    longest, point, trial, who, runs = max(holes, key=lambda h: h[0], default=(0, None, None, None, None))
    if trial is None or longest < long * trial.window_ns:
        gaps = [t.gap()[1] for p, t, _ in shown if t.gap() and not is_control(p)]
        return (
            f"In these trials nobody stood still for more than {units.duration(max(gaps))}"
            if gaps
            else "Nobody stood still for a whole interval"
        )
    empty = sum(b - a for a, b in runs)
    where = f"{capital(behind(point))} {point.label}, {point.name_of(who)} stood still for"
    if empty > 0.5 * trial.window_ns:
        return f"{where} more than half of the {units.duration(trial.window_ns)}"
    if len(runs) == 1:
        return f"{where} at least {units.duration(longest)}"
    return f"{where} at least {units.duration(longest)} at a stretch, {units.duration(empty)} in all"


def tradeoff_title(points):
    """Who is beaten in speed and in fairness alike."""
    known = [p for p in points if p.minimum_share and p.throughput and not is_control(p)]
    beaten = [
        p
        for p in known
        if any(stats.apart(p.minimum_share, q.minimum_share) and stats.apart(p.throughput, q.throughput) for q in known)
    ]
    if not beaten:
        return "Nobody is shown to be beaten in speed and in fairness alike"
    tail = "" if all(p.throughput.known for p in known) else ", in every trial"
    if len(beaten) > 3:
        return (
            f"{capital(units.in_words(len(beaten)))} of {units.in_words(len(known))} are beaten in speed and in"
            " fairness alike"
        )
    verb = "is" if len(beaten) == 1 else "are"
    return f"{units.listed(sorted(p.label for p in beaten))} {verb} beaten in speed and in fairness alike{tail}"
