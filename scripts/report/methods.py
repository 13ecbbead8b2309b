"""How it was measured, in words and as the command that does it again; what went wrong; every number of every point."""

import shlex

from . import headline, units, words
from .markup import Html, Table, escape, join
from .page import csv_link, definitions
from .parts import interval_cell, settings_words

MOST_FAILURES = 40  # rows

DEFINITIONS = (
    ("throughput", "All workers’ operations inside the window, per second of the window; the median of the trials."),
    (
        "fair share",
        (
            "What a contender’s place and weight alone entitle it to, of all operations; with equal workers on equal"
            " places, one part of n."
        ),
    ),
    (
        "minimum share",
        (
            "The unluckiest contender’s operations over its fair share: 1 is fair, 0 is nothing. Not told below 100"
            " operations a contender."
        ),
    ),
    (
        "longest gap",
        (
            "The longest time that a contender went without completing an operation inside the window, gaps open at its"
            " ends included (then “at least”). It is known as a bracket; the upper end is drawn, and words give both"
            " where they differ by more than a tenth."
        ),
    ),
    (
        "episode",
        (
            "A gap of at least 1 ms that also exceeds 100 fair intervals and two rounds of the scheduler, without the"
            " time in which the contender was ready but had no processing unit. Gaps that are the scheduler’s doing are"
            " counted apart."
        ),
    ),
    (
        "went short",
        (
            "The minimum share is below 0.8, by its whole interval (or in every trial, where there are too few for an"
            " interval), and below what it would be if as many operations were granted by lot. From 0.8 on, by its"
            " whole interval, a workload is called fair; so is one with too few operations for a share, if all"
            " contenders had as many turns in each trial, give or take those cut off at its two ends."
        ),
    ),
    (
        "was starved",
        (
            "The minimum share is below one half, by its whole interval, and there was at least one episode in the"
            " typical trial; or in one trial or more somebody got below 1 % of his fair share."
        ),
    ),
    (
        "interval",
        (
            "The 95 % order-statistic interval of the median of the trials: no shape is assumed. It takes six trials;"
            " below, none is shown, and words claim only what every trial shows. Longest gaps are never made into an"
            " interval: each trial’s is a tick."
        ),
    ),
    (
        "progress",
        "Counts that the supervisor reads from shared memory while the trial runs; the workers do nothing for it.",
    ),
)

NEIGHBOURS = (
    (
        "slow-down",
        (
            "A workload’s throughput alone over its throughput beside its companions: both share one window, and the"
            " trials in which each is alone are of the same block. A ratio is formed in each block; the median and its"
            " interval are over the blocks. What a subject loses on average is the mean, over its companions, of the"
            " median part of its throughput that it lost, a gain counted as nothing; what a companion costs is that"
            " mean over its subjects."
        ),
    ),
    (
        "starved beside",
        (
            "The rule of “was starved”, held against the contenders of that workload alone: its own workers among"
            " themselves, not against the companion’s. A triangle: not when alone; a ring: alone, too. Longest gaps"
            " alone and beside are the longest of all trials."
        ),
    ),
)


def how(run):
    """The prose of one run's plan."""
    plan, trials = run.record.plan, run.record.trials
    points, measured = len(plan["points"]), [e for e in trials if e["role"] == "measured"]
    workloads = len({p.get("workload") for p in plan["points"]})
    times = sorted({p.get("time_ns", 0) for p in plan["points"]})
    warm = sorted({p.get("warmup_ns", 0) for p in plan["points"]})
    text = [
        f"{units.plural(workloads, 'workload')} in {units.plural(points, 'point')} ×"
        f" {units.plural(plan['blocks'], 'block')}, each trial a fresh process: {_span(warm)} warm-up,"
        f" {_span(times)} measured. Order within a block random, seed{units.NBSP}{plan['seed']}."
    ]
    served = len(trials) - len(measured)
    if served:
        roles = {
            "control": "the same workers without the contended resource",
            "alone": "the same workload, or its companion, alone",
        }
        kinds = [what for role, what in roles.items() if any(e["role"] == role for e in trials)]
        text.append(f"{units.plural(served, 'trial')} more served them: {'; '.join(kinds)}.")
    bad = [e for e in trials if e["status"] != "ok"]
    good = len(trials) - len(bad)
    text.append("Every trial ended well." if not bad else headline.trouble(run))
    if good:
        text.append(
            f"The workload’s invariant was verified after each of the {units.count(good)} that did."
            if bad
            else "The workload’s invariant was verified after each."
        )
    missing = plan["blocks"] * points - len(measured)
    if missing > 0:
        text.append(
            f"{units.plural(missing, 'trial')} of the plan {'is' if missing == 1 else 'are'} not in the record."
        )
    levels = sorted({e["probes"] for e in measured})
    text.append(f"Probes: {', '.join(levels)}; throughput, shares and gaps are from edges, waits from sampled.")
    return Html(f'<p class="prose">{escape(" ".join(text))}</p>')


def _span(values):
    if not values:
        return "–"
    return (
        units.duration(values[0])
        if len(values) == 1
        else f"{units.duration(values[0])} to {units.duration(values[-1])}"
    )


def command(run):
    """The command line that does the run again, with its seed."""
    argv = [str(a) for a in run.record.header["argv"]] or ["fairground", "run"]
    argv[0] = argv[0].rsplit("/", 1)[-1]
    while "--out" in argv:  # the run is there already
        del argv[argv.index("--out") : argv.index("--out") + 2]
    argv = [a for a in argv if not a.startswith("--out=")]
    if not any(a == "--seed" or a.startswith("--seed=") for a in argv):
        argv += ["--seed", str(run.record.plan["seed"])]
    return Html(f"<pre><code>{escape(shlex.join(argv))}</code></pre>")


def software(run):
    """Compiler, flags, libraries, plugins, in one paragraph."""
    build, record = run.record.build or {}, run.record
    parts = [f"Fairground {record.header['tool_version']}, git {units.revision(record.header['git_revision'])}"]
    if build:
        parts.append(f"{build['compiler']} {build['flags']}")
    parts += [f"{p.get('name') or p['path']} {str(p.get('sha256') or 'not loaded')[:8]}" for p in record.plugins]
    return Html(f'<p class="facts">{escape(" · ".join(parts))}</p>')


def all_points(run):
    """Every point of the run as a table, and as CSV."""
    columns = [
        "workload",
        "point",
        "workers",
        "throughput",
        "95 % interval",
        "minimum share",
        "95 % interval",
        "whose",
        "longest gap",
        "episodes",
        "scheduler",
        "Jain",
        "fairness factor",
        "findings",
        "trials",
    ]
    rows, csv = [], []
    for panel in run.panels:
        for p in panel.points:
            if not p.n:
                continue
            rows.append(
                [
                    p.label,
                    settings_words(panel),
                    p.workers,
                    units.rate(p.throughput.median) if p.throughput else "–",
                    interval_cell(p.throughput, units.rate),
                    units.share(p.minimum_share.median) if p.minimum_share else "–",
                    interval_cell(p.minimum_share, units.share),
                    p.name_of(p.worst[0]) if p.worst_is_constant() else "changes" if p.worst else "–",
                    words.gap_words(p.longest_gap) if p.longest_gap else "–",
                    _middle(p, "starvation_episodes"),
                    _middle(p, "scheduler_episodes"),
                    _middle(p, "jain_ratio"),
                    _middle(p, "fairness_factor_ratio"),
                    _findings(p),
                    p.n,
                ]
            )
            csv += _csv_rows(p, panel)
    return Table(columns, rows, words=2), csv_link(f"fairground-{run.record.header['run_id']}.csv", CSV, csv)


CSV = [
    "workload",
    "point",
    "workers",
    "block",
    "trial",
    "throughput_per_s",
    "minimum_share_ratio",
    "longest_gap_ns",
    "starvation_episodes",
    "jain_ratio",
]


def _csv_rows(p, panel):
    where = settings_words(panel).replace(units.NBSP, " ")
    return [[p.label, where, p.workers, t.block, t.number] + [t.metric(k) for k in CSV[5:]] for t in p.trials]


def _findings(point):
    """Which findings the trials of a point have, and how many trials: starvation × 3."""
    kinds = [{f.get("kind") for f in t.entry["findings"] if isinstance(f, dict)} for t in point.trials]
    names = sorted({str(k) for found in kinds for k in found})
    return ", ".join(f"{k} × {sum(k in found for found in kinds)}" for k in names) or "none"


def _middle(point, metric):
    middle = point.interval(metric)
    return units.significant(middle.median) if middle else "–"


def failures(run):
    """What failed, as a table; empty if nothing did."""
    rows = []
    for e in run.troubled[:MOST_FAILURES]:
        failure = e.get("failure") or {}
        where = failure.get("phase") or ""
        if failure.get("worker") is not None:
            where += f", worker {failure['worker']}"
        found = "; ".join(
            f"{f.get('kind')} ({f.get('certainty')}): {f.get('text')}"
            for f in e["findings"]
            if isinstance(f, dict) and not f.get("expected")
        )
        settings = " ".join(f"{k}={v}" for k, v in sorted(e["parameters"].items()))
        rows.append(
            [
                e["workload"],
                e["status"],
                units.plural(e["workers"], "worker"),
                settings,
                str(e["block"]),
                where or "–",
                e.get("reason") or "–",
                found or "–",
            ]
        )
    if not rows:
        return Html("")
    more = len(run.troubled) - len(rows)
    note = Html(f'<p class="facts">And {more} more in the record.</p>') if more else ""
    return join(
        Table(
            ["workload", "status", "workers", "point", "block", "where", "what was said", "finding"], rows, words=8
        ).render(),
        note,
    )


def methods(run, opened=False):
    """The whole section's content for one run."""
    table, link = all_points(run)
    defined = DEFINITIONS + (NEIGHBOURS if any(e.get("interference") for e in run.record.trials) else ())
    from .markup import details

    return join(
        how(run),
        command(run),
        software(run),
        details("How each number was obtained", definitions(defined), opened=True),
        details(
            "All points", join(Html('<p class="facts">'), "Also as a file: ", link, ".", Html("</p>"), table.render())
        ),
    )


def footer(runs):
    """Version, schema, revision; and that the data is invented, where the record says so."""
    header = runs[0].record.header
    notes = [str(r.record.header.get("note")) for r in runs if r.record.header.get("note")]
    parts = []
    if notes:
        parts.append(
            f"<span><strong>{escape(words.capital(notes[0]))}.</strong></span>"
            if "invented" in notes[0]
            else f"<span>{escape(notes[0])}</span>"
        )
    parts.append(
        f"<span>Fairground {escape(header['tool_version'])}</span><span>record schema {escape(header['schema'])}</span>"
        f"<span>git {escape(units.revision(header['git_revision']))}</span>"
    )
    return Html("<footer>" + "".join(parts) + "</footer>")
