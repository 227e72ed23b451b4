"""Which parts an experiment means: every phrase found, every default decided."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import DTypeLike

from ..catalog import Catalog, Choice
from ..data.frames import is_frame, stands_for_frame
from ..data.reading import A_TABLE, option_of
from ..data.sources import TABLE_SUFFIXES, stem
from ..errors import GlassnetError, GlassnetWarning
from ..faces import in_a_line
from ..kinds import Dataset, Task
from ..network import Network
from ..streams import Stream, generator
from ..wording import count
from .refusals import refuse_loss, refuse_metrics, refuse_monitor, refuse_unknown_file, refuse_with_solver
from .rules import DEFAULT_OPTIMIZER, flag
from .telling import is_table
from .words import Choosable, Experiment

DEFAULT_BATCH = 32
DEFAULT_LOSS: dict[Task, str] = {
    "binary": "binary_cross_entropy",
    "multilabel": "binary_cross_entropy",
    "multiclass": "cross_entropy",
    "regression": "squared_error",
}
CLASS_METRICS = ("accuracy",)
NUMBER_METRICS = ("r2", "root_mean_squared_error", "mean_absolute_error")


@dataclass(frozen=True)
class Chosen:
    """The parts of an experiment. `dataset` is None for a table on disk; `natural` is the loss's own output.

    `metrics` is by the name that a score is shown under, and `monitor` is one of these names, or "loss".
    """

    __repr__ = in_a_line

    dataset: Choice | None
    loss: Choice
    natural: Choice
    output: Choice
    activations: tuple[Choice, ...]
    initializers: tuple[Choice, ...]
    optimizer: Choice
    schedule: Choice
    metrics: dict[str, Choice]
    monitor: str

    @property
    def is_natural(self) -> bool:
        """Whether the output is the loss's own, so that slopes may be taken from the scores."""
        return str(self.output) == str(self.natural)

    @property
    def is_solver(self) -> bool:
        """Whether the optimizer looks at all rows at once."""
        return self.optimizer.build().minimize is not None

    def __iter__(self) -> Iterator[Choice]:
        """Every part that takes part."""
        yield from () if self.dataset is None else (self.dataset,)
        yield from (self.loss, self.output, *self.activations, *self.initializers)
        yield from (self.optimizer, self.schedule, *self.metrics.values())

    def network(self, words: Experiment, inputs: int, outputs: int, dtype: DTypeLike) -> Network:
        """The network of an experiment for data of that form; its weights are 0."""
        form = {"inputs": inputs, "outputs": outputs, "dtype": dtype}
        activations = [choice.build() for choice in self.activations]
        return Network.of(vars(words) | form, activations, self.output.build())

    def words(self) -> dict[str, Any]:
        """The fields of an experiment that name parts, each in full."""
        parts: dict[str, Any] = {} if self.dataset is None else {"dataset": in_words(self.dataset)}
        return parts | {
            "activation": tuple(in_words(choice) for choice in self.activations),
            "output": in_words(self.output),
            "loss": in_words(self.loss),
            "initializer": tuple(in_words(choice) for choice in self.initializers),
            "optimizer": in_words(self.optimizer),
            "schedule": in_words(self.schedule),
            "metrics": tuple(in_words(choice) for choice in self.metrics.values()),
        }


def in_words(choice: Choice) -> Choosable:
    """The canonical phrase, or the function itself where no words can rebuild it."""
    return str(choice) if choice.rebuildable else choice.part.function


def choose_parts(
    experiment: Experiment, dataset: Choice | None, task: Task, catalog: Catalog, columns: int = 1
) -> Chosen:
    """Find every part of an experiment for that task and so many target columns; refuse what does not go together."""
    loss = catalog.choose("loss", experiment.loss or DEFAULT_LOSS[task])
    natural = catalog.choose("activation", loss.build().output, home=loss.part.distribution)
    refuse_loss(loss, natural.build(), task, columns, catalog)
    output = catalog.choose("activation", experiment.output) if experiment.output else natural
    activations = _per_hidden_layer(experiment, catalog)
    metrics, monitor = _metrics(experiment, task, catalog)
    refuse_metrics({name: choice.build() for name, choice in metrics.items()}, task)
    chosen = Chosen(
        dataset=dataset,
        loss=loss,
        natural=natural,
        output=output,
        activations=activations,
        initializers=_initializers(experiment, [*activations, output], catalog),
        optimizer=catalog.choose("optimizer", experiment.optimizer or default_optimizer(experiment.hidden)),
        schedule=catalog.choose("schedule", experiment.schedule),
        metrics=metrics,
        monitor=monitor,
    )
    if chosen.is_solver:
        refuse_with_solver(chosen.optimizer, chosen.schedule, experiment)
    return chosen


def default_optimizer(hidden: Sequence[int]) -> str:
    """adam at its own rate; ten times that without a hidden layer, where the loss is a bowl and none too fast."""
    return DEFAULT_OPTIMIZER if hidden else f"{DEFAULT_OPTIMIZER}:lr=0.01"


def _per_hidden_layer(experiment: Experiment, catalog: Catalog) -> tuple[Choice, ...]:
    """One activation a hidden layer: a single phrase serves them all."""
    phrases, layers = experiment.activation, experiment.hidden
    if len(phrases) not in (1, len(layers)):
        raise GlassnetError(
            f"{count(len(phrases), 'activation')} for {count(len(layers), 'hidden layer')}: "
            "give --activation once, or once a layer"
        )
    phrases = phrases * len(layers) if len(phrases) == 1 else phrases
    return tuple(catalog.choose("activation", phrase) for phrase in phrases)


def _initializers(experiment: Experiment, layers: Sequence[Choice], catalog: Catalog) -> tuple[Choice, ...]:
    """As asked, one for all dense layers or one each; else what each layer's activation suggests."""
    given = experiment.initializer
    if not given:
        return tuple(
            catalog.choose("initializer", layer.build().initializer, home=layer.part.distribution) for layer in layers
        )
    if len(given) not in (1, len(layers)):
        raise GlassnetError(
            f"{count(len(given), 'initializer')} for {count(len(layers), 'dense layer')} (the output layer is one of "
            "them): give --initializer once, or once a layer"
        )
    given = given * len(layers) if len(given) == 1 else given
    return tuple(catalog.choose("initializer", phrase) for phrase in given)


def _metrics(experiment: Experiment, task: Task, catalog: Catalog) -> tuple[dict[str, Choice], str]:
    """The task's usual metrics and those asked for, by the name they are shown under; and the monitored name."""
    usual = NUMBER_METRICS if task == "regression" else CLASS_METRICS
    wanted: list[Choosable] = [*usual, *experiment.metrics]
    if experiment.monitor != "loss":
        refuse_monitor(experiment.monitor, catalog)
        wanted.append(experiment.monitor)
    chosen: dict[str, Choice] = {}
    name = "loss"
    for phrase in wanted:
        choice = catalog.choose("metric", phrase)
        namesake = chosen.get(choice.part.name)
        name = choice.part.name if namesake is None or str(namesake) == str(choice) else str(choice)
        chosen[name] = choice
    return chosen, "loss" if experiment.monitor == "loss" else name


#: The words of an experiment that decide which rows there are.
ROWS = ("dataset", "target", "drop", "category", "keep", "group", "order", "reading", "split_seed")


def same_rows(first: Experiment, second: Experiment) -> bool:
    """Whether both are about the very same rows."""
    pairs = [(getattr(first, name), getattr(second, name)) for name in ROWS]
    return all(one is other or (isinstance(one, str | tuple | int) and one == other) for one, other in pairs)


def load_dataset(experiment: Experiment, catalog: Catalog) -> tuple[Choice | None, Dataset]:
    """The dataset of an experiment: a table on disk, or a part built from the split's seed."""
    given = experiment.dataset
    roles: dict[str, Any] = {name: getattr(experiment, name) for name in ("drop", "category", "keep", "group", "order")}
    if stands_for_frame(given):
        raise GlassnetError(f"the rows were those of a {given}: they are in no file, so give that DataFrame again")
    if is_table(given):
        from ..data import read_table  # here: a data set of the catalog needs none of the reader's eight modules

        _refuse_named(given, catalog)
        table: Any = given if is_frame(given) else Path(str(given))
        return None, read_table(table, experiment.target, reading=experiment.reading, **roles)
    try:
        choice = catalog.choose("dataset", given)
    except GlassnetError:
        refuse_unknown_file(given, TABLE_SUFFIXES)  # only now: a file called like a data set doesn't hide it
        raise
    if experiment.target is not None:
        raise GlassnetError(f"--target names a column of {A_TABLE}; the dataset {choice.part.name} has its own target")
    words = [flag(name) for name, value in roles.items() if value]
    for option in (*words, *map(option_of, experiment.reading)):
        raise GlassnetError(f"{option} is for {A_TABLE}, and {choice.part.name} is none")
    dataset: Dataset = choice.build(rng=generator(experiment.split_seed, Stream.DATA))
    return choice, dataset


def _refuse_named(given: Any, catalog: Catalog) -> None:
    """`mnist.csv` without such a file may be meant to be the data set of that name."""
    name = "" if is_frame(given) else stem(str(given))
    if name and not Path(str(given)).exists() and catalog.matches("dataset", name):
        raise GlassnetError(f"there is no file {str(given)!r}. Did you mean the data set {name!r}?")


def kept_inputs(experiment: Experiment) -> tuple[str, ...]:
    """The inputs that are used whatever they look like, since somebody named them; a target is none."""
    given = experiment.target
    targets = (given,) if isinstance(given, str) else given or ()
    return tuple(name for name in (*experiment.keep, *experiment.category) if name not in targets)


def need_plugins(experiment: Experiment, catalog: Catalog) -> None:
    """Refuse an experiment whose one-file plugins are not loaded; of one that has changed since, that is said.

    A plugin is code, and a run folder or a configuration may come from anybody: a person names the file.
    """
    loaded = {guest.file: guest.sha256 for guest in catalog.guests if guest.file}
    for path, digest in experiment.plugins:
        if digest in loaded.values():
            continue
        if path in loaded:
            words = f"the plugin file {path} has changed since it was used, so numbers may be others"
            warnings.warn(
                f"{words}: bring the old one back", GlassnetWarning, stacklevel=1
            )  # in one place, so said once
            continue
        raise GlassnetError(
            f"the one-file plugin {path} took part, and files are code that is not loaded unasked: if you trust it, "
            f"write glassnet --plugin {path} ..., or in Python catalog=Catalog.discover(files=[...])"
        )
