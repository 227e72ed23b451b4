"""Writing a run down as it goes, so that a kill at any moment loses at most the epoch in progress."""

from __future__ import annotations

import csv
import io
import json
import platform
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..experiment import Training
from ..experiment.building import epoch_row
from ..training import Epoch
from ..training.epochs import Snapshot
from ..training.threads import blas, suited_to
from .files import remove_leftovers, write_arrays, write_bytes, write_text, writing

Array = NDArray[Any]

DEFAULT_FOLDER = "runs"


class Recording:
    """A training that is written down as it goes: iterate over it like over the training itself.

    `folder` is the run's folder. However the loop ends (done, interrupt, divergence, break), the model and
    the final figures are written last; a kill leaves the checkpoint, from which `resume` goes on.
    """

    def __init__(self, training: Training, folder: Path) -> None:
        self.training, self.folder = training, folder
        self.result: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Epoch]:
        remove_leftovers(self.folder)
        self._write_history()  # a resumed run's history is cut back to what its checkpoint holds
        progress = self.training.progress
        try:
            for epoch in self.training:
                self._keep(epoch)
                yield epoch
        except KeyboardInterrupt:
            progress.stopped = "interrupted"
            raise
        except Exception as error:
            progress.stopped = progress.stopped or f"failed: {' '.join(str(error).split())}"
            raise
        finally:
            progress.stopped = progress.stopped or "stopped by its caller"
            self.finish()

    def _keep(self, epoch: Epoch) -> None:
        """One more row of history, then the checkpoint: a kill between the two leaves a row too many at most."""
        with (
            writing(self.folder),
            (self.folder / "history.csv").open("a", newline="", encoding="utf-8") as file,
        ):
            csv.writer(file, lineterminator="\n").writerow(_cells(epoch_row(epoch)))
        write_arrays(self.folder / "checkpoint.npz", checkpoint_arrays(self.training))

    def _write_history(self) -> None:
        epochs = self.training.progress.epochs
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self._columns())
        writer.writerows(_cells(epoch_row(epoch)) for epoch in epochs)
        write_text(self.folder / "history.csv", text.getvalue())

    def _columns(self) -> list[str]:
        training = self.training
        splits = (
            ["train", "validation"] if training.data.validation is not None and not training.data.whole else ["train"]
        )
        empty = Epoch(
            0, 0, 0.0, None, {split: dict.fromkeys(training.scorer.metrics, 0.0) for split in splits}, 0, 0, 0
        )
        return list(epoch_row(empty))

    def finish(self) -> dict[str, Any]:
        """Write the model, the final figures and the picture of the loss; the figures are returned, too."""
        training, progress = self.training, self.training.progress
        write_arrays(self.folder / "model.npz", training.model.to_arrays())
        self.result = {
            "run": str(self.folder),
            "epochs": len(progress.epochs),
            "best_epoch": progress.best_epoch,
            "seconds": round(sum(epoch.seconds for epoch in progress.epochs), 3),
            "stopped": progress.stopped,
            "metrics": training.scores(),
            "intervals": training.intervals(),
        }
        if progress.epochs:
            write_bytes(self.folder / "loss.png", lambda file: draw_losses(progress.epochs, self.folder.name, file))
        # Last: where it is, with the number of the last epoch, the run is finished
        write_text(self.folder / "metrics.json", json.dumps(plain(self.result), indent=2))
        return self.result


def record(training: Training, runs: str | Path = DEFAULT_FOLDER, *, command: str = "") -> Recording:
    """Keep a training as the next run in the folder `runs`: `for epoch in record(run(experiment)): ...`."""
    folder = _new_folder(Path(runs), _short_name(training))
    try:
        write_text(folder / "provenance.json", json.dumps(provenance(training, command), indent=2))
        write_text(folder / "experiment.json", training.experiment.to_json())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Recording(training, folder)


def _short_name(training: Training) -> str:
    if training.chosen.dataset is not None:
        return training.chosen.dataset.part.name
    return Path(str(training.experiment.dataset)).stem


def _new_folder(runs: Path, name: str) -> Path:
    """Make `runs/0001-name`, with the next free number; two processes never get the same one."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    with writing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        number = max((run_number(path) for path in runs.iterdir()), default=0)
        while True:
            number += 1
            claim = runs / f".{number:04d}"
            try:
                claim.mkdir()  # numbers are claimed by themselves: names may differ
            except FileExistsError:
                continue
            folder = runs / f"{number:04d}-{safe}"
            if not any(run_number(path) == number for path in runs.iterdir()):
                claim.rename(folder)
                return folder
            claim.rmdir()


def run_number(path: Path) -> int:
    digits = path.name.partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def provenance(training: Training, command: str) -> dict[str, Any]:
    """Where the numbers come from: versions, guests that took part, data, seed, command, BLAS."""
    parts = [choice.part for choice in training.chosen]
    guests = {part.distribution: part.version for part in parts if part.distribution != "glassnet"}
    with suited_to(training.plan.batch_size or len(training.data.train), training.network.widths):
        libraries = blas()
    from .. import __version__

    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": training.experiment.seed,
        "split_seed": training.experiment.split_seed,
        "data_sha256": training.data.checksum,
        "source": training.source.source,
        "licence": training.source.licence,
        "rows": {name: len(rows) for name, rows in training.splits().items()},
        "versions": {"glassnet": __version__, "python": platform.python_version(), "numpy": np.__version__},
        "guests": guests,
        "plugins": [list(plugin) for plugin in training.experiment.plugins],
        "blas": libraries,
        "platform": platform.platform(),
    }


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
    for piece, state in enumerate(progress.states):
        for name, value in state.items():
            form = "array" if isinstance(value, np.ndarray) else "scalar" if isinstance(value, np.generic) else "number"
            arrays[f"state/{piece}/{form}/{name}"] = _plain_array(name, value)
        arrays.setdefault("pieces", np.array(len(progress.states)))
    return arrays


def _plain_array(name: str, value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.hasobject:  # it would be written as a pickle, which nothing here reads back
        raise GlassnetError(
            f"the optimizer keeps {name!r} as {type(value).__name__}, which can't be saved: "
            "a state holds arrays and Python numbers"
        )
    return array


def draw_losses(epochs: list[Epoch], title: str, file: IO[bytes]) -> None:
    """The training and validation loss of each epoch, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    figure = Figure(figsize=(6.4, 4.0), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    numbers = [epoch.number for epoch in epochs]
    marker = "o" if len(epochs) == 1 else None
    axes.plot(numbers, [epoch.loss for epoch in epochs], color="#0072B2", marker=marker, label="training rows")
    validation = [epoch.validation_loss for epoch in epochs]
    if None not in validation:
        shown = [value for value in validation if value is not None]
        axes.plot(numbers, shown, color="#D55E00", linestyle="--", marker=marker, label="validation rows")
    axes.set(title=title, xlabel="epoch", ylabel="mean loss, without penalties")
    if min(epoch.loss for epoch in epochs) > 0:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")  # 0.2, not 2 x 10^-1
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(file, format="png")


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Numbers as the shortest text that reads back as the very same number.

    A guest's schedule or metric may have left a NumPy number, whose text is another one.
    """
    return ["" if value is None else repr(value if isinstance(value, int) else float(value)) for value in row.values()]


def plain(value: Any) -> Any:
    """JSON has no NaN: an undefined score is written as null."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
