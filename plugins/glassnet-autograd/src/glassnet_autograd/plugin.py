"""An engine that writes the network as one formula and leaves its slopes to autograd.

glassnet's layers each know their own way back; here nobody does. That both arrive at the same weights is what proves
the ways back. What has no formula below is refused by name.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
from glassnet import Engine, Recipe, Session, hookimpl

Formula = Callable[..., Any]
_UNKNOWN = ("l1", "clip_norm", "clip_value", "dropout", "input_dropout", "batch_norm")


def autograd() -> Engine:
    """The network as one formula, whose slopes autograd derives: back-propagation, seen from outside.

    y = output(... bend(bend(X W1 + b1) W2 + b2) ...)
    total = mean over rows of loss(y, t) + l2 / 2 sum over weight matrices of W^2
    W -= lr * slope of total in W, b -= lr * slope of total in b

    It follows tanh, relu, sigmoid and softplus, softmax with cross_entropy, identity with squared_error, and sgd at a
    constant rate.

    Raises ValueError naming the part or setting that it has no formula for.
    Source: Maclaurin, Duvenaud and Adams (2015), Autograd: effortless gradients in NumPy, ICML AutoML workshop.
    """
    return Engine(begin=_begin, version=lambda: version("autograd"))


def _formulas() -> dict[str, dict[str, Formula]]:
    """What this engine knows, by kind and full name; autograd is imported when a network is built, not to list it."""
    import autograd.numpy as anp

    def softmax(z: Any) -> Any:
        e = anp.exp(z - anp.max(z, axis=1, keepdims=True))
        return e / anp.sum(e, axis=1, keepdims=True)

    def cross_entropy(y: Any, t: Any) -> Any:
        return -anp.sum(t * anp.log(anp.maximum(y, np.finfo(float).tiny)), axis=1)

    return {
        "activation": {
            "glassnet/tanh": anp.tanh,
            "glassnet/relu": lambda z: anp.where(z > 0, z, 0 * z),
            "glassnet/sigmoid": lambda z: (1 + anp.tanh(z / 2)) / 2,
            "glassnet/softplus": lambda z: anp.logaddexp(0, z),
        },
        "output": {"glassnet/softmax": softmax, "glassnet/identity": lambda z: z},
        "loss": {
            "glassnet/cross_entropy": cross_entropy,
            "glassnet/squared_error": lambda y, t, factor: factor * anp.mean((y - t) ** 2, axis=1),
        },
        "optimizer": {"glassnet/sgd": lambda: None},
        "schedule": {"glassnet/constant": lambda: None},
    }


def _begin(recipe: Recipe) -> Session:
    import autograd.numpy as anp
    from autograd import value_and_grad

    formulas = _formulas()
    _refuse_others(recipe, formulas)
    bends = [formulas["activation"][name] for name, _ in recipe.activations]
    output, loss = formulas["output"][recipe.output[0]], partial(formulas["loss"][recipe.loss[0]], **recipe.loss[1])
    layers = [{name: np.array(values) for name, values in layer.items()} for layer in recipe.start]
    lr = recipe.optimizer[1]["lr"]

    def outputs(layers: Any, X: np.ndarray) -> Any:
        for layer, bend in zip(layers, [*bends, output], strict=True):
            X = bend(X @ layer["W"] + layer["b"])
        return X

    def total(layers: Any, X: np.ndarray, t: np.ndarray) -> Any:
        penalty = sum(anp.sum(layer["W"] ** 2) for layer in layers)
        return anp.mean(loss(outputs(layers, X), t)) + recipe.l2 / 2 * penalty

    slopes = value_and_grad(total)

    def step(X: np.ndarray, t: np.ndarray) -> float:
        """One update; returns the sum of the rows' losses before it."""
        before = float(np.sum(loss(outputs(layers, X), t)))
        _, slope = slopes(layers, X, t)
        for layer, down in zip(layers, slope, strict=True):
            layer["W"] -= lr * down["W"]
            layer["b"] -= lr * down["b"]
        return before

    def train(X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        places = range(0, len(X), batch_size)
        return sum(step(X[start : start + batch_size], t[start : start + batch_size]) for start in places) / len(X)

    return Session(
        train=train,
        weights=lambda: [{name: values.copy() for name, values in layer.items()} for layer in layers],
        outputs=lambda X: outputs(layers, X),
    )


def _refuse_others(recipe: Recipe, formulas: dict[str, dict[str, Formula]]) -> None:
    """A part or setting that is not written above, by its name."""
    parts = {"output": recipe.output, "loss": recipe.loss, "optimizer": recipe.optimizer, "schedule": recipe.schedule}
    for kind, (name, _) in [*(("activation", one) for one in recipe.activations), *parts.items()]:
        if name not in formulas[kind]:
            raise ValueError(f"it has no {kind} {name}: write --{kind} {' or '.join(formulas[kind])}")
    for setting in _UNKNOWN:
        if getattr(recipe, setting):
            raise ValueError(f"it has no {setting}: leave it away")


@hookimpl
def engines() -> list:
    """Every engine of this package."""
    return [autograd]
