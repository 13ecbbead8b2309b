"""Where a command writes: files whole or not at all, whatever else is there as it is, and standard output."""

import os
import stat
import sys
from pathlib import Path

from .errors import UserError

STANDARD = ("-", "/dev/stdout")


def is_standard(path):
    return str(path) in STANDARD


def write(path, content):
    """Writes bytes. A link is followed; what exists and is no file (a device, a pipe) is written into, not replaced."""
    try:
        if is_standard(path):
            sys.stdout.flush()
            _all(sys.stdout.fileno(), content)
        elif _exists_and_is_no_file(path):
            _into(path, content)
        else:
            _whole(Path(os.path.realpath(path)), content)
    except BrokenPipeError:
        if is_standard(path):
            raise
        raise _cannot(path, "nobody reads it any more") from None
    except OSError as error:
        raise _cannot(path, error.strerror or error) from None


def _cannot(path, why):
    name = "standard output" if is_standard(path) else path
    return UserError(f"{name} can't be written: {why}; choose another place with -o.")


def _exists_and_is_no_file(path):
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


def _all(descriptor, content):
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _into(path, content):
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY)
    try:
        _all(descriptor, content)
    finally:
        os.close(descriptor)


def _whole(path, content):
    """By way of a file beside it, which is gone again if anything fails; an old file's permissions stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    maker = os.environ.get("FAIRGROUND_SUPERVISOR") or os.getpid()  # by the former, `fairground clean` tells it
    half = path.with_name(f".{path.name[:180]}.{maker}.part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            if path.exists():
                os.fchmod(descriptor, stat.S_IMODE(path.stat().st_mode))
            _all(descriptor, content)
        finally:
            os.close(descriptor)
        os.replace(half, path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def guarded(body):
    """Runs a command: exit code 2 with one sentence for bad input and for output that can't be written."""
    try:
        code = body()
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"fairground: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _let_go()
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # of print: every other has become a UserError
        print(f"fairground: standard output can't be written: {error.strerror or error}.", file=sys.stderr)
        _let_go()
        return 2


def _let_go():
    """So that the interpreter's last flush of standard output meets no error again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
