"""Scaling of the same workloads on several machines: throughput over that of one worker, on axes that all share."""

import math

from . import across_words, stats, style, units, words
from .canvas import Canvas, Log, decades, log_range, shorten, spread, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes, series_id, trials_words
from .scaling import contended, machine_marks, worker_axis

MOST_LINES, ACROSS = 6, 3


def applies(shared):
    return sum(any(len(shared.panels[i].line(k)) >= 2 for k in shared.series) for i in shared.present) >= 2


def _relative(line):
    """[(point, interval of its throughput over the first one's, by blocks)] of a line."""
    base = line[0].by_block("throughput_per_s") if line else {}
    out = []
    for p in line:
        ratio = stats.ratio_interval(p.by_block("throughput_per_s"), base)
        if ratio and ratio.median > 0:
            out.append((p, ratio))
    return out


def _keys(shared):
    return [k for k in shared.series if any(len(shared.panels[i].line(k)) >= 2 for i in shared.present)]


def shown(shared, i):
    """Coordinates of the points that the figure has of run i."""
    return {p.coordinates for k in _keys(shared) for p, _ in _relative(shared.panels[i].line(k))}


def draw(shared, runs, name):
    keys = _keys(shared)
    first = {
        k: min((l[0].workers for l in (shared.panels[i].line(k) for i in shared.present) if l), default=1) for k in keys
    }
    lines = {i: {k: _relative(shared.panels[i].line(k)) for k in keys} for i in shared.present}
    rows = _chunks(keys, shared)
    across = min(ACROSS, len(shared.present))
    deep = math.ceil(len(shared.present) / across)
    tall = 250
    canvas = Canvas(name, 1120, len(rows) * deep * (tall + 78) + 4)
    counts = sorted({p.workers for by in lines.values() for l in by.values() for p, _ in l})
    values = [v for by in lines.values() for l in by.values() for _, r in l for v in (r.lower, r.upper)]
    lo, hi = log_range(values + [1.0], 1.5, 1.5)
    left, gap = 78, 30
    room = (1112 - left - gap * (across - 1)) / across
    names = [
        next(p.label for i in shared.present for p, _ in lines[i][k])
        for k in keys
        if any(lines[i][k] for i in shared.present)
    ]
    label_room = min(112, max(text_width(n, LABEL, "semibold") for n in names) + 16)
    kept = {}
    for r, chunk in enumerate(rows):
        for k, i in enumerate(shared.present):
            x0 = left + (k % across) * (room + gap)
            top = (r * deep + k // across) * (tall + 78) + 34
            x = Log(counts[0] / 1.15, counts[-1] * 1.12, x0, x0 + room - label_room)
            y = Log(lo, hi, top + tall, top)
            last = max((p.workers for line in lines[i].values() for p, _ in line), default=counts[-1])
            _frame(canvas, runs[i], x, y, counts, k % across == 0, top, room, last)
            _ideal(canvas, shared, i, lines[i], x, y, counts)
            for key in chunk:
                _line(canvas, lines[i][key], x, y)
            _labels(canvas, [lines[i][key] for key in chunk if lines[i][key]], x, y, x0 + room, label_room)
    for i in shared.present:
        kept[i] = {
            k: (l[-1][1], l[-1][0].workers) for k, l in lines[i].items() if len(l) > 1 and not words.is_control(l[0][0])
        }
    canvas.text(left + (1120 - left) / 2, canvas.height - 4, "workers", LABEL, "muted", anchor="middle")
    return Figure(
        name,
        across_words.scaling_title(shared, runs, kept),
        canvas,
        _lead(first),
        _caption(shared, runs, lines, counts),
        _table(lines, runs),
        "scaling",
    )


def _lead(first):
    if set(first.values()) == {1}:
        return "Throughput of n workers ÷ throughput of one worker on the same machine."
    return "Throughput of n workers ÷ throughput of the fewest workers measured on the same machine."


def _chunks(keys, shared):
    """Workloads in rows of at most six lines, those of one group together."""
    if len(keys) <= MOST_LINES:
        return [keys]
    ordered = sorted(
        keys,
        key=lambda k: (words.is_control(shared.point(shared.present[0], k)), shared.point(shared.present[0], k).group),
    )
    n = math.ceil(len(ordered) / MOST_LINES)
    size = math.ceil(len(ordered) / n)
    return [ordered[a : a + size] for a in range(0, len(ordered), size)]


def _frame(canvas, run, x, y, counts, first, top, room, last):
    bottom = y.start
    canvas.text(x.start, top - 16, shorten(run.short, room * 0.62, 13, "semibold"), 13, "ink", "semibold")
    limit = run.machine["units"]
    if x.lo < limit < last:
        canvas.rect(x(limit), top, x(last) - x(limit), bottom - top, fill="shade")
    for value in decades(y.lo, y.hi, 7):
        canvas.line([(x.start, y(value)), (x.end, y(value))], "grid")
        if first:
            text = "1" if value == 1 else units.factor(value) if value > 1 else "1/" + units.count(round(1 / value))
            canvas.text(x.start - 10, y(value) + 4, text, LABEL, "muted", anchor="end")
    machine_marks(canvas, x, run.machine, top, bottom)
    worker_axis(canvas, x, counts, bottom)


def _ideal(canvas, shared, i, by_key, x, y, counts):
    known = [l for l in by_key.values() if l]
    if not known:
        return
    last = max(p.workers for l in known for p, _ in l)
    first = known[0][0][0].workers
    if contended(shared.panels[i]):
        canvas.line([(x(first), y(1)), (x(last), y(1))], "ink", 1.3, dash=(6, 3.5))
    else:
        ends = [(x(n), y(n / first)) for n in counts if first <= n <= last and n / first <= y.hi]
        if len(ends) > 1:
            canvas.line(ends, "ink", 1.3, dash=(6, 3.5))


def _line(canvas, line, x, y):
    if not line:
        return
    series, colour = series_id(line[0][0]), line[0][0].colour
    banded = [(p, r) for p, r in line if r.known]
    if len(banded) >= 2:
        canvas.area(
            [(x(p.workers), y.clamped(r.high)) for p, r in banded]
            + [(x(p.workers), y.clamped(r.low)) for p, r in reversed(banded)],
            colour,
            0.25,
            series,
        )
    points = [(x(p.workers), y(r.median)) for p, r in line]
    if len(points) > 1:
        canvas.line(points, colour, 2.0, series=series, cap="round")
    canvas.marks(points, colour, series, 6.4)


def _labels(canvas, lines, x, y, right, room):
    """Names beside the ends of the lines where there is room; else below or above the last mark, inside."""
    ends = [(l[-1][0].label, x(l[-1][0].workers), y(l[-1][1].median), l[-1][0]) for l in lines]
    outside = [e for e in ends if right - e[1] - 10 >= text_width(e[0], LABEL, "semibold")]
    inside = [e for e in ends if e not in outside]
    places = spread([e[2] for e in outside], 15, y.end, y.start - 4)
    for (label, at, level, point), py in sorted(zip(outside, places), key=lambda e: e[1]):
        if abs(py - level) > 3:
            canvas.line([(at + 4, level), (at + 9, py)], "axis", 0.8)
        canvas.text(at + 10, py + 4, label, LABEL, style.text_colour(point.colour), "semibold", series=series_id(point))
    taken = [(p, r) for l in lines for p, r in l]
    for label, at, level, point in sorted(inside, key=lambda e: e[2]):
        _inside(canvas, label, at, point, [(x(p.workers), y(r.median)) for p, r in taken], level, y, lines, x)


def _inside(canvas, label, at, point, marks, level, y, lines, x):
    """The place for a name near the end of its line that crosses the fewest lines, marks and names."""
    from .canvas import text_box

    paths = [[(x(p.workers), y(r.median)) for p, r in l] for l in lines]
    best = None
    for dy in (18, -10, 34, -26, 50, -42, 66, -58):
        for back in (0, 30, 60, 100):
            box = text_box(at - back, level + dy, label, LABEL, "semibold", "end")
            crossed = sum(_crosses(path, box) for path in paths) + sum(box.overlaps(b) for b, _ in canvas.boxes) * 2
            outside = box.y0 < y.end - 2 or box.y1 > y.start - 3
            cost = crossed * 10 + outside * 100 + abs(dy) / 40 + back / 60
            if best is None or cost < best[0]:
                best = (cost, at - back, level + dy)
    canvas.text(
        best[1], best[2], label, LABEL, style.text_colour(point.colour), "semibold", "end", series=series_id(point)
    )


def _crosses(path, box):
    """Whether a line of points passes through a box."""
    for (x0, y0), (x1, y1) in zip(path, path[1:]):
        for k in range(21):
            px, py = x0 + (x1 - x0) * k / 20, y0 + (y1 - y0) * k / 20
            if box.x0 - 2 <= px <= box.x1 + 2 and box.y0 - 2 <= py <= box.y1 + 2:
                return 1
    return 0


def _caption(shared, runs, lines, counts):
    points = [p for by in lines.values() for l in by.values() for p, _ in l]
    least = min(p.n for p in points)
    band = (
        f"Band: 95{units.NBSP}% order-statistic interval of that median. "
        if least >= stats.FEWEST
        else f"No interval: that takes {stats.FEWEST} trials. "
    )
    ideal = (
        "Dashed: ideal, no loss. "
        if contended(shared.panels[shared.present[0]])
        else "Dashed: ideal, each worker adds its own. "
    )
    shaded = (
        "Shaded: more workers than processing units. " if any(r.machine["units"] < counts[-1] for r in runs) else ""
    )
    rates = [
        f"{units.rate(p.throughput.median)} on {runs[i].short}"
        for i, by in lines.items()
        for l in list(by.values())[:1]
        for p, _ in l[:1]
        if p.throughput
    ]
    label = next((l[0][0].label for by in lines.values() for l in list(by.values())[:1] if l), "")
    one = f"{label} did with the fewest workers: {units.listed(rates)}. " if rates else ""
    return join(
        f"Line: median of the ratios within a block, {trials_words(points).removeprefix('of ')}. ",
        band,
        ideal,
        shaded,
        "Both axes are the same in all. ",
        one,
        probes(),
    )


def _table(lines, runs):
    rows = [
        [
            runs[i].short,
            p.label,
            p.workers,
            units.factor(r.median),
            interval_cell(r, units.factor),
            units.rate(p.throughput.median),
            p.n,
        ]
        for i, by in lines.items()
        for l in by.values()
        for p, r in l
    ]
    return Table(
        ["machine", "workload", "workers", "÷ fewest workers", "95\u00a0% interval", "throughput", "trials"],
        rows,
        words=2,
    )
