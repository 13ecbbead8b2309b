"""Scaling: the rate of all workers against how many there are, with intervals, ideal and the machine's marks."""

from . import style, units, words
from .canvas import Canvas, Log, decades, log_range, shorten, spread, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, interval_words, probes, series_id, trials_words

MOST = 6  # lines in one panel; above, small multiples by group


def applies(panel):
    return any(len(panel.line(key)) >= 2 for key in panel.series)


def draw(panel, machine, name="scaling"):
    """Throughput of each workload of a panel over its numbers of workers."""
    lines = [line for line in (panel.line(key) for key in panel.series) if len([p for p in line if p.throughput]) >= 2]
    groups = [("", lines)]
    if len(lines) > MOST:
        found = {}
        for line in lines:
            found.setdefault(line[0].group or line[0].workload, []).append(line)
        groups = list(found.items())
    width, height = (540, 372) if len(groups) == 1 else (1120, 372)
    canvas = Canvas(name, width, height)
    everything = [p for line in lines for p in line if p.throughput]
    counts = sorted({p.workers for p in everything})
    rates = Log(
        *log_range([v for p in everything for v in (p.throughput.lower, p.throughput.upper)], 1.5, 2.0), 330, 22
    )
    boxes = _places(groups, width)
    for i, ((title, members), (left, right)) in enumerate(zip(groups, boxes)):
        x = Log(counts[0] / 1.12, counts[-1] * 1.09, left, right)
        _frame(canvas, x, rates, counts, machine, first=i == 0)
        if title:
            canvas.text(left, 13, title, 13, "ink", "semibold")
        _ideal(canvas, panel, members, x, rates, counts, named=i == 0)
        for line in members:
            _line(canvas, line, x, rates)
        _labels(canvas, members, x, rates, right + 10)
    canvas.text((boxes[0][0] + boxes[-1][1]) / 2, 366, "workers", LABEL, "muted", anchor="middle")
    return Figure(
        name,
        words.scaling_title(panel),
        canvas,
        "Operations per second, all workers together.",
        _caption(lines, machine, counts),
        _table(lines),
        "scaling",
    )


def _places(groups, width):
    if len(groups) == 1:
        return [(56, 416)]
    room = (width - 56) / len(groups)
    return [(56 + room * i, 56 + room * (i + 1) - 108) for i in range(len(groups))]


def marks_of(machine):
    """Numbers of workers at which this machine runs out of something, with its name: 8 cores, 16 PUs."""
    marks = {}
    if machine["packages"] > 1 and machine["cores"] % machine["packages"] == 0:
        marks[machine["cores"] // machine["packages"]] = "1 socket"
    if machine["cores"] < machine["units"]:
        marks[machine["cores"]] = units.plural(machine["cores"], "core")
    marks[machine["units"]] = units.plural(machine["units"], "PU")
    return marks


def _frame(canvas, x, rates, counts, machine, first):
    left, right, top, bottom = x.start, x.end, rates.end, rates.start
    limit = machine["units"]
    if counts[-1] > limit:
        canvas.rect(x.clamped(max(limit, x.lo)), top, right - x.clamped(max(limit, x.lo)), bottom - top, fill="shade")
    for value in decades(rates.lo, rates.hi, 8):
        y = rates(value)
        canvas.line([(left, y), (right, y)], "grid")
        if first:
            canvas.text(left - 8, y + 4, units.rate(value, per_second=False), LABEL, "muted", anchor="end")
    machine_marks(canvas, x, machine, top, bottom)
    worker_axis(canvas, x, counts, bottom)


def machine_marks(canvas, x, machine, top, bottom):
    for count, label in sorted(marks_of(machine).items()):
        if x.lo < count < x.hi:
            canvas.line([(x(count), top), (x(count), bottom)], "axis")
            canvas.text(
                x(count) + (-5 if x(count) - x.start > 18 else 14), bottom - 6, label, 11.5, "muted", turned=True
            )


def worker_axis(canvas, x, counts, bottom):
    canvas.line([(x.start, bottom), (x.end, bottom)], "axis")
    reach = float("-inf")
    for count in counts:
        at, half = x(count), text_width(units.count(count), LABEL) / 2
        canvas.line([(at, bottom), (at, bottom + 4)], "axis")
        if at - half > reach + 4:
            canvas.text(at, bottom + 18, units.count(count), LABEL, "muted", anchor="middle")
            reach = at + half


def contended(panel):
    """Whether one worker's rate, undiminished, is the best that there can be; else each worker could add its own."""
    return panel.kind[0] in ("control", "contended")


def _ideal(canvas, panel, members, x, rates, counts, named):
    bases = [line[0].throughput.median for line in members if line[0].workers == 1 and not words.is_control(line[0])]
    if not bases:
        return
    best = max(bases)
    if contended(panel):
        ends = [(x(counts[0]), rates.clamped(best)), (x.end, rates.clamped(best))]
    else:
        ends = [(x(n), rates.clamped(best * n)) for n in counts if best * n <= rates.hi]
    if len(ends) > 1:
        canvas.line(ends, "ink", 1.3, dash=(6, 3.5))
    if named and len(ends) > 1:
        text = "ideal: no loss" if contended(panel) else "ideal"
        canvas.ideal = (ends[-1][1], text)


def _line(canvas, line, x, rates):
    series, known = series_id(line[0]), [p for p in line if p.throughput and p.throughput.median > 0]
    points = [(x(p.workers), rates(p.throughput.median)) for p in known]
    banded = [p for p in known if p.throughput.known and p.throughput.low > 0]
    if len(banded) >= 2:
        upper = [(x(p.workers), rates.clamped(p.throughput.high)) for p in banded]
        lower = [(x(p.workers), rates.clamped(p.throughput.low)) for p in reversed(banded)]
        canvas.area(upper + lower, line[0].colour, 0.25, series)
    canvas.line(points, line[0].colour, 2.0, series=series, cap="round")
    canvas.marks(points, line[0].colour, series)


def _labels(canvas, members, x, rates, left):
    """Names beside the ends of the lines, nudged apart."""
    known = [(line, [p for p in line if p.throughput and p.throughput.median > 0]) for line in members]
    ends = [
        (
            line[0].label,
            rates(ps[-1].throughput.median),
            style.text_colour(line[0].colour),
            "semibold",
            series_id(line[0]),
        )
        for line, ps in known
        if ps
    ]
    ideal = canvas.__dict__.pop("ideal", None)
    if ideal:
        ends.append((ideal[1], ideal[0], "ink", "normal", None))
    places = spread([e[1] for e in ends], 16, rates.end - 4, rates.start - 2)
    room = min(canvas.width - left, 124 if canvas.width < 600 else 98)
    for (label, at, colour, weight, series), y in zip(ends, places):
        size = 12.5 if weight == "semibold" else LABEL
        if abs(y - at) > 3:
            canvas.line([(left - 9, at), (left - 3, y)], "axis", 0.8)
        canvas.text(left, y + 4, shorten(label, room, size, weight), size, colour, weight, series=series)


def _caption(lines, machine, counts):
    points = [p for line in lines for p in line]
    parts = [f"Line: median {trials_words(points)}. ", interval_words(points, "Band") + " "]
    parts.append("Dashed: one worker’s rate, undiminished. " if any(p.workers == 1 for p in points) else "")
    if counts[-1] > machine["units"]:
        parts.append("Shaded: more workers than processing units. ")
    return join(*parts, probes(points))


def _table(lines):
    rows = [
        [p.label, p.workers, units.rate(p.throughput.median), interval_cell(p.throughput, units.rate), p.n]
        for line in lines
        for p in line
        if p.throughput
    ]
    return Table(["workload", "workers", "throughput", "95\u00a0% interval", "trials"], rows)
