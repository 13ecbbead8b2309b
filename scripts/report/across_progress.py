"""Progress over time of the same workloads on several machines: one heat map each, one colour scale for all."""

from . import across_words, style, units, words
from .canvas import Canvas, Linear, shorten
from .markup import Table, join
from .parts import LABEL, Figure, probes, series_id
from .progress import LONG, Row, _axis, cells, key, mark_holes, usable

MOST_ROWS, ACROSS, NAMES = 3, 3, 116


def _ready(shared):
    """{run: {workload: Row}} of what can be drawn: the workloads with the worst minimum shares."""
    by_run = {i: {k: shared.point(i, k) for k in shared.series} for i in shared.present}
    keys = [k for k in shared.series if sum(p[k] is not None and usable(p[k]) for p in by_run.values()) >= 2]
    keys.sort(
        key=lambda k: (
            words.is_control(next(p[k] for p in by_run.values() if p[k])),
            min((p[k].minimum_share.median for p in by_run.values() if p[k] and p[k].minimum_share), default=2.0),
            k,
        )
    )
    keys = keys[:MOST_ROWS]
    return keys, {i: {k: Row(p[k]) for k in keys if p[k] is not None and usable(p[k])} for i, p in by_run.items()}


def applies(shared):
    return bool(_ready(shared)[0])


def draw(shared, names, name):
    keys, rows = _ready(shared)
    across = min(ACROSS, len(shared.present))
    gap, left = 34, NAMES + 34
    room = (1120 - left - 20 - gap * (across - 1)) / across
    chunks = [shared.present[a : a + across] for a in range(0, len(shared.present), across)]
    heights = {k: max(_height(rows[i][k]) for i in shared.present if k in rows[i]) for k in keys}
    block = sum(heights.values()) + 28 * len(keys) + 40
    canvas = Canvas(name, 1120, 52 + block * len(chunks) - 6)
    key(canvas, 1100)
    for c, chunk in enumerate(chunks):
        top = 52 + block * c
        for k, i in enumerate(chunk):
            _column(
                canvas,
                [rows[i].get(key_) for key_ in keys],
                [heights[key_] for key_ in keys],
                left + k * (room + gap),
                room,
                top,
                names[i],
                first=k == 0,
            )
    shown = [(i, row) for i in shared.present for row in rows[i].values()]
    return Figure(
        name,
        across_words.progress_title(shown, names, shared.place),
        canvas,
        "What each contender did in each interval; a hole is an interval without one operation.",
        _caption(shown, names, len(shared.series), len(keys)),
        _table(shown, names),
        "progress",
    )


def _height(row):
    return len(row.operations) * max(1.5, min(9, 110 / len(row.operations)))


def _column(canvas, rows, heights, x0, room, top, title, first):
    canvas.text(x0, top + 4, shorten(title, room * 0.55, 13, "semibold"), 13, "ink", "semibold")
    y, scale = top + 28, None
    for k, (row, height) in enumerate(zip(rows, heights)):
        if row is None:
            canvas.text(x0, y + 14, "no progress recorded", LABEL, "muted")
        else:
            scale = Linear(0, row.window, x0, x0 + room)
            _cell(canvas, row, scale, y, first)
        y += height + 28
    if scale is not None:
        _axis(canvas, scale, y - 26)


def _cell(canvas, row, scale, y, first):
    n, height, series = len(row.operations), _height(row), series_id(row.point)
    high = height / n
    if first:
        canvas.text(
            NAMES - 4,
            y + 13,
            shorten(row.point.label, NAMES - 4, 13, "semibold"),
            13,
            style.text_colour(row.point.colour),
            "semibold",
            "end",
            series=series,
        )
    share = row.point.minimum_share
    canvas.text(
        scale.end,
        y - 6,
        f"minimum share {units.share(share.median) if share else '–'}",
        11,
        "muted",
        anchor="end",
        series=series,
    )
    canvas.image(scale.start, y, scale.end - scale.start, height, cells(row.ends, row.operations)[row.order])
    if high >= 5:
        for k in range(1, n):
            canvas.line([(scale.start, y + k * high), (scale.end, y + k * high)], "page", 1.0)
        mark_holes(canvas, row, scale, y, high, 2 * LONG)
    for k in (0, n - 1):
        canvas.text(
            scale.start - 6, y + (k + 0.5) * high + 4, row.point.name_of(row.order[k]), 10.5, "muted", anchor="end"
        )


def _caption(shown, names, offered, drawn):
    intervals = sorted({row.interval for _, row in shown})
    spans = list(dict.fromkeys(units.duration(i) for i in (intervals[0], intervals[-1])))
    span = " to ".join(spans)
    some = f"The {drawn} most unequal of {offered} workloads. " if drawn < offered else ""
    return join(
        "One trial each, the one with the median minimum share. ",
        f"Interval: {span}. One colour scale for all, relative to a fair share on that machine. ",
        "Rows are in the order of the places. ",
        some,
        probes(),
    )


def _table(shown, names):
    out = []
    for i, row in shown:
        for who, runs in enumerate(row.holes.runs):
            total = sum(b - a for a, b in runs)
            got = row.trial.shares[who] if who < len(row.trial.shares) else None
            if len(row.operations) <= 16 or total:
                out.append(
                    [
                        names[i],
                        row.point.label,
                        row.point.name_of(who),
                        units.share(got),
                        units.duration(max((b - a for a, b in runs), default=0)) if total else "0",
                        units.duration(total) if total else "0",
                    ]
                )
    return Table(["machine", "workload", "contender", "share", "longest hole", "all holes"], out[:400], words=3)
