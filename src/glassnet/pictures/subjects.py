"""What pictures ask of a run: which rows, what these and the columns are called, and why a picture does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..errors import GlassnetError
from ..wording import count, metric, rows_of
from .names import MOST_OF_AN_AXIS, apart, shortened

if TYPE_CHECKING:
    from glassnet import Run

IN_TARGET_UNITS = ("root_mean_squared_error", "mean_absolute_error")

#: None stands for the rows that the run is judged by: the test rows, or the training rows where there are none.
Split = Literal["train", "validation", "test"] | None


def title_of(run: Run) -> str:
    """What a title calls a run: `spirals, run 3`, shortened where a picture has no room for all of it."""
    return shortened(run.title)


# --- why a picture does not fit -----------------------------------------------------------------------------


def unreadable(run: Run) -> str:
    """Why the run's rows and weights can't be had any more; empty where they can."""
    try:
        _ = run.trained
    except GlassnetError as error:
        return str(error)
    return ""


def lacks(run: Run, split: Split) -> str:
    """Why a picture of those rows can't be drawn; empty where it can."""
    if split in (None, *run.trained.splits()):
        return ""
    word = "training" if split == "train" else split
    return f"the run has no {word} rows (it has {', '.join(run.trained.splits())})"


def wants_classes(run: Run) -> str:
    """Why a picture of classes does not fit; empty where it does."""
    return "its target is numbers, not classes" if task_of(run) == "regression" else ""


def wants_numbers(run: Run) -> str:
    """Why a picture of numbers does not fit; empty where it does."""
    return "" if task_of(run) == "regression" else f"its target is classes ({task_of(run)}), not numbers"


# --- what things are called ---------------------------------------------------------------------------------


def task_of(run: Run) -> str:
    """binary, multiclass, multilabel or regression."""
    return run.trained.data.targets.task


def rows_in_words(run: Run, split: Split) -> str:
    """`360 test rows`; `all 4 rows` where there were too few to split."""
    number = len(run.rows(split))
    return f"all {count(number, 'row')}" if run.trained.data.whole else rows_of(split or run.judged, number)


def caption(run: Run, column: str) -> str:
    """What an axis says for a column of the data set: its caption with the unit, where it has one."""
    return shortened(str(run.trained.source.captions.get(column, column)), MOST_OF_AN_AXIS)


def target_captions(run: Run) -> list[str]:
    """A caption for each target column; of a single one that has no name of its own, the dataset's target."""
    names = run.trained.data.targets.names
    given = run.experiment.target
    if names == ("target",) and given:
        names = (str(given),)
    return [caption(run, name) for name in names]


def class_names(run: Run) -> list[str]:
    """The classes in order, told apart whatever their length; of several labels, their names."""
    targets = run.trained.data.targets
    return apart([str(name) for name in (targets.classes if targets.classes is not None else targets.names)])


def unit_of(run: Run, name: str) -> str:
    """What the axis of a metric says: the target's unit for errors that have it, else the metric's name."""
    try:
        captions = target_captions(run) if name in IN_TARGET_UNITS else []
    except GlassnetError:  # a run that was killed has no model, and its curves are there all the same
        captions = []
    unit = captions[0].partition(", ")[2] if len(captions) == 1 else ""
    return unit or metric(name)
