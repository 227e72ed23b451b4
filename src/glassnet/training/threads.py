"""How many threads BLAS may use: small matrices are slower on many threads, far slower on a busy machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from itertools import chain, pairwise
from typing import Any

from ..network import PREDICTION_ROWS

WORTH_THREADS = 1 << 27  # multiplications of one matrix product above which a second thread pays
NEVER_SHARED = 1 << 13  # and below which no BLAS has a second thread at all: OpenBLAS begins at 9,216


@cache
def _libraries() -> tuple[list[Any], list[Any]]:
    """The BLAS libraries with one number of threads for the process, and those (OpenMP) with one for each thread.

    What is loaded later is not among them; NumPy's own always is.
    """
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    own = [library for library in found if getattr(library, "threading_layer", "") == "openmp"]
    return [library for library in found if library not in own], own


def suited_to(rows: int, widths: list[int], scored: int = PREDICTION_ROWS) -> AbstractContextManager[Any]:
    """Hold BLAS to one thread while a step's largest matrix product is small; leave it alone otherwise.

    Where the products for so many `scored` rows are tiny as well there is one thread anyway, and holding it would take
    a sixth of a step.
    """
    return one() if _worth_holding(rows, tuple(widths), scored) else nullcontext()


@cache
def _worth_holding(rows: int, widths: tuple[int, ...], scored: int) -> bool:
    largest = max(i * o for i, o in pairwise(widths))
    return largest * max(rows, scored) >= NEVER_SHARED and largest * rows < WORTH_THREADS


class _Hold:
    """How many hold these libraries to one thread at this moment.

    Only the first sets it and only the last puts it back: each for itself would put back the one thread that another
    had set, for ever (joblib/threadpoolctl#205).
    """

    def __init__(self, libraries: list[Any]) -> None:
        self.libraries, self.count, self.before = libraries, 0, [0] * len(libraries)

    def add(self) -> None:
        if not self.count:
            self.before = [library.num_threads for library in self.libraries]
            for library in self.libraries:
                _set(library, 1)
        self.count += 1

    def remove(self) -> None:
        self.count -= 1
        if not self.count:
            for library, before in zip(self.libraries, self.before, strict=True):
                if library.num_threads == 1:  # else somebody has decided otherwise meanwhile
                    _set(library, before)


def _set(library: Any, threads: int) -> None:
    library.set_num_threads(threads)
    # Since 3.7 threadpoolctl lets no other thread change it until the one that did says so; ours may end elsewhere.
    getattr(library, "clear_controlling_thread", lambda: None)()


_lock = threading.Lock()
_of_this_thread = threading.local()


@cache
def _of_all() -> _Hold:
    return _Hold(_libraries()[0])


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # a thread that the child does not have may hold the old one


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def one() -> Iterator[None]:
    """Hold BLAS to one thread, for processes that share the cores among themselves."""
    if not hasattr(_of_this_thread, "hold"):
        _of_this_thread.hold = _Hold(_libraries()[1])
    with _lock:
        _of_all().add()
    _of_this_thread.hold.add()
    try:
        yield
    finally:
        _of_this_thread.hold.remove()
        with _lock:
            _of_all().remove()


def outlive_forks() -> bool:
    """Whether products can be computed in a fork of this process: OpenBLAS is made for it, an OpenMP that has been used
    before the fork hangs after it."""
    from threadpoolctl import ThreadpoolController

    return not ThreadpoolController().select(user_api="openmp").lib_controllers


def blas() -> list[dict[str, Any]]:
    """The BLAS libraries in use with their thread counts, for the record of a run."""
    wanted = "internal_api", "version", "num_threads"
    infos = (library.info() for library in chain(*_libraries()))
    return [{key: info.get(key) for key in wanted} for info in infos]
