"""Weights belong to the loss that is trained; whatever is reported counts rows as they are. Truth: scikit-learn."""

import numpy as np
import pytest

from glassnet import Dataset, Experiment, Training
from glassnet.data import Rows


@pytest.mark.parametrize("weighed", ["by class", "by row"])
@pytest.mark.parametrize("metric", ["accuracy", "f1", "balanced_accuracy", "log_loss", "roc_auc"])
def test_what_is_reported_counts_rows_as_they_are(weighed: str, metric: str) -> None:
    """Weights belong to the loss that is trained: every score, and the baseline, is scikit-learn's without weights."""
    from sklearn import metrics

    rng = np.random.default_rng(3)
    X = rng.normal(size=(600, 2))
    y = np.where(X[:, 0] + 0.8 * rng.normal(size=600) > 1.6, "rare", "common")
    data = Dataset(X, y, classes=("common", "rare"))
    words = Experiment(dataset=lambda: data, hidden=(), epochs=3, metrics=(metric,))
    if weighed == "by class":
        training = Training(words.replace(class_weight="balanced"), source=data)
    else:
        training = Training(words, source=data, weight=rng.uniform(0, 9, 600))
    *_, last = training
    scores, test = training.scores(), training.data.test
    assert training.data.train.weight is not None and test is not None

    def truth(y: np.ndarray, rows: Rows) -> float:
        said, sure = (y[:, 0] >= 0.5).astype(int), y[:, 0]
        function = getattr(metrics, {"roc_auc": "roc_auc_score", "log_loss": "log_loss"}.get(metric, f"{metric}_score"))
        return float(function(rows.target, sure if metric in ("roc_auc", "log_loss") else said))

    for split, rows in training.splits().items():
        assert scores[split][metric] == pytest.approx(truth(training.network.predict(rows.X), rows), rel=1e-9)
    share = training.data.train.target.mean()
    guess = np.full((len(test), 1), share)
    assert scores["baseline"][metric] == pytest.approx(truth(guess, test), rel=1e-9)
    assert last.scores["train"][metric] == pytest.approx(scores["train"][metric], rel=1e-9)


def test_the_loss_that_early_stopping_looks_at_weighs_classes_as_training_does() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(800, 2))
    y = (X[:, 0] + 0.8 * rng.normal(size=800) > 1.6).astype(int)
    training = Training(Experiment(hidden=(), epochs=2, class_weight="balanced"), source=Dataset(X, y))
    *_, last = training
    rows, train = training.data.validation, training.data.train
    assert rows is not None and rows.weight is not None
    p = training.network.predict(rows.X)[:, 0]
    losses = -np.log(np.where(rows.target == 1, p, 1 - p))
    weights = 0.5 / (np.bincount(train.target) / len(train))[rows.target]
    assert last.validation_loss == pytest.approx(np.average(losses, weights=weights), rel=1e-9)
