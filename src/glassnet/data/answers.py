"""How much one column alone says about the target, and all others together: a cheap model, judged on held-back rows.

A column is cut into bins of about equally many rows (names are bins already), as finely as suits it best, and the mean
of the target in each bin is the prediction. Several columns are a ridge regression on their bins, so that nothing has
to be scaled or straight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Evidence

MOST_ROWS = 5_000  # looked at, evenly spaced over the training rows
MOST_TOGETHER = 40  # of the others, the best by themselves
BINS, ROWS_A_BIN = (4, 8, 16, 32), 5  # as many as suit the column best
MOST_NAMES = 32  # of a text column, the most frequent
FOLDS = 5
WORTH_A_CLOSER_LOOK = 0.8  # of what there is to gain: bins blur what a column knows exactly

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Answers:
    """What each column gains alone, as a share of what there is to gain between guessing and perfect.

    `score` turns a gain into accuracy for classes; for numbers it is R² as it stands. `rows` were looked at.
    """

    alone: dict[str, float]
    guess: float
    classes: bool
    rows: int
    _bins: dict[str, Codes]
    _y: Numbers
    _folds: Codes

    @classmethod
    def of(cls, evidence: Evidence, leave_out: Iterable[str] = ()) -> Answers:
        """Every input of the training rows by itself, but for those that are to be left out."""
        rows = np.arange(len(evidence)) if evidence.train is None else evidence.train
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(np.intp)]
        y = _targets(evidence, rows)
        # Shuffled, because rows may be sorted; always alike, because a finding must not come and go
        folds = np.random.default_rng(0).permutation(len(rows)) % FOLDS
        found = set(leave_out)
        names = [name for name in evidence.used if name not in found]
        guess = float(y.mean(axis=0).max()) if evidence.classes else 0.0
        alone, bins = {}, {}
        for name in names:
            tried = _bins(evidence, name, rows)
            gains = [_gain(_means(one, y, folds), y, evidence.classes) for one in tried]
            bins[name] = tried[int(np.argmax(gains))]
            if max(gains) > WORTH_A_CLOSER_LOOK and evidence.is_measured(name):
                gains.append(_gain(_next_to(evidence.numbers(name)[rows], y), y, evidence.classes))
            alone[name] = max(gains)
        return cls(alone, guess, evidence.classes, len(rows), bins, y, folds)

    def together(self, names: Iterable[str]) -> float:
        """What these columns gain when their effects are added up."""
        best = sorted(names, key=lambda name: -self.alone[name])[:MOST_TOGETHER]
        if not best:
            return 0.0
        columns = [np.eye(int(self._bins[name].max()) + 1)[self._bins[name]] for name in best]
        return max(0.0, _gain(_ridge(np.hstack(columns), self._y, self._folds), self._y, self.classes))

    def score(self, gain: float) -> float:
        """Accuracy, or R²."""
        return self.guess + gain * (1 - self.guess) if self.classes else gain


def _targets(evidence: Evidence, rows: Codes) -> Numbers:
    """y, (n, k): a column of 0 and 1 for each class, or numbers of mean 0 and spread 1."""
    y = evidence.y[rows]
    if evidence.classes:
        found, codes = np.unique(y, return_inverse=True)
        return np.eye(len(found))[codes]
    numbers = y.reshape(len(y), -1).astype(float)
    spread = numbers.std(axis=0)
    return np.asarray((numbers - numbers.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _bins(evidence: Evidence, name: str, rows: Codes) -> list[Codes]:
    """The bin of each row, from 0, more or less finely; a gap has one of its own."""
    if not evidence.is_measured(name):
        codes = evidence.codes(name)[0][rows]
        counts = np.bincount(codes + 1, minlength=2)
        frequent = np.argsort(-counts[1:], kind="stable")[:MOST_NAMES]
        place = np.full(len(counts), 1)  # rare names share a bin
        place[0], place[frequent + 1] = 0, np.arange(len(frequent)) + 2
        return [np.asarray(place[codes + 1])]
    numbers = evidence.numbers(name)[rows]
    gap = np.isnan(numbers)
    present = numbers[~gap]
    different = np.unique(present)
    found: list[Codes] = []
    for most in BINS:
        if found and (most * ROWS_A_BIN > len(rows) or len(different) <= most // 2):
            break  # too few rows a bin, or each value has had its own
        few = len(different) <= most
        starts = different if few else np.unique(np.quantile(present, np.linspace(0, 1, most + 1)[:-1]))
        found.append(np.where(gap, 0, np.searchsorted(starts, numbers, side="right") + 1))
    return found


def _means(bins: Codes, y: Numbers, folds: Codes) -> Numbers:
    """The mean of y in a row's bin over the other folds, drawn a little to the mean of all."""
    size = int(bins.max()) + 1
    predicted, everywhere = np.empty_like(y), y.mean(axis=0)
    for fold in range(FOLDS):
        held = folds == fold
        there = bins[~held]
        rows = np.bincount(there, minlength=size)[:, None]
        sums = np.stack([np.bincount(there, column, size) for column in y[~held].T], axis=1)
        predicted[held] = ((sums + everywhere) / (rows + 1))[bins[held]]
    return predicted


def _next_to(numbers: Numbers, y: Numbers) -> Numbers:
    """The mean of y in the rows before and after each, in the order of a column; a gap comes last."""
    order = np.argsort(numbers, kind="stable")
    line, found = y[order], np.empty_like(y)
    found[order] = np.concatenate([line[1:2], (line[:-2] + line[2:]) / 2, line[-2:-1]])
    return found


def _ridge(B: Numbers, y: Numbers, folds: Codes) -> Numbers:
    predicted, everywhere = np.empty_like(y), y.mean(axis=0)
    for fold in range(FOLDS):
        held = folds == fold
        A, t = B[~held], y[~held] - everywhere
        w = np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ t)
        predicted[held] = B[held] @ w + everywhere
    return predicted


def _gain(predicted: Numbers, y: Numbers, classes: bool) -> float:
    """(score - guess) / (1 - guess): of accuracy, or R²."""
    if classes:
        guess = float(y.mean(axis=0).max())
        right = float((predicted.argmax(axis=1) == y.argmax(axis=1)).mean())
        return (right - guess) / (1 - guess) if guess < 1 else 0.0
    spread = float(((y - y.mean(axis=0)) ** 2).sum())
    return 1 - float(((y - predicted) ** 2).sum()) / spread if spread else 0.0
