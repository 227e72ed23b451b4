"""A DataFrame as a data set: it has no path, so its rows are known by what they hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import GlassnetError
from ..wording import count
from .cells import Coded, Heard, Place, Wish, numbered, typed
from .columns import refuse_namesakes
from .reading import OF_CELLS, Reading, refuse_words

_WORDS = re.compile(r"DataFrame, \d+ rows?, sha256 [0-9a-f]{64}")


class Frame:
    """A table in memory, told from others by its checksum; `str` of it is what stands in its place on disk.

    No dataclass, because an experiment as a mapping would take it apart.
    """

    def __init__(self, table: Any) -> None:
        self.table = table

    @classmethod
    def of(cls, given: Any) -> Frame:
        """Of pandas, or of what can be made one of: polars, arrow, whatever has `__dataframe__`."""
        if isinstance(given, Frame):
            return given
        table = _as_pandas(given)
        names = [" ".join(str(name).split()) for name in table.columns]
        refuse_namesakes(names)
        if not len(table):
            raise GlassnetError("the DataFrame holds no rows.")
        return cls(table.set_axis(names, axis=1).reset_index(drop=True))

    @cached_property
    def sha256(self) -> str:
        """Of the names, types and values of all columns."""
        import pandas as pd

        digest = hashlib.sha256()
        for name in self.table.columns:
            column = self.table[name]
            digest.update(f"{name} {column.dtype} {len(column)}".encode())
            try:
                digest.update(pd.util.hash_pandas_object(column, index=False).to_numpy().tobytes())
            except TypeError:  # of lists and the like, which are refused when they are read
                digest.update(repr(column.tolist()).encode())
        return digest.hexdigest()

    def __str__(self) -> str:
        return f"DataFrame, {len(self.table)} row{'s' * (len(self.table) != 1)}, sha256 {self.sha256}"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __deepcopy__(self, memo: Any) -> Frame:
        return self  # nobody changes it, and an experiment as a mapping is a copy in depth

    def with_column(self, name: str, values: Any) -> Frame:
        """With one more column, or another one in its place: a target that is a Series of its own."""
        if len(values) != len(self.table):
            raise GlassnetError(f"the target has {len(values)} rows, but the DataFrame has {len(self.table)}.")
        return Frame(self.table.assign(**{name: values.to_numpy()}))

    def sheet(self, reading: Reading) -> FrameSheet:
        """Its rows for `dataset_of`."""
        refuse_words("the DataFrame", reading, "in memory", OF_CELLS)
        said = f"DataFrame: {count(len(self.table), 'row')}, {count(self.table.shape[1], 'column')}."
        return FrameSheet((said,), "DataFrame", self.table, reading=reading)


def is_frame(given: Any) -> bool:
    """Whether it is a table in memory, of whatever library."""
    if isinstance(given, Frame):
        return True
    return not isinstance(given, str | type) and (hasattr(given, "iloc") or hasattr(given, "__dataframe__"))


def stands_for_frame(words: Any) -> bool:
    """Whether words are those that stand for a DataFrame in a run's folder."""
    return isinstance(words, str) and _WORDS.fullmatch(words) is not None


def _as_pandas(given: Any) -> Any:
    import pandas as pd

    if isinstance(given, pd.Series):
        raise GlassnetError("a data set is a DataFrame of inputs and target, and this is a single Series.")
    if isinstance(given, pd.DataFrame):
        return given
    try:
        if hasattr(given, "to_pandas"):
            return given.to_pandas()
        return pd.api.interchange.from_dataframe(given)
    except ImportError as error:
        raise GlassnetError(f"a {type(given).__name__} is taken by way of pandas, which needs: {error}") from error


@dataclass(frozen=True)
class FrameSheet:
    """A sheet whose columns are typed already: a DataFrame, Parquet."""

    notes: tuple[str, ...]
    file: str
    frame: Any
    header: bool = True
    reading: Reading = field(default_factory=Reading)
    heard: Heard = field(default_factory=Heard)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str, *, target: bool = False, text: bool = False, number: bool = False) -> Any:
        number = number or name in (self.reading.number or ())
        column = self.frame[name]
        if text or (_is_declared(column) and not (target or number)):
            return _as_text(column)
        if not _holds_text(column):
            return column
        place = Place(self.file, "", lambda row: f"row {row + 1}")
        cells = Coded.of(column.astype(object).where(column.notna(), "").map(str.strip))
        read = typed(cells, name, place, self.reading, Wish(target, text, number))
        return self.heard.take(name, read)

    def plain(self, names: Collection[str]) -> dict[str, Any]:
        return {}

    def where(self, rows: Sequence[int]) -> str:
        return numbered("row", [row + 1 for row in rows])

    def called(self, names: Sequence[str]) -> FrameSheet:
        return replace(self, frame=self.frame.set_axis(list(names), axis=1))

    def rows(self, present: Any) -> FrameSheet:
        return replace(self, frame=self.frame[np.asarray(present)].reset_index(drop=True))


def _is_declared(column: Any) -> bool:
    """Did somebody say to pandas that the values are names?"""
    import pandas as pd

    return isinstance(column.dtype, pd.CategoricalDtype)


def _as_text(column: Any) -> Any:
    """Names as text: 1, also where a gap has made it 1.0."""
    import pandas as pd

    names = [
        None if gap else str(int(value) if isinstance(value, float) and value.is_integer() else value)
        for value, gap in zip(column, column.isna(), strict=True)
    ]
    return pd.Series(names, dtype=object, name=column.name)


def _holds_text(column: Any) -> bool:
    import pandas as pd

    return bool(pd.api.types.infer_dtype(column, skipna=True) == "string")
