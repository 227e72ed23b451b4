"""All that going on needs, in one file: weights, the best of them, the optimizer's states, and where training stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..experiment import Training
from ..files import read_arrays
from ..kinds import State
from ..schemas import CHECKPOINT, DAMAGE
from ..training import History, Progress
from ..training.epochs import Snapshot
from ..training.steps import check_states
from .histories import mended

Array = NDArray[Any]


def checkpoint_arrays(training: Training) -> dict[str, Array]:
    """All that resuming needs beside the experiment, as arrays."""
    progress, network = training.progress, training.network
    best = progress.best or Snapshot.of(network)
    arrays = {
        "counts": np.array([len(progress.epochs), progress.step, progress.best_epoch]),
        "w": network.w,
        "running": network.running,
        "best_w": best.w,
        "best_running": best.running,
    }
    if progress.start is not None:
        arrays["start"] = progress.start
    return arrays | state_arrays(progress.states)


def state_arrays(states: Sequence[State]) -> dict[str, Array]:
    """The optimizer's states, one a piece of the vector, as plain arrays: what `read_states` reads back."""
    arrays: dict[str, Array] = {}
    for piece, state in enumerate(states):
        for name, value in state.items():
            form = "array" if isinstance(value, np.ndarray) else "scalar" if isinstance(value, np.generic) else "number"
            arrays[f"state/{piece}/{form}/{name}"] = _plain_array(name, value)
        arrays["pieces"] = np.array(len(states))
    return arrays


def _plain_array(name: str, value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.hasobject:  # it would be written as a pickle, which nothing here reads back
        raise GlassnetError(
            f"the optimizer keeps {name!r} as {type(value).__name__}, which can't be saved: "
            "a state holds arrays and Python numbers"
        )
    return array


def restore(training: Training, path: Path) -> None:
    """Put a training where a checkpoint stands: weights, optimizer's state, counts, and the history beside it."""
    arrays = read_arrays(path, CHECKPOINT, "does not fit its experiment.json")
    network, progress = training.network, training.progress
    try:
        done, step, best_epoch = (int(count) for count in arrays["counts"])
        if not 0 <= best_epoch <= done or step < 0:
            raise ValueError(f"its counts are {done}, {step} and {best_epoch}")
        network.w[:], network.running[:] = arrays["w"], arrays["running"]
        best = Snapshot(network.w.copy(), network.running.copy())
        best.w[:], best.running[:] = arrays["best_w"], arrays["best_running"]
        states = read_states(arrays)
        check_states(training.chosen.optimizer.build(), network.w, network.layout, states)
    except DAMAGE as error:
        raise GlassnetError(f"{path} does not fit its experiment.json: {error}") from error
    epochs, remark = mended(path.parent / "history.csv", arrays)
    training.remarks += (remark,) * bool(remark)
    training.progress = Progress(History(epochs), step, states, best, best_epoch, arrays.get("start"), progress.stopped)


def read_states(arrays: Mapping[str, Array]) -> list[dict[str, Any]]:
    """The optimizer's states, one a piece of the vector, each value as it was: array, NumPy or Python number."""
    pieces = int(arrays.get("pieces", np.array(0)))
    if not 0 <= pieces <= 1 + max(array.size for array in arrays.values()):  # each is a part of the weights
        raise ValueError(f"it has no states of {pieces} pieces")
    states: list[dict[str, Any]] = [{} for _ in range(pieces)]
    for key in arrays:
        if key.startswith("state/"):
            _, piece, form, name = key.split("/", 3)
            array = arrays[key]
            states[int(piece)][name] = array if form == "array" else array[()] if form == "scalar" else array.item()
    return states
