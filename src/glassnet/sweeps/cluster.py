"""A sweep on a cluster that is there already: its scheduler hands the cells to its workers.

Before anything is trained each worker is asked what it has: a worker with other plugins, other rows or another
NumPy would come to other numbers, and is named instead. Cells of a worker that dies are trained again by others.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import GlassnetError, join
from .cells import Job, Outcome, Workers, packages_of, train_cells, training_of
from .packing import packed

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds until a scheduler has to answer
RETRIES = 5  # times that a cell is begun again when its worker dies


@contextmanager
def on_cluster(address: str, sample: Job) -> Iterator[Workers]:
    """Workers on the scheduler at `address`, such as tcp://127.0.0.1:8786, whose workers suit the job `sample`."""
    try:
        from distributed import Client
    except ImportError as error:
        raise GlassnetError("--engine dask needs the library: pip install 'glassnet[dask]'") from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise GlassnetError(
            f"no scheduler answers at {address}: start one with `dask scheduler`, and give the address that it prints"
        ) from error
    try:
        _check_workers(client, address, sample)
        yield lambda jobs: _outcomes(client, jobs)
    finally:
        client.close()


def _outcomes(client: Client, jobs: Sequence[Job]) -> Iterator[Outcome]:
    """Outcomes as they are ready. A future that ends without one says why; then the others are given up.

    A cell whose worker dies again and again has no outcome: memory may have run out there, and elsewhere it may be
    trained. The others come first.
    """
    from distributed import KilledWorker, as_completed

    workers = len(client.scheduler_info()["workers"])
    packs = packed(jobs, max(1, workers))
    futures = client.map(train_cells, packs, pure=False, retries=RETRIES)
    cells, lost = dict(zip(futures, map(len, packs), strict=True)), 0
    try:
        for future in as_completed(futures, loop=client.loop):
            if future.status == "finished":
                yield from future.result()
            elif future.status == "error" and isinstance(future.exception(), KilledWorker):
                lost += cells[future]
            else:
                why = future.exception() if future.status == "error" else "the scheduler is gone"
                raise GlassnetError(f"the cluster gave up a cell ({why}): go on with --resume")
        if lost:
            raise GlassnetError(
                f"{lost} of {len(jobs)} cells are not finished: their workers died again and again, perhaps because "
                "memory ran out; go on with --resume, and workers with more memory"
            )
    finally:
        if client.status == "running":
            client.cancel(futures)


def _check_workers(client: Client, address: str, sample: Job) -> None:
    """Refuse a cluster without workers, and one whose workers differ from this process, naming what differs."""
    if not client.scheduler_info()["workers"]:
        raise GlassnetError(f"the scheduler at {address} has no worker: start some with `dask worker {address}`")
    found = client.run(facts, sample, on_error="return")
    here = facts(sample)
    for worker, there in sorted(found.items()):
        if isinstance(there, BaseException):
            raise GlassnetError(f"worker {worker} can't train: {type(there).__name__}: {' '.join(str(there).split())}")
        if wrong := differences(here, there):
            raise GlassnetError(f"worker {worker} differs from this process: {'; '.join(wrong)}")


def facts(job: Job) -> dict[str, Any]:
    """What this process has: versions, plugins in use, and the rows. `trouble` is why it can't train at all."""
    from .. import __version__

    found: dict[str, Any] = {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "NumPy": np.__version__,
        "glassnet": __version__,
        "guests": {},
        "data": "",
        "trouble": "",
    }
    try:
        found["guests"] = packages_of(job.guests)
        found["data"] = training_of(job).data.checksum
    except GlassnetError as error:
        found["trouble"] = str(error)
    return found


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """What another process lacks or has otherwise, in words; empty where it suits."""
    lacking = [f"{name} {version}" for name, version in here["guests"].items() if name not in there["guests"]]
    others = [
        f"{name} {there['guests'][name]} (here {version})"
        for name, version in here["guests"].items()
        if there["guests"].get(name, version) != version
    ]
    extra = [name for name in there["guests"] if name not in here["guests"]]
    said = [f"it lacks {join(lacking)}: install what is missing there, or leave it out with --without"] * bool(lacking)
    said += [f"it has {join(others)}"] * bool(others)
    said += [f"it has {join(extra)}, which this process has not"] * bool(extra)
    for name in ("Python", "NumPy", "glassnet"):
        said += [f"its {name} is {there[name]} (here {here[name]})"] * (here[name] != there[name])
    if there["trouble"] and not said:
        said.append(there["trouble"])
    if not said and here["data"] != there["data"]:
        said.append("its rows are others: their checksum is not the one here")
    return said
