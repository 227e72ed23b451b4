"""Shuffling can be switched off in every door: then each epoch visits the rows in their own order."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glassnet import Experiment, GlassClassifier, GlassRegressor, run
from glassnet.cli import main
from glassnet.experiment.repeating import command_of
from glassnet.training import Plan
from glassnet.training.batches import visiting_order

LINEAR = {"dataset": "diabetes", "hidden": (), "optimizer": "sgd:lr=0.01", "l2": 0.0, "validation": 0.0}


def by_hand(X: np.ndarray, t: np.ndarray, W: np.ndarray, b: np.ndarray, epochs: int) -> np.ndarray:
    """Plain steps down the mean squared error, 32 rows at a time, always in the same order."""
    for _ in range(epochs):
        for first in range(0, len(X), 32):
            x, goal = X[first : first + 32], t[first : first + 32]
            slope = 2 * (x @ W + b - goal) / len(x)
            W, b = W - 0.01 * x.T @ slope, b - 0.01 * slope.sum(axis=0)
    return W


def test_unshuffled_steps_are_those_worked_through_by_hand() -> None:
    training = run(Experiment(**LINEAR, shuffle=False, epochs=3))
    network, rows = training.network, training.data.train
    start = (network.view(network.w, kind, 0).copy() for kind in ("weight", "bias"))
    expected = by_hand(rows.X, rows.t, *start, epochs=3)
    training.finish()
    np.testing.assert_allclose(network.view(network.w, "weight", 0), expected, rtol=1e-10)
    shuffled = run(Experiment(**LINEAR, epochs=3)).finish().network
    assert np.abs(shuffled.view(shuffled.w, "weight", 0) - expected).max() > 1e-6


def test_the_order_is_drawn_anew_or_is_that_of_the_rows() -> None:
    assert visiting_order(range(50), 2, Plan(shuffle=False), 3).tolist() == list(range(50))
    drawn = [visiting_order(range(50), 2, Plan(), epoch).tolist() for epoch in (1, 2)]
    assert drawn[0] != drawn[1] != list(range(50)) and sorted(drawn[0]) == list(range(50))


@pytest.mark.parametrize("kind", [GlassClassifier, GlassRegressor])
def test_an_estimator_goes_on_unshuffled_part_by_part(kind: type) -> None:
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = (X[:, 0] > 0).astype(int)
    given = {"batch_size": 20, "shuffle": False, "random_state": 0, "n_iter_no_change": None}
    whole = kind((4,), max_iter=2, **given).fit(X, y)
    again = kind((4,), max_iter=1, warm_start=True, **given).fit(X, y).fit(X, y)
    np.testing.assert_array_equal(whole.coefs_[0], again.coefs_[0])
    assert whole.loss_curve_ != kind((4,), max_iter=2, **given | {"shuffle": True}).fit(X, y).loss_curve_


def test_the_command_has_it_and_resumes_and_repeats_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSNET_REPORT", "off")

    def glassnet(*words: str) -> str:
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        return result.output

    assert "rows in their own order" in glassnet("train", "iris", "--no-shuffle", "--epochs", "2")
    folder = tmp_path / "runs" / "0001-iris"
    words = json.loads((folder / "experiment.json").read_text())
    assert words["shuffle"] is False
    assert "--no-shuffle" in command_of(Experiment(**words)) and "--shuffle" in command_of(Experiment("iris"))
    glassnet("train", "--resume", "last", "--epochs", "4")
    glassnet("train", "iris", "--set", "shuffle=false", "--epochs", "4")
    losses = [
        [row.split(",")[2] for row in path.read_text().splitlines()]
        for path in sorted((tmp_path / "runs").glob("*/history.csv"))
    ]
    assert losses[0] == losses[1] and len(losses[0]) == 5


def test_an_experiment_written_earlier_was_shuffled() -> None:
    words = json.loads(Experiment("iris").to_json())
    del words["shuffle"]
    assert Experiment.from_json(json.dumps(words)).shuffle is True


@pytest.mark.parametrize("value", ["False", 0, None, 1.0])
def test_it_is_true_or_false(value: object) -> None:
    with pytest.raises(Exception, match=f"shuffle is true or false, not {value!r}"):
        Experiment("iris", shuffle=value)
