"""What is said first of a stress run, whose trials are drawn at random and verified: what went wrong."""

from . import units, words
from .points import Trial

MOST_NAMED = 4


def applies(run):
    return isinstance(run.record.plan.get("stress"), dict) and bool(run.measured)


def title(run):
    ran = [e for e in run.measured if e["status"] not in ("unsupported", "interrupted")]
    trials, workloads = len(ran), {e["workload"] for e in ran}
    drawn = f"{units.plural(trials, 'trial')} of {units.plural(len(workloads), 'workload')}"
    wrong = went_wrong(run)
    if not wrong:
        return f"In {drawn}, drawn at random and verified, nothing went wrong."
    by_workload = {}
    for e in wrong:
        by_workload.setdefault(e["workload"], []).append(e)
    named = sorted(by_workload, key=lambda w: (-len(by_workload[w]), w))
    more = len(named) - MOST_NAMED
    listed = units.listed(named[:MOST_NAMED] + ([units.plural(more, "other")] if more > 0 else []))
    return f"{units.count(len(wrong))} of {drawn}, drawn at random, went wrong: {listed}."


def lede(run):
    """How a failure shows again; what did not run; who stood still for the longest."""
    said = [
        f"{words.capital(r['what'])} shows in {units.count(r['shown'])} of {units.plural(r['tried'], 'trial')} of: "
        f"{r['command']}"
        for r in run.record.reproductions[:1]
        if r["shown"]
    ]
    refused = sum(e["status"] == "unsupported" for e in run.measured)
    if refused:
        said.append(f"{units.count(refused)} could not run here.")
    return said + [s for s in (_stood_still(run),) if s]


def went_wrong(run):
    """Trials that failed, crashed or hung, or found what nobody expected; but starvation beside others is the
    scheduler's, unless the same was run again alone and shown there."""
    shown = {r.get("trial") for r in run.record.reproductions if r["shown"]}
    return [e for e in run.measured if _wrong(e) or e["trial"] in shown]


def _wrong(entry):
    unexpected = {f.get("kind") for f in entry["findings"] if isinstance(f, dict) and not f.get("expected")}
    return entry["status"] in ("failed", "crashed", "hung") or (entry["status"] == "ok" and unexpected - {"starvation"})


def _stood_still(run):
    gaps = [(Trial(e).gap(), e) for e in run.measured]
    known = [(gap[0], e) for gap, e in gaps if gap and gap[1] > 0]
    if not known:
        return ""
    least, worst = max(known, key=lambda pair: pair[0])
    return (
        f"The longest that anybody stood still: at least {units.duration(least)}, in {worst['workload']} with"
        f" {units.plural(worst['workers'], 'worker')}."
    )
