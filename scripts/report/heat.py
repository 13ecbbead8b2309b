"""A heat map as a picture of one pixel per cell: far smaller than the same as shapes."""

import base64
import io

import numpy
from PIL import Image

from . import style


def steps(ratios):
    """Counts over the fair count of their interval, to 0 for none and 1…6 by the steps of the look."""
    ratios = numpy.asarray(ratios, dtype=float)
    step = 1 + numpy.digitize(ratios, style.HEAT_STEPS)
    step[ratios <= 0] = 0
    return step.astype(numpy.uint8)


def palette(theme):
    colours = ["page"] + [f"heat-{i}" for i in range(1, 7)]
    return [int(style.THEMES[theme][name][i : i + 2], 16) for name in colours for i in (1, 3, 5)]


def png(cells, theme):
    """The bytes of a 4-bit palette PNG in which a hole is transparent."""
    image = Image.fromarray(numpy.asarray(cells, dtype=numpy.uint8), mode="P")
    image.putpalette(palette(theme))
    out = io.BytesIO()
    image.save(out, format="PNG", bits=4, optimize=True, transparency=0)
    return out.getvalue()


def data_url(cells, theme):
    return "data:image/png;base64," + base64.b64encode(png(cells, theme)).decode("ascii")


def rgba(cells, theme):
    """The same as an array for matplotlib."""
    table = numpy.zeros((7, 4), dtype=numpy.uint8)
    table[:, :3] = numpy.array(palette(theme)).reshape(7, 3)
    table[1:, 3] = 255
    return table[numpy.asarray(cells)]
