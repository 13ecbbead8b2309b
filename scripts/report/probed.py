"""Trials of the same points at the probe levels above `edges`, from which waits and the order of acquisitions are."""

from . import panels, stats
from .points import Trial

DIGITS = 2  # of the histograms' bucket rule


def at_level(run, point, level):
    """The point's trials at that probe level that ended well."""
    return [
        Trial(e)
        for e in run.measured
        if e["probes"] == level
        and e["workers"] == point.workers
        and e["status"] == "ok"
        and e["window_ns"] > 0
        and panels.identity(e) == point.identity
    ]


def looked_at(run, panel):
    """Whether anything of a panel was measured at a level above `edges`."""
    return any(at_level(run, p, level) for p in panel.points for level in panels.LEVELS[1:])


def lowest(bucket, digits=DIGITS):
    """The lowest value of a bucket: exact below 2^m, then each doubling in 2^(m-1) parts (HdrHistogram)."""
    half = 1 << ((2 * 10**digits - 1).bit_length() - 1)
    if bucket < 2 * half:
        return bucket
    return (bucket % half + half) << (bucket // half - 1)


def merged(trials, metric):
    """[(value in ns, times)] of the trials' histograms of one metric together, ascending."""
    counts = {}
    for t in trials:
        for bucket, times in (t.metric(metric) or {}).get("buckets", []):
            counts[bucket] = counts.get(bucket, 0) + times
    return [((lowest(b) + lowest(b + 1) - 1) / 2, counts[b]) for b in sorted(counts)]


def percentile(values, p):
    """The value at a percentile of [(value, times)]."""
    total, before = sum(n for _, n in values), 0
    for value, times in values:
        before += times
        if before >= total * p / 100:
            return value
    return values[-1][0]


def disturbed(trials):
    """Whether the waits of most of the trials are not to be quoted."""
    marks = [bool((t.metric("wait_ns") or {}).get("disturbed")) for t in trials if t.metric("wait_ns")]
    return 2 * sum(marks) > len(marks)


def windows(trials):
    """{window: interval of Jain's index over the trials} of short-term fairness."""
    found = {}
    for t in trials:
        for w in t.metric("short_term_jain") or []:
            if w.get("jain_ratio") is not None:
                found.setdefault(w["window"], []).append(w["jain_ratio"])
    return {w: stats.interval(values) for w, values in sorted(found.items())}


def typical(trials):
    """The trial with the median throughput: what is shown of one."""
    known = sorted((t for t in trials if t.metric("throughput_per_s")), key=lambda t: t.metric("throughput_per_s"))
    return known[(len(known) - 1) // 2] if known else None
