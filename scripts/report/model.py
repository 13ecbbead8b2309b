"""A run: its record, its points in panels, and its name among others."""

from dataclasses import dataclass
from functools import cached_property

from . import panels, units


@dataclass
class Run:
    record: object
    name: str = ""
    short: str = ""

    @property
    def machine(self):
        return self.record.machine

    @cached_property
    def workloads(self):
        """What the plugins' records say of each workload, by id."""
        found = {}
        for plugin in self.record.plugins:
            for described in plugin["workloads"]:
                if isinstance(described, dict) and isinstance(described.get("id"), str):
                    found.setdefault(described["id"], described)
        return found

    @cached_property
    def measured(self):
        return [e for e in self.record.trials if e["role"] == "measured"]

    @cached_property
    def panels(self):
        return panels.panels_of(panels.quoted(self))

    @cached_property
    def troubled(self):
        """Trials that did not end well, and those that did with a finding nobody expected."""
        return [
            e
            for e in self.record.trials
            if e["status"] != "ok" or any(not f.get("expected") for f in e["findings"] if isinstance(f, dict))
        ]

    @property
    def blocks(self):
        return len({e["block"] for e in self.measured})


LEFT_OUT = "left out"  # what scripts/keep-reference puts in place of a host's name


def name_runs(runs):
    """Gives each run the name of its machine, long and short; runs on one machine are told apart by their ids."""
    for run in runs:
        machine = run.machine
        run.name = machine.get("hostname") or machine_words(machine)
        if run.name == LEFT_OUT:
            run.name = run.record.path.absolute().parent.name
    names = [run.name for run in runs]
    for run in runs:
        if names.count(run.name) > 1:
            run.name = f"{run.name}, run{units.NBSP}{run.record.header['run_id']}"
    names = [run.name for run in runs]
    for i, run in enumerate(runs):
        if names.count(run.name) > 1:
            run.name = f"{run.name} ({i + 1})"
    shortened = without_common_start([run.name for run in runs])
    for run, short in zip(runs, shortened):
        run.short = short


def without_common_start(names):
    """Names without the words with which all of them begin, as long as something is left of each."""
    words = [name.split(" ") for name in names]
    while len(names) > 1 and all(len(w) > 1 for w in words) and len({w[0] for w in words}) == 1:
        words = [w[1:] for w in words]
    return [" ".join(w) for w in words]


def machine_words(machine):
    """2-core VM, 8-core machine, 2-socket machine."""
    what = "VM" if machine.get("virtualisation") not in (None, "", "none") else "machine"
    if machine["packages"] > 1:
        return f"{machine['packages']}-socket {what}"
    return f"{machine['cores']}-core {what}"
