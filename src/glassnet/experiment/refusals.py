"""What does not go together, said before anything is trained or written: which choice, and what fits instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..catalog import Catalog, Choice, Phrase
from ..data import Rows, Targets
from ..errors import GlassnetError, did_you_mean, join
from ..files import is_plain
from ..kinds import Activation, Loss, Metric, Task
from ..synonyms import part as synonym
from ..training import Objective, Scorer
from ..wording import count, rows_of
from .words import Choosable, Experiment

TRIED = 32  # rows


def refuse_loss(choice: Choice, output: Activation, task: Task, columns: int, catalog: Catalog) -> None:
    """A loss for classes can't learn numbers, unless it is least where the output is the number, as for shares."""
    loss = choice.build()
    if task == "regression" and loss.task != "regression" and not least_at_target(loss, output, output, columns):
        fitting = [part.name for part in catalog.parts("loss") if part.build().task == "regression"]
        raise GlassnetError(
            f"loss {choice.part.name} is for classes and the target holds numbers; for numbers: "
            f"{join(fitting)} (or --task multiclass, if each number is a class)"
        )


def least_at_target(loss: Loss, natural: Activation, output: Activation, columns: int) -> bool:
    """Whether no output is better than the target itself: tried with targets that the loss's own output can give."""
    if loss.width(columns) != columns:  # what its further outputs mean for numbers, nobody says
        return False
    scores = 2 * np.random.default_rng(0).standard_normal((24, columns))
    try:
        with np.errstate(all="ignore"):
            targets = np.asarray(natural.f(scores), dtype=float)
            y = np.concatenate([targets, np.asarray(output.f(scores), dtype=float)])
            losses = np.stack([loss.value(y, np.tile(t, (len(y), 1))) for t in targets])
    except Exception:  # it takes no such target, or is a guest's that can't be asked
        return False
    return bool((losses.diagonal() <= losses.min(axis=1) + 1e-9).all())


def refuse_width(name: str, loss: Loss, targets: Targets) -> None:
    """More outputs than target columns are no numbers by themselves: the loss has to say which one is the answer."""
    columns, outputs = targets.columns, loss.width(targets.columns)
    if targets.task == "regression" and outputs != columns and loss.predict is None:
        raise GlassnetError(
            f"loss {name} has {count(outputs, 'output')} for {count(columns, 'target column')} and does not say which "
            "of them is the prediction: its Loss(...) needs predict=, from outputs (n, k) to numbers (n, c)"
        )


def refuse_metrics(metrics: Mapping[str, Metric], task: Task) -> None:
    """A metric of numbers says nothing about classes, and the other way round."""
    for name, metric in metrics.items():
        if (metric.sees == "numbers") != (task == "regression"):
            target = "numbers" if task == "regression" else "classes"
            raise GlassnetError(f"metric {name} sees {metric.sees}, but the target holds {target}: choose another")


def refuse_monitor(monitor: str, catalog: Catalog) -> None:
    """What patience looks at is the loss or a metric."""
    name = Phrase.parse(monitor).name
    if not catalog.matches("metric", name):
        names = ["loss", *(part.name for part in catalog.parts("metric"))]
        short = name.removeprefix("validation_").removeprefix("val_")  # it is the validation rows' anyway
        guess = synonym("metric", short, names) or did_you_mean(short, names)
        raise GlassnetError(
            f"--monitor {monitor!r} is unknown.{guess} Possible: {join(names)} (each on the validation rows)"
        )


def refuse_undefined(monitor: str, scorer: Scorer, rows: Rows, split: str) -> None:
    """What decides about the end of a training, and about its best epoch, has to be there to be looked at."""
    if monitor == "loss" or not scorer.undefined(monitor, rows):
        return
    alike = rows.target.ndim == 1 and len(rows) > 1 and (rows.target == rows.target[0]).all()
    why = f", which are all {scorer.targets.labels(rows.target[:1]).tolist()[0]!r}," if alike else ""
    raise GlassnetError(
        f"--monitor {monitor} is undefined on the {rows_of(split, len(rows))}{why} whatever the network answers: "
        f"look at the loss, which is always there, or keep other or more {split} rows"
    )


def refuse_with_solver(optimizer: Choice, schedule: Choice, experiment: Experiment) -> None:
    """A whole-data solver decides about rows and steps itself."""
    at_odds = {
        "--batch-size": experiment.batch_size not in (None, "full"),
        "--dropout": experiment.dropout > 0,
        "--input-dropout": experiment.input_dropout > 0,
        "--schedule": schedule.part.full_name != "glassnet/constant",
        "--clip-norm": experiment.clip_norm is not None,
        "--clip-value": experiment.clip_value is not None,
    }
    for flag, given in at_odds.items():
        if given:
            raise GlassnetError(
                f"{optimizer.part.name} looks at all rows at once and chooses its own steps: leave {flag} away, "
                "or choose another optimizer, such as adam"
            )


def refuse_unknown_file(given: Choosable, suffixes: Sequence[str]) -> None:
    """A table is told from a data set's name by its ending."""
    if isinstance(given, str) and is_plain(Path(given)):
        raise GlassnetError(f"{given!r} is a file, but no table by its ending: tables are {join(suffixes)}")


def try_out(objective: Objective, scorer: Scorer, splits: Iterable[Rows]) -> None:
    """Let loss and metrics see every target once, beside outputs of the untrained network for a few rows.

    What they say about targets or outputs that they can't take is said now and not after the first epoch.
    """
    with np.errstate(all="ignore"):
        for rows in splits:
            few = objective.network.scores(rows.X[:TRIED])
            z = np.resize(few, (len(rows), few.shape[1]))
            try:
                objective.losses(z, rows.t)
            except ValueError as error:
                raise GlassnetError(_signed(objective.name, str(error))) from error
            scorer(objective.network.output.f(z), rows)


def _signed(name: str, words: str) -> str:
    return words if words.startswith(name) else f"{name}: {words}"
