"""The way back through an activation, whatever it gives for it, and the kept memory in which steps are computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import GlassnetError
from .kinds import Activation

Array = NDArray[Any]


MOST_AT_ONCE = 1 << 17  # numbers of networks side by side that a part is handed


class Room:
    """A kept buffer of `width` columns: memory for the rows of a batch, asked for once and used again.

    With a `lead` it has room for as many batches, (*lead, n, width), of networks that are trained side by side.
    Why it is fast: new memory of this size comes from the system page by page, each one zeroed first; kept memory is
    there already, and much of it still in the processor's cache.
    """

    def __init__(self, width: int, dtype: np.dtype[Any], lead: tuple[int, ...] = ()) -> None:
        self._lead, self._width = lead, width
        self._all = np.empty(0, dtype)
        self._view = self._all.reshape(*lead, 0, width)

    def rows(self, n: int) -> Array:
        if self._view.shape[-2] != n:
            shape = (*self._lead, n, self._width)
            size = math.prod(shape)
            if len(self._all) < size:
                self._all = np.empty(size, self._all.dtype)
            self._view = self._all[:size].reshape(shape)
        return self._view


def keep_freed_memory() -> None:
    """Let this process keep up to 32 MiB of what it frees, for the next array of that size.

    glibc hands freed memory back to the system, which zeroes each page before it gives it out again: where steps make
    new arrays of some hundred kilobytes, this is up to a fifth of their time. Once a larger piece has come and gone,
    glibc takes such pieces for usual (mallopt(3), M_MMAP_THRESHOLD). Elsewhere it does nothing.
    """
    np.empty(16 << 20, np.uint8)


def add_rows(table: Array, out: Array) -> None:
    """The sum of the rows of a table (..., n, k), row after row, written into `out` (..., k).

    Why it is fast: of networks side by side NumPy's own sum goes through a few columns at a time; einsum adds whole
    rows in the same order, to the same bits, in a quarter of the time.
    """
    if table.ndim == 2 or table.shape[-1] == 1:
        np.add.reduce(table, axis=-2, out=out)
    else:
        np.einsum("...nk->...k", table, out=out)


def both_ways(
    activation: Activation, width: int, dtype: np.dtype[Any], lead: tuple[int, ...] = ()
) -> tuple[Callable[..., Array], Callable[..., Array]]:
    """(f, way back) of an activation, for the rows of one network or of as many as stand side by side."""
    ways = activation.f, way_back(activation, Room(width, dtype))
    return (by_rows(ways[0]), by_rows(ways[1])) if lead else ways


def by_rows(function: Callable[..., Array]) -> Callable[..., Array]:
    """The same function for the tables of networks side by side, (..., n, width): it is handed the rows of all.

    A part knows rows alone, (n, width), and not which network they belong to. What is too much for the cache is handed
    over network by network.
    """

    def of_all(*tables: Array) -> Array:
        lead = tables[0].shape[:-1]
        if tables[0].size > MOST_AT_ONCE:
            return _one_by_one(function, tables)
        found = function(*(table.reshape(-1, table.shape[-1]) for table in tables))
        return found.reshape(*lead, *found.shape[1:])

    return of_all


def _one_by_one(function: Callable[..., Array], tables: tuple[Array, ...]) -> Array:
    """What a function makes of the tables of each network; it may use the same memory for all of them."""
    found = None
    for number, each in enumerate(zip(*tables, strict=True)):
        mine = function(*each)
        if found is None:
            found = np.empty((len(tables[0]), *mine.shape), mine.dtype)
        found[number] = mine
    assert found is not None
    return found


def way_back(activation: Activation, room: Room) -> Callable[[Array, Array, Array], Array]:
    """(z, a, slope with respect to a) -> slope with respect to z, by whichever way the activation gives."""
    if activation.vjp is not None:
        return activation.vjp
    df = activation.df
    if df is not None:
        return lambda z, a, upstream: np.multiply(upstream, df(z, a), out=room.rows(z.shape[-2]))
    return derived_vjp(activation.f)


def derived_vjp(f: Callable[[Array], Array]) -> Callable[[Array, Array, Array], Array]:
    """The way back of a formula written with `autograd.numpy`, by automatic differentiation."""

    def vjp(z: Array, a: Array, upstream: Array) -> Array:
        from autograd import make_vjp
        from autograd.tracer import isbox

        formula = getattr(f, "bare", f)  # of other people's parts: what it can't derive is said below

        def seen(box: Any) -> Any:
            a = formula(box)
            if not isbox(a):  # the formula hides from autograd, which would warn and derive a silent zero
                raise TypeError("Output seems independent of input.")
            return a

        try:
            pull, _ = make_vjp(seen)(z)
        except (TypeError, ValueError, AttributeError) as error:
            raise GlassnetError(
                f"the slope of this activation can't be derived ({error}): give df(z, a) or vjp(z, a, upstream), "
                "or write its formula with `import autograd.numpy as np`"
            ) from error
        slope: Array = np.asarray(pull(upstream), dtype=z.dtype)
        return slope

    return vjp
