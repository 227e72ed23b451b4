"""How an epoch visits the rows: each once, in an order drawn anew (or always their own), a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..backward import Room
from ..data import Rows
from ..data.sparse import dense, gather
from ..data.stored import Stored
from ..streams import Stream, generator
from .epochs import Plan

Array = NDArray[Any]
Batch = tuple[Array, Array, Array | None]  # X, t and, where rows have them, weights

GATHERED = 1 << 17  # elements of X gathered at once: several small batches for one call, still within the cache


def batch_starts(n: int, batch_size: int | None, join_single: bool) -> list[int]:
    """Where each batch begins; the last takes the remainder. Without a size all rows are one batch.

    With `join_single`, a last batch of a single row joins its neighbour: batch statistics need two.
    """
    starts = list(range(0, n, batch_size or n))
    if join_single and len(starts) > 1 and n - starts[-1] == 1:
        starts.pop()
    return starts


def visiting_order(X: Any, batches: int, plan: Plan, epoch: int) -> Array:
    """The numbers of the rows X in the order in which an epoch visits them: their own, where nothing is shuffled.

    A single batch of all has no order to speak of. Rows that stay in their file are drawn by blocks.
    """
    if not plan.shuffle or batches == 1:
        return np.arange(len(X))
    rng = generator(plan.seed, Stream.SHUFFLE, epoch)
    return X.order(rng) if isinstance(X, Stored) else rng.permutation(len(X))


class Batches:
    """Iterate over (X, t, weight) of each batch in the given order, of the `rows` of each network side by side.

    For a single network `rows` is a list of one, and the order (n,) and what is handed out have no axis in front.
    Rows are gathered into one kept buffer for several small batches at a time. What is handed out is a view
    of it and lasts until the next batch is asked for. Why it is fast: one `take` for many batches costs little more
    than one for a single batch, and a buffer that is kept is memory that the cache already knows.
    """

    def __init__(self, rows: Sequence[Rows], starts: list[int], lead: tuple[int, ...] = ()) -> None:
        first, n = rows[0], len(rows[0])
        self.lead, self.starts = lead, starts
        self.rows = rows[:1] if all(one is first for one in rows) else rows  # all that are not the same
        self.stops = [*starts[1:], n]
        self.sizes = np.diff([*starts, n])
        largest, d = int(self.sizes.max()), first.X.shape[1]
        self._whole = self._of_all() if len(starts) == 1 else None
        self._together = max(1, GATHERED // max(1, largest * d * len(rows)))
        self._X, self._t = Room(d, first.X.dtype, lead), Room(first.t.shape[1], first.t.dtype, lead)

    def _of_all(self) -> Batch:
        """All rows as one batch: no order to speak of, and nothing to copy from step to step."""
        X = side_by_side([dense(rows.X) for rows in self.rows], self.lead)
        everyone = np.broadcast_to(np.arange(X.shape[-2]), (*self.lead, X.shape[-2]))
        return X, self.targets(everyone), self.weights(everyone)

    def targets(self, order: Array) -> Array:
        """The targets of all rows, (..., n, c), in the order of each network."""
        return self._each(lambda rows: rows.t, order)

    def weights(self, order: Array) -> Array | None:
        """The weights of all rows, (..., n), in the order of each network; None where rows have none."""
        return None if self.rows[0].weight is None else self._each(lambda rows: rows.weight, order)

    def answers(self, order: Array) -> tuple[Array, Array | None]:
        """Targets and weights of all rows, (..., n, c) and (..., n), as an epoch in this order has met them."""
        return (self.targets(order), self.weights(order)) if self._whole is None else self._whole[1:]

    def _each(self, what: Callable[[Rows], Any], order: Array) -> Array:
        found = [what(rows)[mine] for rows, mine in zip(self.rows, self._apart(order), strict=True)]
        return np.stack(found) if len(found) > 1 else found[0]

    def _apart(self, array: Array) -> Array:
        """What of an array belongs to each of the rows: all of it, where all networks see the same rows."""
        return array if len(self.rows) > 1 else array[None]

    def in_order(self, order: Array) -> Iterator[Batch]:
        if self._whole is not None:
            yield self._whole
            return
        for first in range(0, len(self.starts), self._together):
            group = range(first, min(first + self._together, len(self.starts)))
            begin = self.starts[first]
            chosen = order[..., begin : self.stops[group[-1]]]
            X, t = self._X.rows(chosen.shape[-1]), self._t.rows(chosen.shape[-1])
            for rows, mine, x, y in zip(self.rows, *map(self._apart, (chosen, X, t)), strict=True):
                gather(rows.X, mine, x)
                # mode="clip" lets NumPy write straight into `out`; the order never points outside
                np.take(rows.t, mine, axis=0, out=y, mode="clip")
            weight = self.weights(chosen)
            for number in group:
                batch = slice(self.starts[number] - begin, self.stops[number] - begin)
                yield X[..., batch, :], t[..., batch, :], None if weight is None else weight[..., batch]


def side_by_side(tables: Sequence[Array], lead: tuple[int, ...]) -> Array:
    """The tables of networks side by side, (*lead, n, width): one for all where it is the same, else a copy of each."""
    if not lead:
        return tables[0]
    if all(table is tables[0] for table in tables):  # also where there is one for all of them
        return np.broadcast_to(tables[0], (*lead, *tables[0].shape))
    return np.stack(tables)
