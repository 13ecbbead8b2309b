"""The machine as hwloc sees it, with the workers on it: packages, caches, cores and units as boxes within boxes."""

import math

from . import units, words
from .canvas import Canvas, shorten, text_width
from .markup import Html, Table
from .parts import LABEL, Figure
from .topology import packages, workers_on

PAD, GAP = 12, 8
FULL_CORE = 118  # px that a core needs to be drawn with its caches in words
SMALL_UNIT = 13  # px of a unit where there is no room for words


def draw(machine, point=None, name="machine", width=540):
    """point: whose workers are shown, with their shares where the workers are the contenders."""
    shown = packages(machine)
    on = workers_on(point)
    canvas = Canvas(name, width, 20)
    cores = sum(len(p.cores) for p in shown)
    full = (
        cores
        and cores * FULL_CORE + (cores + 1) * GAP <= width
        and all(len(core[1]) <= 4 for p in shown for core in p.cores)
        and len(shown) == 1
    )
    if shown:
        _resize(canvas, (_Full if full else _Grid)(canvas, machine, shown, on, point).draw())
    else:
        canvas.text(0, 14, "The record holds no topology to draw.", LABEL, "muted")
    lead = "The machine and its workers." if point else "The machine."
    return Figure(
        name,
        "The machine",
        canvas,
        lead,
        Html(""),
        _table(machine, shown, on, point),
        "machine",
    )


def _resize(canvas, height):
    canvas.height = math.ceil(height)
    canvas.figure.set_size_inches(canvas.width / 72, canvas.height / 72)
    canvas.axes.set_ylim(canvas.height, 0)


def _shares(point):
    if point is None or point.noun != "worker" or not point.contender_shares:
        return {}
    return {i: s.median for i, s in enumerate(point.contender_shares) if s is not None}


def _starved(point):
    """The worker that gets the inverted chip."""
    if point is None or point.noun != "worker" or words.judged(point) not in (words.STARVED, words.SHORT):
        return None
    return point.worst[0] if point.worst_is_constant() else None


class _Full:
    """Few cores: caches in words, and every worker a chip below its unit."""

    CHIPS = 4  # beside each other

    def __init__(self, canvas, machine, shown, on, point):
        self.canvas, self.machine, self.package, self.on, self.point = canvas, machine, shown[0], on, point
        self.shares, self.starved = _shares(point), _starved(point)

    def draw(self):
        c, package = self.canvas, self.package
        y = PAD + 16
        _package_head(c, self.machine, package, 0, PAD + 4, c.width)
        x, inner = PAD + 2, c.width - 2 * PAD - 4
        top = y + 8
        total = len(package.cores)
        each = (inner - GAP * (total - 1)) / total
        drawn, bottom = 0, 0
        leads = []
        has_cache = any(size for size, _ in package.caches)
        for size, cores in package.caches:
            left = x + drawn * (each + GAP)
            wide = len(cores) * each + (len(cores) - 1) * GAP
            if size:
                c.rect(left, top, wide, 24, fill="shade", radius=2)
                c.text(left + 10, top + 16, "L3", LABEL, "ink")
                room = wide - 50
                text = f"{units.size(size)}, shared by {units.plural(len(cores), 'core')}"
                c.text(
                    left + wide - 10,
                    top + 16,
                    text if text_width(text, LABEL) < room else units.size(size),
                    LABEL,
                    "muted",
                    anchor="end",
                )
            for k, core in enumerate(cores):
                leads += self._core(left + k * (each + GAP), top + (32 if has_cache else 0), each, core)
            drawn += len(cores)
        bottom = top + (32 if has_cache else 0) + 70 + PAD
        c.rect(0.5, 0.5, c.width - 1, bottom - 1, stroke="axis", radius=6)
        return self._chips(leads, bottom)

    def _core(self, x, y, width, core):
        index, members = core
        c = self.canvas
        c.rect(x, y, width, 70, stroke="rule", radius=2)
        c.text(x + 9, y + 18, f"Core {index}" if index is not None else "Core", LABEL, "ink", "semibold")
        caches = " · ".join(
            f"{k}{units.NBSP}{units.size(max(v))}" for k, v in sorted(self.package.inner.items(), reverse=True)
        )
        if text_width(caches, 11.5) < width - 72:
            c.text(x + width - 9, y + 18, caches, 11.5, "muted", anchor="end")
        each = (width - 18 - 6 * (len(members) - 1)) / len(members)
        leads = []
        for k, unit in enumerate(members):
            left = x + 9 + k * (each + 6)
            c.rect(left, y + 32, each, 28, fill="shade", radius=2)
            usable = unit in self.machine["allowed_units"]
            c.text(left + each / 2, y + 50, f"PU {unit}", LABEL, "ink" if usable else "axis", anchor="middle")
            leads.append((unit, left + each / 2, y + 60, (width + GAP) / len(members)))
        return leads

    def _chips(self, leads, bottom):
        c, lowest = self.canvas, bottom
        for unit, x, y, room in leads:
            here = self.on.get(unit, [])
            if not here:
                continue
            c.line([(x, y), (x, bottom + 14)], "axis", 1.0)
            across = max(1, min(self.CHIPS, int(room // 35), len(here)))
            wide = min(54, (room - 5 * (across - 1) - 8) / across)
            for k, worker in enumerate(here):
                row, column = divmod(k, across)
                in_row = min(across, len(here) - row * across)
                left = x - (in_row * wide + (in_row - 1) * 5) / 2 + column * (wide + 5)
                top = bottom + 14 + row * 50
                self._chip(left, top, wide, worker)
                lowest = max(lowest, top + (48 if self.shares else 30))
        if self.on.get(None):
            c.text(PAD, lowest + 18, f"not pinned to one PU: {_span(self.on[None])}", LABEL, "muted")
            lowest += 22
        if self.shares:
            c.text(
                PAD + 2,
                lowest + 14,
                shorten(
                    f"number under a worker: its share {words.behind(self.point)} {self.point.label}, 1 = fair",
                    c.width - 20,
                    11.5,
                ),
                11.5,
                "muted",
            )
            lowest += 18
        return lowest + 4

    def _chip(self, x, y, width, worker):
        c, out = self.canvas, worker == self.starved
        c.rect(x, y, width, 28, fill="ink" if out else "page", stroke="ink", line=1.1, radius=13)
        name = f"w{worker}"
        c.text(
            x + width / 2,
            y + 18.5,
            name,
            LABEL if text_width(name, LABEL, "semibold") < width - 6 else 10.5,
            "page" if out else "ink",
            "semibold",
            "middle",
        )
        if worker in self.shares:
            c.text(
                x + width / 2,
                y + 44,
                units.share(self.shares[worker]),
                LABEL,
                "ink" if out else "muted",
                "semibold" if out else "normal",
                "middle",
            )


class _Grid:
    """Many cores: a core is a box of its units, and a unit is filled where a worker is."""

    def __init__(self, canvas, machine, shown, on, point):
        self.canvas, self.machine, self.shown, self.on, self.point = canvas, machine, shown, on, point
        self.starved = _starved(point)
        self.used = sum(len(v) for k, v in on.items() if k is not None)
        self.threads = max(len(core[1]) for p in shown for core in p.cores)
        self._sizes(max(len(cores) for p in shown for _, cores in p.caches), max(len(p.caches) for p in shown))

    def _sizes(self, cores, caches):
        """How many caches and cores stand beside each other, and how large a unit is, so that the width is used."""
        small = cores * caches <= 4 and len(self.shown) > 1 and self.canvas.width > 500
        self.beside = min(4 if cores * caches <= 2 and len(self.shown) > 2 else 2, len(self.shown)) if small else 1
        self.wide = (self.canvas.width - 10 * (self.beside - 1)) / self.beside
        inner = self.wide - 2 * PAD + 8
        self.caches_across = 1 if caches == 1 else 2 if cores > 4 or self.canvas.width < 500 else 4
        self.cache_wide = (inner - 8 * (self.caches_across - 1)) / self.caches_across
        most = max(1, min(16, int((self.cache_wide - 12) // 24)))
        rows = math.ceil(cores / most)
        self.across = math.ceil(cores / rows)
        if rows > 1 and cores % most == 0:
            self.across = most
        self.core_wide = min(72, (self.cache_wide - 12 + 5) / self.across - 5)
        self.unit = (self.core_wide - 6, 20 if self.core_wide > 26 else SMALL_UNIT)
        widest = max((w for here in self.on.values() for w in here), default=0)
        self.named = text_width(f"w{widest}", 11, "semibold") <= self.unit[0] - 3 and self.unit[1] >= 20

    def draw(self):
        y = 0
        for start in range(0, len(self.shown), self.beside):
            row = self.shown[start : start + self.beside]
            y = max(self._package(package, k * (self.wide + 10), y) for k, package in enumerate(row)) + 10
        return self._legend(y)

    def _package(self, package, x, top):
        c = self.canvas
        _package_head(c, self.machine, package, x, top + PAD + 4, self.wide)
        y = top + PAD + 20
        for start in range(0, len(package.caches), self.caches_across):
            beside = package.caches[start : start + self.caches_across]
            y = max(
                self._cache(size, cores, x + PAD - 4 + k * (self.cache_wide + 8), y)
                for k, (size, cores) in enumerate(beside)
            )
        c.rect(x + 0.5, top + 0.5, self.wide - 1, y + 1 - top, stroke="axis", radius=6)
        return y + 2

    def _cache(self, size, cores, x, y):
        c, rows = self.canvas, math.ceil(len(cores) / self.across)
        high = self.unit[1] * self.threads + 2 * (self.threads - 1) + 6
        tall = rows * (high + 5) + (25 if size else 7)
        if size:
            c.rect(x, y, self.cache_wide, tall, fill="shade", radius=3)
            c.text(x + 7, y + 15, "L3", 11.5, "ink")
            text = f"{units.size(size)}, shared by {units.plural(len(cores), 'core')}"
            if text_width(text, 11.5) > self.cache_wide - 40:
                text = units.size(size)
            c.text(x + self.cache_wide - 7, y + 15, text, 11.5, "muted", anchor="end")
        for k, (_, members) in enumerate(cores):
            row, column = divmod(k, self.across)
            left, top = x + 6 + column * (self.core_wide + 5), y + (22 if size else 2) + row * (high + 5)
            c.rect(left, top, self.core_wide, high, fill="page", stroke="rule", radius=2)
            for j, unit in enumerate(members):
                self._unit(left + 3, top + 3 + j * (self.unit[1] + 2), unit)
        return y + tall + 7

    def _unit(self, x, y, unit):
        c, here = self.canvas, self.on.get(unit, [])
        wide, high = self.unit
        out = self.starved in here and self.starved is not None
        allowed = unit in self.machine["allowed_units"]
        if here:
            c.rect(x + 0.5, y + 0.5, wide - 1, high - 1, fill="ink" if out else "page", stroke="ink", radius=3)
        else:
            c.rect(x, y, wide, high, fill="shade" if allowed else None, radius=2)
        text = self._name(here, out) if here and self.named else ""
        if text:
            c.text(x + wide / 2, y + high / 2 + 4, text, 11, "page" if out else "ink", "semibold", "middle")

    def _name(self, here, out):
        """Who is there, as far as there is room: all names, the short one's, how many."""
        room = self.unit[0] - 3
        choices = (
            [" ".join(f"w{w}" for w in here)]
            + ([f"w{self.starved}"] if out else [])
            + ([f"{len(here)}"] if len(here) > 1 else [])
        )
        return next((t for t in choices if text_width(t, 11, "semibold") <= room), "")

    def _legend(self, y):
        c = self.canvas
        parts = [
            (
                f"Each box is a core with its {units.plural(self.threads, 'unit')}"
                if self.threads > 1
                else "Each box is a core"
            )
        ]
        if self.used:
            parts.append("outlined: a worker is there")
        if any(len(v) > 1 for k, v in self.on.items() if k is not None):
            parts[-1] += " (a number: so many)" if self.named else ", or several"
        if self.starved is not None:
            parts.append(f"black: w{self.starved}, which went short")
        if self.on.get(None):
            parts.append(f"not pinned to one unit: {units.plural(len(self.on[None]), 'worker')}")
        for line in _wrapped("; ".join(parts) + ".", c.width - 4, 11.5):
            c.text(2, y + 12, line, 11.5, "muted")
            y += 16
        return y + 4


def _wrapped(text, width, size):
    lines, line = [], ""
    for word in text.split(" "):
        longer = (line + " " + word).strip()
        if line and text_width(longer, size) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return lines + [line]


def _package_head(c, machine, package, x, y, width):
    c.text(x + PAD + 2, y + 6, package.name, 13, "ink", "semibold")
    nodes = package.nodes or (1 if machine["packages"] == 1 else 0)
    parts = [units.plural(nodes, "NUMA node")] if nodes else []
    if machine["packages"] == 1 and machine.get("memory_bytes"):
        parts.append(units.size(machine["memory_bytes"]))
    if len(package.cores) > 4:
        parts.append(units.plural(len(package.cores), "core"))
    text = " · ".join(parts)
    if text_width(text, LABEL) < width - 2 * PAD - text_width(package.name, 13, "semibold") - 8:
        c.text(x + width - PAD - 2, y + 6, text, LABEL, "muted", anchor="end")


def _span(workers):
    if len(workers) > 2 and workers == list(range(workers[0], workers[-1] + 1)):
        return f"w{workers[0]} to w{workers[-1]}"
    return units.listed(f"w{w}" for w in workers)


def _table(machine, shown, on, point):
    shares = _shares(point)
    rows = []
    for package in shown:
        for core, members in package.cores:
            for unit in members:
                here = on.get(unit, [])
                if here or len(shown) * len(package.cores) <= 32:
                    text = ", ".join(f"w{w}" + (f" ({units.share(shares[w])})" if w in shares else "") for w in here)
                    rows.append(
                        [
                            f"PU {unit}",
                            f"{core}" if core is not None else "–",
                            f"{package.index}" if package.index is not None else "–",
                            text or "–",
                        ]
                    )
    return Table(["unit", "core", "package", "workers (share)" if shares else "workers"], rows, words=4)
