"""`glassnet.look`: the rows of an experiment, a table or a data set, looked at before or after training."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import Catalog
from ..data.columns import input_table
from ..data.frames import Frame, is_frame, stands_for_frame
from ..data.looking import Look, columns_alone, look_at_dataset, look_at_sheet
from ..data.reading import Reading, Roles
from ..data.targets import infer_task
from ..errors import GlassnetError
from ..faces import in_brief
from ..kinds import Dataset
from .building import Training
from .choosing import load_dataset, need_plugins
from .telling import is_table
from .words import Experiment

if TYPE_CHECKING:
    from ..data.sheets import Sheet


def look(what: Any, *, catalog: Catalog | None = None, most: int | None = None, **choices: Any) -> Look:
    """What is in the rows: columns by role, gaps, ranges, classes, what is left out and why, and what stands out.

    `look("iris")` is a data set, `look(X)` a DataFrame, `look(experiment)` what an experiment would learn from.
    `what` is the path of a table, a phrase for a data set, a DataFrame, a `Dataset`, an `Experiment` or a `Training`;
    `choices` are fields of an experiment, such as target="passed" or drop=("name",). Without a target only columns are
    looked at. Of columns after the first `most` only the roles are known. Nothing is trained.

    Raises `GlassnetError` for a table that can't be read.
    """
    if isinstance(what, Training):
        return look_at_dataset(what.source, title_of(what), prepared=what.data, most=most)
    if isinstance(what, Dataset):
        return look_at_dataset(what, "data set", Experiment(**choices).task, most=most)
    if isinstance(what, str | PathLike) or is_frame(what):
        return _look(Experiment(dataset=what, **choices), catalog or Catalog.discover(), most)
    if not isinstance(what, Experiment):
        raise GlassnetError(f"look at a table, a data set, an Experiment or a Training, not at {in_brief(what)}")
    return _look(what.replace(**choices), catalog or Catalog.discover(), most)


def title_of(training: Training) -> str:
    """What its rows are called: the file of a table, the name of a data set."""
    return training.source.source if is_table(training.experiment.dataset) else training.experiment.title


def _look(experiment: Experiment, catalog: Catalog, most: int | None) -> Look:
    need_plugins(experiment, catalog)
    if is_table(experiment.dataset) and not stands_for_frame(experiment.dataset):
        return look_at_sheet(sheet_of(experiment), roles_of_words(experiment), experiment.task, most)
    _, dataset = load_dataset(experiment, catalog)
    return look_at_dataset(dataset, experiment.title, experiment.task, most=most)


def rows_before_training(experiment: Experiment, catalog: Catalog) -> Dataset:
    """The rows of an experiment as they are read; of a table without a target all columns are inputs, and `y` is None.

    Raises `GlassnetError` for a table that can't be read.
    """
    need_plugins(experiment, catalog)
    if experiment.target is None and is_table(experiment.dataset) and not stands_for_frame(experiment.dataset):
        sheet = sheet_of(experiment)
        frame, roles, notes = columns_alone(sheet, roles_of_words(experiment))
        used = [role.name for role in roles if role.used]
        if not used:
            raise GlassnetError(f"{sheet.file} has no column of numbers, dates or names: see glassnet data show")
        return Dataset(frame[used], None, source=sheet.file, columns=tuple(roles), notes=notes)
    _, dataset = load_dataset(experiment, catalog)
    return with_task(dataset, experiment.task)


def with_task(dataset: Dataset, task: str | None = None) -> Dataset:
    """The same rows with the question that they ask, if it can be told."""
    try:
        return replace(dataset, task=infer_task(dataset, task))
    except GlassnetError:
        if task is not None:
            raise
        return dataset


def sheet_of(experiment: Experiment) -> Sheet:
    """The table of an experiment, all of its columns."""
    roles = roles_of_words(experiment)
    known = [name for names in roles.named.values() for name in names]
    reading = Reading.of(experiment.reading)
    if is_frame(experiment.dataset):
        return Frame.of(experiment.dataset).sheet(reading)
    from ..data.sheets import open_sheet

    return open_sheet(Path(str(experiment.dataset)), reading, known)


def head(experiment: Experiment, rows: int, catalog: Catalog) -> Any:
    """The first rows of a table or a data set as a DataFrame, the target last where it is none of the table's."""
    import pandas as pd

    if is_table(experiment.dataset):
        sheet, text = sheet_of(experiment), roles_of_words(experiment).category
        return pd.DataFrame({name: sheet.column(name, text=name in text).iloc[:rows] for name in sheet.names})
    _, dataset = load_dataset(experiment, catalog)
    X, y = dataset.X[:rows], dataset.y[:rows]
    X, found = input_table(X, dataset.feature_names)
    frame = X.copy() if hasattr(X, "iloc") else pd.DataFrame(X, columns=list(found))
    several = y.reshape(len(frame), -1)
    names = list(dataset.target_names or ())
    names = names if len(names) == several.shape[1] else [f"target_{j + 1}" for j in range(several.shape[1])]
    classes = dict(enumerate(dataset.classes or ()))
    for j, name in enumerate(["target"] if len(names) == 1 and names == ["target_1"] else names):
        frame[name] = [classes.get(value, value) for value in several[:, j].tolist()]
    return frame


def roles_of_words(experiment: Experiment) -> Roles:
    """What the columns are for, as an experiment says it."""
    target = experiment.target
    targets = (target,) if isinstance(target, str) else tuple(target or ())
    return Roles(targets, experiment.drop, experiment.category, experiment.keep, experiment.group, experiment.order)
