"""What each parameter of an estimator may hold: read as one, before anything is learned from the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import GlassnetError
from ..experiment import RULES, Experiment, Rule
from .words import PARAMETERS, plain, said_in_parameters, several

#: The parameters that no experiment has; None where a class's own default is None.
OWN = {
    "max_iter": Rule(int, 1),
    "tol": Rule(float, 0),
    "n_iter_no_change": Rule(int, 0),
    "validation_fraction": Rule(float, 0, below=1),
    "early_stopping": Rule(bool),
    "warm_start": Rule(bool),
}
MAY_BE_NONE = ("n_iter_no_change",)


def checked(estimator: Any) -> int:
    """`max_iter`, once every parameter is fit for use. Raises a ValueError that names the one that is not."""
    with said_in_parameters():
        for field, name in PARAMETERS.items():
            if field in RULES:
                _refuse_text(name, RULES[field], plain(getattr(estimator, name)))
        _refuse_no_widths(estimator.hidden_layer_sizes)
        Experiment(**{field: plain(getattr(estimator, name)) for field, name in PARAMETERS.items()})
        values = {name: _own(name, plain(getattr(estimator, name))) for name in OWN}
        _batch_size(plain(estimator.batch_size))
        _verbose(plain(estimator.verbose))
        _random_state(estimator.random_state)
        _class_weight(plain(getattr(estimator, "class_weight", None)))
        return int(values["max_iter"])


def _own(name: str, value: Any) -> Any:
    if name in MAY_BE_NONE and (value is None or value == math.inf):
        return value
    _refuse_text(name, OWN[name], value)
    return OWN[name].read(name, value)


def _refuse_text(name: str, rule: Rule, value: Any) -> None:
    """Text is read as a number where people type; in a program it is a slip."""
    if rule.type in (int, float) and isinstance(value, str | bytes):
        raise GlassnetError(f"{name} wants {'a whole number' if rule.type is int else 'a number'}, not {value!r}")


def _refuse_no_widths(value: Any) -> None:
    if value is None or isinstance(value, str):
        raise GlassnetError(f"hidden_layer_sizes wants widths such as (128, 64), or () for none, not {value!r}")


def _batch_size(value: Any) -> None:
    if isinstance(value, str) and value not in ("auto", "full"):
        raise GlassnetError(f"batch_size wants a whole number, 'auto' or 'full', not {value!r}")
    if value != "auto":
        RULES["batch_size"].read("batch_size", value)


def _verbose(value: Any) -> None:
    """True or False, or how loud, as scikit-learn has it."""
    if not isinstance(value, int) or value < 0:
        raise GlassnetError(f"verbose is true or false, not {value!r}")


def _random_state(value: Any) -> None:
    state = plain(value)
    if state is None or state is np.random or isinstance(state, np.random.RandomState):
        return
    if isinstance(state, bool) or not isinstance(state, int) or state < 0:
        raise GlassnetError(f"random_state wants a whole number from 0 on, None or a RandomState, not {value!r}")


def _class_weight(value: Any) -> None:
    if value is None or (isinstance(value, str) and value == "balanced"):
        return
    for weights in several(value):
        if not isinstance(weights, Mapping):
            raise GlassnetError(f"class_weight wants 'balanced', weights by class or None, not {value!r}")
        for name, weight in weights.items():
            if not _is_weight(plain(weight)):
                raise GlassnetError(f"class_weight wants numbers from 0 on, not {weight!r} for the class {name!r}")


def _is_weight(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
