"""A table looked at before anybody trains on it: every column, the target, what is left out, and what stands out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GlassnetError
from ..faces import Face
from ..files import plain
from ..findings import SEEN, Finding
from ..kinds import ColumnRole, Dataset
from ..tables import Table
from ..wording import amount, bounded, count, percent, significant
from .columns import Form, form_of, input_table, measured_values
from .evidence import Evidence, roles_in
from .findings import findings_on
from .preparation import Prepared, prepare
from .reading import Roles
from .roles import roles_of
from .sparse import all_here
from .targets import infer_task, target_values

if TYPE_CHECKING:
    from .sheets import Sheet

BARS = " ▁▂▃▄▅▆▇█"
PLACES = 10  # of a small histogram
MOST_COUNTED = 20  # values of names, the most frequent
IN_A_CELL = 3
LONGEST = 24  # letters of an example


@dataclass(frozen=True)
class ColumnLook:
    """One column: its role and why, how much is missing, how many different values, and how they lie.

    Numbers and dates have `low`, `high` and `bars` (rows in equal steps from low to high), numbers a `mean`; names have
    `counts`, the most frequent first. `examples` are values of the first rows.
    """

    name: str
    role: str
    why: str = ""
    rows: int = 0
    missing: int = 0
    different: int = 0
    low: float | str | None = None
    high: float | str | None = None
    mean: float | None = None
    bars: tuple[int, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def gaps(self) -> str:
        """`177 (20 %)`; empty where nothing is missing."""
        return f"{amount(self.missing)} ({percent(self.missing / self.rows)})" if self.missing else ""

    @property
    def values(self) -> str:
        """The range of numbers, the counts of names, else some examples."""
        if not self.rows:
            return ""
        if self.different == 0:
            return "empty"
        if self.different == 1:
            return f"{self.examples[0]} everywhere" + " but in gaps" * (self.missing > 0)
        if self.low is not None:
            mean = f", mean {in_digits(self.mean, 4)}" if self.mean is not None else ""
            low, high = (in_digits(v) if isinstance(v, float) else str(v) for v in (self.low, self.high))
            return f"{low} to {high}{mean}"
        if self.counts:
            said = ", ".join(f"{value} ({amount(rows)})" for value, rows in self.counts[:IN_A_CELL])
            more = self.different - IN_A_CELL
            return said + (f" and {amount(more)} more" if more > 0 else "")
        return f"{amount(self.different)} different: {'; '.join(self.examples[:2])}; ..."

    def histogram(self, marks: str = BARS) -> str:
        """The bars as characters, a place a bar; a bar with any row at all can be seen. None without marks."""
        most = max(self.bars, default=0)
        return "".join(marks[-(-rows * (len(marks) - 1) // most)] for rows in self.bars) if marks and most else ""


@dataclass(frozen=True, repr=False)
class Look(Face):
    """What is seen of a table or a data set; `str()` of it is text, a notebook shows tables.

    `classes` are those of the target with their rows. `notes` say how the file was read and what is done to its
    columns, `trouble` why nobody can train on it as it is. `findings` are the most serious first; None where nobody has
    looked for any, as without a target.
    """

    title: str
    rows: int
    columns: tuple[ColumnLook, ...]
    notes: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    task: str = ""
    classes: tuple[tuple[str, int], ...] = ()
    image_shape: tuple[int, int] | None = None
    trouble: str = ""
    findings: tuple[Finding, ...] | None = field(default=None)

    @property
    def heading(self) -> str:
        """`titanic.csv: 891 rows, 12 columns, separated by commas; target survived (binary)`."""
        what = f"{self.title}: {count(self.rows, 'row')}, {count(len(self.columns), 'column')}"
        if self.image_shape:
            high, wide = self.image_shape
            what = f"{self.title}: {count(self.rows, 'picture')} of {wide} × {high} pixels"
        if self._says_itself:
            what = self.notes[0].removesuffix(".")
        return what + (f"; target {', '.join(self.target)} ({self.task})" if self.task else "")

    @property
    def account(self) -> tuple[str, ...]:
        """The notes, but for one that is in the heading."""
        return self.notes[1:] if self._says_itself else self.notes

    @property
    def _says_itself(self) -> bool:
        """Whether the first note says what file it is, with its rows and columns."""
        return bool(self.notes) and self.notes[0].startswith(f"{self.title}: ")

    def table(self, most: int | None = None, marks: str = BARS) -> Table:
        """A row a column; of pictures, all pixels are one."""
        shown = self.columns[:most]
        rows = [(one.name, one.role, one.gaps, one.values, one.histogram(marks)) for one in shown]
        headings = ("column", "role", "missing", "values", "histogram")
        kept = [j for j in range(len(headings)) if j < 2 or any(row[j] for row in rows)]
        return Table(
            [headings[j] for j in kept], [[row[j] for j in kept] for row in rows],
            left=("column", "missing", "values", "histogram"), wraps=("values",),
        )  # fmt: skip

    def balance(self, marks: str = BARS) -> Table | None:
        """Rows of each class; None where the target holds none."""
        if not self.classes:
            return None
        most, total = max(rows for _, rows in self.classes), sum(rows for _, rows in self.classes)
        cells = [
            (name, amount(rows), percent(rows / total), marks[-1] * max(1, round(PLACES * rows / most)))
            for name, rows in self.classes
        ]
        return Table(("class", "rows", "share", ""), cells, left=("class",))

    def to_json(self) -> str:
        """All of it as JSON."""
        return json.dumps(plain(asdict(self)))

    def __str__(self) -> str:
        lines = [self.heading, *self.account, "", *self.table().lines()]
        if balance := self.balance():
            lines += ["", *balance.lines()]
        lines += [""] * bool(self.findings) + [f"What stands out: {finding}" for finding in self.findings or ()]
        return "\n".join(lines + [self.trouble] * bool(self.trouble))

    def _repr_html_(self) -> str:
        tables = [replace(self.table(), title=self.heading), self.balance()]
        if self.findings:
            cells = [(one.name, one.severity, one.words, one.what_to_try) for one in self.findings]
            tables.append(Table(SEEN, cells, left=SEEN))
        if said := [*self.account, *([self.trouble] if self.trouble else [])]:
            how = "how it was read"
            tables.append(Table((how,), [(note,) for note in said], left=(how,)))  # "150 rows: ..." is no figure
        return "".join(table.html() for table in tables if table is not None)


# --- looking ------------------------------------------------------------------------------------------------


def look_at_sheet(sheet: Sheet, roles: Roles, task: str | None = None, most: int | None = None) -> Look:
    """A file or a DataFrame: without a target its columns alone, with one also what stands out.

    Of columns after the first `most` only the roles are known.
    """
    if not roles.target:
        return _columns_only(sheet, roles, most)
    from .tables import dataset_of

    found = look_at_dataset(dataset_of(sheet, roles), sheet.file, task, most=most)
    aside = [one for one in found.columns[:most] if not one.rows]
    read = {one.name: look_at_column(sheet.column(one.name), ColumnRole(one.name, one.role, one.why)) for one in aside}
    return replace(found, columns=tuple(read.get(one.name, one) for one in found.columns))


def _columns_only(sheet: Sheet, roles: Roles, most: int | None) -> Look:
    frame, found, notes = columns_alone(sheet, roles)
    return Look(sheet.file, len(sheet), _looked_at(frame, found, most), notes)


def columns_alone(sheet: Sheet, roles: Roles) -> tuple[Any, list[ColumnRole], tuple[str, ...]]:
    """(all columns of a file as a DataFrame, the role of each, how it was read), where nobody has named a target."""
    import pandas as pd

    frame = pd.DataFrame({name: sheet.column(name, text=name in roles.category) for name in sheet.names})
    said = [line for name in sheet.names for line in sheet.heard.of(name)]
    aside = {name: ColumnRole(name, "left out", "as you asked") for name in roles.drop}
    found = [aside.get(one.name, one) for one in roles_of(frame, roles, sheet.header)]
    said += [f"{role.why}." for role in found if role.word]
    return frame, found, (*sheet.notes, *said)


def look_at_dataset(
    dataset: Dataset, title: str, task: str | None = None, prepared: Prepared | None = None, findings: bool = True,
    most: int | None = None, columns: bool = True,
) -> Look:  # fmt: skip
    """Rows in memory; `prepared` is what a training has made of them, else they are split as one would by default.

    Of columns that are not among the rows, as they were left out, only their roles are known. Without `columns` none of
    them is looked at, for which pandas is needed.
    """
    trouble = ""
    if prepared is None:
        try:
            prepared = prepare(dataset, infer_task(dataset, task))
        except GlassnetError as error:
            trouble = f"Nobody can train on it as it is: {error}"
    y = target_values(dataset.y)
    names = tuple(str(name) for name in dataset.target_names or ("target",))
    classes: tuple[tuple[str, int], ...] = ()
    if prepared is not None and prepared.targets.classes is not None:
        rows = np.bincount(prepared.targets.codes(y), minlength=len(prepared.targets.classes))
        classes = tuple(zip(map(str, prepared.targets.classes), map(int, rows), strict=True))
    inputs = {one.name: one for one in _inputs(dataset, most)} if columns else {}
    targets = {one.name: one for one in _targets(y, names, classes)} if columns else {}
    order = [one.name for one in dataset.columns] or [*inputs, *targets]
    aside = {one.name: ColumnLook(one.name, one.role, one.why) for one in dataset.columns}
    known = aside | inputs | targets
    return Look(
        title, len(y), tuple(known[name] for name in order),
        (*dataset.notes, *(prepared.account if prepared else ())), tuple(targets) or names,
        prepared.targets.task if prepared else "", classes, dataset.image_shape, trouble,
        _found(dataset, prepared) if findings else None,
    )  # fmt: skip


def _found(dataset: Dataset, prepared: Prepared | None) -> tuple[Finding, ...] | None:
    evidence = None if prepared is None else Evidence.of(dataset, prepared)
    return None if evidence is None else tuple(findings_on(evidence))


def _inputs(dataset: Dataset, most: int | None) -> tuple[ColumnLook, ...]:
    import pandas as pd

    if dataset.image_shape:
        return ()
    X, names = input_table(dataset.X, dataset.feature_names)
    if not all_here(X):
        return tuple(ColumnLook(name, "number", rows=len(X)) for name in names)
    frame = X if hasattr(X, "iloc") else pd.DataFrame(X, columns=list(names))
    return _looked_at(frame, roles_in(dataset, frame), most)


def _looked_at(frame: Any, roles: Sequence[ColumnRole], most: int | None) -> tuple[ColumnLook, ...]:
    """The first columns of a table, and the mere roles of the others."""
    several = len(roles) if most is None else most
    seen = [look_at_column(frame[role.name], role) for role in roles[:several]]
    return (*seen, *(ColumnLook(role.name, role.role, role.why) for role in roles[several:]))


def _targets(y: Any, names: Sequence[str], classes: Any) -> tuple[ColumnLook, ...]:
    import pandas as pd

    several = y.reshape(len(y), -1)
    if len(names) != several.shape[1]:
        names = [f"target_{column + 1}" for column in range(several.shape[1])]
    role = "category" if classes else "number"
    seen = [look_at_column(pd.Series(several[:, j], name=name), ColumnRole(name, role)) for j, name in enumerate(names)]
    if classes:
        ordered = tuple(sorted(classes, key=lambda pair: -pair[1])[:MOST_COUNTED])
        seen = [replace(seen[0], counts=ordered)]
    return tuple(replace(one, role="target") for one in seen)


def look_at_column(column: Any, role: ColumnRole) -> ColumnLook:
    """One column of a table, a pandas Series, in its role."""
    missing = int(column.isna().sum())
    counted = column.value_counts(sort=False) if column.dtype == object else column.dropna()
    different = len(counted) if column.dtype == object else int(counted.nunique())
    present = column.dropna()
    examples = tuple(short(value) for value in present.iloc[:IN_A_CELL].tolist())
    seen = ColumnLook(role.name, role.role, role.why, len(column), missing, different, examples=examples)
    if different == 0:
        return seen
    form: Form = "text" if role.role == "category" else form_of(column)
    if form in ("number", "date") and column.dtype != bool:
        return replace(seen, **_span(column, form, different))
    if role.role == "id" or different > max(MOST_COUNTED, len(column) / 2):
        return seen
    counts = present.value_counts()
    frequent = sorted(counts.items(), key=lambda pair: -pair[1])[:MOST_COUNTED]
    return replace(seen, counts=tuple((short(value), int(rows)) for value, rows in frequent))


def _span(column: Any, form: Form, different: int) -> dict[str, Any]:
    numbers = measured_values(column, form)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return {}
    low, high = float(numbers.min()), float(numbers.max())
    places = different if different <= PLACES and _is_steps(low, high, different) else PLACES
    bars = np.histogram(numbers, places, (low, high))[0] if high > low else ()
    found: dict[str, Any] = {"bars": tuple(map(int, bars))}
    if form == "date":
        days = [str(np.datetime64(int(np.floor(day)), "D")) for day in (low, high)]
        return found | {"low": days[0], "high": days[1]}
    return found | {"low": low, "high": high, "mean": float(numbers.mean())}


def _is_steps(low: float, high: float, different: int) -> bool:
    """Whether numbers are 3, 4, 5: a bar for each."""
    return high - low == different - 1


def in_digits(value: float, digits: int = 6) -> str:
    """A number of a column: 0.4167, 1955, 12,300. A year has no separator."""
    text = significant(value, digits)
    return text if abs(value) >= 10_000 else text.replace(",", "")


def short(value: Any) -> str:
    """A value as an example: 2.5, `Braund, Mr. Owen Harris`, long text with how much is left out."""
    if isinstance(value, float):
        return in_digits(value)
    return bounded(" ".join(str(value).split()), LONGEST) if len(str(value)) > 2 * LONGEST else str(value)
