"""The numbers in a file, read once by a process: sixteen networks on a table need not read it sixteen times."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def numbers_in(path: Path, **how: Any) -> Array:
    """What `np.loadtxt(path, **how)` gives, an array of the caller's own; a file that has changed is read anew."""
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size, **how).copy()


@lru_cache(maxsize=16)  # the tables that we ship are ten, of 2 MB at most
def _read(path: Path, changed: int, size: int, **how: Any) -> Array:
    return np.loadtxt(path, **how)
