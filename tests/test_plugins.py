"""The guests in `plugins/`: real packages, installed the way pip does it, found and used like a stranger's."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from guests import glassnet
from packages import install, own_tests, type_lines, uses
from samples import SOAK, some

from glassnet.publish.preflight import preflight
from glassnet.publish.project import read_project

pytestmark = pytest.mark.slow

PLUGINS = Path(__file__).parent.parent / "plugins"
PARTS = {
    "glassnet-lion": ("optimizer", {"lion", "nadam", "amsgrad", "radam"}),
    "glassnet-physics": ("dataset", {"franke", "ising", "double_pendulum", "nuclear_binding"}),
    "glassnet-robust": ("loss", {"log_cosh", "pinball", "focal", "tweedie"}),
    "glassnet-swish": ("activation", {"swish", "mish", "hard_swish", "snake"}),
}
# These need a library of their own, which is large: they are listed without it, and work where it is.
ENGINES = {
    "glassnet-torch": ("engine", {"torch"}),
    "glassnet-keras": ("engine", {"keras"}),
}
#: Courses: their parts are lessons, in this order.
COURSES = {
    "glassnet-course-wine": ("lesson", ("wine_line", "wine_hidden", "wine_tuned")),
}
ALL = PARTS | ENGINES | COURSES


def require_library(name):
    if name in ENGINES and not find_spec(name.removeprefix("glassnet-")):
        pytest.skip(f"the library of {name} is not installed")


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A folder with all of them, built from their sources and installed by pip, once."""
    target = tmp_path_factory.mktemp("guests") / "installed"
    return install(target, *(PLUGINS / name for name in ALL))


def test_these_are_all_of_them():
    assert {folder.name for folder in PLUGINS.iterdir() if (folder / "pyproject.toml").exists()} == {*ALL}


def test_plugins_reports_each_with_its_version(installed):
    guests = {
        guest["distribution"]: guest for guest in json.loads(glassnet("plugins", "--json", path=[installed]).stdout)
    }
    for name in ALL:
        assert (guests[name]["state"], guests[name]["version"]) == ("ok", "0.1.0"), guests[name]["reason"]


def test_list_shows_every_part_and_who_provides_it(installed):
    listed = json.loads(glassnet("list", "--json", path=[installed]).stdout)
    for distribution, (kind, names) in ALL.items():
        theirs = [part for part in listed if part["distribution"] == distribution]
        assert {(part["kind"], part["name"]) for part in theirs} == {(kind, name) for name in names}
        assert all(part["file"].startswith(str(installed)) for part in theirs), "these are not the installed ones"


@pytest.mark.parametrize("name", ALL)
def test_its_own_tests_pass_and_hold_its_contract(name, installed):
    require_library(name)
    if name not in some(ALL, 2):
        pytest.skip("make soak runs those of every guest, the gate of every other")
    tests = own_tests(installed, PLUGINS / name / "tests")
    assert tests.returncode == 0, tests.stdout
    assert int(re.search(r"(\d+) passed", tests.stdout)[1]) >= 60, tests.stdout


@pytest.mark.parametrize("name", ALL)
def test_what_can_be_seen_before_a_build_is_in_order(name):
    found = preflight(read_project(PLUGINS / name), "local")
    assert found.problems == []


@pytest.mark.parametrize("names", [tuple(PARTS), tuple(COURSES), *((name,) for name in ENGINES)], ids=" ".join)
def test_every_command_of_their_readmes_works(names, installed, tmp_path):
    if names == ("glassnet-keras",) and not SOAK:
        pytest.skip("make soak runs them: Keras takes seconds to load")
    for name in names:
        require_library(name)
    typed = {name: uses(PLUGINS / name) for name in names}
    assert all(len(lines) >= 3 for lines in typed.values())
    type_lines(typed, tmp_path, installed)


@pytest.mark.parametrize("name", PARTS)
def test_the_picture_is_small(name):
    picture = PLUGINS / name / "docs" / "picture.png"
    assert "`docs/picture.png`" in (PLUGINS / name / "README.md").read_text(encoding="utf-8")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 100_000


def test_swish_lion_and_focal_learn_digits_together(installed, tmp_path):
    words = ["train", "digits8x8", "--activation", "swish:beta=1.5", "--optimizer", "lion", "--loss", "focal"]
    done = glassnet(*words, "--epochs", "50", "--json", "--runs", str(tmp_path), path=[installed])
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["metrics"]["test"]["accuracy"] >= 0.95
    provenance = json.loads((Path(result["run"]) / "provenance.json").read_text())
    for name in ("glassnet-swish", "glassnet-lion", "glassnet-robust"):
        assert name in json.dumps(provenance)


def test_log_cosh_learns_frankes_surface_with_the_defaults(installed, tmp_path):
    done = glassnet("train", "franke", "--loss", "log_cosh", "--json", "--runs", str(tmp_path), path=[installed])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metrics"]["test"]["r2"] >= 0.9


STUDENT = """
    import numpy as np

    def share_right(y, t):
        return float((y.argmax(axis=1) == t).mean())

    one_row = "1/178"
    straight = ...
"""


def test_a_student_does_a_lesson_of_the_course(installed, tmp_path):
    """It is listed below ours, with its provider; answers are checked in words, and what is right is remembered."""
    progress = ["--progress", str(tmp_path / "progress.json")]
    course = glassnet("lesson", *progress, path=[installed]).stdout
    names = COURSES["glassnet-course-wine"][1]
    places = [course.index(word) for word in ("write_a_part", "glassnet-course-wine", *names)]
    assert places == sorted(places)
    (tmp_path / "answers_wine_line.py").write_text(dedent(STUDENT), encoding="utf-8")
    words = ["lesson", "wine_line", "--check", str(tmp_path / "answers_wine_line.py"), *progress]
    checked = glassnet(*words, path=[installed])
    told = " ".join(checked.stdout.split())
    assert checked.returncode == 1 and "share_right right" in told and "1 of 3 right" in told
    assert "That is one of all 178 rows: the accuracy is counted on the 36 test rows." in told
    assert "share_right" in (tmp_path / "progress.json").read_text(encoding="utf-8")
