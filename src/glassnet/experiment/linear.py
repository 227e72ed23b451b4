"""The straight line beside a network: what a model without hidden layers comes to on the same prepared rows.

A network that is not better than that has learned nothing that needed a network. So the line is the same whatever was
chosen for the network: each prepared column in standard units, the penalty at 1 / rows, fitted to the end. Those are
scikit-learn's StandardScaler with LogisticRegression (C = 1) or Ridge (alpha = 1), which is not loaded for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..data import Prepared, Rows, Targets
from ..data.sparse import all_here, dense
from ..errors import GlassnetError
from ..faces import in_a_line
from ..kinds import Task
from ..network import Network
from ..training import Objective, Scorer, threads
from ..training.scoring import at_most
from ..training.steps import solution
from ..wording import amount, count
from .choosing import DEFAULT_LOSS
from .differences import OnRows, paired, unpaired
from .results import RESAMPLES, intervals, resampled

Array = NDArray[Any]

MOST_ROWS = 20_000  # training rows that it is fitted on: of more, some, evenly spaced
MOST_NUMBERS = 10_000_000  # rows times columns times outputs, for the same reason
MOST_READ = 1_000_000  # the same of rows that stay in their file, as there is little memory
ITERATIONS, TOLERANCE = 200, 1e-5
CALLED: dict[Task, str] = {
    "binary": "logistic regression",
    "multiclass": "logistic regression",
    "multilabel": "logistic regression, one a label",
    "regression": "ridge regression",
}


@dataclass(frozen=True, eq=False)
class Line:
    """A fitted line: `model` is what it is called, `rows` on how many training rows it was fitted."""

    __repr__ = in_a_line

    model: str
    rows: int
    network: Network
    scorer: Scorer

    def outputs(self, rows: Rows) -> Array:
        """What it puts out for prepared rows, y (n, k)."""
        return self.network.predict(rows.X)

    def own(self, rows: Rows) -> Rows:
        """The rows with their targets as it learned them: numbers in standard units, whatever the network's loss."""
        targets = self.scorer.targets
        return replace(rows, t=targets.encode(rows.target)) if targets.task == "regression" else rows


def why_no_line(data: Prepared) -> str:
    """Why no line is fitted beside a network on these rows, as it would take too long; empty where one is."""
    n, d = data.train.X.shape
    if data.features.image_shape is not None and n > MOST_ROWS:
        return f"{count(n, 'picture')} are too many"
    if _rows_taken(data) < min(n, 2 * d):
        return f"{amount(d)} prepared columns are too many"
    return ""


def fit_line(data: Prepared, metrics: Scorer, catalog: Catalog) -> Line:
    """Fit the line on the training rows, weighted as they are. Raises `GlassnetError` where `why_no_line` says so."""
    if why := why_no_line(data):
        raise GlassnetError(f"no straight line is fitted: {why}")
    task = data.targets.task
    loss = catalog.choose("loss", f"glassnet/{DEFAULT_LOSS[task]}").build()
    output = catalog.choose("activation", f"glassnet/{loss.output}").build()
    rows = at_most(data.train, _rows_taken(data))
    targets = _standardised(rows, data.targets) if task == "regression" else data.targets
    X, mean, spread = _in_standard_units(rows)
    network = Network(X.shape[1], (), loss.width(targets.columns), (), output)
    if task == "regression":
        _ridge(network, X, targets.encode(rows.target), rows.weight)
    else:
        # The mean over labels is their own losses' sum, but for their number: so is the penalty.
        penalty = 1 / (len(X) * (targets.columns if task == "multilabel" else 1))
        objective = Objective(network, loss, natural=True, l2=penalty)
        with threads.one():
            _minimise(objective, replace(rows, X=X), catalog)
    _back_in_own_units(network, mean, spread)
    return Line(CALLED[task], len(X), network, Scorer(metrics.metrics, targets, loss))


def _rows_taken(data: Prepared) -> int:
    n, d = data.train.X.shape
    most = MOST_NUMBERS if all_here(data.train.X) else MOST_READ
    return min(n, MOST_ROWS, max(1, most // (d * max(1, data.targets.columns))))


def _standardised(rows: Rows, given: Targets) -> Targets:
    fitted = Targets.fit(rows.target, "regression", names=given.names, weight=rows.weight)
    return replace(fitted, dtype=np.dtype(float))


def _in_standard_units(rows: Rows) -> tuple[Array, Array, Array]:
    """(X in standard units, float64, its means, its spreads); a constant column keeps its size."""
    X = dense(rows.X).astype(np.float64)
    mean, spread = X.mean(axis=0), X.std(axis=0)
    spread[spread <= 1e-12 * np.maximum(1, np.abs(mean))] = 1.0
    return (X - mean) / spread, mean, spread


def _ridge(network: Network, X: Array, t: Array, weight: Array | None) -> None:
    """(X'X + 1) W = X't with weighted means taken off, in the smaller of its two forms."""
    share = np.ones(len(X)) if weight is None else np.asarray(weight, np.float64)
    x_mean, t_mean = (np.average(one, axis=0, weights=share) for one in (X, t))
    root = np.sqrt(share)[:, None]
    X, t = root * (X - x_mean), root * (t - t_mean)
    if X.shape[1] <= len(X):
        W = np.linalg.solve(X.T @ X + np.eye(X.shape[1]), X.T @ t)
    else:
        W = X.T @ np.linalg.solve(X @ X.T + np.eye(len(X)), t)
    _set(network, W, t_mean - x_mean @ W)


def _minimise(objective: Objective, rows: Rows, catalog: Catalog) -> None:
    solver = catalog.choose("optimizer", f"glassnet/lbfgs:tolerance={TOLERANCE}").build()
    network = objective.network
    of_all_rows = objective.of_all_rows(rows.X, rows.t.astype(np.float64), rows.weight)
    last = network.w.copy()
    for w in solution(solver, of_all_rows, last, ITERATIONS, {}):
        last = w
    network.w[:] = last  # the solver has tried others since


def _back_in_own_units(network: Network, mean: Array, spread: Array) -> None:
    """The same line for rows as they are prepared: W (x - m) / s = (W / s) x - (W / s) m."""
    W, b = (network.view(network.w, kind, 0).copy() for kind in ("weight", "bias"))
    W /= spread[:, None]
    _set(network, W, b - mean @ W)


def _set(network: Network, W: Array, b: Array) -> None:
    network.view(network.w, "weight", 0)[:] = W
    network.view(network.w, "bias", 0)[:] = b


# --- what it came to --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """The scores of a line by split and metric, as they are written down beside those of its network.

    `intervals` are 95 % of the rows that judge; `differences` by metric are the network's score less the line's with
    its 95 % interval, paired on these rows: (value, low, high).
    """

    model: str
    rows: int
    metrics: Mapping[str, Mapping[str, float]]
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]
    differences: Mapping[str, tuple[float, float, float]]

    def leader(self, metric: str, better: str) -> Literal["network", "line", "neither"]:
        """Who is better in a metric, if that is more than luck with the rows that judge."""
        _, low, high = self.differences[metric]
        if not (low > 0 or high < 0):
            return "neither"
        return "network" if (low > 0) == (better == "higher") else "line"

    def words(self) -> dict[str, Any]:
        """As plain data, for `metrics.json`."""
        return dict(vars(self))

    @classmethod
    def of(cls, words: Mapping[str, Any] | None) -> Beside | None:
        """What `words` wrote, null as NaN; None of None, and of runs that were kept before there were any."""
        return None if words is None else cls(**{name: _numbers(words[name]) for name in cls.__dataclass_fields__})


def beside(line: Line, splits: Mapping[str, Rows], judged: str, scorer: Scorer, y: Array, seed: int) -> Beside:
    """The line's scores on all splits, and how far a network is ahead of it.

    y are the network's outputs for the rows that judge; the difference is taken in the score that counts, the first.
    """
    answers = {split: line.outputs(rows) for split, rows in splits.items()}
    own = {split: line.own(rows) for split, rows in splits.items()}
    scores = {split: line.scorer(answers[split], own[split]) for split in splits}
    spans = intervals(answers[judged], own[judged], line.scorer, seed)
    first = next(iter(scorer.metrics))
    theirs, ours = (
        _on_rows(first, *one) for one in ((line.scorer, answers[judged], own[judged]), (scorer, y, splits[judged]))
    )
    apart = unpaired(
        (scores[judged][first], spans[first]),
        (scorer(y, splits[judged])[first], intervals(y, splits[judged], _alone(first, scorer), seed)[first]),
    )
    found = paired(theirs, ours, len(y), seed, RESAMPLES, apart)
    return Beside(line.model, line.rows, scores, {judged: spans}, {first: (found.value, found.low, found.high)})


def _alone(name: str, scorer: Scorer) -> Scorer:
    return Scorer({name: scorer.metrics[name]}, scorer.targets, scorer.loss)


def _on_rows(name: str, scorer: Scorer, y: Array, rows: Rows) -> OnRows:
    alone = _alone(name, scorer)
    return lambda drawn: alone(y[drawn], resampled(rows, drawn))[name]


def _numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _numbers(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_numbers(one) for one in value)
    return float("nan") if value is None else value
