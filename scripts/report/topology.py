"""What is drawn of a machine: its packages, caches, cores and units, out of the record's tree, and who is on them."""

from . import units

MOST_PACKAGES = 8


class Package:
    """What is drawn of a package: its cores (each a list of unit indexes) by last-level cache."""

    def __init__(self, node):
        self.caches, self.nodes, self.inner = [], 0, {}
        self.index = node.get("os_index")
        self.name = f"Package {self.index}" if self.index is not None else "Package"
        self._walk(node, None)
        self.caches = [c for c in self.caches if c[1]]

    def _walk(self, node, last):
        kind = str(node.get("type"))
        if kind == "NUMANode":
            self.nodes += 1
        if kind in ("L3Cache", "L3") or (kind in ("L4Cache",) and last is None):
            last = (node.get("size_bytes"), [])
            self.caches.append(last)
        if kind in ("L1Cache", "L2Cache", "L1", "L2") and node.get("size_bytes"):
            self.inner.setdefault(kind[:2], set()).add(node["size_bytes"])
        if kind == "Core":
            if last is None:
                if not self.caches or self.caches[-1][0] is not None:
                    self.caches.append((None, []))
                last = self.caches[-1]
            inside = sorted(_units(node))
            if inside:
                last[1].append((node.get("os_index"), inside))
            return
        for child in node.get("children") or []:
            if isinstance(child, dict):
                self._walk(child, last)

    @property
    def cores(self):
        return [core for _, cores in self.caches for core in cores]


def _units(node):
    if node.get("type") == "PU":
        return [node.get("os_index")] if isinstance(node.get("os_index"), int) else []
    return [u for child in node.get("children") or [] if isinstance(child, dict) for u in _units(child)]


def packages(machine):
    """The packages of a machine's tree; the whole tree as one where it names none."""
    found = []

    def walk(node):
        if node.get("type") == "Package":
            found.append(Package(node))
            return
        for child in node.get("children") or []:
            if isinstance(child, dict):
                walk(child)

    walk(machine["topology"])
    found = [p for p in (found or [Package(machine["topology"])]) if p.cores]
    if len(found) > MOST_PACKAGES:  # where a "package" is hardly more than a core, all are drawn as one
        whole = Package(machine["topology"])
        whole.name = units.plural(len(found), "package")
        found = [whole]
    for package in found:
        if len(package.caches) > 2 and all(len(cores) == 1 for _, cores in package.caches):
            package.caches = [(None, package.cores)]  # a last-level cache that isn't shared says nothing of neighbours
    return found


# How far two units are apart, the nearest first: what they share that is the smallest.
DISTANCES = ("unit", "core", "cache", "node", "package", "machine")


class Distances:
    """What units of a machine share, by the record's tree."""

    def __init__(self, machine):
        self._paths = {}
        self._walk(machine["topology"], [])

    def _walk(self, node, above):
        kind = str(node.get("type"))
        children = [child for child in node.get("children") or [] if isinstance(child, dict)]
        # hwloc hangs a node's memory beside what it is the memory of.
        nodes = [child for child in children if child.get("type") == "NUMANode"]
        shared = {"Core": "core", "Package": "package"}.get(kind) or ("cache" if "Cache" in kind else None)
        here = above + [(s, id(node)) for s in (["node"] if nodes else []) + [shared] if s]
        if kind == "PU" and isinstance(node.get("os_index"), int):
            self._paths[node["os_index"]] = set(here)
        for child in children:
            self._walk(child, here)

    def between(self, a, b):
        """One of DISTANCES: the smallest thing that holds both units; None if one of them is not in the tree."""
        if a == b:
            return "unit"
        if a not in self._paths or b not in self._paths:
            return None
        shared = {kind for kind, _ in self._paths[a] & self._paths[b]}
        return next(kind for kind in DISTANCES[1:] if kind in shared or kind == "machine")


def workers_on(point):
    """Unit to the workers whose place is that one unit; workers with a wider place or none are under None."""
    found = {}
    if point is not None and point.trials:
        for worker in point.trials[0].workers:
            place = worker.get("units") or []
            found.setdefault(place[0] if len(place) == 1 else None, []).append(worker["worker"])
    return found
