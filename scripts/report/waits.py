"""How long waits are, in percentiles: half of them, nine in ten, one in a hundred …"""

import math

from . import probed, units, words
from .canvas import Canvas, Linear, Log, decades, log_range
from .markup import Table, code, join
from .parts import LABEL, Figure, end_labels, series_id

SHOWN = (50, 90, 99, 99.9, 99.99)
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 540, 64, 416, 22, 330


class Line:
    """One workload's waits."""

    def __init__(self, point, trials):
        self.point, self.trials = point, trials
        self.values = probed.merged(trials, "wait_ns")
        self.count = sum(n for _, n in self.values)
        self.disturbed = probed.disturbed(trials)
        # A percentile needs a few waits beyond it.
        self.ends = [p for p in SHOWN if self.count * (100 - p) >= 300] or [50]

    def at(self, p):
        return probed.percentile(self.values, p)


def lines_of(run, points):
    found = [Line(p, probed.at_level(run, p, "sampled")) for p in points if not words.is_control(p)]
    return [line for line in found if line.count >= 20]


def applies(run, points):
    return bool(lines_of(run, points))


def _nines(p):
    return -math.log10(1 - p / 100)


def draw(run, points, name="waits"):
    lines = lines_of(run, points)
    canvas = Canvas(name, WIDTH, 372)
    x = Linear(0, _nines(SHOWN[-1]), LEFT, RIGHT)
    y = Log(*log_range([max(1.0, line.at(p)) for line in lines for p in line.ends], 1.6, 2.0), BOTTOM, TOP)
    for value in decades(y.lo, y.hi, 8):
        canvas.line([(LEFT, y(value)), (RIGHT, y(value))], "grid")
        canvas.text(LEFT - 8, y(value) + 4, units.duration(value), LABEL, "muted", anchor="end")
    canvas.line([(LEFT, BOTTOM), (RIGHT, BOTTOM)], "axis")
    for p in (0,) + SHOWN:
        canvas.line([(x(_nines(p)), BOTTOM), (x(_nines(p)), BOTTOM + 4)], "axis")
        canvas.text(x(_nines(p)), BOTTOM + 18, f"{p:g}", LABEL, "muted", anchor="middle")
    canvas.text((LEFT + RIGHT) / 2, 366, "percentile of waits", LABEL, "muted", anchor="middle")
    ends = []
    for line in lines:
        steps = [p for p in _dense(line)]
        path = [(x(_nines(p)), y.clamped(max(1.0, line.at(p)))) for p in steps]
        canvas.line(path, line.point.colour, 2.0, (5, 3) if line.disturbed else None, series=series_id(line.point))
        ends.append((line.point.label, path[-1], line.point.colour, series_id(line.point)))
    end_labels(canvas, ends, RIGHT + 6, (TOP - 4, BOTTOM - 2))
    return Figure(name, _title(lines), canvas, "How long a request waited until it was granted.", _caption(lines),
                  _table(lines), "waits")


def _dense(line):
    """Percentiles close enough for a smooth line, up to the last that the waits are enough for."""
    last = _nines(line.ends[-1])
    return [100 * (1 - 10 ** -(last * k / 60)) for k in range(61)]


def _title(lines):
    trusted = [line for line in lines if not line.disturbed]
    if not trusted:
        return "All waits were disturbed by the looking, so how long they are is not quoted"
    p = max(min(line.ends[-1] for line in trusted), 90)
    worst, best = (f(trusted, key=lambda line: line.at(min(p, line.ends[-1]))) for f in (max, min))
    share = {90: "one wait in ten", 99: "one wait in a hundred", 99.9: "one wait in a thousand"}.get(p, "the longest")
    text = f"Behind {worst.point.label}, {share} lasts {units.duration(worst.at(p))} or longer"
    return text + (f"; behind {best.point.label}, {units.duration(best.at(p))}" if best is not worst else "")


def _caption(lines):
    counts = [line.count for line in lines]
    many = " to ".join(units.count(n) for n in sorted({min(counts), max(counts)}))
    parts = [f"Line: all stamped waits of the trials together, {many} of them; it ends where fewer than three lie"
             " beyond. "]
    bad = [line.point.label for line in lines if line.disturbed]
    if bad:
        parts.append(f"Dashed: disturbed, so not to be quoted ({units.listed(bad)}): the stamps changed who won, or the"
                     " waits do not add up to the throughput. ")
    return join(*parts, "Waits that were open at the end are not in it. Probes: ", code("sampled"), ".")


def _table(lines):
    rows = [
        [line.point.label, units.count(line.count)]
        + [units.duration(line.at(p)) if p in line.ends else "–" for p in SHOWN]
        + ["yes" if line.disturbed else "no"]
        for line in lines
    ]
    return Table(["workload", "waits"] + [f"p{p:g}" for p in SHOWN] + ["disturbed"], rows)
