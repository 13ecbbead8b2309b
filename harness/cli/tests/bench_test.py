"""The workloads under Google Benchmark, and its compare.py on what that writes."""
import json
import pathlib
import signal
import subprocess
import time

import pytest

COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
SHORT = ("--benchmark_min_time=0.01", "--benchmark_repetitions=3")


def test_compare_accepts_what_it_writes(program):
    if not COMPARE.exists():
        pytest.skip("compare.py is in the package libbenchmark-tools")
    for name in ("a.json", "b.json"):
        done = program.run("bench", "none", "spin", "--workers", "1,2", f"--benchmark_out={name}", *SHORT)
        assert done.returncode == 0, done.stderr
    done = subprocess.run(["/usr/bin/python3", COMPARE, "-d", "compared.json", "benchmarks", "a.json", "b.json"],
                          cwd=program.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("none/real_time/threads:1", "none/real_time/threads:2", "spin/real_time/threads:1", "spin/real_time/threads:2"):
        assert name in done.stdout
    compared = json.loads((program.folder / "compared.json").read_text())
    assert {c["name"] for c in compared} >= {"spin/real_time/threads:2"}


def test_json_on_standard_output_is_google_benchmarks(program):
    done = program.run("bench", "none", "--workers", 2, "--set", "section=100ns,200ns", "--benchmark_format=json",
                       "--benchmark_min_time=0.01")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [b["name"] for b in report["benchmarks"]] == ["none/section=100ns/real_time/threads:2",
                                                         "none/section=200ns/real_time/threads:2"]
    for b in report["benchmarks"]:
        assert b["threads"] == 2 and b["real_time"] > 0 and b["items_per_second"] > 0
        assert not any(word in key for key in b for word in ("jain", "share", "fair"))
    assert report["context"]["fairground_version"]


def test_longer_sections_take_longer(program):
    done = program.run("bench", "none", "--workers", 1, "--set", "section=1us,100us", "--benchmark_format=json",
                       "--benchmark_min_time=0.01")
    short, long = [b["real_time"] for b in json.loads(done.stdout)["benchmarks"]]
    assert long > 10 * short


def test_teams_are_left_out_and_it_says_so(program):
    done = program.run("bench", "matrix", "null", "--workers", "1,2", "--benchmark_min_time=0.01", "--benchmark_list_tests=true")
    assert done.returncode == 0
    assert done.stdout.split() == ["null/real_time/threads:1", "null/real_time/threads:2"]
    assert done.stderr.count("left out: matrix is a team") == 1


@pytest.mark.parametrize("how, code", [("wrong", 1), ("internal", 1)])
@pytest.mark.parametrize("where", ["configure", "setup", "start", "worker-start", "run", "worker-stop", "verify", "teardown"])
def test_a_workload_that_fails_is_told_and_the_next_is_run(program, hostile, where, how, code):
    done = program.run("bench", "hostile", "null", "--plugin", hostile / "hostile.so", "--workers", 2, "--set", f"where={where}",
                       "--set", f"how={how}", "--set", "after=0ns", "--benchmark_format=json", "--benchmark_min_time=0.01")
    assert done.returncode == code, done.stderr
    failed, good = json.loads(done.stdout)["benchmarks"]
    assert failed["error_occurred"] and where in failed["error_message"]
    assert "error_occurred" not in good


@pytest.mark.parametrize("how", ["segv", "abort", "throw"])
def test_a_workload_that_crashes_ends_the_benchmark_alone(program, hostile, how):
    done = program.run("bench", "hostile", "--plugin", hostile / "hostile.so", "--workers", 2, "--set", "where=run", "--set",
                       f"how={how}", "--set", "after=0ns", "--benchmark_min_time=0.01")
    assert done.returncode == 1
    assert "a workload ended the benchmark with" in done.stderr
    program.assert_nothing_left()


@pytest.mark.parametrize("how, code", [("exit", 0), ("exit-3", 3)])
@pytest.mark.parametrize("where", ["setup", "run", "destroy"])
def test_a_workload_that_exits_is_no_success(program, hostile, where, how, code):
    done = program.run("bench", "hostile", "null", "--plugin", hostile / "hostile.so", "--workers", 1, "--set",
                       f"where={where}", "--set", f"how={how}", "--set", "after=0ns", "--benchmark_min_time=0.01")
    assert done.returncode == 1, done.stderr
    assert f"a workload ended the benchmark with exit code {code}" in done.stderr
    assert where == "run" or f"in {where} of hostile" in done.stderr


@pytest.mark.parametrize("where", ["setup", "start", "worker-start", "worker-stop", "verify", "teardown", "destroy"])
def test_a_workload_that_hangs_outside_its_loop_is_ended(program, hostile, where):
    done = program.run("bench", "hostile", "--plugin", hostile / "hostile.so", "--workers", 2, "--set", f"where={where}",
                       "--set", "how=sleep", "--deadline", "300ms", "--benchmark_min_time=0.01", timeout=60)
    assert done.returncode == 1
    assert f"{where} of hostile" in done.stderr and "did not come back within 300 ms" in done.stderr
    program.assert_nothing_left()


@pytest.fixture
def temporary(program):
    folder = program.folder / "temporary"
    folder.mkdir()
    program.environment["TMPDIR"] = str(folder)
    return folder


@pytest.mark.parametrize("where", ["setup", "run"])
def test_a_crash_leaves_no_folder_behind(program, hostile, temporary, where):
    done = program.run("bench", "hostile", "--plugin", hostile / "hostile.so", "--workers", 1, "--set", f"where={where}",
                       "--set", "how=segv", "--set", "after=0ns", "--benchmark_min_time=0.01")
    assert done.returncode == 1
    assert list(temporary.iterdir()) == []


def test_ctrl_c_leaves_no_folder_behind(program, temporary):
    running = program.start("bench", "null", "--workers", 2, "--benchmark_min_time=100", stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    while not list(temporary.glob("*/*")):
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert list(temporary.iterdir()) == []


def test_flags_that_google_benchmark_refuses_are_bad_input(program):
    assert program.run("bench", "null", "--benchmark_format=prose").returncode == 2


def test_a_reader_that_goes_away_is_no_crash(program):
    line = f"{program.binary} bench null none --workers 1,2 --benchmark_min_time=0.3 2>err | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=program.folder, env=program.environment, capture_output=True, text=True,
                          timeout=60)
    assert done.stdout.splitlines()[-1] == "130"
    assert "workload ended" not in (program.folder / "err").read_text()


def test_what_a_plugin_started_goes_with_it(program, hostile):
    done = program.run("bench", "hostile", "--plugin", hostile / "hostile.so", "--workers", 1, "--set", "where=setup", "--set",
                       "how=child-double", "--benchmark_min_time=0.01")
    assert done.returncode == 0, done.stderr
    program.assert_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_all_of_it(program, number):
    running = program.start("bench", "null", "--workers", 2, "--benchmark_min_time=100", stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    while len(program.left()) < 3:  # command, guard, benchmark
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(number)
    code = running.wait(20)
    assert code == (130 if number != signal.SIGKILL else -signal.SIGKILL)
    program.assert_nothing_left()
