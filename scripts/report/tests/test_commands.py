"""The two commands from outside."""

import os
import subprocess
from pathlib import Path

import pytest

from report.tests.fixtures import make

HERE = Path(__file__).resolve().parents[1]


def run(command, *arguments):
    return subprocess.run([HERE / f"fairground-{command}", *map(str, arguments)], capture_output=True, text=True)


def test_report_stands_beside_the_record_and_says_what_was_found(record_of):
    path = record_of("one")
    done = run("report", path.parent)
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Worker\u00a05 was starved") and lines[-1] == str(path.parent / "report.html")
    assert (path.parent / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_big_record_gives_a_page_below_five_megabytes(record_of, tmp_path):
    done = run("report", record_of("big"), "-o", tmp_path / "big.html", "--quiet")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "big.html").stat().st_size < 5 * 2**20


def test_incomplete_is_reported_with_a_banner_and_a_sentence(tmp_path):
    (tmp_path / "run.jsonl").write_bytes(make.written(make.tour(), footer=False))
    done = run("report", tmp_path)
    assert done.returncode == 0 and "no footer" in done.stderr and done.stderr.count("\n") == 1
    assert 'class="banner"' in (tmp_path / "report.html").read_text()


def test_cut_off_is_reported_with_a_banner_and_exit_code_2(tmp_path):
    (tmp_path / "run.jsonl").write_bytes(make.written(make.tour())[:-400])
    done = run("report", tmp_path)
    assert done.returncode == 2 and "cut off" in done.stderr and done.stderr.count("\n") == 1
    assert 'class="banner"' in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("command", ["report", "plot"])
def test_bad_input_is_one_sentence_and_exit_code_2(command, tmp_path, record_of):
    (tmp_path / "run.jsonl").write_text("hello\n")
    for arguments in ([tmp_path], [tmp_path / "none"], [record_of("one"), record_of("one")]):
        done = run(command, *arguments)
        assert (
            done.returncode == 2
            and done.stdout == ""
            and done.stderr.count("\n") == 1
            and "Traceback" not in done.stderr
        )


def test_output_that_can_not_be_written(record_of, tmp_path):
    (tmp_path / "file").write_text("")
    for output in (tmp_path, tmp_path / "file" / "report.html", "/proc/report.html"):
        done = run("report", record_of("single"), "-o", output)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.mark.parametrize("form, magic", [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_plots_in_each_format(record_of, tmp_path, form, magic):
    done = run("plot", record_of("one"), "-o", tmp_path, "--format", form)
    assert done.returncode == 0, done.stderr
    names = {p.stem for p in tmp_path.glob(f"*.{form}")}
    assert {"starved", "scaling", "shares", "progress", "tradeoff", "machine"} <= names
    assert all(p.read_bytes().startswith(magic) for p in tmp_path.glob(f"*.{form}"))


def test_plots_can_be_chosen(record_of, tmp_path):
    done = run("plot", record_of("one"), "-o", tmp_path, "--figure", "scaling")
    assert [p.name for p in tmp_path.iterdir()] == ["scaling.svg"] and done.returncode == 0
    done = run("plot", record_of("single"), "-o", tmp_path, "--figure", "scaling")
    assert done.returncode == 2 and "nothing to draw" in done.stderr


def test_plots_across_machines(record_of, tmp_path):
    done = run("plot", record_of("one"), record_of("desktop"), "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"starved", "scaling", "forest", "ranks", "ranks-fairness", "progress", "machine-1", "machine-2"} <= {
        p.stem for p in tmp_path.iterdir()
    }


@pytest.mark.parametrize("command", ["report", "plot"])
def test_help_has_examples(command):
    done = run(command, "--help")
    assert done.returncode == 0 and "examples:" in done.stdout


def test_works_from_an_installed_layout(record_of, tmp_path):
    (tmp_path / "libexec/fairground").mkdir(parents=True)
    (tmp_path / "share/fairground/report").mkdir(parents=True)
    for p in [*HERE.glob("*.py"), *HERE.glob("page.*")]:
        (tmp_path / "share/fairground/report" / p.name).write_bytes(p.read_bytes())
    program = tmp_path / "libexec/fairground/fairground-report"
    program.write_bytes((HERE / "fairground-report").read_bytes())
    os.chmod(program, 0o755)
    done = subprocess.run(
        [program, record_of("single"), "-o", tmp_path / "r.html"], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
