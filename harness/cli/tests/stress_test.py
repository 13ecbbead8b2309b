"""Stress runs, from the command line to the record."""
import json
import os
import shlex
import signal
import subprocess
import time

import pytest

FEW = ("--for", "3s", "--seed", 7, "--out", "out")


def measured(program, name="out"):
    return [t for t in program.trials(name) if t["role"] == "measured"]


def wait_for_trials(program, running, least, name="out"):
    file = program.folder / name / "run.jsonl"
    while not file.exists() or file.read_bytes().count(b'"record":"trial"') < least:
        assert running.poll() is None
        time.sleep(0.05)


def test_leaves_a_whole_record_and_a_table(program, validate):
    done = program.run("stress", "null", "mutex", *FEW)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == "" and "\x1b" not in done.stdout
    validate(program.folder / "out" / "run.jsonl")
    trials = measured(program)
    assert len(trials) >= 4 and {t["workload"] for t in trials} == {"null", "mutex"}
    assert len({t["draw"] for t in trials}) == len(trials)
    assert max(t["concurrent"] for t in trials) == 2
    assert "every invariant held" in done.stdout and "Record: out" in done.stdout
    plan, = [line for line in program.record() if line["record"] == "plan"]
    assert plan["stress"]["workloads"] == [w for w in plan["stress"]["workloads"] if w in ("null", "mutex")]
    program.assert_nothing_left()


def draws(program, name):
    keys = ("workload", "parameters", "workers", "as", "pin", "probes", "time_ns", "seed", "stutter_ns", "shuffle_ns")
    return {t["draw"]: {k: t.get(k) for k in keys} for t in measured(program, name)}


def test_the_seed_decides_the_draws(program):
    for name in ("a", "b"):
        assert program.run("stress", "null", "fibonacci", "--for", "3s", "--seed", 5, "--exclude", "fibonacci", "--out",
                           name).returncode == 0
    a, b = draws(program, "a"), draws(program, "b")
    both = a.keys() & b.keys()
    assert len(both) >= 4
    assert all(a[k] == b[k] for k in both)


def test_what_is_broken_on_purpose_is_left_out_unless_named(program):
    assert program.run("stress", "locks", "--for", "1s", "--out", "out").returncode in (0, 1)
    plan, = [line for line in program.record() if line["record"] == "plan"]
    assert "busted" not in plan["stress"]["workloads"] and "mutex" in plan["stress"]["workloads"]
    assert program.run("stress", "busted", "--for", "1s", "--out", "named").returncode == 0


def test_a_failing_draw_is_shrunk_and_its_line_shows_it(program, hostile, validate):
    done = program.run("stress", "fault-pair", "--plugin", hostile / "faults.so", "--for", "60s", "--seed", 3,
                       "--until-failure", "--out", "out", timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    validate(program.folder / "out" / "run.jsonl")
    found, = [line for line in program.record() if line["record"] == "reproduction"]
    assert found["shown"] == found["tried"] == 3
    command = found["command"].split()
    assert command[:3] == ["fairground", "run", "fault-pair"]
    assert [w for w in command if "=" in w] == ["mode=lazy", "cached=true"]
    assert command[command.index("--workers") + 1] == "1" and "threads" in command and "compact" in command
    assert found["command"] in done.stdout
    again = program.run(*command[1:], "--out", "again")
    assert again.returncode == 1
    assert {t["status"] for t in program.trials("again")} == {"crashed"}
    alone = [t for t in program.trials() if t["role"] == "alone"]
    assert alone and {t["of"] for t in alone} == {found["trial"]} and {t["concurrent"] for t in alone} == {1}
    program.assert_nothing_left()


def test_a_run_that_was_cut_short_is_gone_on_with(program, validate):
    running = program.start("stress", "null", "mutex", "--for", "60s", "--seed", 7, "--out", "out", stdout=subprocess.DEVNULL)
    wait_for_trials(program, running, 5)
    running.kill()
    running.wait()
    program.assert_nothing_left()
    file = program.folder / "out" / "run.jsonl"
    before = [json.loads(line)["draw"] for line in file.read_text().splitlines(keepends=True)
              if line.endswith("\n") and '"record":"trial"' in line]
    file.write_bytes(file.read_bytes() + b'{"record":"trial","dra')
    assert "give it" in program.refused("stress", "--resume", "out", "--for", "1s")
    done = program.run("stress", "--resume", "out", "--for", "8s")
    assert done.returncode == 0, done.stdout + done.stderr
    validate(file)
    after = [t["draw"] for t in measured(program)]
    assert len(after) == len(set(after)) > len(before) and after[:len(before)] == before
    headers = [line for line in program.record() if line["record"] == "header"]
    assert [h["resumed"] for h in headers] == [False, True] and len({h["run_id"] for h in headers}) == 1
    assert f"{len(after)} trials, 0 failed" in done.stdout


def change_record(program, change, name="out"):
    """What `change` makes of each line but the footer; nothing: it goes."""
    lines = [line for line in program.record(name) if line["record"] != "footer"]
    kept = [line for line in map(change, lines) if line]
    (program.folder / name / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in kept))


def put(kind, **changes):
    return lambda line: {**line, **changes} if line["record"] == kind else line


def other_version(line):
    for workload in line["workloads"] if line["record"] == "plugin" else ():
        workload["version"] += 1
    return line


def greedy(line):
    if line["record"] == "plan":
        line["stress"]["memory_bytes"] = 1 << 50
    return line


@pytest.mark.parametrize("change, sentence", [
    (put("machine", cpu_model="Another CPU"), "is of another machine (cpu_model"),
    (put("machine", hostname="another"), "is of another machine (hostname"),
    (put("machine", memory_bytes=1 << 20), "is of another machine (of 1 MiB of memory"),
    (put("plugin", sha256="0" * 64), "had another build of 'null'"),
    (other_version, "had another version of 'null'"),
    (greedy, "may take 2048 TiB of memory, and"),
])
def test_a_record_that_cannot_be_gone_on_with_here_is_refused(program, change, sentence):
    assert program.run("stress", "null", "--for", "1s", "--out", "out").returncode == 0
    change_record(program, change)
    assert sentence in program.refused("stress", "--resume", "out", "--for", "1h")


def test_a_record_of_another_command_is_refused(program):
    assert program.run("run", "null", "--time", "10ms", "--trials", 1, "--out", "run").returncode == 0
    assert "not that of a stress run" in program.refused("stress", "--resume", "run", "--for", "1h")
    assert "can't be read" in program.refused("stress", "--resume", "nowhere", "--for", "1h")
    assert "--resume takes" in program.refused("stress", "null", "--resume", "out")


def test_a_failure_that_was_not_looked_into_is_when_the_run_goes_on(program, hostile, validate):
    words = ("--plugin", hostile / "faults.so", "--for", "60s")
    done = program.run("stress", "fault-pair", *words, "--seed", 3, "--until-failure", "--out", "out", timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    before, = [line for line in program.record() if line["record"] == "reproduction"]
    # The power goes before anything is run again alone.
    change_record(program, lambda line: line if line["record"] != "reproduction" and line.get("role") != "alone" else None)
    done = program.run("stress", "--resume", "out", "--plugin", hostile / "faults.so", timeout=300)
    assert done.returncode == 1, done.stdout + done.stderr
    validate(program.folder / "out" / "run.jsonl")
    after, = [line for line in program.record() if line["record"] == "reproduction"]
    assert after["draw"] == before["draw"] and after["shown"] == after["tried"] == 3
    assert after["command"] == before["command"]
    assert program.record()[-1]["record"] == "footer"
    resumed, = [line for line in program.record() if line["record"] == "header" and line["resumed"]]
    assert resumed["stress"] == {"for_ns": 60 * 10**9, "until_failure": True}


def test_goes_on_when_the_temporary_folder_is_gone(program):
    temporary = program.folder / "temporary"
    temporary.mkdir()
    program.environment["TMPDIR"] = str(temporary)
    running = program.start("stress", "null", "--for", "4s", "--out", "out", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for_trials(program, running, 3)
    temporary.rmdir()
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "every invariant held" in out and program.record()[-1]["record"] == "footer"


def test_ends_nothing_that_a_shell_had_started_before_it_became_this_program(program):
    line = f"sleep 60 & echo $! > other; exec {program.binary} stress null --for 1s --out out"
    done = subprocess.run(["bash", "-c", line], cwd=program.folder, env=program.environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0
    other, = program.left()
    assert other.startswith((program.folder / "other").read_text().strip() + " ")
    os.kill(int(other.split()[0]), signal.SIGKILL)


def test_says_which_limit_lowers_what_was_asked_for(program):
    done = program.run("stress", "null", "--for", "1s", "--jobs", 8, "--workers", 100, "--memory", "128MiB", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "5 of the 8 jobs asked for: the limit on memory (--memory) leaves no more" in done.stdout
    assert "of the 100 workers asked for: the limit on memory (--memory) leaves no more" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(program, validate, number):
    running = program.start("stress", "null", "spin", "memory", "--for", "60s", "--out", "out", stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)
    wait_for_trials(program, running, 2)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Interrupted: go on with fairground stress --resume out" in out
    assert program.record()[-1]["record"] == "footer"
    validate(program.folder / "out" / "run.jsonl")
    program.assert_nothing_left()


@pytest.mark.parametrize("words, sentence", [
    (["--all"], "Say for how long"),
    (["--for", "1m"], "Say what to stress"),
    (["--all", "--for", "0"], "--for"),
    (["--all", "--for", "soon"], "--for"),
    (["muetx", "--for", "1m"], "did you mean mutex?"),
    (["--family", "lokcs", "--for", "1m"], "did you mean locks?"),
    (["--all", "--exclude", "muetx", "--for", "1m"], "did you mean mutex?"),
    (["mutex", "--exclude", "locks", "--for", "1m"], "Nothing is left"),
    (["--all", "--for", "1m", "--memory", "200%"], "--memory: '200%' is no share of what is free"),
    (["--all", "--for", "1m", "--memory", "900TiB"], "is more than the"),
    (["--all", "--for", "1m", "--disk", "0"], "--disk"),
    (["--all", "--for", "1m", "--jobs", "0"], "--jobs"),
    (["--all", "--for", "1m", "--workers", "0"], "--workers"),
    (["--all", "--for", "1m", "--oversubscribe", "0"], "--oversubscribe"),
    (["--all", "--for", "1m", "--memory", "1MiB"], "A trial needs 24 MiB"),
    (["--all", "--for", "1m", "--disk", "4KiB"], "A trial needs 1 MiB, and --disk leaves 4 KiB of disk"),
    (["--all", "--for", "1m", "--out", "/proc/run"], "can't be made"),
])
def test_bad_input_is_one_sentence(program, words, sentence):
    assert sentence in program.refused("stress", *words)
    assert not (program.folder / "fairground-runs").exists()


def test_too_few_descriptors_are_one_sentence(program):
    line = f"ulimit -n 60; exec {program.binary} stress null --for 1m --out out"
    done = subprocess.run(["bash", "-c", line], cwd=program.folder, env=program.environment, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert "ulimit -n leaves 60 descriptors" in done.stderr


def test_nothing_that_could_run_is_no_pass(program, hostile):
    done = program.run("stress", "hostile-create-unsupported", "--plugin", hostile / "hostile.so", "--for", "1s", "--out", "out")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Nothing could run" in done.stdout


def test_json_is_the_record_and_all_else_goes_to_standard_error(program):
    done = program.run("stress", "null", "--for", "1s", "--json", "--out", "out")
    assert done.returncode == 0
    assert done.stdout == (program.folder / "out" / "run.jsonl").read_text()
    assert "every invariant held" in done.stderr


def test_a_report_reads_it(program):
    assert program.run("stress", "null", "mutex", "sem-posix", *FEW).returncode == 0
    done = program.run("report", "out", "-o", "out.html")
    assert done.returncode == 0, done.stderr
    assert (program.folder / "out.html").stat().st_size > 10_000


def test_shows_what_runs_now_and_where(on_terminal):
    code, text = on_terminal("stress", "null", "spin", "--for", "3s", "--out", "out").end()
    assert code == 0
    assert "stress" in text and "PU " in text and "left" in text and "measuring" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_a_neighbour_is_looked_for_and_its_line_shows_it(program, validate):
    done = program.run("stress", "null", "sha256d", "--against", "null:workers=1,pin=units:0", "--for", "8s", "--seed", 2,
                       "--out", "out", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    validate(program.folder / "out" / "run.jsonl")
    trials = program.trials()
    assert {t["workload"] for t in trials} == {"null"} and {t["role"] for t in trials} == {"measured", "alone"}
    assert all(len(t["companions"]) == (t["role"] == "measured") for t in trials)
    line, = [line for line in done.stdout.splitlines() if line.startswith("fairground run null")]
    words = shlex.split(line)
    assert words[words.index("--with") + 1] in {t["with"][0] for t in trials if t["role"] == "measured"}
    words[words.index("--trials") + 1] = "1"
    again = program.run(*words[1:], "--out", "again", timeout=60)
    assert again.returncode == 0, again.stderr
    assert "times as slow" in done.stdout
    program.assert_nothing_left()


def test_a_neighbour_that_takes_too_much_is_none(program, validate):
    done = program.run("stress", "memory", "--against", "null:workers=1,pin=units:0", "--for", "6s", "--seed", 2,
                       "--memory", "64MiB", "--out", "out", timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "could not be measured: it took" in done.stdout and "and each trial may have 32 MiB" in done.stdout
    assert "No neighbour could be measured." in done.stdout
    validate(program.folder / "out" / "run.jsonl")
    program.assert_nothing_left()


def test_a_neighbour_that_hangs_is_a_failure(program, hostile):
    done = program.run("stress", "hostile-create-sleep", "--against", "null:workers=1", "--plugin", hostile / "hostile.so",
                       "--for", "2s", "--out", "out", timeout=120)
    assert done.returncode == 1
    assert "null beside hostile-create-sleep:workers=1,pin=with hung" in done.stdout and "1 failed" in done.stdout


def test_the_line_of_a_neighbour_names_its_plugin(program, hostile):
    plugin = hostile / "known.so"
    done = program.run("stress", "known-rate", "--against", "null:workers=1", "--plugin", plugin, "--for", "2s",
                       "--out", "out", timeout=120)
    assert f"--plugin {plugin} --with 'known-rate:" in done.stdout


@pytest.mark.parametrize("words, sentence", [
    (["--against", "mutx", "--for", "2s"], "--against 'mutx': There is no workload 'mutx': did you mean mutex?"),
    (["--against", "mutex", "--for", "2s", "--jobs", "2"], "--against runs one trial at a time"),
    (["--against", "mutex:workers=0", "--for", "2s"], "out of range"),
    (["--against", "mutex"], "--for"),
    (["--against", "mutex", "--for", "2s", "--memory", "30MiB"], "--against needs room for two beside each other"),
])
def test_a_subject_that_is_none_gets_one_sentence(program, words, sentence):
    assert sentence in program.refused("stress", *words)
