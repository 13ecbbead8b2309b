"""Which points are comparable: the same kind of operation around the same resource, with the same parameters."""

import json
from dataclasses import dataclass

from .points import Point
from .units import Nanoseconds

CONTENDED_FAMILIES = {"locks", "semaphores"}  # compared with each other where no plugin record names a control


@dataclass
class Panel:
    """Points that can be compared: the same kind of operation around the same resource, with the same parameters."""

    kind: tuple
    settings: dict  # what all its points have in common
    points: list

    def __post_init__(self):
        self.found = {}

    def add(self, identity_, extra, entry):
        """Adds a trial to its point."""
        key = (identity_, entry["workers"])
        if key not in self.found:
            self.found[key] = Point(
                entry["workload"],
                entry.get("group") or "",
                entry["family"],
                entry.get("operation") or "operation",
                extra,
                entry["workers"],
                entry["oversubscribed"],
                identity=identity_,
                beside=companions(entry),
            )
            self.points.append(self.found[key])
        self.found[key].entries.append(entry)

    def only(self, identities):
        """The panel with some of its lines."""
        return Panel(self.kind, self.settings, [p for p in self.points if p.identity in identities])

    @property
    def workers(self):
        return sorted({p.workers for p in self.points if p.n})

    def at(self, workers):
        return [p for p in self.points if p.workers == workers and p.n]

    @property
    def families(self):
        return sorted({p.family for p in self.points})

    @property
    def series(self):
        """Keys of its workloads, in order."""
        return list(dict.fromkeys(p.key for p in self.points))

    def line(self, key):
        return sorted((p for p in self.points if p.key == key and p.n), key=lambda p: p.workers)

    def comparable(self):
        return len({p.key for p in self.points if p.n}) >= 2


def kind_of(run, entry):
    """What makes workloads comparable: they share a control (a lock's is the same work without the lock)."""
    described = run.workloads.get(entry["workload"], {})
    controls = {w.get("control") for w in run.workloads.values()} - {None, ""}
    control = described.get("control") or (entry["workload"] if entry["workload"] in controls else None)
    if control:
        return ("control", control)
    if entry["workload"] not in run.workloads and entry["family"] in CONTENDED_FAMILIES:
        return ("contended",)
    return ("alone", entry["family"], entry["workload"])


LEVELS = ("edges", "sampled", "full")  # of probes, the least disturbing first


def at_edges(run):
    """(kind, entry) of all trials measured with probes at `edges`: what runs are compared by."""
    return [(kind_of(run, e), e) for e in run.measured if e["probes"] == LEVELS[0]]


def quoted(run):
    """(kind, entry) of all measured trials from which throughput, shares and gaps are quoted: of each point those at the
    least disturbing probe level that it was measured at, which is `edges` unless somebody asked for others alone."""
    least = {}
    for e in run.measured:
        at = identity(e), e["workers"]
        least[at] = min(least.get(at, e["probes"]), e["probes"], key=LEVELS.index)
    return [(kind_of(run, e), e) for e in run.measured if e["probes"] == least[identity(e), e["workers"]]]


def companions(entry):
    """What ran beside it, as text."""
    beside = [c for c in entry.get("companions") or [] if isinstance(c, dict)]
    return ", ".join(c.get("workload", "?") + (f" ×{c['workers']}" if "workers" in c else "") for c in beside)


def stutter_and_shuffle(entry):
    """Its stutter and shuffle, if it had them."""
    return {key: Nanoseconds(entry[key + "_ns"]) for key in ("stutter", "shuffle") if entry.get(key + "_ns")}


def settings_of(entry):
    """Everything that can be set, but for the workload and the workers."""
    keys = ("workload", "workload_version", "parameters", "workers", "as", "pin")
    own = {
        "version": entry.get("workload_version"),
        "as": entry["as"],
        "pin": entry["pin"],
        "time": entry.get("time_ns", 0),
        "companions": [[c.get(k) for k in keys] for c in entry.get("companions") or []],
    }
    return {**entry["parameters"], **own, **stutter_and_shuffle(entry)}


def identity(entry):
    """What two trials must have in common to be of one line."""
    return entry["workload"], json.dumps(settings_of(entry), sort_keys=True)


class Naming:
    """Which parameters are a panel's and which name a series, of all (kind, entry) that are looked at together.

    A parameter that not all workloads of a kind have names a series, if it varies, and not a panel; but how many may be
    inside at once (`permits`) changes what is contended, so it makes a panel of its own."""

    def __init__(self, pairs):
        self.common, values = {}, {}
        for kind, entry in pairs:
            keys = set(entry["parameters"]) - {"permits"}
            self.common[kind] = self.common.get(kind, keys) & keys
        for kind, entry in pairs:
            for key in set(entry["parameters"]) - self.common[kind] - {"permits"}:
                values.setdefault((entry["workload"], key), set()).add(repr(entry["parameters"][key]))
        self.varied = {pair for pair, seen in values.items() if len(seen) > 1}

    def settings(self, kind, entry):
        """What a panel's points have in common."""
        parameters = entry["parameters"]
        found = {k: parameters[k] for k in sorted(self.common[kind])}
        if parameters.get("permits", 1) != 1:
            found["permits"] = parameters["permits"]
        found.update({"as": entry["as"], "pin": entry["pin"], "time_ns": entry.get("time_ns", 0)})
        found.update(stutter_and_shuffle(entry))
        if entry["probes"] != LEVELS[0]:
            found["probes"] = entry["probes"]
        if companions(entry):
            found["with"] = ", ".join(entry.get("with") or [companions(entry)])
        return found

    def extra(self, entry):
        """What tells a workload's series apart."""
        parameters = entry["parameters"]
        return tuple((k, parameters[k]) for k in sorted(parameters) if (entry["workload"], k) in self.varied)


def panels_of(pairs, naming=None):
    """All points of the (kind, entry), in panels."""
    naming = naming or Naming(pairs)
    groups = {}
    for kind, entry in pairs:
        settings = naming.settings(kind, entry)
        key = (kind, tuple((k, repr(v)) for k, v in settings.items()))
        groups.setdefault(key, Panel(kind, settings, [])).add(identity(entry), naming.extra(entry), entry)
    return list(groups.values())
