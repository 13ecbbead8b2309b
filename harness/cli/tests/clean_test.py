"""What is left after the end, after Ctrl-C and after kill -9, and what `clean` makes of it."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

LONG = ("--time", "20s", "--warmup", "20ms", "--trials", 1, "--out", "out")


@pytest.fixture(autouse=True)
def temporary(program):
    folder = program.folder / "tmp"
    folder.mkdir()
    program.environment["TMPDIR"] = str(folder)
    return folder


def listed(program, *arguments, makers=None):
    """What `clean --json` says of the given makers; all if none are given."""
    done = program.run("clean", program.folder, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [entry for entry in json.loads(done.stdout) if makers is None or entry["maker_pid"] in makers]


def objects():
    """Shared memory, semaphores and System V objects of this machine that could be Fairground's."""
    named = {path.name for path in pathlib.Path("/dev/shm").iterdir() if "fairground" in path.name}
    system_v = {line.split()[1] for kind in ("sem", "shm", "msg")
                for line in pathlib.Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]}
    return named, system_v


def listening():
    return {line.split()[1] for kind in ("tcp", "tcp6") for line in
            pathlib.Path(f"/proc/net/{kind}").read_text().splitlines()[1:] if line.split()[3] == "0A"}


def files(program):
    """Files and folders that are neither the record nor the terminal's output."""
    return sorted(str(path.relative_to(program.folder)) for path in program.folder.rglob("*")
                  if path.relative_to(program.folder).parts not in (("tmp",), ("out",), ("out", "run.jsonl")))


def names(program):
    """{pid: name} of all that the program has started, itself included."""
    found = {}
    for line in program.left():
        try:
            found[int(line.split()[0])] = pathlib.Path(f"/proc/{line.split()[0]}/comm").read_text().strip()
        except OSError:  # it has ended meanwhile
            pass
    return found


def started(program, *arguments, until="fg-warden"):
    """A run that has started a process of that name."""
    running = program.start("run", *arguments, *LONG, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while until not in names(program).values():
        assert running.poll() is None
        time.sleep(0.002)
    return running


def kill_all(program, running, spare=()):
    """Supervisor, warden and body at once, so that none can clean up after the other."""
    mine = [pid for pid, name in names(program).items() if name not in spare]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in sorted(mine, key=lambda p: p != running.pid):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
    running.wait(20)


WORKLOADS = ("file-write files-churn tcp-echo sem-named sem-sysv memory pipes sockets processes").split()


@pytest.mark.parametrize("how", ["end", "ctrl-c"])
def test_nothing_remains(program, how):
    before = objects(), listening()
    if how == "end":
        done = program.run("run", *WORKLOADS, "--workers", 2, "--time", "50ms", "--warmup", "10ms", "--trials", 1,
                           "--out", "out")
        assert done.returncode == 0, done.stderr
    else:
        for workload in WORKLOADS:
            shutil.rmtree(program.folder / "out", ignore_errors=True)
            running = started(program, workload, "--workers", 2)
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            assert running.wait(30) == 130, workload
    program.assert_nothing_left()
    assert files(program) == []
    assert (objects(), listening()) == before
    assert listed(program) == []


@pytest.mark.parametrize("workload", WORKLOADS)
def test_after_kill_9_nothing_remains(program, workload):
    """The warden ends what the supervisor can't any more."""
    before = objects(), listening()
    running = started(program, workload, "--workers", 2)
    time.sleep(0.2)
    running.kill()
    running.wait(20)
    program.assert_nothing_left()
    assert files(program) == []
    assert (objects(), listening()) == before


@pytest.mark.parametrize("after_ms", [0, 3, 10, 30, 100, 300])
@pytest.mark.parametrize("workload", ["file-write", "files-churn"])
def test_what_killing_all_at_once_leaves_is_listed_and_removed(program, workload, after_ms):
    running = started(program, workload, "--workers", 2)
    time.sleep(after_ms / 1000)
    kill_all(program, running)
    program.assert_nothing_left()
    left = files(program)
    tops = sorted({"/".join(path.split("/")[:2]) for path in left})
    found = listed(program, makers=[running.pid])
    assert sorted(str(pathlib.Path(e["path"]).relative_to(program.folder)) for e in found) == tops
    assert tops or after_ms < 100, "there was nothing to find: the test tests nothing"
    assert all(e["kind"] == "folder" and e["removed"] is None for e in found)
    assert files(program) == left, "without --yes nothing goes"
    assert all(e["removed"] for e in listed(program, "--yes", makers=[running.pid]))
    assert files(program) == [] and listed(program, makers=[running.pid]) == []
    assert (program.folder / "out" / "run.jsonl").exists()


@pytest.mark.parametrize("folder", ["fairground-check", "fairground-bench"])
def test_what_is_killed_before_or_without_a_trial_is_found_too(program, temporary, folder):
    arguments = {"fairground-check": ("run", *WORKLOADS, *LONG),
                 "fairground-bench": ("bench", "null", "--benchmark_min_time=100")}[folder]
    running = program.start(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (made := list(temporary.glob(f"{folder}-*"))):
        assert running.poll() is None
    kill_all(program, running)
    program.assert_nothing_left()
    assert made[0].exists(), "there was nothing to find: the test tests nothing"
    assert [e["path"] for e in listed(program, makers=[running.pid])] == [str(made[0])]
    assert all(e["removed"] for e in listed(program, "--yes", makers=[running.pid]))
    assert list(temporary.iterdir()) == []


def test_a_process_whose_supervisor_is_gone_is_listed_and_ended(program, hostile):
    running = started(program, "hostile", "--plugin", hostile / "hostile.so", "--set", "where=run", "--set",
                      "how=child-setsid", "--workers", 1, until="fg-hostile")
    assert listed(program, makers=[running.pid]) == []
    kill_all(program, running, spare=("fg-hostile",))
    while not (orphans := names(program)) or set(orphans.values()) != {"fg-hostile"}:
        assert orphans
        time.sleep(0.01)  # one that was just forked has its parent's name for a moment
    found = listed(program, makers=[running.pid])
    assert {(e["kind"], e["pid"], e["name"]) for e in found} == {("process", pid, "fg-hostile") for pid in orphans}
    assert names(program) == orphans
    done = program.run("clean", "--yes")
    assert done.returncode == 0
    for pid in orphans:
        assert f"removed process {pid} (fg-hostile), left by process {running.pid}\n" in done.stdout
    program.assert_nothing_left()


def test_a_semaphore_whose_name_stayed_is_listed_and_removed(program, tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler here")
    before = objects()
    source, library = tmp_path / "die.c", tmp_path / "die.so"
    source.write_text("#include <signal.h>\n#include <unistd.h>\n"
                      "int sem_unlink(const char* n) { (void)n; return kill(getpid(), SIGKILL); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    program.environment["LD_PRELOAD"] = str(library)
    running = program.start("run", "sem-named", "--workers", 2, *LONG, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    assert running.wait(60) == 1
    del program.environment["LD_PRELOAD"]
    left = objects()[0] - before[0]
    found = listed(program, makers=[running.pid])
    assert left and {(e["kind"], e["path"]) for e in found} == {("semaphore", f"/dev/shm/{name}") for name in left}
    listed(program, "--yes")
    assert objects() == before


def test_a_run_that_goes_on_is_left_alone(program):
    running = program.start("run", "file-write", "--workers", 2, "--time", "1500ms", "--trials", 1, "--out", "out",
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        assert listed(program, "--yes", makers=[running.pid]) == []
    assert running.returncode == 0
    assert [t["status"] for t in program.trials()] == ["ok"]


def mark_of(pid):
    """As base/maker.hpp writes it."""
    start = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return f"{pid}-{start}-{boot}-{os.stat('/proc/self/ns/pid').st_ino:x}"


def test_says_what_there_is_and_how_to_be_rid_of_it(program, temporary):
    process = subprocess.Popen(["sleep", "60"])
    folder = temporary / f"fairground-check-{mark_of(process.pid)}-Ab12Cd"
    folder.mkdir()
    (temporary / "fairground-check-Ab12Cd").mkdir()
    assert str(folder) not in program.run("clean").stdout, "its maker runs"
    process.kill()
    process.wait()
    done = program.run("clean")
    assert done.returncode == 0 and done.stderr == ""
    assert f"folder {folder}, left by process {process.pid}\n" in done.stdout
    assert done.stdout.endswith("`fairground clean --yes` removes it.\n") or "removes them" in done.stdout
    done = program.run("clean", "--yes")
    assert done.returncode == 0 and f"removed folder {folder}, left by process {process.pid}\n" in done.stdout
    assert [path.name for path in temporary.iterdir()] == ["fairground-check-Ab12Cd"]
    assert str(temporary) not in program.run("clean").stdout


def test_what_can_t_be_removed_is_said_with_exit_code_1(program, temporary):
    if os.geteuid() != 0 or shutil.which("chattr") is None:
        pytest.skip("takes root and chattr")
    process = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    folder = temporary / f"fairground-check-{mark_of(process.pid)}-Ab12Cd"
    folder.mkdir()
    (folder / "file").write_text("x")
    process.wait()
    if subprocess.run(["chattr", "+i", folder / "file"], capture_output=True).returncode != 0:
        pytest.skip("this file system can't keep a file from being removed")
    try:
        done = program.run("clean", "--yes")
        assert done.returncode == 1 and "can't be removed" in done.stderr and str(folder) not in done.stdout
    finally:
        subprocess.run(["chattr", "-i", folder / "file"], check=True)


def test_help_and_bad_input(program):
    done = program.run("clean", "--help")
    assert done.returncode == 0 and "Examples:" in done.stdout and "--yes" in done.stdout
    assert "is no folder" in program.refused("clean", "missing")
    assert "no option --yess" in program.refused("clean", "--yess")
