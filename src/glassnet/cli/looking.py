"""What a table looks like on a screen: its columns with small histograms, its classes, and pictures drawn with dots."""

from __future__ import annotations

import shlex
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..tables import Table, width_of_output, wrapped
from ..wording import DASH, count, exact
from .display import console
from .drawing import can_print_dots, dotted
from .edge import say, style

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..data.looking import Look
    from ..experiment import Experiment

MOST_SHOWN = 60  # columns of a table
WIDE_ENOUGH = 72  # places of a terminal; with fewer, ranges need the room of the histograms
PLAIN_BARS = " .:-=+*%#"  # for terminals without Unicode
_MOST_PICTURES = 10
_LEAST_DOTS = 16  # of a picture's side: a digit of 8 x 8 pixels is drawn twice as large


def print_look(seen: Look, experiment: Experiment, catalog: Catalog, every: bool) -> None:
    """All of it: the heading, how it was read, the columns, the classes, what stands out, and what to type next."""
    from ..data.looking import BARS

    screen, marks = console(), BARS if can_print_dots() else PLAIN_BARS
    width = width_of_output()
    say(style(seen.heading if width is None else wrapped(seen.heading, width), bold=True))
    for note in seen.account:
        _say_wrapped(note)
    shown = seen.columns if not seen.image_shape else ()
    if shown:
        narrow = width is not None and width < WIDE_ENOUGH
        screen.print(seen.table(None if every else MOST_SHOWN, "" if narrow else marks))
    if (more := len(shown) - MOST_SHOWN) > 0 and not every:
        say(f"and {count(more, 'more column')}: --all shows them")
    if (balance := seen.balance(marks)) is not None:
        screen.print(balance)
    if seen.image_shape:
        for line in picture_lines(experiment, catalog):
            say(line)
    for line in _outcome(seen, experiment):
        _say_wrapped(line)


def _outcome(seen: Look, experiment: Experiment) -> list[str]:
    """What stands out, and the command that comes next."""
    from ..experiment import is_table
    from ..experiment.repeating import table_words
    from ..findings import stands_out

    lines = [f"What stands out: {finding}" for finding in seen.findings or ()]
    if seen.findings == ():
        lines = ["Nothing stands out."]
    if seen.trouble:
        return [*lines, seen.trouble]
    if not is_table(experiment.dataset):
        return [*lines, f"next: glassnet train {experiment.dataset}"]
    path = shlex.quote(str(experiment.dataset))
    if not seen.target:
        said = "".join(f" {shlex.quote(word)}" for word in table_words(experiment))
        return [*lines, f"next: glassnet data show {path} --target COLUMN{said}, which also says what stands out"]
    words = [*table_words(experiment), *(word for name in _to_drop(seen) for word in ("--drop", name))]
    if any(finding.name == "repeated rows" for finding in stands_out(seen.findings or ())):
        words += ["--group", "copies"]
    return [*lines, f"next: glassnet train {path} {shlex.join(words)}"]


def _to_drop(seen: Look) -> list[str]:
    """Columns that a finding asks to leave out."""
    from ..findings import stands_out

    return list(dict.fromkeys(name for finding in stands_out(seen.findings or ()) for name in finding.columns))


def _say_wrapped(line: str) -> None:
    width = width_of_output()
    say(line if width is None else wrapped(line, width))


def print_rows(frame: Any) -> None:
    """Rows of a DataFrame as they are; a gap is a dash."""
    cells = [
        [DASH if missing else _cell(value) for value, missing in zip(row, gaps, strict=True)]
        for row, gaps in zip(frame.itertuples(index=False), frame.isna().to_numpy(), strict=True)
    ]
    rows = [[str(number), *row] for number, row in enumerate(cells, 1)]
    console().print(Table(("row", *map(str, frame.columns)), rows))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")  # a date says no hour
    return exact(value, 10) if isinstance(value, float) else str(value)


# --- pictures -----------------------------------------------------------------------------------------------


def picture_lines(experiment: Experiment, catalog: Catalog) -> list[str]:
    """A picture of each class, as many side by side as there is room for."""
    import numpy as np

    from ..experiment import load_dataset

    _, dataset = load_dataset(experiment, catalog)
    assert dataset.image_shape is not None
    values, first = np.unique(np.asarray(dataset.y), return_index=True)
    names = [str(dataset.classes[int(value)] if dataset.classes is not None else value) for value in values.tolist()]
    drawn = []
    for row in first[:_MOST_PICTURES].tolist():
        pixels = np.asarray(dataset.X[row], float).reshape(dataset.image_shape)
        times = -(-_LEAST_DOTS // min(dataset.image_shape))
        drawn.append(dotted(np.kron(pixels > pixels.max() / 3, np.ones((times, times))) > 0))
    return _side_by_side(names, drawn, width_of_output() or 80)


def _side_by_side(names: list[str], drawn: list[list[str]], width: int) -> list[str]:
    size = max(len(drawn[0][0]), *map(len, names)) + 2
    each = max(1, width // size)
    lines = []
    for start in range(0, len(drawn), each):
        block = slice(start, start + each)
        rows = [names[block], *zip(*drawn[block], strict=True)]
        lines += [*("".join(f"{cell:<{size}}" for cell in row).rstrip() for row in rows), ""]
    return lines
