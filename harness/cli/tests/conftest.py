"""Transcripts of the built program: what it prints, how it exits, what it leaves behind.

FAIRGROUND_BIN names the program, in a build tree with its plugins and the hostile ones."""
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import uuid

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def binary():
    named = os.environ.get("FAIRGROUND_BIN")
    if not named:
        pytest.skip("FAIRGROUND_BIN does not name the built program")
    return pathlib.Path(named).resolve()


@pytest.fixture(scope="session")
def hostile(binary):
    folder = binary.parent.parent / "hostile"
    if not (folder / "hostile.so").exists():
        pytest.skip("the hostile plugins are not built")
    return folder


class Program:
    """The program in an empty folder of its own; all that it starts can be told by a mark in its environment."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.mark = uuid.uuid4().hex
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith("FAIRGROUND_") and k not in ("NO_COLOR", "COLORTERM", "LC_ALL")}
        self.environment.update(LANG="C.UTF-8", TERM="xterm-256color", MARK=self.mark)

    def run(self, *arguments, **more):
        more.setdefault("timeout", 120)
        return subprocess.run([self.binary, *map(str, arguments)], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)

    def start(self, *arguments, **more):
        return subprocess.Popen([self.binary, *map(str, arguments)], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, text=True, **more)

    def refused(self, *arguments):
        """Its one sentence on bad input."""
        done = self.run(*arguments)
        assert done.returncode == 2, (done.stdout, done.stderr)
        assert done.stdout == ""
        assert done.stderr.startswith("fairground: ") and done.stderr.count("\n") == 1, done.stderr
        assert "internal error" not in done.stderr
        return done.stderr

    def record(self, name="out"):
        text = (self.folder / name / "run.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def trials(self, name="out"):
        return [line for line in self.record(name) if line["record"] == "trial"]

    def left(self):
        """Processes that carry the mark and are no zombies."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() not in (process / "environ").read_bytes():
                    continue
                state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
                if state not in "ZX":
                    found.append(f"{process.name} {(process / 'cmdline').read_bytes()}")
            except OSError:
                continue
        return found

    def assert_nothing_left(self, within_s=10):
        end = time.monotonic() + within_s
        while self.left() and time.monotonic() < end:
            time.sleep(0.05)
        assert self.left() == []


@pytest.fixture
def program(binary, tmp_path):
    return Program(binary, tmp_path)


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, program, arguments, columns=100, rows=40, **environment):
        self.output = b""
        pid, self.fd = pty.fork()
        if pid == 0:
            # Before the program looks, the window has its size.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(program.folder)
            os.execve(program.binary, ["fairground", *map(str, arguments)], {**program.environment, **environment})
        self.pid = pid

    def read_until(self, wanted, timeout=60):
        end = time.monotonic() + timeout
        while wanted is None or wanted not in self.output:
            left = end - time.monotonic()
            assert left > 0, self.output[-2000:]
            if not select.select([self.fd], [], [], left)[0]:
                continue
            try:
                part = os.read(self.fd, 65536)
            except OSError:  # the other side is closed
                part = b""
            if not part:
                assert wanted is None, self.output[-2000:]
                return
            self.output += part

    def press(self, key):
        os.write(self.fd, key)

    def end(self, timeout=60):
        """Exit code, and all that was written."""
        self.read_until(None, timeout)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status), self.output.decode()


@pytest.fixture
def on_terminal(program):
    started = []

    def start(*arguments, **more):
        started.append(Terminal(program, arguments, **more))
        return started[-1]

    yield start
    for terminal in started:
        try:
            os.kill(terminal.pid, signal.SIGKILL)
            os.waitpid(terminal.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


@pytest.fixture(scope="session")
def validate():
    """Hold a record against the schema."""
    def check(path):
        done = subprocess.run([SOURCE / "scripts" / "validate-record", path], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return check
