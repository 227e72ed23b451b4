"""An array of NumPy in a file, `.npy`: a table without names, of which neighbouring rows can be read alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..wording import amount, count
from .sources import existing, refuse_too_large
from .stored import Stored

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

    header = False

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

    def chosen(self, names: Sequence[str]) -> tuple[ArrayFile, Array]:
        """Some columns: all rows with all that they hold, and which of their columns these are."""
        return self, np.array([self.names.index(name) for name in names])

    def column(self, name: str) -> Any:
        """A whole column as a Series, read by the block."""
        import pandas as pd

        rows, columns = self.chosen([name])
        values = np.concatenate([some[:, 0] for _, some in Stored.of(rows).inputs(columns).passed()])
        return pd.Series(values, name=name, copy=False)

    def edges(self, size: int) -> Array:
        """Where blocks of `size` rows begin, and the number of rows."""
        return np.append(np.arange(0, self.shape[0], size), self.shape[0])

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


def read_array(path: str | Path) -> tuple[Any, ArrayFile]:
    """All rows of an array as a DataFrame, and what its file is."""
    import pandas as pd

    source = ArrayFile.of(path)
    refuse_too_large(source.file, source.size)
    return pd.DataFrame(source.read(0, source.shape[0]), columns=list(source.names), copy=False), source
