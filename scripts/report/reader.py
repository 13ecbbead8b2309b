"""Reads run.jsonl strictly, as results/schema/format.md says it: a reader that guesses makes up data."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from . import shape, units
from .errors import UserError

MAJOR = 1  # of the schema that is understood here
TYPES = {"duration": units.Nanoseconds, "size": units.Bytes}  # of parameters


@dataclass
class Record:
    """One run's record. state: complete, incomplete (no footer), or cut (ends in the middle of a line)."""

    path: Path
    lines: int = 0
    state: str = "incomplete"
    headers: list = field(default_factory=list)
    machine: Optional[dict] = None
    build: Optional[dict] = None
    plugins: list = field(default_factory=list)
    plan: Optional[dict] = None
    trials: list = field(default_factory=list)
    reproductions: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    @property
    def header(self):
        return self.headers[0]

    def complaint(self):
        """The sentence that an incomplete file deserves; empty for a complete one."""
        if self.state == "cut":
            return (
                f"{self.path} ends in the middle of a line, after {self.lines} whole ones: it was cut off, and what is "
                "whole is shown; get the file again, or let the run be resumed."
            )
        if self.state == "incomplete":
            return (
                f"{self.path} has no footer: the run did not end, and what was measured is shown; "
                "it gives plots, but no verdict."
            )
        return ""


def locate(argument) -> Path:
    """The run.jsonl that a person means by a folder or by a file."""
    path = Path(argument)
    try:
        if path.is_dir():
            if not (path / "run.jsonl").exists():
                raise UserError(
                    f"{path} holds no run.jsonl: give the folder that `fairground run` wrote, or the file in it."
                )
            return path / "run.jsonl"
        if not path.exists():
            raise UserError(f"{path} does not exist: give a run's folder or its run.jsonl.")
    except OSError as error:
        raise UserError(
            f"{path} can't be read: {error.strerror or error}; give a run's folder or its run.jsonl."
        ) from None
    return path


def read(argument) -> Record:
    """The record of a run. Throws UserError for what is missing, damaged, or of a newer major version."""
    path = locate(argument)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror or error}.") from None
    if not content:
        raise UserError(f"{path} is empty: the run ended before it wrote anything; run it again.")
    return _Reading(path, content).record()


class _Reading:
    def __init__(self, path, content):
        self.path, self.content = path, content
        self.result = Record(path)
        self.hash = hashlib.sha256()
        self.types = {}  # of parameters, by workload
        self.ended = False  # the line before was a footer

    def damaged(self, number, what):
        return UserError(
            f"{self.path} is damaged at line {number}: {what}; take the file again from where it was written."
        )

    def record(self) -> Record:
        lines = self.content.split(b"\n")
        tail = lines.pop()
        for number, line in enumerate(lines, 1):
            last = number == len(lines) and not tail
            if not self._line(number, line, last):
                break
            self.hash.update(line + b"\n")
            self.result.lines = number
        if tail:
            if not lines:
                self._header_of_stump(tail)
            self._no_more_after_footer(len(lines) + 1)
            self.result.state = "cut"
        return self._whole()

    def _header_of_stump(self, tail):
        if not tail.startswith(b'{"') and not tail.startswith(b"{ "):
            raise UserError(
                f"{self.path} is no Fairground record: its first line is no header; give a run's folder or its"
                " run.jsonl."
            )

    def _no_more_after_footer(self, number):
        if self.ended:
            raise self.damaged(number, "there is something after the footer that is no resumed run")

    def _line(self, number, line, last):
        try:
            entry = json.loads(line.decode("utf-8"), parse_constant=_no_such_number, parse_float=_finite)
            if not isinstance(entry, dict) or not isinstance(entry.get("record"), str):
                raise ValueError("it is no record")
        except (ValueError, RecursionError) as error:
            if number == 1:
                raise UserError(
                    f"{self.path} is no Fairground record: its first line is no header; "
                    "give a run's folder or its run.jsonl."
                ) from None
            if last and not self.ended and "it is no record" not in str(error):
                self.result.state = "cut"
                return False
            raise self.damaged(number, "it can't be read as a record") from None
        self._take(number, entry)
        return True

    def _take(self, number, entry):
        kind = entry["record"]
        if number == 1 and kind != "header":
            raise UserError(
                f"{self.path} is no Fairground record: its first line is no header; give a run's folder or its"
                " run.jsonl."
            )
        if self.ended and not (kind == "header" and entry.get("resumed")):
            self._no_more_after_footer(number)
        self.ended = False
        if kind == "header":
            self._check_version(entry)
        wrong = shape.wrong_with(kind, entry)
        if wrong:
            raise self.damaged(number, f"the {kind} {wrong}")
        keep = getattr(self, "_take_" + kind, None)
        if keep:
            keep(number, entry)

    def _check_version(self, entry):
        schema = entry.get("schema")
        major = schema.split(".")[0] if isinstance(schema, str) else ""
        if not major.isdigit():
            raise UserError(f"{self.path} does not say its schema's version: it is no record of Fairground's.")
        if int(major) > MAJOR:
            raise UserError(
                f"{self.path} is of schema {schema}, and this report knows up to {MAJOR}: use a newer Fairground."
            )

    def _take_header(self, _, entry):
        self.result.headers.append(entry)

    def _take_machine(self, _, entry):
        self.result.machine = self.result.machine or entry

    def _take_build(self, _, entry):
        self.result.build = self.result.build or entry

    def _take_plugin(self, _, entry):
        self.result.plugins.append(entry)
        for workload in entry["workloads"]:
            self.types[workload["id"]] = workload.get("parameter_types") or {}

    def _take_plan(self, _, entry):
        self.result.plan = self.result.plan or entry

    def _take_reproduction(self, _, entry):
        self.result.reproductions.append(entry)

    def _take_warning(self, _, entry):
        self.result.warnings.append(entry)

    def _take_trial(self, _, entry):
        for party in [entry, *(c for c in entry.get("companions") or [] if isinstance(c, dict))]:
            if isinstance(party.get("parameters"), dict):
                party["parameters"] = self._typed(party)
        self.result.trials.append(entry)

    def _typed(self, party):
        """Its parameters; those that are durations and sizes say so by their class."""
        types = self.types.get(party.get("workload"), {})
        return {
            key: TYPES[types[key]](value)
            if types.get(key) in TYPES and type(value) is int and 0 <= value < 2**63
            else value
            for key, value in party["parameters"].items()
        }

    def _take_footer(self, number, entry):
        if entry["sha256"] != self.hash.hexdigest():
            raise self.damaged(
                number, "the footer's SHA-256 is not that of the lines before it, so something was changed"
            )
        if entry.get("lines", number - 1) != number - 1:
            raise self.damaged(
                number, f"the footer speaks of {entry['lines']} lines before it, and there are {number - 1}"
            )
        self.ended = True

    def _whole(self):
        if self.ended and self.result.state != "cut":
            self.result.state = "complete"
        for kind in ("machine", "plan"):
            if getattr(self.result, kind) is None:
                raise UserError(f"{self.path} ends before its {kind} record: there is nothing to show; run it again.")
        if not self.result.trials:
            raise UserError(f"{self.path} holds no trial: there is nothing to show; run it again.")
        return self.result


def _finite(digits):
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is no number")
    return value


def _no_such_number(name):
    raise ValueError(f"{name} is no number")
