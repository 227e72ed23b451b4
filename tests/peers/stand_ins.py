"""Our estimators under the names and parameters of scikit-learn's, for scikit-learn's own test files.

A stand-in takes the parameters of the estimator whose place it takes, and says them in ours. Nothing else of it is
its own: what a test sees is `GlassClassifier` or `GlassRegressor` at work.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from glassnet import GlassClassifier, GlassRegressor

Words = dict[str, Any]

ENDLESS = 10**9  # where scikit-learn's users write infinity
#: A network that is fast and always the same: what takes the place of a linear model, and of one with a kernel.
LINEAR = {
    "hidden_layer_sizes": (),
    "optimizer": "lbfgs",
    "initializer": "zeros",
    "max_iter": 60,
    "tol": 1e-4,
    "n_iter_no_change": None,
    "early_stopping": False,
}
EXACT = {**LINEAR, "optimizer": "lbfgs:tolerance=1e-10", "max_iter": 200}  # least squares, which is soon there
CURVED = {**LINEAR, "activation": "tanh", "initializer": None, "max_iter": 20}
#: A linear model that learns from batches.
BATCHES = {**LINEAR, "optimizer": "adam:lr=0.05", "max_iter": 20}
HINGE = {"loss": "hinge"}


def as_network(theirs: Words) -> Words:
    """scikit-learn's own networks: the same parameters under other names."""
    same = ("hidden_layer_sizes", "batch_size", "max_iter", "tol", "early_stopping", "validation_fraction")
    same += ("warm_start", "verbose", "shuffle")
    activation, patience = theirs["activation"], theirs["n_iter_no_change"]
    schedules = {"invscaling": f"inverse_scaling:power={theirs['power_t']}"}
    return {
        **{name: theirs[name] for name in same},
        "loss": None if theirs.get("loss") in (None, "log_loss") else theirs["loss"],
        "activation": {"logistic": "sigmoid"}.get(activation, activation),
        "n_iter_no_change": ENDLESS if patience == np.inf else patience,
        "optimizer": _solver(theirs),
        "schedule": schedules.get(theirs["learning_rate"], theirs["learning_rate"]),
    }


def _solver(theirs: Words) -> str:
    rate = f"lr={theirs['learning_rate_init']}"
    if theirs["solver"] == "adam":
        return f"adam:{rate},beta1={theirs['beta_1']},beta2={theirs['beta_2']},epsilon={theirs['epsilon']}"
    if theirs["solver"] == "lbfgs":
        return f"lbfgs:tolerance={theirs['tol']}"
    if not theirs["momentum"]:
        return f"sgd:{rate}"
    name = "nesterov" if theirs["nesterovs_momentum"] else "momentum"
    return f"{name}:{rate},momentum={theirs['momentum']}"


def as_logistic(theirs: Words) -> Words:
    """Logistic regression, to the last digits where a test asks for them."""
    exact = {"optimizer": f"lbfgs:tolerance={theirs['tol']}", "max_iter": 2 * theirs["max_iter"]}
    return exact if theirs["tol"] < LINEAR["tol"] else {}


def as_margins(theirs: Words) -> Words:
    """A linear model of hinge, or of the loss that has probabilities."""
    return {"loss": None if theirs["loss"] == "log_loss" else "hinge", "shuffle": theirs["shuffle"]}


def as_kernel(theirs: Words) -> Words:
    """A support vector machine: without a kernel, no hidden layer."""
    hidden = () if theirs["kernel"] == "linear" else (10,)
    return {"hidden_layer_sizes": hidden, "loss": None if theirs.get("probability", True) is True else "hinge"}


def nothing_more(theirs: Words) -> Words:
    return {}


def per_batch(theirs: Words, rows: float) -> float:
    """scikit-learn's networks divide their penalty by the rows of a batch."""
    batch = theirs["batch_size"]
    whole = theirs["solver"] == "lbfgs"
    return float(theirs["alpha"]) / (rows if whole else min(200, rows) if batch == "auto" else min(batch, rows))


def inverse(theirs: Words, rows: float) -> float:
    return 1 / (theirs["C"] * rows)


def ridge(theirs: Words, rows: float) -> float:
    return 2 * float(np.mean(theirs["alpha"])) / rows


def alone(theirs: Words, rows: float) -> float:
    return 0.0


C, R = GlassClassifier, GlassRegressor
#: The name -> (ours, fixed words, words that follow from theirs, the penalty for so many rows).
NAMES: dict[str, tuple[type, Words, Callable[[Words], Words], Callable[[Words, float], float]]] = {
    "sklearn.neural_network.MLPClassifier": (C, {}, as_network, per_batch),
    "sklearn.neural_network.MLPRegressor": (R, {}, as_network, per_batch),
    "sklearn.linear_model.LogisticRegression": (C, LINEAR, as_logistic, inverse),
    "sklearn.linear_model.RidgeClassifier": (C, {**LINEAR, "loss": "squared_error"}, nothing_more, ridge),
    "sklearn.linear_model.Perceptron": (C, {**BATCHES, **HINGE}, nothing_more, alone),
    "sklearn.linear_model.SGDClassifier": (C, BATCHES, as_margins, alone),
    "sklearn.linear_model.LinearRegression": (R, EXACT, nothing_more, alone),
    "sklearn.linear_model.Ridge": (R, EXACT, nothing_more, ridge),
    "sklearn.linear_model.SGDRegressor": (R, BATCHES, nothing_more, alone),
    "sklearn.svm.LinearSVC": (C, {**LINEAR, **HINGE}, nothing_more, inverse),
    "sklearn.svm.LinearSVR": (R, {**LINEAR, "loss": "huber"}, nothing_more, alone),
    "sklearn.svm.SVC": (C, CURVED, as_kernel, inverse),
    "sklearn.svm.SVR": (R, CURVED, as_kernel, inverse),
}


def stand_in(path: str) -> type:
    """A class of ours with the name and the parameters of the one at `path`."""
    home, _, name = path.rpartition(".")
    original = getattr(import_module(home), name)
    ours, fixed, says, penalty = NAMES[path]
    signature = inspect.signature(original)

    class StandIn(ours):  # type: ignore[misc, valid-type]
        _theirs: ClassVar[Words] = {}  # replaced, never changed: copies of an estimator share it

        def __init__(self, *given: Any, **named: Any) -> None:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            ours.__init__(self, **fixed)
            self.__dict__["_theirs"] = bound.arguments
            self._say()

        def __setattr__(self, attribute: str, value: Any) -> None:
            if not self._theirs or attribute not in signature.parameters:
                return super().__setattr__(attribute, value)
            self.__dict__["_theirs"] = {**self._theirs, attribute: value}
            return self._say()

        def _say(self) -> None:
            self.__dict__.update(self._theirs)
            self.__dict__.update({**fixed, **says(self._theirs)})

        def get_params(self, deep: bool = True) -> Words:
            return dict(self._theirs)

        def _given(self, X: Any, y: Any, sample_weight: Any, *rest: Any, **named: Any) -> Any:
            self.__dict__["l2"] = penalty(self._theirs, _rows(y, sample_weight))
            rows, seed = super()._given(X, y, sample_weight, *rest, **named)
            return rows, 0 if fixed and self.random_state is None else seed  # theirs have no chance in them

    StandIn.__init__.__signature__ = inspect.signature(original.__init__)  # type: ignore[attr-defined]
    StandIn.__name__ = StandIn.__qualname__ = name
    StandIn.__module__ = __name__
    return StandIn


def _rows(y: Any, weight: Any) -> float:
    """How many rows there are, a row of weight 2 being two; whatever else is given is refused by ours."""
    try:
        return float(len(y) if weight is None else np.sum(np.broadcast_to(np.asarray(weight, float), len(y)))) or 1
    except (TypeError, ValueError):
        return 1


#: What a stand-in is an instance of, and nothing else.
OURS = (GlassClassifier, GlassRegressor)
STAND_INS = {path: stand_in(path) for path in NAMES}
globals().update({cls.__name__: cls for cls in STAND_INS.values()})  # where pickle looks for them
