"""The report on one run."""

from . import crowding, handover, headline, interference, machine, methods, neighbours, page, probed, progress, scaling
from . import shares, shortterm, single, starved, stressed, timeline, tradeoff, units, waits, words
from .markup import Html, join
from .parts import settings_words

MOST_PANELS = 6  # shown in depth; the others are in the table of all points

FAMILY_NAMES = {"locks": "locks", "semaphores": "semaphores", "cpu": "computing", "io": "files and network"}


class Report:
    """Everything that a page, or a folder of plots, shows of one run."""

    def __init__(self, run):
        self.run = run
        self.headline = headline.headline(run)
        self.neighbours = neighbours.Neighbours(run)
        self.about_neighbours = bool(self.neighbours.pairs) and all(e.get("companions") for e in run.measured)
        if self.about_neighbours:
            self.headline.title = interference.title(self.neighbours) + "."
            self.headline.lede = interference.lede(self.neighbours) + headline.cautions(run)
        elif stressed.applies(run):
            self.headline.title, self.headline.lede = stressed.title(run), stressed.lede(run)
        self.depth, self.alone = self._sorted_panels()

    def _sorted_panels(self):
        """Panels to be shown in depth, the headline's first and then the worst: those in which workloads can be compared,
        and those whose waits were looked at. And the points that stand alone."""
        usable = [p for p in self.run.panels if any(q.n for q in p.points)]
        company = [p for p in usable if p.comparable() or probed.looked_at(self.run, p)]
        company.sort(key=lambda p: (p is not self.headline.panel, words.severity(words.worst_of(p.points))))
        in_matrix = bool(self.neighbours.pairs)
        alone = [p for p in usable if p not in company and not (in_matrix and "with" in p.settings)]
        return company[:MOST_PANELS], alone

    def workers_of(self, panel):
        """The number of workers at which a panel is shown in depth: the headline's, or where somebody is worst off."""
        if panel is self.headline.panel and len(panel.at(self.headline.workers)) > 1:
            return self.headline.workers
        crowded = [n for n in panel.workers if len(panel.at(n)) > 1] or panel.workers
        return min(crowded, key=lambda n: (words.severity(words.worst_of(panel.at(n))), -n))

    def leading(self):
        """The figure below the headline."""
        if self.about_neighbours:
            return interference.draw(self.neighbours)
        if self.headline.panel in self.depth:
            return starved.draw(
                self.headline.panel.at(self.workers_of(self.headline.panel)), "starved", title=self.headline.title
            )
        return single.draw(self.alone, "single") if self.alone else None

    def figures(self, panel, suffix=""):
        """A panel's figures in the order of the page."""
        run, points = self.run, panel.at(self.workers_of(panel))
        told = panel is self.headline.panel and not self.about_neighbours
        first = [] if told else [starved.draw(points, "starved" + suffix)]
        over_workers = [m.draw(panel, run.machine, _name(m) + suffix) for m in (scaling, crowding) if m.applies(panel)]
        of_contenders = [m.draw(points, _name(m) + suffix) for m in (shares, progress) if m.applies(points)]
        of_waits = [m.draw(run, points, _name(m) + suffix) for m in (waits, shortterm) if m.applies(run, points)]
        of_order = [m.draw(run, points, _name(m) + suffix) for m in (handover, timeline) if m.applies(run, points)]
        if tradeoff.applies(points):  # beside a figure that stands alone in its row, else across the page
            alone = next((row for row in (over_workers, of_waits) if sum(not f.wide for f in row) == 1), None)
            drawn = tradeoff.draw(points, "tradeoff" + suffix, 1120 if alone is None else 540)
            (of_contenders if alone is None else alone).append(drawn)
        return first + over_workers + of_contenders + of_waits + of_order

    def machine(self, width=540, name="machine"):
        return machine.draw(self.run.machine, self.headline.point, name, width)

    def everything(self):
        """All figures, for `plot`."""
        out = [self.leading()] if self.leading_exists() else []
        if self.neighbours.pairs and not self.about_neighbours:
            out.append(interference.draw(self.neighbours))
        for i, panel in enumerate(self.depth):
            out += self.figures(panel, f"-{i + 1}" if i else "")
        if self.alone and (self.headline.panel in self.depth or self.about_neighbours):
            out.append(single.draw(self.alone, "single"))
        return out + [self.machine()]

    def leading_exists(self):
        return bool(self.about_neighbours or self.headline.panel in self.depth or self.alone)


def _name(module):
    return module.__name__.rsplit(".", 1)[-1]


def kicker(report):
    run, head = report.run, report.headline
    if head.panel is None:
        return run.name
    families = units.listed(FAMILY_NAMES.get(f, f) for f in sorted({e["family"] for e in run.measured}))
    where = f"{units.plural(head.workers, 'worker')} on {units.plural(run.machine['units'], 'processing unit')}"
    amount = (
        f"{units.plural(len({e['workload'] for e in run.measured}), 'workload')} × {units.plural(run.blocks, 'block')}"
    )
    return " · ".join([words.capital(families), where, amount])


def facts_of(machine):
    """The machine in one line."""
    virtual = machine.get("virtualisation")
    parts = [
        machine.get("cpu_model") or "unknown processor",
        f"virtual machine ({virtual})" if virtual not in (None, "", "none") else "",
        f"{units.plural(machine['cores'], 'core')}, {units.plural(machine['units'], 'PU')}",
        f"Linux {machine['kernel']}" if machine.get("kernel") else "",
        machine.get("libc") or "",
        f"governor {machine['governor']}" if machine.get("governor") else "",
        f"clock {machine['clock_source']}" if machine.get("clock_source") else "",
    ]
    return " · ".join(p for p in parts if p)


def machine_and_warnings(report):
    run = report.run
    drawn = report.machine()
    facts = facts_of(run.machine)
    pins = sorted({e["pin"] for e in run.measured})
    left = join(
        Html('<div id="machine"><h2>The machine</h2>'),
        page.figure(drawn, heading=False),
        Html('<p class="facts">'),
        facts,
        " · pinning " + ", ".join(pins) if pins else "",
        Html("</p></div>"),
    )
    count, items = page.warnings_list(run.record.warnings, run.workloads)
    title = "No warnings" if count == 0 else units.plural(count, "warning")
    right = join(Html(f'<div id="warnings"><h2>{title}</h2>'), items, Html("</div>"))
    return count, Html(f'<section><div class="row">{left}{right}</div></section>\n')


def panel_section(report, index, panel):
    workers = report.workers_of(panel)
    names = units.listed(FAMILY_NAMES.get(f, f) for f in panel.families)
    others = [n for n in panel.workers if n != workers]
    beside = f" beside {panel.points[0].beside}" if panel.points[0].beside else ""
    heading = (
        f"{words.capital(names)}{' in depth' if panel is report.headline.panel else ''}:"
        f" {units.plural(workers, 'worker')}{beside}"
    )
    setting = join(
        Html('<p class="setting">'),
        Html(f"<code>{_escaped(settings_words(panel))}</code>"),
        f" · also with {units.listed(map(str, others))} {'worker' if others == [1] else 'workers'}" if others else "",
        Html("</p>"),
    )
    content = join(
        setting,
        page.chips(sorted(panel.points, key=lambda p: p.label)),
        page.rows(report.figures(panel, f"-{index + 1}" if index else "")),
    )
    return page.section(f"panel-{index + 1}", heading, content)


def _escaped(text):
    from .markup import escape

    return escape(text)


def render(run):
    """The page, and the sentences of its headline."""
    report = Report(run)
    record, head = run.record, report.headline
    count, beside = machine_and_warnings(report)
    parts = [
        page.header(
            [
                f"run {record.header['run_id']} · {units.date(record.header['started_realtime_ns'])}",
                ", ".join(filter(None, [run.name, run.machine.get("cpu_model")])),
            ],
            [
                ("machine", "Machine"),
                ("warnings", "No warnings" if not count else units.plural(count, "warning")),
                ("methods", "Methods"),
            ],
        ),
        Html("<main>\n"),
        page.banner(record.complaint()),
        page.opening(kicker(report), head.title, " ".join(head.lede)),
    ]
    leading = report.leading()
    if leading is not None:
        parts.append(page.section("finding", "", page.figure(leading, heading=leading.kind == "single"), first=True))
    parts.append(beside)
    if report.neighbours.pairs and not report.about_neighbours:
        drawn = page.figure(interference.draw(report.neighbours))
        parts.append(page.section("neighbours", "What neighbours take", drawn))
    failed = methods.failures(run)
    if failed:
        parts.append(page.section("failed", "What did not go well", failed))
    parts += [panel_section(report, i, panel) for i, panel in enumerate(report.depth)]
    if report.alone and leading is not None and leading.kind != "single":
        parts.append(page.section("alone", "Each on its own", page.rows([single.draw(report.alone, "single")])))
    parts.append(page.section("methods", "How it was measured", methods.methods(run)))
    parts += [Html("</main>\n"), methods.footer([run])]
    return page.document(f"Fairground: {run.name}", "".join(parts)), head.sentences
