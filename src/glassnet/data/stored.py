"""Rows that stay in their file and are read a few at a time: what does not fit into memory can be learned all the same.

A network only ever sees a batch. Reading single rows from all over a file would take for ever, so a file is read in
blocks of neighbouring rows, a few blocks are held at a time, and an epoch mixes the rows of these: each row once, as
ever. What is kept in memory of each row is its target, and a few numbers more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import GlassnetError
from ..wording import count, memory
from .sources import free_memory

Array = NDArray[Any]
Prepare = Callable[[Array, Array, Array], None]  # rows as they are in the file, their numbers, and where to write
Prepared = tuple[Prepare, int, DTypeLike]  # with the columns and the dtype of what it writes
BLOCK = 2**20  # bytes of a block: the way to it costs a disk no more than reading it
TOGETHER = 16  # blocks that are held at a time, and whose rows an epoch mixes
HELD = 64  # blocks of this size that are held at most, where those of the file are larger


class RowFile(Protocol):
    """A file of n rows of d numbers, of which neighbouring rows can be read."""

    @property
    def file(self) -> str: ...

    @property
    def shape(self) -> tuple[int, int]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    def edges(self, size: int) -> Array:
        """Where blocks of about `size` rows begin, and the number of all rows: what lies between is read at once."""

    def read(self, first: int, stop: int) -> Array:
        """The rows from one to before another, (stop - first, d)."""


class Shelf:
    """The blocks of a file that were read last, in one kept array."""

    def __init__(self, source: RowFile) -> None:
        n, d = source.shape
        row = d * source.dtype.itemsize
        self.source, self.usual = source, max(1, BLOCK // row)
        self.edges = source.edges(n if n * row <= TOGETHER * BLOCK else self.usual)
        self.size = int(np.diff(self.edges).max())
        self.blocks = len(self.edges) - 1
        self.together = min(TOGETHER, max(2, HELD * BLOCK // (self.size * row)))
        self._lock = Lock()  # threads of a sweep share their rows
        self._place = np.full(self.blocks, -1)  # where each block lies, if it is here
        self._here: list[int] = []  # the blocks that are here, the one read longest ago first
        self._kept: Array | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Shelf, (self.source,)  # another process reads for itself

    def take(self, rows: Array) -> Array:
        """These rows (k,) as they are in the file, (k, d)."""
        out = np.empty((len(rows), self.source.shape[1]), self.source.dtype)
        blocks = self.of(rows)
        within = rows - self.edges[blocks]
        with self._lock:
            rounds = self._rounds(np.unique(blocks))
            for some in rounds:
                kept = self._fetch(some)
                if len(rounds) == 1:
                    return np.take(kept, self._place[blocks] * self.size + within, axis=0, out=out, mode="clip")
                chosen = np.isin(blocks, some)
                out[chosen] = kept[self._place[blocks[chosen]] * self.size + within[chosen]]
        return out

    def of(self, rows: Array) -> Array:
        """The block of each row."""
        return np.searchsorted(self.edges, rows, side="right") - 1

    def _rounds(self, needed: Array) -> list[Array]:
        """The blocks in as few parts as can be here together; first those that are here already."""
        if len(needed) <= self.together:
            return [needed]
        here = self._place[needed] >= 0
        rest = needed[~here]
        parts = [rest[first : first + self.together] for first in range(0, len(rest), self.together)]
        return [needed[here], *parts] if here.any() else parts

    def _fetch(self, blocks: Array) -> Array:
        """Read those of the blocks that aren't here, each in the place of the one that was read longest ago."""
        d, places = self.source.shape[1], min(self.together, self.blocks)
        if self._kept is None:
            self._kept = np.empty((places * self.size, d), self.source.dtype)
        for block in blocks[self._place[blocks] < 0].tolist():
            first, stop = self.edges[block : block + 2].tolist()
            rows = self.source.read(first, stop)  # before a place is made for them: it may break off
            if len(self._here) < places:
                place = len(self._here)
            else:
                gone = next(one for one in self._here if one not in blocks)
                self._here.remove(gone)
                place, self._place[gone] = int(self._place[gone]), -1
            self._kept[place * self.size : place * self.size + len(rows)] = rows
            self._place[block] = place
            self._here.append(block)
        return self._kept


class Stored:
    """Rows of a file (n, d) that stay there: `X[rows]` is a plain array of them, `X.part(rows)` are fewer of them."""

    def __init__(self, shelf: Shelf, index: Array, places: Array, prepared: Prepared | None = None):
        self.shelf, self.index, self.places, self.prepared = shelf, index, places, prepared
        width, dtype = (len(places), shelf.source.dtype) if prepared is None else prepared[1:]
        self.shape: tuple[int, int] = (len(index), width)
        self.dtype: np.dtype[Any] = np.dtype(dtype)

    @classmethod
    def of(cls, source: RowFile) -> Stored:
        """All rows and columns of a file."""
        n, d = source.shape
        return cls(Shelf(source), np.arange(n), np.arange(d))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> Array:
        if isinstance(rows, tuple):  # rows and columns
            return self[rows[0]][..., rows[1]]
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            return self[np.array([rows])][0]
        chosen = np.arange(len(self))[rows] if isinstance(rows, slice) else np.asarray(rows)
        if chosen.dtype == bool:
            chosen = np.flatnonzero(chosen)
        return self.into(chosen, np.empty((len(chosen), self.shape[1]), self.dtype))

    def into(self, rows: Array, out: Array) -> Array:
        """The rows written into `out`, a few at a time: nowhere are they all a second time."""
        columns = _as_slice(self.places)
        for first in range(0, len(rows), self._step):
            numbers = self.index[rows[first : first + self._step]]
            block, there = self.shelf.take(numbers), out[first : first + self._step]
            if len(self.places) < block.shape[1]:
                block = block[:, columns]
            if self.prepared is None:
                there[...] = block
            else:
                there[...] = 0
                self.prepared[0](block, numbers, there)
        return out

    @property
    def _step(self) -> int:
        return self.shelf.usual * 2

    def part(self, rows: Any, dtype: DTypeLike | None = None) -> Stored:
        """Some of the rows, still in their file."""
        return Stored(self.shelf, self.index[rows], self.places, self.prepared)

    def inputs(self, columns: Array) -> Stored:
        """Some of the columns, by number or marked, as they are in the file."""
        return Stored(self.shelf, self.index, self.places[columns])

    def through(self, prepare: Prepare, width: int, dtype: DTypeLike) -> Stored:
        """The same rows as `prepare` writes them, whenever they are read."""
        return Stored(self.shelf, self.index, self.places, (prepare, width, dtype))

    def passed(self, rows: Array | None = None) -> Iterator[tuple[Array, Array]]:
        """(their numbers in X, the rows) from first to last, a few at a time."""
        rows = np.arange(len(self)) if rows is None else rows
        for first in range(0, len(rows), self._step):
            some = rows[first : first + self._step]
            yield some, self[some]

    @property
    def few(self) -> bool:
        """Whether all blocks can be here at once: then nothing is done otherwise than in memory."""
        return self.shelf.blocks <= self.shelf.together

    @property
    def said(self) -> tuple[str, ...]:
        """How an epoch visits the rows, for people, where that is otherwise than in memory."""
        shelf = self.shelf
        if self.few:
            return ()
        even = len(set(np.diff(shelf.edges)[:-1])) == 1
        blocks = f"{count(shelf.blocks, 'block')} of {'' if even else 'up to '}{count(shelf.size, 'row')}"
        return (f"An epoch visits each row once, and mixes those of {shelf.together} of its {blocks} at a time.",)

    def at_once(self) -> Array:
        """All rows in memory, refused where there is no room for them."""
        size = len(self) * self.shape[1] * self.dtype.itemsize
        if 2 * size > (room := free_memory()):
            raise GlassnetError(
                f"{count(len(self), 'row')} of {self.shelf.source.file} at once take {memory(size)}, and "
                f"{memory(room)} of memory are free: give a --batch-size and an optimizer that takes batches"
            )
        return self[:]

    def order(self, rng: np.random.Generator) -> Array:
        """Each row once, drawn by blocks: blocks in random order, and the rows of some of them mixed at a time."""
        blocks, together = self.shelf.of(self.index), self.shelf.together
        by_block = np.argsort(blocks, kind="stable")
        parts = np.split(by_block, np.flatnonzero(np.diff(blocks[by_block])) + 1)
        if len(parts) <= together:
            return rng.permutation(len(self))
        drawn = rng.permutation(len(parts))
        mixed = (drawn[first : first + together] for first in range(0, len(drawn), together))
        return np.concatenate([rng.permutation(np.concatenate([parts[one] for one in some])) for some in mixed])


def _as_slice(places: Array) -> Any:
    """Neighbouring columns as a slice, which copies nothing; others as they are."""
    first, many = int(places[0]), len(places)
    return slice(first, first + many) if int(places[-1]) - first == many - 1 else places
