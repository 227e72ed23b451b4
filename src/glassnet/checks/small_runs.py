"""What plots are tried on, never written down: runs of a second of every task and sort, parts, and small sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog, Choice
from ..experiment import Experiment, Training
from ..kinds import KINDS, Dataset
from ..runs import Run
from ..sweeps import Cell, Guests, Outcome, Plan, Score, Sweep
from ..watching import Watch

Array = NDArray[Any]

_ROWS = 90


@cache
def catalog() -> Catalog:
    """Our own parts: what a plot is tried on does not depend on who is installed."""
    return Catalog.discover(guests=False)


@cache
def small_runs() -> tuple[Run, ...]:
    """One run of each sort; what is drawn of them must not change them."""
    return tuple(_run(data, number) for number, data in enumerate(_datasets(), 1))


@cache
def small_groups() -> tuple[list[Run], ...]:
    """Runs beside each other: the same rows trained twice, and two tasks that share nothing."""
    runs = small_runs()
    again = _run(_datasets()[0], len(runs) + 1, seed=1, optimizer="sgd:lr=0.1")
    return [runs[0], again], [runs[0], runs[2]]


@cache
def small_sweeps() -> tuple[Sweep, ...]:
    """Sweeps of one, two and three settings, and one drawn at random, whose scores are made up; a point has failed."""
    rate, widths, functions = "optimizer.lr=1e-4..1:log:5", "hidden=none;10;100,50", "activation=relu,tanh"
    grids = [_sweep(number, *over) for number, over in enumerate([(rate,), (rate, widths), (rate, widths, functions)])]
    return (*grids, _sweep(len(grids), rate, functions, random=7))


@cache
def some_parts() -> tuple[Choice, ...]:
    """The first parts of every kind, those that can be drawn and those that can't."""
    return tuple(part.choose({}) for kind in KINDS if kind != "plot" for part in catalog().parts(kind)[:3])


@cache
def some_lists_of_parts() -> tuple[list[Choice], ...]:
    """Of every kind one part alone, and the first three side by side."""
    kinds = [[one for one in some_parts() if one.part.kind == kind] for kind in KINDS]
    return tuple(some for parts in kinds for some in (parts[:1], parts) if some)


def forget() -> None:
    """Train them anew when they are next asked for: somebody has spoiled these."""
    small_runs.cache_clear()
    small_groups.cache_clear()
    small_sweeps.cache_clear()


def subjects(of: str) -> Sequence[Any]:
    """What a plot of that sort is tried on."""
    parts = {"part": some_parts, "parts": some_lists_of_parts}
    return ({"run": small_runs, "runs": small_groups, "sweep": small_sweeps} | parts)[of]()


def _run(data: Dataset, number: int, **changes: Any) -> Run:
    metrics = ("r2", "mean_absolute_error") if data.task == "regression" else ("accuracy", "f1")
    words = Experiment(dataset="small", hidden=(7, 5), epochs=4, batch_size=16, metrics=metrics).replace(**changes)
    training = Training(words, catalog(), source=data)
    watch = Watch(training.objective, training.data.train, "all")
    watch.look(0)
    for epoch in training:
        watch.look(epoch.number)
    return Run.of(training, f"{number:04d}-small", watch.watched)


def _sweep(number: int, *over: str, random: int | None = None) -> Sweep:
    """Three seeds a point; the score of the first point is missing."""
    plan = Plan(Experiment(dataset="small", epochs=4), over, random=random, seeds=3)
    rng = np.random.default_rng(number)
    outcomes = [
        Outcome(
            Cell(point, 4, seed),
            {"accuracy": float(rng.uniform(0.4, 0.9))} if at else {},
            4,
            0.1,
            "" if at else "diverged",
        )
        for at, point in enumerate(plan.points())
        for seed in range(3)
    ]
    return Sweep(plan, Guests(), Score("accuracy", "higher", 90), Path(f"{number + 1:04d}-small"), outcomes)


def _datasets() -> list[Dataset]:
    rng = np.random.default_rng(2024)
    kind = np.arange(_ROWS) % 3
    points = rng.standard_normal((_ROWS, 2)) + 2.0 * np.stack([kind, kind == 1], axis=1)
    one, wide = rng.standard_normal((_ROWS, 1)), rng.standard_normal((_ROWS, 4))
    pair = np.stack([points[:, 0] * points[:, 1], points.sum(axis=1)], axis=1)
    labels = (wide[:, :3] + 0.3 * rng.standard_normal((_ROWS, 3)) > 0).astype(int)
    return [
        Dataset(_pictures(kind, rng), kind, "multiclass", image_shape=(6, 5), classes=("bar", "dash", "dot")),
        Dataset(points, kind, "multiclass", feature_names=("width", "length")),
        Dataset(points, pair, "regression", target_names=("product", "sum"), captions={"sum": "sum, cm"}),
        Dataset(one, np.sin(2 * one[:, 0]), "regression"),
        Dataset(points, (kind > 0).astype(int), "binary"),
        Dataset(wide, labels, "multilabel", target_names=("red", "round", "ripe")),
    ]


def _pictures(kind: Array, rng: np.random.Generator) -> Array:
    """An upright bar, a level dash or a dot, with noise, from 0 to 255."""
    pictures = rng.uniform(0, 60, (len(kind), 6, 5))
    pictures[kind == 0, :, 2] += 180
    pictures[kind == 1, 3, :] += 180
    pictures[kind == 2, 2:4, 2:4] += 180
    return pictures.reshape(len(kind), 30).astype(np.uint8)
