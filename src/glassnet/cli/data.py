"""`glassnet data export`: the prepared rows of each split as CSV, to look at or to use elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from .edge import say
from .types import PartType

if TYPE_CHECKING:
    from .host import Host


@click.group()
def data() -> None:
    """Look at the rows behind a training."""


@data.command(epilog="\b\nExamples:\n  glassnet data export iris\n  glassnet data export penguins.csv --target species")
@click.argument("dataset", type=PartType("dataset", files=True))
@click.option("--target", metavar="COLUMN", help="Column to learn, for a table.")
@click.option("--scale", metavar="HOW", help="auto, standard, minmax or none  [auto].")
@click.option("--split-seed", metavar="N", help="Of the test and validation rows  [0].")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write into  [NAME-splits].")
@click.pass_obj
def export(host: Host, dataset: str, folder: Path | None, **words: Any) -> None:
    """Write the prepared splits of DATASET as train.csv, validation.csv and test.csv.

    The columns are those that a network sees; the last ones hold the target in its own words or units.
    """
    from ..experiment import Experiment, run
    from ..files import write_text, writing

    given = {name: value for name, value in words.items() if value is not None}
    training = run(Experiment.from_mapping({"dataset": dataset} | given), host.catalog())
    name = training.chosen.dataset.part.name if training.chosen.dataset else Path(dataset).stem
    folder = folder or Path(f"{name}-splits")
    elsewhere = "give another folder with --to"
    with writing(folder, elsewhere):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise GlassnetError(f"{folder} is not empty and is left as it is: {elsewhere}")
    splits = {"all": training.data.train} if training.data.whole else training.splits()
    for split, rows in splits.items():
        path = folder / f"{split}.csv"
        write_text(path, table(training.data, rows).to_csv(index=False, lineterminator="\n"), elsewhere)
        say(f"{path}: {len(rows)} rows")


def table(prepared: Any, rows: Any) -> Any:
    """One split as a DataFrame: prepared inputs, then the target."""
    import pandas as pd

    frame = pd.DataFrame(rows.X, columns=list(prepared.features.outputs))
    if rows.target.ndim == 2:
        for column in range(rows.target.shape[1]):
            frame["target" if rows.target.shape[1] == 1 else f"target_{column + 1}"] = rows.target[:, column]
    else:
        frame["target"] = prepared.targets.labels(rows.target)
    return frame
