"""Writing a run down as it goes, so that a kill at any moment loses at most the epoch in progress.

Of a training of very many short epochs it loses the last twentieth of a second: files take longer than such an epoch.
"""

from __future__ import annotations

import csv
import io
import json
import platform
import shutil
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import makers_of
from ..data import Features
from ..data.targets import Units
from ..errors import GlassnetError, need
from ..experiment import Training
from ..files import is_plain, plain, read_arrays, remove_leftovers, write_arrays, write_text, writing
from ..folders import Folders
from ..model import under
from ..owners import owning
from ..schemas import DAMAGE, MODEL
from ..training import Epoch
from ..training.live import run_to_the_end
from ..training.threads import blas, suited_to
from ..watching import Watch
from . import by_hand
from .checkpoints import checkpoint_arrays
from .histories import KEPT, kept_rows

Array = NDArray[Any]

DEFAULT_FOLDER = "runs"
FOLDERS = Folders("run", "experiment.json", " (`glassnet runs` lists all, `glassnet train` makes one)")
WATCHED = "watch.npz"
AT_ONCE = 200  # epochs, each of which is written down before the next one begins
PAUSE = 0.05  # seconds between what is written afterwards


class Recording:
    """A training that is written down as it goes: iterate over it like over the training itself.

    `folder` is the run's folder. However the loop ends (done, interrupt, divergence, break), the model and
    the final figures are written last; a kill leaves the checkpoint, from which `resume` goes on.
    With `watch`, what it sees inside is written down as well.
    """

    def __init__(self, training: Training, folder: Path, watch: Watch | None = None) -> None:
        self.training, self.folder, self.watch = training, folder, watch
        self.result: dict[str, Any] = {}
        self._header, self._last = "", deque[str](maxlen=KEPT)  # the history's last rows, for the checkpoint
        self._waiting: list[str] = []  # rows that are not in the folder yet
        self._written = 0.0  # when they were last
        self._stands_at = self._checkpoint()

    def _checkpoint(self) -> tuple[int, int] | None:
        """Which checkpoint lies in the folder: another process writes another one."""
        path = self.folder / "checkpoint.npz"
        return (path.stat().st_mtime_ns, path.stat().st_ino) if is_plain(path) else None

    def __iter__(self) -> Generator[Epoch]:
        with self._owned():
            remove_leftovers(self.folder)
            self._write_history()  # a resumed run's history is cut back to what its checkpoint holds
            if self._stands_at is None and self.training.progress.epochs:  # it was begun before anybody wrote it down
                self._write_checkpoint()
            for epoch in self.training:
                self._keep(epoch)
                yield epoch

    @contextmanager
    def _owned(self) -> Iterator[None]:
        """Nobody else trains this run meanwhile; however it ends, the reason and the final figures are written."""
        progress = self.training.progress
        with owning(self.folder, "training"):
            if self._checkpoint() != self._stands_at:
                raise GlassnetError(f"{self.folder} was trained by another process meanwhile: open it again")
            try:
                yield
            except KeyboardInterrupt:
                progress.stopped = "interrupted"
                raise
            except Exception as error:
                progress.stopped = progress.stopped or f"failed: {' '.join(str(error).split())}"
                raise
            finally:
                progress.stopped = progress.stopped or "stopped by its caller"
                try:
                    self._catch_up()
                finally:
                    self.conclude()
                    self._stands_at = self._checkpoint()

    def _keep(self, epoch: Epoch) -> None:
        """One more row of history, one more look inside, then the checkpoint: at once, or with those that follow soon.

        A kill in between leaves rows and a look too many at most, which resuming cuts off.
        """
        line = _line(_cells(epoch.row()))
        self._last.append(line)
        self._waiting.append(line)
        looked = self.watch is not None and self.watch.look(epoch.number)
        soon = epoch.number > AT_ONCE and perf_counter() - self._written < PAUSE and len(self._waiting) < KEPT
        if looked or not soon:
            self._write_rows()
            if looked and self.watch is not None:
                write_arrays(self.folder / WATCHED, self.watch.watched.to_arrays())
            self._write_checkpoint()

    def _write_rows(self) -> None:
        with (
            writing(self.folder),
            (self.folder / "history.csv").open("a", newline="", encoding="utf-8") as file,
        ):
            file.writelines(f"{line}\n" for line in self._waiting)

    def _write_checkpoint(self) -> None:
        rows = {"history": kept_rows(self._header, self._last)}
        write_arrays(self.folder / "checkpoint.npz", checkpoint_arrays(self.training) | rows)
        self._waiting.clear()
        self._written = perf_counter()

    def _catch_up(self) -> None:
        """Write what waits, whole and anew: a write may have been broken off in its middle."""
        if self._waiting:
            self._write_history()
            self._write_checkpoint()

    def _write_history(self) -> None:
        lines = [_line(_cells(epoch.row())) for epoch in self.training.progress.epochs]
        self._header = _line(self._columns())
        self._last.extend(lines)
        write_text(self.folder / "history.csv", "\n".join((self._header, *lines)))

    def _columns(self) -> list[str]:
        training = self.training
        splits = (
            ["train", "validation"] if training.data.validation is not None and not training.data.whole else ["train"]
        )
        return Epoch.columns(splits, training.scorer.metrics)

    def finish(self) -> Recording:
        """Train to the end, with a live line where somebody sits at a terminal, and hand itself back."""
        run_to_the_end(self, self.training.plan.epochs)
        return self

    def keep(self) -> Recording:
        """Write down where the training stands now, without a further epoch, and hand itself back."""
        with self._owned():
            remove_leftovers(self.folder)
            self._write_history()
            self._write_checkpoint()
        return self

    def __repr__(self) -> str:
        return f"<Recording of {self.training.describe()}, kept in {self.folder}>"

    def _repr_html_(self) -> str:
        return f"{self.training._repr_html_()}<p>kept in {escape(str(self.folder))}</p>"

    def conclude(self) -> dict[str, Any]:
        """Write the model and the final figures of what was done so far; the figures are returned, too."""
        write_arrays(self.folder / "model.npz", self.training.model.to_arrays())
        self.result = final_figures(self.training, self.folder) | {"linear": self._line()}
        # Last: where it is, with the number of the last epoch, the run is finished
        write_text(self.folder / "metrics.json", json.dumps(plain(self.result), indent=2))
        return self.result

    def _line(self) -> dict[str, Any] | None:
        """The straight line beside it, as plain data; nobody waits for one where training broke off."""
        broken = self.training.progress.stopped.startswith(BROKEN_OFF)
        found = None if broken else self.training.beside()
        return None if found is None else found.words()


BROKEN_OFF = ("interrupted", "diverged", "failed")


def final_figures(training: Training, folder: Path) -> dict[str, Any]:
    """What a training came to: the content of `metrics.json`."""
    progress = training.progress
    return {
        "run": str(folder),
        "epochs": len(progress.epochs),
        "best_epoch": progress.best_epoch,
        "seconds": round(sum(epoch.seconds for epoch in progress.epochs), 3),
        "stopped": progress.stopped,
        "metrics": training.scores_so_far(),
        "intervals": training.intervals(),
    }


def record(
    training: Training, runs: str | Path = DEFAULT_FOLDER, *, command: str = "", watch: str | None = None
) -> Recording:
    """Keep a training as the next run in the folder `runs`: `for epoch in record(run(experiment)): ...`.

    `watch` says what of the inside is kept, too: "norms", "units", "histograms", "path", several of them with
    commas, or "all". Watching changes no number of the training.
    """
    need(training, Training, "record wants a training, record(run(experiment))")
    need(runs, str | Path, "record wants the folder of runs, such as 'runs'")
    looking = Watch(training.objective, training.data.train, watch) if watch else None
    folder = FOLDERS.new(Path(runs), training.experiment.title)
    try:
        write_text(folder / "provenance.json", json.dumps(provenance(training, command), indent=2))
        if looking is not None:  # before the first step: the initial weights are half of the story
            looking.look(0)
            write_arrays(folder / WATCHED, looking.watched.to_arrays())
        write_text(folder / "experiment.json", training.experiment.to_json())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Recording(training, folder, looking)


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
        "told": list(training.source.told),
        "rows": {name: len(rows) for name, rows in training.splits().items()},
        "versions": {"glassnet": __version__, "python": platform.python_version(), "numpy": np.__version__},
        "guests": guests,
        "guest_code": {one.name: one.sha256 for one in makers_of(parts, training.catalog) if not one.is_file},
        "plugins": [list(plugin) for plugin in training.experiment.plugins],
        "blas": libraries,
        "platform": platform.platform(),
        **by_hand.told(training),
    }


def kept_features(folder: Path) -> Features | None:
    """What a run learned about its inputs, whatever the rules are by now; None while it has no model."""
    try:
        return Features.from_arrays(under("features/", _model_arrays(folder)))
    except DAMAGE:
        return None


def _model_arrays(folder: Path) -> Mapping[str, Array]:
    path = folder / "model.npz"
    try:
        return read_arrays(path, MODEL) if is_plain(path) else {}
    except GlassnetError:  # damaged: whoever asks for the model will say so
        return {}


def kept_units(folder: Path) -> Units | None:
    """In which units a run was trained, so that it is read in these; None while it has no model."""
    arrays = _model_arrays(folder)
    mean, scale = (arrays.get(f"targets/targets_{name}", np.empty(0)) for name in ("mean", "scale"))
    whole = mean.size and np.isfinite(mean).all() and np.isfinite(scale).all() and (scale > 0).all()
    return (mean, scale) if whole else None


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _cells(row: Mapping[str, Any]) -> list[str]:
    """Numbers as the shortest text that reads back as the very same number.

    A guest's schedule or metric may have left a NumPy number, whose text is another one.
    """
    return ["" if value is None else repr(value if isinstance(value, int) else float(value)) for value in row.values()]
