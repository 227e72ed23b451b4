"""Where every random number comes from: one seed, one numbered stream for each use of it.

A generator is made afresh from (seed, stream, epoch) wherever one is needed. So nothing has to be saved
for a resumed training to draw the same numbers, and drawing more in one place moves nothing in another.
"""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a random number is for. The values are part of what a seed means: never renumber them."""

    SPLIT = 0
    WEIGHTS = 1
    SHUFFLE = 2
    DROPOUT = 3
    DATA = 4
    BOOTSTRAP = 5
    FOLDS = 6
    SEARCH = 7


def generator(seed: int, stream: Stream, epoch: int = 0) -> np.random.Generator:
    """The generator of one stream of one seed; `epoch` only where each epoch draws anew."""
    return np.random.default_rng([seed, int(stream), epoch])
