"""Starvation over oversubscription: what the unluckiest is left with as more workers share the same units."""

from . import units, words
from .canvas import Canvas, Linear, Log
from .markup import Table, join
from .parts import LABEL, Figure, end_labels, interval_cell, interval_words, probes, series_id, trials_words

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 540, 56, 416, 22, 330


def lines_of(panel):
    found = [[p for p in panel.line(key) if p.minimum_share and p.workers > 1] for key in panel.series]
    return [line for line in found if len(line) >= 2]


def applies(panel):
    return any(line[-1].oversubscribed for line in lines_of(panel))


def draw(panel, machine, name="crowding"):
    lines = lines_of(panel)
    counts = sorted({p.workers for line in lines for p in line})
    canvas = Canvas(name, WIDTH, 372)
    x, y = Log(counts[0] / 1.1, counts[-1] * 1.1, LEFT, RIGHT), Linear(0, 1.1, BOTTOM, TOP)
    limit = machine["units"]
    if counts[-1] > limit:
        from_ = x.clamped(max(limit, x.lo))
        canvas.rect(from_, TOP, RIGHT - from_, BOTTOM - TOP, fill="shade")
    for value in (0, 0.25, 0.5, 0.75, 1):
        canvas.line([(LEFT, y(value)), (RIGHT, y(value))], "ink" if value == 1 else "grid")
        canvas.text(LEFT - 8, y(value) + 4, units.FRACTIONS.get(value, f"{value:g}"), LABEL, "muted", anchor="end")
    canvas.line([(LEFT, BOTTOM), (RIGHT, BOTTOM)], "axis")
    for count in counts:
        canvas.line([(x(count), BOTTOM), (x(count), BOTTOM + 4)], "axis")
        canvas.text(x(count), BOTTOM + 18, units.count(count), LABEL, "muted", anchor="middle")
    canvas.text((LEFT + RIGHT) / 2, 366, "workers", LABEL, "muted", anchor="middle")
    ends = []
    for line in lines:
        path = [(x(p.workers), y.clamped(p.minimum_share.median)) for p in line]
        canvas.line(path, line[0].colour, 2.0, series=series_id(line[0]), cap="round")
        canvas.marks(path, line[0].colour, series_id(line[0]))
        ends.append((line[0].label, path[-1], line[0].colour, series_id(line[0])))
    end_labels(canvas, ends, RIGHT + 6, (TOP - 4, BOTTOM - 2), gap=5)
    return Figure(name, _title(lines, limit), canvas, "What the unluckiest got, of a fair share.",
                  _caption(lines, limit, counts), _table(lines), "crowding")


def _title(lines, limit):
    crowded = [line[-1] for line in lines if line[-1].oversubscribed and not words.is_control(line[-1])]
    if not crowded:
        return "What the unluckiest gets as workers grow more than units"
    worst = min(crowded, key=lambda p: p.minimum_share.median)
    where = f"{units.plural(worst.workers, 'worker')} on {units.plural(limit, 'unit')}"
    return f"With {where}, the unluckiest behind {worst.label} gets {units.share(worst.minimum_share.median)}"


def _caption(lines, limit, counts):
    points = [p for line in lines for p in line]
    shade = "Shaded: more workers than processing units. " if counts[-1] > limit else ""
    return join(f"Line: median {trials_words(points)}. ", interval_words(points, "In the table"), " ", shade, probes(points))


def _table(lines):
    rows = [[p.label, p.workers, f"{p.minimum_share.median:.2f}", interval_cell(p.minimum_share, lambda v: f"{v:.2f}"), p.n]
            for line in lines for p in line]
    return Table(["workload", "workers", "minimum share", "95\u00a0% interval", "trials"], rows)
