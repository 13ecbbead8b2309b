"""Values of the wrong kind anywhere in a record: each is refused with a sentence, or shown; never a traceback."""

import copy
import random

import pytest

from report import model, one, reader
from report.errors import UserError
from report.tests.fixtures import invent, make

VALUES = [None, True, -1, 0, 1.5, "x", [], {}, [None], ["x"], [1], {"a": 1}, 10**30, 1e308, [[]], 2.0**60]


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, path + (key,))
    elif isinstance(value, list):
        for i, inner in enumerate(value[:3]):
            yield from paths(inner, path + (i,))


def spoiled(lines, generator):
    """The lines with one value replaced, or one key gone."""
    lines = copy.deepcopy(lines)
    entry = generator.choice(lines) if generator.random() < 0.5 else lines[-1]
    path = generator.choice([p for p in paths(entry) if p and p != ("record",)])
    place = entry
    for key in path[:-1]:
        place = place[key]
    if generator.random() < 0.15 and isinstance(place, dict):
        del place[path[-1]]
    else:
        place[path[-1]] = generator.choice(VALUES)
    return lines


@pytest.mark.parametrize("seed", range(6))
def test_one_wrong_value(tmp_path, seed):
    generator, shown, refused = random.Random(seed), 0, 0
    small = make.single()
    for _ in range(50):
        path = tmp_path / "run.jsonl"
        path.write_bytes(invent.written(spoiled(small, generator)))
        try:
            run = model.Run(reader.read(path))
            model.name_runs([run])
            one.render(run)
            shown += 1
        except UserError as error:
            assert str(error).endswith(".") and "\n" not in str(error)
            refused += 1
    assert shown and refused
