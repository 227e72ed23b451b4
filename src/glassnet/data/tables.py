"""A student's own table: a CSV file however it was written, or Parquet, as rows to learn from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import GlassnetError, did_you_mean, join, need
from ..kinds import ColumnRole, Dataset
from ..wording import count
from .columns import MANY
from .features import Features
from .frames import Frame
from .moments import part_of, part_values
from .reading import Reading, Roles, Words
from .roles import remarks, roles_of, roles_of_stored
from .sheets import Sheet, open_rows, open_sheet
from .sources import Held, within_memory
from .staying import StoredSheet
from .stored import Stored

COPIES = "copies"  # as a group: the rows with equal inputs, where no column is called so


def read_table(
    path: str | Path | Frame | bytes,
    target: str | Sequence[str] | None,
    *,
    name: str = "",
    drop: Sequence[str] = (),
    category: Sequence[str] = (),
    keep: Sequence[str] = (),
    group: str | None = None,
    order: str | None = None,
    reading: Words = (),
) -> Dataset:
    """Read a table, a file or a DataFrame, with a column to learn, or several of numbers.

    The bytes of a file are read as the file would be that is called `name`: `read_table(content, "y", name="a.csv")`.
    Rows without a target are left out. `drop`, `category`, `keep`, `group` and `order` are those of `Roles`, `reading`
    holds words of `Reading`. `notes` of the data set tell what was detected and done.

    Raises `GlassnetError` with file, line and column for whatever can't be read.
    """
    targets = (target,) if isinstance(target, str) else tuple(target or ())
    roles = Roles(targets, tuple(drop), tuple(category), tuple(keep), group, order)
    known = [name for names in roles.named.values() for name in names]
    if isinstance(path, bytes):
        with within_memory(name):
            return dataset_of(open_sheet(_held(path, name), Reading.of(reading), known), roles)
    if not isinstance(path, str | Path):
        return dataset_of(Frame.of(path).sheet(Reading.of(reading)), roles)
    with within_memory(path):
        return dataset_of(open_rows(path, Reading.of(reading), known), roles)


def column_names(content: bytes, name: str, reading: Words = ()) -> tuple[str, ...]:
    """What the columns of a table's file in memory are called: one of them is to be learned."""
    with within_memory(name):
        return open_sheet(_held(content, name), Reading.of(reading)).names


def _held(content: bytes, name: str) -> Held:
    """The file that bytes are; its name says no folder."""
    need(name, str, "the bytes of a table need the name of their file, name='points.csv'")
    return Held(name.replace("\\", "/").rpartition("/")[2] or "the table", content)


def dataset_of(sheet: Sheet, roles: Roles) -> Dataset:
    """The rows of a sheet to learn from, each column in its role."""
    _check_names(sheet, roles)
    sheet, notes = _with_targets(sheet, roles)
    y = [
        _finite(sheet, name, sheet.column(name, target=True, text=name in roles.category)).to_numpy()
        for name in roles.target
    ]
    aside = {*roles.target, *roles.drop} | {name for name in (roles.group, roles.order) if name not in roles.keep}
    inputs = [name for name in sheet.names if name not in aside]
    inputs += [name for name in roles.category if name not in sheet.names]
    if not inputs:
        left = f" and those that are left out, {join(roles.drop)}" if roles.drop else ""
        raise GlassnetError(
            f"{sheet.file} has no column besides the target {join(map(repr, roles.target))}{left}: "
            "there is nothing to learn from."
        )
    if len(roles.target) > 1:
        notes.append(f"{len(roles.target)} targets are learned together: {join(roles.target)}.")
    if roles.drop:
        notes.append(f"Left out as you asked: {join(roles.drop)}.")
    X = _inputs(sheet, inputs, roles.category)
    columns = _columns(sheet, roles, X, inputs)
    by_copies = roles.group == COPIES and COPIES not in sheet.names
    groups = _copies(X, columns) if by_copies else sheet.column(roles.group) if roles.group else None
    notes = [*X.said, *notes] if isinstance(X, Stored) else [*notes, *remarks(X, columns)]
    several = [_numbers(sheet, *pair) for pair in zip(roles.target, y, strict=True)] if len(y) > 1 else []
    return Dataset(
        X, np.column_stack(several) if several else y[0],
        feature_names=inputs if isinstance(X, Stored) else None,
        target_names=roles.target, source=sheet.file, told=sheet.heard.agreed(),
        notes=(*sheet.notes, *notes, *(said for name in (*roles.target, *inputs) for said in sheet.heard.of(name))),
        groups=groups,
        order=None if roles.order is None else sheet.column(roles.order),
        columns=columns,
    )  # fmt: skip


def _inputs(sheet: Sheet, names: Sequence[str], category: Collection[str]) -> Any:
    """The columns as a DataFrame: of very many as one array, and none of few is copied."""
    import pandas as pd

    if isinstance(sheet, StoredSheet):
        return sheet.inputs(names, category)
    plain = sheet.plain([name for name in names if name not in category])
    if len(plain) == len(names) > MANY and len({values.dtype for values in plain.values()}) == 1:
        return pd.DataFrame(np.array(list(plain.values())).T, columns=list(plain), copy=False)
    columns = {name: plain[name] if name in plain else column_of(sheet, name, text=name in category) for name in names}
    return pd.DataFrame(columns, copy=False)


def _copies(X: Any, columns: Sequence[ColumnRole]) -> Any:
    """The same number for rows with equal inputs, as a Series."""
    import pandas as pd

    if isinstance(X, Stored):
        raise GlassnetError("--group copies looks at all rows at once, and these stay in their file: leave it away")
    used = [column.name for column in columns if column.used]
    return pd.util.hash_pandas_object(X[used], index=False).rename("equal inputs")


def _finite(sheet: Sheet, name: str, values: Any) -> Any:
    """The values, which are refused if a number among them is infinite: where it stands is known only here."""
    if values.dtype.kind != "f":
        return values
    numbers = values.to_numpy(float, na_value=np.nan)
    if (infinite := np.flatnonzero(np.isinf(numbers))).size:
        row = int(infinite[0])
        raise GlassnetError(
            f"{sheet.file}, {sheet.where([row])}: column {name!r} holds {numbers[row]:g}, and a network computes "
            "with finite numbers. Correct it, or leave the cell empty, so that it counts as missing."
        )
    return values


def _columns(sheet: Sheet, roles: Roles, X: Any, names: Sequence[str]) -> tuple[ColumnRole, ...]:
    """The account of every column, in the order of the table; `names` are those of X."""
    aside = dict.fromkeys(roles.target, ColumnRole("", "target"))
    aside |= dict.fromkeys(roles.drop, ColumnRole("", "left out", "as you asked"))
    decided = roles_of_stored(X, names, sheet, roles) if isinstance(X, Stored) else roles_of(X, roles, sheet.header)
    inputs = {column.name: column for column in decided}
    single = {name: ColumnRole("", role) for role, name in (("group", roles.group), ("order", roles.order)) if name}
    found = single | inputs | aside
    more = [name for name in roles.category if name not in sheet.names]
    return tuple(replace(found[name], name=name) for name in (*sheet.names, *more))


def column_of(sheet: Sheet, name: str, *, text: bool = False, number: bool = False) -> Any:
    """A column of the sheet, or what is asked of one of dates, `day:weekday`."""
    if part := part_of(name, sheet.names):
        return part_values(sheet.column(part[0]), part[1])
    return _finite(sheet, name, sheet.column(name, text=text, number=number))


def _with_targets(sheet: Sheet, roles: Roles) -> tuple[Sheet, list[str]]:
    """The rows that have every target, and a note about those that have not."""
    present = np.ones(len(sheet), bool)
    for name in roles.target:
        there = sheet.column(name, target=True, text=name in roles.category).notna().to_numpy()
        if not there.any():
            raise GlassnetError(f"{sheet.file}: no row has a value in the target column {name!r}.")
        present &= there
    if present.all():
        return sheet, []
    gone = np.flatnonzero(~present).tolist()
    names = join([repr(name) for name in roles.target])
    said = f"Left out for want of a value in {names}: {count(len(gone), 'row')} ({sheet.where(gone)})."
    return sheet.rows(present), [said]


def _numbers(sheet: Sheet, name: str, values: Any) -> Any:
    if values.dtype.kind not in "biuf":
        raise GlassnetError(f"{sheet.file}: of several targets each holds numbers, but {name!r} holds text.")
    return values.astype(float)


def _check_names(sheet: Sheet, roles: Roles) -> None:
    all_names = join(sheet.names, "its first line" if sheet.header else "")
    if not sheet.header and len(sheet.names) > MANY:
        all_names = f"{sheet.names[0]} to {sheet.names[-1]}"
    columns = f"Columns of {sheet.file}: {all_names}" + ("." if sheet.header else " (it has no header line).")
    if not roles.target:
        raise GlassnetError(f"which column is to be learned? Name it with --target. {columns}")
    for word, names in roles.named.items():
        for name in names:
            derived = (word, name) == ("group", COPIES) or (word == "category" and part_of(name, sheet.names))
            if name not in sheet.names and not derived:
                wanted = f"no column {name!r}{_WANTED[word]}"
                raise GlassnetError(f"there is {wanted}.{did_you_mean(name, sheet.names)} {columns}")
    for one, other in _AT_ODDS:
        if both := [name for name in roles.named[one] if name in roles.named[other]]:
            raise GlassnetError(f"--{one} and --{other} both name the column {both[0]!r}: give one of them.")


_AT_ODDS = (
    ("target", "drop"), ("target", "group"), ("target", "order"), ("drop", "keep"),
    ("drop", "category"),
)  # fmt: skip
_WANTED = {
    "target": "", "drop": " to leave out", "category": " to read as names", "keep": " to keep",
    "group": " to group by", "order": " to order by",
}  # fmt: skip


def read_features(path: str | Path, features: Features, reading: Words = ()) -> Any:
    """The columns that a trained model needs, as a DataFrame.

    They are found by name, and other columns are ignored. A file without a header is taken by position if it has
    exactly the columns that were trained on; the names column_1, ... of a longer one count as names.
    """
    with within_memory(path):
        return features_of(open_sheet(path, Reading.of(reading), known=features.names), features)


def features_of(sheet: Sheet, features: Features) -> Any:
    """The columns of a sheet that a trained model needs, as `read_features` finds them."""
    needed = {column.name: column.kind for column in features.columns if column.used}
    sheet = by_position(sheet, features)
    _check_needed(sheet.file, needed, sheet.names)
    import pandas as pd

    return pd.DataFrame(
        {name: column_of(sheet, name, text=kind == "text", number=kind == "number") for name, kind in needed.items()}
    )


def by_position(sheet: Sheet, features: Features) -> Sheet:
    """A sheet with the names of the features, where it has none of its own and as many columns."""
    names = features.names
    if sheet.header:
        return sheet
    if len(sheet.names) == len(names):
        return sheet.called(names)
    if set(features.needed) <= set(sheet.names):
        return sheet
    raise GlassnetError(
        f"{sheet.file} has no header and {len(sheet.names)} columns where the model needs {len(names)}: {join(names)}."
    )


def _check_needed(file: str, needed: Collection[str], names: Collection[str]) -> None:
    if missing := [name for name in needed if name not in names and not part_of(name, names)]:
        guess = did_you_mean(missing[0], names)
        raise GlassnetError(
            f"{file} lacks {len(missing)} of the {len(needed)} columns that the model needs: {join(missing)}.{guess}"
        )
