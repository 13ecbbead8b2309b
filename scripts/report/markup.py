"""HTML in small pieces. Whatever comes out of a record goes through `escape`: it may be anybody's."""

import re

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def escape(text):
    """Text as HTML (or XML) content or attribute; what no page may hold, or turns writing round, becomes U+FFFD."""
    text = UNPRINTABLE.sub("\ufffd", str(text))
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


class Html(str):
    """A text that is HTML already, and safe."""


def html(value):
    return value if isinstance(value, Html) else Html(escape(value))


def code(text):
    return Html(f"<code>{escape(text)}</code>")


def strong(text):
    return Html(f"<strong>{html(text)}</strong>")


def join(*parts):
    """Pieces side by side, each escaped unless it is HTML."""
    return Html("".join(html(p) for p in parts))


class Table:
    """The twin of a figure: the same numbers, to be read or copied. Numbers stand to the right."""

    def __init__(self, columns, rows, words=1):
        self.columns, self.rows, self.words = columns, rows, words  # words: how many leading columns are text

    def render(self):
        def cell(tag, i, value):
            kind = "" if i < self.words else ' class="n"'
            scope = ' scope="col"' if tag == "th" else ""
            return f"<{tag}{kind}{scope}>{html(value)}</{tag}>"

        head = "".join(cell("th", i, c) for i, c in enumerate(self.columns))
        body = "".join("<tr>" + "".join(cell("td", i, v) for i, v in enumerate(row)) + "</tr>" for row in self.rows)
        return Html(
            f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )


def details(summary, content, opened=False):
    return Html(f"<details{' open' if opened else ''}><summary>{html(summary)}</summary>{content}</details>")
