"""A drawing measured in CSS pixels, y downwards, over matplotlib: nothing here is placed by an automatic layout.

Colours are given by their names in style.py. What is drawn with `series` can be highlighted on the page. Every text is
measured in DejaVu Sans, the widest of the fonts that a reader may have, so that a label that fits here fits there."""

from bisect import bisect_right
from functools import lru_cache

import matplotlib

matplotlib.use("svg")
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402
from matplotlib.collections import LineCollection  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: E402
from matplotlib.ft2font import LOAD_NO_HINTING  # noqa: E402
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle  # noqa: E402
from matplotlib.text import Text  # noqa: E402

from . import style  # noqa: E402

FONT = "DejaVu Sans"


@lru_cache(maxsize=None)
def _font(weight):
    return findfont(FontProperties(family=FONT, weight=weight), fallback_to_default=False)


@lru_cache(maxsize=None)
def text_width(text, size=12, weight="normal"):
    """Width of a text in px."""
    font = get_font(_font(weight))
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LOAD_NO_HINTING)
    return font.get_width_height()[0] / 64


def shorten(text, width, size=12, weight="normal"):
    """The text, or its beginning with an ellipsis, in at most so many px."""
    if text_width(text, size, weight) <= width:
        return text
    kept = bisect_right(range(1, len(text) + 1), width, key=lambda n: text_width(text[:n] + "…", size, weight))
    return text[:kept].rstrip() + "…"


class Box:
    """A rectangle that a text takes, for keeping labels apart."""

    __slots__ = ("x0", "y0", "x1", "y1")

    def __init__(self, x0, y0, x1, y1):
        self.x0, self.y0, self.x1, self.y1 = x0, y0, x1, y1

    def overlaps(self, other, slack=0.0):
        return (
            self.x0 < other.x1 - slack
            and other.x0 < self.x1 - slack
            and self.y0 < other.y1 - slack
            and other.y0 < self.y1 - slack
        )

    def within(self, x0, y0, x1, y1):
        return self.x0 >= x0 and self.y0 >= y0 and self.x1 <= x1 and self.y1 <= y1


def text_box(x, y, text, size, weight, anchor):
    """Where a text with its baseline at (x, y) is: from the height of a capital to below the baseline."""
    width = text_width(text, size, weight)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return Box(left, y - 0.78 * size, left + width, y + 0.22 * size)


class Canvas:
    """A figure in the making. The theme is for bitmaps only: an SVG is drawn light, and themed by its page."""

    theme = "light"  # of all canvases: set before anything is drawn

    def __init__(self, name, width, height):
        self.name, self.width, self.height = name, round(width), round(height)
        width, height = self.width, self.height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=self.hex("page"))
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes([0, 0, 1, 1])
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.axis("off")
        self.boxes = []  # of the texts drawn so far, with the text
        self.images = []  # (x, y, width, height, cells), replaced in an SVG by one image per theme
        self._order = 0

    def hex(self, name):
        return None if name is None else style.THEMES[self.theme][name]

    def _add(self, artist, series=None):
        self._order += 1
        artist.set_zorder(self._order)
        artist.set_clip_on(False)
        if series:
            artist.set_gid("series:" + series)
        if isinstance(artist, (Line2D,)):
            self.axes.add_line(artist)
        elif isinstance(artist, LineCollection):
            self.axes.add_collection(artist, autolim=False)
        else:
            self.axes.add_artist(artist)
        return artist

    def line(self, points, colour, width=1.0, dash=None, alpha=1.0, series=None, cap="butt"):
        xs, ys = zip(*points)
        line = Line2D(
            xs,
            ys,
            color=self.hex(style.line_colour(colour)),
            linewidth=width,
            alpha=alpha,
            solid_capstyle=cap,
            dash_capstyle="butt",
        )
        if dash:
            line.set_linestyle((0, tuple(d / max(width, 0.1) for d in dash)))
        self._add(line, series)

    def segments(self, segments, colour, width=1.0, alpha=1.0, series=None):
        """Many separate lines of one kind."""
        if segments:
            self._add(
                LineCollection(segments, colors=[self.hex(style.line_colour(colour))], linewidths=[width], alpha=alpha),
                series,
            )

    def area(self, points, colour, alpha=1.0, series=None):
        self._add(Polygon(points, closed=True, facecolor=self.hex(colour), edgecolor="none", alpha=alpha), series)

    def rect(self, x, y, width, height, fill=None, stroke=None, line=1.0, radius=0, series=None):
        look = dict(facecolor=self.hex(fill) or "none", edgecolor=self.hex(stroke) or "none", linewidth=line)
        if radius:
            shape = FancyBboxPatch((x, y), width, height, boxstyle=f"round,pad=0,rounding_size={radius}", **look)
        else:
            shape = Rectangle((x, y), width, height, **look)
        self._add(shape, series)

    def marks(self, points, colour, series=None, size=None, hollow=False, halo=True, shape=None):
        """Marks of a group at points, in its shape, with a halo of the page's colour that keeps them apart."""
        shape = shape or style.MARKS.get(colour, "o")
        size = size or style.MARK_SIZE[shape]
        xs, ys = zip(*points)
        edge = "ink" if colour in style.OUTLINED else "page"
        self._add(
            Line2D(
                xs,
                ys,
                linestyle="none",
                marker=shape,
                markersize=size,
                markerfacecolor=self.hex("page" if hollow else colour),
                markeredgecolor=self.hex(colour if hollow else edge),
                markeredgewidth=1.4 if hollow else 1.0 if halo else 0.0,
            ),
            series,
        )

    def ring(self, x, y, radius, colour="ink", series=None):
        self._add(
            Line2D(
                [x],
                [y],
                linestyle="none",
                marker="o",
                markersize=2 * radius,
                markerfacecolor="none",
                markeredgecolor=self.hex(colour),
                markeredgewidth=1.5,
            ),
            series,
        )

    def text(self, x, y, text, size=12, colour="ink", weight="normal", anchor="start", turned=False, series=None):
        """A text with its baseline at (x, y). turned: read upwards."""
        align = {"start": "left", "middle": "center", "end": "right"}[anchor]
        item = Text(
            x,
            y,
            text,
            color=self.hex(colour),
            fontsize=size,
            family=FONT,
            weight=weight,
            ha=align,
            va="baseline",
            parse_math=False,
        )
        if turned:
            item.set(rotation=90, rotation_mode="anchor", ha=align)
            across = text_box(0, 0, text, size, weight, anchor)  # what was right is up now
            self.boxes.append((Box(x + across.y0, y - across.x1, x + across.y1, y - across.x0), text))
        else:
            self.boxes.append((text_box(x, y, text, size, weight, anchor), text))
        self._add(item, series)

    def free(self, box, slack=1.0):
        """Whether no text so far is in the way of a box."""
        return not any(box.overlaps(other, slack) for other, _ in self.boxes)

    def image(self, x, y, width, height, cells):
        """A heat map of cells[row][column], steps 1…6 and 0 for a hole, one pixel a cell, not interpolated."""
        self.images.append((x, y, width, height, cells))
        place = Rectangle((x, y), width, height, facecolor="none", edgecolor="none")
        self._add(place)
        place.set_gid(f"image:{len(self.images) - 1}")


class Linear:
    """A scale from values lo…hi to pixels."""

    def __init__(self, lo, hi, start, end):
        self.lo, self.hi, self.start, self.end = lo, hi, start, end

    def _place(self, value):
        return (value - self.lo) / (self.hi - self.lo)

    def __call__(self, value):
        return self.start + (self.end - self.start) * self._place(value)

    def clamped(self, value):
        return self(min(max(value, self.lo), self.hi))


class Log(Linear):
    """The same on a logarithmic scale; values above 0."""

    def _place(self, value):
        import math

        return math.log(value / self.lo) / math.log(self.hi / self.lo)


def decades(lo, hi, most=6):
    """Powers of ten in lo…hi, thinned to at most so many."""
    import math

    first, last = math.ceil(math.log10(lo) - 1e-9), math.floor(math.log10(hi) + 1e-9)
    step = 1
    while (last - first) / step + 1 > most:
        step += 1
    return [10.0**e for e in range(first, last + 1) if (e - last) % step == 0]


def log_range(values, around=1.25, fewest=1.0):
    """Ends of a log scale that holds the values with some air, at least so many decades wide."""
    import math

    known = [v for v in values if v is not None and v > 0]
    if not known:
        return 0.1, 10.0
    lo, hi = min(known) / around, max(known) * around
    short = fewest - math.log10(hi / lo)
    if short > 0:
        lo, hi = lo / 10 ** (short / 2), hi * 10 ** (short / 2)
    return lo, hi


def spread(wanted, gap, lo, hi):
    """Positions near the wanted ones, in their order, at least `gap` apart and within lo…hi where that fits."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    clusters = []  # [sum of wanted positions less their offset, count]: each cluster is as one rigid block
    for i in order:
        clusters.append([wanted[i], 1])
        while len(clusters) > 1:
            (s1, n1), (s2, n2) = clusters[-2], clusters[-1]
            if s2 / n2 - s1 / n1 >= gap * (n1 + n2) / 2:
                break
            clusters[-2:] = [[s1 + s2, n1 + n2]]
    placed, at = [], 0
    for total, n in clusters:
        first = total / n - gap * (n - 1) / 2
        placed += [first + gap * k for k in range(n)]
    for k in range(len(placed)):  # push down from the top edge, then up from the bottom edge
        placed[k] = max(placed[k], lo if k == 0 else placed[k - 1] + gap)
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], hi if k == len(placed) - 1 else placed[k + 1] - gap)
    result = [0.0] * len(wanted)
    for at, i in enumerate(order):
        result[i] = placed[at]
    return result
