"""Findings in words, by rules over the numbers.

A sentence claims nothing that the intervals don't carry: where there are too few trials for an interval, it claims what
every single trial shows, and otherwise says that nothing is shown."""

import math

from . import stats, style, units
from .units import NBSP

SHORT, STARVED, OPEN, FAIR, UNKNOWN = "short", "starved", "open", "fair", "unknown"
FAIR_FROM = 0.8  # a minimum share from which on nobody is said to go short


def is_control(point):
    return point.group == "control"


def behind(point):
    """behind the lock, in the workload."""
    return "behind" if point.family in ("locks", "semaphores") or is_control(point) else "in"


def starves(below_a_hundredth, share, episodes):
    """The rule of starvation, the terminal's too. below_a_hundredth: somebody got below 1 % of his entitlement in at
    least one trial. Else the minimum share is below half a fair one, by its interval, and there was at least one
    episode by the resource in the typical trial, by its interval. share, episodes: intervals, None if not known."""
    return bool(below_a_hundredth or (share and episodes and share.upper < style.SHORT and episodes.lower >= 1))


def judged(point):
    """How the unluckiest contender of a point fared: starved, short, open, fair, or unknown. The terminal's rule too.

    starved: by the rule above.
    short: the minimum share is below 0.8, by its interval, and below what grants by lot would give. fair: it is not,
    by its whole interval."""
    share = point.minimum_share
    if starves(point.starved_trials, share, point.interval("starvation_episodes")):
        return STARVED
    if share is None:
        return UNKNOWN
    by_lot = point.interval("random_minimum_share_ratio")
    if share.upper < FAIR_FROM and (by_lot is None or share.upper < by_lot.median):
        return SHORT
    return FAIR if share.lower >= FAIR_FROM else OPEN


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
    """16 % of a fair share; nothing; and never 100 % of what is a little less."""
    share = interval.median
    if share == 0:
        return "nothing"
    text = units.percent(share) if not 0.99 <= share < 1 else f"{math.floor(share * 1000) / 10:g}{NBSP}%"
    return f"{text} of a fair share"


def verdict(point):
    """One sentence on how the unluckiest contender of this point fared."""
    state, share = judged(point), point.minimum_share
    where = f"{behind(point)} {point.label}"
    if state == UNKNOWN:
        return f"{capital(where)}, too little was done to speak of shares."
    if state == FAIR:
        return f"{capital(where)}, nobody went short: the last {point.noun} got {share_words(share)}."
    if state == OPEN:
        return (
            f"Nobody is shown to go short: {where} the last {point.noun} got {share_words(share)} ({ends_of(share)})."
        )
    verb = "was starved" if state == STARVED else "went short"
    part = "" if point.starved_trials in (0, point.n) else f" in {point.starved_trials} of {point.n} trials"
    if share is None:
        return f"{capital(where)} somebody {verb}{part}{still(point, named=False)}."
    if not part and point.worst_is_constant():
        who = point.worst[0]
        name = capital(point.name_of(who, long=True))
        return f"{name} {verb}: {where} it got {share_words(share)}{still(point, who)}."
    wide = f" ({ends_of(share)})" if share.upper - share.lower > 0.1 else ""
    return (
        f"{capital(where)} somebody {verb}{part}: the last of {units.plural(point.contenders, point.noun)}{crowd(point)}"
        f" got {share_words(share)}{wide}{still(point, named=False)}."
    )


def crowd(point):
    """ on 2 units, where more workers than that share them and no other."""
    places = {unit for i in range(point.contenders) for unit in point.units_of(i)}
    shared = point.oversubscribed and 0 < len(places) < point.workers
    return f" on {units.plural(len(places), 'unit')}" if shared else ""


def ends_of(share):
    return f"{interval_name(share)} {units.percent(share.lower)} to {units.percent(share.upper)}"


def interval_name(interval):
    return "95" + NBSP + "% interval" if interval.known else f"over {units.plural(interval.n, 'trial')}"


def capital(text):
    return text[:1].upper() + text[1:]


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
    if worst.worst is None:
        return f"In each trial several {worst.noun}s got as little {behind(worst)} {worst.label}"
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
