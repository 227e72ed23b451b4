"""An engine for glassnet. This module is the plugin: it is all that glassnet imports of the package.

An engine trains the same network in another library, from the same weights on the same batches, so that the two can
be compared step by step. What it has no equal for it refuses by name. This one needs no library: it is plain NumPy.
Put your own in its place (import it inside the functions); `make check` says whether it follows glassnet.
"""

import numpy as np
from glassnet import Engine, Recipe, Session, hookimpl

_KNOWN = {
    "activation": ("glassnet/tanh", "glassnet/relu"),
    "output": ("glassnet/softmax",),
    "loss": ("glassnet/cross_entropy",),
    "optimizer": ("glassnet/sgd",),
    "schedule": ("glassnet/constant",),
}
_UNKNOWN = ("l1", "clip_norm", "clip_value", "dropout", "input_dropout", "batch_norm")


def {{ part }}() -> Engine:
    """Plain NumPy: gradient descent written out, a formula a line, to hold a library against.

    z = a W + b, a = tanh(z) or max(z, 0), and y = softmax(z) at the end
    d = (y - t) / n at the end, and before it d W^T times the slope of a
    W -= lr (a^T d + l2 W), b -= lr sum over rows of d

    It follows tanh and relu, softmax with cross_entropy, and sgd at a constant rate.

    Raises ValueError naming the part or setting that it has no equal for.
    Source: Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors, Nature 323.
    """
    return Engine(begin=_begin, version=lambda: np.__version__)


def _begin(recipe: Recipe) -> Session:
    _refuse_others(recipe)
    layers = [{name: np.array(values) for name, values in layer.items()} for layer in recipe.start]
    bends = [name for name, _ in recipe.activations]
    lr = recipe.optimizer[1]["lr"]

    def forward(X: np.ndarray) -> list[np.ndarray]:
        """X and the output of every layer, the softmax of the last one at the end."""
        found = [X]
        for layer, bend in zip(layers, [*bends, "softmax"], strict=True):
            found.append(_bent(bend, found[-1] @ layer["W"] + layer["b"]))
        return found

    def step(X: np.ndarray, t: np.ndarray) -> np.ndarray:
        """One update; returns each row's loss before it."""
        *inputs, y = forward(X)
        d = (y - t) / len(X)
        for layer, a, bend in reversed(list(zip(layers, inputs, ["", *bends], strict=True))):
            upstream = d @ layer["W"].T
            layer["W"] -= lr * (a.T @ d + recipe.l2 * layer["W"])
            layer["b"] -= lr * d.sum(axis=0)
            d = upstream * (1 - a**2 if bend.endswith("tanh") else a > 0)
        return -(t * np.log(np.maximum(y, np.finfo(y.dtype).tiny))).sum(axis=1)

    def train(X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        places = range(0, len(X), batch_size)
        losses = [step(X[start : start + batch_size], t[start : start + batch_size]) for start in places]
        return float(np.concatenate(losses).mean())

    return Session(
        train=train,
        weights=lambda: [{name: values.copy() for name, values in layer.items()} for layer in layers],
        outputs=lambda X: forward(X)[-1],
    )


def _bent(bend: str, z: np.ndarray) -> np.ndarray:
    if bend == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))  # the largest exponent is 0: no overflow
        return e / e.sum(axis=1, keepdims=True)
    return np.tanh(z) if bend.endswith("tanh") else np.maximum(z, 0)


def _refuse_others(recipe: Recipe) -> None:
    """A part or setting that is not written above, by its name."""
    parts = {"output": recipe.output, "loss": recipe.loss, "optimizer": recipe.optimizer, "schedule": recipe.schedule}
    for kind, (name, _) in [*(("activation", one) for one in recipe.activations), *parts.items()]:
        if name not in _KNOWN[kind]:
            raise ValueError(f"it has no {kind} {name}: write --{kind} {' or '.join(_KNOWN[kind])}")
    for setting in _UNKNOWN:
        if getattr(recipe, setting):
            raise ValueError(f"it has no {setting}: leave it away")


@hookimpl
def engines() -> list:
    """Every engine of this package: write a second one above and add its name here."""
    return [{{ part }}]
