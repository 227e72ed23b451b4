"""A DataFrame is a data set: the same rows as its file, known by a checksum, and asked for again."""

import numpy as np
import pandas as pd
import pytest

from glassnet import Experiment, GlassnetError, load, record, run
from glassnet.data import prepare, read_table
from glassnet.data.frames import Frame

RNG = np.random.default_rng(0)
N = 80
TABLE = pd.DataFrame(
    {
        "Id": RNG.permutation(N),
        "a": RNG.normal(size=N).round(4),
        "kind": [["red", "blue", "green"][i] for i in RNG.integers(0, 3, N)],
        "day": pd.date_range("2024-01-01", periods=N).astype(str),
        "gap": np.where(RNG.random(N) < 0.2, np.nan, RNG.normal(size=N).round(4)),
        "passed": RNG.integers(0, 2, N),
    }
)
WORDS = {"target": "passed", "epochs": 2, "hidden": 4}


def trained(tmp_path, table=TABLE, **words):
    return record(run(Experiment(dataset=table, **WORDS | words)), tmp_path / "runs").finish()


def test_a_frame_and_its_file_are_the_same_rows(tmp_path):
    TABLE.to_csv(tmp_path / "t.csv", index=False)
    one, other = (run(Experiment(dataset=given, **WORDS)) for given in (TABLE, tmp_path / "t.csv"))
    assert one.data.features.columns == other.data.features.columns
    np.testing.assert_array_equal(one.data.train.X, other.data.train.X)
    assert one.data.checksum == other.data.checksum
    assert one.source.notes[0] == "DataFrame: 80 rows, 6 columns."
    assert "Id" not in one.data.features.needed


def test_the_frame_stays_as_it_is_and_its_index_is_no_column(tmp_path):
    table = TABLE.set_index(np.arange(N)[::-1])
    before = table.copy(deep=True)
    training = run(Experiment(dataset=table, **WORDS))
    pd.testing.assert_frame_equal(table, before)
    np.testing.assert_array_equal(training.data.train.X, run(Experiment(dataset=TABLE, **WORDS)).data.train.X)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(a=table["a"].where(table.index > 0, 9)),
        lambda table: table.rename(columns={"a": "b"}),
        lambda table: table.astype({"passed": float}),
        lambda table: table.iloc[::-1],
        lambda table: table[[*table.columns[::-1]]],
    ],
)
def test_the_checksum_tells_frames_apart(change):
    same, other = Experiment(dataset=TABLE.copy()), Experiment(dataset=change(TABLE))
    assert same == Experiment(dataset=TABLE) and hash(same) == hash(Experiment(dataset=TABLE))
    assert same != other and same.differing([other]) == ["dataset"]


def test_a_run_keeps_the_words_and_asks_for_the_rows(tmp_path):
    folder = trained(tmp_path).folder
    kept = load(folder)
    words = kept.experiment.dataset
    assert words == str(Frame.of(TABLE)) and words.startswith("DataFrame, 80 rows, sha256 ")
    assert folder.name == "0001-DataFrame" and kept.title == "DataFrame, run 1"
    assert len(kept.predict(TABLE.drop(columns=["Id", "passed"]))) == N  # needs no rows but those handed over
    for ask in (lambda: kept.trained, lambda: kept.resume(4), lambda: kept.rows("test")):
        with pytest.raises(GlassnetError, match=r"give that DataFrame again, glassnet\.load\(.*data=df"):
            ask()
    with pytest.raises(GlassnetError, match="they are in no file, so give that DataFrame again"):
        run(kept.experiment)


def test_a_run_goes_on_with_the_rows_given_again_and_with_no_others(tmp_path):
    folder = trained(tmp_path).folder
    again = load(folder, data=TABLE.copy())
    assert again.trained.scores()["validation"] == pytest.approx(load(folder).result["metrics"]["validation"])
    more = again.resume(4).finish()
    straight = trained(tmp_path, epochs=4)
    np.testing.assert_array_equal(more.training.network.w, straight.training.network.w)
    with pytest.raises(GlassnetError, match="checksum differs"):
        assert load(folder, data=TABLE.assign(a=0)).trained
    assert load(folder).experiment.dataset == str(Frame.of(TABLE))


def test_a_target_may_be_a_series_of_its_own():
    whole = run(Experiment(dataset=TABLE, **WORDS))
    apart = Experiment(dataset=TABLE.drop(columns="passed"), **WORDS | {"target": TABLE["passed"]})
    assert apart.target == "passed"
    assert run(apart).data.checksum == whole.data.checksum
    nameless = Experiment(dataset=TABLE.drop(columns="passed"), target=pd.Series(TABLE["passed"].to_numpy()))
    assert nameless.target == "target" and run(nameless).data.targets.names == ("target",)
    with pytest.raises(GlassnetError, match="the target has 3 rows, but the DataFrame has 80"):
        Experiment(dataset=TABLE, target=pd.Series([1, 2, 3]))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            pd.concat([TABLE, TABLE[["a"]]], axis=1),
            "several columns have the same name: a. Call each",
        ),
        (TABLE.set_axis([1, "1", 2, 3, 4, "passed"], axis=1), "several columns have the same name: 1"),
        (TABLE.iloc[:0], "the DataFrame holds no rows"),
        (TABLE["a"], "a data set is a DataFrame of inputs and target"),
    ],
)
def test_frames_that_are_none_are_refused_by_name(table, words):
    with pytest.raises(GlassnetError, match=words):
        Experiment(dataset=table, target="passed")


def test_words_about_files_say_nothing_about_a_frame():
    with pytest.raises(GlassnetError, match="says nothing about the DataFrame, which is in memory"):
        run(Experiment(dataset=TABLE, reading=("separator=;",), **WORDS))
    numbers = TABLE.assign(a=TABLE["a"].astype(str).str.replace(".", ","))
    read = run(Experiment(dataset=numbers, reading=("decimal=,",), **WORDS)).source.X["a"]
    assert read.tolist() == TABLE["a"].tolist()


def test_categories_of_numbers_are_names_and_roles_hold():
    table = TABLE.assign(kind=pd.Categorical(RNG.integers(1, 4, N)))
    assert {"kind=1", "kind=2", "kind=3"} < {*prepare(read_table(table, "passed"), "binary").features.outputs}
    data = read_table(table, "passed", drop=["a"], category=["gap"], keep=["Id"], group="kind")
    assert {column.name: column.role for column in data.columns} == {
        "Id": "number", "a": "left out", "kind": "group", "day": "date", "gap": "category", "passed": "target",
    }  # fmt: skip


def test_tables_of_other_libraries_are_taken():
    pyarrow = pytest.importorskip("pyarrow")
    arrow = Experiment(dataset=pyarrow.Table.from_pandas(TABLE, preserve_index=False), **WORDS)
    assert run(arrow).data.checksum == run(Experiment(dataset=TABLE, **WORDS)).data.checksum


def test_a_frame_is_in_no_file_of_words():
    with pytest.raises(GlassnetError, match="a DataFrame is in no file, and TOML can't hold it"):
        Experiment(dataset=TABLE, target="passed").to_toml()
