"""What each contender did over time: one cell per contender and interval, and a hole where it did nothing at all."""

from . import heat, style, units, words
from .canvas import Canvas, Linear, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, ordered, probes, series_id

LEFT, RIGHT = 152, 1044
MOST_ROWS = 6  # workloads in one figure
FEWEST_PER_CELL = 10  # operations that a fair share has in one interval
MOST_INTERVALS = 256
LONG = 0.04  # of the window: from here on a hole gets a dimension line
MOST_LINES = 8  # in one workload's rows, the longest


class Holes:
    """Stretches without an operation. runs[i]: (begin, end) in ns of contender i's whole empty intervals."""

    def __init__(self, ends, operations):
        self.runs = []
        for row in operations:
            runs, begin, previous = [], None, 0
            for end, count in zip(ends, row):
                if count == 0 and begin is None:
                    begin = previous
                if count != 0 and begin is not None:
                    runs.append((begin, previous))
                    begin = None
                previous = end
            if begin is not None:
                runs.append((begin, previous))
            self.runs.append(runs)


def widened(ends, operations):
    """The series with its intervals joined until a fair share of one is at least 10 operations, and 256 are enough."""
    total = sum(map(sum, operations))
    join_by = 1
    while len(ends) > join_by and (
        len(ends) / join_by > MOST_INTERVALS
        or total * join_by / (len(ends) * max(1, len(operations))) < FEWEST_PER_CELL
    ):
        join_by += 1
    if join_by == 1:
        return ends, operations
    cuts = list(range(0, len(ends), join_by)) + [len(ends)]
    pairs = list(zip(cuts, cuts[1:]))
    return [ends[b - 1] for _, b in pairs], [[sum(row[a:b]) for a, b in pairs] for row in operations]


def cells(ends, operations):
    """Steps of each cell relative to the fair count of its interval; columns in proportion to time."""
    widths = [b - a for a, b in zip([0] + ends, ends)]
    total, window, n = sum(map(sum, operations)), ends[-1], len(operations)
    fair = [max(total * w / window / n, 1e-12) for w in widths]
    rows = heat.steps([[count / f for count, f in zip(row, fair)] for row in operations])
    regular = min(widths[:-1] or widths)
    repeats = [max(1, round(w / regular)) for w in widths]
    return rows.repeat(repeats, axis=1) if max(repeats) > 1 and sum(repeats) <= 4 * MOST_INTERVALS else rows


def without_slivers(ends, operations):
    """The series with an interval of less than half the usual length joined to the one before (or after, if first)."""
    widths = [b - a for a, b in zip([0] + ends, ends)]
    usual = sorted(widths)[len(widths) // 2]
    keep = [k for k, w in enumerate(widths) if w >= usual / 2]
    if len(keep) == len(widths) or not keep:
        return ends, operations
    starts = [0] + keep[1:]
    pairs = list(zip(starts, starts[1:] + [len(ends)]))
    return [ends[b - 1] for _, b in pairs], [[sum(row[a:b]) for a, b in pairs] for row in operations]


class Row:
    """One workload's trial, made ready."""

    def __init__(self, point):
        self.point, self.trial = point, point.typical()
        progress = self.trial.entry["progress"]
        known = [row for row in progress["operations"] if len(row) == len(progress["end_ns"])]
        self.ends, self.operations = widened(*without_slivers(progress["end_ns"], known))
        self.order = by_place(point, len(known))
        self.holes = Holes(self.ends, self.operations)
        self.window = self.ends[-1]

    @property
    def interval(self):
        return self.window / len(self.ends)


def by_place(point, n):
    """Indexes of contenders, those of one place together."""
    return sorted(range(n), key=lambda i: (point.units_of(i) or [-1], i)) if n > 8 else list(range(n))


def applies(points):
    return any(usable(p) for p in points)


def usable(point):
    trial = point.typical()
    if trial is None:
        return False
    progress = trial.entry["progress"]
    return (
        bool(progress["end_ns"])
        and bool(progress["operations"])
        and sum(map(sum, progress["operations"])) > 0
        and len(progress["operations"]) > 1
    )


def chosen(points):
    """The rows that fit, the most unequal first; the control only if there is room."""
    return [p for p in ordered(points) if usable(p)][:MOST_ROWS]


def draw(points, name="progress"):
    rows = [Row(p) for p in chosen(points)]
    tallest = max(len(r.operations) for r in rows)
    high = max(1.5, min(11 if len(rows) <= 4 else 8, 130 / tallest))
    top, gap = 62, 26
    heights = [len(r.operations) * high for r in rows]
    canvas = Canvas(name, 1120, top + sum(heights) + gap * (len(rows) - 1) + 26)
    key(canvas)
    window = max(r.window for r in rows)
    scale = Linear(0, window, LEFT, RIGHT)
    y, marked = top, _longest(rows)
    for row, height in zip(rows, heights):
        _row(canvas, row, scale, y, height, high, marked)
        y += height + gap
    _axis(canvas, scale, y - gap)
    return Figure(
        name,
        words.progress_title([(r.point, r.trial, r.holes) for r in rows], LONG),
        canvas,
        f"What each {rows[0].point.noun} did in each interval; a hole is an interval without one operation.",
        _caption(rows, len(points)),
        _table(rows),
        "progress",
    )


def key(canvas, right=RIGHT, y=8, of="progress per interval, relative to a fair share"):
    """The key of the colours, its right end at `right`; `of` says what they show."""
    x = right - 7 * 34 + 6
    canvas.text(x - 10, y + 9, of, LABEL, "muted", anchor="end")
    canvas.rect(x, y, 32, 10, stroke="axis", fill="page")
    canvas.text(x + 16, y + 24, "none", 11, "muted", anchor="middle")
    for i, label in enumerate(("", "¼", "½", "¾", "1⅓", "2×")):
        canvas.rect(x + 34 * (i + 1), y, 33, 10, fill=f"heat-{i + 1}")
        if label:
            canvas.text(x + 34 * (i + 1) - 0.5, y + 24, label, 11, "muted", anchor="middle")


def _longest(rows):
    """The one hole that gets words: (row, contender, begin, end); None if none is long."""
    holes = [
        (b - a, r, i, a, b)
        for r in rows
        for i, runs in enumerate(r.holes.runs)
        for a, b in runs
        if not words.is_control(r.point)
    ]
    best = max(holes, key=lambda h: h[0], default=None)
    return best[1:] if best and best[0] >= LONG * best[1].window else None


def _row(canvas, row, scale, top, height, high, marked):
    point, n = row.point, len(row.operations)
    series = series_id(point)
    canvas.text(
        116,
        top + 12,
        shorten(point.label, 112, 13, "semibold"),
        13,
        style.text_colour(point.colour),
        "semibold",
        "end",
        series=series,
    )
    gap = row.trial.gap()
    if gap:
        text = f"gap {units.duration(gap[1])}"
        canvas.text(116, top + 29, text, LABEL, "muted", anchor="end", series=series)
    grid = cells(row.ends, row.operations)[row.order]
    canvas.image(scale(0), top, scale(row.window) - scale(0), height, grid)
    for k in range(1, n):
        if high >= 5:
            canvas.line([(scale(0), top + k * high), (scale(row.window), top + k * high)], "page", 1.0)
    _names(canvas, row, top, high, marked)
    if high >= 5:
        mark_holes(canvas, row, scale, top, high, LONG)
    if marked and marked[0] is row:
        _say(canvas, row, marked, scale, top, high)
    speed = row.trial.metric("throughput_per_s")
    canvas.text(RIGHT + 10, top + 12, units.rate(speed), LABEL, "muted", series=series)


def _names(canvas, row, top, high, marked):
    n, point = len(row.operations), row.point
    bold = marked[1] if marked and marked[0] is row else None
    at = {0: row.order[0], n - 1: row.order[-1]}
    if bold is not None:
        place = row.order.index(bold)
        at = {k: i for k, i in at.items() if abs(k - place) * high >= 11 or k == place}
        at[place] = bold
    for k, who in sorted(at.items()):
        canvas.text(
            LEFT - 9,
            top + (k + 0.5) * high + 4,
            point.name_of(who),
            11,
            "ink" if who == bold else "muted",
            "semibold" if who == bold else "normal",
            "end",
        )


def mark_holes(canvas, row, scale, top, high, least):
    """Dimension lines through the longest holes of at least that part of the window."""
    holes = sorted(
        ((b - a, who, a, b) for who, runs in enumerate(row.holes.runs) for a, b in runs if b - a >= least * row.window),
        reverse=True,
    )
    for _, who, a, b in holes[:MOST_LINES]:
        _dimension(canvas, scale(a) + 1, scale(b) - 1, top + (row.order.index(who) + 0.5) * high)


def _dimension(canvas, x0, x1, y):
    canvas.segments([[(x0, y), (x1, y)], [(x0, y - 2.5), (x0, y + 2.5)], [(x1, y - 2.5), (x1, y + 2.5)]], "ink", 1.1)


def _say(canvas, row, marked, scale, top, high):
    _, who, a, b = marked
    gap = row.trial.gap()
    whole = gap and row.trial.gap_owner() == who and gap[1] >= b - a
    length = words.gap_words(row.trial) if whole else f"at least {units.duration(b - a)}"
    text = f"{row.point.name_of(who)}: {length} without an operation"
    half = text_width(text, LABEL, "semibold") / 2
    x = min(max((scale(a) + scale(b)) / 2, LEFT + half), RIGHT - half)
    middle = (scale(a) + scale(b)) / 2
    canvas.line([(middle, top - 5), (middle, top + (row.order.index(who) + 0.5) * high)], "ink", 0.9)
    canvas.text(x, top - 9, text, LABEL, "ink", "semibold", "middle")


def _axis(canvas, scale, y):
    window = scale.hi
    unit = next((u for u in (1e3, 1e6, 1e9) if window / u < 1000), 1e9)
    step = next(
        s * unit
        for s in (0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000, 100000)
        if window / (s * unit) <= 6
    )
    value = 0
    while value <= window * 1.001:
        x = scale(value)
        canvas.line([(x, y), (x, y + 4)], "axis")
        canvas.text(x, y + 18, units.duration(value) if value else "0", LABEL, "muted", anchor="middle")
        value += step


def _caption(rows, offered):
    first = rows[0]
    same = all(r.interval == first.interval for r in rows)
    parts = [f"One trial of {first.point.n}, the one with the median minimum share. "]
    if same:
        parts.append(f"Interval: {units.duration(first.interval)}. ")
    else:
        usual = min(r.interval for r in rows)
        wider = units.listed(
            f"{units.duration(r.interval)} for {r.point.label}" for r in rows if r.interval > usual * 1.01
        )
        parts.append(
            f"Interval: {units.duration(usual)}; {wider}, so that a fair share is at least"
            f" {FEWEST_PER_CELL} operations. "
            if wider
            else f"Interval: {units.duration(usual)}. "
        )
    if any(b - a >= LONG * r.window for r in rows for runs in r.holes.runs for a, b in runs):
        most = f", at most the {MOST_LINES} longest of each" if any(_long(r) > MOST_LINES for r in rows) else ""
        parts.append(f"Lines mark holes of at least {units.duration(LONG * first.window)}{most}. ")
    if len(rows) < offered:
        parts.append(f"The {len(rows)} most unequal of {offered}. ")
    return join(*parts, probes(r.point for r in rows))


def _long(row):
    return sum(b - a >= LONG * row.window for runs in row.holes.runs for a, b in runs)


def _table(rows):
    out = []
    for r in rows:
        for who, runs in enumerate(r.holes.runs):
            longest, total = max((b - a for a, b in runs), default=0), sum(b - a for a, b in runs)
            got = r.trial.shares[who] if who < len(r.trial.shares) else None
            out.append(
                [
                    r.point.label,
                    r.point.name_of(who),
                    units.count(sum(r.operations[who])),
                    units.share(got),
                    len(runs),
                    units.duration(longest) if longest else "0",
                    units.duration(total) if total else "0",
                ]
            )
    return Table(["workload", "contender", "operations", "share", "holes", "longest hole", "all holes"], out, words=2)
