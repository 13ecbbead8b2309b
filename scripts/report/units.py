"""Numbers as people read them: a space that does not break between number and unit, three digits at most."""

import math

NBSP = "\u00a0"
THIN = "\u202f"  # between thousands

FRACTIONS = {0.25: "¼", 0.5: "½", 0.75: "¾", 1.25: "1¼", 1.5: "1½", 1.75: "1¾"}


def significant(x, digits=3):
    """x with so many significant digits, plain decimal notation, thousands apart, no trailing zeros."""
    if x == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(x)))
    rounded = round(x, digits - 1 - magnitude)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(rounded)))) if rounded else 0
    text = f"{rounded:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", THIN).replace("-", "−")


def count(n):
    """A whole number with its thousands apart."""
    return f"{round(n):,}".replace(",", THIN).replace("-", "−")


def rate(x, per_second=True):
    """Operations per second: 160 /s, 400 k/s, 2.3 M/s."""
    if x is None:
        return "–"
    number, unit = x, ""
    for factor, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if x >= 0.9995 * factor:
            number, unit = x / factor, name
            break
    tail = unit + ("/s" if per_second else "")
    return significant(number) + (NBSP + tail if tail else "")


def duration(ns):
    """Nanoseconds as 9 ns, 12 µs, 980 ms, 1.2 s."""
    if ns is None:
        return "–"
    for factor, name in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if ns >= 0.9995 * factor:
            return significant(ns / factor) + NBSP + name
    return significant(ns) + NBSP + "ns"


class Nanoseconds(int):
    """A parameter that is a duration."""

    def exact(self):
        """As one types it, to the last digit: 100ns, 11.7µs, 1234.567µs."""
        for factor, name in ((10**9, "s"), (10**6, "ms"), (10**3, "µs")):
            if self >= factor and self % (factor // 1000) == 0:
                return f"{self // factor}.{self % factor // (factor // 1000):03}".rstrip("0").rstrip(".") + name
        return f"{int(self)}ns"


class Bytes(int):
    """A parameter that is a size."""

    def exact(self):
        """As one types it, to the last digit: 3MiB, 1500B."""
        for power, name in ((40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
            if self > 0 and self % 2**power == 0:
                return f"{self >> power}{name}"
        return f"{int(self)}B"


def share(x):
    """A share, 1 = fair: two decimals, more where two would say 0 of something that isn't."""
    if x is None:
        return "–"
    if x == 0:
        return "0"
    if x < LEAST:
        return f"<{LEAST}"
    return significant(x, 1) if x < 0.095 else f"{x:.2f}"


def percent(x):
    """A ratio in percent: 16 %, 0.4 %, less than 0.1 %."""
    if 0 < abs(x) < LEAST:
        return "less than " + significant(100 * LEAST, 1) + NBSP + "%"
    digits = 2 if 0.01 <= abs(x) < 1 else 1 if abs(x) < 0.01 else 3
    return significant(100 * x, digits) + NBSP + "%"


def factor(x):
    """A ratio as 2×, 1.33×, or below one as 1/15."""
    if x is None:
        return "–"
    if x >= 0.995 or x <= 0:
        return significant(x) + "×"
    if x > 0.2:
        return f"{x:.2f}"
    return "1/" + significant(1 / x, 2)


def size(n):
    """Bytes with binary prefixes."""
    for power, name in ((40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
        if n >= 2**power:
            return significant(n / 2**power, 3 if n / 2**power < 1000 else 4) + NBSP + name
    return count(n) + NBSP + "bytes"


def plural(n, word, many=None):
    """1 trial, 2 trials."""
    return f"{count(n)}{NBSP}{word if n == 1 else (many or word + 's')}"


LEAST = 0.001  # below, a share is only said to be below

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(n):
    """Small counts in words, as prose wants them."""
    return WORDS[n] if 0 <= n < len(WORDS) else count(n)


def listed(items, word="and"):
    """a, b and c."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {word} " + items[-1]


def ordinal(n):
    """first, second … twelfth, 13th."""
    names = (
        "",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
    )
    if n < len(names):
        return names[n]
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def date(realtime_ns):
    """Nanoseconds since 1970 as 24 Nov 2026, 19:31 UTC; no locale, no time zone of the reader's."""
    import datetime

    at = datetime.datetime.fromtimestamp(realtime_ns // 10**9, datetime.timezone.utc)
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[at.month - 1]
    return f"{at.day}{NBSP}{month} {at.year}, {at.hour:02}:{at.minute:02}{NBSP}UTC"


def revision(text):
    """A git revision in short, still saying that the tree was changed."""
    return text[:12] + ("-dirty" if text.endswith("-dirty") and len(text) > 12 else "")
