"""A sweep on this machine: one process a core, each with one BLAS thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..errors import GlassnetError
from .cells import Job, Outcome, division_of, train_cell
from .division import Division

IDLE = 60  # seconds until a worker without work ends: those of a sweep that was killed must not stay for long


def cores() -> int:
    """How many cells are trained at once unless it is said: one for each core that this process may use."""
    from joblib import cpu_count

    count: int = cpu_count()
    return count


def on_this_machine(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """Train the cells, `processes` at a time; outcomes come as they are ready, in no order.

    A single process is this one. Breaking off ends the others.
    """
    if min(processes, len(jobs)) <= 1:
        for job in jobs:
            yield train_cell(job)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    # One cell a task: an outcome is handed over, and written down, as soon as it is there.
    workers = Parallel(
        min(processes, len(jobs)), backend="loky", batch_size=1, return_as="generator_unordered",
        idle_worker_timeout=IDLE,
    )  # fmt: skip
    outcomes = workers(delayed(train_cell)(job, _rows(job)) for job in jobs)
    try:
        yield from outcomes
    except TerminatedWorkerError as error:
        raise GlassnetError(
            "a worker process was killed, perhaps because memory ran out: go on with --resume, and fewer --jobs"
        ) from error
    finally:
        outcomes.close()


def _rows(job: Job) -> Division | None:
    """The rows of a cell, for a worker that need not load them then, nor what loads them: libraries take seconds.

    Arrays are handed over cheaply, large ones as files in memory. Tables of text are not, and what can't be loaded
    here is left to the worker, whose outcome says why.
    """
    try:
        division = division_of(job)
    except GlassnetError:
        return None
    return division if isinstance(division.source.X, np.ndarray) else None
