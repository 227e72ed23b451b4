"""An experiment and a training as a notebook shows them: what was chosen, where it stands, how the loss went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, log10
from typing import Any

from ..faces import Fold, Shows, escape
from ..tables import Table
from ..wording import SPLITS, figure

WIDTH, HEIGHT, MARGIN = 420, 120, 6  # pixels of the curve
#: Colours that are read on white and on black.
COLOURS = {"training rows": "#3d8fc6", "validation rows": "#e0703a"}
HEADINGS = ("choice", "value")
CHOICES = ("hidden", "activation", "loss", "optimizer", "schedule", "batch_size", "epochs", "l2", "dropout", "patience")


def choices_face(experiment: Any, usual: Any) -> Iterator[str | Shows]:
    """What it is about and what was chosen; what is as usual stands behind a fold."""
    given = experiment.in_words()
    chosen = {name: words for name, words in given.items() if words != usual.in_words()[name]}
    rest = [pair for pair in given.items() if pair[0] not in chosen]
    yield f"Experiment on {experiment.title}; run(experiment) makes a training of it."
    if chosen:
        yield Table(HEADINGS, list(chosen.items()), left=("value",))
    yield Fold(f"{len(rest)} choices as usual", Table(HEADINGS, rest, left=("value",)))


def face_of(training: Any) -> str:
    """Its state in a sentence, the curve of its losses, scores once it has some, and the choices behind a fold."""
    epochs = training.progress.epochs
    parts = [f"<p><b>{escape(training.describe())}</b></p>"]
    if epochs:
        validation = [epoch.validation_loss for epoch in epochs]
        lines = {"training rows": [epoch.loss for epoch in epochs]}
        if None not in validation:
            lines["validation rows"] = [float(value) for value in validation if value is not None]
        parts += [curve(lines), _last_scores(training)]
    else:
        parts.append("<p>Not trained yet: <code>finish()</code> trains to the end.</p>")
    rows = [pair for pair in training.experiment.in_words().items() if pair[0].replace(" ", "_") in CHOICES]
    return f"{''.join(parts)}{Fold('choices', Table(HEADINGS, rows)).html()}"


def _last_scores(training: Any) -> str:
    """The scores of the last epoch: those of training and validation rows, which nobody has to keep for the end."""
    scores = training.progress.epochs[-1].scores
    splits = [split for split in SPLITS if scores.get(split)]
    names = list(dict.fromkeys(name for split in splits for name in scores[split]))
    rows = [(name, *(figure(scores[split][name]) for split in splits)) for name in names]
    return Table(("last epoch", *(SPLITS[split] for split in splits)), rows).html() if rows else ""


def curve(lines: Mapping[str, Sequence[float]]) -> str:
    """Losses by epoch as a small drawing, on a logarithmic scale where they allow it; words for who can't see it."""
    every = [value for values in lines.values() for value in values if isfinite(value)]
    if not every:
        return ""
    log = min(every) > 0 and max(every) > 10 * min(every)
    low, high = (log10(end) if log else end for end in (min(every), max(every)))
    label = ", ".join(f"{name} from {figure(values[0])} to {figure(values[-1])}" for name, values in lines.items())
    drawn = "".join(
        f'<polyline fill="none" stroke-width="2" stroke="{COLOURS[name]}" points="{points}"/>'
        for name, values in lines.items()
        for points in [" ".join(_points(values, low, high, log))]
    )
    legend = " ".join(f'<span style="color: {COLOURS[name]}">&#9632;</span> {name}' for name in lines)
    return (
        f'<svg role="img" aria-label="loss by epoch: {escape(label)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#8888"/>'
        f"{drawn}</svg><br>loss by epoch{' (logarithmic)' * log}: {legend}, {escape(label)}"
    )


def _points(values: Sequence[float], low: float, high: float, log: bool) -> Iterator[str]:
    across, up = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1), HEIGHT - 2 * MARGIN
    for number, value in enumerate(values):
        if isfinite(value):
            share = ((log10(value) if log else value) - low) / (high - low) if high > low else 0.5
            yield f"{round(MARGIN + number * across, 1)},{round(MARGIN + (1 - share) * up, 1)}"
