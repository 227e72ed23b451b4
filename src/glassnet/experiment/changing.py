"""A training that is changed by hand on its way, between two epochs: other settings, or weights that are set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import signature
from typing import Any

from ..errors import GlassnetError, join, need
from ..places import Edit
from .words import Experiment

#: Settings that leave rows, weights and what a loss means as they are.
ON_THE_WAY = (
    "activation", "dropout", "input_dropout", "freeze", "optimizer", "schedule", "batch_size", "shuffle",
    "l1", "l2", "clip_norm", "clip_value", "epochs", "patience", "seed",
)  # fmt: skip


def changed(words: Experiment, settings: Iterable[str]) -> tuple[Experiment, list[Edit]]:
    """The experiment with those settings that are settings, and the weights that the others set, in their order."""
    edits = []
    for setting in settings:
        need(setting, str, "changed wants settings as texts, such as 'optimizer.lr=0.01' or 'W1:2,3=0.5'")
        if edit := Edit.read(setting):
            edits.append(edit)
            continue
        before, words = words, words.with_settings([setting])
        for name in words.differing([before]):
            if name not in ON_THE_WAY:
                raise GlassnetError(
                    f"{setting}: {name} can't change while a network trains, start anew with it; what can: "
                    f"{join(ON_THE_WAY)}, and weights by name (W1:2,3=0.5)"
                )
    return words, edits


def refuse_midway(training: Any) -> None:
    """Inside an epoch the optimizer's memory is on its way as well."""
    if stands := training.midway:
        raise GlassnetError(
            f"epoch {len(training.progress.epochs) + 1} stands still after step {stands.taken}, and changes come "
            "between epochs: take its steps to the end, or close the iterator, which goes back to the epoch before"
        )


def take_over(before: Any, after: Any, settings: Sequence[str], edits: Iterable[Edit]) -> None:
    """Hand a training that was changed what it can't take from words: who it was, its solver's memory, its weights."""
    after.begun, after.warn = before.begun, before.warn
    after.changes = [*before.changes, *((len(before.progress.epochs), setting) for setting in settings)]
    edits = list(edits)
    if edits or set(after.experiment.differing([before.experiment])) - {"epochs", "patience"}:
        _forget(after)
    else:
        after.progress.start = before.progress.start
    for edit in edits:
        after.network.w[edit.place.positions(after.network.layout)] = edit.value


def _forget(training: Any) -> None:
    """A solver goes on from where the weights stand, without what it knew of another objective or other weights.

    One that keeps its memory to itself is resumed by a replay from the start, which would know of no change.
    """
    optimizer = training.chosen.optimizer.build()
    if optimizer.minimize is None:
        return
    if training.progress.epochs and len(signature(optimizer.minimize).parameters) < 4:
        raise GlassnetError(
            f"{training.chosen.optimizer.part.name} keeps its memory to itself and can't be changed on its way: "
            "start anew, or choose another optimizer"
        )
    training.progress.states.clear()
