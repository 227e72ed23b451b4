"""From words to a training: find the parts, prepare the data, build the network, iterate over epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..catalog import Catalog, Choice
from ..data import Prepared, Rows, infer_task, prepare, read_table
from ..errors import Diverged, GlassnetError, join
from ..kinds import Activation, Dataset, Loss, Metric, Task
from ..model import Model, Parts
from ..network import Network
from ..streams import Stream, generator
from ..training import Epoch, Objective, Plan, Progress, Scorer, evaluate, train
from .results import Interval, baseline, intervals
from .words import DEFAULT_OPTIMIZER, Choosable, Experiment

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")
DEFAULT_LOSS: dict[Task, str] = {
    "binary": "binary_cross_entropy",
    "multilabel": "binary_cross_entropy",
    "multiclass": "cross_entropy",
    "regression": "squared_error",
}
CLASS_METRICS = ("accuracy",)
NUMBER_METRICS = ("r2", "root_mean_squared_error", "mean_absolute_error")
DEFAULT_BATCH = 32


class Training:
    """An experiment at work: iterate over it for its epochs, then ask it for scores, history and model.

    `experiment` has every default spelled out and full part names. `remarks` are sentences for people about
    what was chosen. `progress` is where it stands; it stays usable after an interrupt or a divergence.
    """

    def __init__(
        self, experiment: Experiment, catalog: Catalog | None = None, *, keep_step_losses: bool = False
    ) -> None:
        self.catalog = catalog or Catalog.discover(files=[Path(path) for path, _ in experiment.plugins])
        choose = self.catalog.choose
        self.dataset_choice, dataset = load_dataset(experiment, self.catalog)
        self.source = dataset
        task = infer_task(dataset, experiment.task)
        self.loss_choice = choose("loss", experiment.loss or DEFAULT_LOSS[task])
        loss: Loss = self.loss_choice.build()
        self._refuse_loss(loss, task)
        self.data: Prepared = prepare(
            dataset, task, test=experiment.test, validation=experiment.validation,
            split_seed=experiment.split_seed, scale=experiment.scale, keep=experiment.keep,
            dtype=experiment.dtype, class_weight=experiment.class_weight,
            standardise_target=loss.targets == "any",
        )  # fmt: skip
        natural = choose("activation", loss.output, home=self.loss_choice.part.distribution)
        self.output_choice = choose("activation", experiment.output) if experiment.output else natural
        self.activation_choices = self._per_layer(experiment.activation, experiment.hidden)
        self.network = self._network(experiment, loss)
        self.initializer_choices = self._initializers(experiment)
        self.network.initialise(
            [choice.build() for choice in self.initializer_choices],
            generator(experiment.seed, Stream.WEIGHTS),
        )
        self.optimizer_choice = choose("optimizer", experiment.optimizer or default_optimizer(experiment.hidden))
        self.optimizer = self.optimizer_choice.build()
        self.schedule_choice = choose("schedule", experiment.schedule)
        self._refuse_with_solver(experiment)
        self.metric_choices = self._metrics(experiment, task)
        metrics = {name: choice.build() for name, choice in self.metric_choices.items()}
        self._refuse_metrics(metrics, task)
        self.scorer = Scorer(metrics, self.data.targets, loss)
        is_natural = str(self.output_choice) == str(natural)
        self.objective = Objective(
            self.network,
            loss,
            natural=is_natural,
            l1=experiment.l1,
            l2=experiment.l2,
            name=self.loss_choice.part.name,
        )
        self.experiment = self._spelled_out(experiment, task)
        self.plan = self._plan(keep_step_losses)
        self.progress = Progress()
        self.remarks = tuple(self._remarks(is_natural))

    def __iter__(self) -> Iterator[Epoch]:
        data = self.data
        validation = None if data.whole else data.validation
        try:
            yield from train(
                self.objective, self.optimizer, self.schedule_choice.build(), data.train, validation,
                self.scorer, self.plan, self.progress,
            )  # fmt: skip
        except Diverged as error:
            self.progress.stopped = f"diverged: {error}"
            raise
        except KeyboardInterrupt:
            self.progress.stopped = "interrupted"
            raise

    # --- what it came to -------------------------------------------------------------------------------

    @property
    def model(self) -> Model:
        """The network as it stands, with all that predicting from raw rows needs."""
        parts = Parts(tuple(self.activation_choices), self.output_choice, self.loss_choice)
        return Model(self.network, parts, self.objective.loss, self.data.features, self.data.targets)

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch: number, step, losses, every score, rate, seconds."""
        import pandas as pd

        return pd.DataFrame([epoch_row(epoch) for epoch in self.progress.epochs])

    @property
    def step_history(self) -> pd.DataFrame:
        """One row a step with its epoch and loss; only with `run(experiment, keep_step_losses=True)`."""
        import pandas as pd

        if not self.plan.keep_step_losses:
            raise GlassnetError("losses of steps were not kept: start with run(experiment, keep_step_losses=True)")
        rows = [
            {"step": step, "epoch": epoch.number, "loss": float(loss)}
            for epoch in self.progress.epochs
            if epoch.step_losses is not None
            for step, loss in enumerate(epoch.step_losses, epoch.step - len(epoch.step_losses) + 1)
        ]
        return pd.DataFrame(rows, columns=["step", "epoch", "loss"])

    def splits(self) -> dict[str, Rows]:
        """The splits that have rows, by name."""
        named = {"train": self.data.train, "validation": self.data.validation, "test": self.data.test}
        return {name: rows for name, rows in named.items() if rows is not None}

    def scores(self) -> dict[str, dict[str, float]]:
        """Metrics of every split over all its rows, and of the baseline on the test rows."""
        with np.errstate(all="ignore"):
            found = {name: evaluate(self.objective, rows, self.scorer)[1] for name, rows in self.splits().items()}
            found["baseline"] = baseline(self.data.train, self._judged(), self.data.targets, self.scorer)
        return {name: found.get(name, {}) for name in ("train", "validation", "test", "baseline")}

    def intervals(self) -> dict[str, dict[str, Interval]]:
        """95 % intervals of the test scores (of the training rows' where there are no test rows)."""
        rows = self._judged()
        with np.errstate(all="ignore"):
            y = self.network.predict(rows.X)
            name = "train" if self.data.test is None else "test"
            return {name: intervals(y, rows, self.scorer, self.experiment.split_seed)}

    def _judged(self) -> Rows:
        return self.data.train if self.data.test is None else self.data.test

    # --- building --------------------------------------------------------------------------------------

    def _per_layer(self, phrases: Sequence[Choosable], hidden: Sequence[int]) -> list[Choice]:
        """One activation a hidden layer: a single phrase serves them all."""
        if len(phrases) == 1:
            phrases = list(phrases) * len(hidden)
        if len(phrases) != len(hidden):
            raise GlassnetError(
                f"{len(phrases)} activations for {len(hidden)} hidden layers: give --activation once, or once a layer"
            )
        return [self.catalog.choose("activation", phrase) for phrase in phrases]

    def _network(self, experiment: Experiment, loss: Loss) -> Network:
        if experiment.batch_norm and experiment.batch_size == 1:
            raise GlassnetError("--batch-norm needs batches of at least 2 rows, not --batch-size 1")
        if experiment.batch_norm and len(self.data.train) < 2:
            raise GlassnetError("--batch-norm needs at least 2 training rows")
        return Network(
            self.data.train.X.shape[1],
            experiment.hidden,
            loss.width(self.data.targets.columns),
            [_activation(choice) for choice in self.activation_choices],
            _activation(self.output_choice),
            dropout=experiment.dropout,
            input_dropout=experiment.input_dropout,
            batch_norm=experiment.batch_norm,
            dtype=self.data.dtype,
        )

    def _initializers(self, experiment: Experiment) -> list[Choice]:
        """As asked, one for all dense layers or one each; else what each layer's activation suggests."""
        layers = [*self.activation_choices, self.output_choice]
        given = list(experiment.initializer)
        if not given:
            return [
                self.catalog.choose("initializer", _activation(choice).initializer, home=choice.part.distribution)
                for choice in layers
            ]
        if len(given) not in (1, len(layers)):
            raise GlassnetError(
                f"{len(given)} initializers for {len(layers)} dense layers (the output layer is one of them): "
                "give --initializer once, or once a layer"
            )
        given = given * len(layers) if len(given) == 1 else given
        return [self.catalog.choose("initializer", phrase) for phrase in given]

    def _metrics(self, experiment: Experiment, task: Task) -> dict[str, Choice]:
        """The task's usual metrics and those asked for, by the name they are shown under."""
        wanted: list[Choosable] = [
            *(NUMBER_METRICS if task == "regression" else CLASS_METRICS),
            *experiment.metrics,
        ]
        if experiment.monitor != "loss":
            wanted.append(experiment.monitor)
        chosen: dict[str, Choice] = {}
        for phrase in wanted:
            choice = self.catalog.choose("metric", phrase)
            same_name = chosen.get(choice.part.name)
            taken = same_name is not None and str(same_name) != str(choice)
            chosen[str(choice) if taken else choice.part.name] = choice
        return chosen

    def _spelled_out(self, experiment: Experiment, task: Task) -> Experiment:
        """The experiment with every default decided and every part under its full name."""
        words = {
            "dataset": _words(self.dataset_choice) if self.dataset_choice else experiment.dataset,
            "activation": tuple(_words(choice) for choice in self.activation_choices),
            "output": _words(self.output_choice),
            "loss": _words(self.loss_choice),
            "initializer": tuple(_words(choice) for choice in self.initializer_choices),
            "optimizer": _words(self.optimizer_choice),
            "schedule": _words(self.schedule_choice),
            "metrics": tuple(_words(choice) for choice in self.metric_choices.values()),
        }
        solver = self.optimizer.minimize is not None
        size = experiment.batch_size or ("full" if solver else DEFAULT_BATCH)
        plugins = tuple((str(guest.file), str(guest.sha256)) for guest in self.catalog.guests if guest.file)
        return experiment.replace(
            **words, task=task, dtype=np.dtype(self.data.dtype).name, batch_size=size, plugins=plugins
        )

    def _plan(self, keep_step_losses: bool) -> Plan:
        words = self.experiment
        monitor = words.monitor
        if monitor != "loss":
            wanted = str(self.catalog.choose("metric", monitor))
            monitor = next(name for name, choice in self.metric_choices.items() if str(choice) == wanted)
        return Plan(
            epochs=words.epochs,
            batch_size=None if words.batch_size == "full" else int(words.batch_size or DEFAULT_BATCH),
            seed=words.seed,
            clip_norm=words.clip_norm,
            clip_value=words.clip_value,
            patience=words.patience,
            monitor=monitor,
            lr=float(self.optimizer_choice.options.get("lr", 1.0)),
            keep_step_losses=keep_step_losses,
        )

    # --- what does not go together -----------------------------------------------------------------------

    def _refuse_loss(self, loss: Loss, task: Task) -> None:
        if task == "regression" and loss.task != "regression":
            fitting = [part.name for part in self.catalog.parts("loss") if part.build().task == "regression"]
            raise GlassnetError(
                f"loss {self.loss_choice.part.name} is for classes and the target holds numbers; for numbers: "
                f"{join(fitting)} (or --task multiclass, if each number is a class)"
            )

    def _refuse_metrics(self, metrics: dict[str, Metric], task: Task) -> None:
        for name, metric in metrics.items():
            if (metric.sees == "numbers") != (task == "regression"):
                target = "numbers" if task == "regression" else "classes"
                raise GlassnetError(f"metric {name} sees {metric.sees}, but the target holds {target}: choose another")

    def _refuse_with_solver(self, experiment: Experiment) -> None:
        if self.optimizer.minimize is None:
            return
        name = self.optimizer_choice.part.name
        at_odds = {
            "--batch-size": experiment.batch_size not in (None, "full"),
            "--dropout": experiment.dropout > 0,
            "--input-dropout": experiment.input_dropout > 0,
            "--schedule": self.schedule_choice.part.full_name != "glassnet/constant",
            "--clip-norm": experiment.clip_norm is not None,
            "--clip-value": experiment.clip_value is not None,
        }
        for flag, given in at_odds.items():
            if given:
                raise GlassnetError(
                    f"{name} looks at all rows at once and chooses its own steps: leave {flag} away, "
                    "or choose another optimizer, such as adam"
                )

    def _remarks(self, natural: bool) -> Iterator[str]:
        if not natural and saturates(_activation(self.output_choice)):
            yield (
                f"{self.output_choice.part.name} with {self.loss_choice.part.name} learns slowly where outputs "
                f"saturate; {self.objective.loss.output} is this loss's own output"
            )
        choices = [
            self.dataset_choice, *self.activation_choices, self.output_choice, self.loss_choice,
            self.optimizer_choice, self.schedule_choice, *self.initializer_choices, *self.metric_choices.values(),
        ]  # fmt: skip
        given = {choice.part.name for choice in choices if choice and not choice.rebuildable}
        if given:
            yield f"{join(sorted(given))} given as functions: this run can't be rebuilt from words alone"


def run(experiment: Experiment, catalog: Catalog | None = None, *, keep_step_losses: bool = False) -> Training:
    """Start an experiment: `for epoch in run(experiment): ...`; nothing is written to disk."""
    return Training(experiment, catalog, keep_step_losses=keep_step_losses)


def load_dataset(experiment: Experiment, catalog: Catalog) -> tuple[Choice | None, Dataset]:
    """The dataset of an experiment: a table on disk, or a part built from the split's seed."""
    given = experiment.dataset
    if is_table(given):
        return None, read_table(Path(str(given)), experiment.target, keep=experiment.keep)
    choice = catalog.choose("dataset", given)
    if experiment.target is not None:
        raise GlassnetError(
            f"--target names a column of a table (.csv or .parquet); the dataset {choice.part.name} has its own target"
        )
    if experiment.keep:
        raise GlassnetError(f"--keep names a column of a table (.csv or .parquet), and {choice.part.name} is none")
    dataset: Dataset = choice.build(rng=generator(experiment.split_seed, Stream.DATA))
    return choice, dataset


def default_optimizer(hidden: Sequence[int]) -> str:
    """adam at its own rate; ten times that without a hidden layer, where the loss is a bowl and none too fast."""
    return DEFAULT_OPTIMIZER if hidden else f"{DEFAULT_OPTIMIZER}:lr=0.01"


def is_table(given: Choosable) -> bool:
    return isinstance(given, str) and Path(given).suffix.lower() in TABLE_SUFFIXES


def saturates(activation: Activation) -> bool:
    """Whether the output hardly moves any more at large scores."""
    a = activation.f(np.array([[30.0, 0.0], [40.0, 0.0]]))
    return bool(abs(a[1, 0] - a[0, 0]) < 1e-6)


def epoch_row(epoch: Epoch) -> dict[str, Any]:
    """An epoch as one flat row: the form of a history, on disk and as a table."""
    row = {
        "epoch": epoch.number,
        "step": epoch.step,
        "loss": epoch.loss,
        "validation_loss": epoch.validation_loss,
        "monitored": epoch.monitored,
        "rate": epoch.rate,
        "seconds": epoch.seconds,
    }
    scores = {f"{split}_{name}": value for split, found in epoch.scores.items() for name, value in found.items()}
    return row | scores


def _activation(choice: Choice) -> Activation:
    activation: Activation = choice.build()
    return activation


def _words(choice: Choice) -> Choosable:
    """The canonical phrase, or the function itself where no words can rebuild it."""
    return str(choice) if choice.rebuildable else choice.part.function
