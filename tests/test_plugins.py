"""The guests in `plugins/`: real packages, installed the way pip does it, found and used like a stranger's."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest
from guests import glassnet
from packages import own_tests, type_lines, unpack, uses, wheels
from samples import SOAK, some

from glassnet.publish.naming import BACKENDS
from glassnet.publish.preflight import preflight
from glassnet.publish.project import read_project
from glassnet.publish.template import Answers, new_project

pytestmark = pytest.mark.slow

PLUGINS = Path(__file__).parent.parent / "plugins"
MIRROR = Path(__file__).parent / "mirror"
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
#: Small ones, each for one thing that a guest can do: need another guest, fetch, solve, say several things, draw,
#: follow with another library, bring a command.
SMALL = {
    "glassnet-lookahead": ("optimizer", {"lookahead"}),
    "glassnet-penguins": ("dataset", {"penguins"}),
    "glassnet-conjugate": ("optimizer", {"conjugate"}),
    "glassnet-mixture": ("loss", {"mixture"}),
    "glassnet-weight-sizes": ("plot", {"weight_sizes"}),
    "glassnet-autograd": ("engine", {"autograd"}),
    "glassnet-rate-test": ("command", {"rate_test"}),
}
ALL = PARTS | ENGINES | COURSES | SMALL


def require_library(name):
    if name in ENGINES and not find_spec(name.removeprefix("glassnet-")):
        pytest.skip(f"the library of {name} is not installed")


def backend_of(folder):
    """Which of the template's backends builds it."""
    return next(known for known in BACKENDS if read_project(folder).backend.startswith(known))


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """A folder with all of them, built from their sources by their own backends, once."""
    folder = tmp_path_factory.mktemp("guests")
    sources: dict[str, list[Path]] = {backend: [] for backend in BACKENDS}
    for name in ALL:  # of copies: setuptools leaves folders of its own beside what it builds
        copied = shutil.copytree(PLUGINS / name, folder / name, ignore=shutil.ignore_patterns("build", "*.egg-info"))
        sources[backend_of(copied)].append(copied)
    for backend, projects in sources.items():
        assert projects, f"no guest is built by {backend}"
        unpack(folder / "installed", wheels(folder / backend, backend, *projects)[0])
    return folder / "installed"


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
    if name not in (*some(PARTS | ENGINES | COURSES, 4), *some(SMALL, len(SMALL))):
        pytest.skip("make soak runs those of every guest, the gate of every fourth, and of one small one")
    tests = own_tests(installed, PLUGINS / name / "tests", GLASSNET_DATA_MIRROR=str(MIRROR))
    assert tests.returncode == 0, tests.stdout
    assert int(re.search(r"(\d+) passed", tests.stdout)[1]) >= (17 if name in SMALL else 60), tests.stdout


@pytest.mark.parametrize("name", ALL)
def test_what_is_alike_in_every_package_is_the_templates(name, tmp_path, monkeypatch):
    """A package that was made long ago would go on with what has been mended since."""
    monkeypatch.setattr("glassnet.publish.naming.OUR_GUESTS", ())  # whose names nobody else may take
    made = new_project(Answers(name, backend=backend_of(PLUGINS / name), author="The glassnet developers"), tmp_path)
    for file in ("Makefile", ".gitignore", ".github/workflows/publish.yml", "LICENSE"):
        assert (PLUGINS / name / file).read_bytes() == (made / file).read_bytes(), f"{name}/{file}"
    own, theirs = ((folder / "README.md").read_text(encoding="utf-8") for folder in (PLUGINS / name, made))
    assert theirs.partition("## Develop\n")[2].partition("\n## ")[0].strip() in own
    tables = [read_project(folder).table for folder in (PLUGINS / name, made)]
    for key in ("classifiers", "requires-python", "license", "license-files", "readme"):
        assert tables[0][key] == tables[1][key], f"{name}: {key}"


@pytest.mark.parametrize("name", ALL)
def test_what_can_be_seen_before_a_build_is_in_order(name):
    found = preflight(read_project(PLUGINS / name), "local")
    assert found.problems == []


@pytest.mark.parametrize(
    "names", [tuple(PARTS), tuple(COURSES), tuple(SMALL), *((name,) for name in ENGINES)], ids=" ".join
)
def test_every_command_of_their_readmes_works(names, installed, tmp_path):
    if names == ("glassnet-keras",) and not SOAK:
        pytest.skip("make soak runs them: Keras takes seconds to load")
    for name in names:
        require_library(name)
    typed = {name: uses(PLUGINS / name) for name in names}
    assert all(len(lines) >= 3 for lines in typed.values())
    type_lines(typed, tmp_path, installed, GLASSNET_DATA_MIRROR=str(MIRROR))


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
