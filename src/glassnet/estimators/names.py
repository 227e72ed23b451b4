"""The names by which scikit-learn's users, and their tools, know what a fit has to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _check_feature_names_in

if TYPE_CHECKING:
    from .keeping import Fitted

Array = NDArray[Any]
OUTPUTS = {"glassnet/sigmoid": "logistic"}  # what scikit-learn calls an output that has another name here
SCORES = ("accuracy", "r2")  # what `score` gives, of classes and of numbers


class Names:
    """What scikit-learn's MLPs and linear models show after a fit, as an estimator of ours has it."""

    if TYPE_CHECKING:  # what it is shown from

        @property
        def _kept(self) -> Fitted: ...

        @property
        def coefs_(self) -> list[Array]: ...

        @property
        def intercepts_(self) -> list[Array]: ...

        @property
        def loss_curve_(self) -> list[float]: ...

    @property
    def loss_(self) -> float:
        """The mean training loss of the last epoch, without penalties."""
        return self.loss_curve_[-1]

    @property
    def best_loss_(self) -> float | None:
        """The lowest of `loss_curve_`; None where validation rows decided about the end."""
        return min(self.loss_curve_) if self.validation_scores_ is None else None

    @property
    def validation_scores_(self) -> list[float] | None:
        """Accuracy, or R², on the validation rows after each epoch; None without validation rows."""
        found = [epoch.scores.get("validation", {}) for epoch in self._kept.progress.epochs]
        scores = [scores[name] for scores in found for name in SCORES if name in scores]
        return scores or None

    @property
    def best_validation_score_(self) -> float | None:
        """The highest of `validation_scores_`; early stopping itself looks at `monitor`."""
        scores = self.validation_scores_
        return None if scores is None else max(scores)

    @property
    def t_(self) -> int:
        """How many training rows were seen in all, each as often as it was."""
        if self._kept.seen is None:
            raise AttributeError("t_ was not kept in the file of this estimator")
        return self._kept.seen

    @property
    def out_activation_(self) -> str:
        """The output activation, by scikit-learn's name where it has one: logistic, softmax, identity."""
        part = self._kept.model.parts.output.part
        return OUTPUTS.get(part.full_name, part.name)

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """What the inputs of the network are called, one a row of `coefs_[0]`: the columns of X, then what `features`
        makes of them, `x0^2`."""
        features = self._kept.model.features
        names = features.renamed([str(name) for name in _check_feature_names_in(self, input_features)])
        return np.asarray(names.outputs, dtype=object)

    @property
    def coef_(self) -> Array:
        """The weights of a network without a hidden layer, as linear models have them: `X @ coef_.T + intercept_`.

        They are (1, d) for two classes, (k, d) for several and for several labels, (d,) for one number, one for each
        of `get_feature_names_out`. With a hidden layer there is no such attribute.
        """
        return self._linear()[0]

    @property
    def intercept_(self) -> Any:
        """The biases that go with `coef_`: (1,), (k,), or a number."""
        return self._linear()[1]

    def _linear(self) -> tuple[Array, Any]:
        model = self._kept.model
        if model.network.hidden:
            raise AttributeError(
                "coef_ and intercept_ belong to a network without a hidden layer, hidden_layer_sizes=(); this one has "
                "coefs_ and intercepts_, one of each a layer"
            )
        W, b = self.coefs_[0].T, self.intercepts_[0]
        if model.targets.task == "binary" and len(b) == 2:  # two scores: their difference decides
            W, b = W[1:] - W[:1], b[1:] - b[:1]
        if model.targets.task == "regression" and len(b) == 1:
            return W[0], np.float64(b[0])
        return W, b
