"""`glassnet evaluate` and `predict`: a trained model used again, on its own rows and on those of another table."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError
from ..tables import Table
from ..wording import amount, count, figure, rounded
from .choices import reading_options, reading_words
from .edge import say, say_data
from .runs import data_option, run_of, runs_option
from .sections import command, section
from .types import RunType

if TYPE_CHECKING:
    from ..data.handed import Handed
    from ..runs import Run
    from .host import Host

DIGITS = 4


# --- evaluate ---------------------------------------------------------------------------------------------------


@command(
    epilog="\b\nExamples:\n  glassnet evaluate last\n  glassnet evaluate last later.csv\n"
    "  glassnet evaluate runs/0001-digits8x8 --json"
)
@click.argument("run", type=RunType())
@click.argument("file", required=False)
@section("Where runs are", runs_option, data_option)
@reading_options
@section("Output", click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."))
@click.pass_obj
def evaluate(
    host: Host, run: str, file: str | None, runs: str, data: str | None, as_json: bool, **reading: Any
) -> None:
    """Score RUN again, on its own rows or on those of FILE.

    Its own rows are the very ones that were kept from training. RUN is a folder, a number, or last. FILE is a
    table with the columns of the training table, the target among them; - is standard input.
    """
    opened = run_of(host, run, runs, data)
    words = reading_words(reading)
    if file is not None:
        _evaluate_on(opened, file, words, as_json)
        return
    if words:
        raise GlassnetError("how a table is written is said of FILE: glassnet evaluate RUN FILE")
    _evaluate_again(opened, as_json)


def _evaluate_again(opened: Run, as_json: bool) -> None:
    from ..files import plain
    from ..runs import Run
    from .display import console, line_beside, scores_table

    again = Run.of(opened.trained, str(opened.folder))
    if as_json:
        linear = None if again.linear is None else again.linear.words()
        found = {key: again.result[key] for key in ("metrics", "intervals")}
        say(json.dumps(plain({"run": str(opened.folder)} | found | {"linear": linear})))
        return
    say(f"{opened.folder}: {opened.experiment.title}")
    console().print(scores_table(again))
    for line in line_beside(again):
        say(line)


def _evaluate_on(run: Run, file: str, reading: Sequence[str], as_json: bool) -> None:
    from ..files import plain
    from ..runs import is_own, own_table, score_handed
    from .display import console

    handed = run.handed(file, reading)
    found = score_handed(run, handed)
    remarks = [*handed.remarks, *([own_table(run, handed)] if is_own(run, file, handed) else [])]
    if as_json:
        metrics = {"file": dict(found.scores), "baseline": dict(found.baseline)}
        said = {"run": str(run.folder), "file": handed.file, "rows": found.rows, "remarks": remarks}
        say(json.dumps(plain(said | {"metrics": metrics, "intervals": {"file": dict(found.intervals)}})))
        return
    for remark in remarks:
        say(remark, err=True)
    say(f"{run.folder}: {run.experiment.title}, on {count(found.rows, 'row')} of {handed.file}")
    kept = run.judged
    rows = []
    for name, value in found.scores.items():
        low, high = found.intervals[name]
        cells = (value, found.baseline.get(name), run.score(kept, name).value)
        rows.append((name, *map(figure, cells), f"{figure(low)} to {figure(high)}"))
    console().print(Table(("", "these rows", "baseline", f"its {kept} rows", "these, 95 %"), rows))
    if found.why:
        say(f"no baseline: {found.why}", err=True)


# --- predict ----------------------------------------------------------------------------------------------------


@command(
    epilog="\b\nExamples:\n  glassnet predict last new.csv\n  glassnet predict 3 new.csv --output answers.csv\n"
    '  glassnet predict last --row "hours=3,sex=f" --row \'hours=5,sex="m"\'\n'
    "  cat new.csv | glassnet predict last - --with name"
)
@click.argument("run", type=RunType())
@click.argument("file", required=False)
@section(
    "What is predicted",
    click.option("--row", "rows", multiple=True, metavar="COLUMN=VALUE,...", help="One row for FILE (repeatable)."),
    click.option("--with", "beside", multiple=True, metavar="COLUMN", help="Keep this column of FILE (repeatable)."),
    runs_option,
)
@reading_options
@section(
    "Output",
    click.option("--output", type=click.Path(path_type=Path), metavar="FILE.csv", help="Write there; don't print."),
    click.option("--digits", type=click.IntRange(1, 17), default=DIGITS, show_default=True, help="Of each number."),
    click.option("--full", is_flag=True, help="Every digit of each number."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every digit, and nothing else."),
)
@click.pass_obj
def predict(
    host: Host, run: str, file: str | None, rows: tuple[str, ...], output: Path | None, beside: tuple[str, ...],
    digits: int, full: bool, runs: str, as_json: bool, **reading: Any,
) -> None:  # fmt: skip
    """Predict each row of FILE with the model of RUN, as CSV.

    FILE is a table with the columns of the training table, by name; - is standard input. Columns that the model does
    not use and that tell the rows apart, as names and numbers do, stay beside the predictions. Where the target is
    there as well, what was expected stands beside them, and the score below. Classes come with the network's output
    for each of them.
    """
    from ..files import refuse_existing, write_text

    refuse_existing(output, "--output")
    opened = run_of(host, run, runs)
    if (file is None) == (not rows):
        raise GlassnetError('give a table, or one row at a time: glassnet predict RUN FILE, or --row "hours=3,sex=f"')
    words = reading_words(reading)
    if file is not None and not Path(file).exists() and re.search("[,=]", file):
        raise GlassnetError(f'there is no file {file!r}: a row is given as --row "hours=3,sex=f"')
    handed = _typed_rows(opened, rows, words, beside) if rows else opened.handed(str(file), words, beside)
    table, notes = predictions(opened, handed), list(_notes(opened, handed, file))
    if as_json:
        _print_json(opened, handed, table, notes)
        return
    text: str = _in_digits(table, None if full else digits).to_csv(index=False, lineterminator="\n")
    if output is None:
        say_data(text)
    else:
        write_text(output, text, elsewhere="give another --output")
        say(f"{count(len(table), 'prediction')} in {output}")
    for note in notes:
        say(note, err=True)


def predictions(run: Run, handed: Handed) -> Any:
    """A table: what tells the rows apart, the answer, what was expected, and the outputs that the answer rests on."""
    import numpy as np
    import pandas as pd

    model = run.model
    y = model.outputs(handed.X)
    answer, names = model.said(y), _columns(model.targets)
    columns: dict[str, Any] = {}
    for place, name in enumerate(names):
        columns[f"prediction{name}"] = answer[:, place] if answer.ndim == 2 else answer
    if (expected := handed.expected) is not None:
        for place, name in enumerate(names):
            told = np.full(len(handed), None, dtype=object)
            told[handed.known] = expected[:, place] if expected.ndim == 2 else expected
            columns[f"expected{name}"] = pd.Series(told).infer_objects()
    columns |= model.said_further(y)
    if model.targets.classes:
        shown = model.targets.classes[-1:] if y.shape[1] == 1 else model.targets.classes
        columns |= {f"output_{name}": y[:, place] for place, name in enumerate(shown)}
    beside = {f"{name} (of the file)" if name in columns else name: column for name, column in handed.beside.items()}
    return pd.DataFrame(beside | columns, index=handed.X.index)


def _columns(targets: Any) -> list[str]:
    """What is put behind `prediction`: nothing for one target, `_NAME` for each of several, `_1` where they have none.

    A multiclass target is one column, however many classes it has.
    """
    if targets.classes or len(targets.mean) == 1:
        return [""]
    return [f"_{place if name == f'target_{place}' else name}" for place, name in enumerate(targets.names, 1)]


def _notes(run: Run, handed: Handed, file: str | None) -> Iterator[str]:
    """What was guessed and what training never saw; the score where the answers are there.

    The very table of the training has none: most of its rows were learned from. On a screen that is said.
    """
    from ..runs import is_own, own_table, score_handed

    yield from handed.remarks
    if handed.expected is None or not len(handed.expected):
        return
    if file is not None and is_own(run, file, handed):
        yield from [own_table(run, handed)] if sys.stderr.isatty() else ()
        return
    try:
        found = score_handed(run, handed)
    except GlassnetError as error:
        yield f"No score: {error}"
        return
    metric = next((name for name, value in found.scores.items() if not isnan(value)), run.metrics[0])
    low, high = found.intervals[metric]
    of = (
        count(found.rows, "row")
        if found.rows == len(handed)
        else f"{amount(found.rows)} of {count(len(handed), 'row')}"
    )
    yield f"{metric} {figure(found.scores[metric])} on {of} (95 %: {figure(low)} to {figure(high)})"


def _in_digits(table: Any, digits: int | None) -> Any:
    """The table with its fractions in so many significant digits."""
    if digits is None:
        return table
    fractions = [name for name in table.columns if table[name].dtype.kind == "f"]
    return table.assign(**{name: table[name].map(lambda value: rounded(value, digits)) for name in fractions})


def _print_json(run: Run, handed: Handed, table: Any, notes: Sequence[str]) -> None:
    from ..files import plain

    rows = [dict(zip(table.columns, row, strict=True)) for row in table.astype(object).itertuples(index=False)]
    say(json.dumps(plain({"run": str(run.folder), "file": handed.file, "rows": rows, "remarks": list(notes)})))


# --- rows that are typed ----------------------------------------------------------------------------------------


def _typed_rows(run: Run, rows: Sequence[str], reading: Sequence[str], beside: Sequence[str]) -> Handed:
    """Rows from the command line go the way of a file, so that they are read as those of training were."""
    import csv

    cells = [fields_of(row) for row in rows]
    names = list(dict.fromkeys(name for row in cells for name in row))
    own = ("separator=tab", "header=yes", "encoding=utf-8", "skip=0")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "--row")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[row.get(name, "") for name in names] for row in cells])
        return run.handed(str(path), (*own, *reading), beside)


def fields_of(row: str) -> dict[str, str]:
    """`hours=3,city="Paris, France"` as names and values: quotes hold commas together, and "" is a quote in them."""
    fields, inside, field = [], False, ""
    for letter in row:
        if letter == '"':
            inside = not inside
        if letter == "," and not inside:
            fields.append(field)
            field = ""
        else:
            field += letter
    if inside:
        raise GlassnetError(f"--row {row}: a quote is never closed; write a quote inside of quotes twice")
    found: dict[str, str] = {}
    for text in (*fields, field):
        name, equals, value = (part.strip() for part in text.partition("="))
        if text.strip().startswith('"') and not value.startswith('"'):  # the whole field in quotes
            name, equals, value = (part.strip() for part in _unquoted(text.strip()).partition("="))
        name, value = _unquoted(name), _unquoted(value)
        if not equals or not name:
            raise GlassnetError(f'--row {row}: {text!r} is not COLUMN=VALUE; quote a value with commas: name="a, b"')
        if name in found:
            raise GlassnetError(f"--row {row}: {name!r} is given twice")
        found[name] = value
    return found


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return text[1:-1].replace('""', '"') if quoted else text
