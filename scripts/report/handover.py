"""Who acquires right after whom: one square a lock, contenders in the order of the machine's units, and below it how far
on the machine the lock went."""

from . import heat, probed, progress, style, units, words
from .canvas import Canvas, shorten
from .markup import Table, code, join
from .parts import LABEL, Figure, series_id
from .topology import DISTANCES, Distances

MOST = 4  # squares
ITSELF, UNKNOWN = "to itself", "not known"
WAYS = {ITSELF: ITSELF, **{d: f"same {d}" for d in DISTANCES[:-1]}, "machine": "another package", UNKNOWN: UNKNOWN}
SIDE, GAP, LEFT, TOP = 190, 60, 60, 92


def squares_of(run, points):
    """[(point, matrix, order of contenders)], the most unequal first; of the trial with the median throughput."""
    found = []
    for p in points:
        trial = probed.typical([t for t in probed.at_level(run, p, "sampled") if t.metric("handover_matrix")])
        if trial is None or words.is_control(p):
            continue
        matrix = trial.metric("handover_matrix")
        if len(matrix) > 1 and sum(map(sum, matrix)) >= 20 * len(matrix) ** 2:
            order = sorted(range(len(matrix)), key=lambda i: (p.units_of(i) or [-1], i))
            found.append((p, matrix, order))
    found.sort(key=lambda s: -_to_itself(s[1]))
    return found[:MOST]


def applies(run, points):
    return bool(squares_of(run, points))


def _to_itself(matrix):
    total = sum(map(sum, matrix))
    return sum(matrix[i][i] for i in range(len(matrix))) / total if total else 0.0


def distances(machine, point, matrix):
    """{how far: part of all hand-overs}, the nearest first; of those that there were. machine: Distances."""
    found = dict.fromkeys(WAYS, 0)
    places = [point.units_of(i) or [] for i in range(len(matrix))]
    for a, row in enumerate(matrix):
        for b, count in enumerate(row):
            pinned = len(places[a]) == len(places[b]) == 1
            way = ITSELF if a == b else machine.between(places[a][0], places[b][0]) if pinned else None
            found[way or UNKNOWN] += count
    total = sum(found.values())
    return {way: count / total for way, count in found.items() if count}


def draw(run, points, name="handover"):
    squares, machine = squares_of(run, points), Distances(run.machine)
    ways = [distances(machine, point, matrix) for point, matrix, _ in squares]
    canvas = Canvas(name, 1120, TOP + SIDE + 74)
    progress.key(canvas, 1114, of="hand-overs, relative to an even spread")
    for k, (point, matrix, order) in enumerate(squares):
        _square(canvas, LEFT + k * (SIDE + GAP + 10), point, matrix, order, ways[k])
    return Figure(name, _title(squares), canvas,
                  "How often the one below acquires right after the one to the left, and how far the lock went.",
                  _caption(squares), _table(squares, ways), "handover")


def _square(canvas, left, point, matrix, order, ways):
    n, total, series = len(matrix), sum(map(sum, matrix)), series_id(point)
    canvas.text(left, TOP - 26, shorten(point.label, SIDE, 13, "semibold"), 13, style.text_colour(point.colour), "semibold",
                series=series)
    canvas.text(left, TOP - 9, f"{units.percent(_to_itself(matrix))} to itself", LABEL, "muted")
    even = total / n**2
    cells = heat.steps([[matrix[a][b] / even for b in order] for a in order])
    canvas.image(left, TOP, SIDE, SIDE, cells)
    canvas.rect(left, TOP, SIDE, SIDE, stroke="axis", line=0.8)
    for place in sorted({0, n - 1}) if n > 8 else range(n):
        middle = (place + 0.5) * SIDE / n
        canvas.text(left - 6, TOP + middle + 4, point.name_of(order[place]), 11, "muted", anchor="end")
        canvas.text(left + middle, TOP + SIDE + 15, point.name_of(order[place]), 11, "muted", anchor="middle")
    canvas.text(left + SIDE / 2, TOP + SIDE + 34, "next", LABEL, "muted", anchor="middle")
    farthest = [f"{WAYS[way]} {units.percent(part)}" for way, part in ways.items() if way != ITSELF]
    canvas.text(left, TOP + SIDE + 56, shorten(" · ".join(farthest[-2:]), SIDE + GAP, LABEL), LABEL, "muted")


def _title(squares):
    point, matrix, _ = squares[0]
    own, even = _to_itself(matrix), 1 / len(matrix)
    if own > 1.5 * even:
        return f"{words.capital(point.label)} goes back to whoever had it in {own:.0%} of hand-overs".replace("%", "\u00a0%")
    return "No lock goes back to whoever had it more often than an even spread would"


def _caption(squares):
    return join("One trial of each, the one with the median throughput; recorded bursts of 4\u202f096 acquisitions. ",
                "Contenders of one processing unit stand together; below, the farthest that two of them are apart: the "
                "smallest thing that holds both units. Probes: ", code("sampled"), ".")


def _table(squares, ways):
    rows = []
    for (point, matrix, order), far in zip(squares, ways):
        total = sum(map(sum, matrix))
        rows += [[point.label, "all", WAYS[way], units.count(round(part * total)), units.percent(part)]
                 for way, part in far.items()]
        for a in order:
            rows += [[point.label, point.name_of(a), point.name_of(b), units.count(matrix[a][b]),
                      units.percent(matrix[a][b] / total)] for b in order]
    return Table(["workload", "had it", "next", "times", "of all"], rows, words=3)
