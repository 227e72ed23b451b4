"""What we publish ourselves goes the way that we teach: glassnet, and every guest in `plugins`.

The gate tries one guest up to its clean room, `make soak` all of them and glassnet itself.
"""

import os
import shutil
from pathlib import Path

import pytest
from releases import done, follow, stay_alone
from samples import SOAK

from glassnet.publish.preflight import preflight
from glassnet.publish.project import read_project
from glassnet.publish.release import Release
from glassnet.publish.release.building import build, inspect
from glassnet.publish.release.proving import prove_wheel
from glassnet.publish.release.targets import doctor

ROOT = Path(__file__).parent.parent
GUESTS = sorted((path.parent for path in ROOT.glob("plugins/*/pyproject.toml")), key=lambda one: "lion" not in one.name)
_LEFT = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "runs", "sweeps")


@pytest.fixture
def alone(monkeypatch, tmp_path, tmp_path_factory):
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "cache-of-releases"
    stay_alone(monkeypatch, shared, tmp_path / "index")


@pytest.mark.parametrize("folder", [ROOT, *GUESTS], ids=lambda folder: folder.name)
def test_nothing_in_its_files_stands_against_a_release(folder):
    found = preflight(read_project(folder), "testpypi")
    assert [problem.message for problem in found.problems] == []


@pytest.mark.slow
@pytest.mark.parametrize("folder", GUESTS if SOAK else GUESTS[:1], ids=lambda folder: folder.name)
def test_a_guest_of_ours_gets_as_far_as_its_clean_room(folder, tmp_path, alone):
    project = shutil.copytree(folder, tmp_path / folder.name, ignore=_LEFT)
    outcome = done(project, dry_run=True)
    assert f"without the package there is no {folder.name}, as it should be" in outcome.words
    assert "checks of the contract passed" in outcome.words and " passed" in outcome.of("note")[-1]


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="make soak builds and proves glassnet itself")
def test_glassnet_itself_gets_as_far_as_its_clean_room(tmp_path, alone):
    """But for its tests, which are running."""
    project = shutil.copytree(ROOT, tmp_path / "glassnet", ignore=_LEFT)
    release = Release(read_project(project), "local", tmp_path, dry_run=True)
    for step in (doctor, build, inspect, prove_wheel):
        outcome = follow(step(release))
        assert outcome.error is None, outcome.words + getattr(outcome.error, "output", "")
    assert "the installed glassnet says its version and lists its parts" in outcome.words
    docs = release.scratch / "room"
    assert list(docs.rglob("glassnet/_docs/publish.md")) and list(docs.rglob("glassnet/_template/cookiecutter.json"))
