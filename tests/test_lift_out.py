"""Our own parts get no favours: each file works as a stranger's plugin, copied and registered from outside."""

import importlib
import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from grown import ADDED, grow
from guests import environment, python, write_guest
from samples import SOAK
from waiting import PATIENCE

from glassnet import builtin
from glassnet.kinds import KINDS

pytestmark = pytest.mark.slow

NAMES = [kind.plural for kind in KINDS.values() if kind.ours]
FILES = [importlib.import_module(f"glassnet.builtin.{name}") for name in NAMES]
HERE = Path(__file__).parent

# A plugin of pytest: whoever asks for one of our parts files gets the stranger's copy of it.
SWAP = """
import importlib, sys
import glassnet.builtin

for name in {names!r}:
    copy = importlib.import_module("stranger_" + name)
    sys.modules["glassnet.builtin." + name] = copy
    setattr(glassnet.builtin, name, copy)
"""


@pytest.fixture(scope="module")
def lifted(tmp_path_factory):
    """A folder with every built-in parts file under another name, installed as the distribution `stranger`."""
    return lift(tmp_path_factory.mktemp("lifted"))


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """The same, with one part more in each of the files."""
    folder = lift(tmp_path_factory.mktemp("grown"))
    for file in ADDED:
        grow(folder, file)
    return folder


def lift(folder):
    home = Path(builtin.__file__).parent
    copied = []
    for path in sorted(home.iterdir()):
        if path.name.startswith("__"):
            continue
        copy = folder / f"stranger_{path.name}"
        shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__")) if path.is_dir() else shutil.copy(
            path, copy
        )
        copied.append(path.stem)
    assert sorted(copied) == sorted(NAMES), "a parts file that no kind has: nobody would find its parts"
    write_guest(folder, "stranger", "", points={name: f"stranger_{name}" for name in NAMES})
    (folder / "swap.py").write_text(SWAP.format(names=NAMES), encoding="utf-8")
    return folder


def test_the_copies_are_found_as_a_guest_and_every_part_is_built(lifted):
    code = """
        import json
        from glassnet.catalog import Catalog
        catalog = Catalog.discover()
        (guest,) = [guest for guest in catalog.guests if guest.distribution == "stranger"]
        theirs = [part for part in catalog.parts() if part.distribution == "stranger"]
        for part in theirs:
            if part.kind != "dataset":
                assert part.build() is not None
        ours = [part for part in catalog.parts() if part.distribution == "glassnet"]
        homes = {part.function.__module__.split(".")[0] for part in theirs}
        print(json.dumps([guest.state, guest.reason, sorted(homes)] + [
            sorted([part.kind, part.name, part.help, str(part.choose({})).partition("/")[2]] for part in parts)
            for parts in (ours, theirs)
        ]))
    """
    done = python(code, lifted)
    assert done.returncode == 0, done.stderr
    state, reason, homes, ours, theirs = json.loads(done.stdout)
    assert (state, reason) == ("ok", "")
    assert homes == sorted(f"stranger_{name}" for name in NAMES)
    assert len(theirs) > 60 and theirs == ours


def test_a_network_of_copies_alone_trains_to_the_very_same_numbers(lifted):
    code = """
        from glassnet import Experiment, run

        def numbers(home):
            words = dict(dataset="blobs", hidden=(5, 4), epochs=2, patience=2)
            one = dict(activation=("leaky_relu", "elu"), loss="cross_entropy", optimizer="adamw", output="softmax",
                       schedule="cosine", initializer="lecun_normal", metrics=("f1",))
            named = {key: tuple(home + v for v in value) if isinstance(value, tuple) else home + value
                     for key, value in one.items()}
            training = run(Experiment(**words | named | {"dataset": home + "blobs"}))
            list(training)
            if home == "stranger/":
                assert "glassnet/" not in training.experiment.replace(metrics=()).to_json()
            return [epoch.loss for epoch in training.progress.epochs], training.network.w.tolist()

        print(numbers("stranger/") == numbers("glassnet/"))
    """
    done = python(code, lifted)
    assert done.stdout.strip() == "True", done.stderr


def test_copies_pass_every_test_that_their_originals_pass_and_so_does_a_part_that_is_added(grown):
    """All but plots, whose pictures are compared below, and lessons, of which a course that is a guest is played in
    test_plugins. One Python for all: every copy is swapped in at once. What is slow is tried in `make soak`.
    """
    names, report = [name for name in NAMES if name not in ("plots", "lessons")], grown / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "swap", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [
            *command,
            *(() if SOAK else ("-m", "not slow")),
            f"--junitxml={report}",
            *(str(path) for name in names for path in sorted(HERE.glob(f"test_{name}*.py"))),
        ],
        env=environment(grown),
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    cases = [case for case in ElementTree.parse(report).iter("testcase") if case.find("skipped") is None]
    for name in names:
        passed = [case for case in cases if case.get("classname", "").startswith(f"tests.test_{name}")]
        assert len(passed) >= 15, f"{len(passed)} tests of {name}"
    for name, _ in ADDED.values():
        assert any(name in case.get("name", "") for case in cases), f"no test met {name}"


def test_copies_of_plots_draw_the_very_same_pictures_and_refuse_in_the_same_words(lifted):
    code = """
        from glassnet.catalog import Catalog
        from glassnet.checks.plots import contents
        from glassnet.checks.small_runs import subjects
        catalog, drawn = Catalog.discover(), 0
        for part in catalog.parts("plot"):
            if part.distribution == "glassnet":
                ours, theirs = part.build(), catalog.find("plot", "stranger/" + part.name).build()
                assert theirs.draw.__module__.startswith("stranger_plots."), part.name
                suited = []
                for subject in subjects(ours.of):
                    assert ours.unsuited(subject) == theirs.unsuited(subject), part.name
                    suited += [] if ours.unsuited(subject) else [subject]
                for subject in suited[:1] + suited[1:][-1:]:  # they differ most
                    drawn += 1
                    assert contents(ours.draw(subject)) == contents(theirs.draw(subject)), part.name
        print("drawn", drawn)
    """
    done = python(code, lifted)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= 40


@pytest.mark.parametrize("module", FILES, ids=NAMES)
def test_every_part_of_the_file_is_in_the_list_at_its_bottom(module):
    hook = module.__name__.rpartition(".")[2]
    public = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__.startswith(module.__name__) and not name.startswith("_") and name != hook
    }
    assert public == {part.__name__ for part in getattr(module, hook)()}
    assert all(inspect.getdoc(part).splitlines()[0].endswith(".") for part in getattr(module, hook)())
