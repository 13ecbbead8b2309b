"""Several runs on common scales: what differs, and what is comparable within each machine."""

from functools import cached_property

from . import (
    across_progress,
    across_rest,
    across_scaling,
    across_shares,
    across_words,
    differences,
    forest,
    headline,
    machine,
    match,
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


class Report:
    def __init__(self, runs):
        self.runs = runs
        self.match = match.Match(runs, differences.word(runs))
        self.shared = self.match.shared

    @property
    def company(self):
        """What figures show."""
        return [s for s in self.shared if len(s.series) >= 2][:MOST_SHARED]

    @cached_property
    def rest(self):
        """What only tables show: (what several runs have, what each has alone)."""
        shown = [set() for _ in self.runs]
        for shared in self.company:
            for i in shared.present:
                shown[i] |= {p.coordinates for p in shared.points(i)}
                if across_scaling.applies(shared):
                    shown[i] |= across_scaling.shown(shared, i)
        return self.match.rest(shown)

    def machines(self):
        width = 540 if len(self.runs) == 2 else 346
        focus = self.company[0] if self.company else None
        out = []
        for i, run in enumerate(self.runs):
            worst = words.worst_of(focus.points(i)) if focus and i in focus.present else headline.headline(run).point
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
    parts += [across_rest.several(report), across_rest.alone(report), warned]
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
