"""Groups stay whole, an order puts the last rows into the test, and copies of learned rows are counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet import Catalog, Dataset, Experiment, GlassnetError, load, record, run
from glassnet.data import prepare, read_table
from glassnet.data.grounds import counts_of_groups, deal_groups, split_groups, split_in_order
from glassnet.sweeps.division import divide

CATALOG = Catalog.discover(guests=False)


def frame(n=240, groups=40, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "who": [f"p{one:02}" for one in rng.integers(0, groups, n)],
            "day": rng.permutation(n) // 3,
            "a": rng.normal(size=n).round(6),
            "y": rng.integers(0, 2, n),
        }
    )


def written(tmp_path, table, name="t.csv"):
    table.to_csv(tmp_path / name, index=False)
    return tmp_path / name


def parts(prepared):
    return [part.index for part in (prepared.train, prepared.validation, prepared.test)]


# --- groups -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_rows_of_a_group_are_in_one_split(seed, tmp_path):
    table = frame(seed=seed)
    data = read_table(written(tmp_path, table), "y", group="who")
    prepared = prepare(data, "binary", split_seed=seed)
    held = [{*table["who"][index]} for index in parts(prepared)]
    assert not held[0] & held[1] and not held[0] & held[2] and not held[1] & held[2]
    assert sum(map(len, parts(prepared))) == len(table)
    assert "who" not in prepared.features.names
    sizes = np.array([len(index) for index in parts(prepared)]) / len(table)
    np.testing.assert_allclose(sizes, [0.72, 0.08, 0.2], atol=0.04)
    counts = ", ".join(
        f"{len(one)} for {name}" for one, name in zip(held, ("training", "validation", "the test"), strict=True)
    )
    assert f"Groups of 'who' stay together: {counts}, of {table['who'].nunique()}." in prepared.account
    assert "stratified by class as far as groups allow" in prepared.account[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30), st.floats(0.05, 0.6))
def test_any_groups_are_divided_near_their_share(seed, groups, fraction):
    """As near as the largest group allows, and every class keeps a row."""
    rng = np.random.default_rng(seed)
    n = 20 * groups
    group, codes = rng.integers(0, groups, n), rng.integers(0, 3, n)
    stay, taken = split_groups(np.arange(n), fraction, rng, group, codes)
    assert not {*group[stay]} & {*group[taken]} and len(stay) + len(taken) == n and len(taken)
    assert abs(len(taken) - fraction * n) <= np.bincount(group).max() + 1
    assert {*codes[stay]} == {*codes}


def test_groups_follow_the_seed_and_classes_come_near_to_their_share():
    group = np.repeat(np.arange(60), 5)
    codes = np.repeat(np.arange(60) % 3 == 0, 5).astype(int)  # a third of the groups is of class 1
    taken = [split_groups(np.arange(300), 0.2, np.random.default_rng(seed), group, codes)[1] for seed in (1, 1, 2)]
    assert (taken[0] == taken[1]).all() and not np.array_equal(taken[0], taken[2])
    assert all(codes[one].mean() == pytest.approx(1 / 3, abs=0.09) for one in taken)


def test_rows_without_a_group_are_each_their_own():
    groups = np.array([1.0, 1, np.nan, np.nan] * 15)
    data = Dataset(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2, groups=groups)
    assert any("of 31." in line for line in prepare(data, "binary").account)


@pytest.mark.parametrize("groups", [["one"] * 60, [0, 1] * 30])
def test_too_few_groups_are_refused(groups):
    data = Dataset(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) // 30, groups=groups)
    with pytest.raises(GlassnetError, match=r"no row is left for .*a group stays whole, and there are too few groups"):
        prepare(data, "binary")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 6))
def test_groups_are_dealt_into_folds_of_like_size(seed, folds):
    rng = np.random.default_rng(seed)
    counts, group = counts_of_groups(rng.integers(0, 40, 400), rng.integers(0, 2, 400))
    fold = deal_groups(counts, folds, rng)
    sizes = np.bincount(fold[group], minlength=folds)
    assert sizes.max() - sizes.min() <= counts.sum(axis=1).max()


# --- order --------------------------------------------------------------------------------------------------


def test_the_last_rows_are_the_test_and_those_before_them_validate(tmp_path):
    table = frame()
    prepared = prepare(read_table(written(tmp_path, table), "y", order="day", drop=["who"]), "binary")
    day = table["day"].to_numpy()
    train, validation, test = (day[index] for index in parts(prepared))
    assert train.max() < validation.min() <= validation.max() < test.min()
    assert len(test) == 48 and len(validation) in (18, 21)
    assert "day" not in prepared.features.names
    said = f"In the order of 'day': 0 to {train.max()} for training, {validation.min()} to {validation.max()} for"
    assert any(line.startswith(said) for line in prepared.account)
    assert "stratified" not in prepared.account[0]


@pytest.mark.parametrize(
    "order", [pd.date_range("2024-01-01", periods=100), np.linspace(-1, 1, 100), np.arange(100)[::-1]]
)
def test_dates_and_numbers_order_rows(order):
    data = Dataset(np.zeros((100, 1)) + np.arange(100)[:, None], np.arange(100) % 2, order=order)
    prepared = prepare(data, "binary")
    last = np.argsort(np.asarray(order), kind="stable")[-20:]
    assert {*prepared.test.index} == {*last}


def test_a_moment_is_not_parted_and_one_moment_is_no_order():
    order = np.repeat([0.0, 1, 2], [50, 30, 20])
    stay, taken = split_in_order(np.arange(100), 0.3, order)
    assert [{*order[stay]}, {*order[taken]}] == [{0, 1}, {2}]
    data = Dataset(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2, order=np.zeros(60))
    with pytest.raises(GlassnetError, match="the column of --order has too few different values"):
        prepare(data, "binary")


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (
            pd.Series(["late", "soon"] * 30, name="when"),
            "--order wants a column of numbers or dates, and 'when' holds text",
        ),
        (pd.Series([1, np.nan] * 30, name="when"), "--order when: 30 rows have no value there"),
        (
            pd.Series(pd.to_datetime([*["2024-01-01"] * 59, None]), name="when"),
            "--order when: 1 row has no value there",
        ),
    ],
)
def test_what_has_no_order_is_refused(order, words):
    with pytest.raises(GlassnetError, match=words):
        prepare(Dataset(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2, order=order), "binary")


def test_a_class_that_comes_late_is_said_and_both_words_at_once_are_refused():
    X, y = np.random.default_rng(0).normal(size=(100, 2)), np.repeat(["early", "late"], [95, 5])
    assert "No training row has the class late." in prepare(Dataset(X, y, order=np.arange(100)), "binary").account
    with pytest.raises(GlassnetError, match="--group and --order divide the rows in two ways"):
        prepare(Dataset(X, y, order=np.arange(100), groups=np.arange(100)), "binary")


# --- folds --------------------------------------------------------------------------------------------------


def test_folds_keep_groups_whole_and_hold_every_row_once(tmp_path):
    table = frame()
    path = written(tmp_path, table)
    division = divide(Experiment(dataset=path, target="y", group="who"), CATALOG, folds=4)
    who = table["who"].to_numpy()
    for split in division.splits:
        assert not {*who[split.train]} & {*who[split.validation]} and not {*who[split.train]} & {*who[division.test]}
    everything = np.concatenate([split.validation for split in division.splits] + [division.test])
    assert sorted(everything) == list(range(len(table)))
    with pytest.raises(GlassnetError, match=r"--folds 60 is more than the 3\d groups beside the test rows"):
        divide(Experiment(dataset=path, target="y", group="who"), CATALOG, folds=60)


def test_folds_of_an_order_learn_from_what_came_before(tmp_path):
    """As scikit-learn's TimeSeriesSplit cuts them, where no two rows are of one moment."""
    from sklearn.model_selection import TimeSeriesSplit

    table = frame().assign(day=np.random.default_rng(5).permutation(240))
    division = divide(Experiment(dataset=written(tmp_path, table), target="y", order="day"), CATALOG, folds=3)
    day = table["day"].to_numpy()
    rest = np.sort(np.setdiff1d(np.arange(240), division.test))
    by_day = rest[np.argsort(day[rest])]
    assert day[division.test].min() > day[rest].max()
    for split, (train, validation) in zip(division.splits, TimeSeriesSplit(3).split(by_day), strict=True):
        assert {*split.train} == {*by_day[train]} and {*split.validation} == {*by_day[validation]}


# --- copies -------------------------------------------------------------------------------------------------


def copies_in(prepared):
    return [
        line for line in prepared.account if "copies of training rows" in line or "a copy of a training row" in line
    ]


@pytest.mark.parametrize("seed", range(3))
def test_copies_of_training_rows_among_those_that_judge_are_counted(seed, tmp_path):
    table = frame(seed=seed).drop(columns="who")
    table = pd.concat([table, table.iloc[::4]], ignore_index=True)
    prepared = prepare(read_table(written(tmp_path, table), "y", drop=["day"]), "binary", split_seed=seed)
    train, validation, test = (table[["a", "y"]].iloc[index] for index in parts(prepared))
    wanted = [len(one.merge(train.drop_duplicates())) for one in (validation, test)]
    assert wanted[1]
    assert f"{wanted[1]} of the {len(test)} test rows are copies of training rows" in copies_in(prepared)[0]
    if wanted[0]:
        assert copies_in(prepared)[0].startswith(f"{wanted[0]} of the {len(validation)} validation rows and ")
    assert "--group copies" in copies_in(prepared)[0]


def test_the_word_that_is_named_keeps_copies_together(tmp_path):
    table = pd.concat([frame().drop(columns=["who", "day"])] * 2, ignore_index=True)
    path = written(tmp_path, table)
    assert copies_in(prepare(read_table(path, "y"), "binary"))
    prepared = prepare(read_table(path, "y", group="copies"), "binary")
    assert copies_in(prepared) == []
    assert any(line.startswith("Groups of 'equal inputs' stay together") for line in prepared.account)


def test_an_id_makes_no_copy_another_row_and_clean_tables_say_nothing(tmp_path):
    table = frame().drop(columns=["who", "day"])
    assert copies_in(prepare(read_table(written(tmp_path, table), "y"), "binary")) == []
    twice = pd.concat([table] * 2, ignore_index=True)
    twice.insert(0, "Id", np.random.default_rng(0).permutation(len(twice)))
    assert copies_in(prepare(read_table(written(tmp_path, twice), "y"), "binary"))


@pytest.mark.parametrize("word", ["group", "order"])
def test_a_run_goes_on_with_the_same_rows(word, tmp_path):
    words = {"target": "y", "hidden": 3, "epochs": 2, word: {"group": "who", "order": "day"}[word]}
    kept = record(run(Experiment(dataset=written(tmp_path, frame()), **words), CATALOG), tmp_path / "runs").finish()
    again = load(kept.folder, catalog=CATALOG)
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(again.rows(split).index, kept.training.splits()[split].index)
    assert again.resume(3).finish().result["epochs"] == 3


def test_groups_and_order_are_part_of_the_checksum():
    X, y = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2
    sums = {
        prepare(Dataset(X, y, **more), "binary").checksum
        for more in ({}, {"groups": np.arange(60) // 4}, {"order": np.arange(60)})
    }
    assert len(sums) == 3
