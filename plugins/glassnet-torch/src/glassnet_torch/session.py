"""The module text at work: what is exported as a script is the very thing that is compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from glassnet import Recipe, Session, engines

from .script import script
from .words import schedule

if TYPE_CHECKING:
    import torch


def begin(recipe: Recipe, device: str) -> Session:
    """A session of the recipe. Raises `ValueError` for what PyTorch has no equal for."""
    engines.refuse_masks(recipe)
    text = script(recipe, _device(device))
    rates = schedule(recipe.schedule, recipe.total_steps)
    if rates and rates.each == "epoch":
        engines.refuse_epochs(recipe)
    names = engines.run_script(text, recipe, "glassnet-torch", _default_dtype(recipe.dtype))
    work = _Work(names, recipe)
    return Session(work.train, work.weights, work.outputs)


def _device(device: str) -> str:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("PyTorch finds no CUDA device here: write torch:device=cpu")
    return device


@contextmanager
def _default_dtype(name: str) -> Iterator[None]:
    """PyTorch's default dtype for a moment. Without it, NAdam keeps a product in float32."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, name))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


class _Work:
    """Batches in, loss, weights and outputs out."""

    def __init__(self, names: dict[str, Any], recipe: Recipe) -> None:
        self.names, self.recipe = names, recipe

    def train(self, X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        """Visit the rows in their order. A single last row joins its neighbour where there is batch normalisation."""
        total = 0.0
        with _default_dtype(self.recipe.dtype):
            X_there, t_there = self._there(X), self._there(t)
            for rows in engines.batches(self.recipe, len(X), batch_size):
                total += (rows.stop - rows.start) * self.names["train_batch"](X_there[rows], t_there[rows])
        return total / len(X)

    def _there(self, rows: np.ndarray) -> torch.Tensor:
        """Rows on the device, moved once for a whole epoch."""
        import torch

        return torch.as_tensor(rows, dtype=getattr(torch, self.recipe.dtype), device=self.names["DEVICE"])

    def weights(self) -> list[dict[str, np.ndarray]]:
        """Copies, in the form of `Recipe.start`."""
        found = [
            {"W": layer.weight.detach().cpu().numpy().T.copy(), "b": layer.bias.detach().cpu().numpy().copy()}
            for layer in self.names["dense"]
        ]
        for arrays, layer in zip(found, self.names.get("normal", []), strict=False):
            theirs = layer.weight, layer.bias, layer.running_mean, layer.running_var
            for name, tensor in zip(("scale", "shift", "mean", "var"), theirs, strict=True):
                arrays[name] = tensor.detach().cpu().numpy().copy()
        return found

    def outputs(self, X: np.ndarray) -> np.ndarray:
        """y (n, k) in prediction mode."""
        with _default_dtype(self.recipe.dtype):
            y: np.ndarray = self.names["outputs"](X)
        return y
