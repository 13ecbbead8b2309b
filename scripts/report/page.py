"""The frame of a report: one file that needs no network and no other file, and can be read without its script."""

import base64
import hashlib
from pathlib import Path
from string import Template

from . import style, svg
from .markup import Html, code, details, escape, html, join, strong

HERE = Path(__file__).resolve().parent


def _asset(name):
    return (HERE / name).read_text(encoding="utf-8")


def _css():
    palettes = {theme: style.css_variables(theme).rstrip(";") for theme in style.THEMES}
    return Template(_asset("page.css")).substitute(palettes)


def document(title, body):
    """The whole page around its body. Only the script that is in it may run, and nothing may be fetched."""
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; base-uri 'none';"
        " form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy"'
        f' content="{policy}"><meta name="viewport"'
        f' content="width=device-width,initial-scale=1"><title>{escape(title)}</title><link rel="icon"'
        f' href="data:,"><style>{_css()}</style></head>\n<body>\n{body}\n<script>{script}</script></body></html>\n'
    )


def figure(drawn, heading=True):
    """A figure with its finding above, what is drawn below, and its numbers as a table."""
    title = Html(f"<h3>{escape(drawn.title.removesuffix('.'))}</h3>") if heading else ""
    caption = join(strong(drawn.lead), " ", drawn.caption) if drawn.caption else strong(drawn.lead)
    kind = f"{drawn.kind}{' wide' if drawn.wide else ''}"
    return Html(
        f'<figure class="{kind}">{title}{svg.inline(drawn.canvas, drawn.title, drawn.description)}'
        f'<figcaption>{caption}</figcaption>{details("Table", drawn.table.render())}</figure>\n'
    )


def rows(figures):
    """Figures in order: halves side by side, whole ones across."""
    if not figures:
        return Html("")
    return Html('<div class="row">' + "".join(_cell(f) for f in figures) + "</div>\n")


def _cell(drawn):
    whole = ' class="whole"' if drawn.wide else ""
    return f"<div{whole}>{figure(drawn)}</div>"


def section(name, heading, content, first=False):
    kind = ' class="first"' if first else ""
    head = f"<h2>{html(heading)}</h2>" if heading else ""
    return Html(f'<section id="{name}"{kind}>{head}{content}</section>\n')


def header(facts, links):
    """The line on top: what this is, and where to go."""
    spans = "".join(f"<span>{html(f)}</span>" for f in facts)
    anchors = "".join(f'<a href="#{target}">{html(text)}</a>' for target, text in links)
    return Html(
        f'<header><span class="brand">Fairground</span>{spans}<nav aria-label="Parts of the page">{anchors}'
        '<button type="button" id="theme" data-script hidden>Light / dark</button></nav></header>\n'
    )


def opening(kicker, title, lede):
    text = f'<p class="lede">{html(lede)}</p>' if lede else ""
    return Html(f'<p class="kicker">{html(kicker)}</p><h1>{html(title)}</h1>{text}\n')


def banner(text):
    return Html(f'<p class="banner" role="note">{html(text)}</p>\n') if text else Html("")


def chips(points):
    """Buttons that highlight one workload in every figure; only with the script."""
    seen, out = set(), []
    for p in points:
        if p.label in seen:
            continue
        seen.add(p.label)
        out.append(
            f'<button type="button" data-pick="{escape(p.label)}"'
            f' aria-pressed="false">{_mark(p.colour)}{escape(p.label)} <span'
            f' class="soft">{escape(p.group)}</span></button>'
        )
    if len(out) < 2:
        return Html("")
    return Html('<div class="chips" data-script hidden><span>Highlight</span>' + "".join(out) + "</div>\n")


def _mark(name):
    shapes = {
        "o": '<circle cx="5.5" cy="5.5" r="4.7"/>',
        "s": '<path d="M1 1h9v9H1z"/>',
        "^": '<path d="M5.5 .6 10.6 10H.4z"/>',
        "D": '<path d="M5.5 .2 10.8 5.5 5.5 10.8 .2 5.5z"/>',
        "h": '<path d="M5.5 .3 10 2.9v5.2L5.5 10.7 1 8.1V2.9z"/>',
        "p": '<path d="M5.5 .4 10.6 4.2 8.7 10.2H2.3L.4 4.2z"/>',
        "X": '<path d="M2.6 .6 5.5 3.4 8.4 .6 10.4 2.6 7.6 5.5l2.8 2.9-2 2-2.9-2.8-2.9 2.8-2-2L3.4 5.5.6 2.6z"/>',
    }
    stroke = ' stroke="var(--ink)"' if name in style.OUTLINED else ""
    return (
        '<svg viewBox="0 0 11 11" aria-hidden="true"'
        f' style="fill:var(--{name})"{stroke}>{shapes[style.MARKS.get(name, "o")]}</svg>'
    )


def warnings_list(entries, workloads=()):
    """Warnings by code: cause, what it says of this run, next step."""
    by_code = {}
    for w in entries:
        by_code.setdefault(w["code"], []).append(w)
    items = []
    for name, many in by_code.items():
        texts = list(dict.fromkeys(w["detail"] for w in many if w["detail"]))
        shown = "; ".join(texts[:2]) + (f"; and {len(texts) - 2} more" if len(texts) > 2 else "")
        if shown.split(":")[0] not in workloads:  # a name keeps its small letter
            shown = shown[:1].upper() + shown[1:]
        shown = shown.rstrip(".")
        times = f" ({len(many)} times)" if len(many) > 1 else ""
        items.append(
            join(
                Html("<li>"),
                code(name),
                " ",
                many[0]["cause"],
                Html(' <span class="rest">'),
                f"{shown}{times}. " if shown else "",
                many[0]["next"],
                Html("</span></li>"),
            )
        )
    return len(by_code), (
        Html('<ul class="warnings">' + "".join(items) + "</ul>")
        if items
        else Html('<p class="facts">Nothing to warn of.</p>')
    )


def definitions(pairs):
    return Html("<dl>" + "".join(f"<dt>{html(a)}</dt><dd>{html(b)}</dd>" for a, b in pairs) + "</dl>")


def csv_link(name, header_row, body):
    """All numbers, inside the page itself."""

    def field(v):
        text = "" if v is None else str(v)
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text

    text = "".join(",".join(field(v) for v in row) + "\n" for row in [header_row] + body)
    data = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return Html(f'<a download="{escape(name)}" href="data:text/csv;charset=utf-8;base64,{data}">all numbers (CSV)</a>')
