"""Every parameter of the estimators is held to its own rule, whoever is asked: wrong values are refused by name."""

import re

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.utils import get_tags

from glassnet import GlassClassifier, GlassRegressor
from glassnet.estimators.parameters import OWN
from glassnet.estimators.words import PARAMETERS, PARTS

IRIS, DIABETES = load_iris(return_X_y=True), load_diabetes(return_X_y=True)
BASES = {
    "classifier": (GlassClassifier((4,), max_iter=2, n_iter_no_change=None, random_state=0), IRIS),
    "regressor": (GlassRegressor((4,), max_iter=2, n_iter_no_change=None, random_state=0), DIABETES),
}
NAMES = [(kind, name) for kind, (net, _) in BASES.items() for name in net.get_params()]
WRONG = {
    "text": "False",
    "negative": -1,
    "gap": float("nan"),
    "infinite": float("-inf"),
    "bytes": b"x",
    "object": object(),
    "nothing of it": {"a": "b"},
    "several": [0.5, None],
    "half": np.array(0.5),
    "complex": 1j,
}
FITTING = {
    "half": ("l1", "l2", "dropout", "input_dropout", "clip_norm", "clip_value", "tol", "validation_fraction"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_a_wrong_value_is_refused_in_one_line_that_names_the_parameter(kind: str, name: str, wrong: str) -> None:
    net, (X, y) = BASES[kind]
    net = clone(net).set_params(**{name: WRONG[wrong]})
    get_tags(net), hasattr(net, "predict_proba"), hasattr(net, "partial_fit"), repr(net)  # all without a word
    if name in FITTING.get(wrong, ()):
        net.fit(X, y)
        return
    for train in (net.fit, lambda X, y: net.partial_fit(X, y, **{"classes": [0, 1, 2]} if kind[0] == "c" else {})):
        with pytest.raises(ValueError) as caught:
            train(X, y)
        said = str(caught.value)
        assert re.search(rf"\b{name}\b|\b(no|an?) {_kind(name)}\b", said) and "\n" not in said and "--" not in said
        if name not in (*PARTS, "monitor"):  # names are looked up once the rows are known
            assert not hasattr(net, "n_features_in_") and not hasattr(net, "classes_")


def _kind(name: str) -> str:
    """What a part is called where a phrase names none: an output is an activation."""
    return {"output": "activation", "monitor": "metric"}.get(name, name)


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_an_array_without_an_axis_is_the_value_it_holds(kind: str, name: str) -> None:
    net, (X, y) = BASES[kind]
    value = getattr(net, name)
    held = np.empty((), object)
    held[()] = value
    for array in (held, np.array(value)) if not isinstance(value, tuple) else (np.array(value),):
        other = clone(net).set_params(**{name: array}).fit(X, y)
        assert other.loss_curve_ == clone(net).fit(X, y).loss_curve_


@pytest.mark.parametrize(("name", "value"), [("early_stopping", 1), ("warm_start", "yes"), ("batch_norm", None)])
def test_a_switch_is_true_or_false(name: str, value: object) -> None:
    net, rows = BASES["classifier"]
    with pytest.raises(ValueError, match=f"^{name} is true or false, not {value!r}$"):
        clone(net).set_params(**{name: value}).fit(*rows)


@pytest.mark.parametrize("value", [b"x", None, "64", {4}, {4: 4}, [4.5], [[4]], [True], 0, [-4], np.nan])
def test_widths_are_whole_numbers_in_order(value: object) -> None:
    net, rows = BASES["classifier"]
    with pytest.raises(ValueError, match="hidden_layer_sizes wants widths"):
        clone(net).set_params(hidden_layer_sizes=value).fit(*rows)


@pytest.mark.parametrize("value", [4, np.int32(4), [4], np.array([4]), range(4, 5)])
def test_widths_may_be_written_in_many_ways(value: object) -> None:
    net, rows = BASES["classifier"]
    assert clone(net).set_params(hidden_layer_sizes=value).fit(*rows).n_layers_ == 3


def test_patience_without_end_warns_at_the_end_as_scikit_learns_does() -> None:
    with pytest.warns(UserWarning, match="all 2 epochs of max_iter"):
        GlassClassifier((4,), max_iter=2, n_iter_no_change=np.inf).fit(*IRIS)


def test_every_parameter_has_its_rule() -> None:
    """A new parameter is in one of the tables, or has a rule of its own in `parameters.checked`."""
    ruled = {*PARAMETERS.values(), *OWN, "batch_size", "verbose", "random_state", "class_weight"}
    assert {name for _, name in NAMES} == ruled
