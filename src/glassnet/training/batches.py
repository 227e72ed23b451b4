"""How an epoch visits the rows: each once, in an order drawn anew (or always their own), a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Rows
from ..data.sparse import dense, gather
from ..streams import Stream, generator
from .epochs import Plan

Array = NDArray[Any]

GATHERED = 1 << 17  # elements of X gathered at once: several small batches for one call, still within the cache


def batch_starts(n: int, batch_size: int | None, join_single: bool) -> list[int]:
    """Where each batch begins; the last takes the remainder. Without a size all rows are one batch.

    With `join_single`, a last batch of a single row joins its neighbour: batch statistics need two.
    """
    starts = list(range(0, n, batch_size or n))
    if join_single and len(starts) > 1 and n - starts[-1] == 1:
        starts.pop()
    return starts


def visiting_order(n: int, batches: int, plan: Plan, epoch: int) -> Array:
    """The row numbers in the order in which an epoch visits them: their own, where nothing is shuffled.

    A single batch of all has no order to speak of.
    """
    shuffled = plan.shuffle and batches > 1
    return generator(plan.seed, Stream.SHUFFLE, epoch).permutation(n) if shuffled else np.arange(n)


class Batches:
    """Iterate over (X, t, weight) of each batch of `rows` in the given order.

    Rows are gathered into one kept buffer for several small batches at a time. What is handed out is a view
    of it and lasts until the next batch is asked for. Why it is fast: one `take` for many batches costs little more
    than one for a single batch, and a buffer that is kept is memory that the cache already knows.
    """

    def __init__(self, rows: Rows, starts: list[int]) -> None:
        self.rows = rows
        self.stops = [*starts[1:], len(rows)]
        self.starts = starts
        self.sizes = np.diff([*starts, len(rows)])
        largest = int(self.sizes.max())
        self._all = dense(rows.X) if len(starts) == 1 else rows.X[:0]
        self._together = max(1, GATHERED // max(1, largest * rows.X.shape[1]))
        size = min(largest * self._together, len(rows))
        self._X = np.empty((size, rows.X.shape[1]), rows.X.dtype)
        self._t = np.empty((size, rows.t.shape[1]), rows.t.dtype)

    def order(self, plan: Plan, epoch: int) -> Array:
        """The order of an epoch's rows."""
        return visiting_order(len(self.rows), len(self.starts), plan, epoch)

    def in_order(self, order: Array) -> Iterator[tuple[Array, Array, Array | None]]:
        rows = self.rows
        if len(self.starts) == 1:  # one batch of all rows: no order to speak of, and nothing to copy
            yield self._all, rows.t, rows.weight
            return
        for first in range(0, len(self.starts), self._together):
            group = range(first, min(first + self._together, len(self.starts)))
            begin = self.starts[first]
            chosen = order[begin : self.stops[group[-1]]]
            X = gather(rows.X, chosen, self._X[: len(chosen)])
            # mode="clip" lets NumPy write straight into `out`; the order never points outside
            t = np.take(rows.t, chosen, axis=0, out=self._t[: len(chosen)], mode="clip")
            weight = None if rows.weight is None else rows.weight[chosen]
            for number in group:
                batch = slice(self.starts[number] - begin, self.stops[number] - begin)
                yield X[batch], t[batch], None if weight is None else weight[batch]
