"""A neural network as a scikit-learn classifier: two classes, several, or several labels at once."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels

from ..data.targets import one_hot_remark
from ..errors import GlassnetError
from ..kinds import Activation, Task
from ..model import Model
from ..synonyms import explains_words
from ..training.scoring import class_codes
from .fitting import GlassEstimator, takes_batches
from .keeping import Fitted, gives_shares
from .rows import Given, refuse_gaps
from .words import known_parts, parameter_called, plain

Array = NDArray[Any]

#: Output activations whose scores stand in the same order as their outputs.
_ORDERED = ("glassnet/softmax", "glassnet/sigmoid", "glassnet/identity")

#: Targets of several classes, and of several labels.
_ONE_CLASS, _SEVERAL_LABELS = np.eye(3), np.array([[1.0, 1.0], [0.0, 0.0]])


def _gives_probabilities(estimator: GlassClassifier) -> bool:
    """Whether the outputs lie between 0 and 1: those of hinge, for one, are distances."""
    if estimator.__sklearn_is_fitted__():
        return estimator._fitted.gives_shares
    try:
        return gives_shares(estimator._output_activation())
    except GlassnetError:
        return True  # fitting will say what is wrong


def _is_share(value: Any) -> bool:
    value = plain(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


@explains_words(parameter_called)
@dataclass(eq=False, repr=False)
class GlassClassifier(ClassifierMixin, GlassEstimator):
    """A neural network that tells classes apart, every part of it a phrase or a function of your own.

    The parameters are described in docs/estimators.md. Without a hidden layer, `hidden_layer_sizes=()`, it is
    logistic regression.
    """

    class_weight: Any = None

    @available_if(takes_batches)
    def partial_fit(
        self,
        X: Any,
        y: Any,
        classes: Any = None,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
    ) -> GlassClassifier:
        """Train one epoch on these rows, going on from where the last call stopped.

        The first call names all `classes`. With `early_stopping` each call counts as an epoch: once it has gone on
        too long without a better one, the best weights come back, `stopped_` says so, and further calls change
        nothing. Weights of rows and classes count within one call.
        """
        if not self.__sklearn_is_fitted__() and classes is None:
            raise ValueError("the first call of partial_fit needs classes: all that there will ever be")
        self._one_epoch(X, y, sample_weight, X_val, y_val, classes)
        return self

    def predict(self, X: Any, threshold: float | None = None) -> Array:
        """The class of each row (n,), or 0 and 1 (n, c) for several labels.

        With two classes, `threshold` is the probability from which a row counts as `classes_[1]`; for several
        labels, each of them.
        """
        if threshold is None:
            codes = class_codes(self._outputs(X), self.model_.targets, self.model_.loss)
        else:
            codes = self._above(threshold, X)
        return codes if self._task() == "multilabel" else self.classes_[codes]

    def _above(self, threshold: float, X: Any) -> Array:
        loss = self.model_.parts.loss.part.name
        if self._task() == "multiclass":
            raise ValueError(
                f"a threshold is for two classes or several labels; there are {len(self.classes_)} classes"
            )
        if not _gives_probabilities(self):
            raise ValueError(
                f"a threshold is a probability, and a network trained with {loss} has none: see decision_function"
            )
        if not _is_share(threshold):
            raise ValueError(f"a threshold is a probability, a number from 0 to 1, not {threshold!r}")
        probabilities = self.predict_proba(X)
        if self._task() == "binary":
            probabilities = probabilities[:, 1]
        return (probabilities >= threshold).astype(np.intp)

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Any) -> Array:
        """The probability of each class (n, classes), or of each label (n, c)."""
        y = self._outputs(X)
        if self._task() == "multilabel":
            return y
        if y.shape[1] == 1:
            return np.hstack([1 - y, y])
        if self.model_.parts.output.part.full_name == "glassnet/softmax":
            return y
        total = y.sum(axis=1, keepdims=True)  # one question a class, each answered by itself: make shares of them
        return np.where(total > 0, y, 1.0) / np.where(total > 0, total, y.shape[1])

    @available_if(_gives_probabilities)
    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def decision_function(self, X: Any) -> Array:
        """How far on its side a row lies: (n,), above 0 for `classes_[1]`; for several, (n, classes), the largest wins.

        They are the scores of the last layer, where these are ordered as the outputs are.
        """
        z, model = self._scores(X), self.model_
        if self._task() == "multiclass":
            return z if model.parts.output.part.full_name in _ORDERED else model.network.output.f(z)
        if z.shape[1] == 2 and self._task() == "binary":
            return z[:, 1] - z[:, 0]
        sides = z if _decides_at_zero(model) else model.network.output.f(z) - 0.5
        return sides if self._task() == "multilabel" else sides[:, 0]

    # --- what is particular to classes -------------------------------------------------------------------

    def _checked_target(self, y: Any, fresh: bool) -> Array:
        if not fresh and type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "iub" and len(y):
            return y  # whole numbers are classes: scikit-learn's look at them would take as long as a step
        if np.asarray(y).dtype.kind == "O" and not hasattr(y, "tocsr"):
            refuse_gaps(y)
        y = check_array(y, accept_sparse=True, ensure_2d=False, dtype=None, input_name="y")
        y = y.toarray() if hasattr(y, "toarray") else y
        y = column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y
        texts = y.ndim == 2 and y.dtype.kind in "OUS"  # scikit-learn can't sort words among numbers
        if not texts:
            check_classification_targets(y)
        if texts or (y.ndim == 2 and type_of_target(y) != "multilabel-indicator"):
            raise ValueError(
                "y has several columns of classes, and a network has outputs of one kind: use MultiOutputClassifier, "
                "or columns of 0 and 1 for several labels"
            )
        return np.asarray(y)

    def _learn_target(self, y: Array, classes: Any) -> None:
        self._several_labels = y.ndim == 2
        if classes is not None:
            self.classes_ = unique_labels(classes)
        else:
            self.classes_ = np.arange(y.shape[1]) if self._several_labels else np.unique(y)
        if not self._several_labels and len(self.classes_) == 1:
            raise ValueError(
                f"every row has the class {self.classes_.tolist()[0]!r}: with one class there is nothing to tell apart"
            )
        if self._several_labels and (remark := one_hot_remark(y)):
            warnings.warn(remark, UserWarning, stacklevel=4)

    def _compare_target(self, y: Array, classes: Any) -> None:
        if (y.ndim == 2) != self._several_labels or (y.ndim == 2 and y.shape[1] != len(self.classes_)):
            raise ValueError(f"y of shape {y.shape} is not what was trained on: {self._task()} of {len(self.classes_)}")
        if classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            raise ValueError(f"classes={list(classes)!r} is not what the first call named: {self.classes_.tolist()}")
        if y.ndim == 1 and not np.isin(y, self.classes_).all():
            found = np.setdiff1d(y, self.classes_).tolist()
            raise ValueError(f"y holds {found}, which are not among the classes {self.classes_.tolist()}")

    def _restore(self, fitted: Fitted) -> None:
        self._fitted, self._several_labels = fitted, fitted.model.targets.task == "multilabel"

    def _task(self) -> Task:
        if self._several_labels:
            return "multilabel"
        return "binary" if len(self.classes_) == 2 else "multiclass"

    def _class_names(self) -> list[Any] | None:
        return None if self._several_labels else self.classes_.tolist()

    def _strata(self, y: Array) -> Array | None:
        return None if self._several_labels else y

    def _weighed(self, given: Given) -> Given:
        """With the weights of classes, as they follow from the training rows."""
        train, y = given.split.train, given.dataset.y
        if plain(self.class_weight) is None:
            return given
        weight = np.ones(len(y)) if given.weight is None else given.weight
        return replace(given, weight=weight * self._class_weights(y, train, weight))

    def _class_weights(self, y: Array, train: Array, weight: Array) -> Array:
        """The weight of each row's class (n,). Balanced: each class counts the same among the training rows."""
        wanted = plain(self.class_weight)
        balanced = isinstance(wanted, str)
        if self._several_labels and balanced:
            columns = [_balanced(column, train, weight, 2) for column in y.astype(np.intp).T]
            return np.asarray(np.prod(columns, axis=0))  # as scikit-learn has it: a row counts by all of its labels
        if self._several_labels:
            return np.asarray(compute_sample_weight(list(wanted) if isinstance(wanted, tuple) else wanted, y))
        codes = np.searchsorted(self.classes_, y)
        if balanced:
            return _balanced(codes, train, weight, len(self.classes_))
        return np.asarray(compute_class_weight(wanted, classes=self.classes_, y=self.classes_)[codes])

    def _output_activation(self) -> Activation:
        """The output that is trained, or that would be."""
        if self.__sklearn_is_fitted__():
            return self._fitted.model.network.output
        catalog = known_parts()
        if self.output is not None:
            return catalog.choose("activation", plain(self.output)).build()
        loss = catalog.choose("loss", "cross_entropy" if self.loss is None else plain(self.loss))
        return catalog.choose("activation", loss.build().output, home=loss.part.distribution).build()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = self._learns(_ONE_CLASS)
        tags.classifier_tags.multi_label = self._learns(_SEVERAL_LABELS)
        return tags

    def _learns(self, t: Array) -> bool:
        """Whether the loss takes such targets: cross-entropy, for one, wants exactly one true class a row."""
        if self.loss is None:
            return True
        try:
            loss = known_parts().choose("loss", plain(self.loss)).build()
            loss.value(self._output_activation().f(np.zeros_like(t)), t)
        except GlassnetError:
            return True  # fitting will say what is wrong
        except ValueError:
            return False
        return True


def _balanced(codes: Array, train: Array, weight: Array, classes: int) -> Array:
    """For each row the factor that makes its class count like any other among the training rows (n,)."""
    counts = np.bincount(codes[train], weight[train], classes)
    present = counts > 0
    factors = np.where(present, counts.sum() / (present.sum() * np.where(present, counts, 1.0)), 1.0)
    return np.asarray(factors[codes])


def _decides_at_zero(model: Model) -> bool:
    """Whether a score just above 0 means yes, and one just below it no."""
    z = np.array([[-1e-6], [1e-6]], model.network.dtype)
    y = model.network.output.f(z)
    codes = class_codes(y, replace(model.targets, task="binary"), model.loss)
    return codes.tolist() == [0, 1]
