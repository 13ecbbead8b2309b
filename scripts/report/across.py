"""Several runs on common scales: what differs, and what is comparable within each machine."""

from dataclasses import dataclass
from functools import cached_property

from . import (
    across_progress,
    across_scaling,
    across_shares,
    across_words,
    differences,
    forest,
    machine,
    methods,
    page,
    ranks,
    units,
    words,
)
from .markup import Html, escape, join
from .one import FAMILY_NAMES, facts_of
from .parts import settings_words

MOST_SHARED = 4  # panels in depth


@dataclass
class Shared:
    """A panel that several runs have: panels[i] is run i's, or None."""

    settings: dict
    panels: list
    place: str  # machine or run: what is beside what

    @cached_property
    def present(self):
        return [i for i, p in enumerate(self.panels) if p is not None and any(q.n for q in p.points)]

    @cached_property
    def series(self):
        """Keys of the workloads that every run which has the panel has, the control last."""
        sets = [{q.key for q in self.panels[i].points if q.n} for i in self.present]
        common = set.intersection(*sets) if sets else set()
        first = self.panels[self.present[0]]
        return [k for k in first.series if k in common]

    @cached_property
    def workers(self):
        """Per run, the number of workers at which it is compared: the largest that all have, else its largest."""
        found = {
            i: {n for n in self.panels[i].workers if {q.key for q in self.panels[i].at(n)} >= set(self.series)}
            for i in self.present
        }
        common = set.intersection(*found.values()) if found else set()
        if common:
            return {i: max(common) for i in self.present}
        return {i: max(found[i] or set(self.panels[i].workers)) for i in self.present}

    @property
    def even(self):
        """The number of workers that all have in common; None if there is none."""
        counts = set(self.workers.values())
        return counts.pop() if len(counts) == 1 else None

    def point(self, i, key):
        return next((q for q in self.panels[i].at(self.workers[i]) if q.key == key), None)

    def points(self, i):
        return [p for p in (self.point(i, k) for k in self.series) if p is not None]


class Report:
    def __init__(self, runs):
        self.runs = runs
        self.shared = self._match()

    def _match(self):
        """Panels of one kind and the same settings in at least two runs, those of most runs and workloads first."""
        found = {}
        for i, run in enumerate(self.runs):
            for panel in run.panels:
                key = (panel.kind, tuple((k, repr(v)) for k, v in panel.settings.items()))
                found.setdefault(
                    key, Shared(panel.settings, [None] * len(self.runs), differences.word(self.runs))
                ).panels[i] = panel
        shared = [s for s in found.values() if len(s.present) >= 2 and s.series]
        return sorted(shared, key=lambda s: (-len(s.present), -len(s.series), sorted(s.panels[s.present[0]].families)))

    @property
    def company(self):
        return [s for s in self.shared if len(s.series) >= 2][:MOST_SHARED]

    @property
    def lone(self):
        return [s for s in self.shared if len(s.series) < 2]

    def machines(self):
        width = 540 if len(self.runs) == 2 else 346
        focus = self.company[0] if self.company else None
        out = []
        for i, run in enumerate(self.runs):
            worst = words.worst_of(focus.points(i)) if focus and i in focus.present else words.headline(run).point
            drawn = machine.draw(run.machine, worst, f"machine-{i + 1}", width)
            drawn.title = run.name
            out.append(drawn)
        return out

    def figures(self, shared, suffix=""):
        names = [r.short for r in self.runs]
        out = [across_shares.draw(shared, names, "starved" + suffix)]
        if across_scaling.applies(shared):
            out.append(across_scaling.draw(shared, self.runs, "scaling" + suffix))
        if forest.applies(shared):
            out.append(forest.draw(shared, names, "forest" + suffix))
        if ranks.applies(shared):
            out += ranks.draw(shared, names, "ranks" + suffix)
        if across_progress.applies(shared):
            out.append(across_progress.draw(shared, names, "progress" + suffix))
        return out

    def everything(self):
        out = []
        for k, shared in enumerate(self.company):
            out += self.figures(shared, f"-{k + 1}" if k else "")
        return out + self.machines()


def shared_section(report, k, shared):
    families = units.listed(FAMILY_NAMES.get(f, f) for f in shared.panels[shared.present[0]].families)
    count = units.plural(shared.even, "worker") if shared.even else "as many workers as each has"
    setting = Html(f'<p class="setting"><code>{escape(settings_words(shared.panels[shared.present[0]]))}</code></p>')
    left_out = [report.runs[i].name for i in range(len(report.runs)) if i not in shared.present]
    note = Html(f'<p class="facts">Not measured by {escape(units.listed(left_out))}.</p>') if left_out else ""
    points = [p for i in shared.present for p in shared.points(i)]
    return page.section(
        f"panel-{k + 1}",
        f"{words.capital(families)}: {count} on each {shared.place}",
        join(setting, note, page.chips(points), page.rows(report.figures(shared, f"-{k + 1}" if k else ""))),
    )


def machines_section(report):
    columns = "".join(
        f"<div><h3>{escape(f.title)}</h3>{page.figure(f, heading=False)}<p"
        f' class="facts">{escape(facts_of(r.machine))}</p></div>'
        for f, r in zip(report.machines(), report.runs)
    )
    kind = "row" if len(report.runs) == 2 else "row three"
    return page.section("machines", "The machines", Html(f'<div class="{kind}">{columns}</div>'))


def warnings_section(report):
    total, blocks = 0, []
    for run in report.runs:
        count, items = page.warnings_list(run.record.warnings, run.workloads)
        total += count
        blocks.append(
            f"<div><h3>{escape(run.name)}:"
            f" {units.plural(count, 'warning') if count else 'no warnings'}</h3>{items if count else ''}</div>"
        )
    failed = [
        join(Html(f"<h3>{escape(run.name)}: what did not go well</h3>"), methods.failures(run))
        for run in report.runs
        if run.troubled
    ]
    body = Html(f'<div class="row">{"".join(blocks)}</div>{"".join(failed)}')
    return total, page.section("warnings", units.plural(total, "warning") if total else "No warnings", body)


def lone_section(report):
    """Workloads that have no company: what each machine does, as numbers; no axis and no verdict."""
    table = across_words.lone_table(report)
    if table is None:
        return Html("")
    lead = Html(
        '<p class="prose">What each machine does, in operations per second, with its 95\u00a0% interval where there are'
        " six trials. No ratio is taken of absolute rates across machines.</p>"
    )
    return page.section("alone", "Each on its own", join(lead, table.render()))


def render(runs):
    report = Report(runs)
    found = across_words.Findings(report)
    banners = "".join(page.banner(r.record.complaint()) for r in runs)
    count, warned = warnings_section(report)
    newest = max(r.record.header["started_realtime_ns"] for r in runs)
    parts = [
        page.header(
            [f"{len(runs)} runs compared · {units.date(newest)}", differences.mode(runs)],
            [
                ("differences", "Differences"),
                ("warnings", "No warnings" if not count else units.plural(count, "warning")),
                ("methods", "Methods"),
            ],
        ),
        Html("<main>\n"),
        banners,
        page.opening(found.kicker, found.title, " ".join(found.lede)),
        page.section("differences", "", differences.tables(report), first=True),
        machines_section(report),
    ]
    parts += [shared_section(report, k, shared) for k, shared in enumerate(report.company)]
    parts += [lone_section(report), warned]
    how = "".join(
        f"<h3>{escape(r.name)}</h3>{methods.how(r)}{methods.command(r)}{methods.software(r)}<p></p>" for r in runs
    )
    how += page.details(
        "How each number was obtained", page.definitions(methods.DEFINITIONS + across_words.DEFINITIONS), opened=True
    )
    parts.append(page.section("methods", "How it was measured", Html(how)))
    parts += [Html("</main>\n"), methods.footer(runs)]
    return (
        page.document(f"Fairground: {units.listed(r.name for r in runs)}", "".join(parts)),
        [found.title] + found.lede,
    )
