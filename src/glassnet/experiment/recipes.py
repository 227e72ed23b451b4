"""An experiment in the plain words that another library can follow: names, numbers and the weights as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Choice
from ..kinds import Recipe, Session, Words
from ..network import BatchNorm, Network
from ..streams import Stream, generator
from ..training.batches import batch_starts
from ..training.steps import Stepper
from .building import Training

#: Engines that are packages of their own: what to install where one is asked for and missing.
ENGINE_PACKAGES = {"torch": "glassnet-torch", "keras": "glassnet-keras"}


def recipe_of(training: Training) -> Recipe:
    """The recipe of a training; its weights are those that the network has now."""
    words, chosen, network = training.experiment, training.chosen, training.network
    rows = len(training.data.train)
    batch_size = training.plan.batch_size or rows
    steps = len(batch_starts(rows, training.plan.batch_size, join_single=network.batch_norm))
    return Recipe(
        task=training.data.targets.task,
        widths=tuple(network.widths),
        activations=tuple(in_words(choice) for choice in chosen.activations),
        output=in_words(chosen.output),
        loss=in_words(chosen.loss),
        optimizer=in_words(chosen.optimizer),
        schedule=in_words(chosen.schedule),
        start=tuple(weights_of(network)),
        total_steps=training.plan.epochs * steps,
        batch_size=min(batch_size, rows),
        l1=words.l1,
        l2=words.l2,
        clip_norm=words.clip_norm,
        clip_value=words.clip_value,
        dropout=words.dropout,
        input_dropout=words.input_dropout,
        batch_norm=words.batch_norm,
        dtype=network.dtype.name,
    )


def in_words(choice: Choice) -> Words:
    """Full name and every option of a part."""
    return choice.part.full_name, dict(choice.options)


def weights_of(network: Network) -> list[dict[str, NDArray[Any]]]:
    """Copies of the arrays of each dense layer, in the form of `Recipe.start`."""
    names = {"weight": "W", "bias": "b", "scale": "scale", "shift": "shift"}
    layers: list[dict[str, NDArray[Any]]] = [{} for _ in network.widths[1:]]
    for block in network.layout:
        layers[block.layer][names[block.kind]] = network.w[block.slice].reshape(block.shape).copy()
    normal = [layer for layer in network.layers if isinstance(layer, BatchNorm)]
    for arrays, norm in zip(layers, normal, strict=False):
        arrays["mean"], arrays["var"] = norm.mean.copy(), norm.var.copy()
    return layers


def session_of(training: Training) -> Session:
    """Our own steps in the form in which other libraries take theirs: what these are compared with.

    It trains the network of `training` itself, on the rows that it is handed, and leaves the order of rows, early
    stopping and scores to whoever asks. Not for whole-data solvers.
    """
    work = _Work(training)
    return Session(work.train, lambda: weights_of(training.network), training.network.predict)


class _Work:
    """The steps of a session, taken as in any training."""

    def __init__(self, training: Training) -> None:
        self.objective = training.objective
        self.stepper = Stepper(training.objective, training.chosen.optimizer.build(), training.plan)
        self.schedule = training.chosen.schedule.build()
        self.dropout = generator(training.plan.seed, Stream.DROPOUT, 1)
        self.total, self.step = recipe_of(training).total_steps, 0

    def train(self, X: NDArray[Any], t: NDArray[Any], batch_size: int) -> float:
        z = np.empty((len(X), self.objective.network.outputs), self.objective.network.dtype)
        with np.errstate(all="ignore"):
            for first in range(0, len(X), batch_size):
                rows = slice(first, first + batch_size)
                self.step += 1
                if not self.stepper.take((X[rows], t[rows], None), self.dropout, self.step, self.factor):
                    return float("nan")
                z[rows] = self.stepper.scores
            return float(self.objective.losses(z, t).mean(dtype=np.float64))

    def factor(self, step: int) -> float:
        return self.schedule.factor(step, self.total, ())
