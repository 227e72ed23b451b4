"""The module text at work: what is exported as a script is the very thing that is compared."""

from __future__ import annotations

from typing import Any

import numpy as np
from glassnet import Recipe, Session, engines

from .backend import chosen, computing_in
from .script import script
from .words import optimizer, schedule


def begin(recipe: Recipe) -> Session:
    """A session of the recipe. Raises `ValueError` for what Keras has no equal for."""
    engines.refuse_masks(recipe)
    if "epochs" in schedule(recipe.schedule, recipe.total_steps):
        engines.refuse_epochs(recipe)
    names = engines.run_script(script(recipe), recipe, "glassnet-keras", computing_in(recipe.dtype))
    work = _Work(names, recipe)
    return Session(work.train, work.weights, work.outputs, tuple(_remarks(recipe)))


def _remarks(recipe: Recipe) -> list[str]:
    found = []
    if recipe.l2:
        found.append("its l2 has no half in it: half of ours is handed over")
    if optimizer(recipe.optimizer).before_step:
        found.append("it adds epsilon to the uncorrected root: converted before each step")
    if recipe.dtype == "float64" and chosen() != "tensorflow":
        found.append(f"on {chosen()} it rounds products of float64 to float32: seven digits agree")
    if recipe.batch_norm:
        found.append("its running variance divides by n: turned into ours, which divides by n - 1, after each step")
    return found


class _Work:
    """Batches in, loss, weights and outputs out."""

    def __init__(self, names: dict[str, Any], recipe: Recipe) -> None:
        self.names, self.recipe = names, recipe
        self.steps = 0

    def train(self, X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        """Visit the rows in their order. A single last row joins its neighbour where there is batch normalisation."""
        total = 0.0
        with computing_in(self.recipe.dtype) as keras:
            X_there, t_there = (keras.ops.convert_to_tensor(rows, self.recipe.dtype) for rows in (X, t))
            for rows in engines.batches(self.recipe, len(X), batch_size):
                total += (rows.stop - rows.start) * self._train_batch(X_there[rows], t_there[rows])
        return total / len(X)

    def _train_batch(self, X: Any, t: Any) -> float:
        """One update; the loss before it, without penalties."""
        self.steps += 1
        if "set_optimizer" in self.names:
            self.names["set_optimizer"](self.steps, epochs=0)
        before = [_array(layer.moving_variance) for layer in self._normal]
        logs = self.names["model"].train_on_batch(X, t, return_dict=True)
        for layer, old in zip(self._normal, before, strict=True):
            _unbias(layer, old, len(X))
        return float(logs["row_loss"])

    @property
    def _normal(self) -> list[Any]:
        found: list[Any] = self.names.get("normal", [])
        return found

    def weights(self) -> list[dict[str, np.ndarray]]:
        """Copies, in the form of `Recipe.start`."""
        found = [{"W": _array(layer.kernel), "b": _array(layer.bias)} for layer in self.names["dense"]]
        for arrays, layer in zip(found, self._normal, strict=False):
            arrays |= {"scale": _array(layer.gamma), "shift": _array(layer.beta)}
            arrays |= {"mean": _array(layer.moving_mean), "var": _array(layer.moving_variance)}
        return found

    def outputs(self, X: np.ndarray) -> np.ndarray:
        """y (n, k) in prediction mode."""
        with computing_in(self.recipe.dtype):
            return np.array(self.names["outputs"](X))


def _array(variable: Any) -> np.ndarray:
    """A copy of a variable's numbers."""
    import keras

    return np.array(keras.ops.convert_to_numpy(variable.value))


def _unbias(layer: Any, old: np.ndarray, rows: int) -> None:
    """Replace the variance of the last batch, which divides by n, by the one that divides by n - 1.

    new = momentum old + (1 - momentum) var, so that (1 - momentum) var / (n - 1) is missing.
    """
    new = _array(layer.moving_variance)
    layer.moving_variance.assign(new + (new - layer.momentum * old) / (rows - 1))
