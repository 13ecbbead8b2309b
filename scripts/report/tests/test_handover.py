"""How far a lock goes from hand to hand, by the tree of the machine."""

import pytest

from report import handover
from report.tests.fixtures import invent
from report.topology import Distances

#   2 packages of 2 cores of 2 units; a node and a cache each
TREE = invent.tree(packages=2, nodes=1, cores=2, threads=2, l3=1 << 20)


def os_units(node):
    if node["type"] == "PU":
        return [node["os_index"]]
    return [u for child in node["children"] for u in os_units(child)]


@pytest.fixture(scope="module")
def cores():
    """The units of each core, in the tree's order."""
    found = []

    def walk(node):
        if node["type"] == "Core":
            found.append(os_units(node))
        for child in node["children"]:
            walk(child)

    walk(TREE)
    return found


def test_units_share_the_smallest_thing_that_holds_both(cores):
    between = Distances({"topology": TREE}).between
    (a, b), (c, _), (d, _), _ = cores
    assert between(a, a) == "unit"
    assert between(a, b) == "core"
    assert between(a, c) == "cache"
    assert between(a, d) == "machine"
    assert between(a, 4_095) is None


class Point:
    def __init__(self, places):
        self.places = places

    def units_of(self, i):
        return self.places[i]


def test_hand_overs_are_counted_by_how_far_they_went(cores):
    (a, b), _, (d, _), _ = cores
    matrix = [[10, 20, 5, 1], [20, 0, 5, 1], [5, 5, 20, 1], [1, 1, 1, 4]]
    found = handover.distances(Distances({"topology": TREE}), Point([[a], [b], [d], None]), matrix)
    assert found == {handover.ITSELF: 0.34, "core": 0.4, "machine": 0.2, handover.UNKNOWN: pytest.approx(0.06)}
    assert list(found) == [handover.ITSELF, "core", "machine", handover.UNKNOWN]


def test_a_node_is_told_from_its_package():
    node = {"type": "NUMANode", "children": []}
    pu = [{"type": "PU", "os_index": i, "children": []} for i in range(4)]
    groups = [{"type": "Group", "children": [node | {"os_index": i}, pu[2 * i], pu[2 * i + 1]]} for i in range(2)]
    machine = {"topology": {"type": "Machine", "children": [{"type": "Package", "children": groups}]}}
    between = Distances(machine).between
    assert [between(0, 1), between(0, 2)] == ["node", "package"]
