"""Drawings, measured in the widest font: no text on another, nothing cut, nothing too small, whatever the record holds."""

import itertools

import pytest
from matplotlib.text import Text

from report import across, canvas, one, progress, svg

ONE = ["one", "tour", "troubled", "desktop", "server", "wide", "single", "nulls", "neighbours"]
SEVERAL = [
    ("one", "desktop", "server"),
    ("one", "desktop"),
    ("one", "tour"),
    ("tour", "nulls"),
    ("one", "desktop", "server", "wide"),
]


def check(figures):
    assert figures
    for f in figures:
        boxes = f.canvas.boxes
        for (a, first), (b, second) in itertools.combinations(boxes, 2):
            assert not a.overlaps(b, 1.0), (f.name, first, second)
        for box, text in boxes:
            assert box.within(-1, -1, f.canvas.width + 1, f.canvas.height + 1), (f.name, text)
        sizes = [t.get_fontsize() for t in f.canvas.axes.get_children() if isinstance(t, Text) and t.get_text()]
        assert min(sizes, default=12) >= 10.5, f.name
        assert (
            f.title and f.lead and f.table.columns and all(len(r) == len(f.table.columns) for r in f.table.rows)
        ), f.name


@pytest.mark.parametrize("name", ONE)
def test_figures_of_one_run(runs_of, name):
    check(one.Report(*runs_of(name)).everything())


@pytest.mark.parametrize("names", SEVERAL, ids="-".join)
def test_figures_of_several_runs(runs_of, names):
    check(across.Report(runs_of(*names)).everything())


def test_figures_are_small(runs_of):
    for f in one.Report(*runs_of("one")).everything():
        assert len(svg.inline(f.canvas, f.title, f.description)) < 60_000, f.name


def test_workloads_keep_their_colour(runs_of):
    for f in one.Report(*runs_of("one")).everything():
        text = svg.inline(f.canvas, f.title, f.description)
        assert "#d55e00" not in text and "rgb(" not in text
        if f.kind in ("starved", "scaling", "tradeoff"):
            assert "var(--spin)" in text and "var(--queue)" in text


def test_holes_are_stretches_without_an_operation():
    holes = progress.Holes([10, 20, 30, 40], [[0, 0, 5, 0], [1, 1, 1, 1]])
    assert holes.runs == [[(0, 20), (30, 40)], []]


def test_intervals_are_joined_until_a_fair_share_is_ten_operations():
    ends, rows = progress.widened(list(range(1, 101)), [[1] * 100, [1] * 100])
    assert len(ends) == 10 and rows[0][0] == 10 and sum(rows[0]) == 100
    ends, rows = progress.widened(list(range(1, 513)), [[100] * 512])
    assert len(ends) == 256 and ends[-1] == 512


def test_a_hole_is_transparent_and_steps_follow_the_fair_share():
    from report import heat

    assert list(heat.steps([0, 0.1, 0.3, 0.6, 1.0, 1.5, 5.0])) == [0, 1, 2, 3, 4, 5, 6]
    assert heat.rgba([[0, 4]], "light")[0, 0, 3] == 0
    assert heat.png([[0, 4]], "light") != heat.png([[0, 4]], "dark")


def test_labels_are_nudged_apart_around_where_they_belong():
    assert canvas.spread([10, 10], 16, 0, 100) == [2, 18]
    assert canvas.spread([50, 10], 16, 0, 100) == [50, 10]
    assert canvas.spread([95, 99], 16, 0, 100) == [84, 100]
    assert canvas.spread([1, 2], 16, 0, 100) == [0, 16]
