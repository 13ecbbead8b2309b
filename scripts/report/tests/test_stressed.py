"""What is said first of a stress run. The record here is invented."""

import pytest

from report import reader
from report.model import Run
from report.one import Report
from report.tests.fixtures import invent, make


@pytest.fixture
def lines():
    lines = make.tour()
    next(e for e in lines if e["record"] == "plan")["stress"] = {"workloads": ["mutex"]}
    return lines


def said(lines, tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(invent.written(lines))
    return Report(Run(reader.read(path))).headline


def measured(lines, workload):
    return [e for e in lines if e["record"] == "trial" and e["role"] == "measured" and e["workload"] == workload]


def test_all_well(lines, tmp_path):
    found = said(lines, tmp_path)
    assert found.title.startswith("In ") and found.title.endswith("drawn at random and verified, nothing went wrong.")
    assert found.lede[-1].startswith("The longest that anybody stood still: at least ")


def test_what_went_wrong_is_named_with_the_line_that_shows_it(lines, tmp_path):
    for entry in measured(lines, "mutex")[:2] + measured(lines, "spin")[:1]:
        invent.failed(entry, "crashed")
    invent.failed(measured(lines, "ck-ticket")[0], "unsupported")
    shown = {"record": "reproduction", "trial": 1, "draw": 1, "what": "mutex crashed", "command": "fairground run mutex"}
    lines.insert(-1, {**shown, "shown": 2, "tried": 3})
    found = said(lines, tmp_path)
    assert found.title.startswith("3 of ") and found.title.endswith("went wrong: mutex and spin.")
    assert found.lede[0].replace("\u00a0", " ") == "Mutex crashed shows in 2 of 3 trials of: fairground run mutex"
    assert found.lede[1] == "1 could not run here."


def test_a_record_of_run_is_told_as_ever(lines, tmp_path):
    del next(e for e in lines if e["record"] == "plan")["stress"]
    assert "drawn at random" not in said(lines, tmp_path).title
