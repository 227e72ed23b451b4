"""The options that choose an experiment: every command that trains has them all, and they mean the same in each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..data.reading import in_words
from ..errors import GlassnetError
from .sections import section
from .types import ColumnType, PartType

READING = "reading_"  # the options' own prefix: what they give are words of one field

if TYPE_CHECKING:
    from ..experiment import Experiment


def _part(flag: str, kind: str, text: str, *, name: str | None = None, multiple: bool = False) -> Any:
    names = (flag,) if name is None else (flag, name)
    return click.option(*names, type=PartType(kind), multiple=multiple, help=text, metavar="PHRASE")


def _word(name: str, metavar: str, text: str, **more: Any) -> Any:
    return click.option(f"--{name}", f"reading_{name}", metavar=metavar, help=text, **more)


#: How a table's file is written, where the guess is wrong.
reading_options = section(
    "How the table is written",
    _word("separator", "MARK", "Between fields: one character, or tab  [found out]."),
    click.option("--header/--no-header", "reading_header", default=None, help="Does the first line hold names?"),
    _word("encoding", "NAME", "Such as utf-8, utf-16 or cp1252  [found out]."),
    _word("decimal", "MARK", "In numbers: . or ,  [found out]."),
    _word("thousands", "MARK", "Between groups of three digits, or none  [found out]."),
    _word("missing", "MARK", "What stands for a missing value, in place of ours (repeatable).", multiple=True),
    _word("number", "COLUMN", "Numbers, although they look like names (repeatable).", multiple=True),
    _word("dates", "day|month", "What comes first in 3/4/2024  [found out]."),
    _word("comment", "MARK", "What begins a line that is none of the table's."),
    click.option("--skip-lines", "reading_skip", metavar="N", help="Lines above the table  [found out]."),
    _word("sheet", "NAME", "Of a workbook (.xlsx)  [the first]."),
    _word("disk", "yes|no", "Rows of .npy or .parquet stay in the file  [if memory is short]."),
)
TASK = click.option("--task", metavar="TASK", help="binary, multiclass, multilabel or regression [inferred].")
SCALE = click.option("--scale", metavar="HOW", help="auto, standard, minmax or none  [auto].")
SPLIT_SEED = click.option("--split-seed", metavar="N", help="Of the test and validation rows  [0].")
#: What the columns of a table are for.
_column_options = section(
    "Data",
    click.option(
        "--target",
        type=ColumnType(),
        metavar="COLUMN",
        multiple=True,
        help="Column to learn, for a table; several of numbers.",
    ),
    click.option("--drop", type=ColumnType(), multiple=True, help="Leave out a column (repeatable)."),
    click.option(
        "--category",
        type=ColumnType(),
        multiple=True,
        help="Numbers that are names; or day:weekday of dates.",
    ),
    click.option(
        "--keep",
        type=ColumnType(),
        metavar="COLUMN",
        multiple=True,
        help="Use a column that would be left out (repeatable).",
    ),
    click.option(
        "--group",
        type=ColumnType(),
        metavar="COLUMN",
        help="Rows with the same value stay in one split; copies: equal rows.",
    ),
    click.option("--order", type=ColumnType(), help="The last rows by it are the test rows: dates, numbers."),
)
_DATASET = click.argument("dataset", type=PartType("dataset", files=True), required=False)
_OPTIONS = (
    _column_options,
    section(
        "Data",
        TASK,
        SCALE,
        click.option(
            "--features",
            metavar="HOW",
            multiple=True,
            help="More inputs, made of the number columns: squares, products, sines; several with commas.",
        ),
        click.option("--validation", metavar="SHARE", help="Of the rows left after the test rows  [0.1]."),
        click.option("--test", metavar="SHARE", help="Of all rows  [0.2]."),
        SPLIT_SEED,
    ),
    section(
        "Network",
        click.option("--hidden", metavar="WIDTHS", help="Widths of the hidden layers, 128,64, or none  [100]."),
        _part("--activation", "activation", "Of hidden layers: once, or once a layer  [relu].", multiple=True),
        _part("--output", "activation", "Activation of the output layer  [the loss's own]."),
        _part(
            "--initializer", "initializer", "Initial weights: once, or once a layer  [by activation].", multiple=True
        ),
        click.option("--batch-norm/--no-batch-norm", default=None, help="Batch normalisation of hidden layers  [no]."),
        click.option(
            "--freeze",
            metavar="PLACE",
            multiple=True,
            help="Keep as it begins: layer 1, W1, b1, or W1:2,3, from input 2 to unit 3 (repeatable).",
        ),
        click.option("--dtype", metavar="DTYPE", help="float32 or float64  [float64 for tables, float32 for images]."),
    ),
    section(
        "Training",
        _part("--loss", "loss", "What training lowers  [suits the task]."),
        _part("--optimizer", "optimizer", "How weights move  [adam at 0.001; 0.01 without a hidden layer]."),
        _part("--schedule", "schedule", "How the rate changes  [constant]."),
        click.option("--batch-size", metavar="N|full", help="Rows a step  [32; full for whole-data solvers]."),
        click.option("--shuffle/--no-shuffle", default=None, help="A new order of rows for each epoch  [yes]."),
        click.option("--class-weight", metavar="HOW", help="balanced: rare classes count as much as frequent ones."),
        click.option("--clip-norm", metavar="X", help="Shorten gradients longer than this."),
        click.option("--clip-value", metavar="X", help="Clip each element of the gradient."),
        click.option("--seed", metavar="N", help="Of weights, shuffling and dropout  [0]."),
    ),
    section(
        "Against overfitting",
        click.option("--l1", metavar="X", help="Penalty l1 * sum|W|  [0]."),
        click.option("--l2", metavar="X", help="Penalty l2/2 * sum(W**2), biases excluded  [0.0001]."),
        click.option("--dropout", metavar="SHARE", help="Share of hidden units left out while training  [0]."),
        click.option("--input-dropout", metavar="SHARE", help="The same for the inputs  [0]."),
    ),
    section(
        "Stopping and scores",
        click.option("--epochs", metavar="N", help="Passes over the training rows  [50]."),
        click.option(
            "--patience", metavar="N", help="End after N epochs without a better score, and keep the best weights."
        ),
        click.option("--monitor", metavar="METRIC", help="What patience looks at, on the validation rows  [loss]."),
        _part("--metric", "metric", "One more score (repeatable).", name="metrics", multiple=True),
    ),
    section(
        "Choices from elsewhere",
        click.option(
            "--config", type=click.Path(path_type=Path), metavar="FILE.toml", help="Read choices from a file."
        ),
        click.option(
            "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Such as optimizer.lr=0.01 (repeatable)."
        ),
    ),
    reading_options,
)


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What the columns of a table are for, and how its file is written, for a command that trains nothing."""
    return _column_options(reading_options(command))


def experiment_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """DATASET, every field of an experiment as an option, --config and --set; the first is listed first in `--help`."""
    for options in reversed(_OPTIONS):
        command = options(command)
    return _DATASET(command)


def choices(dataset: str | None, words: dict[str, Any]) -> dict[str, Any]:
    """What was really typed, by the name of the field."""
    given = {name: value for name, value in words.items() if value is not None and value != ()}
    reading = {name: given.pop(name) for name in list(given) if name.startswith(READING)}
    if reading:
        given["reading"] = reading_words(reading)
    return given | ({} if dataset is None else {"dataset": dataset})


def reading_words(typed: dict[str, Any]) -> tuple[str, ...]:
    """What was typed of `reading_options`, as words of a `Reading`."""
    given = {name.removeprefix(READING): value for name, value in typed.items() if value is not None and value != ()}
    return in_words(given)


def read_experiment(given: dict[str, Any], config: Path | None, settings: tuple[str, ...]) -> Experiment:
    """The file's choices, then those of the command line, then --set."""
    from ..experiment import Experiment, read_toml

    values = read_toml(config) if config else {}
    if "dataset" not in values | given:
        command = click.get_current_context().info_name
        raise GlassnetError(
            f"name a dataset or a table: glassnet {command} digits8x8 (`glassnet list datasets` shows all)"
        )
    Experiment.from_mapping(values, where=str(config))
    return Experiment.from_mapping(values | given).with_settings(settings)
