"""What many examples prove together: all of them in `make soak`, a fixed part of them in the gate."""

import os
from collections.abc import Iterable
from typing import TypeVar

One = TypeVar("One")

SOAK = bool(os.environ.get("GLASSNET_SOAK"))


def some(cases: Iterable[One], every: int) -> list[One]:
    """All of the cases in `make soak`; in the gate the first of each so many."""
    return list(cases)[:: 1 if SOAK else every]
