"""Bad input gets one sentence on standard error, nothing on standard output, and exit code 2."""
import os
import subprocess

import pytest

SHORT = ("--time", "20ms", "--warmup", "5ms", "--trials", "1", "--out", "out")


def test_says_what_there_is_to_do(program):
    assert "run, stress, list, describe, topo, plot, report, bench, clean" in program.refused()


@pytest.mark.parametrize("words, sentence", [
    (["rnu", "mutex"], "There is no command 'rnu' (did you mean run?)"),
    (["--tiem"], "fairground has no option --tiem"),
    (["run"], "names is required"),
    (["run", "mutex", "--tiem", "5s"], "run has no option --tiem (did you mean --time?)"),
    (["run", "mutex", "--time"], "--time"),
    (["run", "muetx"], "did you mean mutex?"),
    (["run", "lokcs"], "did you mean locks?"),
    (["run", "mutex", "--set", "setcion=1us"], "did you mean section?"),
    (["run", "mutex", "--set", "section"], "--set 'section'"),
    (["run", "mutex", "--set", "section=5parsecs"], "5parsecs"),
    (["run", "mutex", "--set", "section=9h"], "section of mutex"),
    (["run", "mutex", "--set", "section=1us", "--set", "section=2us"], "it is set twice"),
    (["run", "mutex", "--workers", "0"], "--workers"),
    (["run", "mutex", "--workers", "100000"], "--workers"),
    (["run", "mutex", "--workers", "two"], "--workers"),
    (["run", "mutex", "--as", "fibres"], "--as"),
    (["run", "mutex", "--pin", "compcat"], "compact"),
    (["run", "mutex", "--pin", "units:4095"], "4095"),
    (["run", "mutex", "--probes", "everything"], "--probes"),
    (["run", "mutex", "--with", "memroy"], "--with 'memroy': There is no workload 'memroy': did you mean memory?"),
    (["run", "mutex", "--with", "memory:workers"], "'workers' is no KEY=VALUE"),
    (["run", "mutex", "--with", "memory:pin=wiht"], "did you mean with?"),
    (["run", "mutex", "--workers", "1", "--with", "memory:pin=node:77"], "node:77"),
    (["help", "rnu"], "There is no command 'rnu' (did you mean run?)"),
    (["rnu", "--help"], "There is no command 'rnu' (did you mean run?)"),
    (["run", "mutex", "--time", "0"], "--time"),
    (["run", "mutex", "--time", "3"], "--time"),
    (["run", "mutex", "--trials", "0"], "--trials"),
    (["run", "mutex", "--seed", "-1"], "--seed"),
    (["run", "./nowhere.toml"], "nowhere.toml"),
    (["describe", "muetx"], "did you mean mutex?"),
    (["topo", "--xml", "nowhere.xml"], "nowhere.xml"),
    (["topo", "--pin", "scatter"], "say how many with --workers"),
    (["run", "mutex", "--stutter", "1us"], "--stutter"),
    (["bench", "mutex", "--benchmark_repetition=3"], "did you mean --benchmark_repetitions?"),
    (["bench", "matrix"], "Nothing is left to benchmark"),
])
def test_one_sentence(program, words, sentence):
    assert sentence in program.refused(*words)
    assert not (program.folder / "fairground-runs").exists()


SUITES = {
    "typo": ('[[point]]\nworkload = "mutex"\nworkres = 2\n', "suite.toml:3:1", "workers"),
    "toml": ('[[point]]\nworkload = "mutex\n', "suite.toml:2:", ""),
    "type": ('[[point]]\nworkload = "mutex"\nworkers = "many"\n', "suite.toml:3:", "workers"),
    "parameter": ('[[point]]\nworkload = "mutex"\nset = { setcion = "1us" }\n', "suite.toml:3:", "section"),
    "workload": ('[[point]]\n\nworkload = ["mutex", "muetx"]\n', "suite.toml:3:", "mutex"),
}


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_with_a_mistake_is_told_its_line_and_column(program, name):
    text, place, word = SUITES[name]
    (program.folder / "suite.toml").write_text(text)
    said = program.refused("run", "suite.toml")
    assert place in said and word in said


BROKEN = ["truncated-40", "truncated-3000", "abi-major", "no-symbol", "text", "empty", "folder", "magic", "load-segv",
          "load-abort", "load-exit", "load-throw", "missing-function", "summary-control"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_named_plugin_that_cannot_be_loaded(program, hostile, name):
    said = program.refused("run", "mutex", "--plugin", hostile / f"{name}.so", *SHORT)
    assert f"{name}.so" in said
    assert not (program.folder / "out").exists()


def test_a_named_plugin_that_is_missing_or_secret(program):
    assert "nowhere.so" in program.refused("run", "mutex", "--plugin", "nowhere.so")


def test_a_broken_plugin_on_the_search_path_is_a_warning(program, hostile):
    folder = program.folder / "plugins"
    folder.mkdir()
    (folder / "text.so").write_text("no shared object")
    program.environment["FAIRGROUND_PLUGIN_PATH"] = str(folder)
    done = program.run("run", "null", "--workers", 1, *SHORT)
    assert done.returncode == 0, done.stderr
    assert "warning plugin-not-loaded" in done.stdout


def test_the_current_directory_is_never_searched(program, hostile):
    os.symlink(hostile / "known.so", program.folder / "known.so")
    program.refused("run", "known-rate", *SHORT)


def test_values_that_do_not_go_together_are_refused_before_the_first_trial(program, hostile):
    said = program.refused("run", "hostile", "--plugin", hostile / "hostile.so", "--set", "where=configure", "--set",
                           "how=bad-parameter", *SHORT)
    assert "hostile" in said
    assert not (program.folder / "out").exists()


@pytest.mark.parametrize("out", ["/dev/null/run", "/proc/run", "file/run"])
def test_a_folder_that_cannot_be_written_to(program, out):
    (program.folder / "file").write_text("")
    assert "--out" in program.refused("run", "null", "--workers", 1, "--out", out)


def test_a_folder_that_holds_a_record_already(program):
    assert program.run("run", "null", "--workers", 1, *SHORT).returncode == 0
    before = (program.folder / "out" / "run.jsonl").read_bytes()
    assert "There is a record already" in program.refused("run", "null", "--workers", 1, *SHORT)
    assert (program.folder / "out" / "run.jsonl").read_bytes() == before


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True)
    if done.returncode != 0:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(program, small_disk):
    (small_disk / "ballast").write_bytes(b"x" * 40_000)
    done = program.run("run", "null", "--workers", 2, "--time", "100ms", "--trials", 30, "--out", small_disk / "run")
    assert done.returncode == 2
    assert done.stderr.startswith("fairground: ") and "disk is full" in done.stderr and done.stderr.count("\n") == 1
    # What reached the disk before is whole lines.
    text = (small_disk / "run" / "run.jsonl").read_text()
    assert text == "" or text.endswith("}\n")
    program.assert_nothing_left()


def test_output_that_cannot_be_written(program):
    with open("/dev/full", "w", encoding="utf-8") as full:
        running = program.start("run", "null", "--workers", 1, *SHORT, stdout=full, stderr=subprocess.PIPE)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 2
    assert said.startswith("fairground: Nothing can be written to standard output") and said.count("\n") == 1
    assert program.record()[-1]["record"] == "footer"


@pytest.mark.parametrize("words", [
    ["topo"], ["topo", "--json"], ["list"], ["list", "--json"], ["describe", "null"], ["--help"], ["run", "--help"],
    ["run", "null", "--workers", "1", "--json", *SHORT], ["bench", "null", "--workers", "1", "--benchmark_min_time=0.01"],
], ids=" ".join)
def test_output_onto_a_full_disk(program, words):
    with open("/dev/full", "w", encoding="utf-8") as full:
        running = program.start(*words, stdout=full, stderr=subprocess.PIPE)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 2, said
    assert "fairground: Standard output can't be written to" in said and "internal error" not in said


def test_a_damaged_record(program):
    assert program.run("run", "null", "--workers", 1, *SHORT).returncode == 0
    file = program.folder / "out" / "run.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"record":"plan"', b'"record":"pl\x00n"', 1))
    for command in ("report", "plot"):
        done = program.run(command, "out", "-o", "page.html" if command == "report" else "figures")
        assert done.returncode == 2, done.stderr
        assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr


def test_a_python_command_that_is_missing(program):
    program.environment["FAIRGROUND_EXEC_PATH"] = str(program.folder)
    assert "fairground-report is not in" in program.refused("report", "out")


def test_what_follows_a_python_command_goes_to_it_with_its_exit_code(program):
    script = program.folder / "fairground-plot"
    script.write_text('#!/bin/sh\necho "got: $*"\nexit 3\n')
    script.chmod(0o755)
    program.environment["FAIRGROUND_EXEC_PATH"] = str(program.folder)
    done = program.run("plot", "a", "--help", "--out=x", "-v")
    assert (done.returncode, done.stdout) == (3, "got: a --help --out=x -v\n")
