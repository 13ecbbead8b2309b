"""Snapshots in results/golden/report: a change of a drawing or of a sentence is seen in the diff.

To take new ones: FAIRGROUND_UPDATE_GOLDEN=1 python3 -m pytest test_golden.py, then look at them."""

import os
from pathlib import Path

import matplotlib
import pytest

from report import across, one, svg

GOLDEN = Path(__file__).resolve().parents[3] / "results" / "golden" / "report"
DRAWN_BY = "3.6.3"  # Debian 12's; another version draws other bytes

pytestmark = [
    pytest.mark.skipif(matplotlib.__version__ != DRAWN_BY, reason=f"the snapshots are by matplotlib {DRAWN_BY}"),
    pytest.mark.skipif(not GOLDEN.parent.exists(), reason="not in a checkout"),
]


def compare(name, content):
    path = GOLDEN / name
    if os.environ.get("FAIRGROUND_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert path.exists(), f"{path} is missing: FAIRGROUND_UPDATE_GOLDEN=1 makes it"
    assert path.read_bytes() == content, f"{name} has changed: look at it, then FAIRGROUND_UPDATE_GOLDEN=1"


def test_page_of_one_run(runs_of):
    compare("one.html", one.render(*runs_of("one"))[0].encode())


def test_page_of_three_machines(runs_of):
    compare("three.html", across.render(runs_of("one", "desktop", "server"))[0].encode())


@pytest.mark.parametrize(
    "run, kinds",
    [
        ("one", {"starved", "scaling", "shares", "progress", "tradeoff", "machine"}),
        ("tour", {"single"}),
        ("desktop", {"machine"}),
        ("neighbours", {"interference"}),
    ],
)
def test_figures(runs_of, run, kinds):
    for f in one.Report(*runs_of(run)).everything():
        if f.kind in kinds:
            compare(f"{run}-{f.name}.svg", svg.standalone(f.canvas, f.title, f.description).encode())
