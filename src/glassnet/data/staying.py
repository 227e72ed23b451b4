"""A table whose rows stay in their file: an array of NumPy or Parquet, where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..wording import count, memory
from .arrays import ArrayFile
from .cells import Heard, numbered
from .frames import FrameSheet
from .parquets import ParquetFile
from .reading import Reading
from .sources import ARRAY_SUFFIXES, PARQUET_SUFFIXES, free_memory
from .stored import BLOCK, TOGETHER, Stored

Array = NDArray[Any]


@dataclass(frozen=True)
class StoredSheet:
    """A sheet whose rows stay in their file; a column that is asked for is read by itself."""

    source: ArrayFile | ParquetFile
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
        return self.source.header

    def __len__(self) -> int:
        return len(self.present)

    def inputs(self, names: Sequence[str], category: Collection[str] = ()) -> Stored:
        """Some of its columns, which stay in the file; raises `GlassnetError` for one that is to be read as names."""
        for name in names:
            if name in category:
                self._refuse_names(name)
        rows, columns = self.source.chosen(names)
        X = Stored.of(rows)
        _refuse_large_blocks(X)
        return X.part(self.present).inputs(columns)

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        if text and isinstance(self.source, ArrayFile):
            self._refuse_names(name)
        if name not in self._read:
            self._read[name] = self.source.column(name)
        whole = FrameSheet((), self.file, self._read[name].to_frame(), self.header, self.reading, self.heard)
        values = whole.column(name, target=target, text=text, number=number)
        return values if len(values) == len(self) else values.iloc[self.present].reset_index(drop=True)

    @cached_property
    def _read(self) -> dict[str, Any]:
        return {}

    def _refuse_names(self, name: str) -> None:
        raise GlassnetError(
            f"rows of {self.file} stay in the file, and then each input is a number: --category {name} is for rows in "
            "memory (--disk no), or write a column of 0 and 1 for each of its values"
        )

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        return {}

    def where(self, rows: Sequence[int]) -> str:
        return numbered("row", (self.present[rows] + 1).tolist())

    def called(self, names: Sequence[str]) -> StoredSheet:
        raise GlassnetError(f"columns of {self.file} have no other names")

    def rows(self, present: Any) -> StoredSheet:
        return replace(self, present=self.present[np.asarray(present)])


def _opened(path: str | Path) -> ArrayFile | ParquetFile:
    return ArrayFile.of(path) if Path(path).suffix.lower() in ARRAY_SUFFIXES else ParquetFile.of(path)


def may_stay(given: Any) -> bool:
    """Whether a data set is a file of so many rows that they come in another order where they stay there."""
    suffix = Path(given).suffix.lower() if isinstance(given, str | Path) else ""
    if suffix not in (*ARRAY_SUFFIXES, *PARQUET_SUFFIXES) or not Path(given).is_file():
        return False
    return _opened(given).size > TOGETHER * BLOCK


def stored_sheet(path: str | Path, reading: Reading) -> StoredSheet | None:
    """The rows that stay in their file: as `disk` says, else where there is no room for them; else None."""
    if reading.disk is False:
        return None
    source, room = _opened(path), free_memory()
    if not (reading.disk or 4 * source.size > room):
        return None
    if not source.shape[0]:
        raise GlassnetError(f"{source.file} holds no rows.")
    taken = f"as they have {memory(source.size)}, and {memory(room)} of memory are free"
    why = "as you asked" if reading.disk else taken
    notes = (source.said, f"Its rows stay in the file and are read by the batch, {why} (--disk overrules).")
    return StoredSheet(source, notes, np.arange(source.shape[0]), reading)


def _refuse_large_blocks(X: Stored) -> None:
    """Groups of rows are unpacked whole, so they are written no larger than memory takes."""
    shelf, row = X.shelf, X.shape[1] * X.dtype.itemsize
    here = (min(shelf.together, shelf.blocks) + 2) * shelf.size * row  # and two more while one is unpacked
    if shelf.size > shelf.usual and here > (room := free_memory()):
        raise GlassnetError(
            f"{shelf.source.file} was written in groups of up to {count(shelf.size, 'row')}, of which some are in "
            f"memory at a time: they take {memory(here)}, and {memory(room)} are free. Write smaller groups: "
            f"pandas.DataFrame.to_parquet(..., row_group_size={shelf.usual * 4})"
        )
