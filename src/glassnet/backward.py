"""The way back through an activation, whatever it gives for it, and the kept memory in which steps are computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import GlassnetError
from .kinds import Activation

Array = NDArray[Any]


class Room:
    """A kept buffer of `width` columns: memory for the rows of a batch, asked for once and used again.

    Why it is fast: new memory of this size comes from the system page by page, each one zeroed first; kept memory is
    there already, and much of it still in the processor's cache.
    """

    def __init__(self, width: int, dtype: np.dtype[Any]) -> None:
        self._all = np.empty((0, width), dtype)
        self._view = self._all

    def rows(self, n: int) -> Array:
        if len(self._view) != n:
            if len(self._all) < n:
                self._all = np.empty((n, self._all.shape[1]), self._all.dtype)
            self._view = self._all[:n]
        return self._view


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
