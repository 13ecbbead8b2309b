"""What each contender got, as a distance from its fair share: one small panel per workload, rows ordered by place."""

import math

from . import style, units, words
from .canvas import Canvas, Linear, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, interval_words, ordered, probes, series_id, trials_words

PER_ROW = (4, 8)  # panels beside each other, in a half and in a full figure


def applies(points):
    return any(p.contender_shares for p in points)


def places(point):
    """[(name of the place, contenders there)], in the order of the places; one group if they aren't pinned."""
    found = {}
    for i in range(point.contenders):
        found.setdefault(tuple(point.units_of(i)), []).append(i)
    if list(found) == [()]:
        return [("", found[()])]
    return [
        (
            f"PU{units.NBSP}{key[0]}" if len(key) == 1 else f"{len(key)}{units.NBSP}PUs" if key else "anywhere",
            found[key],
        )
        for key in sorted(found)
    ]


def draw(points, name="shares"):
    rows = [p for p in ordered(points) if p.contender_shares]
    model = max(rows, key=lambda p: p.contenders)
    groups = places(model)
    if len(groups) > 8:  # each in a place of its own: the order says it
        groups = [("", [i for _, members in groups for i in members])]
    wide = len(rows) > PER_ROW[0]
    across = min(len(rows), PER_ROW[wide])
    deep = math.ceil(len(rows) / across)
    pitch = max(3.2, min(31, 290 / (model.contenders + 0.6 * (len(groups) - 1))))
    tall = pitch * (model.contenders + 0.6 * (len(groups) - 1))
    canvas = Canvas(name, 1120 if wide else 540, 34 + deep * (tall + 66) - 20)
    left, gap = 74, 22
    room = (canvas.width - left - 6 - gap * (across - 1)) / across
    room = min(room, 190)
    for k, point in enumerate(rows):
        x0, y0 = left + (k % across) * (room + gap), 30 + (k // across) * (tall + 66)
        scale = Linear(0, 2, x0, x0 + room)
        ys = _rows_at(groups, y0, pitch)
        if k % across == 0:
            _names(canvas, model, groups, ys, left, pitch, rows)
        _panel(canvas, point, scale, ys, y0, tall, pitch)
    canvas.text(
        left + (room * across + gap * (across - 1)) / 2,
        canvas.height - 5,
        "operations ÷ fair share",
        LABEL,
        "muted",
        anchor="middle",
    )
    return Figure(
        name,
        words.shares_title(rows),
        canvas,
        f"Each {rows[0].noun}’s share, as a distance from fair.",
        _caption(rows, model),
        _table(rows, model),
        "shares",
    )


def _rows_at(groups, top, pitch):
    ys, y = {}, top + pitch * 0.5
    for _, members in groups:
        for i in members:
            ys[i] = y
            y += pitch
        y += 0.6 * pitch
    return ys


def _names(canvas, model, groups, ys, left, pitch, rows):
    worst = words.worst_of(rows)
    short = (
        worst.worst[0] if words.judged(worst) in (words.STARVED, words.SHORT) and worst.worst_is_constant() else None
    )
    for place, members in groups:
        middle, half = (ys[members[0]] + ys[members[-1]]) / 2, text_width(place, LABEL) / 2
        if place and len(members) * pitch > 2 * half + 4:
            canvas.text(left - 56, middle + half, place, LABEL, "muted", turned=True)
    placed = []
    for i in ([short] if short is not None and short in ys else []) + sorted(ys, key=ys.get):
        if i in [k for k, _ in placed] or any(abs(ys[i] - y) < 14 for _, y in placed):
            continue
        placed.append((i, ys[i]))
        bold = i == short
        canvas.text(
            left - 12,
            ys[i] + 4,
            model.name_of(i),
            LABEL if pitch > 13 else 11,
            "ink" if bold else "muted",
            "semibold" if bold else "normal",
            "end",
        )


def _panel(canvas, point, scale, ys, top, tall, pitch):
    series, shares = series_id(point), point.contender_shares
    canvas.rect(scale(0), top, scale(style.SHORT) - scale(0), tall, fill="shade")
    canvas.text(
        (scale.start + scale.end) / 2,
        top - 12,
        shorten(point.label, scale.end - scale.start + 16, 12.5, "semibold"),
        12.5,
        style.text_colour(point.colour),
        "semibold",
        "middle",
        series=series,
    )
    if pitch >= 8:
        for y in ys.values():
            canvas.line([(scale.start, y), (scale.end, y)], "grid")
    canvas.line([(scale(1), top), (scale(1), top + tall)], "ink", 1.3)
    known = [(i, s) for i, s in enumerate(shares) if s is not None and i in ys]
    canvas.segments(
        [[(scale(1), ys[i]), (scale.clamped(s.median), ys[i])] for i, s in known],
        point.colour,
        min(1.6, pitch / 3),
        0.6,
        series,
    )
    canvas.segments(
        [[(scale.clamped(s.low), ys[i]), (scale.clamped(s.high), ys[i])] for i, s in known if s.known],
        point.colour,
        min(4.5, pitch / 2),
        0.35,
        series,
    )
    size = max(3.0, min(7.2, pitch * 0.8))
    canvas.marks(
        [(scale.clamped(s.median), ys[i]) for i, s in known], point.colour, series, size, halo=pitch >= 8, shape="o"
    )
    _least(canvas, point, scale, ys, known, pitch, series)
    canvas.line([(scale.start, top + tall), (scale.end, top + tall)], "axis")
    for value in (0, 1, 2):
        canvas.line([(scale(value), top + tall), (scale(value), top + tall + 4)], "axis")
        canvas.text(scale(value), top + tall + 18, str(value), LABEL, "muted", anchor="middle")


def _least(canvas, point, scale, ys, known, pitch, series):
    """The number at the contender with the least, and an arrow where one got more than the scale holds."""
    if not known:
        return
    i, least = min(known, key=lambda pair: (pair[1].median, pair[0]))
    text = units.share(least.median)
    half = text_width(text, LABEL, "semibold") / 2
    x = min(max(scale(least.median), scale.start + half - 8), scale(1) - half - 6)
    if least.median >= 0.9:
        x = scale(1) - half - 12
    y = ys[i] + (4 if least.median >= 0.9 or pitch < 20 else -9)
    if pitch < 20 and least.median < 0.9:
        x = (
            min(scale(least.median) + 8 + half, scale(1) - half - 4)
            if least.median < 0.3
            else scale(least.median) - half - 8
        )
    canvas.text(x, y, text, LABEL, "ink", "semibold", "middle", series=series)
    most = max(known, key=lambda pair: (pair[1].median, pair[0]))
    if most[1].median > scale.hi:
        canvas.text(
            scale.end + 2,
            ys[most[0]] - 6,
            "→" + units.NBSP + units.significant(most[1].median, 2),
            11,
            style.text_colour(point.colour),
            anchor="end",
            series=series,
        )


def _caption(rows, model):
    parts = [f"Dot: median {trials_words(rows)}. ", interval_words(rows, "Pale bar") + " ", "Number: the least. "]
    if any(i and i.median > 2 for p in rows for i in p.contender_shares):
        parts.append("Arrow: the most, beyond the scale. ")
    return join(*parts, "Shaded: less than half a fair share. ", probes(rows))


def _table(rows, model):
    columns = [model.noun, "place"] + [c for p in rows for c in (p.label, "95\u00a0% interval")]
    body = []
    for place, members in places(model):
        for i in members:
            row = [model.name_of(i), place or "–"]
            for p in rows:
                s = p.contender_shares[i] if i < len(p.contender_shares) else None
                row += [units.share(s.median) if s else "–", interval_cell(s, units.share)]
            body.append(row)
    return Table(columns, body, words=2)
