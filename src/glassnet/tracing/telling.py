"""`glassnet.trace(...)`: from an experiment, a training or a run to a trace of its next steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..catalog import Catalog
from ..data import Rows
from ..errors import GlassnetError, join, need
from ..experiment import Experiment, Training
from ..faces import in_brief
from ..runs import Run, run_of
from ..wording import count
from .cards import cards_of, forward_cards
from .differences import compare
from .own_rows import are_values, forward_alone, own_rows
from .steps import choose_rows, follow
from .traces import Trace
from .values import Step
from .witness import Seen
from .words import short


def trace(
    what: Experiment | Training | Run | Any,
    rows: int | Sequence[int] | Any = None,
    *,
    y: Any = None,
    steps: int = 1,
    check: bool = False,
    catalog: Catalog | None = None,
) -> Trace:
    """The next training steps with every number: activations, scores, slopes, gradients, optimizer's memory, update.

    An experiment is traced from its initial weights, a training from where it stands (it is left as it is), a run
    from its checkpoint. Without `rows` the steps are those that training takes, batch after batch. A number of rows
    takes the first so many of the next epoch, a list takes training rows by their numbers in the data set; each step
    then sees just these. Rows of your own are given as values, as `predict` takes them: `trace(clf, X[:2])` shows what
    the network makes of them, and with their answers, `trace(clf, X[:2], y=y[:2])`, how it would learn from them.
    `check` repeats every slope by finite differences, see `Step.comparisons`.

    Raises GlassnetError for rows or steps that there are not.
    """
    need(steps, int, "trace wants a number of steps")
    training = _training(what, catalog)
    if y is None and are_values(rows):
        return _forward_alone(training, own_rows(training, what, rows, None), steps, check)
    if are_values(rows):
        chosen: Rows | None = own_rows(training, what, rows, y)
    elif y is not None:
        raise GlassnetError("y holds the answers of rows of your own, trace(clf, X[:2], y=y[:2]); others have theirs")
    else:
        chosen = None if rows is None else choose_rows(training, rows)
    if chosen is not None and training.network.batch_norm and len(chosen) < 2:
        raise GlassnetError("--batch-norm needs at least 2 rows in a step, not 1: give more --rows")
    seen = follow(training, chosen, steps)
    return _told(training, [_step(one, training, check) for one in seen], _remarks(training, seen, steps))


def _forward_alone(training: Training, rows: Rows, steps: int, check: bool) -> Trace:
    if steps != 1 or check:
        raise GlassnetError("steps and slopes need the answers of your rows: trace(..., rows=X, y=answers)")
    seen = forward_alone(training, rows)
    cards = forward_cards(seen, training)
    step = Step(seen.step, seen.epoch, tuple(map(int, rows.index)), float("nan"), 0.0, cards)
    return _told(training, [step], _remarks(training, [seen], 1))


def _told(training: Training, steps: Sequence[Step], remarks: Iterable[str]) -> Trace:
    return Trace(
        title=_title(training),
        experiment=json.loads(training.experiment.to_json()),
        widths=tuple(training.network.widths),
        layers=tuple(range(1, len(training.network.widths))),
        steps=tuple(steps),
        remarks=tuple(remarks),
    )


def _training(what: Experiment | Training | Run | Any, catalog: Catalog | None) -> Training:
    if isinstance(what, Experiment):
        return Training(what, catalog)
    if isinstance(what, Run):
        return what.at_checkpoint()
    if isinstance(what, Training):
        return what
    if (run := run_of(what)) is not None:
        return run.trained
    raise GlassnetError(f"a trace is made of an Experiment, a Training or a Run, not of {in_brief(what)}")


def _step(seen: Seen, training: Training, check: bool) -> Step:
    return Step(
        number=seen.step,
        epoch=seen.epoch,
        rows=tuple(int(number) for number in seen.index),
        loss=seen.loss,
        penalty=seen.penalty,
        cards=cards_of(seen, training),
        comparisons=tuple(compare(seen, training)) if check else (),
    )


def _title(training: Training) -> str:
    chosen, network = training.chosen, training.network
    given = training.experiment.dataset
    dataset = (
        chosen.dataset.part.name if chosen.dataset else training.experiment.title if callable(given) else str(given)
    )
    widths = "-".join(map(str, network.widths))
    loss, optimizer = short(chosen.loss), short(chosen.optimizer)
    return f"{dataset}: {widths}, {count(len(network.w), 'parameter')}, {network.dtype.name}; {loss}, {optimizer}"


def _remarks(training: Training, seen: list[Seen], wanted: int) -> Iterator[str]:
    """Where the weights come from, the defaults that no title says, and what else a person should know."""
    words, done = training.experiment, len(training.progress.epochs)
    initial = join(dict.fromkeys(short(choice) for choice in training.chosen.initializers))
    start = f"Weights after {count(done, 'epoch')}" if done else f"Initial weights: {initial}, seed {words.seed}"
    yield f"{start}; batch size {words.batch_size}, l1 {words.l1:g}, l2 {words.l2:g}, dropout {words.dropout:g}."
    yield from training.remarks
    if len(seen) < wanted:
        yield f"{training.chosen.optimizer.part.name} came to its end after {len(seen)} of {wanted} steps."
