"""Reading a run back: its words, history, figures and model, and going on where it stopped."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..errors import GlassnetError, join
from ..experiment import Experiment, Training
from ..experiment.building import is_table
from ..model import Model
from ..training import Epoch, Progress
from ..training.epochs import Snapshot
from .files import read_arrays, read_json, read_text, write_text
from .recording import DEFAULT_FOLDER, Recording, run_number

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]


@dataclass(frozen=True)
class Run:
    """A run that was kept. Reading is lazy: each property reads its own file."""

    folder: Path
    catalog_given: Catalog | None = None

    @cached_property
    def experiment(self) -> Experiment:
        path = self.folder / "experiment.json"
        return Experiment.from_json(read_text(path), where=str(path))

    @cached_property
    def provenance(self) -> dict[str, Any]:
        return read_json(self.folder / "provenance.json")

    @cached_property
    def result(self) -> dict[str, Any]:
        """The final figures: metrics of each split, intervals, why it stopped. Empty while it is unfinished."""
        path = self.folder / "metrics.json"
        return read_json(path) if path.exists() else {}

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch."""
        import pandas as pd

        try:
            return pd.read_csv(self.folder / "history.csv", float_precision="round_trip")
        except (OSError, ValueError) as error:
            raise GlassnetError(f"can't read the history of {self.folder}: {error}") from error

    @cached_property
    def catalog(self) -> Catalog:
        return self.catalog_given or Catalog.discover(files=plugin_files(self.experiment))

    @cached_property
    def model(self) -> Model:
        return Model.from_arrays(read_arrays(self.folder / "model.npz"), self.catalog)

    def predict(self, X: Any) -> Array:
        """Predictions for raw rows, as in the table that the run was trained on."""
        return self.model.predict(X)

    def training(self, epochs: int | None = None) -> Training:
        """The experiment set up anew, at its beginning, on the same rows: they are drawn from the split's seed."""
        experiment = self.experiment if epochs is None else self.experiment.replace(epochs=epochs)
        unbuildable = [value for value in _phrases(experiment) if value.startswith("<function")]
        if unbuildable:
            raise GlassnetError(
                f"{self.folder} was trained with {join(unbuildable)} given as a function: words alone can't rebuild it"
            )
        training = Training(experiment, self.catalog)
        if training.data.checksum != self.provenance.get("data_sha256"):
            raise GlassnetError(
                f"the data of {self.folder} ({experiment.dataset}) are no longer those it was trained on: "
                "their checksum differs; bring the old file back, or train a new run"
            )
        return training

    def training_with_model(self) -> Training:
        """The same, holding the weights of the saved model: what `evaluate` scores."""
        training, model = self.training(), self.model
        if len(model.network.w) != len(training.network.w):
            raise GlassnetError(f"{self.folder}: model.npz does not fit experiment.json")
        training.network.w[:], training.network.running[:] = model.network.w, model.network.running
        return training

    def resume(self, epochs: int | None = None) -> Recording:
        """Go on where the checkpoint stands, in the same folder; `epochs` sets a new total."""
        training = self.training(epochs)
        path = self.folder / "checkpoint.npz"
        if path.exists():
            self._restore(training, read_arrays(path), path)
        if epochs is not None:
            write_text(self.folder / "experiment.json", training.experiment.to_json())
        return Recording(training, self.folder)

    def _restore(self, training: Training, arrays: Mapping[str, Array], path: Path) -> None:
        network, progress = training.network, training.progress
        try:
            done, step, best_epoch = (int(count) for count in arrays["counts"])
            network.w[:], network.running[:] = arrays["w"], arrays["running"]
            best = Snapshot(arrays["best_w"], arrays["best_running"])
            states: list[dict[str, Any]] = [{} for _ in range(int(arrays.get("pieces", np.array(0))))]
            for key in arrays:
                if key.startswith("state/"):
                    _, piece, form, name = key.split("/", 3)
                    states[int(piece)][name] = arrays[key] if form == "array" else arrays[key].item()
        except (KeyError, ValueError) as error:
            raise GlassnetError(f"{path} does not fit its experiment.json: {error}") from error
        epochs = read_history(self.folder / "history.csv")
        if len(epochs) < done:
            raise GlassnetError(f"{self.folder}: history.csv holds {len(epochs)} epochs and the checkpoint {done}")
        training.progress = Progress(
            epochs[:done], step, states, best, best_epoch, arrays.get("start"), progress.stopped
        )  # fmt: skip


def plugin_files(experiment: Experiment) -> list[Path]:
    """The one-file plugins of an experiment, refused if one is missing or has changed since."""
    for path, digest in experiment.plugins:
        try:
            found = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError as error:
            raise GlassnetError(f"the run needs the plugin file {path}: {error.strerror}") from error
        if found != digest:
            raise GlassnetError(f"the plugin file {path} has changed since the run was trained: bring the old one back")
    return [Path(path) for path, _ in experiment.plugins]


def load(folder: str | Path, runs: str | Path = DEFAULT_FOLDER, catalog: Catalog | None = None) -> Run:
    """Open a run: its folder, its name in `runs`, its number (`3`), or `last`."""
    path = Path(folder)
    if not (path / "experiment.json").is_file():
        path = _find(str(folder), Path(runs))
    return Run(path, catalog)


def _find(given: str, runs: Path) -> Path:
    known = list_folders(runs)
    if given == "last" and known:
        return known[-1]
    for path in known:
        if path.name == given or (given.isdigit() and run_number(path) == int(given)):
            return path
    names = join(path.name for path in known[-5:]) or "none"
    raise GlassnetError(
        f"no run {given!r}: name its folder, its number, or last; the latest in {runs} are: {names} "
        "(`glassnet runs` lists all, `glassnet train` makes one)"
    )


def list_folders(runs: Path) -> list[Path]:
    """The run folders in order of their numbers."""
    if not runs.is_dir():
        return []
    found = [path for path in runs.iterdir() if run_number(path) and (path / "experiment.json").is_file()]
    return sorted(found, key=lambda path: (run_number(path), path.name))


def read_history(path: Path) -> list[Epoch]:
    """The epochs of a history, number for number those that were written; a last, torn line is left out."""
    text = read_text(path)
    lines = text[: text.rfind("\n") + 1].splitlines()
    epochs = []
    try:
        for row in csv.DictReader(lines):
            scores: dict[str, dict[str, float]] = {}
            for key, value in row.items():
                split, _, name = key.partition("_")
                if split in ("train", "validation") and key != "validation_loss":
                    scores.setdefault(split, {})[name] = float(value)
            validation_loss = float(row["validation_loss"]) if row["validation_loss"] else None
            epochs.append(
                Epoch(
                    int(row["epoch"]),
                    int(row["step"]),
                    float(row["loss"]),
                    validation_loss,
                    scores,
                    float(row["monitored"]),
                    float(row["rate"]),
                    float(row["seconds"]),
                )
            )
    except (KeyError, TypeError, ValueError) as error:
        raise GlassnetError(f"{path} is not a history of epochs: {error}") from error
    return epochs


def _phrases(experiment: Experiment) -> list[str]:
    values = [
        experiment.output,
        experiment.loss,
        experiment.optimizer,
        experiment.schedule,
        *experiment.activation,
    ]
    values += [*experiment.initializer, *experiment.metrics]
    values += [] if is_table(experiment.dataset) else [experiment.dataset]
    return [str(value) for value in values if value is not None]
