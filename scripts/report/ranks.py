"""Does the winner change? The order of the workloads by speed and by fairness, machine by machine."""

from . import across_words, stats, style, units, words
from .canvas import Canvas, shorten
from .markup import Table, join
from .parts import LABEL, Figure, probes, series_id, trials_words

NAME = 12.5
MEASURES = (("throughput", lambda p: p.throughput, "fastest"), ("minimum share", lambda p: p.minimum_share, "fairest"))


def _values(shared, of):
    """Per run the medians by workload, of the workloads of which every run knows one; the control is no contestant."""
    runs = {
        i: {p.key: of(p).median for p in shared.points(i) if of(p) is not None and not words.is_control(p)}
        for i in shared.present
    }
    common = set.intersection(*[set(v) for v in runs.values()]) if runs else set()
    return {i: {k: v[k] for k in v if k in common} for i, v in runs.items()}, common


def applies(shared):
    return any(len(_values(shared, of)[1]) >= 2 for _, of, _ in MEASURES)


def draw(shared, names, name):
    """One figure per measure, each half the width."""
    out = []
    for suffix, (what, of, best) in zip(("", "-fairness"), MEASURES):
        values, common = _values(shared, of)
        if len(common) >= 2:
            out.append(_draw(shared, names, name + suffix, what, best, values))
    return out


def _draw(shared, names, name, what, best, values):
    runs = shared.present
    orders = {i: stats.ranks(values[i]) for i in runs}
    n = len(orders[runs[0]])
    pitch = min(34, 300 / n) if n > 1 else 34
    canvas = Canvas(name, 540, 62 + pitch * n)
    left, right, top = 158, 382, 50
    xs = [left + (right - left) * k / (len(runs) - 1) for k in range(len(runs))]
    spacing = (right - left) / (len(runs) - 1)
    canvas.text(0, 12, f"Rank by {what}", 13, "ink", "semibold")
    for k, (x, i) in enumerate(zip(xs, runs)):
        text = shorten(names[i], spacing - 8, LABEL)
        canvas.text(x, 34, text, LABEL, "muted", anchor="middle")
        canvas.line([(x, top - 6), (x, top + pitch * n)], "grid")
    points = {p.key: p for p in shared.points(runs[0])}
    for key in sorted(orders[runs[0]], key=orders[runs[0]].get):
        p = points[key]
        places = [(x, top + pitch * (orders[i][key] - 0.5)) for x, i in zip(xs, runs)]
        canvas.line(places, p.colour, 2.0, series=series_id(p))
    for key in orders[runs[0]]:
        p = points[key]
        places = [(x, top + pitch * (orders[i][key] - 0.5)) for x, i in zip(xs, runs)]
        canvas.marks(places, p.colour, series_id(p))
        colour = style.text_colour(p.colour)
        first, last = orders[runs[0]][key], orders[runs[-1]][key]
        canvas.text(
            left - 14,
            places[0][1] + 4.5,
            f"{shorten(p.label, left - 40, NAME, 'semibold')} {first}",
            NAME,
            colour,
            "semibold",
            "end",
            series=series_id(p),
        )
        canvas.text(
            right + 14,
            places[-1][1] + 4.5,
            f"{last} {shorten(p.label, 540 - right - 34, NAME, 'semibold')}",
            NAME,
            colour,
            "semibold",
            series=series_id(p),
        )
    title = across_words.ranks_title(
        [orders[i] for i in runs], "speed" if what == "throughput" else "fairness", shared.place
    )
    return Figure(
        name,
        title,
        canvas,
        f"Rank 1 is the {best} of {units.in_words(n)}.",
        _caption(shared, names, orders, values),
        _table(shared, names, orders, values, what),
        "ranks",
    )


def _caption(shared, names, orders, values):
    runs = shared.present
    tau = stats.kendall(orders[runs[0]], orders[runs[-1]])
    points = [p for i in runs for p in shared.points(i)]
    number = f"{tau:.2f}".replace("-", "−") if tau is not None else "not known"
    return join(
        f"Ranks of medians {trials_words(points)}. Kendall’s τ, {names[runs[0]]} against {names[runs[-1]]}: {number}. ",
        probes(),
    )


def _table(shared, names, orders, values, what):
    form = units.rate if what == "throughput" else units.share
    columns = ["workload"] + [c for i in shared.present for c in (names[i], what)]
    rows = []
    points = {p.key: p for p in shared.points(shared.present[0])}
    for key in sorted(orders[shared.present[0]], key=orders[shared.present[0]].get):
        rows.append([points[key].label] + [c for i in shared.present for c in (orders[i][key], form(values[i][key]))])
    return Table(columns, rows)
