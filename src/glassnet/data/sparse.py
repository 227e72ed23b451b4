"""Inputs that are mostly zeros, as words and one-hot columns are: kept sparse, written out a few rows at a time.

A table of 20,000 texts and 50,000 words is 8 GB as plain numbers and 20 MB without its zeros. A network computes with
plain numbers, but it only ever sees a batch of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import GlassnetError
from ..wording import amount, count
from .stored import Stored

Array = NDArray[Any]
MOST_AT_ONCE = 2**28  # numbers that are written out at a time: 2 GiB in double precision


class Sparse:
    """A SciPy matrix (n, d) as rows: `X[rows]` is a plain array of them, `X.part(rows)` keeps them sparse."""

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix.tocsr()
        self.shape: tuple[int, int] = self.matrix.shape
        self.dtype: np.dtype[Any] = self.matrix.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> Array:
        if np.ndim(rows) == 0 and not isinstance(rows, slice):  # one row, of which SciPy's arrays make a vector
            return _written_out(self.matrix[[rows]], None)[0]
        return _written_out(self.matrix[rows], None)

    def part(self, rows: Any, dtype: DTypeLike | None = None) -> Sparse:
        """Some of the rows, by default in the same dtype."""
        return Sparse(self.matrix[rows].astype(self.dtype if dtype is None else dtype, copy=False))

    def means(self, rows: Any) -> Array:
        """The mean of each column over these rows (d,), in float64."""
        return np.asarray(self.matrix[rows].mean(axis=0, dtype=np.float64)).ravel()


def is_sparse(X: Any) -> bool:
    """Whether X is a sparse matrix of SciPy's."""
    return hasattr(X, "toarray") and hasattr(X, "tocsr")


def all_here(X: Any) -> bool:
    """Whether all rows lie here as plain numbers: neither sparse nor in their file."""
    return not isinstance(X, Sparse | Stored)


def dense(X: Array | Sparse | Stored) -> Array:
    """All rows as one plain array: for what looks at all of them at once."""
    if isinstance(X, Stored):
        return X.at_once()
    return X[:] if isinstance(X, Sparse) else X


def some_of(X: Array | Sparse | Stored, rows: slice) -> Any:
    """Some rows, without copying plain ones, writing out sparse ones or reading those in a file."""
    return X[rows] if all_here(X) else X.part(rows)  # type: ignore[union-attr]


def below_each_other(first: Array | Sparse, second: Array | Sparse) -> Array | Sparse:
    """The rows of both in the dtype of the first, sparse where it is."""
    if not isinstance(first, Sparse):
        return np.concatenate([first, dense(second)]).astype(first.dtype, copy=False)
    from scipy.sparse import csr_array, vstack

    more = second.matrix if isinstance(second, Sparse) else csr_array(second)
    return Sparse(vstack([first.matrix, more.astype(first.dtype)], format="csr"))


def gather(X: Array | Sparse | Stored, chosen: Array, out: Array) -> Array:
    """The chosen rows, written straight into `out`."""
    if isinstance(X, Stored):
        return X.into(chosen, out)
    if isinstance(X, Sparse):
        return _written_out(X.matrix[chosen], out)
    return np.take(X, chosen, axis=0, out=out, mode="clip")  # "clip" lets NumPy write into `out` without a copy


def _written_out(matrix: Any, out: Array | None) -> Array:
    refuse_too_many(*matrix.shape)
    return np.asarray(matrix.toarray(order="C") if out is None else matrix.toarray(out=out))


def refuse_too_many(n: int, d: int) -> None:
    """Refuse to write out so many rows of sparse inputs at once."""
    if n * d > MOST_AT_ONCE:
        raise GlassnetError(
            f"{count(n, 'row')} of {count(d, 'sparse column')} at once are more than {amount(MOST_AT_ONCE)} numbers: "
            "give a smaller --batch-size and an optimizer that takes batches, or fewer columns"
        )
