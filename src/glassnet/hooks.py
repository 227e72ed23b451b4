"""Every place where another package can add something to glassnet.

A plugin is a module with one or more of these functions, decorated with `@hookimpl`. Each takes nothing
and returns a list of parts; a part is a function that returns one of the bags in `glassnet.kinds`.
"""

from collections.abc import Callable
from typing import Any

import pluggy

PROJECT = "glassnet"
ENTRY_POINT_GROUP = "glassnet"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

Part = Callable[..., Any]


@hookspec
def activations() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return an `Activation`: what a layer does to its scores."""


@hookspec
def losses() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return a `Loss`: how wrong an output is."""


@hookspec
def optimizers() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return an `Optimizer`: how weights move against a gradient."""


@hookspec
def initializers() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return an `Initializer`: the weights before the first step."""


@hookspec
def schedules() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return a `Schedule`: how the rate changes while training."""


@hookspec
def metrics() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return a `Metric`: how good a prediction is, in a number for people."""


@hookspec
def datasets() -> list[Part]:  # type: ignore[empty-body]
    """Functions that take `rng` and options and return a `Dataset`: rows to learn from."""


@hookspec
def plots() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return a `Plot`: a picture of a run, of several runs, or of a part."""


@hookspec
def engines() -> list[Part]:  # type: ignore[empty-body]
    """Functions that return an `Engine`: another library that trains the same network."""


#: kind -> the hook that collects it. The order is that of `glassnet list`.
HOOKS = {
    "activation": "activations",
    "loss": "losses",
    "optimizer": "optimizers",
    "initializer": "initializers",
    "schedule": "schedules",
    "metric": "metrics",
    "dataset": "datasets",
    "plot": "plots",
    "engine": "engines",
}
