"""`glassnet data`: the rows behind a training, looked at, written out, or cleared away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from ..wording import count
from .choices import SCALE, SPLIT_SEED, TASK, choices, table_options
from .edge import say
from .looking import MOST_SHOWN, print_look, print_rows
from .sections import Family, section
from .types import PartType

if TYPE_CHECKING:
    from .host import Host


INDEX = "index"  # where the practice index keeps what was published, unless it is told another place
ROOMS = "rooms"  # where releases keep what their clean rooms look into


@click.group(cls=Family)
def data() -> None:
    """Look at the rows behind a training."""


SHOW_EXAMPLES = """\b
Examples:
  glassnet data show penguins.csv
  glassnet data show penguins.csv --target species
  glassnet data show grades.csv --target passed --drop name --category group
  glassnet data show iris
  glassnet data show digits8x8
"""
HEAD_EXAMPLES = """\b
Examples:
  glassnet data head penguins.csv
  glassnet data head iris -n 3
  glassnet data head readings.csv --decimal , --json
"""
_SET = click.argument("dataset", type=PartType("dataset", files=True))
_JSON = section("Output", click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else."))


@data.command(epilog=SHOW_EXAMPLES)
@_SET
@table_options
@section("Data", TASK)
@section(
    "Output",
    click.option("--all", "every", is_flag=True, help=f"All columns, however many; else the first {MOST_SHOWN}."),
)
@_JSON
@click.pass_obj
def show(host: Host, dataset: str, every: bool, as_json: bool, **words: Any) -> None:
    """Look at DATASET, a table or a data set, before anything is trained on it.

    Columns by role, gaps, ranges and small histograms; with a target its classes, what is left out and why, and what
    stands out: ids, copies, constants, columns that tell the answer, rows that occur twice, outliers.
    """
    from ..experiment import Experiment, look

    experiment = Experiment.from_mapping(choices(dataset, words))
    seen = look(experiment, catalog=host.catalog(), most=None if every or as_json else MOST_SHOWN)
    if as_json:
        say(seen.to_json())
    else:
        print_look(seen, experiment, host.catalog(), every)


@data.command(epilog=HEAD_EXAMPLES)
@_SET
@table_options
@section(
    "Output",
    click.option("-n", "--rows", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many rows."),
)
@_JSON
@click.pass_obj
def head(host: Host, dataset: str, rows: int, as_json: bool, **words: Any) -> None:
    """Show the first rows of DATASET, a table or a data set, as they are read."""
    from ..experiment import Experiment
    from ..experiment import head as first_rows

    frame = first_rows(Experiment.from_mapping(choices(dataset, words)), rows, host.catalog())
    if as_json:
        say(frame.to_json(orient="records", date_format="iso", force_ascii=False))
    else:
        print_rows(frame)


@data.command(epilog="\b\nExamples:\n  glassnet data export iris\n  glassnet data export penguins.csv --target species")
@click.argument("dataset", type=PartType("dataset", files=True))
@table_options
@section("Data", SCALE, SPLIT_SEED)
@section(
    "Output",
    click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write into  [NAME-splits]."),
)
@click.pass_obj
def export(host: Host, dataset: str, folder: Path | None, **words: Any) -> None:
    """Write the prepared splits of DATASET as train.csv, validation.csv and test.csv.

    The columns are those that a network sees; the last ones hold the target in its own words or units.
    """
    from ..experiment import Experiment, run
    from ..files import aside, write_text, writing

    training = run(Experiment.from_mapping(choices(dataset, words)), host.catalog())
    folder = folder or Path(f"{training.experiment.title}-splits")
    elsewhere = "give another folder with --to"
    with writing(folder, elsewhere):
        full = folder.is_dir() and any(folder.iterdir())
    if full:
        raise GlassnetError(f"{folder} is not empty and is left as it is: {elsewhere}")
    splits = {"all": training.data.train} if training.data.whole else training.splits()
    with aside(folder, elsewhere) as made:
        for split, rows in splits.items():
            text = table(training.data, rows).to_csv(index=False, lineterminator="\n")
            write_text(made / f"{split}.csv", text, elsewhere)
    for split, rows in splits.items():
        say(f"{folder / f'{split}.csv'}: {count(len(rows), 'row')}")


@data.command()
@click.option("--clear", is_flag=True, help="Remove it all; what is needed is fetched again.")
def cache(clear: bool) -> None:
    """Say what glassnet keeps between commands, and where: downloads, requirements of releases, the practice index."""
    import shutil

    from ..data.downloads import cache_folder
    from ..wording import memory

    home = cache_folder()
    kept = sorted(path for path in home.iterdir() if path.is_dir()) if home.is_dir() else []
    for folder in kept:
        files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
        size = memory(sum(path.stat().st_size for path in files))
        gone = clear and folder.name != INDEX  # what was published there can't be fetched again
        if gone and folder.name == ROOMS:
            from ..publish.release import clear as clear_rooms

            clear_rooms()  # a release may be looking into them
        if gone:
            shutil.rmtree(folder, ignore_errors=True)
        say(f"{folder}: {count(len(files), 'file')}, {size}{', removed' if gone else ''}")
    if not kept:
        say(f"Nothing is kept in {home}.")


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
