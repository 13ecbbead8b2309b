"""Who got to work on each machine: the shares of all contenders, a row per workload, a column per machine, one axis."""

import math

from . import across_words, style, units, words
from .canvas import Canvas, Linear, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes, series_id, trials_words
from .starved import _swarm

NAMES, ACROSS = 150, 3


def draw(shared, names, name):
    keys = _order(shared)
    across = min(ACROSS, len(shared.present))
    deep = math.ceil(len(shared.present) / across)
    pitch = 36 if len(keys) <= 8 else 28
    tall = pitch * len(keys)
    canvas = Canvas(name, 1120, deep * (tall + 74))
    left, gap = NAMES + 18, 44
    room = (1120 - left - 38 - gap * (across - 1)) / across
    for k, i in enumerate(shared.present):
        x0, top = left + (k % across) * (room + gap), (k // across) * (tall + 74) + 30
        scale = Linear(0, 2, x0, x0 + room)
        if k % across == 0:
            for r, key in enumerate(keys):
                point = next(p for p in (shared.point(j, key) for j in shared.present) if p)
                canvas.text(
                    NAMES,
                    top + pitch * (r + 0.5) + 4.5,
                    shorten(point.label, NAMES, 13, "semibold"),
                    13,
                    style.text_colour(point.colour),
                    "semibold",
                    "end",
                    series=series_id(point),
                )
        _panel(canvas, [shared.point(i, key) for key in keys], scale, top, pitch, names[i], room)
    canvas.text(
        left + (1120 - left) / 2,
        canvas.height - 4,
        "operations of one contender ÷ fair share",
        LABEL,
        "muted",
        anchor="middle",
    )
    points = [p for i in shared.present for p in shared.points(i)]
    return Figure(
        name,
        across_words.shares_title(shared, names),
        canvas,
        "Each dot is what one contender did, divided by a fair share; the leftmost dot of a row is the minimum share.",
        _caption(points),
        _table(shared, keys, names),
        "starved",
    )


def _order(shared):
    """Workloads by their worst minimum share on any machine, the control last."""

    def worst(key):
        points = [p for p in (shared.point(i, key) for i in shared.present) if p]
        return (
            words.is_control(points[0]),
            min((p.minimum_share.median for p in points if p.minimum_share), default=2.0),
            points[0].label,
        )

    return sorted((k for k in shared.series if any(shared.point(i, k) for i in shared.present)), key=worst)


def _panel(canvas, points, scale, top, pitch, title, room):
    bottom = top + pitch * len(points)
    canvas.text(scale.start, top - 14, shorten(title, room * 0.7, 13, "semibold"), 13, "ink", "semibold")
    canvas.rect(scale(0), top, scale(style.SHORT) - scale(0), bottom - top, fill="shade")
    for r in range(len(points)):
        canvas.line([(scale.start, top + pitch * r), (scale.end, top + pitch * r)], "grid")
    canvas.line([(scale(1), top), (scale(1), bottom)], "ink", 1.3)
    for r, point in enumerate(points):
        _row(canvas, point, scale, top + pitch * (r + 0.5), pitch)
    canvas.line([(scale.start, bottom), (scale.end, bottom)], "axis")
    for value, text in ((0, "0"), (0.5, "½"), (1, "1"), (1.5, "1½"), (2, "2")):
        canvas.line([(scale(value), bottom), (scale(value), bottom + 4)], "axis")
        canvas.text(scale(value), bottom + 18, text, LABEL, "muted", anchor="middle")


def _row(canvas, point, scale, y, pitch):
    got = point.ranked_shares if point else []
    if not got:
        canvas.text(
            scale(1) + 8,
            y + 4,
            shorten(
                "too few operations" if point and point.contenders > 1 else "not measured",
                scale.end - scale(1) - 8,
                LABEL,
            ),
            LABEL,
            "muted",
        )
        return
    series, size = series_id(point), 6.8 if len(got) <= 24 else 4.8
    xs = [scale.clamped(v) for v in got]
    canvas.line([(xs[0], y), (xs[-1], y)], point.colour, 1.2, alpha=0.6, series=series)
    offsets = _swarm(xs, size, pitch / 2 - 7)
    canvas.marks(list(zip(xs, [y + o for o in offsets])), point.colour, series, size, shape="o", halo=len(got) <= 24)
    short = got[0] < style.SHORT
    if short:
        canvas.ring(xs[0], y, 7.6, series=series)
    text = units.share(point.minimum_share.median if point.minimum_share else got[0])
    left = min(xs[0], *(x for x, o in zip(xs, offsets) if abs(o) < 9)) - (12 if short else 9)
    weight, colour = ("semibold", "ink") if short else ("normal", "muted")
    if left - text_width(text, LABEL, weight) < scale.start - 14:
        canvas.text(xs[0] + 11, y - 6, text, LABEL, colour, weight, series=series)
    else:
        canvas.text(left, y + 4, text, LABEL, colour, weight, "end", series=series)
    if got[-1] > scale.hi:
        canvas.text(
            scale.end + 5,
            y + 4,
            "→" + units.NBSP + units.significant(got[-1], 2),
            10.5,
            style.text_colour(point.colour),
            series=series,
        )


def _caption(points):
    beyond = (
        "Arrow: the luckiest got more than twice its share. "
        if any(p.ranked_shares and p.ranked_shares[-1] > 2 for p in points)
        else ""
    )
    return join(
        (
            f"Contenders are ranked in each trial; a dot is the median of its rank {trials_words(points)}; the number"
            " is the minimum share. "
        ),
        beyond,
        "Shaded: less than half a fair share. The axis is the same in all. ",
        probes(),
    )


def _table(shared, keys, names):
    columns = ["workload"] + [c for i in shared.present for c in (names[i], "95\u00a0% interval", "longest gap")]
    rows = []
    for key in keys:
        points = {i: shared.point(i, key) for i in shared.present}
        row = [next(p for p in points.values() if p).label]
        for p in points.values():
            known = p is not None and p.minimum_share is not None
            row += [
                units.share(p.minimum_share.median) if known else "–",
                interval_cell(p.minimum_share, units.share) if known else "–",
                words.gap_words(p.longest_gap) if p is not None and p.longest_gap else "–",
            ]
        rows.append(row)
    return Table(columns, rows)
