"""What the rules on rows look at: columns as codes and numbers, made once, and the splits that the rows fall into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kinds import ColumnRole, Dataset
from .columns import Form, form_of, input_table, measured_values
from .preparation import Prepared
from .reading import Roles
from .roles import roles_of
from .sparse import all_here
from .targets import infer_task, target_values

Array = NDArray[Any]
MOST_COLUMNS = 1_000  # inputs that are looked at


def roles_in(dataset: Dataset, X: Any) -> tuple[ColumnRole, ...]:
    """The role of each column of X, a DataFrame: as the table was read, else found out; plain numbers are inputs."""
    known = {one.name: one for one in dataset.columns}
    if set(X.columns) <= set(known):
        return tuple(known[name] for name in X.columns)
    if not hasattr(dataset.X, "iloc"):
        return tuple(ColumnRole(str(name), "number") for name in X.columns)
    return roles_of(X, Roles())


@dataclass(frozen=True, eq=False)
class Evidence:
    """A table of inputs with its target. `train` and `test` are row numbers; None where nobody has split the rows.

    `tested` are fixed test rows, which are no rows of X.
    """

    X: Any
    y: Array
    task: str
    roles: Sequence[ColumnRole]
    target_names: tuple[str, ...]
    train: Array | None = None
    test: Array | None = None
    _known: dict[tuple[str, str], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: Dataset, prepared: Prepared | None = None) -> Evidence | None:
        """The rows of a data set; None where they are pictures or sparse, whose single inputs mean little."""
        import pandas as pd

        X, names = input_table(dataset.X, dataset.feature_names)
        if dataset.image_shape or not all_here(X):
            return None
        if not hasattr(X, "iloc"):
            X = pd.DataFrame(X, columns=list(names))
        y = target_values(dataset.y)
        split = prepared is not None and not prepared.whole
        return cls(
            X, y, infer_task(dataset) if prepared is None else prepared.targets.task, roles_in(dataset, X),
            tuple(str(name) for name in dataset.target_names or ()),
            train=prepared.train.index if prepared is not None and split else None,
            test=prepared.test.index if prepared is not None and split and prepared.test is not None else None,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.y)

    @property
    def classes(self) -> bool:
        """Whether y holds one class a row."""
        return self.task in ("binary", "multiclass")

    @property
    def target(self) -> str:
        """What the target is called."""
        return self.target_names[0] if len(self.target_names) == 1 else "target"

    @cached_property
    def used(self) -> list[str]:
        """The columns that are inputs; of very many, the first ones."""
        return [role.name for role in self.roles if role.used][:MOST_COLUMNS]

    @cached_property
    def measured(self) -> list[str]:
        """The inputs that are one number a row."""
        return [name for name in self.used if self._form(name) != "text"]

    def is_measured(self, name: str) -> bool:
        """Whether a column is one number a row."""
        return self._form(name) != "text"

    def called(self, role: str) -> list[ColumnRole]:
        """The columns of one role."""
        return [one for one in self.roles if one.role == role]

    def _form(self, name: str) -> Form:
        return "text" if self._role[name] == "category" else form_of(self.X[name])

    @cached_property
    def _role(self) -> dict[str, str]:
        return {one.name: one.role for one in self.roles}

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers or dates, (n,), with NaN for gaps."""
        if ("numbers", name) not in self._known:
            self._known["numbers", name] = measured_values(self.X[name], self._form(name))
        return np.asarray(self._known["numbers", name])

    def codes(self, name: str) -> tuple[NDArray[np.intp], Any]:
        """Any column as codes (n,) of its different values, -1 for gaps, and these values in order of appearance."""
        import pandas as pd

        if ("codes", name) not in self._known:
            self._known["codes", name] = pd.factorize(self.X[name])
        codes, values = self._known["codes", name]
        return codes, values
