"""What several figures have in common: the figure itself, axes, captions' stock phrases."""

from dataclasses import dataclass

from . import stats, style, units, words
from .canvas import Canvas, shorten, spread, text_width
from .markup import Html, Table, code, join
from .points import value_text

LABEL, NOTE = 12, 11.5  # px


@dataclass
class Figure:
    """A drawing with what stands around it."""

    name: str
    title: str  # a finding, not a topic
    canvas: Canvas
    lead: str  # what is drawn, in one sentence
    caption: Html  # what mark, band, bar and shade mean; n; probe level
    table: Table
    kind: str  # what --figure calls it

    @property
    def wide(self):
        return self.canvas.width > 600

    @property
    def description(self):
        return self.lead


def series_id(point):
    return point.label


def end_labels(canvas, ends, left, limits, gap=2):
    """Names beside the ends of lines, nudged apart, each with a leader from its line's end.

    ends: [(label, (x, y) of the line's end, colour, series or None)]; without a series the name is not in bold.
    left: where leaders end; limits: the least and the largest y; gap: from a line's end to its leader, px."""
    for (label, (x, y), colour, series), at in zip(ends, spread([e[1][1] for e in ends], 16, *limits)):
        weight = "semibold" if series else "normal"
        canvas.line([(x + gap, y), (left, at)], "axis", 0.8)
        canvas.text(left + 4, at + 4, shorten(label, canvas.width - left - 4, 12.5, weight), 12.5,
                    style.text_colour(colour), weight, series=series)


def ordered(points):
    """Rows of a panel: the worst first, the control last."""
    return sorted(
        points, key=lambda p: (words.is_control(p), p.minimum_share.median if p.minimum_share else 2.0, p.label)
    )


def trials_words(points):
    """of 10 trials; of 8 to 10 trials."""
    counts = sorted({p.n for p in points if p.n})
    if not counts:
        return "of no trial"
    if len(counts) > 1:
        return f"of {counts[0]} to {units.plural(counts[-1], 'trial')}"
    return f"of {units.plural(counts[0], 'trial')}"


def interval_words(points, what):
    """What a band or a bar is; that there is none, below six trials."""
    least = min((p.n for p in points if p.n), default=0)
    if least >= stats.FEWEST:
        return f"{what}: 95{units.NBSP}% order-statistic interval of that median."
    return f"No interval: that takes {stats.FEWEST} trials."


def probes(points=()):
    """At which probe level the points were measured."""
    levels = sorted({p.probes for p in points}) or ["edges"]
    return join("Probes: ", *[join(", " if i else "", code(level)) for i, level in enumerate(levels)], ".")


def interval_cell(interval, form):
    """An interval for a table; why there is none, if there is none."""
    if interval is None:
        return "–"
    if not interval.known:
        return "too few trials"
    return f"{form(interval.low)} … {form(interval.high)}"


def share_axis(canvas, scale, y, top, ticks=(0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2)):
    """The axis of shares below a panel: ticks with their fractions."""
    canvas.line([(scale.start, y), (scale.end, y)], "axis")
    for value in ticks:
        x = scale(value)
        canvas.line([(x, y), (x, y + 4)], "axis")
        canvas.text(x, y + 17, units.FRACTIONS.get(value, f"{value:g}"), LABEL, "muted", anchor="middle")


def value_axis(canvas, scale, y, values, form):
    """A horizontal axis with labelled values; labels that would touch are left out."""
    canvas.line([(scale.start, y), (scale.end, y)], "axis")
    right = float("-inf")
    for value in values:
        x, text = scale(value), form(value)
        canvas.line([(x, y), (x, y + 4)], "axis")
        half = text_width(text, LABEL) / 2
        if x - half > right + 4:
            canvas.text(x, y + 17, text, LABEL, "muted", anchor="middle")
            right = x + half


def rate_axis(canvas, scale, x, x_end, values):
    """A vertical axis of rates: hairlines, and labels to the left."""
    for value in values:
        y = scale(value)
        canvas.line([(x, y), (x_end, y)], "grid")
        canvas.text(x - 8, y + 4, units.rate(value, per_second=False), LABEL, "muted", anchor="end")


def settings_words(panel):
    """The parameters that a panel's points have in common, as a person would type them."""
    shown = [f"{k.replace('_', '-')}={value_text(k, v)}" for k, v in panel.settings.items() if k != "time_ns"]
    return " ".join(shown)
