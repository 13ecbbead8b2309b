"""Short-term fairness: how evenly a lock is shared in so many acquisitions in a row."""

from . import probed, units, words
from .canvas import Canvas, Linear, Log
from .markup import Table, code, join
from .parts import LABEL, Figure, end_labels, interval_cell, interval_words, series_id

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 540, 56, 416, 22, 330


def lines_of(run, points):
    """[(point, {window: interval})]"""
    found = [(p, probed.windows(probed.at_level(run, p, "sampled"))) for p in points if not words.is_control(p)]
    return [(p, windows) for p, windows in found if len(windows) >= 3]


def applies(run, points):
    return any(p.contenders > 1 for p, _ in lines_of(run, points))


def draw(run, points, name="shortterm"):
    lines = lines_of(run, points)
    n = max(p.contenders for p, _ in lines)
    every = sorted({w for _, windows in lines for w in windows})
    canvas = Canvas(name, WIDTH, 372)
    x, y = Log(every[0], every[-1], LEFT, RIGHT), Linear(0, 1, BOTTOM, TOP)
    for value in (0, 0.25, 0.5, 0.75, 1):
        canvas.line([(LEFT, y(value)), (RIGHT, y(value))], "grid")
        canvas.text(LEFT - 8, y(value) + 4, f"{value:g}", LABEL, "muted", anchor="end")
    canvas.line([(LEFT, BOTTOM), (RIGHT, BOTTOM)], "axis")
    for window in every:
        if window in (2, 8, 32, 128, 512, 2048) or (window > 4096 and window == every[-1]):
            canvas.line([(x(window), BOTTOM), (x(window), BOTTOM + 4)], "axis")
            canvas.text(x(window), BOTTOM + 18, units.count(window), LABEL, "muted", anchor="middle")
    canvas.text((LEFT + RIGHT) / 2, 366, "acquisitions in a row", LABEL, "muted", anchor="middle")
    chance = [(x(w), y(w / (w + n - 1))) for w in every]
    canvas.line(chance, "ink", 1.3, (6, 3.5))
    ends = [("random grants", chance[-1], "ink", None)]
    for point, windows in lines:
        path = [(x(w), y(windows[w].median)) for w in sorted(windows)]
        canvas.line(path, point.colour, 2.0, series=series_id(point))
        ends.append((point.label, (RIGHT, path[-1][1]), point.colour, series_id(point)))
    end_labels(canvas, ends, RIGHT + 6, (TOP - 4, BOTTOM - 2))
    return Figure(name, _title(lines, n), canvas, "Jain’s index in windows of so many acquisitions: 1 is even.",
                  _caption(lines), _table(lines, n), "shortterm")


def _title(lines, n):
    window = next((w for w in sorted(lines[0][1]) if w >= 8 * n), max(lines[0][1]))
    known = [(windows[window].median, p.label) for p, windows in lines if window in windows]
    if not known:
        return "How even so many acquisitions in a row are"
    (least, who), (most, best) = min(known), max(known)
    chance = window / (window + n - 1)
    if least >= 0.95:
        return f"Every lock is shared evenly in {units.count(window)} acquisitions"
    apart = f"; {best} is at {most:.2f}" if best != who else ""
    than = "less even" if least < chance else "no less even"
    return f"In {units.count(window)} acquisitions, {who} is {than} than chance: {least:.2f}{apart}"


def _caption(lines):
    points = [p for p, _ in lines]
    return join("Line: median of the trials. ", interval_words(points, "In the table"),
                " Dashed: what grants at random would give. Probes: ", code("sampled"), ".")


def _table(lines, n):
    rows = [
        [p.label, units.count(w), f"{windows[w].median:.3f}", interval_cell(windows[w], lambda v: f"{v:.3f}"),
         f"{w / (w + n - 1):.3f}"]
        for p, windows in lines
        for w in sorted(windows)
    ]
    return Table(["workload", "acquisitions", "Jain’s index", "95\u00a0% interval", "at random"], rows)
