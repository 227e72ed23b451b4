"""An array of NumPy in a file, `.npy`: a table without names, whose rows may stay in the file if they are too many."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..wording import amount, count, memory
from .cells import Heard, numbered
from .reading import Reading
from .sources import ARRAY_SUFFIXES, existing, free_memory, refuse_too_large
from .stored import BLOCK, TOGETHER, Shelf, Stored

Array = NDArray[Any]
KINDS = "biuf"


@dataclass(frozen=True)
class ArrayFile:
    """The header of an array of rows and columns, and how to read rows below it."""

    path: Path
    shape: tuple[int, int]
    written: np.dtype[Any]
    by_columns: bool
    begin: int

    @classmethod
    def of(cls, path: str | Path) -> ArrayFile:
        """Raises `GlassnetError` for what is no table of numbers, and for a file that is shorter than it says."""
        path = existing(path)
        try:
            with path.open("rb") as stream:
                version = np.lib.format.read_magic(stream)
                read = {(1, 0): np.lib.format.read_array_header_1_0}.get(version, np.lib.format.read_array_header_2_0)
                shape, by_columns, dtype = read(stream)
                begin = stream.tell()
        except (ValueError, OSError, EOFError) as error:
            reason = " ".join(str(error).split()) or "it ends in its header"
            raise GlassnetError(f"{path.name} can't be read as an array of NumPy: {reason}") from error
        _refuse_other(path.name, shape, dtype)
        wanted, held = math.prod(shape) * dtype.itemsize, path.stat().st_size - begin
        if held < wanted:
            there = held // (wanted // shape[0])
            raise GlassnetError(
                f"{path.name} is cut short: its header tells of {count(shape[0], 'row')}, and it holds "
                f"{amount(there)}. Write or fetch it again."
            )
        return cls(path.absolute(), (shape[0], shape[1]), dtype, by_columns, begin)

    @property
    def file(self) -> str:
        return self.path.name

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(f"column_{j + 1}" for j in range(self.shape[1]))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the numbers that are read, in this machine's order of bytes."""
        return self.written.newbyteorder("=")

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def said(self) -> str:
        """What it is, for people."""
        n, d = self.shape
        return (
            f"{self.file}: {count(n, 'row')}, {count(d, 'column')} of {self.dtype.name}, an array of NumPy; "
            f"its columns have no names and are called {self.names[0]} to {self.names[-1]}."
        )

    def read(self, first: int, stop: int) -> Array:
        """The rows from one to before another; of an array written by columns, a piece of each."""
        n, d = self.shape
        if not self.by_columns:
            return self._numbers(first * d, (stop - first) * d).reshape(-1, d)
        return np.column_stack([self._numbers(j * n + first, stop - first) for j in range(d)])

    def _numbers(self, first: int, many: int) -> Array:
        try:
            found = np.fromfile(self.path, self.written, many, offset=self.begin + first * self.written.itemsize)
        except OSError as error:
            raise GlassnetError(f"can't read {self.path}: {error.strerror}.") from error
        if len(found) < many:
            raise GlassnetError(f"{self.file} has become shorter while it was read. Write or fetch it again.")
        return found.astype(self.dtype, copy=False)


def _refuse_other(file: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if dtype.kind not in KINDS:
        held = "named fields" if dtype.names else "Python objects" if dtype.hasobject else dtype.name
        raise GlassnetError(
            f"{file} holds {held}, and rows of an array are plain numbers. Write a table: "
            "pandas.DataFrame(...).to_csv(FILE, index=False)"
        )
    if len(shape) != 2:
        raise GlassnetError(
            f"{file} holds an array of the shape {shape}, and a table has rows and columns, (n, d). Write "
            "array.reshape(len(array), -1) with the target as one more column."
        )
    if 0 in shape:
        raise GlassnetError(f"{file} holds no rows.")


@dataclass(frozen=True)
class StoredSheet:
    """A sheet whose rows stay in their file; a column that is asked for is read by itself."""

    source: ArrayFile
    notes: tuple[str, ...]
    present: Array
    reading: Reading = field(default_factory=Reading)
    heard: Heard = field(default_factory=Heard)

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def names(self) -> tuple[str, ...]:
        return self.source.names

    @property
    def header(self) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.present)

    def inputs(self, names: Sequence[str]) -> Stored:
        """Some of its columns, which stay in the file."""
        return Stored.of(self.source).part(self.present).inputs(np.array([self.names.index(name) for name in names]))

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        import pandas as pd

        if text:
            raise GlassnetError(
                f"{self.file} holds numbers alone, and they stay in the file: --category {name} is for rows in memory "
                "(--disk no), or write a column of 0 and 1 for each of its values"
            )
        if name not in self._read:
            self._read[name] = np.concatenate([rows[:, 0] for _, rows in self.inputs([name]).passed()])
        return pd.Series(self._read[name], name=name, copy=False)

    @cached_property
    def _read(self) -> dict[str, Array]:
        return {}

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        return {}

    def where(self, rows: Sequence[int]) -> str:
        return numbered("row", (self.present[rows] + 1).tolist())

    def called(self, names: Sequence[str]) -> StoredSheet:
        raise GlassnetError(f"columns of {self.file} have no other names")

    def rows(self, present: Any) -> StoredSheet:
        return replace(self, present=self.present[np.asarray(present)])


def may_stay(given: Any) -> bool:
    """Whether a data set is an array in a file of so many blocks that its rows come in another order from there."""
    if not isinstance(given, str | Path) or Path(given).suffix.lower() not in ARRAY_SUFFIXES:
        return False
    return Path(given).is_file() and Path(given).stat().st_size > TOGETHER * BLOCK


def stored_sheet(path: str | Path, reading: Reading) -> StoredSheet | None:
    """The rows of an array that stay in their file: as `disk` says, else where there is no room for them; else None."""
    source = ArrayFile.of(path)
    room = free_memory()
    if not (4 * source.size > room if reading.disk is None else reading.disk):
        return None
    taken = f"as they have {memory(source.size)}, and {memory(room)} of memory are free"
    why = "as you asked" if reading.disk else taken
    shelf = Shelf(source)
    mixed = f"{TOGETHER} of its {count(shelf.blocks, 'block')} of {count(shelf.size, 'row')}"
    notes = [source.said, f"Its rows stay in the file and are read by the batch, {why} (--disk overrules)."]
    if shelf.blocks > TOGETHER:
        notes.append(f"An epoch visits each row once, and mixes those of {mixed} at a time.")
    return StoredSheet(source, tuple(notes), np.arange(source.shape[0]), reading)


def read_array(path: str | Path) -> tuple[Any, ArrayFile]:
    """All rows of an array as a DataFrame, and what its file is."""
    import pandas as pd

    source = ArrayFile.of(path)
    refuse_too_large(source.file, source.size)
    return pd.DataFrame(source.read(0, source.shape[0]), columns=list(source.names), copy=False), source
