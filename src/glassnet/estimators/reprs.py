"""What a notebook shows of an estimator: scikit-learn's own diagram and, once it is fitted, layers and scores."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any

from sklearn.utils import estimator_html_repr

from ..tables import Table
from ..wording import amount, count, figure
from .keeping import Fitted


def with_fit(estimator: Any) -> str:
    """The diagram; below it a table of the layers and a line on how training went."""
    diagram = estimator_html_repr(estimator)
    fitted = estimator._fitted if estimator.__sklearn_is_fitted__() else None
    return diagram if fitted is None else f"{diagram}\n{layer_table(fitted)}\n<p>{escape(summary(fitted))}</p>"


def layer_table(fitted: Fitted) -> str:
    """Each layer with its shape, activation and number of parameters."""
    network, parts = fitted.model.network, fitted.model.parts
    names = [choice.part.name for choice in (*parts.activations, parts.output)]
    counts = [
        sum(b.slice.stop - b.slice.start for b in network.layout if b.layer == layer) for layer in range(len(names))
    ]
    rows = [
        (f"{number}", f"{i} → {o}", name, amount(size))
        for number, ((i, o), name, size) in enumerate(zip(pairwise(network.widths), names, counts, strict=True), 1)
    ]
    headings = ("layer", "inputs → outputs", "activation", "parameters")
    return Table(headings, [*rows, ("", "", "all", amount(sum(counts)))]).html()


def summary(fitted: Fitted) -> str:
    """The loss, the optimizer, the last scores and why training ended, in a sentence."""
    progress = fitted.progress
    words = [f"{fitted.model.parts.loss.part.name} lowered by {fitted.optimizer.rpartition('/')[2]}"]
    if progress.epochs:
        last = progress.epochs[-1]
        words.append(f"{count(len(progress.epochs), 'epoch')}, training loss {figure(last.loss)}")
        if last.validation_loss is not None:
            words.append(f"validation loss {figure(last.validation_loss)}")
        words += [
            f"{split} {name} {figure(value)}" for split, found in last.scores.items() for name, value in found.items()
        ]
    if progress.stopped:
        words.append(f"stopped: {progress.stopped}")
    return "; ".join(words)
