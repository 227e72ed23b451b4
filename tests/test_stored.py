"""Rows that stay in their file: the same network as from memory, each row once an epoch, and level memory."""

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glassnet import Experiment, load, record, run
from glassnet.cli import main
from glassnet.data import staying, stored
from glassnet.data.arrays import ArrayFile
from glassnet.data.preparation import prepare
from glassnet.data.reading import Reading
from glassnet.data.stored import TOGETHER, Shelf, Stored
from glassnet.data.tables import read_table
from glassnet.experiment.stacks import alone
from glassnet.training import Plan
from glassnet.training.batches import visiting_order

Array = np.ndarray
ROWS = 1500


@pytest.fixture(scope="module")
def table() -> Array:
    """A column of 0 and 1, one of three classes, one of 40 groups, and five inputs, one of them with gaps."""
    rng = np.random.default_rng(0)
    X = rng.normal(3.0, 2.0, size=(ROWS, 5))
    X[::17, 3] = np.nan
    wins = X[:, 0] + X[:, 1] + rng.normal(size=ROWS) > 6
    return np.column_stack([wins, np.digitize(X[:, 2], [2, 4]), rng.integers(0, 40, ROWS), X])


@pytest.fixture
def file(table: Array, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The table in a file, in a folder to work in."""
    monkeypatch.chdir(tmp_path)
    np.save("rows.npy", table)
    return tmp_path / "rows.npy"


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 16 rows of eight numbers, so that a small file has 94 of them."""
    monkeypatch.setattr(stored, "BLOCK", 1024)


def words(disk: str, **more: object) -> Experiment:
    return Experiment(
        "rows.npy", **{"target": "column_1", "hidden": (8,), "epochs": 3, **more, "reading": {"disk": disk}}
    )


# --- reading ------------------------------------------------------------------------------------------------------


WRITTEN = {
    "by rows": np.ascontiguousarray, "by columns": np.asfortranarray, "float32": lambda X: X.astype(np.float32),
    "other bytes": lambda X: X.astype(">f8"), "whole": lambda X: np.nan_to_num(X).astype(int),
}  # fmt: skip


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("way", WRITTEN)
def test_any_rows_are_those_of_the_array(file: Path, table: Array, way: str) -> None:
    there = WRITTEN[way](table)
    np.save(file, there)
    X, rng = Stored.of(ArrayFile.of(file)), np.random.default_rng(0)
    assert X.shelf.blocks > 2 * TOGETHER and X.shape == there.shape
    asked = [rng.integers(0, ROWS, many) for many in (1, 5, 700, ROWS)] + [rng.permutation(ROWS), np.array([], int)]
    for rows in (*asked, slice(3, None, 7), slice(-20, None), table[:, 0] == 1, [4, 4, 1], 8):
        np.testing.assert_array_equal(X[rows], there[rows])
    np.testing.assert_array_equal(X.part(asked[2]).inputs(np.array([5, 1]))[10:20], there[asked[2]][10:20][:, [5, 1]])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(X))[:, 4], there[:, 4])
    assert X.dtype.isnative


class Counting:
    """A file that counts how often each of its rows is read."""

    def __init__(self, source: ArrayFile) -> None:
        self.source, self.file, self.shape, self.dtype = source, source.file, source.shape, source.dtype
        self.read_rows = np.zeros(source.shape[0], int)

    def edges(self, size: int) -> Array:
        return self.source.edges(size)

    def read(self, first: int, stop: int) -> Array:
        self.read_rows[first:stop] += 1
        return self.source.read(first, stop)


@pytest.mark.usefixtures("blocks")
def test_an_epoch_visits_each_row_once_and_reads_each_block_once(file: Path) -> None:
    source = Counting(ArrayFile.of(file))
    train = np.flatnonzero(np.random.default_rng(0).random(ROWS) < 0.7)
    X = Stored(Shelf(source), train, np.arange(8))
    first, second = (visiting_order(X, 50, Plan(), epoch) for epoch in (1, 2))
    assert sorted(first) == sorted(second) == list(range(len(train))) and first.tolist() != second.tolist()
    for batch in np.array_split(first, 50):
        X[batch]
    assert set(source.read_rows) == {1}
    together = [len(set(train[first[at : at + 40]] // X.shelf.size)) for at in range(0, len(first), 40)]
    assert max(together) <= 2 * TOGETHER and np.mean(together) > TOGETHER * 0.6  # neighbours in a batch come from afar


def test_few_blocks_are_mixed_as_rows_in_memory_are(file: Path, table: Array) -> None:
    X = Stored.of(ArrayFile.of(file))
    assert X.few and visiting_order(X, 50, Plan(), 1).tolist() == visiting_order(table, 50, Plan(), 1).tolist()
    assert visiting_order(X, 50, Plan(shuffle=False), 1).tolist() == list(range(ROWS))


# --- training -----------------------------------------------------------------------------------------------------


WAYS: dict[str, dict] = {
    "classes": {"target": "column_2", "class_weight": "balanced"},
    "float32": {"dtype": "float32", "dropout": 0.1, "batch_norm": True},
    "numbers": {"target": ("column_4", "column_5"), "drop": ("column_2",), "scale": "minmax"},
    "groups": {"group": "column_3", "patience": 2, "shuffle": False},
    "order": {"order": "column_8", "keep": ("column_8",)},
    "all at once": {"batch_size": "full"},
    "lbfgs": {"optimizer": "lbfgs"},
    "whole": {"test": 0.0, "validation": 0.0, "scale": "none"},
}


@pytest.mark.parametrize("way", WAYS)
def test_rows_from_a_file_give_what_the_same_rows_in_memory_give(file: Path, way: str) -> None:
    there, here = (run(words(disk, **WAYS[way])).finish() for disk in ("yes", "no"))
    assert isinstance(there.data.train.X, Stored) and isinstance(here.data.train.X, np.ndarray)
    np.testing.assert_array_equal(there.network.w, here.network.w)
    assert [epoch.scores for epoch in there.progress.epochs] == [epoch.scores for epoch in here.progress.epochs]
    assert there.scores() == here.scores() and there.intervals() == here.intervals()
    assert there.data.account == here.data.account
    assert [(one.name, one.role) for one in there.source.columns] == [
        (one.name, one.role) for one in here.source.columns
    ]


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("scale", ["standard", "minmax"])
def test_what_is_learned_of_columns_by_the_block_is_what_numpy_says(file: Path, table: Array, scale: str) -> None:
    data = read_table(file, "column_1", reading="disk=yes")
    found = prepare(data, "binary", scale=scale)
    seen = table[found.train.index][:, 1:]
    low, high = np.nanmin(seen, axis=0), np.nanmax(seen, axis=0)
    mean, spread = (np.nanmean(seen, axis=0), np.nanstd(seen, axis=0)) if scale == "standard" else (low, high - low)
    columns = found.features.columns
    np.testing.assert_allclose([(one.shift, one.scale) for one in columns], np.array([mean, spread]).T, rtol=1e-13)
    np.testing.assert_allclose([one.fill for one in columns], np.nanmean(seen, axis=0), rtol=1e-13)
    assert [one.name for one in columns if one.gaps] == ["column_7"]
    here = prepare(read_table(file, "column_1", reading="disk=no"), "binary", scale=scale)
    np.testing.assert_allclose(found.test.X[:], here.test.X, rtol=1e-11, atol=1e-13)


@pytest.mark.usefixtures("blocks")
def test_a_column_that_holds_nothing_is_left_out_as_from_memory(file: Path, table: Array) -> None:
    changed = table.copy()
    changed[:, 4], changed[:, 5], changed[4, 0] = 2.5, np.nan, np.nan
    np.save(file, changed)
    there, here = (read_table(file, "column_1", reading=f"disk={disk}") for disk in ("yes", "no"))
    assert there.columns == here.columns and there.notes[-1] == here.notes[-1]
    assert "holds 2.5 in all 1,499 rows (--keep column_5 restores it)" in there.columns[4].why
    assert there.notes[-1] == "Left out for want of a value in 'column_1': 1 row (row 5)."
    assert prepare(there, "binary").features.needed == prepare(here, "binary").features.needed


@pytest.mark.usefixtures("blocks")
def test_a_run_goes_on_in_the_same_order_whatever_memory_is_free(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staying, "free_memory", lambda: 4 * file.stat().st_size - 1000)
    short = Experiment("rows.npy", target="column_1", hidden=(8,), epochs=2)
    training = run(short)
    list(record(training, "runs"))
    assert training.experiment.reading == ("disk=yes",)
    assert "read by the batch, as they have 93.8 KiB, and 374.5 KiB of memory are free" in training.source.notes[1]
    assert training.source.notes[2] == (
        "An epoch visits each row once, and mixes those of 16 of its 94 blocks of 16 rows at a time."
    )
    whole = run(short.replace(epochs=4)).finish()
    monkeypatch.undo()
    monkeypatch.setattr(stored, "BLOCK", 1024)
    monkeypatch.chdir(file.parent)
    resuming = "train --resume last --epochs 4 --quiet --no-report"
    assert CliRunner().invoke(main, resuming.split()).exit_code == 0
    resumed = load("last")
    np.testing.assert_array_equal(resumed.model.network.w, whole.network.w)
    again = CliRunner().invoke(main, ["evaluate", "last", "--json"])
    assert json.loads(again.stdout)["metrics"]["test"] == whole.scores()["test"]
    named = CliRunner().invoke(main, ["predict", "last", "rows.npy", "--json"])
    assert named.exit_code == 0 and json.loads(named.stdout)


def test_large_rows_in_memory_are_said_to_be_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staying, "BLOCK", 1024)
    assert run(Experiment("rows.npy", target="column_1", epochs=1)).experiment.reading == ("disk=no",)
    monkeypatch.undo()
    assert run(Experiment(str(file), target="column_1", epochs=1)).experiment.reading == ()


def test_networks_on_such_rows_are_trained_alone_and_all_cells_of_a_sweep_find_them_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alone(run(words("yes"))) == "its rows stay in their file"
    monkeypatch.setattr(staying, "free_memory", lambda: file.stat().st_size)
    told = "rows.npy --target column_1 --over optimizer.lr=0.01,0.1 --hidden 4 --epochs 1 --jobs 1"
    swept = CliRunner().invoke(main, ["sweep", *told.split()])
    assert swept.exit_code == 0 and "trained alone: its rows stay in their file" in swept.stdout
    assert 'reading = ["disk=yes"]' in (file.parent / "sweeps" / "0001-rows" / "best.toml").read_text(encoding="utf-8")


# --- words --------------------------------------------------------------------------------------------------------


def _damaged(file: Path) -> None:
    whole = file.read_bytes()
    for name, changed in {"cut": whole[:50_000], "head": whole[:40], "text": b"a,b\n1,2\n"}.items():
        file.with_name(f"{name}.npy").write_bytes(changed)
    shutil.copy(file, "rows.csv")
    for name, array in {
        "cube": np.zeros((4, 2, 2)), "none": np.zeros((0, 3)), "names": np.array([["a", "1"]]),
        "objects": np.array([[None, 1]]), "fields": np.zeros(3, [("a", float)]),
        "endless": np.where(np.arange(24).reshape(8, 3) == 7, np.inf, np.arange(24).reshape(8, 3) % 5),
    }.items():  # fmt: skip
        np.save(f"{name}.npy", array)


REFUSED = {
    "cut.npy": "cut.npy is cut short: its header tells of 1,500 rows, and it holds 779. Write or fetch it again.",
    "head.npy": "head.npy can't be read as an array of NumPy: EOF",
    "text.npy": "text.npy can't be read as an array of NumPy: the magic string is not correct",
    "rows.csv": "rows.csv holds an array of NumPy, not a text table. Call it .npy.",
    "cube.npy": "cube.npy holds an array of the shape (4, 2, 2), and a table has rows and columns, (n, d). Write array",
    "none.npy": "none.npy holds no rows.",
    "names.npy": "names.npy holds str32, and rows of an array are plain numbers. Write a table",
    "objects.npy": "objects.npy holds Python objects, and rows of an array are plain numbers. Write a table",
    "fields.npy": "fields.npy holds named fields, and rows of an array are plain numbers. Write a table",
    "rwos.npy": "there is no file 'rwos.npy'. Did you mean 'rows.npy'?",
    "rows.npy --disk perhaps": "disk is yes or no, not 'perhaps'",
    "rows.npy --decimal ,": "--decimal says nothing about rows.npy, which is an array of NumPy: leave it away.",
    "rows.npy --disk yes --decimal ,": "--decimal says nothing about rows.npy, which is an array of",
    "rows.npy --disk yes --category column_3": "--category column_3 is for rows in memory (--disk no), or",
    "rows.npy --disk yes --group copies": "--group copies looks at all rows at once, and these stay in their file",
    "endless.npy --disk yes": "column 'column_2' holds inf in row 2 (counted from 0). Inputs must be finite numbers",
    "iris --disk yes": "--disk is for a table",
}


@pytest.mark.usefixtures("file")
def test_what_is_no_table_of_numbers_is_refused_in_a_line(file: Path) -> None:
    _damaged(file)
    for given, said in REFUSED.items():
        target = [] if given.startswith("iris") else ["--target", "column_1"]
        found = CliRunner().invoke(main, ["train", *given.split(), *target])
        assert found.exit_code == 2 and said in found.stderr and found.stderr.count("\n") == 1, (given, found.output)


@pytest.mark.usefixtures("blocks")
def test_a_file_that_is_cut_while_it_is_read_breaks_the_epoch_off(file: Path) -> None:
    training = run(words("yes"))
    epochs = iter(training)
    next(epochs)
    kept = training.network.w.copy()
    file.write_bytes(file.read_bytes()[:50_000])
    with pytest.raises(
        Exception, match=r"^rows\.npy has become shorter while it was read\. Write or fetch it again\.$"
    ):
        next(epochs)
    np.testing.assert_array_equal(training.network.w, kept)


def test_rows_that_are_wanted_all_at_once_need_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = run(words("yes", batch_size="full"))
    monkeypatch.setattr(stored, "free_memory", lambda: 50_000)
    with pytest.raises(
        Exception, match=r"1,080 rows of rows\.npy at once take .* of memory are free: give a --batch-size"
    ):
        training.finish()


def test_the_word_is_one_of_reading() -> None:
    assert (
        Reading.of({"disk": True}).disk is True and Reading.of("disk=no").disk is False and Reading.of(()).disk is None
    )


# --- memory -------------------------------------------------------------------------------------------------------


ROOM = 48  # MiB beyond the libraries
CHILD = f"""
import resource, sys
import numpy as np
from glassnet import Experiment, GlassnetError, run

few = np.ones((600, 600), np.float32)
few @ few  # BLAS takes its memory when it is first used
list(run(Experiment("few.npy", target="column_1", epochs=1, hidden=(16,), batch_size=256, dtype="float32")))
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + ({ROOM} << 20), resource.RLIM_INFINITY))
sizes = dict(hidden=(16,), epochs=2, batch_size=256, dtype="float32", validation=0)
words = Experiment("large.npy", target="column_1", **sizes)
training = run(words)
peaks = []
for epoch in training:
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
print(*peaks, epoch.scores["train"]["accuracy"])
try:
    run(words.replace(reading=("disk=no",)))
except GlassnetError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_file_of_eight_times_the_memory_allowed_is_trained_and_memory_stays_level(tmp_path: Path) -> None:
    n, d = 98_400, 1024
    if shutil.disk_usage(tmp_path).free < 4 * n * d * 1.5:
        pytest.skip("the disk has no room for the file")
    some = np.random.default_rng(0).standard_normal((2400, d), np.float32)
    some[:, 0] = some[:, 1:6].sum(axis=1) > 0
    large = np.lib.format.open_memmap(tmp_path / "large.npy", "w+", np.float32, (n, d))
    for first in range(0, n, len(some)):
        large[first : first + len(some)] = some
    del large
    np.save(tmp_path / "few.npy", some[:600])
    assert (tmp_path / "large.npy").stat().st_size >= 8 * (ROOM << 20)
    child = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=tmp_path, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-2000:]
    figures, refused = child.stdout.splitlines()
    first, last, accuracy = map(float, figures.split())
    assert last - first <= 1 and accuracy > 0.9
    assert refused.startswith("large.npy has 384.4 MiB, and reading it takes about 1.5 GiB of memory, of which")
