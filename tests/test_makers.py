"""Runs, sweeps and saved estimators beside the guests that made their parts: gone, of another version, changed."""

import json
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from guests import GOOD, write_guest

from glassnet import Catalog, Experiment, GlassClassifier, GlassnetError, GlassnetWarning, load, record, run, save
from glassnet.catalog import Maker, code_of
from glassnet.cli import main
from glassnet.cli.table import TABLE
from glassnet.installs import install_line

SOURCE = GOOD.format(name="bow", module="glassnet_bow")
GONE = "was trained with glassnet-bow 1.0, which is not installed: pip install glassnet-bow==1.0"
OTHER = "was trained with glassnet-bow 1.0, and here is 2.0, so its numbers may be others; the old one: pip install gl"
CHANGED = "was trained with glassnet-bow 1.0, whose code has changed since under the same version"
COLUMNS = ["sepal length", "sepal width", "petal length", "petal width"]
Here = Callable[[str], None]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with guests of several versions, a run, an estimator and a sweep that were made with the first."""
    folder = tmp_path_factory.mktemp("made")
    write_guest(folder / "old", "glassnet-bow", SOURCE)
    write_guest(folder / "new", "glassnet-bow", SOURCE.replace("scale * z", "scale * z - 3"), version="2.0")
    write_guest(folder / "same", "glassnet-bow", SOURCE, version="1.1")
    write_guest(folder / "changed", "glassnet-bow", SOURCE.replace("scale * z", "scale * z - 3"))
    write_guest(folder / "broken", "glassnet-bow", dedent(SOURCE) + "\n1 / 0\n")
    with pytest.MonkeyPatch.context() as patch:
        stand(patch, folder / "old")
        training = run(Experiment(dataset="iris", hidden=(3,), activation=("bow",), epochs=2))
        list(record(training, folder / "runs"))
        fit = GlassClassifier((3,), activation="glassnet-bow/bow", max_iter=2, n_iter_no_change=None)
        save(fit.fit(np.eye(4), [0, 1, 0, 1]), folder / "fit.npz")
        words = ["sweep", "iris", "--over", "activation=relu,bow", "--epochs", "1", "--jobs", "1"]
        done = CliRunner().invoke(main, [*words, "--quiet", "--sweeps", str(folder / "sweeps")])
        assert done.exit_code == 0, done.output
    return folder


def stand(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process see the guests of a folder, as if they had been installed."""
    patch.delitem(sys.modules, "glassnet_bow", raising=False)
    patch.syspath_prepend(str(folder))


@pytest.fixture
def here(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """Choose which guests are installed: of which folder, or none; runs are a copy."""
    for name in ("runs", "sweeps"):
        shutil.copytree(trained / name, tmp_path / name)
    shutil.copytree(trained / "runs/0001-iris", tmp_path / "runs/0002-iris")
    shutil.copy(trained / "fit.npz", tmp_path)
    monkeypatch.chdir(tmp_path)
    yield lambda name: stand(monkeypatch, trained / name) if name else None
    sys.modules.pop("glassnet_bow", None)


def glassnet(*words: str) -> Result:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        return CliRunner().invoke(main, [*words], prog_name="glassnet")


def commands_of_runs() -> dict[str, tuple[str, ...]]:
    """Every command that a run can be given to, as it is typed: a new one takes part by itself."""
    typed = {
        "predict": ("--row", ",".join(f"{name}=3" for name in COLUMNS)),
        "export": ("--to", "sklearn"),
        "plot": ("confusion_matrix",),
        "compare": ("2",),
        "train": ("--epochs", "3", "--quiet", "--no-report"),
    }
    found: dict[str, tuple[str, ...]] = {}
    for name, entry in TABLE.items():
        command: click.Command = getattr(import_module(f"glassnet.cli.{entry.module}"), entry.attribute)
        params = {one.name: one for one in command.params}
        if "runs" in params and name != "runs":
            found[name] = (name, *(["--resume"] if name == "train" else []), "1", *typed.get(name, ()))
    return found


COMMANDS = commands_of_runs()


def test_the_commands_that_take_a_run_are_found() -> None:
    assert {"evaluate", "predict", "export", "plot", "train", "trace", "report", "summary"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_without_its_guest_a_run_says_what_it_was_trained_with(name: str, here: Here) -> None:
    done = glassnet(*COMMANDS[name])
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert done.exit_code == 0 or f"run 1 {GONE}\n" in done.stderr, done.output
    if name in ("evaluate", "predict", "export", "plot", "train", "trace"):
        assert done.exit_code == 2


@pytest.mark.parametrize("name", ["evaluate", "predict", "export", "plot"])
@pytest.mark.parametrize(("guests", "said"), [("new", OTHER), ("changed", CHANGED), ("same", "with the same code; ")])
def test_another_guest_is_said_where_a_run_is_used(name: str, guests: str, said: str, here: Here) -> None:
    here(guests)
    done = glassnet(*COMMANDS[name])
    assert done.stderr.count(said) == 1 and "warning: run 1 was trained" in done.stderr, done.output
    assert done.exit_code == 0 or "bow" in done.stderr.splitlines()[-1], done.output


def test_the_guest_that_it_was_trained_with_is_not_remarked_on(here: Here) -> None:
    here("old")
    assert "was trained with" not in glassnet(*COMMANDS["evaluate"]).stderr


def test_resuming_refuses_other_code_unless_somebody_says_anyway(here: Here) -> None:
    here("new")
    done = glassnet(*COMMANDS["train"])
    assert done.exit_code == 2 and "go on with what is here: glassnet train --resume 0001" not in done.stderr
    assert "or go on with what is here: glassnet train --resume runs/0001-iris --anyway" in done.stderr
    assert done.stderr.count("\n") == done.stderr.count("was trained with") == 1, done.stderr
    done = glassnet(*COMMANDS["train"], "--anyway")
    assert done.exit_code == 0 and done.stderr.count("was trained with") == 1, done.output
    told = json.loads(Path("runs/0001-iris/provenance.json").read_text())
    assert told["begun_with"] == {"glassnet-bow": "1.0"} and told["guests"] == {"glassnet-bow": "2.0"}
    assert "was trained with" not in glassnet("evaluate", "1").stderr
    assert "--anyway goes on although" in glassnet("train", "iris", "--anyway").stderr


def test_the_same_code_under_another_version_goes_on(here: Here) -> None:
    here("same")
    assert glassnet(*COMMANDS["train"]).exit_code == 0


def test_a_guest_that_is_blocked_or_broken_is_said_with_its_reason(here: Here) -> None:
    here("broken")
    line = glassnet("evaluate", "1").stderr.splitlines()[-1]
    assert "trained with glassnet-bow 1.0, which is quarantined here: ZeroDivisionError" in line
    line = glassnet("--no-plugins", "evaluate", "1").stderr.splitlines()[-1]
    assert "trained with glassnet-bow 1.0, which is blocked here: --no-plugins was given. What to do: leave" in line


def test_a_saved_estimator_says_the_same_of_its_guest(here: Here) -> None:
    with pytest.raises(GlassnetError) as caught:
        load("fit.npz")
    assert str(caught.value) == f"fit.npz {GONE.replace('trained', 'fitted')}"
    here("new")
    with pytest.warns(GlassnetWarning, match="fit.npz was fitted with glassnet-bow 1.0, and here is 2.0"):
        load("fit.npz")


def test_a_run_opened_in_python_says_it_once(here: Here) -> None:
    here("changed")
    opened = load(1)
    row = pd.DataFrame([[5.0, 3, 1, 1]], columns=COLUMNS)
    with pytest.warns(GlassnetWarning, match=CHANGED) as told:
        opened.predict(row)
    opened.predict(row)
    assert len(told) == 1


def test_a_sweep_says_what_to_install(here: Here) -> None:
    path = next(Path("sweeps").glob("*/cells.jsonl"))
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    resume = ("sweep", "--resume", "1", "--jobs", "1", "--quiet")
    line = glassnet(*resume).stderr
    assert "begun with glassnet-bow 1.0 (missing here): install just that (pip install glassnet-bow==1.0)" in line
    here("changed")
    assert "begun with glassnet-bow 1.0 (whose code has changed since)" in glassnet(*resume).stderr


def test_words_that_name_a_guest_say_that_it_is_not_installed() -> None:
    catalog = Catalog.discover(guests=False)
    for kind, name in (("activation", "glassnet-bow/bow"), ("optimizer", "glassnet-Lions/lion")):
        with pytest.raises(
            GlassnetError, match=f"there is no {kind} .*, which is not installed: pip install glassnet-"
        ):
            catalog.find(kind, name)
    with pytest.raises(GlassnetError) as caught:  # a stranger's package is not advised for a word with a slash
        catalog.find("dataset", "data/iris")
    assert "pip install" not in str(caught.value)


@pytest.mark.parametrize("name", ["--index-url=https://elsewhere", "a; rm -r b", "a b", ""])
def test_a_name_from_a_file_is_no_option_and_no_order(name: str) -> None:
    assert install_line(name, "1") == "pip install, once it is clear what that is"
    assert install_line("glassnet-bow", "1; rm") == "pip install glassnet-bow"


def test_the_code_of_a_package_is_all_of_its_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "glassnet_far"
    package.mkdir()
    (package / "__init__.py").write_text("from .inner import activations\n")
    inner = SOURCE.replace("scale * z,", "times(scale, z),").replace(
        "    from glassnet", "    from .more import times\n    from glassnet"
    )
    (package / "inner.py").write_text(dedent(inner))
    (package / "more.py").write_text("def times(a, b):\n    return a * b\n")
    info = tmp_path / "glassnet_far-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: glassnet-far\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[glassnet]\npart = glassnet_far\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    catalog = Catalog.discover(anew=True)
    assert [guest.reason for guest in catalog.guests if guest.distribution == "glassnet-far"] == [""]
    before: Any = Maker("glassnet-far", "1.0", code_of("glassnet-far", catalog))
    (package / "more.py").write_text("def times(a, b):\n    return a * b + 1\n")
    assert before.sha256 and code_of("glassnet-far", catalog) != before.sha256
