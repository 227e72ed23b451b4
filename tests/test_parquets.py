"""Parquet whose rows stay in their file: groups of rows as blocks, and what the same rows in memory give."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from glassnet import Experiment, run
from glassnet.cli import main
from glassnet.data import staying, stored
from glassnet.data.parquets import ParquetFile
from glassnet.data.preparation import prepare
from glassnet.data.stored import Stored
from glassnet.data.tables import read_table
from glassnet.training import Plan
from glassnet.training.batches import visiting_order

ROWS = 1500


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Columns of every kind of number, an id, a category, and classes as text."""
    rng = np.random.default_rng(0)
    X = rng.normal(3.0, 2.0, size=(ROWS, 3))
    return pd.DataFrame(
        {
            "id": rng.permutation(ROWS), "kind": np.where(X[:, 0] + X[:, 1] > 6, "large", "small"), "length": X[:, 0],
            "width": X[:, 1].astype(np.float32), "rooms": rng.integers(0, 9, ROWS), "garden": X[:, 2] > 3,
            "gaps": np.where(np.arange(ROWS) % 17, X[:, 2], np.nan),
            "floors": pd.array(np.where(np.arange(ROWS) % 11, 2, 3), "Int16"), "place": rng.integers(0, 40, ROWS),
            "same": 4, "town": rng.choice(["Ulm", "Bonn"], ROWS),
        }
    )  # fmt: skip


@pytest.fixture
def file(table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The table in a file of groups of 100 rows, in a folder to work in."""
    monkeypatch.chdir(tmp_path)
    changed = table.copy()
    changed.loc[::13, "floors"] = pd.NA
    changed.to_parquet("rows.parquet", row_group_size=100)
    return tmp_path / "rows.parquet"


NUMBERS = ("length", "width", "rooms", "garden", "gaps", "floors", "place")


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So little is held that the groups of a small file are read one after the other."""
    monkeypatch.setattr(stored, "BLOCK", 1024)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("groups", [100, 1500, 7, 450])
def test_any_rows_are_those_that_pandas_reads(file: Path, groups: int) -> None:
    whole = pd.read_parquet(file)
    whole.to_parquet(file, row_group_size=groups)
    there = whole[list(NUMBERS)].astype(float).to_numpy()
    source, columns = ParquetFile.of(file).chosen(NUMBERS)
    X, rng = Stored.of(source).inputs(columns), np.random.default_rng(0)
    assert X.shape == there.shape and X.shelf.blocks == {7: 107, 100: 15, 450: 4, 1500: 1}[groups]
    asked = [rng.integers(0, ROWS, many) for many in (1, 5, 700)] + [rng.permutation(ROWS), np.array([], int)]
    for rows in (*asked, slice(3, None, 7), slice(-20, None), there[:, 2] == 1, 8):
        np.testing.assert_array_equal(X[rows], there[rows])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(X))[:, 4], there[:, 4])
    order = visiting_order(X, 50, Plan(), 1)
    assert sorted(order) == list(range(ROWS)) and order.tolist() != sorted(order)


def test_columns_keep_their_dtype_where_nothing_is_missing(file: Path) -> None:
    source = ParquetFile.of(file)
    found = {name: source.chosen([name])[0].dtype.name for name in NUMBERS}
    assert found == {
        "length": "float64", "width": "float32", "rooms": "int64", "garden": "bool", "gaps": "float64",
        "floors": "float64", "place": "int64",
    }  # fmt: skip


WAYS: dict[str, dict] = {
    "classes": {"class_weight": "balanced"},
    "float32": {"dtype": "float32", "batch_norm": True},
    "numbers": {"target": ("length", "rooms"), "drop": ("town", "kind", "gaps"), "scale": "minmax"},
    "groups": {"group": "place", "shuffle": False},
    "order": {"order": "id", "keep": ("id",)},
    "a class of numbers": {"target": "floors", "drop": ("town", "kind"), "category": ("floors",)},
    "lbfgs": {"optimizer": "lbfgs"},
}


@pytest.mark.parametrize("way", WAYS)
def test_rows_from_a_file_give_what_the_same_rows_in_memory_give(file: Path, way: str) -> None:
    words = {"target": "kind", "drop": ("town",), "hidden": (8,), "epochs": 2, **WAYS[way]}
    there, here = (run(Experiment(file.name, **words, reading={"disk": disk})).finish() for disk in ("yes", "no"))
    assert isinstance(there.data.train.X, Stored) and isinstance(here.data.train.X, np.ndarray)
    np.testing.assert_array_equal(there.network.w, here.network.w)
    assert there.scores() == here.scores() and there.data.account == here.data.account
    assert there.source.columns == here.source.columns  # ids are left out, and so is what holds one value


@pytest.mark.usefixtures("blocks")
def test_groups_that_are_many_are_visited_some_at_a_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "HELD", 15)
    words = Experiment("rows.parquet", target="kind", drop=("town",), epochs=2, reading={"disk": True})
    training = run(words).finish()
    X = training.data.train.X
    assert (X.shelf.blocks, X.shelf.size, X.shelf.together) == (15, 100, 2)
    assert training.source.notes[:3] == (
        "rows.parquet: 1,500 rows, 11 columns, Parquet.",
        "Its rows stay in the file and are read by the batch, as you asked (--disk overrules).",
        "An epoch visits each row once, and mixes those of 2 of its 15 blocks of 100 rows at a time.",
    )
    assert len(X.shelf._kept) == 200  # rows, whatever the file holds
    here = prepare(read_table(file, "kind", drop=("town",), reading="disk=no"), "binary")
    np.testing.assert_allclose(training.data.test.X[:], here.test.X, rtol=1e-11, atol=1e-13)
    assert max(training.scores()["test"].values()) > 0.5


def test_where_rows_lie_is_written_down(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = Experiment("rows.parquet", target="kind", drop=("town",), epochs=1)
    assert run(words).experiment.reading == ()
    monkeypatch.setattr(staying, "BLOCK", 1024)
    assert run(words).experiment.reading == ("disk=no",)
    told = "rows.parquet --target kind --drop town --over l2=0,1 --epochs 1 --jobs 1"
    swept = CliRunner().invoke(main, ["sweep", *told.split()])
    assert swept.exit_code == 0
    assert 'reading = ["disk=no"]' in (file.parent / "sweeps" / "0001-rows" / "best.toml").read_text(encoding="utf-8")
    monkeypatch.setattr(staying, "free_memory", lambda: 300_000)
    training = run(words)
    assert training.experiment.reading == ("disk=yes",)
    assert "read by the batch, as they have 82.2 KiB" in training.source.notes[1]


REFUSED = {
    "": "rows of rows.parquet stay in the file, and then each input is a number, but the column 'town' holds text: "
    "--drop town, or --disk no, or write a column of 0 and 1 for each of the values",
    "--drop town --category rooms": "rows of rows.parquet stay in the file, and then each input is a number: "
    "--category rooms is for rows in memory (--disk no), or write",
    "--target length --drop id": "but the columns 'kind', 'town' hold text: --drop kind --drop town, or --disk no",
    "--drop town --separator ;": "--separator says nothing about rows.parquet, which is Parquet: leave it away.",
    "--drop town --group copies": "--group copies looks at all rows at once, and these stay in their file",
}


@pytest.mark.parametrize("more", REFUSED)
def test_what_can_not_stay_is_refused_in_a_line(file: Path, more: str) -> None:
    del file
    asked = ["train", "rows.parquet", "--disk", "yes", *more.split()]
    asked += [] if "--target" in more else ["--target", "kind"]
    found = CliRunner().invoke(main, asked)
    assert found.exit_code == 2 and REFUSED[more] in found.stderr and found.stderr.count("\n") == 1, found.output


def test_other_files_are_refused_in_a_line(file: Path, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    table.head(0).to_parquet("none.parquet")
    file.with_name("broken.parquet").write_bytes(file.read_bytes()[:5000])
    table.assign(town=table["rooms"].astype("category")).to_parquet("named.parquet")
    for name, said in {
        "none.parquet": "none.parquet holds no rows.",
        "broken.parquet": "broken.parquet can't be read as Parquet: ",
        "named.parquet": "but the column 'town' holds text: --drop town",
    }.items():
        with pytest.raises(Exception, match="parquet") as refused:
            read_table(name, "kind", reading="disk=yes")
        assert said in str(refused.value)
    table.to_parquet("one.parquet")
    monkeypatch.setattr(stored, "BLOCK", 1024)
    monkeypatch.setattr(staying, "free_memory", lambda: 100_000)
    said = (
        r"one\.parquet was written in groups of up to 1,500 rows, of which some are in memory at a time: they take "
        r"316\.4 KiB, and 97\.7 KiB are free\. Write smaller groups: .*row_group_size=56\)"
    )
    with pytest.raises(Exception, match=said):
        read_table("one.parquet", "kind", drop=("town",), reading="disk=yes")


@pytest.mark.usefixtures("blocks")
def test_a_file_that_changes_while_it_is_read_breaks_the_epoch_off(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "HELD", 15)
    epochs = iter(run(Experiment("rows.parquet", target="kind", drop=("town",), reading={"disk": True})))
    next(epochs)
    file.write_bytes(file.read_bytes()[:9000])
    with pytest.raises(Exception, match=r"^rows\.parquet has changed while it was read\. Write or fetch it again\.$"):
        next(epochs)
