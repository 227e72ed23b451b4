"""A sweep on this machine: one process a core, each with one BLAS thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..errors import GlassnetError
from .cells import Job, Outcome, division_of, train_cell, train_cells
from .division import Division
from .packing import gain, packed

WORTH_PROCESSES = 3  # seconds of work: below, it is done before other processes would have come up
IDLE = 60  # seconds until a worker without work ends: those of a sweep that was killed must not stay for long


def cores() -> int:
    """How many cells are trained at once unless it is said: one for each core that this process may use."""
    from joblib import cpu_count

    count: int = cpu_count()
    return count


def on_this_machine(jobs: Sequence[Job], processes: int) -> Iterator[Outcome]:
    """Train the cells, those of one shape side by side, in so many processes; outcomes come as they are ready.

    A single process is this one, and so it is where the first cell shows that all are done before others had started.
    Breaking off ends the others.
    """
    if not jobs:
        return
    first, others = jobs[0], jobs[1:]
    outcome = train_cell(first, _rows(first))
    yield outcome
    if min(processes, len(others)) <= 1 or (
        not outcome.failed and outcome.seconds * len(others) / gain(others) < WORTH_PROCESSES
    ):
        for pack in packed(others, seconds=outcome.seconds):
            yield from train_cells(pack, _rows(pack[0]))
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    packs = packed(others, processes, outcome.seconds)
    # One pack a task: outcomes are handed over, and written down, as soon as they are there.
    workers = Parallel(
        min(processes, len(packs)), backend="loky", batch_size=1, return_as="generator_unordered",
        idle_worker_timeout=IDLE,
    )  # fmt: skip
    outcomes = workers(delayed(train_cells)(pack, _rows(pack[0])) for pack in packs)
    try:
        for found in outcomes:
            yield from found
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
