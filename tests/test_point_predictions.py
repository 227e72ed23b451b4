"""Losses with more outputs than target columns: which of them is the prediction, and in which units the others are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.linear_model import LinearRegression, QuantileRegressor
from sklearn.metrics import mean_pinball_loss, r2_score

from glassnet import Catalog, Dataset, Experiment, GlassnetError, GlassRegressor, Loss, Run, check, record
from glassnet.cli import main
from glassnet.experiment import Training

CATALOG = Catalog.discover(guests=False)
DOC = (Path(__file__).parent.parent / "docs" / "write-a-part.md").read_text(encoding="utf-8")
QUANTILES = np.array([0.1, 0.5, 0.9])


def quantiles() -> Loss:
    """Three quantiles at once, lowest, median and highest, one target column after the other.

    value = mean over columns and quantiles q of max(q (t - y), (q - 1) (t - y))
    grad = (1 where t < y else 0) - q, divided by columns and quantiles

    Source: Koenker and Bassett (1978), Regression quantiles.
    """

    def errors(y, t):
        return np.repeat(t, 3, axis=1) - y, np.tile(QUANTILES, t.shape[1]).astype(y.dtype)

    def value(y, t):
        error, q = errors(y, t)
        return np.maximum(q * error, (q - 1) * error).mean(axis=1)

    def grad(y, t):
        error, q = errors(y, t)
        return ((error < 0) - q).astype(y.dtype) / y.shape[1]

    def further(y, mean, scale):
        own = y.reshape(len(y), -1, 3) * scale[:, None] + mean[:, None]
        return {
            f"{column} {q:.0%}": own[:, column, at] for column in range(len(mean)) for at, q in ((0, 0.1), (2, 0.9))
        }

    return Loss(
        value, grad, "identity", "regression",
        width=lambda c: 3 * c, predict=lambda y: y[:, 1::3], further=further,
    )  # fmt: skip


def gaussian_of_the_page():
    source = DOC[DOC.index("# gaussian.py") :].split("```")[0]
    space: dict = {}
    exec(compile(source, "gaussian.py", "exec"), space)  # the very lines that readers copy
    return space["gaussian"]


gaussian = gaussian_of_the_page()
unanswered = Loss(quantiles().value, quantiles().grad, "identity", "regression", width=lambda c: 3 * c)


def noisy(rows: int = 600, columns: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Numbers far from 0 whose spread grows with the input: 500 + 80 x and 10 exp(x / 2) around it."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(rows, 1))
    y = 500 + 80 * X + 10 * np.exp(X / 2) * rng.normal(size=(rows, columns))
    return X, (y if columns > 1 else y[:, 0]) * np.arange(1, columns + 1)


def fitted(loss, X, y, **changes) -> GlassRegressor:
    given = {"optimizer": "adam:lr=0.01", "l2": 0.0, "batch_size": 100, "max_iter": 150, "n_iter_no_change": None}
    return GlassRegressor((), loss=loss, random_state=0, **given | changes).fit(X, y)


def test_three_quantiles_are_those_of_scikit_learn() -> None:
    X, y = noisy()
    net = fitted(quantiles, X, y)
    further = net.model_.further(X)
    assert list(further) == ["0 10%", "0 90%"]
    for q, said in zip(QUANTILES, (further["0 10%"], net.predict(X), further["0 90%"]), strict=True):
        best = QuantileRegressor(quantile=q, alpha=0).fit(X, y).predict(X)
        assert np.sqrt(np.mean((said - best) ** 2)) < 0.02 * y.std()
        assert mean_pinball_loss(y, said, alpha=q) < 1.02 * mean_pinball_loss(y, best, alpha=q)
    assert net.score(X, y) == pytest.approx(r2_score(y, net.predict(X)))


def test_mean_and_spread_are_those_that_were_drawn() -> None:
    X, y = noisy(2000)
    net = fitted(gaussian, X, y)
    straight = LinearRegression().fit(X, y)
    assert np.abs(net.predict(X) - straight.predict(X)).max() < 0.06 * y.std()
    assert np.median(net.model_.further(X)["spread 1"] / (10 * np.exp(X[:, 0] / 2))) == pytest.approx(1, rel=0.06)


@pytest.mark.parametrize("loss", [quantiles, gaussian], ids=["quantiles", "gaussian"])
def test_several_columns_each_come_back_in_their_own_units(loss) -> None:
    X, y = noisy(columns=3)
    net = fitted(loss, X, y)
    assert net.predict(X).shape == (600, 3) and net.n_outputs_ == loss().width(3)
    for column in range(3):
        error = np.abs(net.predict(X)[:, column] - (column + 1) * (500 + 80 * X[:, 0]))
        assert error.mean() < 5 * (column + 1)
    assert all(values.shape == (600,) for values in net.model_.further(X).values())


@pytest.mark.parametrize("loss", [quantiles, gaussian], ids=["quantiles", "gaussian"])
def test_scores_baseline_run_and_table_go_by_the_point_prediction(loss, tmp_path) -> None:
    X, y = noisy()
    words = Experiment(dataset="xor", hidden=(), loss=loss, optimizer="adam:lr=0.01", epochs=60)
    training = Training(words, CATALOG, source=Dataset(X, y))
    recording = record(training, tmp_path)
    for _ in recording:
        pass
    said, target = Run(recording.folder, CATALOG, training).answers("test")
    assert said.shape == target.shape
    scores = training.scores()
    assert scores["test"]["r2"] == pytest.approx(r2_score(target, said)) and scores["test"]["r2"] > 0.9
    assert abs(scores["baseline"]["r2"]) < 0.1


def test_a_table_of_predictions_shows_the_further_ones_by_name(tmp_path) -> None:
    plugin = tmp_path / "gaussian.py"
    plugin.write_text(DOC[DOC.index("# gaussian.py") :].split("```")[0], encoding="utf-8")
    X, y = noisy(200)
    pd.DataFrame({"x": X[:, 0], "y": y}).to_csv(tmp_path / "t.csv", index=False)
    at = ["--plugin", str(plugin)]
    words = [
        *at,
        "train",
        str(tmp_path / "t.csv"),
        "--target",
        "y",
        "--loss",
        "gaussian",
        "--runs",
        str(tmp_path / "r"),
    ]
    assert CliRunner().invoke(main, [*words, "--epochs", "30", "--no-report", "--quiet"]).exit_code == 0
    done = CliRunner().invoke(main, [*at, "predict", "last", str(tmp_path / "t.csv"), "--runs", str(tmp_path / "r")])
    assert done.exit_code == 0 and done.stdout.splitlines()[0] == "prediction,expected,spread 1"
    refused = CliRunner().invoke(main, [*at, "export", "last", "--to", "onnx", "--runs", str(tmp_path / "r")])
    assert refused.exit_code == 2 and "gaussian" in refused.output


def test_more_outputs_without_a_prediction_are_refused_by_check_and_training() -> None:
    def bare() -> Loss:
        """Three quantiles, none of which is the answer.

        value = see above
        """
        return unanswered

    refused = check(bare, "loss").failures
    assert any("width(1) is 3 and there is no predict" in finding.message for finding in refused)
    X, y = noisy()
    with pytest.raises(GlassnetError, match=r"loss bare has 3 outputs for 1 target column and does not say which"):
        Training(Experiment(dataset="xor", loss=bare), CATALOG, source=Dataset(X, y))


def test_a_prediction_of_another_shape_is_told_in_words() -> None:
    def all_of_them() -> Loss:
        """All outputs.

        value = see above
        """
        bag = quantiles()
        return Loss(bag.value, bag.grad, bag.output, bag.task, width=bag.width, predict=lambda y: y)

    with pytest.raises(GlassnetError, match=r"makes 3 numbers of outputs \(\d+, 3\), and the target has 1 column"):
        Training(Experiment(dataset="xor", loss=all_of_them), CATALOG, source=Dataset(*noisy()))


@pytest.mark.parametrize("loss", [quantiles, gaussian], ids=["quantiles", "gaussian"])
def test_both_keep_the_contract_of_losses(loss) -> None:
    failures = [one.message for one in check(loss, "loss").failures if one.check != "quiet-import"]
    assert not failures  # (importing this file of tests is not quiet)
