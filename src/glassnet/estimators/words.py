"""What an estimator's parameters mean as an experiment, and glassnet's refusals in the words of these parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ..catalog import GIVEN, Catalog, read_part
from ..errors import Diverged, GlassnetError
from ..experiment import Experiment
from ..kinds import Task

#: The fields of an experiment and the parameters that say them.
PARAMETERS = {
    "hidden": "hidden_layer_sizes",
    "activation": "activation",
    "output": "output",
    "loss": "loss",
    "optimizer": "optimizer",
    "initializer": "initializer",
    "schedule": "schedule",
    "l1": "l1",
    "l2": "l2",
    "dropout": "dropout",
    "input_dropout": "input_dropout",
    "batch_norm": "batch_norm",
    "clip_norm": "clip_norm",
    "clip_value": "clip_value",
    "freeze": "freeze",
    "features": "features",
    "monitor": "monitor",
    "shuffle": "shuffle",
}
#: The parameters that hold parts, and the kind of each.
PARTS = {
    "activation": "activation",
    "output": "activation",
    "loss": "loss",
    "optimizer": "optimizer",
    "initializer": "initializer",
    "schedule": "schedule",
}
#: What the other fields of an experiment are called here.
CALLED = PARAMETERS | {
    "epochs": "max_iter",
    "seed": "random_state",
    "patience": "n_iter_no_change",
    "validation": "validation_fraction",
    "batch_size": "batch_size",
    "class_weight": "class_weight",
}
LARGEST_AUTO_BATCH = 200  # as scikit-learn's MLPs


class Refused(GlassnetError, ValueError):
    """A parameter or data that glassnet refuses; scikit-learn's callers catch a ValueError."""


class FitDiverged(Diverged, ValueError):
    """Training met a number that is not finite; scikit-learn's callers catch a ValueError."""


_SAID = {
    "--scale standard": "a StandardScaler before it",
    "--task multiclass": "GlassClassifier",
    "--clip-norm 1": "clip_norm=1",
    "--hidden": "hidden_layer_sizes",
    "--epochs": "max_iter",
    "--drop columns": "give fewer columns",
    "--drop leaves": "a ColumnTransformer leaves",
    "--seed": "random_state",
}


def in_parameters(message: str) -> str:
    """A message with the names of parameters where it names options of the command line."""
    for flag, parameter in _SAID.items():
        message = message.replace(flag, parameter)
    return re.sub(r"--([a-z][a-z0-9-]*)", lambda found: found[1].replace("-", "_"), message)


def parameter_called(field: str) -> str:
    """The parameter that says a field of an experiment; empty if there is none."""
    return CALLED.get(field, "")


@contextmanager
def said_in_parameters() -> Iterator[None]:
    """Let glassnet's errors speak of parameters, and be the errors that scikit-learn expects."""
    try:
        yield
    except GlassnetError as error:
        kind = FitDiverged if isinstance(error, Diverged) else Refused
        raise kind(in_parameters(str(error))) from error


def known_parts() -> Catalog:
    """The catalog of this process."""
    return Catalog.discover()


def with_given(catalog: Catalog, estimator: Any) -> Catalog:
    """The catalog and the functions that stand for phrases in the estimator, so that their names are found again."""
    given = [
        read_part(kind, one, GIVEN)
        for name, kind in PARTS.items()
        for one in several(getattr(estimator, name))
        if callable(one)
    ]
    unique = {(part.kind, part.name): part for part in given}
    return Catalog([*catalog.parts(), *unique.values()], catalog.guests)


def several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def plain(value: Any) -> Any:
    """Python's own numbers, texts and tuples: a grid hands NumPy's over, some as arrays without an axis."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return tuple(plain(one) for one in value) if isinstance(value, np.ndarray | list | tuple) else value


def is_solver(estimator: Any, catalog: Catalog | None = None) -> bool:
    """Whether the optimizer looks at all rows at once, as lbfgs does; those that are the default never do."""
    given = plain(estimator.optimizer)
    if given is None:
        return False
    return (catalog or known_parts()).choose("optimizer", given).build().minimize is not None


def experiment_of(
    estimator: Any, catalog: Catalog, *, task: Task, rows: int, dtype: str, epochs: int, seed: int
) -> Experiment:
    """The experiment that the parameters mean, for so many training rows."""
    if plain(estimator.batch_norm) and rows < 2:
        raise GlassnetError(f"batch_norm learns from differences between rows, and n_samples={rows}: give more rows")
    words = {field: plain(getattr(estimator, name)) for field, name in PARAMETERS.items()}
    batch_size = plain(estimator.batch_size)
    if batch_size == "auto":
        batch_size = None if is_solver(estimator, catalog) else min(LARGEST_AUTO_BATCH, rows)
    return Experiment(
        **words,
        task=task,
        dtype=dtype,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
        split_seed=seed,
        scale="none",
        test=0.0,
        validation=0.0,
    )


def seed_of(random_state: Any) -> int:
    """A whole number is the seed itself, so that the same experiment elsewhere gives the same numbers.

    None, or a `RandomState`, is asked for one, as everywhere in scikit-learn.
    """
    given = plain(random_state)
    if isinstance(given, int):
        return given
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
