"""What each workload takes from another: a matrix of subjects and their companions, the slow-down in each cell."""

import math

from . import stats, units, words
from .canvas import Canvas, shorten, text_width
from .markup import Table, join
from .parts import LABEL, Figure, interval_cell, probes

WIDTH, LEFT, RIGHT = 1120, 236, 990  # of the cells, px; names stand left of them, sums right
HEAD, PITCH, WIDEST = 64, 38, 110  # px: key, a row, the widest column
MOST_ROWS, MOST_COLUMNS = 24, 16  # drawn; the table has all

# From this slow-down on a cell has that colour and that colour of text: each text has 4.5:1 in both themes.
STEPS = ((1.1, "heat-1", "ink"), (1.5, "heat-2", "ink"), (2.0, "heat-5", "page"), (4.0, "heat-6", "page"))


def draw(neighbours, name="interference"):
    rows, columns = neighbours.subjects[:MOST_ROWS], neighbours.columns[:MOST_COLUMNS]
    width = min(WIDEST, (RIGHT - LEFT) / len(columns))
    turned = any(text_width(c, 12.5, "semibold") > width - 6 for c in columns)
    top = HEAD + (min(190, max(text_width(c, 12.5, "semibold") for c in columns)) + 14 if turned else 26)
    right, bottom = LEFT + width * len(columns), top + PITCH * len(rows)
    canvas = Canvas(name, WIDTH, bottom + 34)
    _key(canvas)
    for i, column in enumerate(columns):
        x = LEFT + width * (i + 0.5)
        text = shorten(column, 190 if turned else width - 6, 12.5, "semibold")
        at, anchor = (x + 4, "start") if turned else (x, "middle")
        canvas.text(at, top - 10, text, 12.5, "ink", "semibold", anchor, turned)
        canvas.text(x, bottom + 20, _percent(neighbours.harm(column)), LABEL, "muted", anchor="middle")
    canvas.text(LEFT - 12, bottom + 20, "subjects lose, on average", LABEL, "muted", anchor="end")
    canvas.text(right + 14, top - 10, "loses, on average", LABEL, "muted")
    for k, row in enumerate(rows):
        y = top + PITCH * k
        label = shorten(row, LEFT - 14, 13, "semibold")
        canvas.text(LEFT - 12, y + PITCH / 2 + 4.5, label, 13, "ink", "semibold", "end", series=row)
        canvas.text(right + 14, y + PITCH / 2 + 4.5, _percent(neighbours.sensitivity(row)), LABEL, "muted")
        for i, column in enumerate(columns):
            _cell(canvas, LEFT + width * i, y, width, neighbours.cells.get((row, column)), row)
    return Figure(
        name,
        title(neighbours),
        canvas,
        "How many times slower the workload of the row is beside that of the column.",
        _caption(neighbours),
        _table(neighbours),
        "interference",
    )


def step(slowdown):
    """(colour of the cell or None, colour of its text) for a slow-down, by the two digits that are shown of it."""
    slowdown = float(f"{slowdown:.2g}")
    return next(((fill, ink) for least, fill, ink in reversed(STEPS) if slowdown >= least), (None, "ink"))


def _cell(canvas, x, y, width, pair, series):
    if pair is None:
        canvas.text(x + width / 2, y + PITCH / 2 + 4, "·", LABEL, "muted", anchor="middle")
        return
    slowdown = pair.subject.slowdown.median
    fill, ink = step(slowdown)
    canvas.rect(x + 1, y + 1, width - 2, PITCH - 2, fill, None if fill else "rule", 0.8)
    text = "stops" if math.isinf(slowdown) else slow(slowdown, 2)
    weight = "semibold" if fill else "normal"
    canvas.text(x + width / 2, y + PITCH / 2 + 4.5, text, 12.5, ink, weight, "middle", series=series)
    if pair.subject.starved("beside"):
        _starved(canvas, x + width - 8, y + 8.5, ink, pair.subject.starved("alone"))


def _starved(canvas, x, y, colour, also_alone):
    if also_alone:
        canvas.ring(x, y, 3.2, colour)
    else:
        canvas.area([(x - 4, y - 3.6), (x + 4, y - 3.6), (x, y + 3.8)], colour)


def _key(canvas):
    x = WIDTH - 6
    for text, also in (("starved alone, too", True), ("starved only beside it", False)):
        canvas.text(x, 18, text, LABEL, "muted", anchor="end")
        x -= text_width(text, LABEL) + 10
        _starved(canvas, x, 14, "ink", also)
        x -= 22
    ends = [units.significant(least) for least, *_ in STEPS]
    labels = [f"below ×{ends[0]}", *(f"×{a} to {b}" for a, b in zip(ends, ends[1:])), f"from ×{ends[-1]}"]
    x = 0
    canvas.text(x, 18, "slow-down", LABEL, "muted")
    x += text_width("slow-down", LABEL) + 14
    for label, fill in zip(labels, [None] + [fill for _, fill, _ in STEPS]):
        canvas.rect(x, 8, 20, 12, fill, "axis", 0.8)
        canvas.text(x + 26, 18, label, LABEL, "muted")
        x += 26 + text_width(label, LABEL) + 18


def slow(x, digits=3):
    """A slow-down: ×2.4; ∞ where nothing was done any more."""
    return "∞" if math.isinf(x) else "×" + units.significant(x, digits)


def _percent(x):
    """A loss in whole percent."""
    return f"{100 * x:.0f}{units.NBSP}%".replace("-", "−").replace("−0" + units.NBSP, "0" + units.NBSP)


def title(neighbours):
    """Which neighbour hurts most, as far as the interval carries it."""
    worst = neighbours.worst
    slowdown = worst.subject.slowdown
    if slowdown.n < stats.FEWEST_APART:
        few = "One trial of each pair is" if slowdown.n == 1 else f"{units.plural(slowdown.n, 'trial')} of each pair are"
        return f"{few} too few to show who is slowed down"
    if slowdown.lower <= 1:
        return "No workload is shown to be slowed down by another"
    if math.isinf(slowdown.median):
        return f"Beside {worst.beside}, {worst.subject.label} does nothing any more"
    ends = f"{words.interval_name(slowdown)} {slow(slowdown.lower)} to {slow(slowdown.upper)}"
    return f"Beside {worst.beside}, {worst.subject.label} is slowed down {slow(slowdown.median)} ({ends})"


def lede(neighbours):
    """What else the matrix says: who starves only in company, who is the most sensitive, who does the most harm."""
    said = []
    if min(p.n for p in neighbours.pairs) < stats.FEWEST_APART:
        return said
    starved = sorted(neighbours.newly_starved, key=lambda p: -p.subject.slowdown.median)
    if starved:
        named = units.listed(f"{p.subject.label} beside {p.beside}" for p in starved[:3])
        more = f", and in {units.plural(len(starved) - 3, 'pair')} more" if len(starved) > 3 else ""
        said.append(f"Starved only in company: {named}{more}.")
    if len(neighbours.subjects) > 1 and len(neighbours.columns) > 1:
        subject, column = neighbours.subjects[0], neighbours.columns[0]
        said.append(
            f"On average over its companions {subject} loses the most throughput"
            f" ({_percent(neighbours.sensitivity(subject))}); {column} costs its subjects the most"
            f" ({_percent(neighbours.harm(column))})."
        )
    return said


def _caption(neighbours):
    trials = sorted({p.n for p in neighbours.pairs})
    blocks = f"{trials[0]} to {trials[-1]} blocks" if len(trials) > 1 else units.plural(trials[0], "block")
    text = [
        f"Number: throughput alone ÷ beside, in the same block; the median of {blocks}. Rows: the subject that loses"
        " most on average first; columns: the companion that costs most first. Triangle, ring: somebody in the row’s"
        " workload was starved. "
    ]
    if trials[0] < stats.FEWEST:
        text.append(f"No interval: that takes {stats.FEWEST} trials. ")
    if len(neighbours.cells) < len(neighbours.subjects) * len(neighbours.columns):
        text.append("Dot: not measured; averages are over what was. ")
    rows, columns = len(neighbours.subjects) - MOST_ROWS, len(neighbours.columns) - MOST_COLUMNS
    if rows > 0 or columns > 0:
        left = [units.plural(n, word) for n, word in ((rows, "row"), (columns, "column")) if n > 0]
        text.append(f"{words.capital(units.listed(left))} more in the table. ")
    return join(*text, probes())


def _table(neighbours):
    columns = [
        "subject",
        "beside",
        "whose loss",
        "slow-down",
        "95\u00a0% interval",
        "throughput lost",
        "95\u00a0% interval",
        "minimum share alone",
        "beside",
        "fell by",
        "95\u00a0% interval",
        "longest gap alone",
        "beside",
        "starved alone",
        "beside",
        "trials",
    ]
    rows = []
    for subject in neighbours.subjects:
        for column in neighbours.columns:
            pair = neighbours.cells.get((subject, column))
            rows += [_line(pair, side) for side in pair.sides] if pair else []
    return Table(columns, rows, words=3)


def _line(pair, side):
    shares = [side.share(when) for when in ("alone", "beside")]
    return [
        pair.subject.label,
        pair.beside,
        side.label,
        slow(side.slowdown.median) if side.slowdown else "–",
        interval_cell(side.slowdown, slow),
        _percent(side.loss.median) if side.loss else "–",
        interval_cell(side.loss, _percent),
        *[units.share(share.median) if share else "–" for share in shares],
        _points(side.share_loss.median) if side.share_loss else "–",
        interval_cell(side.share_loss, _points),
        *[units.duration(side.longest_gap(when)) for when in ("alone", "beside")],
        *["yes" if side.starved(when) else "no" for when in ("alone", "beside")],
        len(side.parties),
    ]


def _points(x):
    """A difference of shares, two decimals."""
    return f"{x:.2f}".replace("-", "−").replace("−0.00", "0.00")
