"""A fitted estimator as words and plain arrays, for a file that can't run code, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..errors import GlassnetError, join
from ..files import parse_json
from ..schemas import DAMAGE, ESTIMATOR_WORDS
from .classifier import GlassClassifier
from .keeping import Fitted
from .regressor import GlassRegressor
from .words import known_parts

Array = NDArray[Any]

ESTIMATORS: dict[str, type[GlassClassifier] | type[GlassRegressor]] = {
    "GlassClassifier": GlassClassifier,
    "GlassRegressor": GlassRegressor,
}


def arrays_of(estimator: Any) -> dict[str, Array]:
    """Parameters as words, and what the fit left behind as arrays."""
    name = type(estimator).__name__
    if type(estimator) is not ESTIMATORS.get(name):
        raise GlassnetError(
            f"only {join(ESTIMATORS)} can be saved, not a {name}: of a Pipeline save the last step, or use joblib.dump"
        )
    if not estimator.__sklearn_is_fitted__():
        raise GlassnetError(f"this {name} holds nothing to save yet: call fit first")
    fitted: Fitted = estimator._fitted
    given = {parameter: getattr(estimator, parameter) for parameter in estimator._get_param_names()}
    if isinstance(given["random_state"], np.random.RandomState) or given["random_state"] is np.random:
        given["random_state"] = fitted.seed  # what it was asked for
    words = {"estimator": name, "parameters": {key: _in_words(key, value) for key, value in given.items()}}
    arrays = {"words": np.array(json.dumps(words)), "n_features_in": np.array(estimator.n_features_in_)}
    if hasattr(estimator, "feature_names_in_"):
        arrays["feature_names_in"] = estimator.feature_names_in_.astype(str)
    if isinstance(estimator, GlassClassifier):
        classes = estimator.classes_
        arrays["classes"] = classes.astype(str) if classes.dtype.kind == "O" else classes
        arrays["classes_dtype"] = np.array(classes.dtype.str)
    return arrays | fitted.to_arrays()


def _in_words(name: str, value: Any) -> Any:
    """What JSON can hold; a mapping becomes pairs, because its keys may be numbers, and tuples stay tuples."""
    if callable(value):
        called = getattr(value, "__name__", repr(value))
        raise GlassnetError(
            f"{name}={called} is a function, and a file holds words alone: make it a plugin and give its name"
        )
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {"pairs": [[_in_words(name, key), _in_words(name, one)] for key, one in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [_in_words(name, one) for one in value]}
    if isinstance(value, list):
        return [_in_words(name, one) for one in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise GlassnetError(f"{name}={value!r} can't be saved: a file holds numbers, texts and lists of them")


def _from_words(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = value.get("pairs")
        return tuple(map(_from_words, value["tuple"])) if pairs is None else {k: _from_words(one) for k, one in pairs}
    return [_from_words(one) for one in value] if isinstance(value, list) else value


def _classes(classes: Array, dtype: str) -> Array:
    """As they were: objects are kept as texts. No other dtype is believed, as it may be of any size."""
    if dtype not in ("|O", classes.dtype.str):
        raise ValueError(f"its classes are {classes.dtype}, not {dtype}")
    return classes.astype(dtype)


def estimator_from(arrays: Mapping[str, Array], path: Path, catalog: Catalog | None) -> Any:
    """The reverse of `arrays_of`."""
    try:
        words = parse_json(str(arrays["words"]), ESTIMATOR_WORDS, finite=False)
        kind = ESTIMATORS[words["estimator"]]
        parameters = {name: _from_words(value) for name, value in words["parameters"].items()}
    except DAMAGE as error:
        raise GlassnetError(f"{path} holds no estimator that glassnet.save wrote: {error}") from error
    if unknown := sorted(set(parameters) - {field.name for field in fields(kind)}):
        raise GlassnetError(f"{path} was written by another version of glassnet: {join(unknown)} is unknown here")
    estimator = kind(**parameters)
    try:
        estimator.n_features_in_ = int(arrays["n_features_in"])
        if "feature_names_in" in arrays:
            estimator.feature_names_in_ = arrays["feature_names_in"].astype(object)
        fitted = Fitted.from_arrays(arrays, known_parts() if catalog is None else catalog, str(path))
        if estimator.n_features_in_ != len(fitted.model.features.columns):
            raise ValueError(f"{estimator.n_features_in_} features for {len(fitted.model.features.columns)} columns")
        if isinstance(estimator, GlassClassifier):
            estimator.classes_ = _classes(arrays["classes"], str(arrays["classes_dtype"]))
    except DAMAGE as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    estimator._restore(fitted)
    return estimator
