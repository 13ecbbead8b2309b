"""The two commands from outside."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from report.tests.fixtures import invent, make

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
    (tmp_path / "run.jsonl").write_bytes(invent.written(make.tour(), footer=False))
    done = run("report", tmp_path)
    assert done.returncode == 0 and "no footer" in done.stderr and done.stderr.count("\n") == 1
    assert 'class="banner"' in (tmp_path / "report.html").read_text()


def test_cut_off_is_reported_with_a_banner_and_exit_code_2(tmp_path):
    (tmp_path / "run.jsonl").write_bytes(invent.written(make.tour())[:-400])
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


def test_devices_are_written_into_and_stay(record_of, tmp_path):
    full = tmp_path / "full"
    try:
        os.mknod(full, 0o600 | stat.S_IFCHR, os.makedev(1, 7))  # as /dev/full
        full.open("wb").close()
    except PermissionError:
        full = Path("/dev/full")
    done = run("report", record_of("single"), "-o", full)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "No space left" in done.stderr
    assert stat.S_ISCHR(full.stat().st_mode) and done.stdout == ""


def test_a_pipe_is_written_into(record_of, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as cat:
        done = run("report", record_of("single"), "-o", tmp_path / "pipe")
        assert cat.stdout.read().startswith(b"<!DOCTYPE html>")
    assert done.returncode == 0 and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("before", [None, "old"])
def test_a_link_stays_and_what_it_points_to_is_written(record_of, tmp_path, before):
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "page.html"
    if before:
        target.write_text(before)
        target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    assert run("report", record_of("single"), "-o", tmp_path / "link").returncode == 0
    assert (tmp_path / "link").is_symlink() and target.read_text().startswith("<!DOCTYPE html>")
    assert [p.name for p in target.parent.iterdir()] == ["page.html"]
    if before:
        assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_to_itself_is_one_sentence(record_of, tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    done = run("report", record_of("single"), "-o", tmp_path / "loop")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_plots_follow_links_too(record_of, tmp_path):
    (tmp_path / "real.svg").write_text("")
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "scaling.svg").symlink_to(tmp_path / "real.svg")
    assert run("plot", record_of("one"), "-o", tmp_path / "plots", "--figure", "scaling").returncode == 0
    assert (tmp_path / "plots" / "scaling.svg").is_symlink() and (tmp_path / "real.svg").stat().st_size > 0


def test_standard_output_has_the_page_and_nothing_else(record_of):
    done = run("report", record_of("single"), "-o", "-")
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("<!DOCTYPE html>") and done.stdout.endswith("</html>\n")
    done = run("plot", record_of("one"), "-o", "-", "--figure", "scaling")
    assert done.returncode == 0 and done.stdout.startswith("<svg") and done.stdout.rstrip().endswith("</svg>")
    done = run("plot", record_of("one"), "-o", "-")
    assert done.returncode == 2 and "--figure" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("output", ["-", "page.html"])
def test_standard_output_that_is_full_is_one_sentence(record_of, tmp_path, output):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [HERE / "fairground-report", record_of("single"), "-o", output],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "standard output" in done.stderr
