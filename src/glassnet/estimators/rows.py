"""What scikit-learn's users hand over, checked as scikit-learn checks it, as rows for a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, validate_data

from ..data import Split
from ..data.columns import refuse_namesakes
from ..data.sparse import Sparse, below_each_other, is_sparse
from ..data.splits import check_fraction, split
from ..errors import GlassnetError, join
from ..kinds import Dataset, Task
from ..streams import Stream, generator
from .words import plain, said_in_parameters

Array = NDArray[Any]
DTYPES = (np.float64, np.float32)


@dataclass(frozen=True, eq=False)
class Given:
    """Rows as a training takes them; `weight` is None where all rows count the same."""

    dataset: Dataset
    split: Split
    weight: Array | None

    @property
    def dtype(self) -> str:
        return str(self.dataset.X.dtype.name)


def checked_inputs(estimator: Any, X: Any, *, fresh: bool) -> Array | Sparse:
    """X (n, d) as numbers, plain or sparse; `fresh` learns the columns' names and number, else they are compared."""
    if not fresh and _is_fine(estimator, X):
        return np.asarray(X)
    _refuse_at_sight(X)
    try:
        checked = validate_data(estimator, X, dtype=DTYPES, accept_sparse="csr", reset=fresh)
        return Sparse(checked) if is_sparse(checked) else np.asarray(checked)
    except (TypeError, ValueError) as error:  # NumPy's word about dates is a TypeError
        if said := _why_no_numbers(X, type(estimator).__name__):
            raise ValueError(said) from error
        raise


def _is_fine(estimator: Any, X: Any) -> bool:
    """Whether X is an array that scikit-learn's checks, longer than a whole prediction, would hand back as it is.

    All else (tables, lists, other numbers, gaps, other columns, no rows) is left to them and to their words.
    """
    width = getattr(estimator, "n_features_in_", None)  # somebody may take it away
    plain_array = type(X) is np.ndarray and X.dtype in DTYPES and X.shape[1:] == (width,)
    if not plain_array or hasattr(estimator, "feature_names_in_"):
        return False
    with np.errstate(all="ignore"):
        return len(X) > 0 and bool(np.isfinite(X.sum()))  # a sum that overflows is looked at again there


def _why_no_numbers(X: Any, wanted: str) -> str:
    """What in X is no number, and what makes numbers of it; empty where X is not to blame."""
    with said_in_parameters():
        refuse_namesakes([str(name) for name in getattr(X, "columns", ())])
    if named := _text_columns(X):
        return (
            f"{join(named)}: text, and a network computes with numbers. Turn such columns into 0 and 1 first, as "
            f"OneHotEncoder in a ColumnTransformer does, in a Pipeline with {wanted}"
        )
    return ""


def _refuse_at_sight(X: Any) -> None:
    """A query that holds no rows yet, and columns of dates, which could pass as counts of nanoseconds."""
    if hasattr(X, "collect") and not hasattr(X, "shape"):
        raise ValueError(f"X is a {type(X).__name__}, which holds no rows yet: give X.collect()")
    kinds = zip(getattr(X, "columns", ()), getattr(X, "dtypes", ()), strict=False)
    if named := [f"column {name!r}" for name, kind in kinds if str(kind).lower().startswith(_DATES)]:
        raise ValueError(
            f"{join(named)}: dates, and a network computes with numbers. Give the days since the first of them, the "
            "hour or the day of the week, each as a column of its own"
        )


def refuse_no_numbers(y: Any) -> None:
    """Say in words what a target of numbers can't hold: text, dates, gaps of objects."""
    values = np.asarray(y)
    if values.dtype.kind in "mM":
        raise ValueError("the target holds dates: give a number, such as the days since the first of them")
    if values.dtype.kind not in "OUS":
        return
    for row, value in enumerate(values.ravel().tolist()):
        if value is None:
            raise ValueError(f"the target has a gap: its value number {row} is None; leave such rows away")
        try:
            float(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"the target holds text, {str(value)[:40]!r} first at number {row}, and a regressor learns numbers: "
                "GlassClassifier learns classes"
            ) from None


def refuse_gaps(y: Any) -> None:
    """Name the first gap of a target of classes."""
    values = np.asarray(y, dtype=object).ravel()
    gaps = [row for row, value in enumerate(values) if value is None or value != value]
    if gaps:
        raise ValueError(f"Input y contains NaN or None: its value number {gaps[0]} is a gap; leave such rows away")


_TEXTS = ("string", "mixed", "mixed-integer")
_DATES = ("date", "time", "duration", "period")  # how pandas and polars begin the names of such columns' kinds


def _text_columns(X: Any) -> list[str]:
    """The columns of a DataFrame, of pandas or polars, that hold something else than numbers."""
    if not (hasattr(X, "columns") and hasattr(X, "shape")):
        return []
    from pandas.api.types import infer_dtype

    columns = ((name, np.asarray(X[name], dtype=object)) for name in X.columns)
    return [f"column {name!r}" for name, values in columns if infer_dtype(values, skipna=True) in _TEXTS]


def together(
    estimator: Any,
    X: Array | Sparse,
    y: Array,
    sample_weight: Any,
    validation: tuple[Array | Sparse, Array] | None,
    *,
    task: Task,
    classes: list[Any] | None,
    strata: Array | None,
    seed: int,
) -> Given:
    """Training rows and, behind them, validation rows: those handed over, or the share held out of the others.

    The hold-out is stratified by `strata`, where there are any, and drawn from the seed's own stream; a row of
    weight 0 takes no part in it, as if it were not there.
    """
    check_consistent_length(X, y)
    n = len(X)
    weight = None if sample_weight is None else np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64))
    rows = np.arange(n)
    none = rows[:0]
    if validation is not None:
        X, y = below_each_other(X, validation[0]), np.concatenate([y, validation[1]])
        parts = Split(rows, np.arange(n, len(X)), none)
    elif estimator.early_stopping:
        parts = _held_out(rows if weight is None else rows[weight > 0], estimator.validation_fraction, seed, strata)
    else:
        parts = Split(rows, none, none)
    if weight is not None and len(X) > n:
        weight = np.concatenate([weight, np.ones(len(X) - n)])  # they are only looked at
    names = getattr(estimator, "feature_names_in_", None)
    named = None if names is None else [str(name) for name in names]
    return Given(Dataset(X, y, task=task, classes=classes, feature_names=named), parts, weight)


def _held_out(rows: Array, fraction: Any, seed: int, strata: Array | None) -> Split:
    share = check_fraction("validation_fraction", plain(fraction))
    if share == 0:
        raise GlassnetError("early_stopping needs rows to look at: a validation_fraction above 0, or X_val and y_val")
    stay, taken = split(rows, share, generator(seed, Stream.SPLIT), None if strata is None else strata[rows])
    if not len(stay) or not len(taken):
        raise GlassnetError(
            f"validation_fraction={share:g} of n_samples={len(rows)} leaves {len(stay)} for training and "
            f"{len(taken)} for validation: give more rows, or X_val and y_val"
        )
    return Split(stay, taken, rows[:0])
