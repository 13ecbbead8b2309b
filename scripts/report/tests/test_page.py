"""The page as a file: whole by itself, escaped, the same on every call."""

import re
from html.parser import HTMLParser

import pytest

from report import across, one, style

VOID = {"meta", "link", "br", "img", "hr", "input", "path", "use", "image", "circle"}


class Balance(HTMLParser):
    """Follows the nesting of elements, and gathers ids and what is linked to."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.wrong, self.images = [], [], [], [], 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("src", "href", "xlink:href", "action", "data"):
            if name in given:
                self.links.append(given[name])
        self.wrong += [name for name in given if name.startswith("on")]
        if given.get("role") == "img":
            self.images += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> after {self.open[-3:]}")
        else:
            self.open.pop()


@pytest.fixture(
    scope="module",
    params=[
        ("one",),
        ("tour",),
        ("troubled",),
        ("single",),
        ("nulls",),
        ("neighbours",),
        ("one", "desktop", "server"),
        ("tour", "nulls"),
        ("single", "nulls"),
        ("troubled", "desktop"),
    ],
    ids="-".join,
)
def page(request, runs_of):
    runs = runs_of(*request.param)
    return (one.render(runs[0]) if len(runs) == 1 else across.render(runs))[0]


def test_nothing_is_fetched(page):
    found = Balance()
    found.feed(page)
    assert found.links and all(link.startswith(("#", "data:")) for link in found.links), found.links[:5]
    assert "url(" not in page and "@import" not in page and "default-src 'none'" in page
    assert page.count("<script") == 1


def test_elements_are_balanced_and_ids_unique(page):
    found = Balance()
    found.feed(page)
    assert not found.wrong and not found.open
    assert len(found.ids) == len(set(found.ids))
    assert all(link[1:] in found.ids for link in found.links if link.startswith("#"))


def test_every_figure_has_a_name_a_description_and_a_table(page):
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    assert figures
    for f in figures:
        assert 'role="img"' in f and "<title id=" in f and "<desc id=" in f
        assert "<summary>Table</summary>" in f and "<tbody><tr>" in f


def test_strings_of_the_record_stay_text(page):
    assert "<img" not in page and "onerror=alert" not in re.sub(r"&lt;img src=x onerror=alert\(1\)&gt;", "", page)
    assert "\u202e" not in page


def test_it_is_said_that_the_data_is_invented(page):
    assert "Invented: no machine did this." in page


def test_same_bytes_again(runs_of):
    for names in (("one",), ("one", "desktop")):
        first, second = [
            (one.render(r[0]) if len(r) == 1 else across.render(r))[0] for r in (runs_of(*names), runs_of(*names))
        ]
        assert first == second


def contrast(a, b):
    def luminance(text):
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", style.THEMES)
def test_contrast(theme):
    colours = style.THEMES[theme]
    for name, value in colours.items():
        if name.endswith("-text") or name in ("ink", "muted"):
            assert contrast(value, colours["page"]) >= 4.5, name
        elif name in style.MARKS and not (name in style.OUTLINED and theme == "light"):
            assert contrast(value, colours["page"]) >= 3, name


def test_two_runs_of_one_machine_are_not_called_machines(runs_of):
    text = across.render(runs_of("tour", "nulls"))[0]
    assert "on one machine" in text and "on each run" in text and "on every machine" not in text


def test_runs_that_share_nothing_say_so(runs_of):
    text, sentences = across.render(runs_of("one", "single"))
    assert "nothing is compared" in sentences[0] and "What differs" in text


def test_software_that_differs_is_named(runs_of):
    runs = runs_of("one", "desktop")
    runs[1].record.build = dict(runs[1].record.build, flags="-O0")
    text, sentences = across.render(runs)
    assert any("compiler, flags differ" in s for s in sentences) and "which should be the same" in text
