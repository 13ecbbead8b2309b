"""Workloads that nothing else in the run can be compared with: what each did, and how it was shared out."""

from . import headline, stats, style, units, words
from .canvas import Canvas, Linear, Log, decades, log_range, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes, series_id, share_axis, trials_words, value_axis
from .points import value_text
from .starved import _swarm

WIDTH = 1120
NAMES, SPEED, STEADY, DOTS, GAPS = 216, (240, 412), (446, 606), (650, 900), (952, 1084)
TOP, PITCH = 56, 34
SPREAD = 0.10  # of the median: half the width of the scale of single trials


def rows_of(panels):
    """The points with trials of panels without company, by family, workload and number of workers."""
    points = [(p, panel) for panel in panels for p in panel.points if p.n]
    return sorted(points, key=lambda pair: (pair[0].family, pair[0].label, repr(pair[1].settings), pair[0].workers))


def draw(panels, name="single"):
    rows = rows_of(panels)
    bottom = TOP + PITCH * len(rows)
    canvas = Canvas(name, WIDTH, bottom + 42)
    steady, shares = Linear(-SPREAD, SPREAD, *STEADY), Linear(0, 2, *DOTS)
    gaps = Log(*log_range([t.gap()[1] for p, _ in rows for t in p.trials if t.gap()], 1.6, 2.0), *GAPS)
    _heads(canvas, steady, shares)
    canvas.rect(shares(0), TOP, shares(style.SHORT) - shares(0), bottom - TOP, fill="shade")
    for i in range(len(rows)):
        for start, end in ((SPEED[0], SPEED[1]), STEADY, DOTS, GAPS):
            canvas.line([(start, TOP + PITCH * i), (end, TOP + PITCH * i)], "grid")
    canvas.line([(shares(1), TOP), (shares(1), bottom)], "ink", 1.4)
    canvas.line([(steady(0), TOP), (steady(0), bottom)], "axis", 1.0)
    labels = _labels(rows)
    for i, ((point, _), (label, note)) in enumerate(zip(rows, labels)):
        y = TOP + PITCH * (i + 0.5)
        _name(canvas, point, label, note, y)
        _speed(canvas, point, steady, y)
        _shares(canvas, point, shares, y)
        _gap(canvas, point, gaps, y)
    _axes(canvas, steady, shares, gaps, bottom)
    points = [p for p, _ in rows]
    return Figure(
        name,
        _title(points),
        canvas,
        "What each workload did, how steadily, and how it was shared out.",
        _caption(points),
        _table(rows, labels),
        "single",
    )


def _heads(canvas, steady, shares):
    for x, anchor, head, sub in (
        (SPEED[0], "start", "Throughput", "median, per second"),
        (STEADY[0], "start", "How steady", "each trial ÷ the median"),
        (DOTS[0], "start", "Who got to work", "one dot = one contender"),
        (GAPS[0], "start", "Longest gap", "of the unluckiest"),
    ):
        canvas.text(x, 13, head, 13, "ink", "semibold", anchor)
        canvas.text(x, 32, sub, LABEL, "muted", "normal", anchor)
    canvas.text(DOTS[1], 32, "twice", LABEL, "muted", anchor="end")


def _labels(rows):
    """A name and a note for each row: workers, and the parameters in which rows of one workload differ."""
    out = []
    for point, panel in rows:
        same = [other for p, other in rows if p.workload == point.workload]
        differing = [k for k in panel.settings if len({repr(o.settings.get(k)) for o in same}) > 1 and k != "time_ns"]
        note = " ".join(f"{k}={value_text(k, panel.settings[k])}" for k in differing)
        out.append((point.label, " · ".join(filter(None, [units.plural(point.workers, "worker"), note]))))
    return out


def _name(canvas, point, label, note, y):
    series = series_id(point)
    canvas.text(
        NAMES,
        y - 1.5,
        shorten(label, NAMES, 13, "semibold"),
        13,
        style.text_colour(point.colour),
        "semibold",
        "end",
        series=series,
    )
    canvas.text(NAMES, y + 12.5, shorten(note, NAMES, 11), 11, "muted", anchor="end", series=series)


def _speed(canvas, point, steady, y):
    speed, series = point.throughput, series_id(point)
    if speed is None or speed.median <= 0:
        canvas.text(SPEED[0], y + 4, "not known" if speed is None else "nothing done", LABEL, "muted")
        return
    number = units.rate(speed.median, per_second=False)
    canvas.text(SPEED[0], y + 4.5, number, 13, "ink", "semibold", series=series)
    at = SPEED[0] + text_width(number + " ", 13, "semibold")
    canvas.text(at, y + 4.5, shorten(_nouns(point.operation), SPEED[1] - at, LABEL), LABEL, "muted", series=series)
    if speed.known:
        low, high = speed.low / speed.median - 1, speed.high / speed.median - 1
        canvas.segments([[(steady.clamped(low), y), (steady.clamped(high), y)]], point.colour, 5.0, 0.35, series)
    ticks = [
        steady.clamped(t.metric("throughput_per_s") / speed.median - 1)
        for t in point.trials
        if t.metric("throughput_per_s") is not None
    ]
    canvas.segments([[(x, y - 7), (x, y + 7)] for x in _thinned(ticks)], point.colour, 1.2, 0.85, series)
    if speed.most / speed.median - 1 > SPREAD:
        canvas.text(STEADY[1] + 4, y + 4, "→", 11, style.text_colour(point.colour), series=series)
    if speed.least / speed.median - 1 < -SPREAD:
        canvas.text(STEADY[0] - 4, y + 4, "←", 11, style.text_colour(point.colour), anchor="end", series=series)


def _nouns(noun):
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s") if noun else "operations"


def _thinned(xs, step=0.5):
    """At most one tick every half pixel."""
    return sorted({round(x / step) * step for x in xs})


def _shares(canvas, point, scale, y):
    got, series = point.ranked_shares, series_id(point)
    if not got:
        why = "nobody to share with" if point.contenders < 2 else "too few operations"
        canvas.text(scale(1) + 12, y + 4, why, LABEL, "muted")
        return
    size = 6.6 if len(got) <= 32 else 4.6
    xs = [scale.clamped(v) for v in got]
    canvas.line([(xs[0], y), (xs[-1], y)], point.colour, 1.2, alpha=0.6, series=series)
    offsets = _swarm(xs, size, PITCH / 2 - 6)
    canvas.marks(list(zip(xs, [y + o for o in offsets])), point.colour, series, size, shape="o")
    short = got[0] < style.SHORT
    if short:
        canvas.ring(xs[0], y, 7.2, series=series)
    text = units.share(point.minimum_share.median if point.minimum_share else got[0])
    left = min(xs[0], *(x for x, o in zip(xs, offsets) if abs(o) < 9)) - (12 if short else 9)
    if left - text_width(text, LABEL) < scale.start + 2:
        canvas.text(xs[0] + 12, y - 6, text, LABEL, "ink", "semibold", series=series)
    else:
        canvas.text(
            left,
            y + 4,
            text,
            LABEL,
            "ink" if short else "muted",
            "semibold" if short else "normal",
            "end",
            series=series,
        )
    if got[-1] > scale.hi:
        canvas.text(
            scale.end + 6,
            y + 4,
            "→" + units.NBSP + units.significant(got[-1], 2),
            11,
            style.text_colour(point.colour),
            series=series,
        )


def _gap(canvas, point, scale, y):
    known = sorted(t.gap()[1] for t in point.trials if t.gap() and t.gap()[1] > 0)
    if not known:
        canvas.text(scale.start, y + 4, "not known", LABEL, "muted")
        return
    series, x = series_id(point), scale(known[-1])
    canvas.segments(
        [[(v, y - 7), (v, y + 7)] for v in _thinned(scale(k) for k in known)], point.colour, 1.0, 0.75, series
    )
    canvas.marks([(x, y)], point.colour, series, 6.6, shape="o")
    lower, upper, censored = point.longest_gap.gap()
    text = ("≥" + units.NBSP + units.duration(lower)) if censored else units.duration(upper)
    width = text_width(text, LABEL)
    if x + 10 + width <= WIDTH:
        canvas.text(x + 10, y + 4, text, LABEL, "muted", series=series)
    else:
        canvas.text(scale(known[0]) - 10, y + 4, text, LABEL, "muted", anchor="end", series=series)


def _axes(canvas, steady, shares, gaps, bottom):
    canvas.line([(STEADY[0], bottom), (STEADY[1], bottom)], "axis")
    for value, text in ((-SPREAD, "−10\u00a0%"), (0, "median"), (SPREAD, "+10\u00a0%")):
        canvas.line([(steady(value), bottom), (steady(value), bottom + 4)], "axis")
        canvas.text(steady(value), bottom + 17, text, LABEL, "muted", anchor="middle")
    share_axis(canvas, shares, bottom, TOP, (0, 0.5, 1, 1.5, 2))
    canvas.text((DOTS[0] + DOTS[1]) / 2, bottom + 35, "operations of one ÷ fair share", LABEL, "muted", anchor="middle")
    value_axis(canvas, gaps, bottom, decades(gaps.lo, gaps.hi, 3), units.duration)


def _title(points):
    worst = words.worst_of([p for p in points if p.minimum_share])
    if worst is None:
        return headline.alone(points[0]).rstrip(".") if len(points) == 1 else "One worker each: nobody had to share"
    if words.judged(worst) in (words.STARVED, words.SHORT, words.OPEN):
        return words.verdict(worst).rstrip(".")
    return (
        headline.nobody([p for p in points if p.minimum_share])
        .rstrip(".")
        .replace("Nobody was starved", "Nobody went short")
    )


def _caption(points):
    least = min(p.n for p in points)
    ends = (
        f"pale bar: the 95{units.NBSP}% order-statistic interval of the median"
        if least >= stats.FEWEST
        else f"no interval, which takes {stats.FEWEST} trials"
    )
    return join(
        (
            "Rates are of different operations, so no axis holds them together. How steady: one tick for each trial,"
            f" {ends}; an arrow where one is off the scale. Dots: contenders ranked in each trial, median"
            f" {trials_words(points)}; the number is the minimum share. Gap: one tick for each trial’s longest, the dot"
            " is the longest of all. Shaded: less than half a fair share. "
        ),
        probes(points),
    )


def _table(rows, labels):
    out = []
    for (p, _), (label, note) in zip(rows, labels):
        out.append(
            [
                label,
                note,
                units.rate(p.throughput.median) if p.throughput else "–",
                interval_cell(p.throughput, units.rate),
                p.operation,
                units.share(p.minimum_share.median) if p.minimum_share else "–",
                interval_cell(p.minimum_share, units.share),
                words.gap_words(p.longest_gap) if p.longest_gap else "–",
                p.n,
            ]
        )
    return Table(
        [
            "workload",
            "point",
            "throughput",
            "95\u00a0% interval",
            "counted",
            "minimum share",
            "95\u00a0% interval",
            "longest gap",
            "trials",
        ],
        out,
        words=2,
    )
