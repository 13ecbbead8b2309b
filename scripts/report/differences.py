"""What differs between runs, and what does not: first on the page, since it says what may be compared."""

from . import topology, units
from .markup import Html, html


def identity(machine):
    """What makes two records those of one machine."""
    return (machine.get("hostname"), machine.get("cpu_model"), machine["packages"], machine["cores"], machine["units"])


def mode(runs):
    return "across machines" if len({identity(r.machine) for r in runs}) > 1 else "on one machine"


def word(runs):
    """What the runs stand for: machines, or only runs of one."""
    return "machine" if mode(runs) == "across machines" else "run"


def _caches(machine):
    sizes = [size for p in topology.packages(machine) for size, _ in p.caches if size]
    if not sizes:
        return "none seen"
    if len(set(sizes)) == 1:
        return f"{units.size(sizes[0])}{' each' if len(sizes) > 1 else ''}"
    return units.listed(units.size(s) for s in sorted(set(sizes)))


def _mitigations(machine):
    known = machine.get("mitigations")
    if not isinstance(known, dict):
        return "not shown"
    vulnerable = sorted(k for k, v in known.items() if str(v).startswith("Vulnerable"))
    return (
        "vulnerable to " + units.listed(vulnerable)
        if vulnerable
        else f"{len(known)} listed, none left open" if known else "none listed"
    )


def _text(value):
    return "not shown" if value in (None, "") else str(value)


MACHINE_ROWS = (
    (
        "processor",
        lambda m: _text(m.get("cpu_model"))
        + (f" ({m['virtualisation']})" if m.get("virtualisation") not in (None, "", "none") else ""),
    ),
    ("packages · cores · PUs", lambda m: f"{m['packages']} · {m['cores']} · {m['units']}"),
    ("NUMA nodes · L3", lambda m: f"{m['nodes']} · {_caches(m)}"),
    ("memory", lambda m: units.size(m["memory_bytes"]) if m.get("memory_bytes") else "not shown"),
    ("kernel", lambda m: _text(m.get("kernel"))),
    ("boot options", lambda m: _text(m.get("command_line"))),
    ("mitigations", _mitigations),
    ("frequency governor", lambda m: _text(m.get("governor"))),
    ("hardware threads", lambda m: _text(m.get("smt"))),
    ("clock", lambda m: _text(m.get("clock_source"))),
    ("C library", lambda m: _text(m.get("libc"))),
)
ALWAYS = ("processor", "packages · cores · PUs", "NUMA nodes · L3")  # shown above even where they are the same


def _plugins(run, workloads):
    """{workload: (name of its plugin, hash)} of those workloads that a run's plugins have."""
    found = {}
    for plugin in run.record.plugins:
        for described in plugin["workloads"]:
            if described["id"] in workloads:
                found.setdefault(described["id"], (plugin.get("name") or plugin["path"], plugin.get("sha256") or ""))
    return found


def _plugin_cells(report):
    """Per run, the plugins of what is compared; of everything, where nothing is."""
    shared = report.match.workloads or {w for run in report.runs for w in run.workloads}
    cells = []
    for run in report.runs:
        plugins = sorted(set(_plugins(run, shared).values()))
        cells.append(" · ".join(f"{name} {sha[:8] or 'not loaded'}" for name, sha in plugins) or "none")
    return cells


def _plugins_differ(report):
    """Whether a workload that several runs have came from plugins that are not the same file."""
    found = [_plugins(run, report.match.workloads) for run in report.runs]
    return any(len({own[w][1] for own in found if w in own}) > 1 for w in report.match.workloads)


def _plan(run):
    points = run.record.plan["points"]
    pins = units.listed(sorted({str(p.get("pin")) for p in points}))
    times = sorted({p.get("time_ns", 0) for p in points})
    span = units.duration(times[0]) + (f" to {units.duration(times[-1])}" if len(times) > 1 else "") if times else "–"
    counts = sorted({p.get("workers", 0) for p in points})
    return (
        f"{units.plural(len({p.get('workload') for p in points}), 'workload')},"
        f" {units.listed(map(str, counts))} workers, {units.plural(run.record.plan['blocks'], 'block')} of {span},"
        f" pinning {pins}"
    )


SOFTWARE_ROWS = (
    (
        "Fairground",
        lambda r: f"{r.record.header['tool_version']}, git {units.revision(r.record.header['git_revision'])}",
    ),
    (
        "compiler, flags",
        lambda r: f"{r.record.build['compiler']} {r.record.build['flags']}" if r.record.build else "not in the record",
    ),
    ("plan", _plan),
)


def _software(report):
    """[(name, cells, whether they differ)]."""
    rows = [(name, [of(r) for r in report.runs]) for name, of in SOFTWARE_ROWS]
    rows = [(name, cells, len(set(cells)) > 1) for name, cells in rows]
    return rows[:1] + [("plugins", _plugin_cells(report), _plugins_differ(report))] + rows[1:]


def software_that_differs(report):
    return [name for name, _, differ in _software(report) if name != "plan" and differ]


def _load_row(report):
    """Workers per unit where the runs are compared."""
    focus = report.company[0] if report.company else None
    cells = []
    for i, run in enumerate(report.runs):
        n, u = (focus.workers.get(i) if focus else None), run.machine["units"]
        if n is None:
            cells.append("–")
        elif n > u:
            cells.append(f"{units.significant(n / u, 2)} ({n} on {u})")
        else:
            cells.append(f"at most 1 ({n} on {u})")
    return cells


def tables(report):
    runs = report.runs
    rows = [(name, [of(r.machine) for r in runs]) for name, of in MACHINE_ROWS]
    rows.insert(3, ("workers per PU", _load_row(report)))
    soft = _software(report)
    warned = [len({w["code"] for w in r.record.warnings}) for r in runs]
    differing = [(n, c) for n, c in rows if n in ALWAYS or len(set(c)) > 1]
    wrong = [(n, c) for n, c, differ in soft if differ]
    same = [(n, max(c, key=len)) for n, c, differ in soft if not differ]
    same += [(n, c[0]) for n, c in rows if n not in ALWAYS and len(set(c)) == 1]
    oversubscribed = any(not c.startswith("at most") and c != "–" for c in _load_row(report))
    head = "".join(f'<th scope="col">{html(r.name)}</th>' for r in runs)
    body = "".join(_row(n, c, n == "workers per PU" and oversubscribed) for n, c in differing)
    body += "".join(_row(n + (", which should be the same" if n != "plan" else ""), c, n != "plan") for n, c in wrong)
    body += _row("warnings", [Html(f'<a href="#warnings">{n}</a>') if n else "none" for n in warned], False)
    many = "both" if len(runs) == 2 else f"all {units.in_words(len(runs))}"
    out = (
        '<h3>What differs, and what does not</h3><div class="scroll" tabindex="0" role="region" aria-label="What'
        ' differs"><table class="full"><thead><tr><th scope="col"><span'
        f' class="soft">differs</span></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
    if same:
        body = "".join(f'<tr><td>{html(n)}</td><td colspan="{len(runs)}">{html(c)}</td></tr>' for n, c in same)
        out += (
            f'<h3>The same on {many}{", as a comparison requires" if not wrong else ""}</h3><div class="scroll"'
            ' tabindex="0" role="region" aria-label="What is the same"><table'
            f' class="full"><tbody>{body}</tbody></table></div>'
        )
    return Html(out)


def _row(name, cells, key):
    kind = ' class="key"' if key else ""
    return f"<tr{kind}><td>{html(name)}</td>" + "".join(f"<td>{html(c)}</td>" for c in cells) + "</tr>"
