"""Who held the lock when: the window's first 10 ms, and the 10 ms around the longest wait."""

import json

from . import probed, units, words
from .canvas import Canvas, Linear, shorten
from .markup import Table, code, join
from .parts import LABEL, Figure, series_id

LEFT, RIGHT, HIGH = 150, 1080, 16
LEAST = 0.7  # px: what is nearer is drawn as one
MOST_ROWS = 16


def load(run, point):
    """(trial, windows) of the trial at `full` with the longest wait whose file is there; None if there is none."""
    found = []
    for t in probed.at_level(run, point, "full"):
        name = t.entry.get("timeline_file")
        if not name or "/" in name:
            continue
        try:
            windows = json.loads((run.record.path.parent / name).read_text(encoding="utf-8"))["windows"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if any(w.get("acquisitions") for w in windows):
            found.append((t, windows))
    return max(found, key=lambda f: f[0].metric("longest_wait_ns") or 0, default=None)


def chosen(run, points):
    """The point whose longest wait is longest."""
    known = [(p, load(run, p)) for p in points if not words.is_control(p)]
    known = [(p, found) for p, found in known if found]
    return max(known, key=lambda k: k[1][0].metric("longest_wait_ns") or 0, default=None)


def applies(run, points):
    return chosen(run, points) is not None


def draw(run, points, name="timeline"):
    point, (trial, windows) = chosen(run, points)
    shown = [w for w in windows if w.get("acquisitions")]
    n = min(MOST_ROWS, max(a[0] for w in shown for a in w["acquisitions"]) + 1)
    canvas = Canvas(name, 1120, 30 + len(shown) * (n * (HIGH + 3) + 62))
    top = 30
    for w in shown:
        _window(canvas, point, w, n, top)
        top += n * (HIGH + 3) + 62
    return Figure(name, _title(point, shown), canvas,
                  f"Who held {point.label} (thick) and who waited for it (thin), over time.", _caption(shown, n),
                  _table(point, shown), "timeline")


def merged(spans, scale):
    """Spans of time as pixels; those nearer than LEAST are one."""
    out = []
    for begin, end in sorted(spans):
        a, b = scale.clamped(begin), max(scale.clamped(end), scale.clamped(begin) + LEAST)
        if out and a - out[-1][1] < LEAST:
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out


def _window(canvas, point, window, n, top):
    scale = Linear(window["begin_ns"], window["end_ns"], LEFT, RIGHT)
    title = {"first": "the first 10 ms", "longest-wait": "around the longest wait"}.get(window["name"], window["name"])
    canvas.text(LEFT, top - 8, title, LABEL, "muted")
    for i in range(n):
        y = top + i * (HIGH + 3)
        mine = [a for a in window["acquisitions"] if a[0] == i]
        canvas.text(LEFT - 9, y + HIGH / 2 + 4, shorten(point.name_of(i), 120, 11), 11, "muted", anchor="end")
        middle = y + HIGH / 2
        waits = merged([(a[1], window["end_ns"] if a[2] is None else a[2]) for a in mine], scale)
        canvas.segments([[(a, middle), (b, middle)] for a, b in waits], "ink", 1.0)
        holds = merged([(a[2], a[3]) for a in mine if a[2] is not None], scale)
        canvas.segments([[(a, middle), (b, middle)] for a, b in holds], point.colour, HIGH - 5, series=series_id(point))
    bottom = top + n * (HIGH + 3)
    canvas.line([(LEFT, bottom), (RIGHT, bottom)], "axis")
    for k in range(0, 11, 2):
        x = LEFT + (RIGHT - LEFT) * k / 10
        at = window["begin_ns"] + (window["end_ns"] - window["begin_ns"]) * k / 10
        canvas.line([(x, bottom), (x, bottom + 4)], "axis")
        canvas.text(x, bottom + 18, f"{at / 1e6:.1f}\u00a0ms", LABEL, "muted", anchor="middle")


def _longest(windows):
    """(length, who, begin, end, open): open waits lasted at least so long."""
    return max(
        (a[2] - a[1], a[0], a[1], a[2], False) if a[2] is not None else (w["end_ns"] - a[1], a[0], a[1], w["end_ns"], True)
        for w in windows
        for a in w["acquisitions"]
    )


def _title(point, windows):
    length, who, begin, end, unended = _longest(windows)
    took = sum(
        a[2] is not None and begin < a[2] < end and a[0] != who
        for w in windows
        if w["name"] == "longest-wait"
        for a in w["acquisitions"]
    )
    seen = f", and others took the lock at least {units.plural(took, 'time')}" if took else ""
    least = "at least " if unended else ""
    return f"{words.capital(point.name_of(who))} waited {least}{units.duration(length)} for {point.label}{seen}"


def _caption(windows, n):
    cut = " More happened than fits: the end of a row may be missing." if any(w.get("cut") for w in windows) else ""
    most = max(a[0] for w in windows for a in w["acquisitions"]) + 1
    rows = f" The first {n} of {most} contenders." if n < most else ""
    return join(f"One trial, that with the longest wait. What lies nearer than a pixel is drawn as one.{cut}{rows} Probes: ",
                code("full"), ", which stamps every acquisition and changes what it measures.")


def _table(point, windows):
    rows = []
    for w in windows:
        by = {}
        for who, wait, got, left in w["acquisitions"]:
            one = by.setdefault(who, [0, 0, 0])
            one[1] = max(one[1], (w["end_ns"] if got is None else got) - wait)
            if got is not None:
                one[0] += 1
                one[2] += left - got
        rows += [[w["name"], point.name_of(i), one[0], units.duration(one[1]), units.duration(one[2])]
                 for i, one in sorted(by.items())]
    return Table(["part", "contender", "acquisitions", "longest wait", "held"], rows, words=2)
