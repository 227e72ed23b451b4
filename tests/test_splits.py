"""Every row is in exactly one split, classes keep their share, and the seed decides alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet import Dataset, GlassnetError
from glassnet.data import prepare
from glassnet.data.splits import split, stratified_counts


def labelled(counts, seed=0):
    y = np.repeat(np.arange(len(counts)), counts)
    np.random.default_rng(seed).shuffle(y)
    return Dataset(np.arange(len(y), dtype=float)[:, None], y)


def indices(prepared):
    parts = (prepared.train, prepared.validation, prepared.test)
    return [np.array([], dtype=int) if part is None else part.index for part in parts]


@given(
    counts=st.lists(st.integers(2, 60), min_size=2, max_size=6).filter(lambda c: sum(c) >= 20),
    test=st.floats(0.0, 0.6),
    validation=st.floats(0.0, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_splits_are_disjoint_complete_and_stratified(counts, test, validation, seed):
    data = labelled(counts)
    n, codes = len(data.y), data.y
    prepared = prepare(data, "multiclass", test=test, validation=validation, split_seed=seed, scale="none")
    train, validated, tested = indices(prepared)
    assert sorted([*train, *validated, *tested]) == list(range(n))
    assert set(np.unique(codes[train])) == set(range(len(counts)))
    for part, of, fraction in ((tested, np.arange(n), test), (validated, np.union1d(train, validated), validation)):
        assert abs(len(part) - fraction * len(of)) <= len(counts)
        for cls, size in enumerate(np.bincount(codes[of], minlength=len(counts))):
            quota = size * np.ceil(len(of) * fraction - 1e-9) / len(of)
            assert abs(np.sum(codes[part] == cls) - quota) < 1 + 1e-9 or size == np.sum(codes[part] == cls) + 1
    for part in (prepared.train, prepared.validation, prepared.test):
        if part is not None:
            np.testing.assert_array_equal(part.X[:, 0], data.X[part.index, 0])
            np.testing.assert_array_equal(part.target, codes[part.index])


def test_sizes_are_those_of_scikit_learn():
    from sklearn.model_selection import train_test_split

    data = labelled([1599, 4898])
    prepared = prepare(data, "binary", test=0.2, validation=0)
    train, test = train_test_split(np.arange(6497), test_size=0.2, stratify=data.y, random_state=0)
    assert (len(prepared.train), len(prepared.test)) == (len(train), len(test)) == (5197, 1300)
    np.testing.assert_array_equal(np.bincount(prepared.test.target), np.bincount(data.y[test]))


def test_the_seed_decides_alone():
    data = labelled([50, 50])
    first, again, other = (indices(prepare(data, "binary", split_seed=seed)) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert set(first[2]) != set(other[2])


def test_the_share_of_validation_rows_does_not_move_test_rows():
    data = labelled([50, 50])
    few, many = (prepare(data, "binary", validation=share).test.index for share in (0.05, 0.4))
    np.testing.assert_array_equal(few, many)


def test_the_global_random_state_is_left_alone_and_plays_no_part():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = prepare(labelled([50, 50]), "binary").test.index
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.testing.assert_array_equal(first, prepare(labelled([50, 50]), "binary").test.index)


def test_a_class_of_one_row_goes_to_training():
    data = labelled([40, 1])
    for seed in range(20):
        assert 1 in prepare(data, "binary", test=0.4, validation=0.4, split_seed=seed).train.target


def test_counts_are_quotas_rounded_down_or_up():
    np.testing.assert_array_equal(stratified_counts(np.array([50, 30, 20]), 10), [5, 3, 2])
    np.testing.assert_array_equal(stratified_counts(np.array([7, 7, 6]), 10).sum(), 10)
    np.testing.assert_array_equal(stratified_counts(np.array([1, 1, 8]), 5), [0, 0, 4])


def test_regression_rows_are_drawn_over_the_whole_range():
    rows = np.arange(1000)
    kept, taken = split(rows, 0.3, np.random.default_rng(0))
    assert len(taken) == 300
    assert len(np.intersect1d(kept, taken)) == 0
    assert 400 < taken.mean() < 600


def test_zero_means_none():
    prepared = prepare(labelled([30, 30]), "binary", test=0, validation=0)
    assert prepared.test is None
    assert prepared.validation is None
    assert len(prepared.train) == 60


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"test": 1.5}, r"test is a share of the rows, from 0 to below 1, but 1\.5 was given\. For 1\.5 % give 0\.015"),
        ({"test": 20}, r"For 20 % give 0\.2\."),
        ({"validation": -0.1}, r"validation is a share of the rows.*-0\.1 was given\."),
        ({"test": float("nan")}, "nan was given"),
        ({"test": 1}, "from 0 to below 1, but 1 was given"),
        ({"test": "many"}, "'many' was given"),
    ],
)
def test_shares_outside_their_bounds(shares, words):
    with pytest.raises(GlassnetError, match=words):
        prepare(labelled([30, 30]), "binary", **shares)


def test_shares_that_leave_no_training_row():
    data = Dataset(np.ones((20, 1)), np.linspace(0, 1, 20))
    with pytest.raises(GlassnetError, match=r"test=0\.99 and validation=0\.1 leave no training row of 20\."):
        prepare(data, "regression", test=0.99)
    with pytest.raises(GlassnetError, match="leave no training row"):
        prepare(data, "regression", test=0.9, validation=0.9)


def test_classes_of_single_rows_leave_nothing_to_test_with():
    data = Dataset(np.arange(20.0)[:, None], np.arange(20))
    with pytest.raises(GlassnetError, match="no row is left for test: nearly every class has a single row"):
        prepare(data, "multiclass")


def test_too_few_rows_to_split_are_all_used_three_times():
    data = Dataset(np.arange(19.0)[:, None], np.arange(19) % 2)
    prepared = prepare(data, "binary")
    assert prepared.whole
    for part in (prepared.train, prepared.validation, prepared.test):
        np.testing.assert_array_equal(part.index, np.arange(19))
    assert "Only 19 rows, too few to split (fewer than 20)" in prepared.account[0]
    assert not prepare(Dataset(np.arange(20.0)[:, None], np.arange(20) % 2), "binary").whole


def test_fixed_test_rows_take_the_place_of_the_test_split():
    data = labelled([30, 30])
    fixed = Dataset(data.X, data.y, test_X=np.array([[7.0], [8.0]]), test_y=np.array([0, 1]))
    prepared = prepare(fixed, "binary", scale="none")
    np.testing.assert_array_equal(prepared.test.X, [[7], [8]])
    np.testing.assert_array_equal(prepared.test.index, [60, 61])
    assert len(prepared.train) + len(prepared.validation) == 60
    assert "2 for the test (the publisher's own)" in prepared.account[0]
    few = Dataset(data.X[:6], data.y[:6], test_X=data.X[6:], test_y=data.y[6:])
    assert not prepare(few, "binary", validation=0).whole


def test_fixed_test_rows_with_a_class_that_training_rows_lack():
    data = labelled([30, 30])
    fixed = Dataset(data.X, data.y, test_X=np.ones((2, 1)), test_y=np.array([1, 7]))
    with pytest.raises(GlassnetError, match=r"fixed test rows.*classes that training rows don't: 7\. Known are 0, 1"):
        prepare(fixed, "binary")
