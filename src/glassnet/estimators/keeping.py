"""What a fit leaves behind, as plain arrays and back: pickling, copying and `glassnet.save` all go this way.

Parts travel as phrases and are built anew, so that no function has to be pickled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog, Made, Maker, makers_of
from ..errors import GlassnetError
from ..experiment.building import Earlier, Training
from ..files import parse_json
from ..kinds import Activation
from ..model import Model
from ..runs import read_states, state_arrays
from ..schemas import DAMAGE, FIT_WORDS
from ..training import Epoch, History, Progress
from ..training.epochs import Snapshot

if TYPE_CHECKING:
    from .rows import Given

Array = NDArray[Any]


@dataclass
class Patience:
    """How long it has been since a number fell by at least `tol`; equal steps down count as standing still."""

    lowest: float = float("inf")
    stalled: int = 0

    def see(self, value: float, tol: float) -> None:
        self.stalled = 0 if value <= self.lowest - tol and value < float("inf") else self.stalled + 1
        self.lowest = min(self.lowest, value)


def standing_still(training: Training) -> float:
    """What `tol` is multiplied by: the variance of numbers that are trained on in smaller units than standardised ones.

    Losses of numbers go with their variance. It is 1 as a rule; a target that a bounded output reaches as it is, shares
    from 0 to 1, has less, and the same `tol` would end its training at once.
    """
    if training.experiment.task != "regression":
        return 1.0
    spread = float(training.data.train.t.var(axis=0, dtype=np.float64).mean())
    return min(1.0, spread) if spread > 0 else 1.0


def gives_shares(output: Activation) -> bool:
    """Whether outputs lie between 0 and 1, as a look at them on a grid of scores shows."""
    z = np.array(list(product((-30.0, -1.0, 0.0, 1.0, 30.0), repeat=2)))
    with np.errstate(all="ignore"):
        a = output.f(z)
    return bool(np.all((a >= 0) & (a <= 1)))


@dataclass(eq=False)
class Fitted:
    """What a fit leaves behind. `patience` is there while `partial_fit` goes on step by step; `seen` counts the rows
    that were trained on, each as often as it was (None in a file that did not keep it), and `begun` the epochs that
    there were before the last `fit`.

    `given` are the rows as they were handed over, for pictures; no file holds them.

    A network predicts into buffers that it keeps, so predictions from several threads take turns at the `lock`.
    """

    model: Model
    progress: Progress
    optimizer: str
    seed: int
    patience: Patience | None = None
    seen: int | None = None
    begun: int = 0
    given: Given | None = None
    lock: Lock = field(default_factory=Lock)

    @cached_property
    def gives_shares(self) -> bool:
        """Whether the outputs are shares; every single prediction asks, and the network stays what it is."""
        return gives_shares(self.model.network.output)

    @property
    def earlier(self) -> Earlier:
        return Earlier(self.model, self.progress, self.optimizer)

    def without_best(self) -> Fitted:
        """The same, for a training that looks for its own best epoch."""
        return replace(self, progress=replace(self.progress, best=None, best_epoch=0))

    def to_arrays(self) -> dict[str, Array]:
        """All of it, with the optimizer's memory and the best weights, so that training can go on."""
        progress, patience = self.progress, self.patience
        words = {
            "optimizer": self.optimizer,
            "seed": self.seed,
            "step": progress.step,
            "best_epoch": progress.best_epoch,
            "stopped": progress.stopped,
            "seen": self.seen,
            "begun": self.begun,
            "patience": None if patience is None else [patience.lowest, patience.stalled],
        }
        parts = self.model.parts
        if made := makers_of((one.part for one in (*parts.activations, parts.output, parts.loss)), Catalog.discover()):
            words["guests"] = [[one.name, one.version, one.sha256] for one in made]
        arrays = {"fit": np.array(json.dumps(words)), **history_arrays(progress.epochs)}
        if progress.best is not None:
            arrays |= {"best_w": progress.best.w, "best_running": progress.best.running}
        arrays |= state_arrays(progress.states)
        return arrays | {f"model/{name}": array for name, array in self.model.to_arrays().items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], catalog: Catalog, called: str = "this estimator") -> Fitted:
        model = {name.removeprefix("model/"): array for name, array in arrays.items() if name.startswith("model/")}
        read = Model.from_arrays(model, _made(arrays, called).catalog(catalog))
        try:
            words = parse_json(str(arrays["fit"]), FIT_WORDS, finite=False)
            best = Snapshot(arrays["best_w"], arrays["best_running"]) if "best_w" in arrays else None
            progress = Progress(
                History(read_epochs(arrays)), words["step"], read_states(arrays), best, words["best_epoch"], None,
                words["stopped"],
            )  # fmt: skip
            patience = None if words["patience"] is None else Patience(*words["patience"])
            told = words["optimizer"], words["seed"], patience, words.get("seen"), words.get("begun", 0)
            return cls(read, progress, *told)
        except DAMAGE as error:
            raise GlassnetError(f"not a fit that this glassnet can read ({type(error).__name__}: {error})") from error


def _made(arrays: Mapping[str, Array], called: str) -> Made:
    """Who made its parts when it was fitted; nobody that is known in an older file, or one that is damaged."""
    try:
        told = parse_json(str(arrays["fit"]), FIT_WORDS, finite=False).get("guests", ())
    except DAMAGE:  # who reads it all will say so
        told = ()
    return Made(f"{called} was fitted with", tuple(Maker(*one) for one in told))


def history_arrays(epochs: Sequence[Epoch]) -> dict[str, Array]:
    """The epochs as one table of numbers, with the names of its columns; a missing number is NaN."""
    rows = [epoch.row() for epoch in epochs]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = [[np.nan if row.get(name) is None else row[name] for name in columns] for row in rows]
    return {"history_columns": np.array(columns, dtype=str), "history": np.array(table, dtype=np.float64)}


def read_epochs(arrays: Mapping[str, Array]) -> list[Epoch]:
    """The reverse of `history_arrays`."""
    columns = arrays["history_columns"].tolist()
    return [Epoch.of(_told(dict(zip(columns, row, strict=True)))) for row in arrays["history"].tolist()]


def _told(row: dict[str, float]) -> dict[str, float | None]:
    """A table of numbers has NaN where an epoch had no validation rows: these cells were empty."""
    unwatched = np.isnan(row["validation_loss"])
    return {name: None if unwatched and name.startswith("validation") else value for name, value in row.items()}
