"""Who got starved: what each contender got, the longest gaps, what it cost, and how often somebody was starved."""

from . import stats, style, units, words
from .canvas import Canvas, Linear, Log, decades, log_range, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, ordered, probes, series_id, share_axis, trials_words, value_axis

WIDTH = 1120
NAMES, DOTS, GAPS, RATES, COUNTS = 174, (190, 614), (662, 802), (850, 990), 1120  # where the columns are, px
TOP = 56


def draw(points, name="starved", title=None):
    """points: the comparable ones of one number of workers."""
    rows = ordered(points)
    pitch = 42 if len(rows) <= 8 else 34 if len(rows) <= 12 else 28
    bottom = TOP + pitch * len(rows)
    canvas = Canvas(name, WIDTH, bottom + 42)
    shares = Linear(0, 2, *DOTS)
    gaps = Log(*log_range([g for p in rows for t in p.trials if t.gap() for g in [t.gap()[1]]], 1.6, 2.0), *GAPS)
    rates = Log(
        *log_range([v for p in rows if p.throughput for v in (p.throughput.lower, p.throughput.upper)], 1.6, 2.0),
        *RATES,
    )
    _heads(canvas, shares, rows[0].noun)
    canvas.rect(shares(0), TOP, shares(style.SHORT) - shares(0), bottom - TOP, fill="shade")
    for i in range(len(rows)):
        for start, end in (DOTS, GAPS, RATES, (1040, COUNTS)):
            canvas.line([(start, TOP + pitch * i), (end, TOP + pitch * i)], "grid")
    canvas.line([(shares(1), TOP), (shares(1), bottom)], "ink", 1.4)
    for i, point in enumerate(rows):
        y = TOP + pitch * (i + 0.5)
        canvas.text(
            NAMES,
            y + 4.5,
            shorten(point.label, NAMES, 13.5, "semibold"),
            13.5,
            style.text_colour(point.colour),
            "semibold",
            "end",
            series=series_id(point),
        )
        _shares(canvas, point, shares, y, pitch)
        _gaps(canvas, point, gaps, y)
        _rates(canvas, point, rates, y)
        _episodes(canvas, point, y)
    _axes(canvas, shares, gaps, rates, bottom, rows[0].noun)
    return Figure(
        name, title or words.verdict(words.worst_of(rows)), canvas, _lead(rows), _caption(rows), _table(rows), "starved"
    )


def _heads(canvas, shares, noun):
    for x, anchor, head, sub in (
        (DOTS[0], "start", "Who got to work", f"one dot = one {noun}"),
        (GAPS[0], "start", "Longest gap", f"of the unluckiest {noun}"),
        (RATES[0], "start", "Throughput", "all workers, per second"),
        (COUNTS, "end", "Starvation", "episodes per trial"),
    ):
        canvas.text(x, 13, head, 13, "ink", "semibold", anchor)
        canvas.text(x, 32, sub, LABEL, "muted", "normal", anchor)
    canvas.text(shares(1), 32, "fair share", LABEL, "ink", "semibold", "middle")
    canvas.text(DOTS[1], 32, "twice its share", LABEL, "muted", "normal", "end")


def _swarm(xs, size, room):
    """Vertical offsets that keep dots apart as far as there is room, for xs in ascending order."""
    placed, steps, step = [], [0.0], size * 0.55
    while step <= room:
        steps += [step, -step]
        step += size * 0.55
    for x in xs:
        free = [s for s in steps if all((x - a) ** 2 + (s - b) ** 2 >= (size * 0.62) ** 2 for a, b in placed)]
        placed.append((x, free[0] if free else steps[len(placed) % len(steps)]))
    return [s for _, s in placed]


def _shares(canvas, point, scale, y, pitch):
    got = point.ranked_shares
    if not got:
        why = "one worker: nobody to share with" if point.contenders < 2 else "too few operations to speak of shares"
        canvas.text(scale(1) + 12, y + 4, why, LABEL, "muted")
        return
    series, size = series_id(point), 7.4 if len(got) <= 32 else 5.0
    xs = [scale.clamped(v) for v in got]
    canvas.line([(xs[0], y), (xs[-1], y)], point.colour, 1.2, alpha=0.6, series=series)
    offsets = _swarm(xs, size, pitch / 2 - 7)
    canvas.marks(list(zip(xs, [y + o for o in offsets])), point.colour, series, size, shape="o")
    label = units.share(point.minimum_share.median if point.minimum_share else got[0])
    if got[0] < style.SHORT:
        canvas.ring(xs[0], y, 8.2, series=series)
        who = point.name_of(point.worst[0]) if point.worst_is_constant() else "the last"
        text = f"{who} got {label}"
        half = text_width(text, LABEL, "semibold") / 2
        x = max(DOTS[0] + half, min(xs[0], scale(1) - half - 6))
        canvas.text(x, y - 13, text, LABEL, "ink", "semibold", "middle", series=series)
    else:
        left = min(x for x, o in zip(xs, offsets) if abs(o) < 9)
        canvas.text(left - 10, y + 4, label, LABEL, "muted", anchor="end", series=series)
    if got[-1] > scale.hi:
        canvas.text(
            DOTS[1] + 6,
            y + 4,
            "→" + units.NBSP + units.significant(got[-1], 2),
            11,
            style.text_colour(point.colour),
            series=series,
        )


def _beside(canvas, x, scale, y, text, bold, reach, series):
    """A label beside a mark, on the side that has room."""
    width = text_width(text, LABEL, "semibold" if bold else "normal")
    right = x + 10 + width <= scale.end + 36 and (
        x < (scale.start + scale.end) / 2 or reach - 10 - width < scale.start - 40
    )
    place = (x + 10, "start") if right else (reach - 10, "end")
    canvas.text(
        place[0],
        y + 4,
        text,
        LABEL,
        "ink" if bold else "muted",
        "semibold" if bold else "normal",
        place[1],
        series=series,
    )


def _gaps(canvas, point, scale, y):
    known = [t.gap() for t in point.trials if t.gap() and t.gap()[1] > 0]
    if not known:
        canvas.text(scale.start, y + 4, "not known", LABEL, "muted")
        return
    series = series_id(point)
    xs = sorted(scale(upper) for _, upper, _ in known)
    canvas.segments([[(x, y - 7), (x, y + 7)] for x in xs], point.colour, 1.0, 0.75, series)
    canvas.marks([(xs[-1], y)], point.colour, series, 7.4, shape="o")
    trial = point.longest_gap
    lower, upper, censored = trial.gap()
    text = ("≥" + units.NBSP + units.duration(lower)) if censored else units.duration(upper)
    _beside(canvas, xs[-1], scale, y, text, words.judged(point) in (words.STARVED, words.SHORT), xs[0], series)


def _rates(canvas, point, scale, y):
    speed = point.throughput
    if speed is None or speed.median <= 0:
        canvas.text(scale.start, y + 4, "not known" if speed is None else "nothing done", LABEL, "muted")
        return
    series, x = series_id(point), scale(speed.median)
    if speed.known and speed.low > 0:
        canvas.line([(scale.clamped(speed.low), y), (scale.clamped(speed.high), y)], point.colour, 2.0, series=series)
    canvas.marks([(x, y)], point.colour, series, 7.4, shape="o")
    reach = min(x, scale.clamped(speed.low)) if speed.known and speed.low > 0 else x
    _beside(canvas, x, scale, y, units.rate(speed.median, per_second=False), False, reach, series)


def _episodes(canvas, point, y):
    episodes = point.interval("starvation_episodes")
    bold = bool(episodes and episodes.median) and words.judged(point) in (words.STARVED, words.SHORT)
    text = units.significant(episodes.median) if episodes else "–"
    canvas.text(
        COUNTS,
        y + 4.5,
        text,
        12.5,
        "ink" if bold else "muted",
        "semibold" if bold else "normal",
        "end",
        series=series_id(point),
    )


def _axes(canvas, shares, gaps, rates, bottom, noun):
    share_axis(canvas, shares, bottom, TOP)
    canvas.text(
        (DOTS[0] + DOTS[1]) / 2, bottom + 35, f"operations of one {noun} ÷ fair share", LABEL, "muted", anchor="middle"
    )
    value_axis(canvas, gaps, bottom, decades(gaps.lo, gaps.hi, 3), units.duration)
    value_axis(canvas, rates, bottom, decades(rates.lo, rates.hi, 3), lambda v: units.rate(v, per_second=False))
    canvas.line([(1040, bottom), (COUNTS, bottom)], "grid")


def _lead(rows):
    return (
        f"Each dot is what one {rows[0].noun} did, divided by a fair share; the leftmost dot of a row is the minimum"
        " share."
    )


def _caption(rows):
    text = [
        f"{'Workers' if rows[0].noun == 'worker' else 'Contenders'} are ranked in each trial; a dot is the median of"
        f" its rank {trials_words(rows)}. "
    ]
    if min(p.n for p in rows) >= stats.FEWEST:
        text.append(
            f"Throughput: median; bar: its 95{units.NBSP}% order-statistic interval, where it is wider than the dot. "
        )
    else:
        text.append(f"Throughput: median; no interval, which takes {stats.FEWEST} trials. ")
    text.append(
        "Gap: one tick for each trial’s longest, the dot is the longest of all. Episode: a gap by the resource of over"
        " 100 fair intervals and over 1\u00a0ms; median of the trials. Shaded: less than half a fair share. "
    )
    if any(p.ranked_shares and p.ranked_shares[-1] > 2 for p in rows):
        text.append("Arrow: the luckiest got more than twice its share. ")
    text += [f"{p.label}: the same work without the contended resource. " for p in rows if words.is_control(p)]
    return join(*text, probes(rows))


def _table(rows):
    columns = [
        "workload",
        "last",
        "minimum share",
        "95\u00a0% interval",
        "longest gap",
        "throughput",
        "95\u00a0% interval",
        "episodes per trial",
        "by the scheduler",
        "trials",
    ]
    out = []
    for p in rows:
        episodes, scheduler = p.interval("starvation_episodes"), p.interval("scheduler_episodes")
        last = f"{p.name_of(p.worst[0])} ({p.worst[1]} of {p.worst[2]})" if p.worst else "–"
        out.append(
            [
                p.label,
                last,
                units.share(p.minimum_share.median) if p.minimum_share else "–",
                interval_cell(p.minimum_share, units.share),
                words.gap_words(p.longest_gap) if p.longest_gap else "–",
                units.rate(p.throughput.median) if p.throughput else "–",
                interval_cell(p.throughput, units.rate),
                units.significant(episodes.median) if episodes else "–",
                units.significant(scheduler.median) if scheduler else "–",
                p.n,
            ]
        )
    return Table(columns, out, words=2)
