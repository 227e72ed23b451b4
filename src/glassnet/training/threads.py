"""How many threads BLAS may use: small matrices are slower on many threads, far slower on a busy machine."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from itertools import pairwise
from typing import Any

WORTH_THREADS = 1 << 27  # multiplications of one matrix product above which a second thread pays


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def suited_to(rows: int, widths: list[int]) -> AbstractContextManager[Any]:
    """Hold BLAS to one thread while a step's largest matrix product is small; leave it alone otherwise."""
    largest = rows * max(i * o for i, o in pairwise(widths))
    if largest >= WORTH_THREADS:
        return nullcontext()
    return one()


def one() -> AbstractContextManager[Any]:
    """Hold BLAS to one thread, for processes that share the cores among themselves."""
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit


def blas() -> list[dict[str, Any]]:
    """The BLAS libraries in use with their thread counts, for the record of a run."""
    wanted = "internal_api", "version", "num_threads"
    return [{key: info.get(key) for key in wanted} for info in _controller().info() if info["user_api"] == "blas"]
