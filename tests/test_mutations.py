"""Whatever a file holds, reading it gives a right result or one clear line: no traceback, no hang, no end of memory."""

import json
import os
import random
import shutil
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from guests import environment
from mutations import bomb, claims, mutate
from samples import SOAK
from waiting import PATIENCE, worked

from glassnet import Experiment, GlassClassifier, GlassnetError, GlassRegressor, Run, load, record, run, save
from glassnet.catalog import Catalog
from glassnet.pages import page_of
from glassnet.publish.store import LEDGER, Store
from glassnet.runs import FOLDERS, row_of
from glassnet.sweeps import Plan, begin, resume
from glassnet.sweeps.local import on_this_machine

pytestmark = pytest.mark.slow

if sys.platform == "win32":
    pytest.skip("pipes and limits are those of POSIX", allow_module_level=True)

CATALOG = Catalog.discover(guests=False)
SLOWEST = 10  # seconds that reading one file may take
#: `make soak` reads 10,000 mutated files; the gate as many as it has time for.
COUNTS = {"run": 7000, "sweep": 500, "estimator": 2000, "ledger": 500} if SOAK else {
    "run": 240, "sweep": 20, "estimator": 100, "ledger": 40
}  # fmt: skip
PARTS = 4  # so that several workers share them

Reader = Callable[[Path], object]


# --- honest files -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with two watched runs, a sweep, two saved estimators and a ledger, all of them sound."""
    desk, rng = tmp_path_factory.mktemp("honest"), np.random.default_rng(0)
    columns = {"b": ["x", "y", None], "kind": ["u", "v", "w"]}
    table = {"a": rng.normal(size=60), **{name: rng.choice(values, 60) for name, values in columns.items()}}
    pd.DataFrame(table).to_csv(desk / "rows.csv", index=False)
    words = Experiment(dataset=str(desk / "rows.csv"), target="kind", batch_norm=True, hidden=(4,), epochs=3)
    for experiment in (words, Experiment(dataset="xor", optimizer="sgd", hidden=(4, 3), epochs=3)):
        for _ in record(run(experiment, CATALOG), desk / "runs", watch="all"):
            pass
    sweep = begin(
        Plan(Experiment(dataset="xor", validation=0.5, test=0.2, hidden=(), epochs=1), ("l2=0,1,2",)), CATALOG, desk
    )
    list(sweep.run(partial(on_this_machine, processes=1)))
    _estimators(desk, rng)
    entry = {"version": "1.0", "size": 3, "sha256": "0" * 64, "uploaded": "2026-01-01T00:00:00.000000Z"}
    lines = [json.dumps(entry | {"name": name, "file": f"{name}-1.0.tar.gz"}) for name in "abc"]
    (desk / LEDGER).write_text("\n".join(lines) + "\n")
    return desk


def _estimators(desk: Path, rng: np.random.Generator) -> None:
    X, y = rng.normal(size=(40, 3)), np.arange(40) % 3
    names = np.array(["a", "b", "c"], object)[y]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save(GlassClassifier((3,), max_iter=3, class_weight={"a": 2.0}).fit(X, names), desk / "classes.npz")
        save(GlassRegressor((), max_iter=3, early_stopping=True).fit(X, y), desk / "numbers.npz")


# --- readers ------------------------------------------------------------------------------------------------


def _answers(thing: object) -> object:
    rows = pd.DataFrame({"a": [0.1, None], "b": ["x", "new"]})
    texts = any(column.kind == "text" for column in thing.model.features.columns)  # type: ignore[attr-defined]
    return thing.model.predict(rows if texts else np.ones((2, 2)))  # type: ignore[attr-defined]


def opened(folder: Path) -> Run:
    return Run(folder, CATALOG)


RUN: dict[str, tuple[Reader, ...]] = {
    "experiment.json": (
        lambda f: row_of(Run(f)),
        lambda f: opened(f).trained.scores(),
        lambda f: opened(f).at_checkpoint(),
    ),
    "provenance.json": (lambda f: opened(f).provenance, lambda f: opened(f).training()),
    "history.csv": (lambda f: opened(f).history, lambda f: next(iter(opened(f).resume(9)))),
    "checkpoint.npz": (lambda f: opened(f).at_checkpoint(9), lambda f: next(iter(opened(f).resume(9)))),
    "model.npz": (lambda f: _answers(opened(f)), lambda f: opened(f).trained.scores()),
    "metrics.json": (lambda f: json.dumps(row_of(Run(f)).words(), allow_nan=False), lambda f: opened(f)._repr_html_()),
    "watch.npz": (lambda f: opened(f).watched, lambda f: opened(f).resume(9)),
}


def answer(reader: Reader, path: Path) -> str:
    """What reading came to: a result, or one clear line; anything else is raised."""
    began = worked()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # weights near 1e308 overflow, as they should
            reader(path)
        return "read"
    except GlassnetError as error:
        said = str(error)
        assert said and "\n" not in said and len(said) < 50_000
        said.encode()
        return said
    finally:
        assert worked() - began < SLOWEST


def trial(file: Path, seed: object, readers: tuple[Reader, ...], whole: Path) -> list[str]:
    """Mutate a file and read it in every way; the mutation is named where something goes wrong."""
    done = mutate(file, seed)
    try:
        return [answer(reader, whole) for reader in readers]
    except BaseException as error:
        error.add_note(f"seed {seed}: {done} of {file.name}")
        raise


def shares(kind: str) -> list[range]:
    return [range(part, COUNTS[kind], PARTS) for part in range(PARTS)]


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_runs_are_read_or_refused_in_a_line(honest: Path, tmp_path: Path, part: int) -> None:
    said: list[str] = []
    for number in shares("run")[part]:
        dice = random.Random(f"run {number}")
        folder = shutil.copytree(dice.choice(FOLDERS.all(honest / "runs")), tmp_path / f"{number}")
        name = dice.choice(list(RUN))
        said += trial(folder / name, f"run {number}", RUN[name], folder)
        _remove(folder)
    assert len(set(said)) > len(said) / 20  # refused for reasons of their own, and not all for one
    assert "read" in said


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_sweeps_are_read_or_refused_in_a_line(honest: Path, tmp_path: Path, part: int) -> None:
    def again(folder: Path) -> None:
        sweep = resume(folder, CATALOG)
        sweep.rows(), sweep.best(), sweep.total

    (original,) = [path.parent for path in honest.glob("*/sweep.json")]
    for number in shares("sweep")[part]:
        folder = shutil.copytree(original, tmp_path / f"{number}")
        name = random.Random(f"sweep {number}").choice(["sweep.json", "cells.jsonl"])
        trial(folder / name, f"sweep {number}", (again,), folder)
        _remove(folder)


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_estimators_are_read_or_refused_in_a_line(honest: Path, tmp_path: Path, part: int) -> None:
    def used(path: Path) -> None:
        estimator = load(path, catalog=CATALOG)
        estimator.predict(np.ones((2, 3)))

    for number in shares("estimator")[part]:
        name = random.Random(f"estimator {number}").choice(["classes.npz", "numbers.npz"])
        path = Path(shutil.copy(honest / name, tmp_path / name))
        trial(path, f"estimator {number}", (used,), path)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_mutated_ledgers_are_read_or_refused_in_a_line(honest: Path, tmp_path: Path) -> None:
    def listed(folder: Path) -> None:
        store = Store(folder)
        assert all(store.path(entry).is_relative_to(folder / "files") for entry in store.history())
        store.projects()

    for number in range(COUNTS["ledger"]):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        shutil.copy(honest / LEDGER, folder / LEDGER)
        trial(folder / LEDGER, f"ledger {number}", (listed,), folder)
        _remove(folder)


# --- memory -------------------------------------------------------------------------------------------------


def peak_of(reader: Reader, path: Path) -> int:
    """The most bytes that were held at once while something was read."""
    tracemalloc.start()
    try:
        answer(reader, path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("evil", [bomb, claims])
@pytest.mark.parametrize("name", ["model.npz", "checkpoint.npz", "watch.npz", "classes.npz"])
def test_a_bomb_takes_no_more_memory_than_four_honest_files(
    honest: Path, tmp_path: Path, name: str, evil: object
) -> None:
    """What a file claims is compared with its size before anything is unpacked."""
    small = 1 << 20  # what reading any file takes for itself
    for seed in range(6):
        folder = shutil.copytree(FOLDERS.all(honest / "runs")[0], tmp_path / f"{evil.__name__}{seed}")  # type: ignore[attr-defined]
        path = folder / name
        if name == "classes.npz":
            shutil.copy(honest / name, path)
        honest_size = path.stat().st_size
        evil(path, random.Random(seed))  # type: ignore[operator]
        readers = RUN.get(name, (lambda folder: load(folder / "classes.npz", catalog=CATALOG),))
        assert max(peak_of(reader, folder) for reader in readers) < 4 * honest_size + small


def test_a_checkpoint_that_claims_a_billion_epochs_is_answered_at_once(honest: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDERS.all(honest / "runs")[0], tmp_path / "run")
    arrays = dict(np.load(folder / "checkpoint.npz"))
    np.savez(folder / "checkpoint.npz", **arrays | {"counts": np.array([10**9, 10**9, 3])})
    said = answer(lambda f: opened(f).at_checkpoint(), folder)
    assert "it lacks 999,999,997 epochs between 4 and 1000000000 of 1000000000" in said
    assert peak_of(lambda f: opened(f).at_checkpoint(), folder) < 4 << 20


LIMITED = """
import resource, sys
from pathlib import Path
from glassnet import GlassnetError, Run
folder = Path(sys.argv[1])
from glassnet.catalog import Catalog
catalog = Catalog.discover(guests=False)
Run(folder, catalog).trained.scores()
here = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (here + (256 << 20),) * 2)
for file in sys.argv[2:]:
    place = folder / Path(file).name
    before = place.read_bytes()
    Path(file).replace(place)
    run = Run(folder, catalog)
    for read in (lambda: run.trained, lambda: run.at_checkpoint(), lambda: run.watched, lambda: run.history):
        try:
            read()
        except GlassnetError as error:
            print(error)
    place.write_bytes(before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process has is asked of Linux")
def test_hostile_files_of_a_run_stay_within_a_limit_of_memory(honest: Path, tmp_path: Path) -> None:
    """A quarter of a gigabyte above what an honest run needs, in a process of its own."""
    folder = shutil.copytree(FOLDERS.all(honest / "runs")[0], tmp_path / "run")
    files = []
    for number, name in enumerate(("model.npz", "checkpoint.npz", "watch.npz") * 2):
        path = Path(shutil.copy(folder / name, tmp_path / "evil")).parent / f"{number}" / name
        path.parent.mkdir()
        (tmp_path / "evil").replace(path)
        (bomb if number < 3 else claims)(path, random.Random(number))
        files.append(str(path))
    wide = json.loads((folder / "experiment.json").read_text()) | {"hidden": [10**7, 10**7]}
    (tmp_path / "experiment.json").write_text(json.dumps(wide))
    deep = tmp_path / "0" / "metrics.json"
    deep.write_text("[" * 3_000_000)
    words = [sys.executable, "-c", LIMITED, str(folder), *files, str(deep), str(tmp_path / "experiment.json")]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("claims to hold") >= 3
    assert "does not fit its experiment.json" in done.stdout


# --- by name ------------------------------------------------------------------------------------------------


def test_one_damaged_run_costs_one_line_of_the_list(honest: Path, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from glassnet.cli import main

    def other(old: str, new: str) -> Callable[[Path], object]:
        return lambda figures: figures.write_text(figures.read_text().replace(old, new))

    runs = tmp_path / "runs"
    evils: dict[str, Callable[[Path], object]] = {
        "nan": other(": 0.", ': NaN, "x": 0.'),
        "huge": other(": 0.", ': 1e999, "x": 0.'),
        "deep": lambda figures: figures.write_text("[" * 100_000),
        "pipe": lambda figures: (figures.unlink(), os.mkfifo(figures)),
        "zero": lambda figures: (figures.unlink(), figures.symlink_to("/dev/zero")),
    }
    for number, evil in enumerate(evils, 1):
        folder = shutil.copytree(FOLDERS.all(honest / "runs")[0], runs / f"{number:04d}-{evil}")
        evils[evil](folder / "metrics.json")
    shutil.copytree(FOLDERS.all(honest / "runs")[0], runs / "0009-sound")
    done = CliRunner().invoke(main, ["--no-plugins", "runs", "--runs", str(runs), "--json"])
    rows = json.loads(done.stdout, parse_constant=pytest.fail)
    assert [Path(row["run"]).name.split("-")[1] for row in rows] == [*evils, "sound"]
    assert [row["score"] is None for row in rows] == [True] * len(evils) + [False]
    assert all("metrics.json is damaged" in row["stopped"] for row in rows[:-1])


def test_a_stranger_s_run_does_not_show_what_stands_in_a_file_of_mine(honest: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    for content in ("password hunter2\n", "hunter2,b,kind\n1,x,u\n", "a,b,kind\nhunter2,x,u\n" * 3):
        secret.write_text(content)
        folder = shutil.copytree(FOLDERS.all(honest / "runs")[0], tmp_path / "run", dirs_exist_ok=True)
        words = json.loads((folder / "experiment.json").read_text()) | {"dataset": str(secret)}
        (folder / "experiment.json").write_text(json.dumps(words))
        for ask in (lambda f: opened(f).training(), lambda f: opened(f).trained, lambda f: opened(f).resume()):
            said = answer(ask, folder)
            assert "no longer those it was trained on" in said and "hunter2" not in said
        assert "hunter2" not in page_of(opened(folder))
    secret.unlink()
    os.mkfifo(secret)
    assert "are not there: no file" in answer(lambda f: opened(f).training(), folder)
