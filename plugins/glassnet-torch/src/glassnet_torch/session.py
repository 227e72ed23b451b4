"""The module text at work: what is exported as a script is the very thing that is compared."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from glassnet import Recipe, Session

from .script import script
from .words import schedule

if TYPE_CHECKING:
    import torch


def begin(recipe: Recipe, device: str) -> Session:
    """A session of the recipe. Raises `ValueError` for what PyTorch has no equal for."""
    for flag, rate in (("--dropout", recipe.dropout), ("--input-dropout", recipe.input_dropout)):
        if rate:
            raise ValueError(
                f"each library draws random masks of its own, so that {flag} can't be compared: leave it away"
            )
    text = script(recipe, _device(device))
    rates = schedule(recipe.schedule, recipe.total_steps)
    if rates and rates.each == "epoch":
        name = recipe.schedule[0].rpartition("/")[2]
        raise ValueError(f"{name} counts epochs, and here are only batches: write --schedule constant, or cosine")
    work = _Work(_run(text, recipe), recipe)
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


def _run(text: str, recipe: Recipe) -> dict[str, Any]:
    """The names that the module text defines, with the recipe's weights in its layers."""
    weights = {f"{name}{n}": array for n, layer in enumerate(recipe.start, 1) for name, array in layer.items()}
    where = "<the script of glassnet-torch>"
    linecache.cache[where] = len(text), None, text.splitlines(keepends=True), where  # so that tracebacks show it
    names: dict[str, Any] = {"weights": weights}
    with _default_dtype(recipe.dtype):
        exec(compile(text, where, "exec"), names)
    return names


class _Work:
    """Batches in, loss, weights and outputs out."""

    def __init__(self, names: dict[str, Any], recipe: Recipe) -> None:
        self.names, self.recipe = names, recipe

    def train(self, X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        """Visit the rows in their order. A single last row joins its neighbour where there is batch normalisation."""
        total = 0.0
        with _default_dtype(self.recipe.dtype):
            X_there, t_there = self._there(X), self._there(t)
            for rows in self._batches(len(X), batch_size):
                total += (rows.stop - rows.start) * self.names["train_batch"](X_there[rows], t_there[rows])
        return total / len(X)

    def _there(self, rows: np.ndarray) -> torch.Tensor:
        """Rows on the device, moved once for a whole epoch."""
        import torch

        return torch.as_tensor(rows, dtype=getattr(torch, self.recipe.dtype), device=self.names["DEVICE"])

    def _batches(self, n: int, batch_size: int) -> list[slice]:
        starts = list(range(0, n, batch_size))
        if self.recipe.batch_norm and len(starts) > 1 and n - starts[-1] == 1:
            starts.pop()
        return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], n], strict=True)]

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
