"""Each workload against a baseline on the same machine, machine by machine: intervals of the ratios, and no verdict."""

from . import across_words, stats, style, units, words
from .canvas import Canvas, Log, log_range, shorten
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes, series_id, value_axis

BASELINES = ("mutex",)  # the first that is there; else the workload whose rate is in the middle
NAMES, RUNS, RATES, GAPS = 0, 300, (320, 700), (790, 1060)
PITCH = 21


def baseline(shared):
    """Key of the workload that the others are held against."""
    contestants = [p for p in shared.points(shared.present[0]) if not words.is_control(p) and p.throughput]
    for name in BASELINES:
        for p in contestants:
            if p.label == name:
                return p.key
    ordered = sorted(contestants, key=lambda p: (p.throughput.median, p.label))
    return ordered[len(ordered) // 2].key if ordered else None


def _ratios(shared):
    """{workload: {run: (ratio of throughput, per-block ratios of the longest gap)}}, and the baseline's key."""
    base = baseline(shared)
    found = {}
    for i in shared.present:
        held = shared.point(i, base) if base else None
        if held is None:
            continue
        for p in shared.points(i):
            if p.key == base or words.is_control(p):
                continue
            ratio = stats.ratio_interval(p.by_block("throughput_per_s"), held.by_block("throughput_per_s"))
            gaps = _gap_ratios(p, held)
            if ratio and ratio.median > 0:
                found.setdefault(p.key, {})[i] = (ratio, gaps)
    return base, found


def _gap_ratios(point, held):
    ours, theirs = point.by_block("longest_gap_ns"), held.by_block("longest_gap_ns")
    return sorted(ours[b] / theirs[b] for b in ours.keys() & theirs.keys() if theirs[b] and ours[b])


def applies(shared):
    base, found = _ratios(shared)
    return base is not None and any(len(v) >= 2 for v in found.values())


def draw(shared, names, name):
    base, found = _ratios(shared)
    last = shared.present[-1]
    keys = sorted(found, key=lambda k: -found[k][last][0].median if last in found[k] else 0)
    points = {k: next(p for i in found[k] for p in [shared.point(i, k)] if p) for k in keys}
    held = shared.point(shared.present[0], base).label
    heights = {k: PITCH * len(found[k]) + 14 for k in keys}
    top = 56
    bottom = top + sum(heights.values())
    canvas = Canvas(name, 1120, bottom + 26)
    rates = Log(*_range([v for k in keys for r, _ in found[k].values() for v in (r.lower, r.upper)]), *RATES)
    gaps = Log(*_range([g for k in keys for _, gs in found[k].values() for g in gs]), *GAPS)
    _heads(canvas, held, rates, gaps, top, bottom)
    y = top
    for k in keys:
        _group(canvas, points[k], found[k], names, rates, gaps, y)
        y += heights[k]
        canvas.line([(RATES[0], y), (RATES[1], y)], "grid")
        canvas.line([(GAPS[0], y), (GAPS[1], y)], "grid")
    for scale in (rates, gaps):
        value_axis(canvas, scale, bottom, _ticks(scale), _tick)
    rows = {points[k].label: {i: r for i, (r, _) in found[k].items()} for k in keys}
    return Figure(
        name,
        across_words.forest_title(rows, held, shared.place),
        canvas,
        f"Each workload against {held}, in the same blocks on the same machine.",
        _caption(found, shared, names[last]),
        _table(found, points, keys, names, held),
        "forest",
    )


def _range(values):
    """A scale around 1 that holds the values, up to a factor of 100 either way: beyond, an arrow stands."""
    lo, hi = log_range(values + [0.8, 1.25], 1.25, 0.7)
    return max(lo, 1 / 100), min(hi, 100)


def _ticks(scale):
    steps = [1 / 50, 1 / 20, 1 / 10, 1 / 5, 1 / 2, 1, 2, 5, 10, 20, 50]
    return [s for s in steps if scale.lo <= s <= scale.hi]


def _tick(value):
    return "1" if value == 1 else f"{value:g}×" if value > 1 else f"1/{round(1 / value)}"


def _heads(canvas, held, rates, gaps, top, bottom):
    canvas.text(RATES[0], 13, f"Throughput ÷ {held} on the same machine", 13, "ink", "semibold")
    canvas.text(RATES[0], 32, "less", LABEL, "muted")
    canvas.text(RATES[1], 32, "more", LABEL, "muted", anchor="end")
    canvas.text(GAPS[0], 13, shorten(f"Longest gap ÷ {held}", 320, 13, "semibold"), 13, "ink", "semibold")
    canvas.text(GAPS[0], 32, "shorter", LABEL, "muted")
    canvas.text(GAPS[1], 32, "longer", LABEL, "muted", anchor="end")
    for scale in (rates, gaps):
        if scale.lo < 1 < scale.hi:
            canvas.line([(scale(1), top - 4), (scale(1), bottom)], "ink", 1.4)


def _group(canvas, point, by_run, names, rates, gaps, top):
    series, colour = series_id(point), style.text_colour(point.colour)
    canvas.text(
        NAMES,
        top + 7 + PITCH * 0.5 + 4.5,
        shorten(point.label, 150, 13.5, "semibold"),
        13.5,
        colour,
        "semibold",
        series=series,
    )
    for k, (i, (ratio, own)) in enumerate(by_run.items()):
        y = top + 7 + PITCH * (k + 0.5)
        canvas.text(RUNS, y + 4, shorten(names[i], 140, LABEL), LABEL, "muted", anchor="end", series=series)
        _ratio(canvas, ratio, rates, y, point, series)
        shown = [g for g in own if gaps.lo <= g <= gaps.hi]
        canvas.segments([[(gaps(g), y - 6), (gaps(g), y + 6)] for g in shown], point.colour, 1.0, 0.7, series)
        if own:
            middle = stats.median(own)
            if gaps.lo <= middle <= gaps.hi:
                canvas.marks([(gaps(middle), y)], point.colour, series, 6.8)
            else:
                _off(canvas, middle, gaps, y, point, series)


def _ratio(canvas, ratio, scale, y, point, series):
    if not scale.lo <= ratio.median <= scale.hi:
        _off(canvas, ratio.median, scale, y, point, series)
        return
    if ratio.known:
        canvas.line([(scale.clamped(ratio.low), y), (scale.clamped(ratio.high), y)], point.colour, 2.2, series=series)
    canvas.marks([(scale(ratio.median), y)], point.colour, series, 6.8)


def _off(canvas, value, scale, y, point, series):
    """An arrow at the end of the scale that a value is beyond, with the value."""
    left = value < scale.lo
    x, inner = (scale.start, scale.start + 28) if left else (scale.end, scale.end - 28)
    canvas.line([(x + (4 if left else -4), y), (inner, y)], point.colour, 1.6, series=series)
    tip = 6 if left else -6
    canvas.line(
        [(x + tip + (3 if left else -3), y - 4), (x + (3 if left else -3), y), (x + tip + (3 if left else -3), y + 4)],
        point.colour,
        1.6,
        series=series,
    )
    text = "off the scale: " + units.factor(value)
    canvas.text(inner + (7 if left else -7), y + 4, text, 11, "muted", anchor="start" if left else "end", series=series)


def _caption(found, shared, last):
    ratios = [r for by in found.values() for r, _ in by.values()]
    least, most = min(r.n for r in ratios), max(r.n for r in ratios)
    n = units.plural(least, "block") if least == most else f"{least} to {units.plural(most, 'block')}"
    bar = (
        f"median of {n}’ ratios, bar: its 95{units.NBSP}% order-statistic interval"
        if least >= stats.FEWEST
        else f"median of {n}’ ratios; no interval, which takes {stats.FEWEST}"
    )
    return join(
        (
            f"Rows by the ratio on {last}. Throughput: {bar}. Gap: one tick for each block’s ratio, the mark at the"
            " median; no interval. Machines are no replicates, so nothing is averaged over them, and no verdict is"
            " given here. "
        ),
        probes(),
    )


def _table(found, points, keys, names, held):
    rows = [
        [
            points[k].label,
            names[i],
            units.factor(r.median),
            interval_cell(r, units.factor),
            units.factor(stats.median(g)) if g else "–",
            r.n,
        ]
        for k in keys
        for i, (r, g) in found[k].items()
    ]
    return Table(
        [
            "workload",
            "machine",
            f"throughput ÷ {held}",
            "95\u00a0% interval",
            f"longest gap ÷ {held}, median",
            "blocks",
        ],
        rows,
        words=2,
    )
