"""Parquet, in which columns lie apart and rows in groups: read whole, or a few groups at a time."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError, join
from ..wording import count
from .columns import refuse_namesakes
from .sources import existing

Array = NDArray[Any]


@contextmanager
def _explained(file: str) -> Iterator[None]:
    """What pyarrow can't read is said in a line."""
    try:
        import pyarrow
    except ImportError as error:
        raise GlassnetError(
            f"reading {file} needs pyarrow. Install it with: pip install 'glassnet[parquet]'"
        ) from error
    try:
        yield
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise GlassnetError(f"{file} can't be read as Parquet: {reason}") from error


def read_frame(path: str | Path, columns: list[str] | None = None) -> Any:
    """A file as a DataFrame, or some of its columns; those that pandas wrote as categories are categories again."""
    path = existing(path)
    with _explained(path.name):
        import pandas as pd

        frame = pd.read_parquet(path, engine="pyarrow", columns=columns)
        source = ParquetFile.of(path)
    frame = frame.astype(dict.fromkeys(source.declared & set(frame.columns), "category"))
    frame.columns = [str(name) for name in frame.columns]
    return frame


@dataclass(frozen=True)
class ParquetFile:
    """What the end of a file tells of it: its columns, and the groups in which its rows were written."""

    path: Path
    metadata: Any

    header = True

    @classmethod
    def of(cls, path: str | Path) -> ParquetFile:
        """Raises `GlassnetError` for what is no such file, and without pyarrow."""
        path = existing(path)
        with _explained(path.name):
            from pyarrow.parquet import read_metadata

            return cls(path.absolute(), read_metadata(path))

    @property
    def file(self) -> str:
        return self.path.name

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """The type of each column; what pandas wrote as names of rows is none."""
        schema = self.metadata.schema.to_arrow_schema()
        rows = {name for name in (schema.pandas_metadata or {}).get("index_columns", ()) if isinstance(name, str)}
        refuse_namesakes(tuple(name for name in schema.names if name not in rows))
        return {one.name: one.type for one in schema if one.name not in rows}

    @cached_property
    def declared(self) -> set[Any]:
        """The columns that were categories when pandas wrote the file: numbers come back as plain numbers."""
        told = self.metadata.schema.to_arrow_schema().pandas_metadata or {}
        return {one["name"] for one in told.get("columns", ()) if one.get("pandas_type") == "categorical"}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    @property
    def shape(self) -> tuple[int, int]:
        return self.metadata.num_rows, len(self.names)

    @property
    def size(self) -> int:
        """Bytes of all rows, at least: columns of numbers unpacked."""
        widths = [getattr(kind, "bit_width", 8) if _is_number(kind) else 8 for kind in self.kinds.values()]
        groups = range(self.metadata.num_row_groups)
        written: int = sum(self.metadata.row_group(one).total_byte_size for one in groups)
        return max(self.metadata.num_rows * sum(widths) // 8, written)

    @property
    def said(self) -> str:
        """What it is, for people."""
        n, d = self.shape
        return f"{self.file}: {count(n, 'row')}, {count(d, 'column')}, Parquet."

    @cached_property
    def starts(self) -> Array:
        """The rows with which groups begin, and the number of all."""
        groups = range(self.metadata.num_row_groups)
        sizes = [self.metadata.row_group(one).num_rows for one in groups]
        return np.concatenate(([0], np.cumsum(sizes, dtype=int)))

    def chosen(self, names: Sequence[str]) -> tuple[ParquetRows, Array]:
        """Some columns as rows of numbers, and which of theirs these are: all, since no other is read."""
        if other := [name for name in names if name in self.declared or not _is_number(self.kinds[name])]:
            hold = f"column {other[0]!r} holds" if len(other) == 1 else f"columns {join(map(repr, other))} hold"
            drop = " ".join(f"--drop {shlex.quote(name)}" for name in other)
            raise GlassnetError(
                f"rows of {self.file} stay in the file, and then each input is a number, but the {hold} "
                f"{self._what(other)}: {drop}, or --disk no, or write a column of 0 and 1 for each of the values"
            )
        kinds = [self._numpy(name) for name in names]
        return ParquetRows(self, tuple(names), np.result_type(*kinds)), np.arange(len(names))

    def _what(self, names: Sequence[str]) -> str:
        """What columns hold that are no numbers."""
        kinds = {
            "text" if name in self.declared or _is_text(self.kinds[name]) else str(self.kinds[name]) for name in names
        }
        return join(sorted(kinds))

    def _numpy(self, name: str) -> np.dtype[Any]:
        """The dtype that a column has as an array of NumPy: of whole numbers float64, where one may be missing."""
        dtype = np.dtype(self.kinds[name].to_pandas_dtype())
        if dtype.kind == "f":
            return dtype
        at = next(j for j, one in enumerate(self.metadata.schema.names) if one == name)
        for group in range(self.metadata.num_row_groups):
            told = self.metadata.row_group(group).column(at).statistics
            if told is None or not told.has_null_count or told.null_count:
                return np.dtype(float)
        return dtype

    def column(self, name: str) -> Any:
        """A whole column, as pandas reads it."""
        return read_frame(self.path, [name])[name].reset_index(drop=True)


def _is_number(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind))


@dataclass(frozen=True)
class ParquetRows:
    """Columns of numbers of a file as rows, (n, d), which are read by the group."""

    source: ParquetFile
    names: tuple[str, ...]
    dtype: np.dtype[Any]

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def shape(self) -> tuple[int, int]:
        return self.source.shape[0], len(self.names)

    def edges(self, size: int) -> Array:
        """Where blocks begin, and the number of rows: each a group, or neighbours with `size` rows at most."""
        starts = self.source.starts
        edges = [0]
        for start, stop in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            if stop - edges[-1] > size and start > edges[-1]:
                edges.append(start)
        return np.array([*edges, starts[-1]])

    def read(self, first: int, stop: int) -> Array:
        """The rows from one to before another; the groups in which they lie are unpacked as a whole."""
        starts = self.source.starts
        begin, end = (int(one) for one in np.searchsorted(starts, (first, stop - 1), side="right"))
        out = np.empty((stop - first, len(self.names)), self.dtype)
        with _unchanged(self.file):
            from pyarrow.parquet import ParquetFile as Reader

            with Reader(self.source.path, metadata=self.source.metadata) as reader:
                groups = list(range(begin - 1, end))
                table = reader.read_row_groups(groups, list(self.names), use_threads=False)
            rows = table.slice(first - int(starts[begin - 1]), stop - first)
            for j, name in enumerate(self.names):
                out[:, j] = rows.column(name).to_numpy()
        return out


@contextmanager
def _unchanged(file: str) -> Iterator[None]:
    """A file that is another one than when it was opened breaks off what reads it."""
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError, ValueError, TypeError) as error:
        raise GlassnetError(f"{file} has changed while it was read. Write or fetch it again.") from error
