"""How far two models are apart, and whether that is more than luck with the rows that judged them.

The rows that judge are few, so a score has an interval. Two intervals that overlap say little about two models that
were judged by the very same rows: luck with these rows is shared. The difference is then judged row by row instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..streams import Stream, generator
from .results import Interval


@dataclass(frozen=True)
class Difference:
    """One score less another. `low` and `high` are its 95 % interval.

    `paired` says how it was judged: on resampled rows that both share, or, where they were judged by different rows,
    from their two intervals alone, which is more cautious.
    """

    value: float
    low: float
    high: float
    paired: bool

    @property
    def exceeds(self) -> bool:
        """Whether the interval leaves 0 out: more than luck with the rows."""
        return self.low > 0 or self.high < 0


#: rows (m,), some of them perhaps several times -> the score on them.
OnRows = Callable[[NDArray[np.intp]], float]


def paired(one: OnRows, other: OnRows, n: int, seed: int, resamples: int, apart: Difference) -> Difference:
    """The other score less the one, on resampled rows; `apart` where no resampling moves it, which has a width."""
    rng = generator(seed, Stream.BOOTSTRAP)
    whole = np.arange(n)
    value = other(whole) - one(whole)
    drawn = (rng.integers(0, n, n) for _ in range(resamples))
    differences = np.array([other(rows) - one(rows) for rows in drawn])
    differences = differences[np.isfinite(differences)]  # a sample may hold one class only
    low, high = np.quantile(differences, [0.025, 0.975]) if len(differences) else (0.0, 0.0)
    if not low < high:
        return replace(apart, value=value, paired=True)
    return Difference(value, float(low), float(high), paired=True)


def unpaired(one: tuple[float, Interval], other: tuple[float, Interval]) -> Difference:
    """The interval of the difference of two independent scores, from each one's own (Newcombe 1998, method 10)."""
    (ours, (our_low, our_high)), (theirs, (their_low, their_high)) = one, other
    value = theirs - ours
    low = value - float(np.hypot(theirs - their_low, our_high - ours))
    high = value + float(np.hypot(their_high - theirs, ours - our_low))
    return Difference(value, low, high, paired=False)
