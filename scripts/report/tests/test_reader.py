"""Bad input: one sentence that says what, where and what to do; and what is still good is read."""

import json
import random

import pytest

from report import reader
from report.errors import UserError
from report.points import value_text
from report.tests.fixtures import invent, make


@pytest.fixture()
def small():
    """The bytes of a small complete record."""
    return invent.written(make.single())


def read(tmp_path, content, name="run.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return reader.read(path)


def refused(tmp_path, content, *words):
    with pytest.raises(UserError) as caught:
        read(tmp_path, content)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".")
    for word in words:
        assert word in text
    return text


def rewritten(content, change):
    """The record with its lines changed, and a footer that is right again."""
    lines = [json.loads(line) for line in content.splitlines()][:-1]
    change(lines)
    return invent.written(lines)


def test_complete_record(tmp_path, small):
    record = read(tmp_path, small)
    assert record.state == "complete" and record.complaint() == "" and len(record.trials) == 1


def test_parameters_know_whether_they_are_durations_or_sizes(tmp_path, small):
    def change(lines):
        trial = next(x for x in lines if x["record"] == "trial")
        described = [w for x in lines if x["record"] == "plugin" for w in x["workloads"] if w["id"] == trial["workload"]]
        described[0]["parameter_types"] = {"a": "duration", "b": "size", "c": "integer", "d": "duration", "g": "duration"}
        trial["parameters"] = {"a": 11_700, "b": 3 << 20, "c": 11_700, "d": True, "e": 1, "g": 10**400}

    parameters = read(tmp_path, rewritten(small, change)).trials[0]["parameters"]
    shown = {key: value_text(key, value) for key, value in parameters.items()}
    assert len(shown.pop("g")) > 400
    assert shown == {"a": "11.7µs", "b": "3MiB", "c": "11\u202f700", "d": "on", "e": "1"}


@pytest.mark.parametrize("types", ([], {"a": []}, {"a": 7}, "duration"))
def test_types_that_are_none(tmp_path, small, types):
    def change(lines):
        next(x for x in lines if x["record"] == "plugin")["workloads"][0]["parameter_types"] = types

    refused(tmp_path, rewritten(small, change), "damaged", "plugin")


def test_folder_is_its_run_jsonl(tmp_path, small):
    (tmp_path / "run.jsonl").write_bytes(small)
    assert reader.read(tmp_path).state == "complete"


def test_without_footer_it_is_incomplete_but_readable(tmp_path, small):
    record = read(tmp_path, b"\n".join(small.split(b"\n")[:-2]) + b"\n")
    assert record.state == "incomplete" and "no footer" in record.complaint()


def test_cut_in_a_line_the_whole_lines_are_read(tmp_path, small):
    record = read(tmp_path, small[:-30])
    assert record.state == "cut" and "middle of a line" in record.complaint() and len(record.trials) == 1


def test_cut_anywhere_it_is_read_or_refused_with_a_sentence(tmp_path, small):
    generator = random.Random(1)
    for at in sorted(generator.sample(range(1, len(small) - 1), 120)):
        try:
            record = read(tmp_path, small[:at])
            assert record.state in ("cut", "incomplete") and record.complaint()
        except UserError as error:
            assert str(error).endswith(".")


def test_any_changed_byte_before_the_footer_is_noticed(tmp_path, small):
    generator = random.Random(2)
    for at in generator.sample(range(small.rindex(b'{"record":"footer"')), 80):
        changed = bytearray(small)
        changed[at] ^= 1
        try:
            assert read(tmp_path, bytes(changed)).state != "complete"
        except UserError as error:
            assert "damaged" in str(error) or "no Fairground record" in str(error) or "schema" in str(error)


def test_missing_and_empty(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        reader.read(tmp_path / "nowhere")
    with pytest.raises(UserError, match="holds no run.jsonl"):
        reader.read(tmp_path)
    refused(tmp_path, b"", "empty")


@pytest.mark.parametrize(
    "content",
    [b"\x00\xff\xfe", b"hello\n", b"[]\n", b"{}\n", b'{"record":"trial"}\n', b"[" * 100000 + b"\n", b"PK\x03\x04\n\n"],
)
def test_what_is_no_record(tmp_path, content):
    refused(tmp_path, content, "no Fairground record")


def test_newer_major_version(tmp_path, small):
    refused(tmp_path, small.replace(b'"schema":"1.0"', b'"schema":"2.0"', 1), "schema 2.0", "newer Fairground")


def test_newer_minor_version_and_unknown_keys_are_read(tmp_path, small):
    def change(lines):
        lines[0].update(schema="1.7", later=[1])
        lines.insert(3, {"record": "something-new", "x": 1})
        lines[-1]["metrics"]["later_ratio"] = 0.5

    assert read(tmp_path, rewritten(small, change)).state == "complete"


def test_broken_line_in_the_middle_is_named(tmp_path, small):
    lines = small.split(b"\n")
    lines[4] = lines[4][:-5]
    refused(tmp_path, b"\n".join(lines), "damaged", "line 5")


def test_not_a_number_is_no_number(tmp_path, small):
    lines = small.split(b"\n")
    lines[1] = lines[1].replace(b'"cores":2', b'"cores":NaN')
    refused(tmp_path, b"\n".join(lines), "damaged", "line 2")


def test_bytes_after_the_footer(tmp_path, small):
    refused(tmp_path, small + b'{"record":"warning"}\n', "damaged", "after the footer")
    refused(tmp_path, small + b"xx", "damaged", "after the footer")


def test_footer_that_counts_other_lines(tmp_path, small):
    refused(tmp_path, small.replace(b'"lines":9', b'"lines":8'), "damaged", "line 10", "8 lines")


def test_resumed_run_goes_on_after_its_footer(tmp_path, small):
    lines = [json.loads(line) for line in small.splitlines()]
    resumed = [dict(lines[0], resumed=True), lines[-2]]
    record = read(tmp_path, invent.written(lines + resumed))
    assert record.state == "complete" and len(record.trials) == 2 and len(record.headers) == 2


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda t: t.pop("metrics"), "metrics"),
        (lambda t: t.update(status="splendid"), "status"),
        (lambda t: t.update(workers=True), "workers"),
        (lambda t: t.update(workers=0), "below 1"),
        (lambda t: t["per_worker"][0].update(operations=-1), "count"),
        (lambda t: t["metrics"].update(throughput_per_s=-5), "throughput_per_s"),
        (lambda t: t.update(progress={}), "end_ns"),
    ],
)
def test_trial_that_can_not_be(tmp_path, small, change, words):
    refused(tmp_path, rewritten(small, lambda lines: change(lines[-1])), "damaged", words)


def test_nothing_to_show(tmp_path, small):
    refused(tmp_path, rewritten(small, lambda lines: lines.pop()), "holds no trial")
    refused(tmp_path, invent.written(make.single()[:1]), "ends before its machine")
