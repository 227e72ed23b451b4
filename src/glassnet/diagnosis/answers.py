"""What the answers give away: classes that are lost among the others, rows that outshout all the rest."""

from __future__ import annotations

import numpy as np

from ..experiment import wilson
from ..findings import Finding, Remedy
from ..training.scoring import class_codes
from ..wording import count, figure, metric, percent, rows_of, significant
from .case import Case
from .remedies import finding

#: Rows of a class below which the share that is found says nothing.
FEWEST_OF_A_CLASS = 8
#: A class is lost where surely (95 %) less than this share of what is found of the other classes is found of it.
FAR_BELOW = 0.5
#: The largest class has so many times the rows of the rarest, before they count as out of balance ...
OUT_OF_BALANCE = 3.0
#: ... and less than half of the rarest class is found.
FOUND_OF_RAREST = 0.5
#: Errors so many times a usual one (the median) are far out: of normal errors the largest of a million is 7 times it.
FAR_OUT = 10.0
#: ... and there are few of them, who hold more than half of all squares.
FEW, SQUARES = 0.1, 0.5
FEWEST_ROWS = 50
#: Scores that count an error by its square.
BY_SQUARES = ("r2", "mean_squared_error", "root_mean_squared_error")


def classes_out_of_balance(case: Case) -> Finding | None:
    """Is a class lost among the others, because it is rare or for another reason?"""
    training = case.training
    targets, rows = training.data.targets, training.data.test or training.data.train
    if targets.task not in ("binary", "multiclass"):
        return None
    counts = np.bincount(training.data.train.target)
    tested = np.bincount(rows.target, minlength=len(counts))[: len(counts)]
    enough = np.flatnonzero(tested >= FEWEST_OF_A_CLASS)
    if len(enough) < 2:
        return None
    said = class_codes(training.network.predict(rows.X), targets, training.objective.loss)
    found = np.array(
        [np.mean(said[rows.target == one] == one) if one in enough else np.nan for one in range(len(counts))]
    )
    names = [str(name) for name in (targets.classes or range(len(counts)))]
    rarest = enough[np.argmin(counts[enough])]
    if (
        training.data.train.weight is None
        and counts.max() >= OUT_OF_BALANCE * counts[rarest]
        and found[rarest] < FOUND_OF_RAREST
    ):
        share = counts[rarest] / counts.sum()
        words = (
            f"Of the class {names[rarest]!r}, {percent(share)} of the training rows, only {percent(found[rarest])} are "
            f"found; the accuracy of {figure(case.score(case.judged))} hides that."
        )
        balanced = Remedy("each class counts alike", {"class_weight": "balanced", "metrics": "balanced_accuracy"})
        return finding("classes out of balance", "warning", float(found[rarest]), words, [balanced], case.run)
    return _lost(case, enough, found, tested, names)


def _lost(case: Case, enough: np.ndarray, found: np.ndarray, tested: np.ndarray, names: list[str]) -> Finding | None:
    """The class that is found least, where the others are found far better, by more than chance."""
    worst = int(enough[np.argmin(found[enough])])
    others = float(np.median(found[enough[enough != worst]]))
    _, high = wilson(float(found[worst]), int(tested[worst]))
    if not high < FAR_BELOW * others:
        return None
    words = (
        f"Of the class {names[worst]!r} only {percent(found[worst])} of {rows_of(case.judged, int(tested[worst]))} are "
        f"found, of the others {percent(others)} (their median): the {metric(case.metric)} of "
        f"{figure(case.score(case.judged))} hides that."
    )
    remedies = [Remedy("time to tell it apart", {"epochs": str(4 * max(1, len(case.epochs)))})]
    if case.experiment.class_weight is None:
        remedies.append(Remedy("each class counts alike", {"class_weight": "balanced"}))
    return finding("class lost", "warning", float(found[worst]), words, remedies, case.run)


def outliers(case: Case) -> Finding | None:
    """Do a few rows with huge errors decide what is learned?"""
    if not _is_squared(case) or (said := _far_rows(case)) is None:
        return None
    share, words = said
    words += " squared_error bends the network towards them and away from the others."
    remedies = [
        Remedy("a far row counts by its distance, not by its square", {"loss": "huber"}),
        Remedy("still calmer", {"loss": "absolute_error"}),
    ]
    return finding("outliers", "warning", share, words, remedies, case.run)


def score_of_outliers(case: Case) -> Finding | None:
    """Does the score go by a few rows that the loss was chosen not to follow?"""
    if _is_squared(case) or case.metric not in BY_SQUARES or (said := _far_rows(case)) is None:
        return None
    share, words = said
    words += f" {metric(case.metric)} goes by them, and says little about the others, which the loss follows."
    remedies = [
        Remedy("the size of an error, not its square", {"metrics": "mean_absolute_error"}),
        Remedy("a look at these rows, which may be slips"),
    ]
    return finding("score of outliers", "remark", share, words, remedies, case.run, command=False)


def _is_squared(case: Case) -> bool:
    return case.training.chosen.loss.part.full_name == "glassnet/squared_error"


def _far_rows(case: Case) -> tuple[float, str] | None:
    """(their share of all squared errors, a sentence) where a few rows have nearly all of them."""
    training = case.training
    rows = training.data.train
    if training.data.targets.task != "regression" or len(rows) < FEWEST_ROWS:
        return None
    errors = np.abs(training.network.predict(rows.X) - rows.t).astype(float)
    column = int(np.argmax(np.max(errors, axis=0) / np.maximum(np.median(errors, axis=0), 1e-12)))
    sizes = np.sort(errors[:, column])
    usual = float(np.median(sizes))
    far = sizes[sizes > FAR_OUT * usual]
    few, share = len(far), float(np.sum(far**2) / max(np.sum(sizes**2), 1e-300))
    if not (0 < few <= FEW * len(sizes) and usual > 0 and share > SQUARES):
        return None
    words = (
        f"{count(few, 'row')} of {len(sizes)} make up {percent(share)} of all squared errors; the least of them is "
        f"{significant(far[0] / usual, 2)} times a usual error."
    )
    return share, words
