"""The inputs as a network likes them: numbers of similar size, text as columns of 0 and 1, no gaps.

What is learned from the training rows here (means, spreads, the values of a text column) is applied
unchanged to every other row, so that nothing about validation and test rows leaks into training.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, get_args

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import GlassnetError, did_you_mean, join
from ..kinds import ColumnRole
from ..wording import count
from .columns import (
    Column,
    Kind,
    as_matrix,
    fit_column,
    input_table,
    measured_values,
    not_finite,
    number_values,
    text_values,
)
from .making import Made
from .moments import with_parts
from .passing import fit_stored
from .sparse import Sparse, all_here
from .stored import Stored

Array = NDArray[Any]
SCALES = ("auto", "standard", "minmax", "none")
BLOCK = 2**20  # elements that are converted at a time: large data never exist twice in float64


def check_scale(scale: str) -> str:
    """One of the ways of scaling."""
    if scale in SCALES:
        return scale
    raise GlassnetError(
        f"there is no scaling {scale!r}.{did_you_mean(str(scale), SCALES)} Possible are {join(SCALES)}."
    )


@dataclass(frozen=True, eq=False)
class Features:
    """How rows of a table become inputs of a network, fitted on the training rows.

    The prepared columns are, in this order: the number and date columns, the one-hot columns of the text columns, an
    indicator for each column whose training rows have gaps, and what is made of the number columns.
    """

    columns: tuple[Column, ...]
    dtype: np.dtype[Any]
    scale: str
    image_shape: tuple[int, int] | None = None
    made: Made | None = None

    @classmethod
    def fit(
        cls,
        X: Any,
        rows: NDArray[np.intp] | None = None,
        *,
        names: Sequence[str] | None = None,
        scale: str = "auto",
        keep: Sequence[str] = (),
        roles: Sequence[ColumnRole] = (),
        image_shape: tuple[int, int] | None = None,
        dtype: DTypeLike = np.float64,
        making: Sequence[str] = (),
    ) -> Features:
        """Learn from the given rows of X (all by default) how to prepare it.

        `roles` say which columns of a table are no inputs; text of very many values is none without them.

        scale: "standard" (x - mean) / standard deviation; "minmax" to [0, 1]; "none"; "auto" is standard, and
        for images a division by the largest value. `making` says what is made of the number columns, see `Made`.
        """
        X, named = input_table(X, names)
        if unknown := [name for name in keep if name not in named]:
            guess = did_you_mean(unknown[0], named)
            raise GlassnetError(f"there is no column {unknown[0]!r} to keep.{guess} Columns: {join(named)}.")
        X = as_matrix(X)
        rows = np.arange(len(X)) if rows is None else rows
        way = check_scale(scale)
        if way == "auto":
            way = "image" if image_shape else "standard"
        by_name = {role.name: role for role in roles}
        unused = {name: _unused(role) for name, role in by_name.items() if not role.used}
        if isinstance(X, Stored) and X.few:
            X = X[:]
        if isinstance(X, Sparse):
            columns = _fit_sparse(X, rows, named, way)
        elif isinstance(X, Stored):
            columns = tuple(unused.get(column.name, column) for column in fit_stored(X, rows, named, way))
        else:
            columns = tuple(
                unused[name] if name in unused else fit_column(X, j, name, rows, way, name in keep or name in by_name)
                for j, name in enumerate(named)
            )
        if way == "image":
            brightest = max(c.scale for c in columns) or 1.0
            columns = tuple(replace(c, scale=brightest) for c in columns)
        if not any(c.used for c in columns):
            why = columns[0].why
            raise GlassnetError(f"no column is left to learn from: {why[:1].lower()}{why[1:]}.")
        found = cls(columns, np.dtype(dtype), way, image_shape)
        return replace(found, made=found._make(X, rows, making)) if making else found

    def _make(self, X: Any, rows: NDArray[np.intp], ways: Sequence[str]) -> Made:
        """Learn what is made of the number columns of the training rows."""
        if self.image_shape or not all_here(X):
            held = "pictures" if self.image_shape else "sparse" if isinstance(X, Sparse) else "in a file"
            raise GlassnetError(f"--features {join(ways)} are made of columns in memory, and these are {held}")
        block = self._matching(X)
        block = block.iloc[rows] if hasattr(block, "iloc") else block[rows]
        return Made.fit(ways, [column.name for column in self._numbers], self._raw(block), self.scale)

    @property
    def _numbers(self) -> list[Column]:
        return [column for column in self.columns if column.kind == "number"]

    def _raw(self, block: Any) -> Array:
        """The number columns as they are, (n, numbers), with their gaps filled."""
        found = np.empty((len(block), len(self._numbers)))
        for place, column in enumerate(self._numbers):
            of = block[column.name] if hasattr(block, "iloc") else block[:, self.needed.index(column.name)]
            values = number_values(of)
            found[:, place] = np.where(np.isnan(values), column.fill, values)
        return found

    def renamed(self, names: Sequence[str]) -> Features:
        """The same, with other names of the input columns."""
        columns = tuple(replace(column, name=name) for column, name in zip(self.columns, names, strict=True))
        found = replace(self, columns=columns)
        return replace(found, made=self.made and replace(self.made, sources=tuple(c.name for c in found._numbers)))

    @property
    def names(self) -> tuple[str, ...]:
        """The input columns, in order, dropped ones included."""
        return tuple(c.name for c in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The input columns that are used."""
        return tuple(c.name for c in self.columns if c.used)

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns that say who a row is, and are no inputs."""
        return tuple(c.name for c in self.columns if c.kind == "id")

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The prepared columns, in order."""
        numbers = [c.name for c in self.columns if c.measured]
        onehot = [f"{c.name}={value}" for c in self.columns for value in c.values]
        made = () if self.made is None else self.made.names
        return (*numbers, *onehot, *(f"{c.name} missing" for c in self.columns if c.gaps), *made)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where the prepared columns of each input column lie, the mark of its gaps last; what is made is of none."""
        owners = [c.name for c in self.columns if c.measured]
        owners += [c.name for c in self.columns for _ in c.values]
        owners += [c.name for c in self.columns if c.gaps]
        found: dict[str, list[int]] = {name: [] for name in self.needed}
        for place, owner in enumerate(owners):
            found[owner].append(place)
        return found

    def made_of(self, places: Collection[int]) -> list[int]:
        """The prepared columns that are made of others, those at these places."""
        if self.made is None:
            return []
        sources = [number for number, column in enumerate(self._numbers) if self.places[column.name][0] in places]
        return [len(self.outputs) - len(self.made.names) + place for place in self.made.places_of(sources)]

    def remake(self, prepared: Array, places: Collection[int]) -> None:
        """Make anew what is made of the prepared columns at these places, whose values in `prepared` were changed."""
        if self.made is None or not (follow := self.made_of(places)):
            return
        at = [self.places[column.name][0] for column in self._numbers]
        shift, scale = np.array([(column.shift, column.scale) for column in self._numbers]).T
        first = len(self.outputs) - len(self.made.names)
        self.made.fill(prepared[:, at] * scale + shift, prepared[:, first:], [place - first for place in follow])

    def transform(self, X: Any, rows: NDArray[np.intp] | None = None) -> Any:
        """The prepared inputs, (n, len(outputs)), C-contiguous in `dtype`; of some rows of X if they are given.

        X is a DataFrame with the needed columns, in any order, or an array of all of them. `Sparse` rows, which
        are only taken as they are, stay sparse; `Stored` ones stay in their file and are prepared when they are read.
        """
        X = self._matching(X)
        rows = np.arange(len(X)) if rows is None else rows
        if isinstance(X, Sparse):
            return X.part(rows, self.dtype)
        if isinstance(X, Stored):
            return X.part(rows).through(self._prepare, len(self.outputs), self.dtype)
        if self._as_it_is and not hasattr(X, "iloc") and X.dtype == self.dtype:
            prepared = np.ascontiguousarray(X[rows])
            if np.isfinite(prepared).all():
                return prepared
        prepared = np.zeros((len(rows), len(self.outputs)), dtype=self.dtype)
        step = max(1, BLOCK // max(X.shape[1], prepared.shape[1]))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            block = X.iloc[part] if hasattr(X, "iloc") else X[part]
            self._prepare(block, part, prepared[start : start + step])
        return prepared

    def _prepare(self, block: Any, rows: NDArray[np.intp], out: Array) -> None:
        """Prepare a block of rows into `out`, which is zeros; `rows` are their numbers, for messages."""
        self._fill(block, out if self.made is None else out[:, : -len(self.made.names)])
        if self.made is not None:
            self.made.fill(self._raw(block), out[:, -len(self.made.names) :])
        if not np.isfinite(out).all():
            self._explain(block, out, rows)

    def _matching(self, X: Any) -> Any:
        """X with exactly the columns that were fitted, dropped ones aside."""
        if hasattr(X, "iloc"):
            X = X.set_axis([str(name) for name in X.columns], axis=1)
            X = with_parts(X, self.needed)
            missing = [name for name in self.needed if name not in X.columns]
            if missing:
                raise GlassnetError(f"the table lacks columns that were trained on: {join(missing)}.")
            X = X[list(self.needed)]
            return as_matrix(X) if all(c.kind == "number" for c in self.columns if c.used) else X
        X, _ = input_table(X)
        if X.shape[1] != len(self.names):
            raise GlassnetError(f"X has {X.shape[1]} columns where {len(self.names)} were trained on.")
        if isinstance(X, Sparse):
            _refuse_scaled(self.scale)
            return X
        if isinstance(X, Stored):
            return X.inputs(np.array([c.used for c in self.columns]))
        if hasattr(X, "iloc") or any(c.kind in ("text", "date") for c in self.columns):
            import pandas as pd

            return pd.DataFrame(X).set_axis(list(self.names), axis=1)[list(self.needed)]
        return X if len(self.needed) == len(self.names) else X[:, [c.used for c in self.columns]]

    def _fill(self, block: Any, out: Array) -> None:
        """Prepare a block of rows into `out`, which is zeros."""
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is explained afterwards
            gaps = self._fill_table(block, out) if hasattr(block, "iloc") else self._fill_matrix(block, out)
        at = out.shape[1] - sum(c.gaps for c in self.columns)
        for offset, column in enumerate(c for c in self.columns if c.gaps):
            if column.name in gaps:
                out[:, at + offset] = gaps[column.name]

    def _fill_matrix(self, block: Array, out: Array) -> dict[str, Array]:
        """All columns at once; returns where the gaps are, if there are any."""
        shift, scale, fill = self._constants
        gap = np.isnan(block) if block.dtype.kind == "f" else np.zeros(0, dtype=bool)
        if gap.any():
            block = np.where(gap, fill, block)
        measured = out[:, : len(shift)]
        if self.scale == "none":
            measured[:] = block
        else:  # straight into its place: arrays on the way there cost more than the arithmetic
            np.divide(block - shift if shift.any() else block, scale, out=measured, casting="unsafe")
        return {name: gap[:, j] for j, name in enumerate(self.needed)} if gap.any() else {}

    @cached_property
    def _as_it_is(self) -> bool:
        """Whether numbers without gaps are taken as they are, as estimators take them."""
        return (
            self.scale == "none" and self.made is None and all(c.kind == "number" and not c.gaps for c in self.columns)
        )

    @cached_property
    def _constants(self) -> tuple[Array, Array, Array]:
        used = [c for c in self.columns if c.measured]
        shift, scale, fill = np.array([(c.shift, c.scale, c.fill) for c in used]).T
        return shift, scale, fill

    def _fill_table(self, block: Any, out: Array) -> dict[str, Array]:
        """Column by column; returns where the gaps are."""
        import pandas as pd

        gaps: dict[str, Array] = {}
        number, at = 0, sum(c.measured for c in self.columns)
        for column in (c for c in self.columns if c.used):
            if column.measured:
                values = measured_values(block[column.name], column.kind)
                gap = np.isnan(values)
                out[:, number] = (np.where(gap, column.fill, values) - column.shift) / column.scale
                number += 1
            else:
                texts = text_values(block[column.name])
                gap = pd.isna(texts)
                code = pd.Index(column.values, dtype=object).get_indexer(pd.Index(texts, dtype=object))
                rows = np.flatnonzero(code >= 0)  # a value that no training row had leaves zeros
                out[rows, at + code[rows]] = 1
                at += len(column.values)
            gaps[column.name] = gap
        return gaps

    def _explain(self, block: Any, out: Array, rows: NDArray[np.intp]) -> None:
        """Say where a value came from that is not finite."""
        i, k = np.argwhere(~np.isfinite(out))[0]
        name = self.outputs[k]
        if self.made is not None and name in self.made.names:
            raise GlassnetError(f"{name} of row {rows[i]} (counted from 0) is too large for {self.dtype.name}.")
        raw = block[name].iloc[i] if hasattr(block, "iloc") else block[i, self.needed.index(name)]
        raise GlassnetError(not_finite(name, float(raw), int(rows[i]), self.dtype))

    def account(self) -> Iterator[str]:
        """What is done with the columns, in sentences for people."""
        numbers = [c for c in self.columns if c.measured]
        if numbers:
            noun = "pixel" if self.image_shape else "number column"
            yield count(len(numbers), noun) + _WAYS[self.scale].format(
                highest=numbers[0].scale, were="was" if len(numbers) == 1 else "were"
            )
        for column in self.columns:
            if not column.used:
                yield column.why + "."
            elif column.kind == "date":
                yield f"Date column {column.name!r} became {column.why}, the first of the training rows."
            elif column.kind == "text":
                values = join(column.values[:6]) + (", ..." if len(column.values) > 6 else "")
                became = count(len(column.values), "column")
                yield f"Text column {column.name!r} became {became} of 0 and 1: {values}."
        if gaps := [c for c in self.columns if c.gaps]:
            means = [c.name for c in gaps if c.measured]
            zeros = [c.name for c in gaps if c.kind == "text"]
            ways = ([f"{join(means)} (filled with the mean)"] if means else []) + (
                [f"{join(zeros)} (filled with zeros)"] if zeros else []
            )
            yield f"Gaps in {' and '.join(ways)} are marked by an indicator column each."

        if self.made is not None:
            yield self.made.account()

    def to_arrays(self) -> dict[str, Array]:
        """All of it as plain arrays for `np.savez`; no key is one of `Targets.to_arrays`."""
        columns = self.columns
        return {
            "features_names": np.array([c.name for c in columns]),
            "features_kinds": np.array([c.kind for c in columns]),
            "features_numbers": np.array([(c.fill, c.shift, c.scale) for c in columns]),
            "features_gaps": np.array([c.gaps for c in columns]),
            "features_values": np.array([v for c in columns for v in c.values], dtype=str),
            "features_value_counts": np.array([len(c.values) for c in columns]),
            "features_why": np.array([c.why for c in columns]),
            "features_image_shape": np.array(self.image_shape or (), dtype=np.int64),
            "features_scale": np.array(self.scale),
            "features_dtype": np.array(self.dtype.name),
        } | ({} if self.made is None else self.made.to_arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Features:
        """The reverse of `to_arrays`; other keys are ignored."""
        a = {key.removeprefix("features_"): arrays[key].tolist() for key in arrays if key.startswith("features_")}
        values = iter(a["values"])
        columns = tuple(
            Column(name, kind, fill, shift, scale, tuple(next(values) for _ in range(count)), gaps, why)
            for name, kind, (fill, shift, scale), count, gaps, why in zip(
                a["names"], a["kinds"], a["numbers"], a["value_counts"], a["gaps"], a["why"], strict=True
            )
        )
        if not {c.kind for c in columns} <= {*get_args(Kind)} or a["scale"] not in (*SCALES, "image"):
            raise ValueError("an unknown way to prepare columns")
        if any((c.kind == "text") != bool(c.values) for c in columns):
            raise ValueError("a column of numbers with values of a text")
        return cls(columns, np.dtype(a["dtype"]), a["scale"], tuple(a["image_shape"]) or None, Made.from_arrays(a))


def _unused(role: ColumnRole) -> Column:
    return Column(role.name, "id" if role.role == "id" else "dropped", why=role.why)


def _fit_sparse(X: Sparse, rows: NDArray[np.intp], names: Sequence[str], way: str) -> tuple[Column, ...]:
    """Sparse columns are numbers without gaps, taken as they are."""
    _refuse_scaled(way)
    return tuple(Column(name, "number", float(mean)) for name, mean in zip(names, X.means(rows), strict=True))


def _refuse_scaled(way: str) -> None:
    if way != "none":
        raise GlassnetError(f"--scale {way} would fill the zeros of sparse inputs: give X.toarray(), or --scale none")


_WAYS = {
    "standard": " {were} standardised (mean 0, standard deviation 1 over the training rows).",
    "minmax": " {were} scaled to [0, 1] by the smallest and largest value of the training rows.",
    "image": " {were} divided by the largest value of the training rows, {highest:g}.",
    "none": " {were} left as they are.",
}
