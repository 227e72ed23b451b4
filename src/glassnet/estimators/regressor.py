"""A neural network as a scikit-learn regressor: one number a row, or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.metaestimators import available_if

from ..errors import GlassnetError
from ..kinds import Task
from ..synonyms import explains_words
from ..training.scoring import point_numbers
from .fitting import GlassEstimator, takes_batches
from .keeping import Fitted
from .rows import refuse_no_numbers
from .words import known_parts, parameter_called, plain

Array = NDArray[Any]


@explains_words(parameter_called)
@dataclass(eq=False, repr=False)
class GlassRegressor(RegressorMixin, GlassEstimator):
    """A neural network that predicts numbers, every part of it a phrase or a function of your own.

    The parameters are described in docs/estimators.md. Without a hidden layer, `hidden_layer_sizes=()`, it is
    linear regression. The target is standardised for training, each column by itself, unless the output has ends (see
    docs/estimators.md); whatever is shown of it (predictions, scores, the last of `coefs_`) is in its own units, and
    losses are of what is trained on.
    """

    @available_if(takes_batches)
    def partial_fit(
        self, X: Any, y: Any, sample_weight: Any = None, X_val: Any = None, y_val: Any = None
    ) -> GlassRegressor:
        """Train one epoch on these rows, going on from where the last call stopped.

        The first call's rows decide how the target is standardised. With `early_stopping` each call counts as an
        epoch: once it has gone on too long without a better one, the best weights come back, `stopped_` says so,
        and further calls change nothing. Weights of rows count within one call.
        """
        self._one_epoch(X, y, sample_weight, X_val, y_val)
        return self

    def predict(self, X: Any) -> Array:
        """Numbers (n,), or (n, c) for several targets, in the target's own units."""
        outputs = self._outputs(X)
        numbers = point_numbers(outputs, self.model_.targets, self.model_.loss)
        if np.abs(numbers).max(initial=0) <= np.finfo(outputs.dtype).max:
            numbers = numbers.astype(outputs.dtype)  # single precision stays single where it holds the target's units
        return numbers if self._columns else numbers[:, 0]

    def _checked_target(self, y: Any, fresh: bool) -> Array:
        refuse_no_numbers(y)
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        return np.asarray(column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y)

    def _learn_target(self, y: Array, classes: Any) -> None:
        self._columns = y.shape[1:]

    def _compare_target(self, y: Array, classes: Any) -> None:
        if y.shape[1:] != self._columns:
            raise ValueError(f"y has {_columns(y.shape[1:])}, but {_columns(self._columns)} were trained on")

    def _restore(self, fitted: Fitted) -> None:
        columns = fitted.model.targets.columns
        self._fitted, self._columns = fitted, (columns,) if columns > 1 else ()

    def _task(self) -> Task:
        return "regression"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.positive_only = self._wants_counts()
        return tags

    def _wants_counts(self) -> bool:
        if self.loss is None:
            return False
        try:
            return bool(known_parts().choose("loss", plain(self.loss)).build().targets == "nonnegative")
        except GlassnetError:
            return False  # fitting will say what is wrong


def _columns(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} columns" if shape else "one column"
