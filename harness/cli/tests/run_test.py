"""Runs, from the command line to the record."""
import hashlib
import json
import signal
import subprocess
import time

import pytest

SHORT = ("--time", "60ms", "--warmup", "10ms", "--trials", "1", "--out", "out")


def is_whole(path):
    data = path.read_bytes()
    head, _, last = data.rstrip(b"\n").rpartition(b"\n")
    footer = json.loads(last)
    return footer["record"] == "footer" and footer["sha256"] == hashlib.sha256(head + b"\n").hexdigest()


def test_a_run_leaves_a_whole_record_and_says_so(program, validate):
    done = program.run("run", "mutex", "null", "--workers", "1,2", "--set", "section=100ns", "--seed", 42, *SHORT)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert is_whole(program.folder / "out" / "run.jsonl")
    validate(program.folder / "out" / "run.jsonl")
    trials = program.trials()
    assert len(trials) == 5 and {t["status"] for t in trials} == {"ok"}
    assert sorted((t["workload"], t["workers"], t["probes"]) for t in trials) == [
        ("mutex", 1, "edges"), ("mutex", 2, "edges"), ("mutex", 2, "sampled"), ("null", 1, "edges"), ("null", 2, "edges")]
    assert "5 trials, 0 failed, every invariant held." in done.stdout
    assert "Record: out" in done.stdout
    assert "\x1b" not in done.stdout
    header = program.record()[0]
    assert header["argv"][1:4] == ["run", "mutex", "null"]


def test_the_seed_decides_the_order(program):
    orders = []
    for name in ("a", "b"):
        done = program.run("run", "null", "--workers", "1,2,3", "--seed", 7, "--time", "10ms", "--warmup", "1ms", "--trials", 3,
                           "--out", name)
        assert done.returncode == 0, done.stderr
        orders.append([line["order"] for line in program.record(name) if line["record"] == "plan"])
    assert orders[0] == orders[1]
    seeds = [[t["seed"] for t in program.trials(name)] for name in ("a", "b")]
    assert seeds[0] == seeds[1] and len(set(seeds[0])) == 9


def test_a_contended_crowd_has_its_control_before_it(program, validate):
    done = program.run("run", "spin", "--workers", 5, *SHORT)
    assert done.returncode == 0, done.stderr
    control, measured, _ = program.trials()
    assert (control["workload"], control["role"], control["of"]) == ("none", "control", measured["trial"])
    assert (measured["role"], measured["oversubscribed"]) == ("measured", True)
    assert control["parameters"]["section"] == measured["parameters"]["section"]
    assert "warning oversubscribed: 5 workers share" in done.stdout
    validate(program.folder / "out" / "run.jsonl")


def test_companions_share_a_window_and_are_alone_in_the_same_block(program, validate):
    done = program.run("run", "mutex", "--workers", 2, "--with", "memory:workers=1,pin=with", "--with", "sha256d:workers=1",
                       *SHORT)
    assert done.returncode == 0, done.stderr
    validate(program.folder / "out" / "run.jsonl")
    trials = program.trials()
    assert sorted((t["role"], t["workload"]) for t in trials) == [
        ("alone", "memory"), ("alone", "mutex"), ("alone", "sha256d"), ("measured", "mutex")]
    measured = next(t for t in trials if t["role"] == "measured")
    assert measured["with"] == ["memory:workers=1,pin=with", "sha256d:workers=1"]
    assert [c["workload"] for c in measured["companions"]] == ["memory", "sha256d"]
    assert all(abs(c["window_ns"] - measured["window_ns"]) < measured["window_ns"] / 4 for c in measured["companions"])
    parties = trials[-1]["interference"]["parties"]
    assert [p["workload"] for p in parties] == ["mutex", "memory", "sha256d"]
    for party, beside in zip(parties, [measured, *measured["companions"]]):
        alone = next(t for t in trials if t["trial"] == party["alone_trial"])
        rate = [t["metrics"]["throughput_per_s"] for t in (alone, beside)]
        assert party["throughput_ratio"] == pytest.approx(rate[1] / rate[0])
    assert "side by side" in done.stdout


def test_a_companion_in_a_suite(program):
    (program.folder / "pair.toml").write_text(
        'trials = 1\n[[point]]\nworkload = ["null", "sha256d"]\nworkers = 1\ncompanion = "memory:workers=1"\n'
        'time = "20ms"\nwarmup = "1ms"\n')
    done = program.run("run", "pair.toml", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert sorted(t["workload"] for t in program.trials() if t["role"] == "alone") == ["memory", "null", "sha256d"]


def test_json_is_the_record_and_all_else_goes_to_standard_error(program):
    done = program.run("run", "null", "--workers", 1, "--json", *SHORT)
    assert done.returncode == 0
    assert done.stdout == (program.folder / "out" / "run.jsonl").read_text()
    assert "1 trial, 0 failed" in done.stderr


def test_quiet_is_the_summary_alone(program):
    done = program.run("run", "null", "--workers", 1, "--quiet", *SHORT)
    assert "block" not in done.stdout and "1 trial, 0 failed" in done.stdout


def test_without_a_folder_named_the_record_goes_to_one_of_its_own(program):
    done = program.run("run", "null", "--workers", 1, "--time", "10ms", "--trials", 1)
    folder, = (program.folder / "fairground-runs").iterdir()
    assert f"Record: fairground-runs/{folder.name}" in done.stdout
    assert is_whole(folder / "run.jsonl")


def test_a_suite_with_options_on_top(program, validate):
    (program.folder / "suite.toml").write_text(
        'trials = 2\nseed = 5\n[[point]]\nworkload = ["null", "none"]\nworkers = [1, 2]\ntime = "5s"\n')
    done = program.run("run", "suite.toml", "--time", "10ms", "--warmup", "1ms", "--out", "out")
    assert done.returncode == 0, done.stderr
    trials = program.trials()
    assert len(trials) == 8
    assert {t["time_ns"] for t in trials} == {10_000_000}
    plan, = [line for line in program.record() if line["record"] == "plan"]
    assert (plan["seed"], plan["blocks"]) == (5, 2)


def test_without_workers_there_is_one_for_each_unit(program):
    assert program.run("run", "null", *SHORT).returncode == 0
    machine, = [line for line in program.record() if line["record"] == "machine"]
    assert program.trials()[0]["workers"] == len(machine["allowed_units"])


def test_processes_where_they_work_and_unsupported_where_not(program):
    assert program.run("run", "null", "--as", "processes", "--workers", 2, *SHORT).returncode == 0
    done = program.run("run", "mutex", "--as", "processes", "--workers", 2, "--time", "10ms", "--trials", 1, "--out", "b")
    assert done.returncode == 1
    assert program.trials("b")[0]["status"] == "unsupported"
    assert "Nothing was measured: unsupported: mutex" in done.stdout


def test_places_that_the_machine_has_not_are_unsupported_in_a_sweep(program):
    done = program.run("run", "null", "--workers", 1, "--pin", "compact,units:4095", *SHORT)
    assert done.returncode == 0, done.stderr
    assert sorted(t["status"] for t in program.trials()) == ["ok", "unsupported"]


def test_stutter_and_shuffle_are_a_sweep_like_any_other(program, validate):
    done = program.run("run", "mutex", "matrix", "--workers", 2, "--stutter", "0,10ms", "--shuffle", "10ms", "--probes",
                       "edges", "--time", "100ms", "--warmup", "10ms", "--trials", 1, "--out", "out", timeout=120)
    assert done.returncode == 0, done.stderr
    trials = [t for t in program.trials() if t["role"] == "measured"]
    of = {name: [t for t in trials if t["workload"] == name] for name in ("mutex", "matrix")}
    assert [t["status"] for t in of["mutex"]] == ["ok", "ok"]
    assert sorted(t.get("stutter_ns", 0) for t in of["mutex"]) == [0, 10_000_000]
    assert {t["shuffle_ns"] for t in of["mutex"]} == {10_000_000}
    assert "stutter 10 ms" in done.stdout
    assert {t["status"] for t in of["matrix"]} == {"unsupported"}
    assert "places its workers itself" in of["matrix"][0]["reason"]
    validate(program.folder / "out" / "run.jsonl")


LIFECYCLE = ("configure,state-bytes,contenders,setup,start,worker-start,run,worker-stop,verify,teardown,destroy")


def test_a_plugin_that_dies_anywhere_harms_no_other_trial(program, hostile, validate):
    done = program.run("run", "hostile", "null", "--plugin", hostile / "hostile.so", "--workers", 2, "--set",
                       f"where={LIFECYCLE}", "--set", "after=0", "--set", "how=segv,abort,exit,throw", "--time", "20ms", "--warmup", "5ms",
                       "--deadline", "2s", "--trials", 1, "--out", "out", timeout=300)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    trials = program.trials()
    assert len(trials) == 45
    for t in trials:
        if t["workload"] == "null":
            assert t["status"] == "ok"
        else:
            assert t["status"] in ("crashed", "failed"), (t["parameters"], t["status"], t["reason"])
            assert t["reason"]
    assert is_whole(program.folder / "out" / "run.jsonl")
    validate(program.folder / "out" / "run.jsonl")
    program.assert_nothing_left()


def test_a_plugin_that_hangs_anywhere_is_ended(program, hostile, validate):
    where = "setup,start,worker-start,run,worker-stop,verify,teardown,destroy"
    done = program.run("run", "hostile", "--plugin", hostile / "hostile.so", "--workers", 2, "--set", f"where={where}", "--set",
                       "how=sleep,spin", "--set", "after=0ns", "--time", "20ms", "--warmup", "5ms", "--deadline", "300ms", "--trials", 1, "--out",
                       "out", timeout=300)
    assert done.returncode == 1, done.stderr
    trials = program.trials()
    assert len(trials) == 16 and {t["status"] for t in trials} == {"hung"}
    validate(program.folder / "out" / "run.jsonl")
    program.assert_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_well(program, validate, number):
    running = program.start("run", "spin", "--workers", 4, "--time", "20s", "--trials", 6, "--out", "out",
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    file = program.folder / "out" / "run.jsonl"
    while not file.exists() or b'"record":"plan"' not in file.read_bytes():
        assert running.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert "Interrupted" in out
    assert is_whole(file)
    assert program.trials()[-1]["status"] == "interrupted"
    validate(file)
    program.assert_nothing_left()


def test_a_second_signal_ends_it_at_once_and_leaves_nothing(program, hostile):
    running = program.start("run", "hostile", "--plugin", hostile / "hostile.so", "--set", "where=run", "--set", "how=deaf",
                            "--workers", 2, "--time", "1s", "--deadline", "60s", "--out", "out",
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(program.left()) < 3:  # supervisor, warden, body
        assert running.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=20)
    assert running.returncode == 130
    program.assert_nothing_left()


@pytest.mark.parametrize("json_lines", ["", "--json --quiet"])
def test_a_reader_that_goes_away_ends_the_run(program, json_lines):
    line = (f"{program.binary} run spin --workers 4 --time 3s --trials 20 --out out {json_lines} 2>err | head -1; "
            "echo ${PIPESTATUS[0]}")
    done = subprocess.run(["bash", "-c", line], cwd=program.folder, env=program.environment, capture_output=True, text=True,
                          timeout=60)
    first, code = done.stdout.splitlines()
    assert first.startswith("run " if not json_lines else '{"') and code == "130"
    assert json_lines or (program.folder / "err").read_text() == ""
    assert is_whole(program.folder / "out" / "run.jsonl")
    program.assert_nothing_left()


def test_plain_lines_are_ascii_where_the_locale_is(program):
    program.environment["LANG"] = "C"
    done = program.run("run", "null", "--workers", "1,2", *SHORT)
    assert done.stdout.isascii()


def test_help_and_version(program):
    assert "Examples:" in program.run("--help").stdout
    assert program.run("help").stdout == program.run("--help").stdout
    assert program.run("help", "run").stdout == program.run("run", "--help").stdout
    for command in ("run", "list", "describe", "topo", "bench"):
        done = program.run(command, "--help")
        assert done.returncode == 0 and "xample" in done.stdout, command
    assert program.run("--version").stdout.startswith("fairground 0.")
