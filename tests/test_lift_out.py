"""Our own parts get no favours: each file works as a stranger's plugin, copied and registered from outside."""

import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from guests import python, write_guest
from waiting import PATIENCE

from glassnet import builtin
from glassnet.kinds import KINDS

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
    folder = tmp_path_factory.mktemp("lifted")
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


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_passes_every_test_that_its_original_passes(name, lifted):
    path = os.pathsep.join([str(lifted), *filter(None, sys.path)])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "swap", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [*command, *map(str, sorted(HERE.glob(f"test_{name}*.py")))],
        env=os.environ | {"PYTHONPATH": path},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert int(done.stdout.splitlines()[-1].split(" passed")[0].split()[-1]) >= 15, done.stdout[-300:]


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
