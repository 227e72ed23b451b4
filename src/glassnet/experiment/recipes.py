"""An experiment in the plain words that another library can follow: names, numbers and the weights as they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Choice
from ..errors import GlassnetError
from ..libraries import Recipe, Session, Words
from ..model import Model
from ..network import Network
from ..places import in_options
from ..streams import Stream, generator
from ..training.batches import batch_starts
from ..training.steps import Stepper
from .building import Training
from .words import Experiment

#: Engines that are packages of their own: what to install where one is asked for and missing.
ENGINE_PACKAGES = {"torch": "glassnet-torch", "keras": "glassnet-keras"}


#: The layers that a recipe has words for.
TOLD = ("dense", "batch norm", "activation", "dropout")


def recipe_of(training: Training) -> Recipe:
    """The recipe of a training; its weights are those that the network has now.

    Raises GlassnetError where weights are frozen: another library would train them.
    """
    if places := training.experiment.freeze:
        raise GlassnetError(f"no other library is told what is frozen: leave {in_options(places)} away")
    chosen, rows = training.chosen, len(training.data.train)
    return recipe_for(
        training.experiment, training.model, chosen.optimizer, chosen.schedule, rows, training.plan.batch_size or rows
    )


def recipe_for(
    words: Experiment, model: Model, optimizer: Choice, schedule: Choice, rows: int, batch_size: int
) -> Recipe:
    """The recipe of a model that was, or will be, trained in these words on so many rows.

    Raises GlassnetError for what a recipe has no words for: half a network would be another network.
    """
    network = model.network
    for layer in network.layers:
        if layer.name not in TOLD:
            raise GlassnetError(f"no other library is told of a layer {layer.name}: it is glassnet's own")
    return Recipe(
        task=model.targets.task,
        widths=tuple(network.widths),
        activations=tuple(in_words(choice) for choice in model.parts.activations),
        output=in_words(model.parts.output),
        loss=in_words(model.parts.loss),
        optimizer=in_words(optimizer),
        schedule=in_words(schedule),
        start=tuple(weights_of(network)),
        total_steps=words.epochs * len(batch_starts(rows, batch_size, join_single=network.batch_norm)),
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
    layers: list[dict[str, NDArray[Any]]] = [{} for _ in network.widths[1:]]
    for layer in (layer for layer in network.layers if layer.number):
        held = layer.arrays | layer.running
        layers[layer.number - 1] |= {name: array.copy() for name, array in held.items()}
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
        self.stepper = Stepper(training.objective, [training.chosen.optimizer.build()], training.plan)
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
