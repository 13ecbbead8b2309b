import pytest

from report import units

S, T = units.NBSP, units.THIN


@pytest.mark.parametrize(
    "value, text", [(0, "0"), (159.6, "160"), (1234, f"1{T}230"), (0.00123, "0.00123"), (99.95, "100"), (-2.5, "−2.5")]
)
def test_three_significant_digits(value, text):
    assert units.significant(value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (160, f"160{S}/s"),
        (400e3, f"400{S}k/s"),
        (999.9e3, f"1{S}M/s"),
        (2.35e6, f"2.35{S}M/s"),
        (3e9, f"3{S}G/s"),
        (None, "–"),
    ],
)
def test_rates(value, text):
    assert units.rate(value) == text


@pytest.mark.parametrize(
    "value, text",
    [(9, f"9{S}ns"), (12_000, f"12{S}µs"), (980e6, f"980{S}ms"), (999.9e6, f"1{S}s"), (1.15e9, f"1.15{S}s")],
)
def test_durations(value, text):
    assert units.duration(value) == text


@pytest.mark.parametrize(
    "value, text", [(0, "0"), (0.163, "0.16"), (0.004, "0.004"), (0.0002, "<0.001"), (1, "1.00"), (None, "–")]
)
def test_a_share_is_never_rounded_to_nothing(value, text):
    assert units.share(value) == text


@pytest.mark.parametrize(
    "value, text", [(1, "1×"), (13000, f"13{T}000×"), (0.5, "0.50"), (1 / 15, "1/15"), (1 / 190000, f"1/190{T}000")]
)
def test_factors(value, text):
    assert units.factor(value) == text


def test_dates_know_no_locale():
    assert units.date(1795548660 * 10**9) == f"24{S}Nov 2026, 19:31{S}UTC"


def test_lists():
    assert units.listed(["a"]) == "a"
    assert units.listed(["a", "b", "c"]) == "a, b and c"


def test_parameters_are_shown_to_the_last_digit():
    shown = {0: "0ns", 100: "100ns", 1_000: "1µs", 11_700: "11.7µs", 1_234_567: "1234.567µs", 1_234_000: "1.234ms"}
    shown |= {10**9: "1s", 90 * 10**9: "90s"}
    assert {int(n): units.Nanoseconds(n).exact() for n in shown} == shown
    shown = {0: "0B", 64: "64B", 1_500: "1500B", 4_096: "4KiB", 3 << 20: "3MiB", (3 << 20) + 1: "3145729B"}
    assert {int(n): units.Bytes(n).exact() for n in shown} == shown
