"""How good a prediction is, in numbers for people. Training never uses them: most have no slope to follow.

Class codes are (n,), counted from 0, or (n, c) of 0 and 1 for several labels; scores are the outputs y (n, k)
beside t (n, c); numbers are (n, c) in the target's own units. `weight` is (n,), or None when all rows count
the same. The figures are those of the scikit-learn functions of the same names.

Some ask for the `task`: rows of one class, or of two in three, look like those of another question. Where it isn't
told, it is read from the rows.
"""

import numpy as np

from glassnet import GlassnetError, Metric, hookimpl

Weight = np.ndarray | None
SHARE = (0.0, 1.0)


def accuracy() -> Metric:
    """The share of rows whose class is right; with several labels, of rows where all labels are.

    sum of weight [prediction = target] / sum of weight
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        right = prediction == target
        if right.ndim == 2:
            right = right.all(axis=1)
        return float(right.mean() if weight is None else np.average(right, weights=weight))

    return Metric(value, better="higher", bounds=SHARE)


def _counts(
    prediction: np.ndarray, target: np.ndarray, weight: Weight, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each class, or each label's column: how many rows are hits, were predicted, and truly are."""
    if target.ndim == 1:
        prediction, target = prediction[:, None] == classes, target[:, None] == classes
    p, t = prediction.astype(float), target.astype(float)
    w = np.ones(len(t)) if weight is None else weight
    return w @ (p * t), w @ p, w @ t


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)  # 0 / 0 counts as 0


def balanced_accuracy() -> Metric:
    """Accuracy in each true class, averaged: guessing the largest class earns 1 / classes, not its share.

    mean over the classes among the targets of: hits in the class / rows of the class

    With several labels: the mean over columns of the same for each column's two classes.

    Source: Brodersen and others (2010), The balanced accuracy and its posterior distribution.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        if target.ndim == 2:
            columns = zip(prediction.T, target.T, strict=True)
            return float(np.mean([value(p, t, weight) for p, t in columns]))
        hits, _, actual = _counts(prediction, target, weight, np.unique(target))
        return float(_ratio(hits, actual)[actual > 0].mean())  # a class whose rows weigh nothing has no rows

    return Metric(value, better="higher", bounds=SHARE)


def _of_classes(
    prediction: np.ndarray, target: np.ndarray, weight: Weight, task: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """_counts of class 1 of two; of more classes, of all that occur among rows that weigh something."""
    if target.ndim == 2:
        return _counts(prediction, target, weight, np.empty(0))
    found = np.union1d(prediction, target)
    if task == "binary" or (task is None and found[-1] <= 1):
        return _counts(prediction, target, weight, np.array([1]))
    hits, predicted, actual = _counts(prediction, target, weight, found)
    occurs = predicted + actual > 0
    return hits[occurs], predicted[occurs], actual[occurs]


def precision() -> Metric:
    """Of the rows that were called positive, the share that is.

    hits / predicted, 0 where nothing was predicted

    Two classes: that of class 1. More classes, or several labels: the mean over classes or columns.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight, *, task: str | None = None) -> float:
        hits, predicted, _ = _of_classes(prediction, target, weight, task)
        return float(_ratio(hits, predicted).mean())

    return Metric(value, better="higher", bounds=SHARE)


def recall() -> Metric:
    """Of the rows that are positive, the share that was found.

    hits / actual, 0 where there is nothing to find

    Two classes: that of class 1. More classes, or several labels: the mean over classes or columns.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight, *, task: str | None = None) -> float:
        hits, _, actual = _of_classes(prediction, target, weight, task)
        return float(_ratio(hits, actual).mean())

    return Metric(value, better="higher", bounds=SHARE)


def f1() -> Metric:
    """Precision and recall in one number, their harmonic mean: low as soon as one of them is.

    2 hits / (predicted + actual), 0 where both are 0

    Two classes: that of class 1. More classes, or several labels: the mean over classes or columns.

    Source: van Rijsbergen (1979), Information retrieval, chapter 7.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight, *, task: str | None = None) -> float:
        hits, predicted, actual = _of_classes(prediction, target, weight, task)
        return float(_ratio(2 * hits, predicted + actual).mean())

    return Metric(value, better="higher", bounds=SHARE)


def roc_auc() -> Metric:
    """The chance that a random positive row scores above a random negative one; 0.5 is guessing.

    (pairs in the right order + half of the tied pairs) / pairs of a positive and a negative row

    Two outputs for one 0/1 target: the second is the score. Several classes or labels: the mean over
    columns, each against the rest, leaving out columns that hold only positives or only negatives; nan
    where no column is left.

    Source: Hanley and McNeil (1982), The meaning and use of the area under a ROC curve.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        scores = prediction[:, -target.shape[1] :]  # of two outputs for one target, the second
        w = np.ones(len(target)) if weight is None else weight
        areas = [_area(s, t, w) for s, t in zip(scores.T, target.T, strict=True)]
        defined = [area for area in areas if not np.isnan(area)]
        return float(np.mean(defined)) if defined else float("nan")

    return Metric(value, better="higher", sees="scores", bounds=SHARE)


def _area(score: np.ndarray, target: np.ndarray, weight: np.ndarray) -> float:
    _, rank = np.unique(score, return_inverse=True)  # equal scores share a rank
    positive = np.bincount(rank, weights=weight * target)
    negative = np.bincount(rank, weights=weight * (1 - target))
    pairs = positive.sum() * negative.sum()
    below = np.cumsum(negative) - negative
    return float(positive @ (below + negative / 2) / pairs) if pairs > 0 else float("nan")


def log_loss() -> Metric:
    """Minus the mean log-probability of what was true, in natural logarithms: certainty in error costs most.

    One output, or several labels: -mean over columns of t log y + (1 - t) log(1 - y)
    Classes, one of them true in every row: -sum over columns of t log y

    y is kept between eps and 1 - eps of its dtype. Two outputs for one 0/1 target: t is read as [1 - t, t].

    Raises GlassnetError where outputs are not from 0 to 1.
    Source: Good (1952), Rational decisions.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight, *, task: str | None = None) -> float:
        if (prediction < 0).any() or (prediction > 1).any():
            raise GlassnetError(
                f"log_loss needs probabilities, got outputs from {np.nanmin(prediction):.4g} to "
                f"{np.nanmax(prediction):.4g}: use --output sigmoid or softmax, or leave this metric out"
            )
        eps = np.finfo(prediction.dtype).eps
        y = np.clip(prediction, eps, 1 - eps)
        t = np.hstack([1 - target, target]) if target.shape[1] < y.shape[1] else target
        one_class = t.shape[1] > 1 and np.allclose(t.sum(axis=1), 1) if task is None else task != "multilabel"
        if one_class and t.shape[1] > 1:
            rows = -(t * np.log(y)).sum(axis=1)
        else:
            rows = -(t * np.log(y) + (1 - t) * np.log(1 - y)).mean(axis=1)
        return float(np.average(rows, weights=weight))

    return Metric(value, better="lower", sees="scores")


def _column_mean(values: np.ndarray, weight: Weight) -> np.ndarray:
    return np.average(values, axis=0, weights=weight)


def _squared(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
    return (prediction.astype(float) - target) ** 2


def mean_squared_error() -> Metric:
    """The mean squared difference, in the target's units squared.

    mean over columns of the mean over rows of (prediction - target)^2
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        return float(_column_mean(_squared(prediction, target), weight).mean())

    return Metric(value, better="lower", sees="numbers")


def root_mean_squared_error() -> Metric:
    """The typical size of an error, in the target's units; large errors count most.

    mean over columns of sqrt(mean over rows of (prediction - target)^2)
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        return float(np.sqrt(_column_mean(_squared(prediction, target), weight)).mean())

    return Metric(value, better="lower", sees="numbers")


def mean_absolute_error() -> Metric:
    """The mean size of an error, in the target's units.

    mean over columns of the mean over rows of |prediction - target|
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        return float(_column_mean(np.abs(prediction.astype(float) - target), weight).mean())

    return Metric(value, better="lower", sees="numbers")


def r2() -> Metric:
    """The share of the target's variance that is explained: 1 is perfect, 0 as good as always the mean.

    mean over columns of 1 - (sum over rows of (prediction - target)^2) / (sum of (target - mean)^2)

    A constant target has nothing to explain: 1 where it is met exactly, else 0. nan for fewer than two rows.

    Source: Wright (1921), Correlation and causation.
    """

    def value(prediction: np.ndarray, target: np.ndarray, weight: Weight) -> float:
        if (len(target) if weight is None else np.count_nonzero(weight)) < 2:
            return float("nan")
        t = target.astype(float)
        left = _column_mean(_squared(prediction, t), weight)
        total = _column_mean((t - _column_mean(t, weight)) ** 2, weight)
        explained = 1 - np.divide(left, total, out=(left > 0).astype(float), where=total > 0)
        return float(explained.mean())

    return Metric(value, better="higher", sees="numbers")


@hookimpl
def metrics() -> list:
    return [
        accuracy,
        balanced_accuracy,
        precision,
        recall,
        f1,
        roc_auc,
        log_loss,
        mean_squared_error,
        root_mean_squared_error,
        mean_absolute_error,
        r2,
    ]
