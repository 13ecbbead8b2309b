"""From a canvas to files: an SVG that takes its page's theme, or PNG and PDF by matplotlib."""

import io
import re
import xml.etree.ElementTree as ElementTree

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG

from . import heat, style
from .markup import escape

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
FONT_OF_MATPLOTLIB = re.compile(r"font: (?:(\d+) )?([\d.]+)px [^;]*")


def drawn(canvas):
    """matplotlib's SVG of the canvas, as a tree."""
    out = io.BytesIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": canvas.name, "path.simplify": False}
    with matplotlib.rc_context(settings):
        FigureCanvasSVG(canvas.figure).print_svg(
            out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return ElementTree.fromstring(out.getvalue())


def inline(canvas, title, description):
    """The SVG as a part of an HTML page: with the page's colours, and a name for those who can't see it."""
    key = canvas.name
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="figure" role="img" viewBox="0 0'
        f' {_short(canvas.width)} {_short(canvas.height)}" aria-labelledby="{key}-title {key}-desc"><title'
        f' id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
    )
    return head + _body(canvas) + "</svg>"


def standalone(canvas, title, description):
    """The SVG as a file of its own, light or dark as its reader's system is."""
    light, dark = style.css_variables("light"), style.css_variables("dark")
    in_the_dark = f"svg{{{dark}}}.dark{{display:inline}}.light{{display:none}}"
    css = (
        f"svg{{{light}font-family:{FAMILY};background:var(--page)}}.dark{{display:none}}.heat{{image-rendering:pixelated}}"
        f"@media(prefers-color-scheme:dark){{{in_the_dark}}}"
    )
    text = inline(canvas, title, description)
    at = text.index(">") + 1
    size = f' width="{_short(canvas.width)}" height="{_short(canvas.height)}"'
    return text[: at - 1] + size + ">" + f"<style>{css}</style>" + text[at:] + "\n"


FAMILY = "Inter,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans','DejaVu Sans',sans-serif"


def bitmap(canvas, form):
    """PNG (two pixels to one) or PDF in the canvas's theme."""
    for x, y, width, height, cells in canvas.images:
        image = canvas.axes.imshow(
            heat.rgba(cells, canvas.theme),
            extent=(x, x + width, y + height, y),
            aspect="auto",
            interpolation="nearest",
            clip_on=False,
        )
        image.set_zorder(0.5)
    canvas.axes.set_xlim(0, canvas.width)
    canvas.axes.set_ylim(canvas.height, 0)
    out = io.BytesIO()
    metadata = {"Software": None} if form == "png" else {"CreationDate": None, "Producer": None, "Creator": None}
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        canvas.figure.savefig(
            out, format=form, dpi=144, facecolor=style.THEMES[canvas.theme]["page"], metadata=metadata
        )
    return out.getvalue()


def _body(canvas):
    out = []
    root = drawn(canvas)
    for child in root:
        if child.tag == SVG + "g":
            _write(child, canvas, out)
    return "".join(out)


def _write(element, canvas, out):
    """An element in short: groups that carry nothing are left out, coordinates to a tenth, colours by name."""
    tag = element.tag.replace(SVG, "")
    gid = element.get("id", "")
    if tag == "g" and gid.startswith("image:"):
        out.append(_image(canvas, int(gid[6:])))
        return
    if tag in ("metadata", "style", "clipPath") or (tag == "g" and gid == "patch_1"):
        return
    attributes = _attributes(element, tag)
    if gid.startswith("series:"):
        attributes["data-series"] = gid[7:]
    children = list(element)
    if tag == "g" and not attributes:
        for child in children:
            _write(child, canvas, out)
        return
    out.append("<" + tag + "".join(f' {k}="{escape(v)}"' for k, v in attributes.items()))
    text = element.text if tag == "text" else None
    if not children and not text:
        out.append("/>")
        return
    out.append(">" + escape(text or ""))
    for child in children:
        _write(child, canvas, out)
    out.append(f"</{tag}>")


def _attributes(element, tag):
    attributes = {}
    for name, value in element.attrib.items():
        name = {LINK: "href"}.get(name, name)
        if name == "id" and (tag == "g" or tag == "svg") or name == "clip-path":
            continue
        if name == "d":
            value = _path(value)
        elif name == "style":
            attributes.update(_style(value))
            continue
        elif name in ("x", "y"):
            value = _short(float(value))
        elif name == "transform":
            value = NUMBER.sub(lambda m: _short(float(m.group())), value)
            if value.startswith("rotate(0 ") or value.startswith("rotate(-0 "):
                continue
        attributes[name] = value
    return attributes


def _style(value):
    """matplotlib's style as attributes, with the theme's variable for each colour (CSS only reads those in `style`)."""
    keep, attributes = [], {}
    for item in filter(None, (part.strip() for part in value.split(";"))):
        font = FONT_OF_MATPLOTLIB.fullmatch(item)
        if font:
            attributes["font-size"] = font.group(2)
            if font.group(1):
                attributes["font-weight"] = font.group(1)
            continue
        name, _, what = item.partition(":")
        what = what.strip()
        if what in style.NAMES:
            keep.append(f"{name}:var(--{style.NAMES[what]})")
        elif name == "text-anchor" or name == "fill" and what == "none":
            attributes[name] = what
        else:
            keep.append(f"{name}:{NUMBER.sub(lambda m: _short(float(m.group())), what) if '#' not in what else what}")
    if keep:
        attributes["style"] = ";".join(keep)
    return attributes


def _path(d):
    return NUMBER.sub(lambda m: _short(float(m.group())), " ".join(d.split()))


def _short(x):
    text = f"{x:.1f}" if abs(x) >= 10 or x == int(x) else f"{x:.2f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _image(canvas, index):
    x, y, width, height, cells = canvas.images[index]
    place = f'x="{_short(x)}" y="{_short(y)}" width="{_short(width)}" height="{_short(height)}"'
    return "".join(
        f'<image class="heat {theme}" {place} preserveAspectRatio="none" href="{heat.data_url(cells, theme)}"/>'
        for theme in style.THEMES
    )
