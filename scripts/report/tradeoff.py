"""Throughput against fairness: up is faster, right is fairer, and a stepped line along what no other beats in both."""

from . import stats, style, units, words
from .canvas import Box, Canvas, Linear, Log, decades, log_range, text_box
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes, rate_axis, series_id, trials_words

NAME = 12.5


def usable(points):
    return [p for p in points if p.minimum_share and p.throughput and p.throughput.median > 0]


def applies(points):
    return len(usable(points)) >= 2


def draw(points, name="tradeoff", width=540):
    rows = usable(points)
    canvas = Canvas(name, width, 372)
    left, right, top, bottom = 56, width - 42, 30, 318
    most = max(1.0, max(p.minimum_share.upper for p in rows))
    x = Linear(0, max(1.04, most), left, right)
    y = Log(
        *log_range(
            [v for p in rows for v in (p.throughput.lower or p.throughput.median, p.throughput.upper)], 1.6, 2.0
        ),
        bottom,
        top,
    )
    canvas.rect(left, top, x(style.SHORT) - left, bottom - top, fill="shade")
    canvas.text(left, 13, "operations per second", LABEL, "muted")
    canvas.text(right, 13, "better: faster and fairer", LABEL, "muted", anchor="end")
    rate_axis(canvas, y, left, right, decades(y.lo, y.hi, 7))
    canvas.line([(left, bottom), (right, bottom)], "axis")
    for value, label in ((0, "0"), (0.25, "¼"), (0.5, "½"), (0.75, "¾"), (1, "1")):
        canvas.line([(x(value), bottom), (x(value), bottom + 4)], "axis")
        canvas.text(x(value), bottom + 18, label, LABEL, "muted", anchor="middle")
    canvas.text(
        (left + right) / 2,
        bottom + 38,
        "minimum share (1 = everyone got a fair share)",
        LABEL,
        "muted",
        anchor="middle",
    )
    front = _front(canvas, rows, x, y, left, bottom)
    _crosses(canvas, rows, x, y)
    _names(canvas, rows, x, y, (left, top - 6, width, bottom))
    return Figure(
        name,
        words.tradeoff_title(rows),
        canvas,
        "Up is faster, right is fairer.",
        _caption(rows),
        _table(rows, front),
        "tradeoff",
    )


def _front(canvas, rows, x, y, left, bottom):
    """Draws the front of the medians as steps; returns the keys of the points on it."""
    places = {p.key: (p.minimum_share.median, p.throughput.median) for p in rows if not words.is_control(p)}
    front = stats.pareto(places)
    if front:
        steps, at = [(left, y(places[front[0]][1]))], None
        for key in front:
            share, rate = places[key]
            steps += [(steps[-1][0], y(rate))] if at is not None else []
            steps.append((x(share), y(rate)))
            at = key
        steps.append((steps[-1][0], bottom))
        canvas.line(steps, "axis", 1.4)
        canvas.front = [
            Box(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]) + 1, max(a[1], b[1]) + 1)
            for a, b in zip(steps, steps[1:])
        ]
    return front


def _crosses(canvas, rows, x, y):
    for p in rows:
        px, py, series = x(p.minimum_share.median), y(p.throughput.median), series_id(p)
        if p.minimum_share.known:
            canvas.line(
                [(x.clamped(p.minimum_share.low), py), (x.clamped(p.minimum_share.high), py)],
                p.colour,
                1.8,
                series=series,
            )
        if p.throughput.known and p.throughput.low > 0:
            canvas.line([(px, y(p.throughput.low)), (px, y(p.throughput.high))], p.colour, 1.8, series=series)
    for p in rows:
        canvas.marks([(x(p.minimum_share.median), y(p.throughput.median))], p.colour, series_id(p))


def _names(canvas, rows, x, y, frame):
    """Each name beside its mark, where it touches no other name, mark or interval; with the fewest collisions else."""
    marks = [(x(p.minimum_share.median), y(p.throughput.median)) for p in rows]
    taken = [Box(mx - 5, my - 5, mx + 5, my + 5) for mx, my in marks]
    for p, (mx, my) in zip(rows, marks):
        if p.minimum_share.known:
            taken.append(Box(x.clamped(p.minimum_share.low), my - 1.5, x.clamped(p.minimum_share.high), my + 1.5))
    taken += getattr(canvas, "front", [])
    order = sorted(range(len(rows)), key=lambda i: marks[i][1])
    for i in order:
        mx, my = marks[i]
        label = rows[i].label
        best = None
        for reach in (0, 14, 28, 42, 56, 72):
            for anchor, dx, dy in (
                ("middle", 0, -10 - reach),
                ("middle", 0, 19 + reach),
                ("start", 10, 4 - reach),
                ("end", -10, 4 - reach),
                ("start", 8, -8 - reach),
                ("end", -8, -8 - reach),
                ("start", 8, 17 + reach),
                ("end", -8, 17 + reach),
            ):
                box = text_box(mx + dx, my + dy, label, NAME, "semibold", anchor)
                cost = sum(box.overlaps(t) for t in taken) + sum(box.overlaps(b) for b, _ in canvas.boxes)
                cost += 10 * (not box.within(*frame))
                if best is None or cost < best[0]:
                    best = (cost, anchor, dx, dy, reach, box)
            if best[0] == 0:
                break
        _, anchor, dx, dy, reach, box = best
        if reach:
            canvas.line([(mx, my), (mx + dx, my + dy + (4 if dy < 0 else -11))], "axis", 0.8)
        canvas.text(
            mx + dx,
            my + dy,
            label,
            NAME,
            style.text_colour(rows[i].colour),
            "semibold",
            anchor,
            series=series_id(rows[i]),
        )


def _caption(rows):
    least = min(p.n for p in rows)
    cross = (
        f"Cross: 95{units.NBSP}% order-statistic intervals, where wider than the mark. "
        if least >= stats.FEWEST
        else f"No intervals: they take {stats.FEWEST} trials. "
    )
    control = "".join(f"{p.label}: the same work without the contended resource. " for p in rows if words.is_control(p))
    return join(
        f"Mark: median {trials_words(rows)}. ",
        cross,
        "Grey: the front, along which nothing is both faster and fairer. ",
        control,
        "Shaded: less than half a fair share. ",
        probes(rows),
    )


def _table(rows, front):
    out = [
        [
            p.label,
            units.share(p.minimum_share.median),
            interval_cell(p.minimum_share, units.share),
            units.rate(p.throughput.median),
            interval_cell(p.throughput, units.rate),
            "yes" if p.key in front else "",
            p.n,
        ]
        for p in sorted(rows, key=lambda p: -p.throughput.median)
    ]
    return Table(
        [
            "workload",
            "minimum share",
            "95\u00a0% interval",
            "throughput",
            "95\u00a0% interval",
            "on the front",
            "trials",
        ],
        out,
    )
