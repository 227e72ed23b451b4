"""Rows from a person: a table that was chosen at the page, read as `train` reads it, and points drawn by hand.

A table stays in memory. It is called by its name, and is never looked for on this machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..auditing import watched
from ..data import read_table
from ..data.sources import PARQUET_SUFFIXES, TEXT_SUFFIXES, WORKBOOK_SUFFIXES
from ..errors import GlassnetError, join
from ..experiment import Experiment, look
from ..kinds import Dataset
from ..wording import amount
from .address import MOST_POINTS, Refused
from .serving import LARGEST_TABLE

SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, *PARQUET_SUFFIXES)
POINTS, CLASS = "points.csv", "class"
_LONGEST_NAME = 100


def named(name: str) -> str:
    """The name of a table without its folder; `Refused` where its ending is that of none."""
    name = Path(name.replace("\\", "/")).name
    if Path(name).suffix.lower() not in SUFFIXES or len(name) > _LONGEST_NAME:
        raise Refused(f"{name[:_LONGEST_NAME]!r} is no table. A table ends in one of {join(SUFFIXES)}", "dataset")
    return name


@contextmanager
def _in_a_file(name: str, content: bytes) -> Iterator[Path]:
    """The content as a file of that name, for as long as it is read."""
    with TemporaryDirectory(prefix="glassnet-") as folder:
        path = Path(folder) / named(name)
        path.write_bytes(content)
        yield path


def rows_of(content: bytes, experiment: Experiment) -> Dataset:
    """A table's rows, its columns in the roles that the experiment gives them."""
    if experiment.target is None:
        raise Refused("which column is learned? Choose one", "target")
    roles: dict[str, Any] = {name: getattr(experiment, name) for name in ("drop", "category", "keep", "group", "order")}
    name = str(experiment.dataset)
    return read_table(content, experiment.target, name=name, reading=experiment.reading, **roles)


def told(name: str, content: bytes) -> dict[str, Any]:
    """What is in a table before anything is built of it: its columns, and which of them is likely to be learned."""
    if len(content) > LARGEST_TABLE:
        raise Refused(f"a table may have {amount(LARGEST_TABLE)} bytes here", "dataset")
    with _in_a_file(name, content) as path:
        seen = look(str(path))
    columns = [
        {
            "name": column.name, "kind": column.role, "values": column.different,
            "example": column.examples[0] if column.examples else "",
        }
        for column in seen.columns
    ]  # fmt: skip
    usable = [column for column in columns if column["kind"] not in ("id", "constant", "left out")]
    return {"name": named(name), "rows": seen.rows, "columns": columns, "target": _target(usable)}


def _target(columns: Sequence[dict[str, Any]]) -> str | None:
    """The last column that says something: where most tables have what is to be learned."""
    return columns[-1]["name"] if columns else None


def points_table(rows: Any) -> bytes:
    """Points drawn by hand as a table: x, y and the class of each."""
    if not isinstance(rows, list) or len(rows) > MOST_POINTS:
        raise Refused(f"points are a list of at most {amount(MOST_POINTS)} rows", "points")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("x", "y", CLASS))
    for row in rows:
        writer.writerow(_point(row))
    return text.getvalue().encode()


def _point(row: Any) -> tuple[float, float, str]:
    good = isinstance(row, list) and len(row) == 3 and all(isinstance(one, int | float) for one in row[:2])
    if not good or not all(isfinite(one) for one in row[:2]) or not str(row[2]).strip():
        raise Refused("a point is two numbers and a class, such as [0.5, -1, 'a']", "points")
    return float(row[0]), float(row[1]), str(row[2])[:_LONGEST_NAME]


# --- downloads ----------------------------------------------------------------------------------------------


def unfetched(allowed: bool) -> AbstractContextManager[None]:
    """Nothing is fetched from the network inside, whoever wants to: that is asked for first."""
    return nullcontext() if allowed else watched(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise NeedsNetwork


class NeedsNetwork(GlassnetError):
    """A data set wants to fetch its rows, and nobody has been asked."""

    field = "fetch"

    def __init__(self) -> None:
        super().__init__("these rows are not on this machine yet: they are downloaded once from their publisher")
