"""Records for the tests: invented by fixtures/, written once a session."""

import pytest

from report import model, reader
from report.tests.fixtures import invent, make


@pytest.fixture(scope="session")
def record_of(tmp_path_factory):
    """A function from the name of an invented run to the path of its record."""
    folder = tmp_path_factory.mktemp("records")

    def path_of(name):
        path = folder / name / "run.jsonl"
        if not path.exists():
            path.parent.mkdir()
            path.write_bytes(invent.written(getattr(make, name)()))
        return path

    return path_of


@pytest.fixture(scope="session")
def runs_of(record_of):
    """A function from names to named runs."""

    def read(*names):
        runs = [model.Run(reader.read(record_of(name))) for name in names]
        model.name_runs(runs)
        return runs

    return read
