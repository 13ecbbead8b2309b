"""What no figure shows of several runs, in tables: nothing that was measured is left out."""

from . import page, units, words
from .markup import Html, Table, escape, join
from .parts import interval_cell, settings_words


def _numbers(point):
    return [
        units.rate(point.throughput.median) if point.throughput else "–",
        interval_cell(point.throughput, units.rate),
        units.share(point.minimum_share.median) if point.minimum_share else "–",
        words.gap_words(point.longest_gap) if point.longest_gap else "–",
    ]


COLUMNS = ("throughput", "95\u00a0% interval", "minimum share", "longest gap")


def _row_head(point, panel):
    where = f"{settings_words(panel)} time={units.duration(panel.settings['time_ns'])}"
    return [point.label, where, units.plural(point.workers, "worker"), point.operation]


def _ordered(pairs):
    return sorted(pairs, key=lambda pair: (pair[0].family, pair[0].label, repr(pair[1].settings), pair[0].workers))


def several(report):
    """What several runs have and nothing stands beside: what each machine does, as numbers; no axis and no verdict."""
    found = report.rest[0]
    if not found:
        return Html("")
    rows = []
    for point, panel in _ordered([next(iter(by_run.values())) for by_run in found.values()]):
        row = _row_head(point, panel)
        for i in range(len(report.runs)):
            own = found[point.coordinates].get(i)
            row += _numbers(own[0]) if own else ["–"] * len(COLUMNS)
        rows.append(row)
    columns = ["workload", "point", "workers", "counted"]
    columns += [name if k else f"{run.short}: {name}" for run in report.runs for k, name in enumerate(COLUMNS)]
    place = report.match.place
    rule = " No ratio is taken of absolute rates across machines." if place == "machine" else ""
    lead = Html(
        f'<p class="prose">What each {place} did, in operations per second, with its 95\u00a0% interval where there are'
        f" six trials.{rule}</p>"
    )
    return page.section("several", "Each on its own", join(lead, Table(columns, rows, words=4).render()))


def alone(report):
    """What only one run has, so that it can't be compared."""
    parts = []
    for run, found in zip(report.runs, report.rest[1]):
        if found:
            rows = [_row_head(p, panel) + _numbers(p) + [p.n] for p, panel in _ordered(found)]
            table = Table(["workload", "point", "workers", "counted", *COLUMNS, "trials"], rows, words=4)
            heading = f"Only in {run.name}: {units.plural(len(rows), 'point')}"
            parts.append(join(Html(f"<h3>{escape(heading)}</h3>"), table.render()))
    if not parts:
        return Html("")
    lead = Html(
        '<p class="prose">Nothing to compare these with: another run has no point with the same workload, version,'
        " parameters, workers, pinning, time and companions.</p>"
    )
    return page.section("alone", "In one run only", join(lead, *parts))
