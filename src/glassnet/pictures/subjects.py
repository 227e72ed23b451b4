"""What pictures ask of a run or of parts: what they and their rows are called, and why a picture does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..errors import GlassnetError
from ..kinds import KINDS
from ..wording import count, listed, metric, rows_of, significant
from .names import MOST_OF_AN_AXIS, apart, shortened

if TYPE_CHECKING:
    from glassnet import Run

IN_TARGET_UNITS = ("root_mean_squared_error", "mean_absolute_error")

NOUNS = {"dataset": "data set"}  # what a kind is called where its name is no word

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


def wants_parts(parts: Sequence[Any], kind: str) -> str:
    """Why a picture of parts of that kind does not fit these; empty where it does."""
    other = next((one.part for one in parts if one.part.kind != kind), None)
    return f"{other.name} is no {NOUNS.get(kind, kind)}, but one of the kind {other.kind}" if other else ""


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


def part_names(parts: Sequence[Any]) -> list[str]:
    """What parts (`Choice`s) are called beside each other: each by its name and the options that are not as usual.

    Parts of one name but of several packages bear the package's as well; whatever their length, names are told apart.
    """
    homes = Counter(name for name, _ in {(one.part.name, one.part.full_name) for one in parts})
    return apart([_part_name(one, homes[one.part.name] > 1) for one in parts])


def _part_name(choice: Any, whole: bool) -> str:
    part = choice.part
    moved = {option.name: choice.options[option.name] for option in part.options}
    usual = {option.name: option.default for option in part.options}
    said = _options({name: value for name, value in moved.items() if value != usual[name]})
    return f"{part.full_name if whole else part.name}{said}"


def _options(options: dict[str, Any]) -> str:
    said = ", ".join(
        f"{name} {significant(value, 6) if isinstance(value, float) else value}" for name, value in options.items()
    )
    return f" ({said})" if said else ""


def title_of_parts(parts: Sequence[Any], most: int = 4) -> str:
    """What a title calls parts: one by its name with every option, several by their names, many by their number."""
    if len(parts) == 1:
        return shortened(parts[0].part.name, MOST_OF_AN_AXIS) + _options(parts[0].options)
    if len(parts) > most:
        return f"{len(parts)} {KINDS[parts[0].part.kind].plural}"
    return listed(part_names(parts))
