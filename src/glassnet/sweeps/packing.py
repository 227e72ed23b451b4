"""Which cells are handed over together: those that can be trained side by side, in packs that keep all workers busy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import GlassnetError
from ..experiment.stacks import LEAST, most_by_words
from .cells import Job, division_of, with_point

#: Settings that leave a network its shape and its steps: cells that differ in nothing else may stand side by side.
FREE = ("optimizer", "schedule", "l1", "l2", "seed", "shuffle", "patience", "monitor")


LONGEST = 60  # seconds that the jobs of a pack may take one by one


def packed(jobs: Sequence[Job], workers: int = 1, seconds: float = 0.0) -> list[list[Job]]:
    """The jobs in packs: each is of one shape, as far as its words tell, and fits the cache.

    Those with the same optimizer come together, for it takes one step for all of them. Where there are fewer shapes
    than workers, they are dealt out in smaller packs; and so they are where a job takes many `seconds`, for a pack that
    is broken off has to begin again.
    """
    alike: dict[tuple[object, ...], list[Job]] = {}
    for job in jobs:
        alike.setdefault(_shape(job), []).append(job)
    share = max(1, -(-len(jobs) // workers))
    if seconds:
        share = min(share, max(LEAST, round(LONGEST / seconds)))
    packs = []
    for group in alike.values():
        group.sort(key=_optimizer)
        count = -(-len(group) // min(_most(group[0]), share))
        if len(alike) == 1:
            count += -count % min(workers, len(group))  # one more for some of the workers would let the others wait
        size = -(-len(group) // count)  # all of them about as large
        packs += [group[first : first + size] for first in range(0, len(group), size)]
    return packs


def _shape(job: Job) -> tuple[object, ...]:
    kept = [setting for setting in job.cell.settings if setting.partition("=")[0].partition(".")[0] not in FREE]
    solver = any(setting.startswith("optimizer=lbfgs") for setting in job.cell.settings)
    return (*sorted(kept), job.cell.epochs, job.cell.round, solver)


def _optimizer(job: Job) -> list[str]:
    return [setting for setting in job.cell.settings if setting.startswith("optimizer")]


def _most(job: Job) -> int:
    """How many like this one go well together, by its words alone: no part of a guest is tried out here."""
    try:
        X = division_of(job).source.X
    except GlassnetError:  # what is wrong with it is said where it is trained
        return 1
    n, inputs = getattr(X, "shape", np.shape(X))[:2]
    return most_by_words(with_point(job.experiment, job.cell.settings), n, inputs)


def gain(jobs: Sequence[Job]) -> float:
    """About how many times as fast the jobs are done side by side: networks that are small gain most."""
    most = _most(jobs[0])
    return min(4.0, most / 8, len(jobs) / len(packed(jobs))) if most > 8 else 1.0
