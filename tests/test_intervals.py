"""An interval is for the luck of having drawn these rows: it has a width at the edges, and holds what is true."""

import numpy as np
import pytest
from samples import some
from scipy.stats import binomtest

from glassnet import Catalog, Experiment, load, record
from glassnet.comparing import compare_runs
from glassnet.data import Rows, Targets
from glassnet.experiment import Training
from glassnet.experiment.results import intervals, unseen
from glassnet.kinds import Dataset
from glassnet.sweeps.ranking import Row, Score, tied
from glassnet.training import Scorer

CATALOG = Catalog.discover(guests=False)
METRICS = {part.name: part.build() for part in CATALOG.parts("metric")}
OF_CLASSES = [name for name, metric in METRICS.items() if metric.sees != "numbers"]
OF_NUMBERS = [name for name, metric in METRICS.items() if metric.sees == "numbers"]


def of_classes(names) -> Scorer:
    loss = CATALOG.choose("loss", "binary_cross_entropy").build()
    return Scorer({name: METRICS[name] for name in names}, Targets.fit(np.array([0, 1]), "binary"), loss)


def rows_of(codes: np.ndarray) -> Rows:
    return Rows(codes[:, None], codes[:, None].astype(float), codes, None, np.arange(len(codes)))


def drawn(rng: np.random.Generator, rows: int, positives: int, apart: float) -> tuple[np.ndarray, Rows]:
    """Outputs of a network whose scores are normal around -apart and apart, and the rows."""
    codes = (np.arange(rows) < positives).astype(int)
    z = rng.normal(size=rows) + apart * (2 * codes - 1)
    return (1 / (1 + np.exp(-z)))[:, None], rows_of(codes)


@pytest.mark.parametrize("name", OF_CLASSES)
@pytest.mark.parametrize("positives", [1, 3, 7])
@pytest.mark.parametrize("answer", ["right", "wrong", "always no", "always yes"])
def test_no_interval_of_few_rows_is_without_a_width(name: str, positives: int, answer: str) -> None:
    codes = (np.arange(8) < positives).astype(int)
    sure = {"right": codes, "wrong": 1 - codes, "always no": 0 * codes, "always yes": 0 * codes + 1}[answer]
    y = 0.1 + 0.8 * sure[:, None].astype(float)
    scorer, rows = of_classes([name]), rows_of(codes)
    low, high = intervals(y, rows, scorer, 0)[name]
    value = scorer(y, rows)[name]
    assert low < high or (np.isnan(low) and np.isnan(high))
    assert np.isnan(low) or low - 1e-12 <= value <= high + 1e-12


@pytest.mark.parametrize("name", OF_NUMBERS)
@pytest.mark.parametrize("rows", [1, 2, 8])
def test_numbers_that_are_all_met_leave_the_interval_unknown(name: str, rows: int) -> None:
    t = np.arange(float(rows))[:, None]
    given = Rows(t, t, t, None, np.arange(rows))
    loss = CATALOG.choose("loss", "squared_error").build()
    scorer = Scorer({name: METRICS[name]}, Targets.fit(t[:, 0], "regression", standardise=False), loss)
    low, high = intervals(t, given, scorer, 0)[name]
    assert np.isnan(low) and np.isnan(high)


@pytest.mark.parametrize("rows", [1, 2, 8, 30, 500])
def test_all_right_and_all_wrong_are_bounded_as_a_share_is(rows: int) -> None:
    for right in (0, rows):
        exact = binomtest(right, rows).proportion_ci(0.95, "exact")
        assert unseen(right / rows, (0, 1), rows) == pytest.approx((exact.low, exact.high))
    assert unseen(30.0, (0, 30), rows)[0] == pytest.approx(30 * unseen(1.0, (0, 1), rows)[0])


@pytest.mark.parametrize(
    ("rows", "positives", "apart"), some([(8, 4, 1.0), (20, 10, 1.5), (60, 6, 2.0), (20, 10, 2.5)], 2)
)
def test_nineteen_intervals_in_twenty_hold_what_is_true(rows: int, positives: int, apart: float) -> None:
    names = ["roc_auc", "recall", "precision", "f1"]
    rng, scorer, repeats = np.random.default_rng(0), of_classes(names), 100
    truth = scorer(*drawn(rng, 200_000, 200_000 * positives // rows, apart))
    held = dict.fromkeys(names, 0)
    for seed in range(repeats):
        for name, (low, high) in intervals(*drawn(rng, rows, positives, apart), scorer, seed).items():
            held[name] += low <= truth[name] <= high
    assert min(held.values()) >= 0.90 * repeats, held  # 0.95 less two standard errors of 100 repeats


def test_one_row_tells_no_two_runs_apart(tmp_path) -> None:
    """One run has it right and the other wrong: no resampling of that row shows any doubt, and there is much."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    source = Dataset(X, (X[:, 0] > 0).astype(int), task="binary", test_X=np.array([[3.0, 0]]), test_y=np.array([1]))
    words = Experiment(dataset="xor", hidden=(), epochs=1, validation=0.0)
    runs = []
    for seed, sign in enumerate((1, -1)):
        training = Training(words.replace(seed=seed), CATALOG, source=source)
        recording = record(training, tmp_path)
        for _ in recording:
            pass
        training.network.w[:] = 0
        training.network.w[0] = 5 * sign
        recording.conclude()
        runs.append(recording)
    both = [type(load(one.folder, catalog=CATALOG))(one.folder, CATALOG, one.training) for one in runs]
    apart = compare_runs(both, "accuracy").differences["accuracy"][1]
    assert apart is not None and apart.value == -1 and apart.paired
    assert apart.low < apart.high and not apart.exceeds


@pytest.mark.parametrize(("rows", "same"), [(1, True), (2, True), (40, False)])
def test_points_of_a_sweep_that_are_all_right_and_all_wrong_are_tied_by_few_rows(rows: int, same: bool) -> None:
    def row(mean: float) -> Row:
        return Row((), 1, 1, mean, None, None, {(0, 0): mean}, 0, "", 0.0)

    assert tied(row(1.0), row(0.0), Score("accuracy", "higher", rows)) is same
