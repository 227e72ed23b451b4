"""Where every random number comes from: one seed, one numbered stream for each use of it.

A generator is made afresh from (seed, stream, epoch) wherever one is needed. So nothing has to be saved
for a resumed training to draw the same numbers, and drawing more in one place moves nothing in another.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class SideBySide:
    """The generators of networks side by side, with a generator's own face: each draws for its own network."""

    def __init__(self, each: Sequence[np.random.Generator]) -> None:
        self.each = each

    def random(self, shape: tuple[int, ...], dtype: type[np.float32]) -> NDArray[np.float32]:
        """Numbers from [0, 1), of which the first axis counts the networks."""
        return np.stack([one.random(shape[1:], dtype=dtype) for one in self.each])


#: What draws while a step is taken.
Drawn = np.random.Generator | SideBySide


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
    words = (seed, int(stream), epoch)
    # The same three numbers either way; an array is taken as it is, where a list costs a third of the whole.
    return np.random.default_rng(np.array(words, np.uint32) if seed < 2**32 else words)
