"""What an installation of this package has to be; each test says what to do when it fails."""

import tomllib
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest
from glassnet import Catalog

DISTRIBUTION = "glassnet-lookahead"
PACKAGE = "glassnet_lookahead"


def test_the_installed_glassnet_lists_every_part():
    """The host is asked as a user asks it: nothing of this folder is handed to it."""
    catalog = Catalog.discover()
    guests = {guest.distribution: guest for guest in catalog.guests}
    assert DISTRIBUTION in guests, "run `make install`; is the group in pyproject.toml [project.entry-points.glassnet]?"
    guest = guests[DISTRIBUTION]
    assert guest.state == "ok", f"{guest.reason} {guest.remedy}"
    listed = {(part.kind, part.name) for part in catalog.parts() if part.distribution == DISTRIBUTION}
    # Whatever they are called: a part is renamed in plugin.py alone.
    parts = import_module(f"{PACKAGE}.plugin").optimizers()
    assert listed == {("optimizer", part.__name__) for part in parts}


def test_the_package_says_the_version_that_is_installed():
    """A version written by hand in a second place is forgotten one day."""
    assert import_module(PACKAGE).__version__ == version(DISTRIBUTION)


def test_the_installed_version_is_that_of_pyproject():
    """An installation keeps the version that it was made with: after a change run `make install` again."""
    project = Path(__file__).parent.parent / "pyproject.toml"
    if not project.exists():
        pytest.skip("the tests run against a wheel, away from their folder")
    assert tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] == version(DISTRIBUTION)


def test_files_that_are_not_python_are_installed_too():
    """`py.typed` tells type checkers that the annotations count."""
    assert files(PACKAGE).joinpath("py.typed").is_file()
