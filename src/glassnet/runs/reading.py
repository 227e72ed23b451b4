"""Reading a run back: its words, history, figures and model, and going on where it stopped."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ..catalog import Catalog
from ..data import Rows
from ..errors import GlassnetError, did_you_mean, join
from ..experiment import Beside, Experiment, Training, need_plugins
from ..experiment.building import history_table
from ..faces import Face
from ..files import MOST_WORDS, array_shapes, is_plain, plain, read_arrays, read_json, read_text, write_text
from ..folders import number_of
from ..kinds import Dataset, Metric
from ..model import Model
from ..owners import owning
from ..schemas import CHECKPOINT, MODEL, PROVENANCE, WATCH
from ..tables import Table
from ..training import Epoch
from ..training.scoring import answers
from ..watching import Watch, Watched, measure
from ..wording import SPLITS, count, figure
from . import by_hand
from .checkpoints import restore
from .histories import mended, read_history
from .makers import goes_on_with_others, gone_on_with, made, refuse_functions
from .recording import DEFAULT_FOLDER, FOLDERS, WATCHED, Recording, final_figures, kept_features, kept_units
from .scores import Score, read_result
from .sources import Origin

if TYPE_CHECKING:
    import pandas as pd

    from ..data.handed import Handed

Array = NDArray[Any]


@dataclass(frozen=True, repr=False)
class Run(Face):
    """A run that was kept. Reading is lazy: each property reads its own file.

    `training_given` is its training where that is still in memory, just finished: nothing is built anew then.
    `data_given` is where its table is now, if that has moved. `said_by` turns changes of settings into the words of
    whoever trained it, where that was neither a command nor an experiment. `rows_gone` says why its rows can't be had
    again: what needs none of them is there all the same.
    """

    folder: Path
    catalog_given: Catalog | None = None
    training_given: Training | None = None
    data_given: Any = None
    said_by: Callable[[Mapping[str, str]], list[str]] | None = None
    rows_gone: str = ""

    @classmethod
    def of(
        cls,
        training: Training,
        name: str = "in-memory",
        watched: Watched | None = None,
        said_by: Callable[[Mapping[str, str]], list[str]] | None = None,
    ) -> Run:
        """A training that was never written down, as a run: all that a folder would hold comes from memory."""
        run = cls(Path(name), training.catalog, training, said_by=said_by)
        run.__dict__.update(  # as if each had been read from its file
            experiment=training.experiment,
            epochs=training.progress.epochs,
            model=training.model,
            provenance={
                "data_sha256": training.data.checksum,
                "rows": {name: len(rows) for name, rows in training.splits().items()},
                **by_hand.told(training),
            },
            result=plain(final_figures(training, run.folder)),
            watched=watched,
        )
        return run

    @property
    def number(self) -> int:
        """3 of `runs/0003-iris`; 0 where the folder has no number."""
        return number_of(self.folder.resolve())

    @property
    def title(self) -> str:
        """`iris, run 3`; what the folder is called where it has no number, and the data where there is no folder."""
        if self.number:
            return f"{self.experiment.title}, run {self.number}"
        return self.folder.resolve().name if self.folder.is_dir() else self.experiment.title

    @cached_property
    def experiment(self) -> Experiment:
        path = self.folder / "experiment.json"
        return Experiment.from_json(read_text(path, MOST_WORDS), where=str(path))

    @cached_property
    def provenance(self) -> dict[str, Any]:
        return read_json(self.folder / "provenance.json", PROVENANCE)

    @cached_property
    def result(self) -> dict[str, Any]:
        """The final figures: metrics of each split, intervals, why it stopped. Empty while it is unfinished."""
        path = self.folder / "metrics.json"
        return read_result(path) if path.exists() else {}

    @cached_property
    def epochs(self) -> list[Epoch]:
        """What was written down of each epoch; where that is damaged, what the checkpoint holds of it as well."""
        path, checkpoint = self.folder / "history.csv", self.folder / "checkpoint.npz"
        try:
            return read_history(path)
        except GlassnetError:
            if not is_plain(checkpoint):
                raise
            return mended(path, read_arrays(checkpoint, CHECKPOINT))[0]

    @cached_property
    def history(self) -> pd.DataFrame:
        """One row an epoch."""
        return history_table(self.epochs)

    @cached_property
    def _here(self) -> Catalog:
        return self.catalog_given or Catalog.discover()

    @cached_property
    def catalog(self) -> Catalog:
        need_plugins(self.experiment, self._here)
        return made(self.folder, self._guests).catalog(self._here)

    @property
    def _guests(self) -> dict[str, Any]:
        """What was written down of its guests; nothing where that file is gone, as predictions need none of it."""
        known = "provenance" in self.__dict__ or is_plain(self.folder / "provenance.json")
        return self.provenance if known else {}

    @cached_property
    def model(self) -> Model:
        catalog = self.catalog  # first: it reads the experiment, and says what that lacks
        return Model.from_arrays(read_arrays(self.folder / "model.npz", MODEL), catalog)

    def predict(self, X: Any) -> Array:
        """Predictions for raw rows, as in the table that the run was trained on; see `Model.predict`."""
        return self.model.predict(X)

    def handed(self, table: str | Path, reading: Sequence[str] = (), beside: Sequence[str] = ()) -> Handed:
        """The rows of another table for its model; `reading` are words that overrule those of the experiment."""
        given, model = self.experiment.target, self.model
        names = model.targets.names if given is None else (given,) if isinstance(given, str) else given
        overruled = {word.partition("=")[0] for word in reading}
        kept = [word for word in self.experiment.reading if word.partition("=")[0] not in overruled]
        told, words = self.provenance.get("told", ()), (*kept, *reading)
        from ..data.handed import read_handed

        return read_handed(table, model.features, model.targets, names, reading=words, beside=beside, told=told)

    def training(self, epochs: int | None = None) -> Training:
        """The experiment set up anew, at its beginning, on the same rows: they are drawn from the split's seed."""
        self._refuse_gone()
        experiment = self.experiment if epochs is None else self.experiment.replace(epochs=epochs)
        known = self.training_given or self.__dict__.get("trained")  # loading large sets again takes its time
        here = experiment if known is None else experiment.replace(dataset="")
        refuse_functions(self.folder, here)
        self._refuse_other_widths(experiment)
        source = self.table if known is None else known.source
        if isinstance(self.data_given, str | Path):
            experiment = experiment.replace(dataset=str(self.data_given))
        units, features = kept_units(self.folder), kept_features(self.folder)
        training = Training(experiment, self.catalog, source=source, kept=units, features=features)
        if source is None and training.data.checksum != self.provenance.get("data_sha256"):
            raise self._origin().changed()
        return training

    def _refuse_gone(self) -> None:
        if self.rows_gone:
            raise GlassnetError(self.rows_gone)

    @cached_property
    def table(self) -> Dataset | None:
        """The very rows of the table that it was trained on; None for a data set of the catalog."""
        return self._origin().rows(self.catalog)

    def _origin(self) -> Origin:
        return Origin(self.folder, self.experiment, self.provenance.get("data_sha256"), self.data_given)

    def _refuse_other_widths(self, experiment: Experiment) -> None:
        """An experiment that asks for more weights than the run's files hold would take memory for nothing."""
        least = sum(i * o for i, o in pairwise(experiment.hidden)) + sum(experiment.hidden)
        for name in ("model.npz", "checkpoint.npz"):
            held = array_shapes(self.folder / name).get("w")
            if held is not None and prod(held) < least:
                path = self.folder / name
                raise GlassnetError(f"{path} does not fit its experiment.json: {prod(held)} weights of {least} or more")

    @cached_property
    def trained(self) -> Training:
        """The experiment on its rows, holding the weights of the saved model: what is scored and drawn."""
        if self.training_given is not None:
            return self.training_given
        training, model = self.training(), self.model
        if len(model.network.w) != len(training.network.w):
            raise GlassnetError(f"{self.folder}: model.npz does not fit experiment.json")
        training.network.w[:], training.network.running[:] = model.network.w, model.network.running
        training.progress.stopped = str(self.result.get("stopped") or "unfinished")
        return training

    @cached_property
    def watched(self) -> Watched | None:
        """What was seen inside while it trained; None where it was trained without `--watch`."""
        path = self.folder / WATCHED
        if not path.exists():
            return None
        arrays = read_arrays(path, WATCH)
        try:
            return Watched.from_arrays(arrays)
        except GlassnetError as error:
            raise GlassnetError(f"{path} is damaged: {error}") from error

    @cached_property
    def measured(self) -> Watched:
        """What is inside the saved network, measured now: norms, units and histograms of the epoch it is from."""
        training = self.trained
        done, best = (self.result.get(name, 0) for name in ("epochs", "best_epoch"))
        epoch = done if self.experiment.patience is None else best or done
        return measure(training.objective, training.data.train, epoch=epoch)

    def __repr__(self) -> str:
        return f"<Run {self.folder}>"  # its files may be damaged or gone

    def _face_(self) -> Iterator[Table]:
        """Its scores; nothing is loaded but what was written down."""
        title = f"{self.folder}: {self.experiment.title}, {self.result.get('stopped', 'unfinished')}"
        rows = []
        for name in self.metrics:
            score = self.score(metric=name)
            cells = [self.score(split, name).value for split in self.scored]
            span = " to ".join(map(figure, (score.low, score.high)))
            beside = [] if self.linear is None else [self.linear.metrics[self.judged].get(name)]
            rows.append((name, *map(figure, (*cells, score.baseline, *beside)), span))
        line = [] if self.linear is None else ["straight line"]
        yield Table(("score", *self.scored, "baseline", *line, f"{self.judged}, 95 %"), rows, title)

    # --- scores: what was written down, so nothing is loaded ------------------------------------------------

    @property
    def judged(self) -> str:
        """The split that the run is judged by: "test", or "train" where there are no test rows."""
        known = self.result.get("intervals") or self.provenance.get("rows") or self.trained.splits()
        return "test" if "test" in known else "train"

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of its scores, the one that counts first; none while it is unfinished."""
        return tuple(self.result["metrics"]["train"]) if self.result else ()

    @property
    def scored(self) -> tuple[str, ...]:
        """The splits that have scores, in the order in which they are shown; none while it is unfinished."""
        return tuple(split for split in SPLITS if self.result["metrics"].get(split)) if self.result else ()

    def chosen_by(self, *others: Run) -> str:
        """The split to choose by: "validation" where this run and all others have such rows, else what judges it."""
        return "validation" if all("validation" in run.scored for run in (self, *others)) else self.judged

    def score(self, split: str | None = None, metric: str | None = None) -> Score:
        """A score beside its baseline, with its interval; None: the split that judges, the metric that counts.

        Raises `GlassnetError` for a split or a metric that it has not, and while it is unfinished.
        """
        self.need_result()
        split = self._known("rows", split or self.judged, self.scored)
        metric = self._known("metric", metric or self.metrics[0], self.metrics)
        scores = self.result["metrics"]
        found = (scores[name].get(metric) for name in (split, "baseline"))
        value, baseline = (float("nan") if one is None else float(one) for one in found)  # null is what is undefined
        low, high = self.result["intervals"].get(split, {}).get(metric, (None, None))
        return Score(metric, split, value, baseline, low, high, partial(self._better, metric))

    @cached_property
    def linear(self) -> Beside | None:
        """The scores of the straight line on the same rows; None where there is none, as in older runs."""
        if "linear" in self.result or self.training_given is None:
            return Beside.of(self.result.get("linear"))
        return self.training_given.beside()

    def _known(self, what: str, name: str, names: Sequence[str]) -> str:
        if name not in names:
            raise GlassnetError(
                f"{self.folder} has no {what} {name!r}.{did_you_mean(name, names)} It has: {join(names)}"
            )
        return name

    def _better(self, metric: str) -> str:
        return self.metric(metric).better

    def metric(self, name: str) -> Metric:
        """The metric of a score, by its name; one given as a function is known to a training in memory alone."""
        if self.training_given is not None:
            return self.training_given.scorer.metrics[name]
        choices = [self.catalog.choose("metric", phrase) for phrase in self.experiment.metrics]
        metrics: list[Metric] = [one.build() for one in choices if name in (one.part.name, str(one))]
        return metrics[0]

    def need_result(self) -> None:
        """Raise `GlassnetError` while there are no final figures."""
        if not self.result:
            self._refuse_gone()
            resume = f"glassnet train --resume {shlex.quote(str(self.folder))}"
            raise GlassnetError(f"{self.folder} is not finished: go on with {resume}")

    # --- rows and answers -----------------------------------------------------------------------------------

    def rows(self, split: str | None = None) -> Rows:
        """The prepared rows of a split (None: the one that the run is judged by)."""
        splits, name = self.trained.splits(), split or self.judged
        if name not in splits:
            raise GlassnetError(f"the run has no {name!r} rows.{did_you_mean(name, splits)} It has: {join(splits)}")
        return splits[name]

    def outputs(self, split: str | None = None) -> Array:
        """What the network puts out for a split, y (n, k)."""
        return self.trained.network.predict(self.rows(split).X)

    def answers(self, split: str | None = None) -> tuple[Array, Array]:
        """(prediction, target) of a split: class codes (n,), 0 and 1 (n, c), or numbers (n, c) in their own units."""
        training = self.trained
        said = answers(self.outputs(split), training.data.targets, training.objective.loss)
        return said, self.rows(split).target

    def at_checkpoint(self, epochs: int | None = None) -> Training:
        """The experiment where its training stands: weights, optimizer's state and counts after the last epoch."""
        training = self.training(epochs)
        path = self.folder / "checkpoint.npz"
        if path.exists():
            restore(training, path)
        return training

    def resume(self, epochs: int | None = None, anyway: bool = False) -> Recording:
        """Go on where the checkpoint stands, in the same folder; `epochs` sets a new total.

        Raises `GlassnetError` where nothing is left to do, and where a guest's code is not what it began with; with
        `anyway` it goes on with what is here, and that is written down.
        """
        with owning(self.folder, "training"):  # what another process does with it is not to change in between
            # Before `catalog` is asked for, which warns of what is refused here.
            others = goes_on_with_others(self.folder, self._guests, self.experiment, self._here, anyway)
            training = self.at_checkpoint(epochs)
            by_hand.take_up(training, self.provenance, epochs)
            self._refuse_finished(len(training.progress.epochs), training.plan.epochs)
            if epochs is not None or self.data_given is not None or others:
                write_text(self.folder / "experiment.json", training.experiment.to_json())
            if epochs is not None or others:
                changed = gone_on_with(self.provenance, training) if others else self.provenance
                if epochs is not None:
                    # What the command did not say.
                    changed = changed | {"epochs_changed_to": training.plan.epochs} | by_hand.told(training)
                write_text(self.folder / "provenance.json", json.dumps(changed, indent=2))
            return Recording(training, self.folder, self._watch(training))

    def _watch(self, training: Training) -> Watch | None:
        """Watching goes on as it began; what was seen after the checkpoint was written will be seen again."""
        if self.watched is None:
            return None
        seen = self.watched.until(len(training.progress.epochs))
        return Watch(training.objective, training.data.train, ",".join(seen.what), seen)

    def _refuse_finished(self, done: int, epochs: int) -> None:
        """A run whose last epoch is in its final figures is finished; else a kill came before they were written."""
        if epochs < done or (epochs == done == self.result.get("epochs") and self._stopped_as("all ")):
            larger = max(1, 2 * done)
            raise GlassnetError(
                f"{self.folder} has done its {count(done, 'epoch')}: go on with a larger number, --epochs {larger}"
            )
        if done == self.result.get("epochs") and self._stopped_as("no better ", "the solver ended"):
            raise GlassnetError(
                f"{self.folder} is finished ({self.result['stopped']}): nothing is left to do, train a new run"
            )

    def _stopped_as(self, *beginnings: str) -> bool:
        return str(self.result.get("stopped")).startswith(beginnings)


def load(
    folder: str | int | Path, runs: str | Path = DEFAULT_FOLDER, catalog: Catalog | None = None, *, data: Any = None
) -> Run:
    """Open a run: its folder, its name in `runs`, its number (`3`), or `last`; `data` is where its table is now."""
    return Run(FOLDERS.find(str(folder), Path(runs)), catalog, data_given=data)
