"""A sweep on this machine: one process a core, each with one BLAS thread."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from math import inf

import numpy as np

from ..errors import GlassnetError
from ..training import threads
from .cells import Job, Outcome, Workers, division_of, train_cells, training_of
from .division import Division
from .packing import gain, packed

WORTH_PROCESSES = 3  # seconds of work: below, it is done before processes that have to load everything would be there
IDLE = 60  # seconds until a worker without work ends: those of a sweep that was killed must not stay for long
HANDED_OVER = 32 << 20  # bytes of rows: larger ones a worker loads itself, once
KILLED = "a worker process was killed, perhaps because memory ran out: go on with --resume, and fewer --jobs"


def cores() -> int:
    """How many cells are trained at once unless it is said: one for each core that this process may use."""
    from joblib import cpu_count

    count: int = cpu_count()
    return count


@contextmanager
def this_machine(processes: int, sample: Job) -> Iterator[Workers]:
    """Who trains cells like the sample in so many processes; outcomes come as they are ready, in no order.

    Where it is safe, these are forks of this process, which are there at once. Ask for them before a thread begins to
    show how far all is: what other threads are doing at that moment never ends in a fork.
    """
    pace = _pace(sample)  # forks find done what comes before a first epoch
    if processes > 1 and sys.platform == "linux" and threading.active_count() == 1 and threads.outlive_forks():
        with _forks(processes) as forks:
            yield lambda jobs: _among(forks, jobs, processes, pace)
    else:
        yield lambda jobs: on_this_machine(jobs, processes, pace)


@contextmanager
def _forks(processes: int) -> Iterator[Executor]:
    """Forks of this process that wait for work; all of them end with the context, or with this process."""
    before = multiprocessing.active_children()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), initializer=_end_with_parent)
    try:
        hears = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # not they end at Ctrl-C: we end them
        try:
            pool.submit(int)  # with the first task all of them begin
        except OSError as error:
            reason = error.strerror or error
            raise GlassnetError(f"{processes} processes can't be started ({reason}): give fewer --jobs") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, hears)
        yield pool
    except BaseException:
        begun = [one for one in multiprocessing.active_children() if one not in before]
        for one in begun:
            one.terminate()
        for one in begun:
            one.join()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process as soon as the one that began it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _among(forks: Executor, jobs: Sequence[Job], processes: int, pace: float) -> Iterator[Outcome]:
    """Share the cells out among forks."""
    packs = packed(jobs, processes, _seconds(jobs, pace))
    waiting = {forks.submit(train_cells, pack, _rows(pack[0], HANDED_OVER)) for pack in packs}
    try:
        for done in as_completed(waiting):
            waiting.discard(done)
            yield from done.result()
    except BrokenProcessPool as error:
        raise GlassnetError(KILLED) from error


def _pace(job: Job) -> float:
    """How many seconds a cell's epochs would take alone, as far as the first one tells; 0 where it has none."""
    try:
        return next(iter(training_of(job, _rows(job)))).seconds
    except Exception:  # whatever is wrong with it, its outcome will say so
        return 0.0


def _seconds(jobs: Sequence[Job], pace: float) -> float:
    """How long the longest of the cells would take alone."""
    return pace * max((job.cell.epochs for job in jobs), default=0)


def on_this_machine(jobs: Sequence[Job], processes: int, pace: float = 0.0) -> Iterator[Outcome]:
    """Train the cells, those of one shape side by side, in so many processes; outcomes come as they are ready.

    A single process is this one, and so it is where the `pace` of a first epoch shows that all are done before others
    had started. Breaking off ends the others.
    """
    if not jobs:
        return
    seconds = _seconds(jobs, pace)
    if min(processes, len(jobs)) <= 1 or 0 < seconds * len(jobs) / gain(jobs) < WORTH_PROCESSES:
        for pack in packed(jobs, seconds=seconds):
            yield from train_cells(pack, _rows(pack[0]))
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    packs = packed(jobs, processes, seconds)
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
        raise GlassnetError(KILLED) from error
    finally:
        outcomes.close()


def _rows(job: Job, most: float = inf) -> Division | None:
    """The rows of a cell, for a worker that need not load them then, nor what loads them: libraries take seconds.

    Arrays are handed over cheaply, large ones as files in memory. Tables of text are not, and what can't be loaded
    here is left to the worker, whose outcome says why. So are rows of more than `most` bytes.
    """
    try:
        division = division_of(job)
    except GlassnetError:
        return None
    X = division.source.X
    return division if isinstance(X, np.ndarray) and X.nbytes <= most else None
